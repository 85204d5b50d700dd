"""Which of an app's kernels end; no server and no browser needed, but Jupyter's."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

pytest.importorskip("jupyter_server")

from tornado.web import HTTPError

from fwsim.notebook.app.kernels import FewKernels


@pytest.fixture
def kernels():
    managed = FewKernels(most=1)
    used = datetime.now(UTC)
    managed._kernels["k"] = SimpleNamespace(last_activity=used, execution_state="idle")
    managed._kernel_connections["k"] = 0
    return managed


def test_a_kernel_ends_when_its_page_has_been_gone_for_long_even_if_it_is_busy(kernels):
    kernels.notify_connect("k")
    kernels._kernels["k"].execution_state = "busy"
    assert not kernels._is_over("k")
    kernels.notify_disconnect("k")
    assert not kernels._is_over("k")
    kernels._alone_since["k"] = time.monotonic() - kernels.gone_timeout - 1
    assert kernels._is_over("k")
    kernels.notify_connect("k")
    assert not kernels._is_over("k")


def test_a_kernel_whose_open_page_nobody_uses_ends(kernels):
    kernels.notify_connect("k")
    kernels._kernels["k"].last_activity -= timedelta(seconds=kernels.forgotten_timeout + 1)
    assert kernels._is_over("k")
    kernels._kernels["k"].execution_state = "busy"
    assert not kernels._is_over("k")


def test_there_are_no_more_kernels_than_may_be(kernels):
    with pytest.raises(HTTPError) as refused:
        asyncio.run(kernels.start_kernel())
    assert refused.value.status_code == 503


def test_the_culler_runs_by_default(kernels):
    assert kernels.cull_idle_timeout > 0
    assert kernels.cull_interval == 30
