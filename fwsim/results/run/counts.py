"""What every measure of a run starts from, whether it stands in a log or was counted on the way."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.week import Week
from fwsim.model.rollout import Rollout
from fwsim.model.silence import Heard
from fwsim.model.tally import PeopleLoad
from fwsim.results.run.ends import Ends
from fwsim.results.run.tail import TimeSpent
from fwsim.results.run.timeline import Timeline

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Counts(Protocol):
    """One run, as far as measures ask about it.

    Lines are those of the sites, and then those of the hubs. Where a time of the week is asked
    for, None stands for always.
    """

    @property
    def rollout(self) -> Rollout:
        """What was run."""

    @property
    def ended(self) -> int:
        """Milliseconds after the start when nothing was left to do, or the run was stopped."""

    @property
    def corrected(self) -> int:
        """How often what the log of a rollout under way tells had to be brought about."""

    @property
    def heard(self) -> Heard | None:
        """What is heard next of who was silent in a rollout under way."""

    @property
    def ends(self) -> Ends:
        """How what the rollout is judged by ended."""

    @property
    def people(self) -> PeopleLoad:
        """What people were asked, did and bore on each device."""

    def people_within(self, week: Week) -> PeopleLoad:
        """Return what they were asked, did and bore within times of the week."""

    @property
    def on_for_nothing(self) -> int:
        """Devices the server switched on on which nothing then ended successful."""

    def unfinished(self, week: Week) -> int:
        """Return the devices that began within times of the week and were not over at their end."""

    def peak_rates(self, week: Week | None) -> Floats:
        """Return the largest rate on each line in one minute, bytes per second; shape (lines,)."""

    def line_bytes(self, week: Week | None) -> Whole:
        """Return the bytes that crossed each line; shape (lines,)."""

    def peak_repository(self, week: Week | None) -> float:
        """Return the largest share of the repository's uplink in one minute."""

    @property
    def links(self) -> Floats:
        """The rate of each line, bytes per second; shape (lines,)."""

    @property
    def busy_hour_lines(self) -> Floats:
        """The mean share of each line in its fullest 60 minutes; shape (lines,)."""

    @property
    def busy_hour_repository(self) -> float:
        """The mean share of the repository's uplink in its fullest 60 minutes."""

    @property
    def busiest_proxy(self) -> float:
        """The largest share of `lan_rate` that one provider sent in one minute."""

    @property
    def from_proxies(self) -> float:
        """The bytes that proxies sent to neighbours."""

    @property
    def busiest_workers(self) -> float:
        """The most milliseconds that the server's workers were busy in one minute, all together."""

    @property
    def timeline(self) -> Timeline:
        """The run on its grid."""

    @property
    def spent(self) -> TimeSpent:
        """How the successful devices spent their time."""
