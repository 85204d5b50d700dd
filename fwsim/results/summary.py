"""The measures of one run, each with its unit. One run is a story, not yet an answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.results.jobs import Jobs
from fwsim.results.stamps import console_stamps
from fwsim.rollout import Rollout
from fwsim.status_log import LinkLoad, LogColumns

if TYPE_CHECKING:
    import pandas as pd

OUTCOME_NAMES: dict[State, str] = {
    State.SUCCESS: "successful",
    State.FAILED: "not successful",
    State.CANCELLED: "cancelled",
    State.NOT_NEEDED: "not necessary",
    State.SKIPPED: "skipped",
    State.UNREACHED: "not reached",
    State.REJECTED: "rejected",
    State.SUPERSEDED: "superseded",
    State.DEFERRED: "still deferred",
    State.NOTIFYING: "still asked",
    State.PROBING: "still waiting for the server",
    State.WAKING: "still being switched on",
}
STILL_IN_PROGRESS = "still in progress"
SHARES = (50, 90, 95, 99)


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many targeted devices ended in one way.

    Parameters
    ----------
    outcome, detail
        What the console shows, and why.
    devices
        How many.
    share
        Of all targeted devices, 0 to 1.
    """

    outcome: str
    detail: str
    devices: int
    share: float


@dataclass(frozen=True, slots=True)
class CompletionTime:
    """When a share of devices was successful.

    Parameters
    ----------
    percent
        The share.
    of
        ``targeted``, or ``needed``: those not found up to date.
    devices
        How many devices the share is of.
    at
        On the server's wall clock, or None if it was not reached.
    seconds
        Since the first command ran, or None.
    """

    percent: int
    of: str
    devices: int
    at: str | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class PeakLoad:
    """The busiest minute of a link.

    Parameters
    ----------
    link
        ``repository``, or the site's name.
    rate
        Mean over that minute, bytes per second.
    share
        Of the link's own rate, 0 to 1.
    at
        The minute's start on the server's wall clock.
    total
        Bytes over the whole run.
    """

    link: str
    rate: float
    share: float
    at: str
    total: int


@dataclass(frozen=True, slots=True)
class FieldSummary:
    """What the commands came to that one field of the console tells of.

    Parameters
    ----------
    field
        ``update`` or ``delivery``.
    targeted, jobs
        Devices at least one command was for, and devices times commands.
    outcomes
        A device counts once, with the outcome of its last command that did not give way.
    completion
        When shares of devices were successful.
    """

    field: str
    targeted: int
    jobs: int
    outcomes: tuple[OutcomeCount, ...]
    completion: tuple[CompletionTime, ...]


@dataclass(frozen=True)
class Summary:
    """What a run came to.

    Parameters
    ----------
    devices_targeted
        Devices at least one command of any kind was for.
    fields
        Updates first, whether there are any or not; then what else there is.
    prompts, deferments, cancels
        Notices shown, and what people did with them.
    """

    devices_targeted: int
    fields: tuple[FieldSummary, ...]
    prompts: int
    devices_prompted: int
    deferments: int
    cancels: int
    peaks: tuple[PeakLoad, ...]
    ended: str

    @property
    def targeted(self) -> int:
        """Devices at least one update was for."""
        return self.fields[0].targeted

    @property
    def outcomes(self) -> tuple[OutcomeCount, ...]:
        """What the updates came to."""
        return self.fields[0].outcomes

    @property
    def completion(self) -> tuple[CompletionTime, ...]:
        """When updates were successful."""
        return self.fields[0].completion

    def as_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        data = asdict(self)
        for summary in data.pop("fields"):
            data[summary.pop("field")] = summary
        return data

    def table(self) -> pd.DataFrame:
        """Return one row a measure: measure, value, unit."""
        import pandas as pd

        rows: list[tuple[str, Any, str]] = []
        for field in self.fields:
            rows.append((f"{field.field}: targeted", field.targeted, "devices"))
            for count in field.outcomes:
                reason = f" ({count.detail})" if count.detail else ""
                name = f"{field.field}: {count.outcome}{reason}"
                rows += [(name, count.devices, "devices"), (name, count.share, "share of targeted")]
            for time in field.completion:
                name = f"{field.field}: {time.percent} % of {time.of} successful"
                rows += [
                    (name, time.at, "wall clock"),
                    (name, time.seconds, "s after the first command"),
                ]
        rows += [
            ("prompts", self.prompts, "notices"),
            ("devices prompted", self.devices_prompted, "devices"),
            ("deferments", self.deferments, "clicks"),
            ("cancels", self.cancels, "clicks"),
        ]
        for peak in self.peaks:
            rows += [
                (f"peak load {peak.link}", peak.rate * 8e-6, "Mbit/s"),
                (f"peak load {peak.link}", peak.share, "share of the link"),
            ]
        return pd.DataFrame(rows, columns=["measure", "value", "unit"])


