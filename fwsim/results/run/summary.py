"""The measures of one run, each with its unit. One run is a story, not yet an answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES
from fwsim.commands.status_text import StatusField
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LinkLoad
from fwsim.results.run.absentees import absentees
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.link_use import line_load
from fwsim.results.run.measuring import value_of
from fwsim.results.run.outcomes import OutcomeCount, outcome_counts
from fwsim.results.run.record import FieldRecord, RunRecord
from fwsim.results.run.stamps import told_stamps

if TYPE_CHECKING:
    import pandas as pd

SHARES = (50, 90, 95, 99)


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
        On the server's wall clock, with its offset where that shows it twice; None if it was not
        reached.
    seconds
        From when the field's first command was due, or None.
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
        ``repository``, or the name of a site or hub.
    rate
        Mean over that minute, bytes per second.
    share
        Of the link's own rate, 0 to 1.
    at
        The minute's start on the server's wall clock, with its offset where that shows it twice.
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
        ``update``, ``delivery`` or ``uefi``.
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
    devices_prompted, most_prompts
        Devices on which at least one notice was shown, and notices on the one that showed most.
    forced_starts
        Updates with a notice that began in front of a user without a click.
    user_time_lost
        Seconds, all devices together, in which a user was there and could not work.
    peaks
        The repository's busiest minute, then each line's, the fullest first.
    ended
        When nothing was left to do, or the run was stopped, on the server's wall clock. Where
        devices may start by themselves until the horizon, when the last of them had ended.
    judged_by
        The field of what the rollout is judged by: ``update``, where there is any.
    """

    devices_targeted: int
    fields: tuple[FieldSummary, ...]
    prompts: int
    devices_prompted: int
    most_prompts: int
    deferments: int
    cancels: int
    forced_starts: int
    user_time_lost: float
    peaks: tuple[PeakLoad, ...]
    ended: str
    judged_by: str

    @property
    def judged(self) -> FieldSummary:
        """What came of what the rollout is judged by."""
        return next(field for field in self.fields if field.field == self.judged_by)

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
        del data["judged_by"]
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
                    (name, time.seconds, f"s after the {field.field} is first due"),
                ]
        rows += [
            ("prompts", self.prompts, "notices"),
            ("devices prompted", self.devices_prompted, "devices"),
            ("most prompts on one device", self.most_prompts, "notices"),
            ("deferments", self.deferments, "clicks"),
            ("cancels", self.cancels, "clicks"),
            ("forced starts", self.forced_starts, "starts"),
            ("user time lost", self.user_time_lost, "s, all devices together"),
        ]
        for peak in self.peaks:
            rows += [
                (f"peak load {peak.link}", peak.rate * 8e-6, "Mbit/s"),
                (f"peak load {peak.link}", peak.share, "share of the link"),
            ]
        return pd.DataFrame(rows, columns=["measure", "value", "unit"])


def _completion(rollout: Rollout, field: FieldRecord) -> tuple[CompletionTime, ...]:
    times = []
    for of, devices in (("targeted", len(field.targeted)), ("needed", field.ends.needed)):
        for percent in SHARES:
            at = field.ends.time_to(percent / 100, devices)
            reached = at < NOT_YET
            stamp = told_stamps(rollout, np.array([at]))[0] if reached else None
            seconds = (at - field.first_command) / 1000 if reached else None
            times.append(CompletionTime(percent, of, devices, stamp, seconds))
    return tuple(times)


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
    at = told_stamps(rollout, rows[busiest : busiest + 1])[0]
    share = min(rate / link, 1.0) if link else 0.0  # rounding of bytes may add to it
    return PeakLoad(name, rate, share, at, int(sizes.sum()))


def _peaks(record: RunRecord) -> tuple[PeakLoad, ...]:
    rollout, load = record.rollout, record.load
    if not len(load.minute):
        return ()
    minutes, of_row = np.unique(load.minute, return_inverse=True)
    together = np.bincount(of_row, weights=load.size).astype(np.int64)
    uplink = rollout.scenario.network.repository.carries
    peaks = [_peak(rollout, load, "repository", minutes, together, uplink)]
    load, lines, names = line_load(record), rollout.lines(), rollout.line_names()
    order = np.argsort(load.site, kind="stable")
    edges = np.flatnonzero(np.diff(load.site[order])) + 1
    of_lines = []
    for rows in np.split(order, edges):
        line = int(load.site[rows[0]])
        minutes, sizes = load.minute[rows], load.size[rows]
        of_lines.append(_peak(rollout, load, names[line], minutes, sizes, lines[line].carries))
    return (*peaks, *sorted(of_lines, key=lambda peak: (-peak.share, peak.link)))


def _field(rollout: Rollout, name: StatusField, field: FieldRecord) -> FieldSummary:
    """Return what the commands of one field came to."""
    return FieldSummary(
        field=name.name.lower(),
        targeted=len(field.targeted),
        jobs=len(field.jobs),
        outcomes=outcome_counts(field),
        completion=_completion(rollout, field),
    )


def _over(record: RunRecord) -> int:
    """Return when a run was over, or stopped, milliseconds.

    Devices that start by themselves may do so until the horizon: where all that were to come have
    ended long before, it was over with the last of them.
    """
    rollout = record.rollout
    if record.ended < rollout.horizon:
        return record.ended
    of_fields = {kind: record.field(kind).ends for kind in StatusField}
    states = np.concatenate([ends.state for ends in of_fields.values()])
    is_to_come = any(absentees(rollout, ends, kind) for kind, ends in of_fields.items())
    if is_to_come or not len(states) or not np.isin(states, list(OUTCOMES)).all():
        return record.ended
    return int(np.concatenate([ends.time for ends in of_fields.values()]).max())


def summarise(record: RunRecord) -> Summary:
    """Return the measures of one run."""
    rollout, log = record.rollout, record.log

    def count(kind: Kind) -> int:
        return int(value_of(record, Measure(kind)))

    judged = what_is_due(rollout).judged
    kinds = sorted({StatusField.UPDATE, judged, *(run.command.status_field for run in log.runs)})
    return Summary(
        devices_targeted=len(np.unique(log.device)),
        fields=tuple(_field(rollout, kind, record.field(kind)) for kind in kinds),
        prompts=count(Kind.PROMPTS),
        devices_prompted=count(Kind.DEVICES_PROMPTED),
        most_prompts=count(Kind.MOST_PROMPTS),
        deferments=count(Kind.DEFERMENTS),
        cancels=count(Kind.CANCELS),
        forced_starts=count(Kind.FORCED_STARTS),
        user_time_lost=count(Kind.USER_TIME_LOST) / 1000,
        peaks=_peaks(record),
        ended=told_stamps(rollout, np.array([_over(record)], np.int64))[0],
        judged_by=judged.name.lower(),
    )
