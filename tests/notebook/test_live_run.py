"""The live view: the same model on a clock that can be paced, paused and stopped."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.notebook.live_run import LiveRun

pytest.importorskip("ipywidgets")

from fwsim.notebook.live_widget import LiveWidget

AT_ONCE = 1e9
HARDLY = 1e-6
PATIENCE = 300


@pytest.fixture
def live(scenario):
    return LiveRun(scenario(fleet={"units": {"DE": {"devices": 3}}}))


def test_it_is_the_run_that_simulate_makes(live):
    live.start(AT_ONCE)
    live.wait(PATIENCE)
    told = fwsim.simulate(live.scenario)
    assert live.columns().time.tolist() == told.columns.time.tolist()
    assert live.columns().state.tolist() == told.columns.state.tolist()
    assert live.counters() == {"successful": 3}
    assert live.curve()[1].tolist() == [1, 2, 3]


def test_status_lines_read_as_on_the_console(live):
    live.start(AT_ONCE)
    live.wait(PATIENCE)
    last = live.last_lines(1)[0]
    assert last.startswith("2018-08-20 11:0")
    assert "Successful – 2018-08-20 11:0" in last


def test_a_run_can_be_stopped_before_it_is_over(live):
    live.start(HARDLY)
    assert live.is_running
    live.stop()
    assert not live.is_running
    assert live.counters().get("successful", 0) == 0


def test_a_paused_clock_stands_until_it_goes_on(live):
    live.start(HARDLY)
    live.env.pause(on=True)
    live.env.set_speed(AT_ONCE)
    assert live.is_running
    live.env.pause(on=False)
    live.wait(PATIENCE)
    assert live.counters() == {"successful": 3}


def test_the_widget_shows_the_run(live):
    widget = LiveWidget(live)
    assert "not started" in widget.clock.value
    widget.speed.value = 14_400
    widget.play.click()
    live.env.set_speed(AT_ONCE)
    live.wait(PATIENCE)
    widget.refresh()
    assert "over" in widget.clock.value
    assert "successful" in widget.counters.value
    assert "Successful" in widget.lines.value
    assert bytes(widget.picture.value).startswith(b"\x89PNG")
