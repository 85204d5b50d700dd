"""What all commands share: words instead of tracebacks."""

from __future__ import annotations

import sys
from typing import Any

import click

from fwsim.problems import InputError

STOPPED_BY_USER = 130
WRONG_INPUT = 2


class _Group(click.Group):
    """Turns refused input and Ctrl-C into words; no traceback reaches a user."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            click.echo(str(error), err=True)
            count = len(error.problems)
            click.echo(f"{count} problem{'s' if count > 1 else ''}; nothing was done", err=True)
            sys.exit(WRONG_INPUT)
        except KeyboardInterrupt:
            click.echo("\nstopped; nothing was written", err=True)
            sys.exit(STOPPED_BY_USER)
        except BrokenPipeError:
            # Whoever read the output has seen enough.
            sys.stderr.close()
            sys.exit(0)
        except Exception as error:
            # A library may wrap Ctrl-C into an error of its own.
            if not _is_ctrl_c(error):
                raise
            click.echo("\nstopped; nothing was written", err=True)
            sys.exit(STOPPED_BY_USER)


def _is_ctrl_c(error: BaseException | None) -> bool:
    """Tell whether an error comes from Ctrl-C, or says so."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or "KeyboardInterrupt" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fwsim")
def main() -> None:
    """Rehearse a firmware rollout before you click Execute."""
