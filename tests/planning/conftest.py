"""What several tests of planning share: machines to compute on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

PATIENCE = 300


@pytest.fixture(scope="session")
def machines() -> Iterator[Any]:
    """Start a scheduler and three workers; no dashboard, no fixed port."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None
    ) as running:
        yield running


@pytest.fixture
def cluster(machines: Any) -> Any:
    """Give the cluster once all of its workers are there, also after one was killed."""
    machines.wait_for_workers(3, timeout=PATIENCE)
    return machines
