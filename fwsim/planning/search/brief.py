"""What a plan was looked for, and how sure it is: what goes with it to an administrator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Brief:
    """What a plan was looked for, in words.

    Parameters
    ----------
    question
        Goals and limits.
    turned
        What was chosen, changed or not, and which commands it moved.
    measures
        What each goal and limit came to, a line each.
    promise
        How sure the choice is, and how often the plan keeps its limits, a sentence or two each.
    """

    question: str = ""
    turned: tuple[tuple[str, str], ...] = ()
    measures: tuple[str, ...] = ()
    promise: tuple[str, ...] = ()


NO_BRIEF = Brief()
"""Of a plan that nobody looked for."""
