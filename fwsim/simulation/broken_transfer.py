"""What a broken transfer leaves on a device, for the next try to go on from."""

from __future__ import annotations

from dataclasses import dataclass

from fwsim.commands.image import Package
from fwsim.simulation.image_check import ImageCheck
from fwsim.simulation.package_fetch import PackageFetch


@dataclass(frozen=True, slots=True)
class BrokenTransfer:
    """Bytes that are there of what a device was fetching.

    Parameters
    ----------
    assignment
        For which standing assignment; another command on the device leaves nothing of it [A].
    found
        What the device had found at its URL.
    packages
        What it was fetching, and how far it came.
    is_partly_written
        Whether the system partition is neither the old image nor the new one.
    has_agreed
        Whether a notice of it was answered, or ran out.
    lacking
        What the device lacks of the image, or writes anew.
    """

    assignment: int
    found: ImageCheck
    packages: PackageFetch
    is_partly_written: bool
    has_agreed: bool
    lacking: frozenset[Package]
