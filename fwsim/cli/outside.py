"""The option that lets a scenario name files outside of its folder."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click


def allow_outside(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that reads scenarios the option ``--allow-outside``."""

    @click.option(
        "--allow-outside",
        is_flag=True,
        help="Also read files that a scenario names outside its own folder.",
    )
    @functools.wraps(command)
    def run(*args: Any, allow_outside: bool, **options: Any) -> Any:
        from fwsim.scenario.outside import allowed

        with allowed(True if allow_outside else None):
            return command(*args, **options)

    return run
