"""What a device finds when it has fetched the image definition file."""

from __future__ import annotations

from dataclasses import dataclass

from fwsim.commands.details import Detail
from fwsim.commands.image import NOWHERE, FetchPlan
from fwsim.rollout import UNKNOWN_IMAGE, Address
from fwsim.simulation.world import World


@dataclass(frozen=True, slots=True)
class ImageCheck:
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


NOT_CHECKED = ImageCheck(UNKNOWN_IMAGE, False, FetchPlan((), 0, NOWHERE, 0))


def image_check(
    world: World, device: int, draw: int, address: Address, *, format_first: bool
) -> ImageCheck | Detail:
    """Return what the check finds, or why there is nothing to be found.

    Parameters
    ----------
    world
        The surroundings.
    device
        Whose.
    draw
        The run of the command, which its luck belongs to.
    address
        Where it looks.
    format_first
        Whether everything is fetched anew.
    """
    served = world.rollout.served(address, int(world.env.now))
    if isinstance(served, Detail):
        return served
    if world.draws.idf_fault[draw][device]:
        return Detail.IDF_NOT_AVAILABLE
    modified, plan = world.plan(world.image_of[device], served, format_first=format_first)
    return ImageCheck(served, modified, plan)
