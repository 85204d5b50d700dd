"""Why the filter of a client group matches nobody."""

from __future__ import annotations

from fwsim.commands.client_group import (
    CHANGING_ATTRIBUTES,
    Comparison,
    attribute_key,
    attribute_name,
    begins_with,
    evaluate,
    parse_filter,
)
from fwsim.fleet.fleet import Fleet
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.spelling import Spellings, meant

MOST_GUESSED_FROM = 1_000


def why_nobody(text: str, fleet: Fleet) -> str:
    """Return which comparisons of a filter hold for no device, as the end of a sentence."""
    reasons: list[str] = []

    def holds(comparison: Comparison) -> bool:
        reasons.extend(_why(comparison, fleet))
        return True

    evaluate(parse_filter(text), holds)
    return "".join(dict.fromkeys(reasons))


def _why(comparison: Comparison, fleet: Fleet) -> list[str]:
    name, value = comparison.attribute, comparison.value
    if attribute_name(name) in CHANGING_ATTRIBUTES:
        return []
    names = (*fleet.attributes, "Host name", "MAC address")
    known = {attribute_key(one): one for one in names}.get(attribute_key(name))
    if known is None:
        return [say("warning.command.unknown_attribute", name=name)]
    column = fleet.reported(known)
    values = column.values if column is not None else ()
    if any(begins_with(one, value, ignore_case=True) for one in values):
        return []
    alike = Spellings(values[:MOST_GUESSED_FROM]).nearest(value)
    hint = meant(value, alike) if alike else nearest(value, values[:MOST_GUESSED_FROM])
    return [say("warning.command.no_such_value", attribute=known, value=value, near=hint)]
