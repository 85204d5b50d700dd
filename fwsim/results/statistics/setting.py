"""What figures and reports need to know of a rollout, without the rollout itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fwsim.commands.status_text import StatusField
from fwsim.fleet.grouping import are_people_told_apart, kinds_of_people
from fwsim.measures.expectation import Expectation, read_expectation
from fwsim.messages import ENGLISH, speaking
from fwsim.model.doubt import doubted
from fwsim.model.first_due import is_more_due, what_is_due
from fwsim.model.rollout import Rollout
from fwsim.results.run.lines_in_words import lines_in_words
from fwsim.results.run.words import assumptions_in_use, plan_in_words
from fwsim.scenario.doubts_in_words import doubts_in_words


@dataclass(frozen=True)
class Setting:
    """Where and when an experiment plays; plain data, so that it can lie beside its results.

    Parameters
    ----------
    name, story
        The scenario's.
    start_stamp, zone_name
        ISO 8601 in UTC; IANA name of the server's zone.
    horizon
        Milliseconds.
    devices
        Size of the fleet.
    uplink
        The repository's, bytes per second.
    sites, links
        Names, and rates of their lines in bytes per second; hubs come after the sites.
    lan_rate
        What a proxy sends in all, bytes per second.
    busy_hours
        As written.
    plan
        The rollout in words, a sentence an entry.
    assumptions
        Those this rollout made use of: name, value, mark, meaning, whether the scenario sets it.
    expect
        Words and condition of each expectation.
    hubs
        How many of the last names are hubs.
    lines
        What it counts of its lines, in a sentence.
    until
        Milliseconds at which each run was stopped, where that is before the horizon; else None.
    doubts
        What is drawn once a run: place, what is believed, how far rollouts differ, source, mark.
    judged
        What it is judged by where no update is commanded: ``uefi`` or ``delivery``; else empty.
    starters
        For how many devices it is by a notification, a job of the scheduler or a check.
    windows
        Whether windows hold commands back.
    proxies_by_minute
        Whether there are proxies, and what they sent was noted minute by minute.
    shared_lines
        Which lines others use, too, at a time that is played, and leave only a part of what these
        carry; by their place.
    held_lines
        On which lines a router holds updates to less than these carry.
    people
        Kinds of people, as the notices of runs are told apart by them; empty if they are not.
    more_due
        Whether runs are stopped before all it is judged by is due, or devices begin some of it by
        themselves: more may be targeted then, and what was successful may be overtaken.
    """

    name: str
    story: str
    start_stamp: str
    zone_name: str
    horizon: int
    devices: int
    uplink: int
    sites: tuple[str, ...]
    links: tuple[int, ...]
    lan_rate: int
    busy_hours: str
    plan: tuple[str, ...]
    assumptions: tuple[dict[str, Any], ...]
    expect: tuple[tuple[str, str], ...] = ()
    hubs: int = 0
    doubts: tuple[dict[str, str], ...] = ()
    lines: str = ""
    until: int | None = None
    judged: str = ""
    starters: int = 0
    windows: bool = False
    proxies_by_minute: bool = False
    shared_lines: tuple[int, ...] = ()
    people: tuple[str, ...] = ()
    held_lines: tuple[int, ...] = ()
    more_due: bool = False

    def is_hub(self, line: int) -> bool:
        """Tell whether a line is a hub's."""
        return line >= len(self.sites) - self.hubs

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """What the scenario expects."""
        return tuple(read_expectation(*words) for words in self.expect)

    @property
    def start(self) -> datetime:
        """When the story begins; aware."""
        return datetime.fromisoformat(self.start_stamp)

    @property
    def end(self) -> int:
        """Milliseconds at which a run is stopped that still has something to do."""
        return self.horizon if self.until is None else self.until

    @property
    def zone(self) -> ZoneInfo:
        """The server's."""
        return ZoneInfo(self.zone_name)

    @classmethod
    @speaking(ENGLISH)  # it is kept in files
    def of(cls, rollout: Rollout, until: int | None = None) -> Setting:
        """Take what is needed from a rollout.

        Parameters
        ----------
        rollout
            As `prepare` returns it.
        until
            Milliseconds at which each run is stopped; None for the horizon.
        """
        scenario = rollout.scenario
        used = assumptions_in_use(rollout)
        due = what_is_due(rollout)
        told_apart = are_people_told_apart(rollout.fleet)
        until = until if until is not None and until < rollout.horizon else None
        return cls(
            name=scenario.name,
            story=scenario.story,
            start_stamp=rollout.start.astimezone(UTC).isoformat(),
            zone_name=scenario.zone,
            horizon=rollout.horizon,
            devices=len(rollout.fleet),
            uplink=scenario.network.repository.carries,
            sites=tuple(rollout.line_names()),
            links=tuple(line.carries for line in rollout.lines()),
            lan_rate=rollout.assumptions.lan_rate,
            busy_hours=scenario.busy_hours.text,
            plan=plan_in_words(rollout),
            assumptions=used,
            expect=tuple((e.measure.name, e.condition) for e in scenario.expect),
            hubs=len(rollout.hubs()),
            doubts=_doubts(rollout, {f"assumptions.{one['name']}" for one in used}),
            lines=lines_in_words(rollout),
            until=until,
            judged="" if due.judged is StatusField.UPDATE else due.judged.name.lower(),
            starters=len(due.starters),
            windows=scenario.windows is not None,
            proxies_by_minute=rollout.configuration.has_proxies,
            shared_lines=rollout.shared_lines(until),
            held_lines=rollout.held_lines(),
            people=kinds_of_people(rollout.fleet).values if told_apart else (),
            more_due=until is not None and is_more_due(rollout, due.judged, until),
        )

    def as_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        data = asdict(self)
        for name in (
            "hubs",
            "doubts",
            "lines",
            "judged",
            "starters",
            "windows",
            "proxies_by_minute",
            "shared_lines",
            "people",
            "held_lines",
            "more_due",
        ):
            if not data[name]:
                del data[name]
        if self.until is None:
            del data["until"]
        return data

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> Setting:
        """Return what `as_data` wrote."""
        lists = {key: tuple(data[key]) for key in ("sites", "links", "plan", "assumptions")}
        for key in ("doubts", "shared_lines", "people", "held_lines"):
            lists[key] = tuple(data.get(key, ()))
        expect = tuple((words, condition) for words, condition in data["expect"])
        return cls(**{**data, **lists, "expect": expect})


def _doubts(rollout: Rollout, used: set[str]) -> tuple[dict[str, str], ...]:
    """Return what is in doubt, assumptions that play no part left out."""
    reaching = (one.doubt for one in doubted(rollout).doubts)
    return doubts_in_words(
        rollout.scenario,
        (one for one in reaching if not one.place.startswith("assumptions.") or one.place in used),
    )
