"""What was found in a device list, as it is shown to a person."""

from __future__ import annotations

from fwsim.first_scenario.draft import Draft
from fwsim.first_scenario.found import Counted, Found
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

    Of the others it is told where that is longest.

    Parameters
    ----------
    draft
        With what was found and said.
    most
        Rows; what is left out is summed up in one more.
    """
    size, uplink, sites = draft.value("size"), draft.value("uplink"), draft.found.sites

    def needed(site: Counted) -> float:
        at_server = float(draft.lacking[site.name] * size / uplink)
        return max(draft.seconds_of(site.name), at_server)

    rows = []
    for site in sites[:most]:
        devices, rate = localised(f"{site.devices:,}"), write_rate(draft.rate_of(site.name))
        rows.append((site.name, devices, rate, shown_duration(1000 * needed(site))))
    if rest := sites[most:]:
        devices, slowest = localised(f"{sum(s.devices for s in rest):,}"), max(rest, key=needed)
        words = {"site": slowest.name, "needed": shown_duration(1000 * needed(slowest))}
        more, longest = say("new.more_rows", count=len(rest)), say("new.longest_of_rest", **words)
        rows.append((more, devices, "", longest))
    return rows


def site_heads() -> tuple[str, str, str, str]:
    """Return what stands above those rows."""
    return say("new.sites"), say("new.devices"), say("new.line"), say("new.line_needs")
