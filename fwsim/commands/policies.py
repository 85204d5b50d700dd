"""Choices the manual leaves open; each is a parameter of a scenario."""

from __future__ import annotations

from enum import StrEnum


class IdfCheckOrder(StrEnum):
    """When the image is checked against the device [A]."""

    BEFORE = "before"
    AFTER = "after"
    BOTH = "both"


class UnattendedPolicy(StrEnum):
    """What becomes of the notice where nobody is there [A]."""

    SHOW = "show"
    SKIP_DIALOG = "skip_dialog"


class DeferCounterScope(StrEnum):
    """What the number of deferments is counted for [A]."""

    COMMAND = "command"
    IDF = "idf"


class MissingButton(StrEnum):
    """What those do who would click a button that the notice does not have [A]."""

    BUTTONS = "buttons"
    IGNORED = "ignored"
    PROPORTION = "proportion"
