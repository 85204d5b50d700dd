"""A rollout in stages: how its devices are divided, and which policies are to be tried on it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from fwsim.messages import say
from fwsim.quantities.units import TOLERANCE, sum_of_shares
from fwsim.scenario.as_far_as_readable import ClashError, refuse
from fwsim.scenario.section import Section
from fwsim.scenario.sections import FaultPhase
from fwsim.scenario.values import Duration, Share, Whole

_MINUTE = 60_000
OwnDevices = Literal[
    "hawkbit",
    "mender",
    "configuration-manager",
    "igel",
    "windows-update-for-business",
    "nudge",
]


class HawkBitSection(Section):
    """Eclipse hawkBit: groups with a success and an error threshold."""

    success: Share = Field(
        0.5,
        description="it goes on once this share of the whole group has finished, or all have ended",
    )
    error: Share | None = Field(
        0.3, description="it stops once more than this share of the whole group has failed"
    )
    pauses: bool = Field(False, description="a person must let every next group go on")


class GateSection(Section):
    """A rule of one's own; the defaults are those of Configuration Manager."""

    success: Share = Field(
        0.95, description="it goes on once this share of the whole group was successful"
    )
    error: Share | None = Field(
        None, description="it stops once more than this share of the whole group has failed"
    )
    wait: Duration = Field(24 * 60 * _MINUTE, description="time from then to the next group")
    longest: Duration | None = Field(
        None, description="time after which a person is asked, however few were successful"
    )


class AbortSection(Section):
    """A rule of AWS IoT Jobs to cancel what was not sent yet."""

    failure: Literal["FAILED", "REJECTED", "TIMED_OUT", "ALL"] = Field(
        "FAILED", description="which failures count"
    )
    threshold: Share = Field(
        description="it stops once this share of the devices notified counts as failed"
    )
    minimum: Whole = Field(1, ge=1, description="but not before this many devices were notified")


class AwsSection(Section):
    """AWS IoT Jobs: a constant or a rising rate, and rules to abort."""

    maximum_per_minute: Whole = Field(1000, ge=1, le=1000, description="never faster")
    base_per_minute: Whole | None = Field(
        None, ge=1, le=1000, description="where a rising rate begins; left out: constant"
    )
    increment_factor: float = Field(2.0, ge=1.1, le=5.0, description="factor by which it rises")
    step: Whole = Field(100, ge=1, description="it rises each time this many more devices count")
    counts: Literal["notified", "succeeded"] = Field(
        "notified", description="which devices count for the steps"
    )
    abort: tuple[AbortSection, ...] = Field((), max_length=10, description="rules to abort")
    timeout: Annotated[Duration, Field(ge=_MINUTE, le=10_080 * _MINUTE)] | None = Field(
        None, description="time after which a device counts as TIMED_OUT"
    )


class BatchesSection(Section):
    """HP Device Manager: fixed batches, whether or not the one before is over."""

    amount: Whole = Field(ge=1, description="devices per batch")
    interval: Duration = Field(gt=0, description="time from one batch to the next")


class PhaseSection(Section):
    """One phase of Mender."""

    share: Share | None = Field(
        None, description="of all devices; the last phase takes what is left, and needs none"
    )
    after: Duration = Field(0, description="from the start of the rollout")


class PolicySection(Section):
    """A policy; at most one of its kinds, none sends all at once."""

    name: str = Field("", max_length=60, description="what to call it; default: its kind")
    hawkbit: HawkBitSection | None = Field(None, description="Eclipse hawkBit")
    aws: AwsSection | None = Field(None, description="AWS IoT Jobs")
    hp: BatchesSection | None = Field(None, description="HP Device Manager")
    mender: tuple[PhaseSection, ...] | None = Field(None, min_length=1, description="Mender")
    gate: GateSection | None = Field(None, description="a rule of your own")
    devices: OwnDevices | None = Field(
        None,
        description="devices check in by themselves, as with this product (check-ins, retries, "
        "deadline); default: they are commanded",
    )

    @model_validator(mode="after")
    def _is_one_policy(self) -> PolicySection:
        refuse([*self._of_phases(), *self._of_kinds()])
        return self

    def _of_phases(self) -> Iterator[ValueError]:
        phases = self.mender or ()
        for number, phase in enumerate(phases[:-1], 1):
            if phase.share is None:
                yield ClashError(say("policy.phase_without_share", number=number), "mender")
        total, written = sum_of_shares([phase.share or 0.0 for phase in phases])
        if total > 1 + TOLERANCE:
            yield ClashError(say("policy.phases", sum=written), "mender")
        if any(later.after < earlier.after for earlier, later in pairwise(phases)):
            yield ClashError(say("policy.phases_in_order"), "mender")

    def _of_kinds(self) -> Iterator[ValueError]:
        given = [k for k in ("hawkbit", "aws", "hp", "mender", "gate") if getattr(self, k)]
        if len(given) > 1:
            yield ClashError(say("policy.one_kind", given=", ".join(given)), *given)
        pushes = next((kind for kind in ("aws", "hp") if getattr(self, kind)), None)
        if self.devices is not None and pushes:
            yield ClashError(say("stages.notifies_itself", kind=pushes), "devices", pushes)


class BadImageSection(Section):
    """An image that fails on some devices."""

    share: Share = Field(gt=0, description="share of these devices that fail")
    where: str | None = Field(
        None, description="which devices (filter of a client group); default: all"
    )
    phase: FaultPhase = Field("installation", description="phase in which they fail")


class StagesSection(Section):
    """A rollout in stages; the scenario's first update says what is sent and to whom."""

    groups: (
        Annotated[Whole, Field(ge=1, le=500)]
        | Annotated[tuple[Share, ...], Field(min_length=1, max_length=500)]
    ) = Field(5, description="how many groups, or the share of all devices in each")
    mixed: bool = Field(
        True,
        description="whether groups are alike; if not, they follow the order of the device list",
    )
    person_takes: Duration = Field(
        60 * _MINUTE, description="time until a person lets a paused rollout continue [A]"
    )
    goes_on_after_errors: bool = Field(
        False, description="whether that person lets it continue after errors, too"
    )
    bad_image: BadImageSection | None = Field(
        None, description="the bad image that the policies are tried with"
    )

    @model_validator(mode="after")
    def _is_no_more_than_all(self) -> StagesSection:
        shares = self.groups if isinstance(self.groups, tuple) else ()
        total, written = sum_of_shares(shares)
        if total > 1 + TOLERANCE:
            raise ClashError(say("policy.groups", sum=written), "groups")
        return self

    policies: tuple[PolicySection, ...] = Field(
        (PolicySection(),), min_length=1, max_length=50, description="the policies to try"
    )
