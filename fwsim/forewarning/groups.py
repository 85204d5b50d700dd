"""Whether the filter of a client group may match anybody, and why it matches nobody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.client_group import (
    BIOS,
    UPDATE_STATE,
    Comparison,
    attribute_key,
    attribute_name,
    begins_with,
    evaluate,
    parse_filter,
    write_filter,
)
from fwsim.commands.status_text import update_states
from fwsim.commands.targets import ClientGroupTarget
from fwsim.messages import say
from fwsim.model.first_due import changing_attributes
from fwsim.model.rollout import Rollout
from fwsim.problems import nearest
from fwsim.spelling import Spellings, meant

MOST_GUESSED_FROM = 1_000


def may_ever_match(text: str, rollout: Rollout) -> bool:
    """Tell whether any device may be in a group at any time, whatever it is given and reports."""
    everybody = np.ones(len(rollout.fleet), np.bool_)

    def holds(comparison: Comparison) -> NDArray[np.bool_]:
        if attribute_name(comparison.attribute) in changing_attributes(rollout):
            return everybody & _may_begin(comparison, rollout)
        devices = rollout.find(ClientGroupTarget(write_filter(comparison)))
        return np.isin(np.arange(len(everybody)), devices)

    return bool(evaluate(parse_filter(text), holds).any())


def _may_begin(comparison: Comparison, rollout: Rollout) -> bool:
    ignore_case = rollout.assumptions.group_ignores_case
    return any(
        begins_with(one, comparison.value, ignore_case=ignore_case)
        for one in _ever_reported(attribute_name(comparison.attribute), rollout)
    )


def _ever_reported(name: str, rollout: Rollout) -> tuple[str, ...]:
    """Return all that any device may report of what an update changes."""
    if name == UPDATE_STATE:
        return update_states()
    if name == BIOS:
        reported = rollout.fleet.attributes.get(BIOS)
        offered = (section.version for section in rollout.scenario.uefi.values())
        return (*(() if reported is None else reported.values), *offered)
    installed = (rollout.idf_name(name) for mix in rollout.installed_mixes() for name in mix)
    return (*(image.name for image in rollout.images), *installed)


def why_nobody(text: str, rollout: Rollout) -> str:
    """Return which comparisons of a filter hold for no device, as the end of a sentence."""
    reasons: list[str] = []

    def holds(comparison: Comparison) -> bool:
        reasons.extend(_why(comparison, rollout))
        return True

    evaluate(parse_filter(text), holds)
    return "".join(dict.fromkeys(reasons))


def _why(comparison: Comparison, rollout: Rollout) -> list[str]:
    name, value, fleet = comparison.attribute, comparison.value, rollout.fleet
    if (changing := attribute_name(name)) in changing_attributes(rollout):
        if _may_begin(comparison, rollout):
            return []
        return [_no_such(changing, value, _ever_reported(changing, rollout))]
    names = (*fleet.attributes, "Host name", "MAC address")
    known = {attribute_key(one): one for one in names}.get(attribute_key(name))
    if known is None:
        return [say("warning.command.unknown_attribute", name=name)]
    column = fleet.reported(known)
    values = column.values if column is not None else ()
    if any(begins_with(one, value, ignore_case=True) for one in values):
        return []
    return [_no_such(known, value, values[:MOST_GUESSED_FROM])]


def _no_such(attribute: str, value: str, values: Sequence[str]) -> str:
    alike = Spellings(values).nearest(value)
    if alike is not None:
        hint = meant(value, alike)
    elif attribute == UPDATE_STATE:  # one that looks alike may be the opposite
        names = ", ".join(dict.fromkeys(filter(None, values)))
        hint = say("warning.command.update_states", names=names)
    else:
        hint = nearest(value, values)
    return say("warning.command.no_such_value", attribute=attribute, value=value, near=hint)
