"""What a device finds when it has fetched the image definition file."""

from __future__ import annotations

from typing import NamedTuple

from fwsim.commands.details import Detail
from fwsim.commands.image import NOWHERE, FetchPlan, Package
from fwsim.commands.uefi import needs_uefi_update
from fwsim.model.configuration import Address
from fwsim.model.order import Order
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE
from fwsim.simulation.world import NOTHING_DELIVERED, World


class ImageCheck(NamedTuple):
    """The image a device's URL leads to, compared with what it runs.

    Parameters
    ----------
    image
        Index into the rollout's images.
    is_modified
        Whether an update is needed.
    plan
        What the device would fetch.
    """

    image: int
    is_modified: bool
    plan: FetchPlan


NOT_CHECKED = ImageCheck(UNKNOWN_IMAGE, False, FetchPlan((), (), 0, NOWHERE, 0, 0))


def image_check(
    world: World, device: int, order: Order, address: Address, *, is_told: bool = False
) -> ImageCheck | Detail:
    """Return what the check finds, or why there is nothing to be found.

    Parameters
    ----------
    world
        The surroundings.
    device
        The device that checks.
    order
        The run of the command.
    address
        Where it looks.
    is_told
        Whether a log says that it has found an image there: no cut and no fault keeps it from it.
    """
    if not is_told and world.network.is_cut(device):
        return Detail.IDF_NOT_AVAILABLE
    if order.is_uefi:
        return _uefi_check(world, device)
    served = world.rollout.configuration.served(address, int(world.env.now))
    if isinstance(served, Detail):
        return served
    if not is_told and world.draws[Purpose.IDF_FAULT][order.draw][device]:
        return Detail.IDF_NOT_AVAILABLE
    # What it is to remove first lies there until the transfer begins.
    delivered = NOTHING_DELIVERED if order.empties_update_partition else world.delivered(device)
    modified, plan = world.plan(
        world.image_of[device], served, delivered, format_first=order.formats_system
    )
    if order.is_delivery:
        modified = modified and plan.total > 0
    return ImageCheck(served, modified, plan)


def _uefi_check(world: World, device: int) -> ImageCheck | Detail:
    """Compare the version a device has with what the UEFI file assigns to its model."""
    if world.rollout.refuses_uefi(device):
        return Detail.ENCRYPTED_PARTITION
    offered = world.rollout.vendor_firmware(device)
    if offered is None:
        return Detail.MODEL_NOT_LISTED
    archive = Package("UEFI", offered.version, offered.size)
    plan = FetchPlan((archive,), (offered.size,), offered.size, NOWHERE, offered.size, offered.size)
    return ImageCheck(UNKNOWN_IMAGE, needs_uefi_update(world.uefi_version(device), offered), plan)
