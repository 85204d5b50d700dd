"""The network, as a scenario writes it: the repository, sites and hubs, and their lines."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from fwsim.commands.connection import ceiling_by_loss
from fwsim.fleet.week import read_week
from fwsim.messages import say
from fwsim.quantities.counts import NO_CEILING
from fwsim.quantities.doubted import belief_of, times
from fwsim.quantities.units import TOLERANCE, write_duration, write_share
from fwsim.scenario.assumptions import SECOND, Assumptions
from fwsim.scenario.section import Section
from fwsim.scenario.values import Duration, Rate, Share, Whole
from fwsim.scenario.windows_section import Holidays

LEAST_GOODPUT = 0.5
LONGEST_ROUND_TRIP = 10 * SECOND
MOST_LOSS = 0.2


def _goodput(share: float) -> float:
    if share < LEAST_GOODPUT:
        near = say("near.meant_plain", name=write_share(1 - share)) if share else ""
        words = {"least": write_share(LEAST_GOODPUT), "share": write_share(share)}
        raise ValueError(say("value.goodput", near=near, **words))
    return share


def _round_trip(latency: int) -> int:
    if latency > LONGEST_ROUND_TRIP:
        most, time = write_duration(LONGEST_ROUND_TRIP), write_duration(latency)
        raise ValueError(say("value.round_trip", most=most, time=time))
    return latency


def _loss(share: float) -> float:
    if share > MOST_LOSS:
        near = say("near.meant_plain", name=write_share(share / 100))
        words = {"most": write_share(MOST_LOSS), "share": write_share(share)}
        raise ValueError(say("value.loss", near=near, **words))
    return share


def _times_of_week(text: str) -> str:
    read_week(text)
    return text


TimesOfWeek = Annotated[str, AfterValidator(_times_of_week)]
Goodput = Annotated[Share, AfterValidator(_goodput), Field(ge=LEAST_GOODPUT)]


class LineSection(Section):
    """A line between the repository and devices."""

    link: Rate = Field(description="the line's rate")
    line_factor: Share = Field(
        1.0,
        gt=0,
        description="share of its rate that the line really carries, without other traffic",
    )
    goodput: Goodput = Field(
        1.0,
        description="share of that which is payload, not headers: about 95 %, through IPsec 90 %",
    )
    busy: dict[TimesOfWeek, Share] = Field(
        {}, description="times of the week → share of the line that others use"
    )
    holidays: Holidays | None = Field(
        None,
        description="days on which others use nothing of it, from midnight to midnight by the "
        "server's clock",
    )
    updates_at_most: Rate | None = Field(
        None, gt=0, description="the most that a router lets updates have of it"
    )

    @property
    def shared_times(self) -> tuple[str, ...]:
        """The times of the week at which others take, or may take, anything of it."""
        busy = self.busy.items()
        return tuple(text for text, share in busy if share or belief_of(share) is not None)

    @property
    def is_held(self) -> bool:
        """Whether a router lets through less of updates than the line carries."""
        return self.lets_through < self.carries

    @property
    def carries(self) -> int:
        """What the line really carries of payload, bytes per second."""
        rate = self.link if self.line_factor == 1 else round(self.link * self.line_factor)
        return rate if self.goodput == 1 else round(rate * self.goodput)

    @property
    def lets_through(self) -> int:
        """What a router lets through of updates at most, bytes of payload per second."""
        if self.updates_at_most is None:
            return NO_CEILING
        return max(1, round(self.updates_at_most * self.goodput))

    @property
    def most_for_updates(self) -> int:
        """What updates get with nobody else on the line, bytes of payload per second."""
        return min(self.carries, self.lets_through)

    @property
    def payload(self) -> float:
        """What the line would carry of payload if it carried its label, bytes per second."""
        return self.link * self.goodput

    def scaled(self, factor: float) -> Self:
        """Return a line so many times as fast, with as much doubt, and as much for updates."""
        rates: dict[str, int] = {"link": times(self.link, factor)}
        if self.updates_at_most is not None:
            rates["updates_at_most"] = times(self.updates_at_most, factor)
        return self.model_copy(update=rates)


class SiteSection(LineSection):
    """A site and its line."""

    wake_up: Share | None = Field(None, description="chance that wake-up works at the site")
    latency: Annotated[Duration, AfterValidator(_round_trip), Field(le=LONGEST_ROUND_TRIP)] = Field(
        0, description="round-trip time to the repository: a set-up time per file, and a ceiling"
    )
    loss: Annotated[Share, AfterValidator(_loss), Field(le=MOST_LOSS)] = Field(
        0.0, description="share of packets lost: with the latency, a ceiling per connection"
    )
    per_connection: Rate | None = Field(
        None,
        gt=0,
        description="the most that one connection gets, because of quality of service or a VPN",
    )

    def ceiling(self, assumptions: Assumptions) -> int:
        """Return what one connection gets at most, bytes per second."""
        rates = [float(NO_CEILING if self.per_connection is None else self.per_connection)]
        if self.latency:
            rates.append(assumptions.receive_window * 1000 / self.latency)
            if self.loss:
                segment, factor = assumptions.segment, assumptions.loss_factor
                rates.append(ceiling_by_loss(self.latency, self.loss, segment, factor))
        return max(1, int(min(rates)))

    go_together: ClassVar = frozenset({"loss", "latency"})

    @model_validator(mode="after")
    def _loss_needs_latency(self) -> Self:
        self.check_together()
        return self

    def check_together(self, tolerance: Fraction = TOLERANCE) -> None:  # noqa: ARG002
        """Refuse a loss whose cost nobody can tell."""
        if self.loss and not self.latency:
            raise ValueError(say("value.loss_without_latency"))


class HubSection(LineSection):
    """A line that several sites share on their way to the repository."""

    sites: tuple[str, ...] = Field(
        min_length=1,
        max_length=100_000,
        description="names of sites; DE/Branches/* is every site whose name begins so",
    )


class RepositorySection(Section):
    """The web server with the container."""

    uplink: Rate = Field(125_000_000, gt=0, description="its line's rate")
    goodput: Goodput = Field(1.0, description="share of it that is payload, not headers")
    connections: Whole = Field(
        200, ge=1, le=10_000_000, description="downloads at a time; others queue"
    )

    @property
    def carries(self) -> int:
        """What the uplink carries of payload, bytes per second."""
        return self.uplink if self.goodput == 1 else round(self.uplink * self.goodput)


class NetworkSection(Section):
    """The lines between the repository and the devices."""

    repository: RepositorySection = Field(
        RepositorySection(), description="the web server with the container"
    )
    sites: dict[str, SiteSection] = Field(
        {"default": SiteSection.model_validate({"link": "20 Mbit/s"})},
        description="by name; default stands for all that are not named, and may be left out "
        "where every site is",
    )
    hubs: dict[str, HubSection] = Field(
        {}, description="by name; a site of no hub is connected directly to the repository"
    )
