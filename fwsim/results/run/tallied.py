"""What measures start from where a clock has counted the run itself and kept no log.

The values are those of `fwsim.results.run.from_log`, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fwsim.fleet.spans import Spans
from fwsim.fleet.week import Week
from fwsim.measures.catalogue import OF_PEOPLE
from fwsim.measures.measure import Measure
from fwsim.model.rollout import Rollout
from fwsim.model.silence import Heard, Silence
from fwsim.model.tally import PeopleLoad, Tally, Wanted, Ways, Whole
from fwsim.results.run.counts import Floats
from fwsim.results.run.ends import Ends
from fwsim.results.run.link_use import links, mean_of_busy_hour, share_of_uplink
from fwsim.results.run.proxy_load import busiest_proxy, sent_by_proxies
from fwsim.results.run.stages import (
    STAGE_OF_STATE,
    STAGES,
    STAGES_UNDER_WAY,
    WAIT_AFTER,
    Stage,
    Wait,
)
from fwsim.results.run.tail import TAIL, TimeSpent
from fwsim.results.run.timeline import Timeline, grid_of, people_hours_of, share_of_workers

EVERY_TIME = 0
"""Where the times of the week stand that are all times."""
_WAYS = Ways(
    dispatch=STAGES_UNDER_WAY.index(Stage.DISPATCH),
    later=STAGES_UNDER_WAY.index(Wait.LATER),
    own_start=STAGES_UNDER_WAY.index(Wait.OWN_START),
    power_lost=STAGES_UNDER_WAY.index(Wait.POWER_LOST),
    cut_off=STAGES_UNDER_WAY.index(Wait.CUT_OFF),
    count=len(STAGES_UNDER_WAY),
)


@dataclass(frozen=True)
class AskedWeeks:
    """Times of the week that measures ask for, each once.

    Parameters
    ----------
    of_lines
        For what lines carry, and for what is not over at their end.
    of_people
        For what people bear; none is every time.
    """

    of_lines: tuple[Week, ...] = ()
    of_people: tuple[Week, ...] = ()


def weeks_of(measures: Iterable[Measure]) -> AskedWeeks:
    """Return the times of the week that measures ask for."""
    lines, people = dict[Week, None](), dict[Week, None]()
    for measure in measures:
        if measure.week is None:
            continue
        if measure.kind not in OF_PEOPLE:
            lines[measure.week] = None
        elif not measure.week.is_always:
            people[measure.week] = None
    return AskedWeeks(tuple(lines), tuple(people))


def wanted_of(rollout: Rollout, weeks: AskedWeeks, silence: Silence | None = None) -> Wanted:
    """Return what a run is counted by so that measures can be had in these times of the week.

    Parameters
    ----------
    rollout, weeks
        What is run, and the times of the week.
    silence
        Of a rollout under way: who is silent.
    """
    step, bins = grid_of(rollout)
    return Wanted(
        step=step,
        bins=bins,
        stages=len(STAGES),
        stage_of=STAGE_OF_STATE.astype(np.int64),
        wait_after=WAIT_AFTER.astype(np.int64),
        ways=_WAYS,
        tail=TAIL,
        weeks=(_rows([]), *(_rows(rollout.windows(week)) for week in weeks.of_lines)),
        people_weeks=tuple(_rows(rollout.windows(week)) for week in weeks.of_people),
        silence=silence,
    )


def _rows(spans: Spans) -> Whole:
    return np.array(spans, np.int64).reshape(-1, 2)


class TalliedCounts:
    """A run's counts, as a clock has counted them.

    Parameters
    ----------
    rollout
        What was run.
    tally
        What the clock counted.
    weeks
        In which times of the week it counted.
    until
        When it was to be stopped, milliseconds after its start; by default at the horizon.
    """

    def __init__(
        self,
        rollout: Rollout,
        tally: Tally,
        weeks: AskedWeeks,
        until: int | None = None,
    ) -> None:
        self.rollout = rollout
        self._end = rollout.end_by(until)
        self._tally = tally
        self._weeks = {week: number for number, week in enumerate(weeks.of_lines, EVERY_TIME + 1)}
        self._of_people = dict(zip(weeks.of_people, tally.people_by_week, strict=True))

    @property
    def ended(self) -> int:
        """Milliseconds after the start when nothing was left to do, or the run was stopped."""
        return self._tally.ended

    @property
    def corrected(self) -> int:
        """How often what the log of a rollout under way tells had to be brought about."""
        return self._tally.corrected

    @property
    def heard(self) -> Heard | None:
        """What is heard next of who was silent in a rollout under way."""
        return self._tally.heard

    @cached_property
    def ends(self) -> Ends:
        """How what the rollout is judged by ended."""
        devices = self._tally.devices
        return Ends(
            targeted=devices.device,
            state=devices.state,
            detail=devices.detail,
            time=devices.time,
            success_time=devices.success,
            first_command=self._tally.first_command,
        )

    @property
    def people(self) -> PeopleLoad:
        """What people were asked, did and bore on each device."""
        return self._tally.people

    def people_within(self, week: Week) -> PeopleLoad:
        """Return what they were asked, did and bore within times of the week."""
        return self.people if week.is_always else self._of_people[week]

    @property
    def on_for_nothing(self) -> int:
        """Devices the server switched on on which nothing then ended successful."""
        return self._tally.on_for_nothing

    def unfinished(self, week: Week) -> int:
        """Return the devices that began within times of the week and were not over at their end."""
        return int(self._tally.unfinished[self._weeks[week]])

    def peak_rates(self, week: Week | None) -> Floats:
        """Return the largest rate on each line in one minute, bytes per second; shape (lines,)."""
        lines = self._tally.lines
        return lines.peaks[self._number(week), :-1] * 1000 / lines.stretch

    def line_bytes(self, week: Week | None) -> Whole:
        """Return the bytes that crossed each line; shape (lines,)."""
        return self._tally.lines.sizes[self._number(week), :-1]

    def peak_repository(self, week: Week | None) -> float:
        """Return the largest share of the repository's uplink in one minute."""
        lines = self._tally.lines
        most = float(lines.peaks[self._number(week), -1])
        return share_of_uplink(self.rollout, most, lines.stretch)

    def _number(self, week: Week | None) -> int:
        return EVERY_TIME if week is None or week.is_always else self._weeks[week]

    @cached_property
    def links(self) -> Floats:
        """The rate of each line, bytes per second; shape (lines,)."""
        return links(self.rollout)

    @cached_property
    def busy_hour_lines(self) -> Floats:
        """The mean share of each line in its fullest 60 minutes; shape (lines,)."""
        lines = self._tally.lines
        fullest = lines.fullest[:-1].astype(np.float64)
        return np.minimum(mean_of_busy_hour(fullest, lines.stretch, self._end) / self.links, 1.0)

    @property
    def busy_hour_repository(self) -> float:
        """The mean share of the repository's uplink in its fullest 60 minutes."""
        lines = self._tally.lines
        mean = mean_of_busy_hour(float(lines.fullest[-1]), lines.stretch, self._end)
        uplink = max(self.rollout.scenario.network.repository.carries, 1)
        return min(mean / uplink, 1.0)

    @property
    def busiest_proxy(self) -> float:
        """The largest share of `lan_rate` that one provider sent in one minute."""
        return busiest_proxy(self._tally.sent, self.rollout)

    @property
    def from_proxies(self) -> float:
        """The bytes that proxies sent to neighbours."""
        return float(self._tally.sent.size.sum())

    @property
    def busiest_workers(self) -> float:
        """The most milliseconds that the server's workers were busy in one minute, all together."""
        return float(self._tally.worker_minutes.max())

    @property
    def timeline(self) -> Timeline:
        """The run on its grid."""
        tally = self._tally
        step, bins = grid_of(self.rollout)
        return Timeline(
            step=step,
            stages=tally.stages,
            prompts=tally.prompts,
            repository=tally.lines.repository,
            providers=sent_by_proxies(tally.sent, step, bins),
            workers=share_of_workers(tally.workers, self.rollout, step),
            site_hours=tally.lines.hours,
            people_hours=people_hours_of(self.rollout, tally.prompts_by_people, step),
        )

    @property
    def spent(self) -> TimeSpent:
        """How the successful devices spent their time."""
        tally = self._tally
        return TimeSpent(
            tally.successful,
            tally.last,
            tally.by_all / max(tally.successful, 1),
            tally.by_last / max(tally.last, 1),
        )
