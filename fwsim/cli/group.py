"""What all commands share: screens that never fail, words instead of tracebacks."""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from fwsim.bugs import place_of_bug
from fwsim.cli.stopped import refused_in_words, remember_wanted, stopped_in_words
from fwsim.cli.usage import SeveralWrong, besides, told_in_words
from fwsim.environment import check_numbers, is_switched_on, misspelt
from fwsim.interrupts import interrupts_held
from fwsim.messages import LANGUAGES, language, language_of, say, speak, typed
from fwsim.problems import InputError, NotWrittenError
from fwsim.put_in_place import noting
from fwsim.screen import Screen

MISSED = 1
WRONG_INPUT = 2
NOT_POSSIBLE = 3
"""The machine did not let it happen: memory, disk, permissions."""
FAULT = 70
"""A fault of fwsim itself; sysexits.h calls it EX_SOFTWARE."""
STOPPED_BY_USER = 130
CLOSED_PIPE = 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else 1
"""What a shell gives for a program whose reader has gone."""
DRAWS_WITH = "MPLBACKEND"
"""What matplotlib is told by which windows it shows figures in."""
_DEBUG = "FWSIM_DEBUG"


class _Command(click.Command):
    """A command that refuses texts which are no text, and knows `--lang` and `--debug`."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return [*super().get_params(ctx), _language_option(), _debug_option()]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words behind a command; whatever is wrong with them is told at once."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if others := besides(error, self, ctx, given):
                raise SeveralWrong([error, *others], ctx) from None
            raise

    def invoke(self, ctx: click.Context) -> Any:
        for parameter in self.params:
            value = ctx.params.get(parameter.name or "")
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str) and not _is_text(text):
                    raise click.BadParameter(say("usage.no_text"), ctx, parameter)
        remember_wanted(ctx)
        for name, near in misspelt(os.environ):  # by now --lang is known
            told = say("cli.no_variable", name=name, near=near)
            click.echo(say("cli.warning", message=told), err=True)
        check_numbers(os.environ)
        return super().invoke(ctx)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_remember_debug,
        help=f"Show the traceback of a bug; {_DEBUG}=1 does the same.",
    )


def _remember_debug(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        ctx.find_root().meta[_DEBUG] = True


def _language_option() -> click.Option:
    return click.Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        is_eager=True,
        callback=_speak,
        help="Language of what is printed and of the report; default: as LANG says. Files stay "
        "English.",
    )


def _speak(_ctx: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value is not None:
        speak(value)


class _Group(click.Group):
    """Turns whatever goes wrong into words; no traceback reaches a user unasked."""

    command_class = _Command

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return [*super().get_params(ctx), _language_option(), _debug_option()]

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line; what it prints can always be printed."""
        before = language()
        speak(language_of(os.environ))
        say("cli.stopped")  # what is to be said in need is read while there is none
        try:
            with typed(), noting(), _without_windows(), _screens() as (out, err):
                try:
                    with _in_words(None):
                        return self._done(*args, **extra)
                except SystemExit as leaving:
                    raise SystemExit(_exit_code(leaving.code, out, err)) from None
        finally:
            speak(before)

    def _done(self, *args: Any, **extra: Any) -> Any:
        """Do it; of Ctrl-C that comes between two steps click would say `Aborted!`, with code 1."""
        stands_alone = extra.get("standalone_mode", True)
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except click.ClickException as wrong:
            if not stands_alone:
                raise
            wrong.show()
            code = wrong.exit_code
        if stands_alone:
            sys.exit(code if isinstance(code, int) else 0)
        return code

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options before a command's name."""
        with _in_words(None), told_in_words():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with _in_words(ctx), told_in_words():
            return super().invoke(ctx)


@contextmanager
def _without_windows() -> Iterator[None]:
    """Have matplotlib draw into files, whatever it is to show windows with.

    What a shell says of that, as one within a notebook does, may not be installed here, or need a
    screen.
    """
    before = os.environ.get(DRAWS_WITH)
    os.environ[DRAWS_WITH] = "agg"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(DRAWS_WITH, None)
        else:
            os.environ[DRAWS_WITH] = before


