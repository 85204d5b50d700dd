"""What the words of a log mean: fwsim's own, the console's, plain ones, and those of a mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.fleet.list_headers import folded
from fwsim.observations.observed import What

IGNORE = "ignore"
"""What a mapping says of a word that tells nothing."""

OF_STATE: dict[State, tuple[What, ...]] = {
    State.SCHEDULED: (),
    State.PROBING: (),
    State.ASSIGNED: (),
    State.SKIPPED: (What.UNREACHED,),
    State.WAKING: (What.OFF,),
    State.UNREACHED: (What.UNREACHED,),
    State.REJECTED: (What.UNREACHED,),
    State.CHECKING: (What.CHECKING,),
    State.NOTIFYING: (What.ASKED,),
    State.DEFERRED: (What.DEFERRED,),
    State.VERIFY_IDF: (),
    State.QUEUEING: (What.QUEUED,),
    State.TRANSFER: (What.FETCHING,),
    State.VERIFY_PACKAGES: (What.FETCHED,),
    State.INSTALL: (What.WRITING,),
    State.REBOOT: (What.WRITTEN, What.RESTARTING),
    State.RESTART_PENDING: (What.WRITTEN,),
    State.OUT_OF_CONTACT: (),
    State.SUCCESS: (What.DONE,),
    State.FAILED: (What.FAILED,),
    State.NOT_NEEDED: (What.NOT_NEEDED,),
    State.CANCELLED: (What.CANCELLED,),
    State.SUPERSEDED: (What.SUPERSEDED,),
    State.HALTING: (),
    State.HALTED: (What.OFF,),
    State.PROVIDING: (),
}
"""What a device is seen to do by the states of fwsim's own log."""

ENDS = frozenset(what for state in OUTCOMES for what in OF_STATE[state])
"""What ends a command for a device."""

_PLAIN = {what.name.lower().replace("_", " "): (what,) for what in What}
_STATES = {folded(state.name): whats for state, whats in OF_STATE.items()}
_IN_PROGRESS = {
    "transfer started": (What.FETCHING,),
    "transfer completed": (What.FETCHED,),
    "installation started": (What.WRITING,),
    "installation completed": (What.WRITTEN, What.RESTARTING),
}
_FINAL = {
    "successful": (What.DONE,),
    "not successful": (What.FAILED,),
    "not necessary": (What.NOT_NEEDED,),
    "deferred": (What.DEFERRED,),
    "erfolgreich": (What.DONE,),
    "nicht erfolgreich": (What.FAILED,),
    "nicht notwendig": (What.NOT_NEEDED,),
    "verschoben": (What.DEFERRED,),
}
"""As the console says it, in English and in German [S] (docs/german.md)."""
_LONGEST = 200
"""Characters of a text of the console; no pattern is tried on a longer one."""
_DASH = r"\s+[–—\-]\s+"
_CONSOLE = re.compile(
    r"(?:(?P<kind>update|delivery)\s+in\s+progress"
    rf"(?:\s*\((?P<action>(?:transfer|installation)\s+(?:started|completed)){_DASH}(?P<at>[^)]+)\))?"
    r"|(?P<delivery>delivery\s+)?(?P<final>not\s+successful|successful|not\s+necessary|deferred"
    r"|nicht\s+erfolgreich|erfolgreich|nicht\s+notwendig|verschoben)"
    rf"(?:{_DASH}(?P<final_at>.+))?)",
    re.IGNORECASE,
)
_WITH_STAMP = re.compile(rf"(?P<word>.*?\S){_DASH}(?P<at>\d[^–—]*)")
"""A word of a mapping, and the stamp that the console puts behind its own."""


@dataclass(frozen=True)
class Meaning:
    """What one text of a log says.

    Parameters
    ----------
    whats
        What is seen; nothing for a text that tells nothing.
    at
        The time stamp within the text; empty if there is none.
    is_delivery
        Whether it is of a delivery.
    is_console
        Whether it reads as the console's field does.
    """

    whats: tuple[What, ...]
    at: str = ""
    is_delivery: bool = False
    is_console: bool = False


def console_meaning(text: str) -> Meaning | None:
    """Return what a text of the console's Update State says; None if it is none."""
    match = _CONSOLE.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    if match["final"]:
        final = " ".join(match["final"].lower().split())
        return Meaning(_FINAL[final], match["final_at"] or "", bool(match["delivery"]), True)
    action = " ".join((match["action"] or "").lower().split())
    whats = _IN_PROGRESS.get(action, (What.CHECKING,))
    return Meaning(whats, match["at"] or "", match["kind"].lower() == "delivery", True)


class Words:
    """Finds out what texts mean.

    Parameters
    ----------
    own
        Words of a mapping file, as they stand there, and what they mean.
    """

    def __init__(self, own: Mapping[str, tuple[What, ...]] | None = None) -> None:
        self._own = {folded(word): whats for word, whats in (own or {}).items()}

    def is_own(self, text: str) -> bool:
        """Tell whether a text is a word of the mapping file."""
        return folded(text) in self._own

    def meaning(self, text: str) -> Meaning | None:
        """Return what a text means; None if it is unknown."""
        word = folded(text)
        if word in self._own:
            return Meaning(self._own[word])
        if not word:
            return Meaning(())
        known = _PLAIN.get(word, _STATES.get(word))
        return Meaning(known) if known is not None else self.console_meaning(text)

    def console_meaning(self, text: str) -> Meaning | None:
        """Return what a text of the console's Update State says, in a mapping's words or its own.

        Behind a mapping's word there may be a stamp. None if it is no such text.
        """
        match = _WITH_STAMP.fullmatch(text.strip()) if self._own and len(text) <= _LONGEST else None
        if match is not None and (whats := self._own.get(folded(match["word"]))) is not None:
            return Meaning(whats, match["at"], is_console=True)
        return console_meaning(text)

    def known(self) -> list[str]:
        """Return words that would have been right."""
        return [*self._own, *_PLAIN, "Successful", "Not successful", "Not necessary"]


def what_named(name: str) -> tuple[What, ...] | None:
    """Return what a mapping's word stands for; None if there is no such word."""
    word = folded(name)
    return () if word == IGNORE else _PLAIN.get(word)


def names_of_what() -> list[str]:
    """Return the words that a mapping may use."""
    return [*_PLAIN, IGNORE]
