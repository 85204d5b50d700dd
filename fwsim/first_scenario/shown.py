"""What was found in a device list, as it is shown to a person."""

from __future__ import annotations

from fwsim.first_scenario.draft import Draft
from fwsim.first_scenario.found import Found
from fwsim.measures.amounts import counted, shown_duration
from fwsim.messages import localised, say
from fwsim.quantities.units import write_rate

_MOST_NAMED = 5


def found_in_words(found: Found) -> list[str]:
    """Return what a list holds, a sentence each."""
    sentences = [
        say(
            "new.found",
            list=found.file,
            devices=counted(found.count, "device"),
            units=counted(len(found.units), "OU"),
            sites=counted(len(found.sites), "site"),
        ),
        found.why,
        *found.remarks,
    ]
    for name, counts in (("images", found.images), ("models", found.models)):
        if counts:
            some = [f"{one.name} ({localised(f'{one.devices:,}')})" for one in counts[:_MOST_NAMED]]
            more = ["…"] if len(counts) > _MOST_NAMED else []
            sentences.append(say(f"new.{name}", **{name: ", ".join([*some, *more])}))
    return sentences


def site_rows(draft: Draft, most: int) -> list[tuple[str, str, str, str]]:
    """Return the largest sites: name, devices, line, and how long the image takes at least.

    Parameters
    ----------
    draft
        With what was found and said.
    most
        Rows; what is left out is counted in one more.
    """
    size, uplink, sites = draft.value("size"), draft.value("uplink"), draft.found.sites
    rows = []
    for site in sites[:most]:
        rate = draft.rate_of(site.name)
        needed = max(draft.seconds_of(site.name), draft.lacking[site.name] * size / uplink)
        devices = localised(f"{site.devices:,}")
        rows.append((site.name, devices, write_rate(rate), shown_duration(1000 * needed)))
    if len(sites) > most:
        rest = sum(site.devices for site in sites[most:])
        rows.append((say("new.more_rows", count=len(sites) - most), localised(f"{rest:,}"), "", ""))
    return rows


def site_heads() -> tuple[str, str, str, str]:
    """Return what stands above those rows."""
    return say("new.sites"), say("new.devices"), say("new.line"), say("new.line_needs")
