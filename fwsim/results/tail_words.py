"""What made the last devices late, in a sentence."""

from __future__ import annotations

from fwsim.measures.amounts import shown_duration
from fwsim.results.answer import Answer


def tail_in_words(answer: Answer) -> str:
    """Return the stages in which the last 5 % of the devices lost most time."""
    table = answer.time_spent().sort_values("more (min)", ascending=False, kind="stable")
    longer = table[table["more (min)"] > 0.5].head(2)
    if longer.empty:
        return "The last 5 % of the devices spent their time as the others did."
    parts = [
        f"{shown_duration(row['last 5 % (min)'] * 60_000)} {row['stage']} "
        f"(all: {shown_duration(row['all (min)'] * 60_000)})"
        for _, row in longer.iterrows()
    ]
    return "The last 5 % of the devices are late because of " + " and ".join(parts) + "."
