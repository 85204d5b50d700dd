"""What a device needs, what it fetches, what fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.details import Detail
from fwsim.commands.image import (
    NOWHERE,
    ImageDefinition,
    Package,
    fetch_plan,
    is_modified,
    packages_to_fetch,
    partitions,
)
from fwsim.commands.transfer import transfer_stop, writing_time

BASE_1, BASE_2 = Package("baseos", "1", 300), Package("baseos", "2", 350)
BROWSER = Package("browser", "91", 120)
OLD = ImageDefinition("image.idf", (BASE_1, BROWSER), revision=1)
NEW = ImageDefinition("image.idf", (BASE_2, BROWSER), revision=2)


@pytest.mark.parametrize(
    ("installed", "offered", "newer_only", "needed"),
    [
        (OLD, NEW, False, True),
        (OLD, NEW, True, True),
        (NEW, OLD, False, True),  # a downgrade is a documented use
        (NEW, OLD, True, False),
        (NEW, NEW, False, False),
        (NEW, NEW, True, False),
        (None, NEW, False, True),
        (None, NEW, True, True),
        (OLD, ImageDefinition("other.idf", OLD.packages, revision=1), True, True),
    ],
)
def test_an_update_is_needed_only_if_the_image_is_modified(
    installed: ImageDefinition | None, offered: ImageDefinition, newer_only: bool, needed: bool
) -> None:
    assert is_modified(installed, offered, newer_only=newer_only) is needed


def test_only_differing_packages_are_fetched() -> None:
    assert packages_to_fetch(OLD.packages, NEW, format_first=False) == (BASE_2,)


def test_with_format_everything_is_fetched() -> None:
    assert packages_to_fetch(OLD.packages, NEW, format_first=True) == NEW.packages


def test_a_package_with_another_hash_is_another_package() -> None:
    rebuilt = Package("browser", "91", 120, sha256="ab" * 32)
    image = ImageDefinition("image.idf", (BASE_1, rebuilt))
    assert packages_to_fetch(OLD.packages, image, format_first=False) == (rebuilt,)


def test_the_plan_tells_how_far_a_missing_package_lets_it_get() -> None:
    image = ImageDefinition("image.idf", (BASE_2, BROWSER), missing=("browser",))
    assert fetch_plan(None, image, format_first=False).missing_at == 350
    assert fetch_plan(OLD, image, format_first=False).missing_at == NOWHERE  # it has the browser


@pytest.mark.parametrize(
    ("flash", "update"),
    [
        (2_000_000_000, 0),
        (3_999_999_999, 0),
        (4_000_000_000, 1_350_000_000),
        (8_000_000_000, 5_350_000_000),
    ],
)
def test_an_update_partition_takes_what_four_gigabytes_or_more_leave(
    flash: int, update: int
) -> None:
    assert partitions(flash, 2_350_000_000, 300_000_000).update == update


@pytest.mark.parametrize(
    ("missing_at", "space", "broken_at", "stop", "detail"),
    [
        (NOWHERE, NOWHERE, NOWHERE, 100, Detail.NONE),
        (NOWHERE, 100, NOWHERE, 100, Detail.NONE),
        (NOWHERE, 60, NOWHERE, 60, Detail.UPDATE_PARTITION_FULL),
        (NOWHERE, 60, 40, 40, Detail.TRANSFER_FAILED),
        (20, 60, 40, 20, Detail.PACKAGE_NOT_FOUND),
        (70, 60, 80, 60, Detail.UPDATE_PARTITION_FULL),
    ],
)
def test_of_several_faults_the_first_stops_the_transfer(
    missing_at: int, space: int, broken_at: int, stop: int, detail: Detail
) -> None:
    assert transfer_stop(100, missing_at, space, broken_at) == (stop, detail)


def test_writing_takes_size_over_rate_times_the_devices_factor() -> None:
    assert writing_time(410_000_000, 3_200_000, 1.0) == 128_125
    assert writing_time(410_000_000, 3_200_000, 2.0) == 256_250


package = st.builds(
    Package, st.sampled_from("abcdef"), st.sampled_from("123"), st.integers(0, 10**9)
)


@given(present=st.lists(package), offered=st.lists(package, unique_by=lambda p: p.name))
def test_what_is_present_and_what_is_fetched_make_the_image(
    present: list[Package], offered: list[Package]
) -> None:
    image = ImageDefinition("image.idf", tuple(offered))
    fetched = packages_to_fetch(tuple(present), image, format_first=False)
    assert set(fetched).isdisjoint(present)
    assert set(fetched) | (set(present) & set(offered)) == set(offered)
