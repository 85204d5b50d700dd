"""Standing assignments, as a scenario writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from fwsim.commands.check_in import retry_waits
from fwsim.fleet.week import ALWAYS
from fwsim.messages import say
from fwsim.scenario.as_far_as_readable import ClashError, refuse
from fwsim.scenario.scheduler_section import NotificationSection
from fwsim.scenario.section import Section
from fwsim.scenario.values import Duration, LocalTime, WeekTimes, Whole
from fwsim.scenario.windows_section import WindowsSection

MOST_TRIES = 100_000
"""Tries of one assignment on a device, each with luck of its own."""
MINUTE = 60_000
SECOND = 1_000


class ToldSection(Section):
    """How the server tells devices of an assignment, instead of waiting for them."""

    devices: Whole = Field(1, ge=1, le=1_000_000, description="how many at a time, in their order")
    each: Duration = Field(0, description="from one such batch to the next; 0 s: all at once")


class CheckInSection(Section):
    """When a device asks the server what it is assigned; only a device that is on can."""

    every: Duration = Field(
        30 * MINUTE, description="from one check-in to the next; 0 s: only at starts [A]"
    )
    jitter: Duration = Field(0, description="how much earlier or later at most, evenly")
    at_start: bool = Field(True, description="also when it has started; the interval begins anew")
    told: ToldSection | None = Field(
        None,
        description="the server notifies devices when it is set, instead of their first "
        "check-in; a device that is off is notified when it reports",
    )
    within: WeekTimes = Field(
        ALWAYS, description="times of the week, device's zone; outside them the interval is paused"
    )
    towards_window: Annotated[Duration, Field(ge=SECOND)] | None = Field(
        None,
        description="a device that waits for a window checks in after a third of what is left, "
        "but not sooner than this",
    )

    @model_validator(mode="after")
    def _jitter_fits(self) -> CheckInSection:
        if 0 < self.every < SECOND:
            raise ClashError(say("assignments.too_often"), "every")
        if self.jitter and self.jitter >= self.every:
            raise ClashError(say("assignments.jitter_too_wide"), "every", "jitter")
        return self


class RetrySection(Section):
    """How often a device tries again after a failure, and when."""

    times: Whole = Field(0, ge=0, le=1000, description="how often it tries again")
    wait: Duration = Field(MINUTE, description="from a failure to the next try")
    factor: float = Field(1.0, ge=1.0, le=10.0, description="by which the wait grows")
    each: Whole = Field(1, ge=1, le=1000, description="after how many tries it grows")
    longest: Duration | None = Field(None, description="the longest wait")

    def waits(self) -> tuple[int, ...]:
        """Return how long a device waits after each failure, milliseconds."""
        return retry_waits(self.times, self.wait, self.factor, self.each, self.longest)


class AssignmentSection(NotificationSection):
    """An update or delivery that devices take when they check in, until they have finished it."""

    check_in: CheckInSection = Field(CheckInSection(), description="when devices ask for it")
    retry: RetrySection = Field(
        RetrySection(), description="whether a device that failed tries again"
    )
    resume: RetrySection = Field(
        RetrySection(),
        description="whether a broken transfer is resumed from the bytes already there",
    )
    deadline: LocalTime | None = Field(
        None, description="from then on nobody is asked, and active hours no longer count"
    )
    grace: Duration | None = Field(
        None, description="how long updates installed from the deadline on wait for their restart"
    )
    expires: LocalTime | None = Field(None, description="from then on no device takes it")
    active_hours: WeekTimes | None = Field(
        None, description="times of the week, device's zone, in which nothing starts"
    )
    windows: WindowsSection | None = Field(None, description="when it may start; default: always")

    @model_validator(mode="after")
    def _fits_together(self) -> AssignmentSection:
        refuse([*self._of_deadline(), *self._of_tries(), *self._of_times()])
        return self

    def _of_deadline(self) -> Iterator[ValueError]:
        if self.force_at is not None:  # type: ignore[attr-defined] # an option of the command
            yield ClashError(say("assignments.deadline_not_force_at"), "force_at")
        if self.grace and self.deadline is None:
            text = say("assignments.grace_needs_deadline")
            yield ClashError(text, "grace", "deadline")

    def _of_tries(self) -> Iterator[ValueError]:
        tries = (self.retry.times + 1) * (self.resume.times + 1)
        if tries > MOST_TRIES:
            text = say("assignments.too_many_tries", tries=tries, most=MOST_TRIES)
            yield ClashError(text, "retry", "resume")
        empties = self.delivery is not None and self.format  # type: ignore[attr-defined]
        if self.resume.times and empties:
            yield ClashError(say("assignments.resume_of_nothing"), "delivery", "format", "resume")

    def _of_times(self) -> Iterator[ValueError]:
        for name in ("deadline", "expires"):
            at = getattr(self, name)
            if at is not None and self.set is not None and at < self.set:
                text = say("assignments.before_set", name=name, at=at, set=self.set)
                yield ClashError(text, name, "set")
