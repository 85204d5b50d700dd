"""The packages of one job: what is in, what is written, and where the transfer will stop."""

from __future__ import annotations

from itertools import accumulate

from fwsim.commands.details import Detail
from fwsim.commands.image import NOWHERE, FetchPlan, Package
from fwsim.commands.transfer import point_of, transfer_stop
from fwsim.model.order import Order
from fwsim.model.purposes import Purpose
from fwsim.simulation.world import NOTHING_DELIVERED, World


class PackageFetch:
    """Bytes on their way to one device.

    Parameters
    ----------
    sizes
        Bytes of each stretch: all packages at once with an update partition, else one each.
    stop
        Byte of the whole transfer at which it stops.
    detail
        Why, or `Detail.NONE` for a whole transfer.
    kept
        Bytes of packages on the system partition that stay as they are.
    packages
        What the stretches are made of.
    ahead
        Bytes that were delivered ahead and are to be written, too.

    Attributes
    ----------
    fetched, written
        Bytes so far.
    taken_up
        Bytes that were there of a broken transfer when this one began.
    there
        Of them those of the next stretch.
    """

    __slots__ = (
        "_stretch",
        "ahead",
        "detail",
        "fetched",
        "kept",
        "packages",
        "sizes",
        "stop",
        "taken_up",
        "there",
        "written",
    )

    def __init__(
        self,
        sizes: tuple[int, ...],
        stop: int,
        detail: Detail,
        *,
        kept: int = 0,
        ahead: int = 0,
        packages: tuple[Package, ...] = (),
    ) -> None:
        self.kept = kept
        self.ahead = ahead
        self.packages = packages
        self.sizes = sizes
        self.stop = stop
        self.detail = detail
        self.fetched = 0
        self.written = 0
        self.taken_up = 0
        self.there = 0
        self._stretch = 0

    @property
    def next_packages(self) -> tuple[Package, ...]:
        """Packages of the next stretch that are not there whole."""
        stretch = self.packages
        if len(self.sizes) > 1:
            stretch = stretch[self._stretch : self._stretch + 1]
        if self.there:
            ends = accumulate(package.size for package in stretch)
            stretch = tuple(p for p, end in zip(stretch, ends, strict=True) if end > self.there)
        return stretch

    @property
    def there_of_next(self) -> int:
        """Bytes that are there of the first of the next packages; those before it are whole."""
        if not self.there:
            return 0
        return self.there + sum(p.size for p in self.next_packages) - self.sizes[self._stretch]

    @property
    def next_files(self) -> tuple[int, ...]:
        """Bytes of each file of the next stretch, up to where the transfer stops."""
        left, here, files = self.next_size, self.there_of_next, []
        for package in self.next_packages:
            if left > 0:
                files.append(min(package.size - here, left))
                left -= package.size - here
                here = 0
        return tuple(files)

    @property
    def next_size(self) -> int:
        """Bytes of the next stretch, up to where the transfer stops."""
        if self._stretch >= len(self.sizes):
            return 0
        return min(self.sizes[self._stretch] - self.there, self.stop - self.fetched)

    @property
    def comes_whole(self) -> bool:
        """Whether the next stretch comes whole."""
        return self.fetched + self.next_size == self.end_of_stretch

    @property
    def end_of_stretch(self) -> int:
        """Byte of the whole transfer at which the next stretch ends."""
        left = self.sizes[self._stretch] - self.there if self._stretch < len(self.sizes) else 0
        return self.fetched + left

    def take_in(self) -> bool:
        """Count the next stretch as fetched; return whether it came whole."""
        size, end = self.next_size, self.end_of_stretch
        self.fetched += size
        self.there = 0
        self._stretch += 1
        return self.fetched == end

    def go_beyond(self, stop: int, detail: Detail) -> int:
        """Let the transfer stop at a later byte; return the bytes of this stretch up to there."""
        before = self.next_size
        self.stop, self.detail = stop, detail
        return self.next_size - before

    def take_up(
        self,
        before: PackageFetch,
        *,
        by_package: bool,
        lies_here: frozenset[Package] = NOTHING_DELIVERED,
    ) -> None:
        """Go on from the bytes that are there of a broken transfer of the same packages.

        Parameters
        ----------
        before
            That transfer.
        by_package
            Whether only whole packages count: a proxy serves whole packages [A].
        lies_here
            What is on the device's own update partition: it goes on within one of these.
        """
        ends = [0, *accumulate(self.sizes)]
        while self._stretch < len(self.sizes) - 1 and ends[self._stretch + 1] <= before.fetched:
            self._stretch += 1
        self.there = before.fetched - ends[self._stretch]
        if by_package:
            self.there = self._whole_bytes(self.there, lies_here)
        self.fetched = self.taken_up = ends[self._stretch] + self.there
        self.written = before.written

    def _whole_bytes(self, there: int, lies_here: frozenset[Package]) -> int:
        """Return how many of so many bytes are of packages that are whole or lie here."""
        begin = 0
        for package in self.packages if len(self.sizes) == 1 else ():
            end = begin + package.size
            if end > there:
                return there if package in lies_here else begin
            begin = end
        return begin

    @property
    def has_more(self) -> bool:
        """Whether another stretch is to be fetched."""
        return self._stretch < len(self.sizes)

    @property
    def unwritten(self) -> int:
        """Bytes that are there and not yet written."""
        return self.fetched + self.ahead - self.written


