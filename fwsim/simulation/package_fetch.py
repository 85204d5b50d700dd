"""The packages of one job: what is in, what is written, and where the transfer will stop."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.image import NOWHERE, FetchPlan, Package
from fwsim.commands.transfer import point_of, transfer_stop
from fwsim.model.purposes import Purpose
from fwsim.simulation.world import World


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
        self._stretch = 0

    @property
    def next_packages(self) -> tuple[Package, ...]:
        """Packages of the next stretch."""
        if len(self.sizes) == 1:
            return self.packages
        return self.packages[self._stretch : self._stretch + 1]

    @property
    def next_files(self) -> tuple[int, ...]:
        """Bytes of each file of the next stretch, up to where the transfer stops."""
        left, files = self.next_size, []
        for package in self.next_packages:
            if left > 0:
                files.append(min(package.size, left))
                left -= package.size
        return tuple(files)

    @property
    def next_size(self) -> int:
        """Bytes of the next stretch, up to where the transfer stops."""
        if self._stretch >= len(self.sizes):
            return 0
        return min(self.sizes[self._stretch], self.stop - self.fetched)

    @property
    def comes_whole(self) -> bool:
        """Whether the next stretch comes whole."""
        return self._stretch >= len(self.sizes) or self.next_size == self.sizes[self._stretch]

    def take_in(self) -> bool:
        """Count the next stretch as fetched; return whether it came whole."""
        whole = self.comes_whole
        self.fetched += self.next_size
        self._stretch += 1
        return whole

    def go_beyond(self, stop: int, detail: Detail) -> int:
        """Let the transfer stop at a later byte; return the bytes of this stretch up to there."""
        before = self.next_size
        self.stop, self.detail = stop, detail
        return self.next_size - before

    @property
    def has_more(self) -> bool:
        """Whether another stretch is to be fetched."""
        return self._stretch < len(self.sizes)

    @property
    def unwritten(self) -> int:
        """Bytes that are there and not yet written."""
        return self.fetched + self.ahead - self.written


def package_fetch(world: World, device: int, draw: int, plan: FetchPlan) -> PackageFetch:
    """Return what a device fetches, and where luck and space will stop it.

    Parameters
    ----------
    world
        The surroundings.
    device
        The device that fetches.
    draw
        The run of the command, which its luck belongs to.
    plan
        What it lacks.
    """
    fault = Purpose.TRANSFER_FAULT, Purpose.TRANSFER_FAULT_POINT
    broken_at, missing_at = _broken_at(world, device, draw, plan, fault), plan.missing_at
    if missing_at == NOWHERE and plan.sizes and world.draws[Purpose.PACKAGE_FAULT][draw][device]:
        missing_at = plan.total - plan.sizes[-1]
    stop, detail = transfer_stop(plan.total, missing_at, _space(world, device), broken_at)
    return PackageFetch(
        (plan.total,) if world.partitions(device).has_update_partition else plan.sizes,
        stop,
        detail,
        kept=plan.image_size - plan.written,
        ahead=plan.written - plan.total,
        packages=plan.packages,
    )


def stop_beyond(
    world: World, device: int, draw: int, plan: FetchPlan, there: int
) -> tuple[int, Detail]:
    """Return where a transfer stops that a log says has not failed where luck would have it.

    After part φ the share s that fails is s (1 - φ) / (1 - s φ): who would have failed before is
    drawn anew, once.

    Parameters
    ----------
    world, device, draw, plan
        As for `package_fetch`.
    there
        Bytes of all that it fetches that are there.
    """
    fault = Purpose.TRANSFER_FAULT_AGAIN, Purpose.TRANSFER_FAULT_POINT_AGAIN
    broken_at = _broken_at(world, device, draw, plan, fault)
    later = broken_at if broken_at > there else NOWHERE
    return transfer_stop(plan.total, plan.missing_at, _space(world, device), later)


def _space(world: World, device: int) -> int:
    """Return the bytes that the update partition has room for; `NOWHERE` without one."""
    has_update_partition = world.partitions(device).has_update_partition
    return world.space_for_packages(device) if has_update_partition else NOWHERE


def _broken_at(
    world: World, device: int, draw: int, plan: FetchPlan, fault: tuple[Purpose, Purpose]
) -> int:
    """Return the byte at which luck breaks a transfer; `NOWHERE` if it does not."""
    fails, point = fault
    if not world.draws[fails][draw][device]:
        return NOWHERE
    return point_of(plan.total, world.draws[point][draw][device])
