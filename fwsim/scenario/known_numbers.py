"""Numbers that are written although they are the default: who states one knows it.

Where a scenario says nothing a belief is assumed, so what a file says must not get lost when it is
written back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.document import Path_
from fwsim.scenario.network_section import NetworkSection
from fwsim.scenario.sections import PeopleSection


def with_known(
    data: dict[str, Any],
    assumptions: Assumptions,
    network: NetworkSection,
    people: Mapping[str, PeopleSection],
) -> dict[str, Any]:
    """Return a scenario's data with every stated number of which a belief would be assumed.

    Parameters
    ----------
    data
        Without what is the default; changed.
    assumptions, network, people
        Of the scenario.
    """
    for path, section, field in _places(assumptions, network, people):
        if field in section.model_fields_set:
            *above, last = path
            here = data
            for key in above:
                here = here.setdefault(str(key), {})
            whole = section.model_dump(mode="json", exclude_defaults=True)
            mine = here.setdefault(str(last), whole)
            if field not in mine:
                mine[field] = section.model_dump(mode="json", include={field})[field]
    return data


def _places(
    assumptions: Assumptions, network: NetworkSection, people: Mapping[str, PeopleSection]
) -> Iterator[tuple[Path_, BaseModel, str]]:
    """Yield the sections and their fields of which a belief is assumed."""
    for name, info in Assumptions.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and "belief" in extra:
            yield ("assumptions",), assumptions, name
    for site, line in network.sites.items():
        yield ("network", "sites", site), line, "line_factor"
    for hub, line_of_hub in network.hubs.items():
        yield ("network", "hubs", hub), line_of_hub, "line_factor"
    for kind, habits in people.items():
        yield ("people", kind, "answer"), habits.answer, "after"
        yield ("people", kind), habits, "persistence"
