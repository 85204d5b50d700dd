"""The page on the lifecycle: its picture, what the console shows, and its table."""

from __future__ import annotations

from docs.from_code.markdown import NOTE, table
from fwsim.commands.lifecycle import OUTCOMES, TEXT_OF_STATE, State, Transition, fact_names
from fwsim.commands.lifecycle_table import TRANSITIONS
from fwsim.commands.status_text import status_form


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def _guard(row: Transition) -> str:
    needed = [_words(name) for name in fact_names(row.needs)]
    barred = [f"not {_words(name)}" for name in fact_names(row.bars)]
    return ", ".join([*needed, *barred])


def diagram() -> str:
    """Return the lifecycle as a Mermaid state diagram; loops and epilogues are left out."""
    skipped = {State.HALTING, State.HALTED, State.SUPERSEDED, State.OUT_OF_CONTACT}
    edges: dict[tuple[State, State], dict[str, None]] = {}
    for row in TRANSITIONS:
        if row.to is not row.state and not {row.state, row.to} & skipped:
            edges.setdefault((row.state, row.to), {})[_words(row.event.name)] = None
    lines = ["stateDiagram-v2", "    [*] --> SCHEDULED"]
    lines += [f"    {a.name} --> {b.name}: {', '.join(words)}" for (a, b), words in edges.items()]
    lines += [f"    {state.name} --> [*]" for state in State if state in OUTCOMES - skipped]
    return "\n".join(lines)


def lifecycle() -> str:
    """Return the lifecycle table and its picture."""
    rows = [
        [
            row.state.name,
            _words(row.event.name),
            _guard(row),
            row.to.name,
            "" if row.action.name == "NOTHING" else _words(row.action.name),
            f"[{row.mark.value}]",
            row.source,
        ]
        for row in TRANSITIONS
    ]
    texts = [
        [
            state.name,
            f"`{status_form(text).replace('{}', '2018-08-20 11:34:23')}`" if text else "unchanged",
        ]
        for state, text in TEXT_OF_STATE.items()
    ]
    return f"""# The lifecycle of a device under one Update command

{NOTE}

Which states a device goes through from the command to its outcome, what the console shows in each,
and the rule behind every step, with its source.

```mermaid
{diagram()}
```

Left out of the picture: losing power in the middle leads to OUT_OF_CONTACT and, at the next
contact, to FAILED; a newer command ends a waiting one as SUPERSEDED; a device that was woken, or
that its user is shutting down, is switched off after the outcome (HALTING, HALTED).

## What the console shows

{table(["State", "Update State field"], texts)}

REBOOT after RESTART_PENDING leaves the field unchanged: the installation was completed before.

## The table

Rows of a state and an event are tried from top to bottom; the first whose guard holds applies. The
simulation follows this table and nothing else.

{table(["State", "Event", "Guard", "To", "Action", "Mark", "Source"], rows)}
"""
