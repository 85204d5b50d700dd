"""Every measure fwsim knows, each defined once: its words, its unit, its meaning, its source.

``docs/measures.md`` is made from this table; how a measure is computed from a status log stands
in `fwsim.results.run.measuring`, one function per kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

LOG, LOAD, HABITS = "status log", "link load", "status log and habits of people"
SENT = "proxy load"


class Unit(Enum):
    """What a measure's number counts: milliseconds, bytes, bytes per second, or things."""

    SHARE = "share"
    DURATION = "duration"
    COUNT = "count"
    SIZE = "size"
    RATE = "rate"
    CHANCE = "chance"


class Kind(Enum):
    """What is measured; the value is its words, optional ones in brackets."""

    SUCCESSFUL = "successful[ in {unit}][ for {group}][ by {time}]"
    UP_TO_DATE = "up to date[ in {unit}][ for {group}][ by {time}]"
    OUTCOME = "outcome {outcome}[ because {detail}][ in {unit}][ for {group}]"
    TIME_TO = "time to {share}[ of targeted][ in {unit}][ for {group}]"
    TIME_SINCE = "time from {since} to {share}[ of targeted][ in {unit}][ for {group}]"
    CHANCE_OF = "chance of {share}[ of targeted] by {time}"
    TARGETED = "devices targeted[ in {unit}][ for {group}]"
    DEVICES_SUCCESSFUL = "devices successful[ in {unit}][ for {group}][ by {time}]"
    PROMPTS = "prompts[ in {unit}][ for {group}][ {week}]"
    DEVICES_PROMPTED = "devices prompted[ in {unit}][ for {group}][ {week}]"
    MOST_PROMPTS = "most prompts on one device[ in {unit}][ for {group}][ {week}]"
    DEFERMENTS = "deferments[ in {unit}][ for {group}][ {week}]"
    CANCELS = "cancels[ in {unit}][ for {group}][ {week}]"
    FORCED_STARTS = "forced starts[ in {unit}][ for {group}][ {week}]"
    USER_TIME_LOST = "user time lost[ in {unit}][ for {group}][ {week}]"
    PEAK_REPOSITORY = "peak repository utilisation[ {week}]"
    PEAK_SITES = "peak site link utilisation[ {week}]"
    PEAK_HUBS = "peak hub link utilisation[ {week}]"
    PEAK_LINK = "peak link utilisation of {site}[ {week}]"
    PEAK_SITE_RATE = "peak site rate[ in {unit}][ {week}]"
    PEAK_HUB_RATE = "peak hub rate[ in {unit}][ {week}]"
    BUSY_HOUR_REPOSITORY = "busy-hour repository utilisation"
    BUSY_HOUR_SITES = "busy-hour site link utilisation"
    BUSY_HOUR_HUBS = "busy-hour hub link utilisation"
    PEAK_PROVIDERS = "peak provider utilisation"
    PEAK_WORKERS = "peak worker utilisation"
    WAN = "WAN bytes[ {week}]"
    FROM_PROXIES = "bytes from proxies"
    UNFINISHED = "started but not finished in {week}"
    ON_FOR_NOTHING = "switched on for nothing"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a kind of measure means.

    Parameters
    ----------
    unit
        Of its number.
    noun
        What a count counts; else empty.
    meaning
        In one sentence, for the docs and the report.
    source
        What it is computed from.
    """

    unit: Unit
    noun: str
    meaning: str
    source: str

    @property
    def is_counted(self) -> bool:
        """Whether it is a number of things, of which there is no half."""
        return self.unit is Unit.COUNT


def _share(meaning: str, source: str = LOG) -> Definition:
    return Definition(Unit.SHARE, "", meaning, source)


def _count(noun: str, meaning: str, source: str = LOG) -> Definition:
    return Definition(Unit.COUNT, noun, meaning, source)


TIMES = (Kind.TIME_TO, Kind.TIME_SINCE)
"""Times until a share of the devices has it; such a time may never be reached."""
OF_PEOPLE = (
    Kind.PROMPTS,
    Kind.DEVICES_PROMPTED,
    Kind.MOST_PROMPTS,
    Kind.DEFERMENTS,
    Kind.CANCELS,
    Kind.FORCED_STARTS,
    Kind.USER_TIME_LOST,
)
"""What people are asked, what they do, and what they lose."""
SUMS_OF_PEOPLE = tuple(kind for kind in OF_PEOPLE if kind is not Kind.MOST_PROMPTS)
"""Of all of them together."""
OF_HUBS = (Kind.PEAK_HUBS, Kind.PEAK_HUB_RATE, Kind.BUSY_HOUR_HUBS)
"""What has a meaning only where there are hubs."""
OF_PROXIES = (Kind.PEAK_PROVIDERS, Kind.FROM_PROXIES)
"""What is known by when proxies sent."""

DEFINITIONS: dict[Kind, Definition] = {
    Kind.SUCCESSFUL: _share(
        "targeted devices whose outcome is successful; with a time, those that were by then"
    ),
    Kind.UP_TO_DATE: _share(
        "targeted devices that run the image: successful, or found up to date (not necessary)"
    ),
    Kind.OUTCOME: _share(
        "targeted devices with this outcome at the end of the run; a device counts once, with the "
        "outcome of its last command that did not give way"
    ),
    Kind.TIME_TO: Definition(
        Unit.DURATION,
        "",
        "from the first update command, or whatever else starts updates, until this share of the "
        "devices that needed the update (or, if it says so, of all targeted devices) was "
        "successful under the command that gives their outcome; 0 if no targeted device needs "
        "it (comparisons leave such runs out)",
        LOG,
    ),
    Kind.TIME_SINCE: Definition(
        Unit.DURATION,
        "",
        "as `time to`, but counted from this moment, whenever the first update is due, so that "
        "plans with different starts are compared by when they are over; 0.0 s if it was reached "
        "before, and 0 if no targeted device needs it (comparisons leave such runs out)",
        LOG,
    ),
    Kind.CHANCE_OF: Definition(
        Unit.CHANCE,
        "",
        "chance that this share of the devices that needed the update is successful by then",
        LOG,
    ),
    Kind.TARGETED: _count("device", "devices an update is for"),
    Kind.DEVICES_SUCCESSFUL: _count(
        "device", "devices whose update was successful; with a time, by then"
    ),
    Kind.PROMPTS: _count("notice", "notices shown, including reminders"),
    Kind.DEVICES_PROMPTED: _count("device", "devices on which at least one notice came up"),
    Kind.MOST_PROMPTS: _count("notice", "notices on the device that showed most"),
    Kind.DEFERMENTS: _count("click", "clicks on Defer"),
    Kind.CANCELS: _count("click", "clicks on Cancel"),
    Kind.FORCED_STARTS: _count(
        "start",
        "updates with a notice that began in front of a user without a click: because the notice "
        "ran out, or because force_at or a deadline had come, be it during the notice, after a "
        "deferment or before anybody was asked",
        HABITS,
    ),
    Kind.USER_TIME_LOST: Definition(
        Unit.DURATION,
        "",
        "time, added up over devices, in which a user was there but the device was installing or "
        "restarting; what never ends, because power was lost in between, counts until the run is "
        "stopped",
        HABITS,
    ),
    Kind.PEAK_REPOSITORY: _share(
        "largest share of the repository's uplink that updates took in one minute", LOAD
    ),
    Kind.PEAK_SITES: _share(
        "largest share of any site's line that updates took in one minute", LOAD
    ),
    Kind.PEAK_HUBS: _share("largest share of any hub's line that updates took in one minute", LOAD),
    Kind.PEAK_LINK: _share("largest share of this site's or hub's line in one minute", LOAD),
    Kind.PEAK_SITE_RATE: Definition(
        Unit.RATE,
        "",
        "largest rate at which updates crossed one site's line in one minute; with an OU, only "
        "sites where it or an OU below it has devices",
        LOAD,
    ),
    Kind.PEAK_HUB_RATE: Definition(
        Unit.RATE,
        "",
        "largest rate at which updates crossed one hub's line in one minute, all its sites "
        "together; with an OU, only hubs that it or an OU below it has devices behind",
        LOAD,
    ),
    Kind.BUSY_HOUR_REPOSITORY: _share(
        "mean share of the repository's uplink in its fullest 60 minutes", LOAD
    ),
    Kind.BUSY_HOUR_SITES: _share(
        "mean share of a site's line in its fullest 60 minutes; the worst site's", LOAD
    ),
    Kind.BUSY_HOUR_HUBS: _share(
        "mean share of a hub's line in its fullest 60 minutes; the worst hub's", LOAD
    ),
    Kind.PEAK_PROVIDERS: _share(
        "largest share of lan_rate that one proxy sent in one minute",
        SENT,
    ),
    Kind.PEAK_WORKERS: _share(
        "largest share of the server's workers that was busy in one minute", LOG
    ),
    Kind.WAN: Definition(Unit.SIZE, "", "bytes that crossed the sites' lines", LOAD),
    Kind.FROM_PROXIES: Definition(
        Unit.SIZE,
        "",
        "bytes that proxies sent to neighbours at their site, and that no line carried to these",
        SENT,
    ),
    Kind.UNFINISHED: _count(
        "device",
        "devices whose transfer or installation began within these times of the week and whose "
        "update or delivery, restart included, was not over when they ended; times that the end of "
        "the run cuts are left out",
    ),
    Kind.ON_FOR_NOTHING: _count(
        "device",
        "devices that were off, came on while the server waited for them and did not end "
        "successful, and on which no delivery or UEFI update was successful either",
    ),
}
