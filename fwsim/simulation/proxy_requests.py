"""What a consumer asks its proxy for, and what the provider fetches from the web server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from fwsim.commands.firmware import ProxyType
from fwsim.commands.image import Package
from fwsim.model.status_log import ProxyLoad
from fwsim.simulation.clock import Timer
from fwsim.simulation.network import Network
from fwsim.simulation.roles import Consumer


class PackageRequest:
    """Packages one device wants, one after the other.

    Parameters
    ----------
    job
        The job that wants them.
    packages
        In their order.
    size
        Bytes at which the device stops, by its fate or because that is all.
    there
        Bytes of the first package that are there already.

    Attributes
    ----------
    carried
        Bytes that are in.
    provider, began
        The neighbour that sends the next package now, None if none does; and when it began to.
    """

    __slots__ = (
        "_place",
        "_there",
        "began",
        "carried",
        "has_slot",
        "job",
        "packages",
        "provider",
        "providers",
        "size",
        "timer",
        "waits_for",
    )

    def __init__(
        self, job: Consumer, packages: tuple[Package, ...], size: int, there: int = 0
    ) -> None:
        self.job = job
        self.packages = packages
        self.size = size
        self.carried = 0
        self.provider: int | None = None
        self.began = 0
        self.providers = 0
        self.has_slot = False
        self.waits_for: Package | None = None
        self.timer: Timer | None = None
        self._place = 0
        self._there = there

    @property
    def number(self) -> int:
        """Index of the device."""
        return self.job.number

    @property
    def package(self) -> Package | None:
        """The package that comes next; None when there is nothing left to ask for."""
        if self.carried >= self.size or self._place >= len(self.packages):
            return None
        return self.packages[self._place]

    @property
    def next_size(self) -> int:
        """Bytes of the next package that are not there, up to where the device stops."""
        package = self.package
        return 0 if package is None else min(package.size - self._there, self.size - self.carried)

    @property
    def received(self) -> tuple[Package, ...]:
        """Packages that came whole."""
        return self.packages[: self._place]

    def take_in(self) -> None:
        """Count the next package as received."""
        self.carried += self.next_size
        self._there = 0
        self._place += 1
        self.timer = None

    def stop(self) -> None:
        """Stop being served; what came whole stays."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = self.waits_for = None


class WebDownload:
    """A package on its way from the web server to a provider.

    Parameters
    ----------
    number
        Index of the provider.
    package
        The package that is fetched.
    done, failed
        Called when it is in, or with the bytes it carried when it breaks.
    """

    def __init__(
        self,
        number: int,
        package: Package,
        done: Callable[[], None],
        failed: Callable[[int], None],
    ) -> None:
        self.number = number
        self.package = package
        self._done = done
        self._failed = failed
        self._network: Network | None = None
        self.waits_for_connection = False
        self.must_wait = False

    @property
    def files(self) -> tuple[int, ...]:
        """Bytes of the package."""
        return (self.package.size,)

    def begin(self, network: Network) -> None:
        """Take a connection, or wait for one."""
        self._network = network
        if self.package.size == 0:
            self._done()
        elif network.has_free_connection:
            network.start(self, self.package.size)
        else:
            self.waits_for_connection = True
            network.queue(self)

    def connected(self) -> None:
        """Take the free connection."""
        self.waits_for_connection = False
        if self._network is not None:
            self._network.start(self, self.package.size)

    def transferred(self) -> None:
        """Go on: the package is in."""
        self._done()

    def transfer_breaks(self, carried: int) -> None:
        """Give up after `carried` bytes."""
        self._failed(carried)

    def abort(self, network: Network) -> int:
        """Break off, wherever it stands; return the bytes it carried."""
        if self.waits_for_connection:
            self.waits_for_connection = False
            return 0
        return network.abort(self)


class Proxy(Protocol):
    """Who serves packages to neighbours; see `fwsim.simulation.proxy`."""

    def offer(self, number: int) -> None:
        """Let a device that has all packages already be the provider, if there is none."""

    def request(self, request: PackageRequest) -> None:
        """Serve a device; it is told when all it asked for is there."""

    def cancel(self, job: Consumer) -> int:
        """Stop serving a job; return the bytes that came."""

    def under_way(self, job: Consumer) -> int:
        """Return the bytes of the package that is on its way to a job from a neighbour."""

    def note_told(self, number: int, row: int, size: int) -> bool:
        """Note bytes that a device has got by a log only; return whether anybody provides."""

    def serve_consumers(self) -> None:
        """Note that the provider has its own packages and waits for its turn."""

    def look_for_consumers(self) -> None:
        """Let the provider install if nobody has asked for a while."""

    def provider_gone(self) -> None:
        """Do without the device that provided."""


class Proxies(Protocol):
    """All proxies of a run."""

    def service_for(self, device: int, proxy_type: ProxyType, proxy: str) -> Proxy | None:
        """Return the proxy a device turns to; None if it goes to the web server."""

    def load(self) -> ProxyLoad:
        """Return what every provider sent to neighbours."""
