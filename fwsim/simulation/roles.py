"""What the parts of the model are to one another: each knows of the others only what it calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fwsim.commands.image import Package
from fwsim.commands.lifecycle import State
from fwsim.model.order import Order

if TYPE_CHECKING:
    from fwsim.simulation.broken_transfer import BrokenTransfer


class Consumer(Protocol):
    """Who asks a proxy for packages; see `fwsim.simulation.transferring`."""

    state: State

    @property
    def number(self) -> int:
        """Index of the device."""

    @property
    def lacking(self) -> frozenset[Package]:
        """Packages of the image that it has found which its device lacks, or writes anew."""

    def transferred(self) -> None:
        """Go on: everything asked for is in."""

    def transfer_breaks(self, carried: int) -> None:
        """Give the download up after `carried` bytes."""

    def fetch_from_web(self, carried: int) -> None:
        """Fetch what is left from the web server, after `carried` bytes from a proxy."""

    def consumers_served(self) -> None:
        """Go on: nobody waits for this device's packages any more."""


class Job(Consumer, Protocol):
    """A command on one device; see `fwsim.simulation.job`."""

    has_given_way: bool
    is_bricked: bool
    order: Order

    @property
    def broken_transfer(self) -> BrokenTransfer | None:
        """What is there of its transfer, if that is what it has failed with."""

    def bars(self, order: Order) -> bool:
        """Tell whether a second command would be rejected as busy."""

    def give_way(self) -> None:
        """Make room for a newer command."""

    def contacted(self, *, has_started: bool) -> None:
        """Hear the device report to the server: it has started, or resumed."""

    def takes_shutdown(self, *, suspends: bool) -> bool:
        """Let the job answer a user's shutdown; False if the device may just go off."""

    def lost_power(self) -> None:
        """Stop whatever the device was doing."""

    def denies_loss(self) -> bool:
        """Tell whether it is known that the device does not lose its power now."""


class SelfStarters(Protocol):
    """What devices start by themselves; see `fwsim.simulation.self_starters`."""

    def connected(self, number: int, *, has_started: bool) -> None:
        """Look what waits for a device that has just reported to the server."""

    def shutting_down(self, number: int) -> bool:
        """Tell whether a device without a job updates before it goes off."""

    def attempt_over(self, job: Job) -> None:
        """Note how a device ended what it had taken of a standing assignment."""

    def take_as_told(self, number: int, order: Order, attempt: int) -> None:
        """Let a device take what it is assigned when a log tells it."""
