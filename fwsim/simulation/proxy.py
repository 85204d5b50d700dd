"""Devices that fetch packages once and serve their neighbours: dynamic and static proxies.

Every device fetches the image definition itself; packages come from the provider, which fetches
each missing one once and updates itself last [S] (proxy_dynamic_roles, proxy_dynamic_procedure).
Slots, rate and patience are assumptions [A].
"""

from __future__ import annotations

from collections import deque

from fwsim.commands.firmware import ProxyType
from fwsim.commands.image import Package
from fwsim.commands.lifecycle import LEAVES_SERVICE
from fwsim.commands.transfer import MOST_PROVIDERS, serving_time
from fwsim.model.event_rank import EventRank
from fwsim.model.status_log import ProxyLoad
from fwsim.simulation.clock import Timer
from fwsim.simulation.device import Device
from fwsim.simulation.devices import Devices
from fwsim.simulation.proxy_requests import PackageRequest, WebDownload
from fwsim.simulation.proxy_sent import SentByProxies
from fwsim.simulation.roles import Consumer
from fwsim.simulation.world import NOTHING_DELIVERED, World


class ProxyService:
    """The proxy of one subnet, or one static proxy.

    Parameters
    ----------
    world, devices
        The surroundings.
    fixed
        Index of the static proxy; None lets the devices choose.
    sent
        What all proxies have sent.
    """

    def __init__(
        self, world: World, devices: Devices, fixed: int | None, sent: SentByProxies
    ) -> None:
        self._world = world
        self._devices = devices
        self._fixed = fixed
        self._provider: Device | None = None
        self._last_provider: Device | None = None
        self._requests: dict[Consumer, PackageRequest] = {}
        """By job: a device may begin one before an earlier one is told to have failed."""
        self._queue: deque[PackageRequest] = deque()
        self._in_service = 0
        self._wanted: list[Package] = []
        self._download: WebDownload | None = None
        self._last_served = 0
        self._sent = sent
        self._provider_by_log: int | None = None

    # Who provides

    def _is_available(self, device: Device) -> bool:
        leaves = any(job.state in LEAVES_SERVICE for job in device.jobs)
        return device.answers and not leaves

    @property
    def _serves(self) -> bool:
        """Whether somebody provides now; who has begun to serve goes on, whatever a log tells."""
        provider = self._provider
        if provider is None:
            return False
        return self._is_available(provider) or (self._in_service > 0 and provider.answers)

    def _find_provider(self) -> None:
        """Keep the provider, or choose another if it is absent [S].

        Who was it last comes before the first who asks [A]. Where nobody else can be, it is again
        when it has installed and restarted.
        """
        if self._serves:
            return
        for device in self._candidates():
            if self._can_provide(device):
                self._appoint(device)
                return

    def _candidates(self) -> list[Device]:
        if self._fixed is not None:
            fixed = self._devices[self._fixed]
            fixed.catch_up()
            return [fixed]
        last = [] if self._last_provider is None else [self._last_provider]
        return [*last, *(self._devices[request.number] for request in self._requests.values())]

    def _can_provide(self, device: Device) -> bool:
        """Tell whether a device can provide; a static proxy serves no subnet beside that [A]."""
        partitions = self._world.partitions_of[device.number]
        is_free = self._fixed is not None or device.number not in self._world.static_proxies
        return is_free and partitions.has_update_partition and self._is_available(device)

    def _appoint(self, device: Device) -> None:
        if self._provider is not None:
            self._provider.provides = None
            self._drop_download()
        self._provider = self._last_provider = device
        device.provides = self
        device.watch()
        own = next((r for r in self._requests.values() if r.number == device.number), None)
        for package in own.received if own is not None else ():
            self._keep(device, package)

    def offer(self, number: int) -> None:
        """Let a device that has all packages already be the provider, if there is none."""
        device = self._devices[number]
        self._find_provider()
        if not self._serves and self._fixed is None and self._can_provide(device):
            self._appoint(device)

    def is_provider(self, device: Device) -> bool:
        """Tell whether a device provides at present."""
        return self._provider is device

    # Asking and being served

    def request(self, request: PackageRequest) -> None:
        """Serve a device; it is told when all it asked for is there."""
        self._requests[request.job] = request
        self._find_provider()
        self._admit(request)

    def _admit(self, request: PackageRequest) -> None:
        if not self._serves:
            self._go_without(request)
        elif self.is_provider(self._devices[request.number]):
            self._advance(request)
        elif self._in_service < self._world.assumptions.provider_slots:
            self._in_service += 1
            request.has_slot = True
            self._advance(request)
        else:
            self._queue.append(request)

    def _go_without(self, request: PackageRequest) -> None:
        """Fail without a static proxy [A]; without a dynamic one go to the web server."""
        del self._requests[request.job]
        if self._fixed is not None:
            request.job.transfer_breaks(request.carried)
        else:
            request.job.fetch_from_web(request.carried)

    def _advance(self, request: PackageRequest) -> None:
        package = request.package
        if package is None:
            self._finish(request)
            return
        if package not in self._world.delivered(self._provider_number):
            request.waits_for = package
            self._want(package)
            return
        own = self.is_provider(self._devices[request.number])
        a = self._world.assumptions
        time = 0 if own else serving_time(request.next_size, a.provider_slots, a.lan_rate)
        now = int(self._world.env.now)
        request.provider, request.began = None if own else self._provider_number, now
        request.timer = Timer(
            self._world.env,
            now + time,
            EventRank.NETWORK,
            request.number,
            lambda _: self._served(request),
        )

    @property
    def _provider_number(self) -> int:
        return -1 if self._provider is None else self._provider.number

    def _served(self, request: PackageRequest) -> None:
        self._sent.note(request)
        request.take_in()
        self._advance(request)

    def under_way(self, job: Consumer) -> int:
        """Return the bytes of the package that is on its way to a job from a neighbour."""
        request = self._requests.get(job)
        return 0 if request is None else self._sent.under_way(request)

    def note_told(self, number: int, row: int, size: int) -> bool:
        """Note bytes that a device has got by a log only; return False if over the line.

        Where nobody provides in the run yet, the first device that may have provided has fetched
        for itself, and has sent to those that follow [A]. No provider has sent to itself.
        """
        provider = self._provider.number if self._provider is not None else self._fixed
        if provider is None and size:
            provider = self._provider_by_log
            if provider is None and self._world.partitions_of[number].has_update_partition:
                self._provider_by_log = number
        if provider is None or (self._provider is None and provider == number):
            return False
        if provider != number:
            self._sent.note_told(row, provider, size)
        return True

    def note_under_way(self) -> None:
        """Note what has been sent of packages that are on their way when the run ends."""
        for request in self._requests.values():
            self._sent.note(request)

    def _finish(self, request: PackageRequest) -> None:
        del self._requests[request.job]
        self._last_served = int(self._world.env.now)
        if request.has_slot:
            self._free_slot()
        request.job.transferred()
        self._await_consumers()

    def _free_slot(self) -> None:
        """Hand a slot to who is next in the queue."""
        while self._queue:
            following = self._queue.popleft()
            if self._requests.get(following.job) is following:
                following.has_slot = True
                self._advance(following)
                return
        self._in_service -= 1

    def cancel(self, job: Consumer) -> int:
        """Forget what a job asked for; return the bytes it got."""
        request = self._requests.pop(job, None)
        if request is None:
            return 0
        self._stop(request)
        if request.has_slot:
            self._free_slot()
        if self._provider is not None:
            self.serve_consumers()
        return request.carried

    def _stop(self, request: PackageRequest) -> None:
        self._sent.note(request)
        request.stop()

    # What the provider lacks

    def _want(self, package: Package) -> None:
        if package not in self._wanted:
            self._wanted.append(package)
        if self._download is None:
            self._fetch_next()

    def _fetch_next(self) -> None:
        if not self._wanted:
            return
        download = WebDownload(
            self._provider_number, self._wanted[0], self._is_in, self._comes_to_nothing
        )
        self._download = download
        download.begin(self._world.network)

    def _is_in(self) -> None:
        download = self._download
        self._download = None
        if download is None or self._provider is None:
            return
        self._wanted.remove(download.package)
        has_room = self._keep(self._provider, download.package)
        for request in list(self._requests.values()):
            if request.waits_for == download.package:
                self._go_on(request, has_room=has_room)
        if self._download is None:
            self._fetch_next()

    def _go_on(self, request: PackageRequest, *, has_room: bool) -> None:
        """Serve who has waited for a package, or let it fail: the provider cannot keep it [A]."""
        if has_room:
            request.waits_for = None
            self._advance(request)
        else:
            request.job.transfer_breaks(self.cancel(request.job))

    def _keep(self, device: Device, package: Package) -> bool:
        """Put a package on the provider's update partition; False if there is no room.

        What neither it nor any neighbour lacks now of the image that it wants gives way [A].
        """
        if package.size > self._world.space_for_packages(device.number):
            jobs = [*device.jobs, *(request.job for request in self._requests.values())]
            lacking = (job.lacking for job in jobs)
            device.keep_only(NOTHING_DELIVERED.union(*lacking))
        if package.size > self._world.space_for_packages(device.number):
            return False
        self._world.put_on_update_partition(device.number, package)
        return True

    def _comes_to_nothing(self, _carried: int = 0) -> None:
        """Let those fail who wait for what the provider cannot fetch."""
        self._download = None
        self._wanted.clear()
        for request in list(self._requests.values()):
            if request.waits_for is not None:
                request.job.transfer_breaks(self.cancel(request.job))

    # The provider's own turn, and its loss

    def _await_consumers(self) -> None:
        """Let the provider install once nobody has asked for a while [A]."""
        patience = self._world.assumptions.provider_patience
        now = int(self._world.env.now)
        Timer(
            self._world.env,
            now + patience,
            EventRank.DEVICE,
            self._provider_number,
            lambda _: self.look_for_consumers(),
        )

    def serve_consumers(self) -> None:
        """Note that the provider has its own packages and waits for its turn."""
        self._last_served = int(self._world.env.now)
        self._await_consumers()

    def look_for_consumers(self) -> None:
        """Let the provider install if nobody has asked for a while."""
        provider = self._provider
        waited = int(self._world.env.now) - self._last_served
        is_idle = not self._requests and waited >= self._world.assumptions.provider_patience
        if provider is not None and is_idle:
            for job in provider.jobs:
                job.consumers_served()

    def _drop_download(self) -> None:
        if self._download is not None:
            self._download.abort(self._world.network)
            self._download = None
        self._wanted.clear()

    def provider_gone(self) -> None:
        """Find another provider for those in the middle; each package that came whole stays."""
        gone, self._provider = self._provider, None
        self._drop_download()
        self._queue.clear()
        self._in_service = 0
        left = [r for r in self._requests.values() if gone is None or r.number != gone.number]
        self._requests = {}
        for request in left:
            self._stop(request)
            request.has_slot = False
            request.providers += 1
        for request in left:
            if self._fixed is not None or request.providers >= MOST_PROVIDERS:
                request.job.transfer_breaks(request.carried)
            else:
                self._requests[request.job] = request
        self._find_provider()
        for request in list(self._requests.values()):
            self._admit(request)


class Proxies:
    """All proxies of a run, by subnet or by name.

    Parameters
    ----------
    world, devices
        The surroundings.
    """

    def __init__(self, world: World, devices: Devices) -> None:
        self._world = world
        self._devices = devices
        self._services: dict[tuple[str, str] | int, ProxyService] = {}
        self._sent = SentByProxies(world)

    def service_for(self, device: int, proxy_type: ProxyType, proxy: str) -> ProxyService | None:
        """Return the proxy a device turns to; None if it goes to the web server."""
        if proxy_type is ProxyType.NONE:
            return None
        key: tuple[str, str] | int
        if proxy_type is ProxyType.STATIC:
            key = self._world.rollout.fleet.find(proxy)[0]
        else:
            key = self._world.rollout.subnet(device)
        service = self._services.get(key)
        if service is None:
            fixed = key if isinstance(key, int) else None
            service = ProxyService(self._world, self._devices, fixed, self._sent)
            self._services[key] = service
        return service

    def load(self) -> ProxyLoad:
        """Return what every provider has sent to neighbours up to now, which is the end."""
        for service in self._services.values():
            service.note_under_way()
        return self._sent.load()