def _outcomes(log: LogColumns, jobs: Jobs, decisive: NDArray[np.int64]) -> tuple[OutcomeCount, ...]:
    lines = jobs.outcome_line[decisive]
    pairs = Counter(zip(log.state[lines].tolist(), log.detail[lines].tolist(), strict=True))
    counts: Counter[tuple[str, str]] = Counter()
    for (state, detail), devices in pairs.items():
        name = OUTCOME_NAMES.get(State(state), STILL_IN_PROGRESS)
        told = detail not in {Detail.URL, Detail.DEFERRED_FOR, Detail.CANCELLED_BY_USER}
        counts[name, DETAIL_TEXTS[Detail(detail)] if told else ""] += devices
    total = len(decisive)
    order = [*OUTCOME_NAMES.values(), STILL_IN_PROGRESS]
    return tuple(
        OutcomeCount(name, detail, devices, devices / total)
        for (name, detail), devices in sorted(
            counts.items(), key=lambda item: (order.index(item[0][0]), -item[1], item[0][1])
        )
    )


def _completion(
    rollout: Rollout, log: LogColumns, targeted: int, needed: int
) -> tuple[CompletionTime, ...]:
    succeeded = np.flatnonzero(log.in_state(State.SUCCESS))
    _, first = np.unique(log.device[succeeded], return_index=True)
    times = np.sort(log.time[succeeded][first])
    begin = min((log.runs[run].at for run in np.unique(log.run).tolist()), default=0)
    found = []
    for of, devices in (("targeted", targeted), ("needed", needed)):
        for percent in SHARES:
            rank = -(-percent * devices // 100)
            reached = 0 < rank <= len(times)
            found.append(
                CompletionTime(
                    percent, of, devices,
                    console_stamps(rollout, times[rank - 1 : rank])[0] if reached else None,
                    float(times[rank - 1] - begin) / 1000 if reached else None,
                )
            )  # fmt: skip
    return tuple(found)


def _peak(
    rollout: Rollout,
    load: LinkLoad,
    name: str,
    rows: NDArray[np.int64],
    sizes: NDArray[np.int64],
    link: int,
) -> PeakLoad:
    busiest = int(np.argmax(sizes))
    rate = float(sizes[busiest]) / load.stretch * 1000
    at = console_stamps(rollout, rows[busiest : busiest + 1])[0]
    return PeakLoad(name, rate, rate / link if link else 0.0, at, int(sizes.sum()))


def _peaks(rollout: Rollout, load: LinkLoad) -> tuple[PeakLoad, ...]:
    if not len(load.minute):
        return ()
    minutes, of_row = np.unique(load.minute, return_inverse=True)
    together = np.bincount(of_row, weights=load.size).astype(np.int64)
    uplink = rollout.scenario.network.repository.uplink
    peaks = [_peak(rollout, load, "repository", minutes, together, uplink)]
    sites = rollout.sites()
    order = np.argsort(load.site, kind="stable")
    edges = np.flatnonzero(np.diff(load.site[order])) + 1
    found = []
    for rows in np.split(order, edges):
        site = int(load.site[rows[0]])
        name = rollout.fleet.site.values[site]
        found.append(
            _peak(rollout, load, name, load.minute[rows], load.size[rows], sites[site].link)
        )
    return (*peaks, *sorted(found, key=lambda peak: (-peak.share, peak.link)))


def _field(rollout: Rollout, whole: LogColumns, field: StatusField) -> FieldSummary:
    """Return what the commands of one field came to.

    *Needed* are all targeted devices but those found up to date; a device never reached counts
    as one that needed it.
    """
    log = whole.of_field(field)
    jobs = Jobs.of(log)
    decisive = jobs.of_devices(log)
    states = log.state[jobs.outcome_line[decisive]]
    targeted = len(decisive)
    needed = targeted - int((states == State.NOT_NEEDED).sum())
    return FieldSummary(
        field=field.name.lower(),
        targeted=targeted,
        jobs=len(jobs),
        outcomes=_outcomes(log, jobs, decisive),
        completion=_completion(rollout, log, targeted, needed),
    )


def summarise(rollout: Rollout, log: LogColumns, load: LinkLoad, ended: int) -> Summary:
    """Return the measures of one run."""
    notices = log.in_state(State.NOTIFYING)
    kinds = sorted({StatusField.UPDATE, *(run.command.status_field for run in log.runs)})
    return Summary(
        devices_targeted=len(np.unique(log.device)),
        fields=tuple(_field(rollout, log, kind) for kind in kinds),
        prompts=int(notices.sum()),
        devices_prompted=len(np.unique(log.device[notices])),
        deferments=int(log.in_state(State.DEFERRED).sum()),
        cancels=int(log.in_state(State.CANCELLED).sum()),
        peaks=_peaks(rollout, load),
        ended=console_stamps(rollout, np.array([ended], np.int64))[0],
    )