@contextmanager
def _screens() -> Iterator[tuple[Screen, Screen]]:
    """Put a screen before standard output and standard error."""
    before, warned = (sys.stdout, sys.stderr), warnings.showwarning
    out, err = Screen(sys.stdout), Screen(sys.stderr)
    streams: tuple[Any, Any] = out, err
    sys.stdout, sys.stderr = streams
    warnings.showwarning = _told(warned)
    try:
        yield out, err
    finally:
        for screen in (out, err):
            screen.flush()
            if screen.fault is not None:
                _let_go(screen)
        sys.stdout, sys.stderr = before
        warnings.showwarning = warned


def _told(otherwise: Callable[..., None]) -> Callable[..., None]:
    """Return what tells a warning of fwsim's own in words, without the place in the program."""

    def tell(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if category.__module__.partition(".")[0] == "fwsim":
            click.echo(say("cli.warning", message=message), err=True)
        else:
            otherwise(message, category, *place, **more)

    return tell


def _let_go(screen: Screen) -> None:
    """Send what is left nowhere, so that Python does not complain of it at its end."""
    try:
        descriptor = screen.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
    except (OSError, ValueError):
        return


def _exit_code(code: Any, out: Screen, err: Screen) -> Any:
    """Return how a command ends whose output may not have reached anybody."""
    out.flush()
    if out.fault is None:
        return code
    if isinstance(out.fault, BrokenPipeError):
        return code or CLOSED_PIPE
    err.write(say("cli.not_printed", reason=out.fault.strerror) + "\n")
    return code or NOT_POSSIBLE


@contextmanager
def _in_words(ctx: click.Context | None) -> Iterator[None]:
    """Tell in words what went wrong, and leave with the code that stands for it."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the last resort
        # It ends anyway: another Ctrl-C would only cut off what is said of that.
        code = STOPPED_BY_USER
        with suppress(KeyboardInterrupt), interrupts_held():
            code = _told_how_it_ended(error, ctx)
        sys.exit(code)


def _told_how_it_ended(error: BaseException, ctx: click.Context | None) -> int:
    """Say what went wrong; return the exit code."""
    if isinstance(error, NotWrittenError):
        click.echo(str(error), err=True)
        return NOT_POSSIBLE
    if isinstance(error, InputError):
        click.echo(str(error), err=True)
        click.echo(refused_in_words(len(error.problems)), err=True)
        return WRONG_INPUT
    debug = ctx is not None and ctx.meta.get(_DEBUG)
    if debug or is_switched_on(_DEBUG):
        click.echo("".join(traceback.format_exception(error)), err=True)
    words, code = _words_for(error, ctx)
    click.echo(words, err=True)
    return code


def _words_for(error: BaseException, ctx: click.Context | None) -> tuple[str, int]:
    """Return what to say of something that was not foreseen, and the exit code."""
    # A library may wrap it into an error of its own; Ctrl-D at a question means the same.
    if _is_ctrl_c(error) or isinstance(error, click.Abort):
        return f"\n{stopped_in_words(ctx)}", STOPPED_BY_USER
    if isinstance(error, MemoryError):
        return say("cli.no_memory"), NOT_POSSIBLE
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename is not None else ""
        return say("cli.not_possible", what=f"{place}{error.strerror}"), NOT_POSSIBLE
    return say("cli.bug", what=type(error).__name__, where=place_of_bug(error)), FAULT


def _is_ctrl_c(error: BaseException | None) -> bool:
    """Tell whether an error comes from Ctrl-C, or says so."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or "KeyboardInterrupt" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def example(line: str) -> str:
    """Return the end of a command's help: a command line as one may type it."""
    return f"\b\nExample:\n  {line}"


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=example("fwsim demo") + "\n\nfwsim COMMAND --help shows the options of a command.",
)
@click.version_option(package_name="fwsim")
def main() -> None:
    """Rehearse a firmware rollout before you click Execute."""
