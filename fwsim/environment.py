"""What people switch on in the environment, and which names there are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.spelling import Spellings, meant

VARIABLES = (
    "FWSIM_ALLOW_OUTSIDE",
    "FWSIM_DEBUG",
    "FWSIM_INTERPRET",
    "FWSIM_KERNEL_MEMORY",
    "FWSIM_WRITE_FOLDER",
)
_OFF = frozenset({"", "0", "false", "no", "off", "none", "n", "f", "nein", "aus", "falsch"})


def is_switched_on(variable: str) -> bool:
    """Tell whether a variable of the environment is on: ``1``; *false* and *off* are not."""
    return os.environ.get(variable, "").strip().casefold() not in _OFF


def misspelt(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each variable that was surely meant to be one of fwsim's, and a hint at that."""
    known = Spellings(VARIABLES)
    for name in sorted(environment):
        is_other = name.upper().startswith("FWSIM") and name not in VARIABLES
        if is_other and (near := known.nearest(name)):
            yield name, meant(name, near)


def check_numbers(environment: Mapping[str, str]) -> None:
    """Refuse what joblib and matplotlib would stumble over later, in the middle of the work.

    Raises
    ------
    InputError
        With each of their variables that is no number of its kind.
    """
    if wrong := list(_no_numbers(environment)):
        raise InputError(wrong)


def _no_numbers(environment: Mapping[str, str]) -> Iterator[Problem]:
    processors = environment.get("LOKY_MAX_CPU_COUNT", "1")
    try:
        int(processors)
    except ValueError:
        text = say("environment.no_processors", value=repr(processors))
        yield Problem(text, source="LOKY_MAX_CPU_COUNT")
    seconds = environment.get("SOURCE_DATE_EPOCH") or "0"
    try:
        datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        text = say("environment.no_seconds", value=repr(seconds))
        yield Problem(text, source="SOURCE_DATE_EPOCH")
