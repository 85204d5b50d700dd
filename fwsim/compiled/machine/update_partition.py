"""What lies on a device's update partition: packages delivered ahead, as bits.

A job notes what is there when it looks for its image; it leaves that out on the way. Twin of what
`fwsim.simulation.world` knows of deliveries.
"""

from __future__ import annotations

from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, bits_at, put_bits, whole_at
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, order_at
from fwsim.model.rollout import UNKNOWN_IMAGE

BITS = 64


@compiled
def _has_bit(table: int, first: int, bit: int) -> bool:
    word = bits_at(table, first + bit // BITS)
    return (word >> (bit % BITS)) & 1 != 0


@compiled
def is_delivered(w: Record, device: int, package: int) -> bool:
    """Tell whether a package lies on a device's update partition."""
    return w.words > 0 and _has_bit(w.delivered, device * w.words, package)


@compiled
def is_fetched(w: Record, number: int, place: int) -> bool:
    """Tell whether a job fetches a package of its plan, which may be there already."""
    if w.words == 0:
        return True
    package = whole_at(w.plan_packages, place)
    return not _has_bit(w.job_masks, number * w.words, package)


@compiled
def space_for_packages(w: Record, device: int) -> int:
    """Return the bytes free on a device's update partition; 0 if it has none."""
    return max(0, device_at(w.devices, device).update - _taken(w, device, UNKNOWN_IMAGE))


@compiled
def room_without(w: Record, device: int, image: int) -> int:
    """Return the bytes on a device's update partition free of packages of no such image."""
    return device_at(w.devices, device).update - _taken(w, device, image)


@unit
def _taken(w: Record, device: int, but: int) -> int:
    """Return the bytes of what lies on a device's update partition, those of an image left out."""
    taken = 0
    for word in range(w.words):
        bits = bits_at(w.delivered, device * w.words + word)
        if but != UNKNOWN_IMAGE:
            bits &= ~bits_at(w.image_masks, but * w.words + word)
        package = word * BITS
        while bits != 0:
            if bits & 1:
                taken += whole_at(w.package_sizes, package)
            bits >>= 1
            package += 1
    return taken


@compiled
def keep(w: Record, device: int, package: int) -> bool:
    """Put one package on a device's update partition; False if there is no room."""
    if whole_at(w.package_sizes, package) > space_for_packages(w, device):
        return False
    place = device * w.words + package // BITS
    bit = 1 << (package % BITS)
    put_bits(w.delivered, place, bits_at(w.delivered, place) | bit)
    return True


@compiled
def less_lacked(w: Record, packages: int, number: int, word: int) -> int:
    """Return packages of a word without those that a job has found and its device lacks."""
    job = job_at(w.jobs, number)
    if job.image == UNKNOWN_IMAGE:
        return packages
    lacks = bits_at(w.image_masks, job.image * w.words + word)
    have = device_at(w.devices, job.device).image
    if have != UNKNOWN_IMAGE and not order_at(w.orders, job.order).formats_system:
        lacks &= ~bits_at(w.image_masks, have * w.words + word)
    return packages & ~lacks


@unit
def remove(w: Record, device: int, word: int, packages: int) -> None:
    """Remove packages of a word from a device, and a broken transfer that they are of."""
    place = device * w.words + word
    put_bits(w.delivered, place, bits_at(w.delivered, place) & ~packages)
    broken = device_at(w.devices, device).broken
    if broken != NOBODY and less_lacked(w, packages, broken, word) != packages:
        device_at(w.devices, device).broken = NOBODY


@unit
def make_room(w: Record, number: int, size: int) -> None:
    """Let what a job does not need give way; a provider sees to that by itself."""
    device = job_at(w.jobs, number).device
    is_provider = device_at(w.devices, device).provides != NOBODY
    if is_provider or size <= space_for_packages(w, device):
        return
    for word in range(w.words):
        there = bits_at(w.delivered, device * w.words + word)
        remove(w, device, word, less_lacked(w, there, number, word))


@compiled
def _lacks(w: Record, have: int, image: int, word: int) -> int:
    """Return the packages of a word that an image has and another, if known, does not."""
    lacks = bits_at(w.image_masks, image * w.words + word)
    if have != UNKNOWN_IMAGE:
        lacks &= ~bits_at(w.image_masks, have * w.words + word)
    return lacks


@compiled
def _is_overfull(w: Record, device: int) -> bool:
    return _taken(w, device, UNKNOWN_IMAGE) > device_at(w.devices, device).update


@compiled
def deliver(w: Record, device: int, image: int) -> None:
    """Put what a device lacks of an image on its update partition.

    What it keeps for neighbours of the image that it runs gives way, and then what it has fetched
    for them meanwhile [A].
    """
    have = device_at(w.devices, device).image
    for word in range(w.words):
        place = device * w.words + word
        there = bits_at(w.delivered, place) | _lacks(w, have, image, word)
        put_bits(w.delivered, place, there)
    if _is_overfull(w, device) and have != UNKNOWN_IMAGE:
        for word in range(w.words):
            place = device * w.words + word
            others = ~bits_at(w.image_masks, have * w.words + word)
            put_bits(w.delivered, place, bits_at(w.delivered, place) & others)
    if _is_overfull(w, device):
        for word in range(w.words):
            there = bits_at(w.delivered, device * w.words + word)
            remove(w, device, word, there & ~_lacks(w, have, image, word))


@compiled
def is_installed(w: Record, device: int, package: int) -> bool:
    """Tell whether a package is one of the image that a device runs."""
    image = device_at(w.devices, device).image
    return image != UNKNOWN_IMAGE and _has_bit(w.image_masks, image * w.words, package)


@compiled
def keep_only(w: Record, device: int, image: int) -> None:
    """Remove what lies on a device's update partition and belongs to another image."""
    for word in range(w.words):
        place = device * w.words + word
        mask = bits_at(w.image_masks, image * w.words + word)
        put_bits(w.delivered, place, bits_at(w.delivered, place) & mask)


@compiled
def empty_update_partition(w: Record, device: int) -> None:
    """Remove all packages delivered ahead."""
    for word in range(w.words):
        put_bits(w.delivered, device * w.words + word, 0)


@compiled
def empty_if_ordered(w: Record, number: int) -> None:
    """Empty a device's update partition before a delivery that is to format it."""
    job = job_at(w.jobs, number)
    if order_at(w.orders, job.order).empties_update_partition:
        empty_update_partition(w, job.device)
