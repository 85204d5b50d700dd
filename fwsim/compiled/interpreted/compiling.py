"""Stands in for `fwsim.compiled.machine.compiling`: functions stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Return the function itself."""
    return function


def unit(function: F) -> F:
    """Return the function itself."""
    return function
