"""The option that lets a scenario name files outside of its folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def _allow(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        from fwsim.scenario.outside import allowed

        ctx.with_resource(allowed())


def allow_outside(command: Command) -> Command:
    """Give a command that reads scenarios the option ``--allow-outside``."""
    return click.option(
        "--allow-outside", is_flag=True, expose_value=False, callback=_allow,
        help="Read files a scenario names also where they lie outside of its folder.",
    )(command)  # fmt: skip
