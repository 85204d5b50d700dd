"""Stands in for `fwsim.compiled.machine.compiling`: functions stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Return the function itself."""
    return function


def unit(function: F) -> F:
    """Return the function itself."""
    return function


def declared(module: str) -> Callable[[F], F]:
    """Look the function up in its module when it is called; by then that is there."""

    def declare(function: F) -> F:
        def call(*arguments: Any) -> Any:
            from fwsim.compiled.interpreted.clock import interpreted_machine

            return getattr(interpreted_machine()[module], function.__name__)(*arguments)

        return cast("F", call)

    return declare