def package_fetch(
    world: World,
    device: int,
    order: Order,
    plan: FetchPlan,
    before: PackageFetch | None = None,
    *,
    by_package: bool = False,
) -> PackageFetch:
    """Return what a device fetches, and where luck and space will stop it.

    A broken transfer that is taken up breaks again with the share of the bytes that are left: a
    break among those that are there does not come [A].

    Parameters
    ----------
    world
        The surroundings.
    device
        The device that fetches.
    order
        The run of the command, which its luck belongs to.
    plan
        What it lacks.
    before
        A broken transfer of the same that is taken up.
    by_package
        Whether only its whole packages count.
    """
    draw, partitions = order.draw, world.partitions_of[device]
    fault = Purpose.TRANSFER_FAULT, Purpose.TRANSFER_FAULT_POINT
    broken_at, missing_at = _broken_at(world, device, draw, plan, fault), plan.missing_at
    if missing_at == NOWHERE and plan.sizes and world.draws[Purpose.PACKAGE_FAULT][draw][device]:
        missing_at = plan.total - plan.sizes[-1]
    packages = PackageFetch(
        (plan.total,) if partitions.has_update_partition else plan.sizes,
        plan.total,
        Detail.NONE,
        kept=plan.image_size - plan.written,
        ahead=plan.written - plan.total,
        packages=plan.packages,
    )
    if before is not None:
        packages.take_up(before, by_package=by_package, lies_here=world.delivered(device))
        broken_at = broken_at if broken_at > packages.taken_up else NOWHERE
    empties = order.empties_update_partition and partitions.has_update_partition
    space = partitions.update if empties else _space(world, device, plan, by_package=by_package)
    stop, packages.detail = transfer_stop(plan.total, missing_at, space, broken_at)
    packages.stop = max(stop, packages.taken_up)
    return packages


def stop_beyond(
    world: World, device: int, draw: int, plan: FetchPlan, there: int, *, by_package: bool
) -> tuple[int, Detail]:
    """Return where a transfer stops that a log says has not failed where luck would have it.

    After part φ the share s that fails is s (1 - φ) / (1 - s φ): who would have failed before is
    drawn anew, once.

    Parameters
    ----------
    world, device, plan
        As for `package_fetch`.
    draw
        The run of the command, which its luck belongs to.
    there
        Bytes of all that it fetches that are there.
    by_package
        Whether a proxy serves them.
    """
    fault = Purpose.TRANSFER_FAULT_AGAIN, Purpose.TRANSFER_FAULT_POINT_AGAIN
    broken_at = _broken_at(world, device, draw, plan, fault)
    later = broken_at if broken_at > there else NOWHERE
    space = _space(world, device, plan, by_package=by_package)
    return transfer_stop(plan.total, plan.missing_at, space, later)


def _space(world: World, device: int, plan: FetchPlan, *, by_package: bool) -> int:
    """Return how much of a plan the update partition has room for; `NOWHERE` without one.

    Packages of the plan that a provider has kept since it was made are in its room already, and
    those of the image that it runs are kept for neighbours: they give way. Under a proxy, where a
    device may keep packages of any image, all gives way but what the update needs [A].
    """
    room = world.partitions_of[device].update
    if not world.partitions_of[device].has_update_partition:
        return NOWHERE
    if by_package:
        return max(0, room - (plan.written - plan.total))
    kept = world.delivered(device)
    if not kept:
        return room
    stays = kept.difference(plan.packages, world.installed(device))
    return max(0, room - sum(package.size for package in stays))


def _broken_at(
    world: World, device: int, draw: int, plan: FetchPlan, fault: tuple[Purpose, Purpose]
) -> int:
    """Return the byte at which luck breaks a transfer; `NOWHERE` if it does not."""
    fails, point = fault
    if not world.draws[fails][draw][device]:
        return NOWHERE
    return point_of(plan.total, world.draws[point][draw][device])
