"""Libraries that only some commands need: a clear word where one is missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fwsim.messages import say
from fwsim.problems import InputError, Problem


def needed(module: str, extra: str, purpose: str) -> Any:
    """Return a library that comes with an extra.

    Parameters
    ----------
    module
        Its name, or that of a part of it.
    extra
        Of fwsim, which brings it.
    purpose
        What needs it, as the subject of a sentence.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != library:
            raise
        raise missing(library, extra, purpose) from None


def missing(module: str, extra: str, purpose: str) -> InputError:
    """Return what is told of a library that is not installed; see `needed`."""
    text = say("optional.missing", purpose=purpose, library=module, extra=extra)
    return InputError([Problem(text)])


class Missing:
    """Stands for a library that is not installed: whoever uses it is told.

    Parameters
    ----------
    module, extra, purpose
        As for `needed`.
    """

    def __init__(self, module: str, extra: str, purpose: str) -> None:
        self._told = module, extra, purpose

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python itself looks for is not there
            raise AttributeError(name)
        raise missing(*self._told)
