"""Images, their packages, and what it takes to fetch one, as tables of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fwsim.commands.image import fetch_plan, is_modified
from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table, whole
from fwsim.compiled.tables import NOBODY
from fwsim.model.rollout import Rollout

BITS = 64


def image_tables(
    rollout: Rollout, certificates: Mapping[str, int], *, uses_update_partition: bool
) -> tuple[dict[str, Table], dict[str, int]]:
    """Give each package a number, and note which image has which.

    Parameters
    ----------
    rollout
        Whose images.
    certificates
        The number of each certificate.
    uses_update_partition
        Whether packages lie on update partitions, delivered ahead or for neighbours.

    Returns
    -------
    tables, numbers
        By their names.
    """
    images = rollout.images
    numbers: dict[Any, int] = {}
    for image in images:
        for package in image.packages:
            numbers.setdefault(package, len(numbers))
    words = -(-len(numbers) // BITS) if uses_update_partition else 0
    masks = np.zeros(max(len(images) * words, 1), np.uint64)
    rows = table(tables.IMAGE, len(images))
    for i, image in enumerate(images):
        rows[i]["certificate"] = certificates.get(image.certificate, NOBODY)
        rows[i]["signed"], rows[i]["packages_signed"] = image.signed, image.packages_signed
        for package in image.packages if words else ():
            bit = np.uint64(1) << np.uint64(numbers[package] % BITS)
            masks[i * words + numbers[package] // BITS] |= bit
    arrays = {
        "images": rows,
        "image_masks": masks,
        "package_sizes": whole([package.size for package in numbers]),
        **_plans(rollout, numbers),
    }
    return arrays, {"images_count": len(images), "words": words}


def _plans(rollout: Rollout, numbers: dict[Any, int]) -> dict[str, Table]:
    """Return what it takes to fetch each image, from each image a device may have, or none."""
    images, newer_only = rollout.images, rollout.assumptions.newer_only
    plans = table(tables.PLAN, 2 * (len(images) + 1) * len(images))
    packages: list[int] = []
    missing: list[bool] = []
    pairs = ((have, want) for have in (None, *images) for want in images)
    for i, (have, want) in enumerate(pairs):
        for format_first in (False, True):
            plan = fetch_plan(have, want, format_first=format_first)
            row = plans[2 * i + format_first]
            row["is_modified"] = is_modified(have, want, newer_only=newer_only)
            row["total"], row["missing_at"] = plan.total, plan.missing_at
            row["image_size"], row["written"] = plan.image_size, plan.written
            row["first"], row["count"] = len(packages), len(plan.packages)
            packages += [numbers[package] for package in plan.packages]
            missing += [package.name in want.missing for package in plan.packages]
    return {
        "plans": plans,
        "plan_packages": whole(packages),
        "plan_missing": np.array(missing or [False], np.uint8),
    }
