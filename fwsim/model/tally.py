"""What a clock counts of a run instead of keeping its log, and what it is asked to count by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.model.silence import Heard, Silence
from fwsim.model.status_log import ProxyLoad

Whole = NDArray[np.int64]
MINUTE = 60_000
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Ways:
    """Numbers of some ways in which a device spends its time until it is successful.

    Parameters
    ----------
    dispatch, later, own_start
        Waiting for its turn, for its command, until it starts by itself.
    power_lost, cut_off
        After a power loss, and in the step that one cut off.
    count
        How many ways there are.
    """

    dispatch: int
    later: int
    own_start: int
    power_lost: int
    cut_off: int
    count: int


@dataclass(frozen=True)
class Wanted:
    """What a run is counted by.

    Parameters
    ----------
    step, bins
        Of the grid of times: milliseconds, and how many.
    stages
        How many stages there are.
    stage_of
        The stage of each state, also as a way to spend time; shape (states,).
    wait_after
        The way in which a device waits after it ended so; shape (states, details).
    ways
        The ways that are no stages.
    tail
        Share of the successful devices that is looked at apart: those that were last.
    weeks
        When times of the week hold, as rows of (start, end) in milliseconds, ascending; the first
        stands for every time and has no rows.
    people_weeks
        The same of the times within which is counted what people bear; none stands for every time.
    silence
        Of a rollout under way: who is silent.
    """

    step: int
    bins: int
    stages: int
    stage_of: Whole
    wait_after: Whole
    ways: Ways
    tail: float
    weeks: tuple[Whole, ...]
    people_weeks: tuple[Whole, ...] = ()
    silence: Silence | None = None


@dataclass(frozen=True)
class TalliedDevices:
    """How the update of each targeted device ended; arrays have shape (targeted,).

    Parameters
    ----------
    device
        Index into the fleet, ascending.
    state, detail
        In which it ended, and why.
    time
        When the line was written that tells so.
    success
        When it was first successful; the largest number there is if it never was.
    """

    device: NDArray[np.int32]
    state: NDArray[np.int8]
    detail: NDArray[np.int8]
    time: Whole
    success: Whole


@dataclass(frozen=True)
class PeopleLoad:
    """What people were asked, did and bore on each device; arrays have shape (devices,).

    Parameters
    ----------
    prompts, deferments, cancels
        Notices on its screen, and clicks on Defer and on Cancel.
    forced_starts
        Updates that began without a click in front of a user who was to be asked.
    time_lost
        Milliseconds a user was there while the device was occupied.
    """

    prompts: NDArray[np.int32]
    deferments: NDArray[np.int32]
    cancels: NDArray[np.int32]
    forced_starts: NDArray[np.int32]
    time_lost: Whole


@dataclass(frozen=True)
class TalliedLines:
    """What the lines carried; lines are those of the sites, of the hubs, and the repository's.

    Parameters
    ----------
    stretch
        Milliseconds of the meter's minute.
    sizes, peaks
        Bytes in all, and the most in one minute, by times of the week; shape (weeks, lines).
    fullest
        The most bytes in 60 consecutive minutes; shape (lines,).
    hours
        Rows of (line, hour after the start, bytes), as columns; shape (3, rows). The repository's
        is left out.
    repository
        Bytes that left the repository in each bin of the grid; shape (bins,).
    """

    stretch: int
    sizes: Whole
    peaks: Whole
    fullest: Whole
    hours: Whole
    repository: Whole


@dataclass(frozen=True)
class Tally:
    """One run, counted.

    Parameters
    ----------
    ended
        Milliseconds after the start when nothing was left to do, or the run was stopped.
    first_command
        When the first of the updates was due.
    devices, people, lines
        What each came to.
    on_for_nothing
        Devices that were woken and came on, but were not successful.
    sent
        What proxies sent to neighbours.
    stages
        Devices in each stage at each point of the grid; shape (stages, bins + 1).
    prompts
        Notices that came up in each bin; shape (bins,).
    prompts_by_people
        Notices that came up in each bin at each of `kinds_of_people`; shape (kinds, bins).
    workers, worker_minutes
        Milliseconds that the server's workers were busy in each bin, and in each minute.
    successful, last
        Devices that were successful, and those of them that are the tail.
    by_all, by_last
        Milliseconds that they spent in each way, added up; shape (ways,).
    unfinished
        Devices that had begun within times of the week and were not over at their end; (weeks,).
    corrected, heard
        Of a rollout under way: how many lines of its log had to be brought about, and what is
        heard next of who is silent.
    people_by_week
        What people bore within each of `Wanted.people_weeks`.
    """

    ended: int
    first_command: int
    devices: TalliedDevices
    people: PeopleLoad
    on_for_nothing: int
    lines: TalliedLines
    sent: ProxyLoad
    stages: NDArray[np.int32]
    prompts: NDArray[np.int32]
    prompts_by_people: NDArray[np.int32]
    workers: Whole
    worker_minutes: Whole
    successful: int
    last: int
    by_all: Whole
    by_last: Whole
    unfinished: Whole
    corrected: int = 0
    heard: Heard | None = None
    people_by_week: tuple[PeopleLoad, ...] = ()
