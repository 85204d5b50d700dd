"""What is said to the person at the desk, and beside what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """A word to the person at the desk.

    Parameters
    ----------
    about
        What it answers: ``commands``, ``look``, ``runs`` or ``files``; in the Find tab
        ``search`` or ``found``. It is shown beside that.
    text
        What went wrong, or what was done; empty if there is nothing to say.
    """

    about: str = "runs"
    text: str = ""
