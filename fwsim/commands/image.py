"""The image definition file (IDF) and what a device has to do to match it.

Sources: ELIAS manual, "Image definition"; facts, sections 6.1, 6.3 and 10.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property

MEGABYTE = 1_000_000
SMALLEST_FLASH_WITH_UPDATE_PARTITION = 4_000 * MEGABYTE  # [S] elux_partitions.htm
_AROUND = re.compile(r"^.*[/\\]|(?:\.idf)?(?:\s*\([0-9]+\))?$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Package:
    """One package of an image.

    Parameters
    ----------
    name, version
        As ELIAS lists them.
    size
        Bytes.
    sha256
        Hash of the content in hexadecimal, or empty where it is not known.
    """

    name: str
    version: str
    size: int
    sha256: str = ""


@dataclass(frozen=True)
class ImageDefinition:
    """A structured list of all packages of a firmware image [S].

    Parameters
    ----------
    name
        File name, case-sensitive, with its extension.
    packages
        In the order they are installed.
    revision
        Counts up with every change; tells newer from older.
    signed
        Whether the signature file beside it is valid. Any change deletes it [S].
    certificate
        What a device needs in its certificate directory to verify it; empty for one that every
        device has.
    packages_signed
        Whether every package carries a valid signature.
    missing
        Names of packages listed here but not found in the container.
    """

    name: str
    packages: tuple[Package, ...] = ()
    revision: int = 1
    signed: bool = True
    certificate: str = ""
    packages_signed: bool = True
    missing: tuple[str, ...] = field(default=())

    @cached_property
    def content(self) -> str:
        """SHA-256 over name, revision and packages, in hexadecimal."""
        lines = [self.name, str(self.revision)]
        lines += [f"{p.name}\0{p.version}\0{p.size}\0{p.sha256}" for p in self.packages]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @cached_property
    def size(self) -> int:
        """Bytes of all packages together."""
        return sum(package.size for package in self.packages)


def image_stem(name: str) -> str:
    """Return an image's name without a folder, its ending and what lists put behind it.

    ``/elux/RP6/UC_RP6-2109.idf`` and ``UC_RP6-2109 (30)`` are both UC_RP6-2109.
    """
    return _AROUND.sub("", name.strip())


def is_modified(
    installed: ImageDefinition | None, offered: ImageDefinition, *, newer_only: bool
) -> bool:
    """Tell whether a device needs the update.

    Parameters
    ----------
    installed
        What the device runs; None if that is not known.
    offered
        What its URL leads to.
    newer_only
        Ask for a higher revision instead of a different content. The seed page says modified,
        the command panel's page says newer; different is the default, as a downgrade to an
        older image is a documented use [A].
    """
    if installed is None:
        return True
    if newer_only and installed.name == offered.name:
        return offered.revision > installed.revision
    return installed.content != offered.content


def packages_to_fetch(
    present: tuple[Package, ...], offered: ImageDefinition, *, format_first: bool
) -> tuple[Package, ...]:
    """Return the packages a device must fetch, in the order of the image.

    Parameters
    ----------
    present
        Packages the device has: installed, or delivered ahead.
    offered
        The image wanted.
    format_first
        With Format system partition everything is fetched and written again [A].
    """
    if format_first:
        return offered.packages
    have = set(present)
    return tuple(package for package in offered.packages if package not in have)


@dataclass(frozen=True, slots=True)
class Partitions:
    """How a device's flash memory is divided; bytes.

    Parameters
    ----------
    system
        Holds the firmware packages.
    update
        Holds packages fetched ahead; 0 on devices without one.
    """

    system: int
    update: int

    @property
    def has_update_partition(self) -> bool:
        """Whether packages can be fetched as a whole before the first is written."""
        return self.update > 0


def partitions(flash: int, system: int, other: int) -> Partitions:
    """Divide a flash memory.

    Parameters
    ----------
    flash
        Its size in bytes.
    system
        Size of the system partition: 2.35 GB from eLux RP 6 2107 on with encryption [S].
    other
        Setup and boot partition together [A].

    Returns
    -------
    Partitions
        An update partition exists only with 4 GB of flash or more and takes what is left [S].
    """
    left = flash - system - other
    has_update_partition = flash >= SMALLEST_FLASH_WITH_UPDATE_PARTITION and left > 0
    return Partitions(system=system, update=left if has_update_partition else 0)


NOWHERE = -1


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What one device fetches under one command.

    Parameters
    ----------
    packages
        What to fetch, in the order of the image.
    sizes
        Bytes of each of them.
    total
        Their sum.
    missing_at
        Bytes that come before the first package the container lacks, or `NOWHERE`.
    image_size
        Bytes of the whole image on the system partition.
    written
        Bytes of the packages to write: those to fetch, and those delivered ahead.
    """

    packages: tuple[Package, ...]
    sizes: tuple[int, ...]
    total: int
    missing_at: int
    image_size: int
    written: int


def fetch_plan(
    installed: ImageDefinition | None,
    offered: ImageDefinition,
    *,
    format_first: bool,
    delivered: frozenset[Package] = frozenset(),
) -> FetchPlan:
    """Return what a device with `installed` fetches and writes to get `offered`.

    Parameters
    ----------
    installed
        What the device runs; None if that is not known.
    offered
        The image wanted.
    format_first
        Everything is written again [A].
    delivered
        Packages on the update partition. Only the same name, version, size and hash serve, so a
        delivery of an older image is noticed [I].
    """
    present = installed.packages if installed is not None else ()
    wanted = packages_to_fetch(present, offered, format_first=format_first)
    packages = tuple(package for package in wanted if package not in delivered)
    before, missing_at = 0, NOWHERE
    for package in packages:
        if package.name in offered.missing:
            missing_at = before
            break
        before += package.size
    sizes = tuple(package.size for package in packages)
    written = sum(package.size for package in wanted)
    return FetchPlan(packages, sizes, sum(sizes), missing_at, offered.size, written)
