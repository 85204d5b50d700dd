"""Warnings on the command line: told on stderr, or refused with --strict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import click

from fwsim.messages import say
from fwsim.problems import MOST_SHOWN, InputError, Problem, Severity

Command = TypeVar("Command", bound=Callable[..., Any])


def strict_option(command: Command) -> Command:
    """Give a command the option --strict."""
    text = "Treat warnings as errors."
    return click.option("--strict", is_flag=True, help=text)(command)


def tell(warnings: Sequence[Problem], *, strict: bool = False) -> None:
    """Print warnings as errors are printed, and go on.

    Parameters
    ----------
    warnings
        What is valid and hardly meant.
    strict
        Refuse them instead.

    Raises
    ------
    InputError
        If there are any and `strict` is set.
    """
    if strict and warnings:
        raise InputError(as_errors(warnings))
    for warning in warnings[:MOST_SHOWN]:
        click.echo(str(warning), err=True)
    if len(warnings) > MOST_SHOWN:
        click.echo(say("cli.more_warnings", count=len(warnings) - MOST_SHOWN), err=True)


def as_errors(warnings: Sequence[Problem]) -> list[Problem]:
    """Return warnings as the errors that --strict makes of them."""
    return [replace(warning, severity=Severity.ERROR) for warning in warnings]
