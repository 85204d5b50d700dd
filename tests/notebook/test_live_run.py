"""The live view: the same model on a clock that can be paced, paused and stopped."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.notebook.live.run import LiveRun, PacedEnvironment, PlayState, StoppedError

pytest.importorskip("ipywidgets")

from fwsim.notebook.live.widget import LiveWidget
from fwsim.results.run.stages import STAGES, Stage

AT_ONCE = 1e9
HARDLY = 1e-6
PATIENCE = 300


class Clock:
    """A wall clock that goes on only while somebody waits; things can be done at a time of it."""

    def __init__(self, *plan):
        self.now, self.plan = 0.0, list(plan)

    def __call__(self):
        return self.now

    def wait(self, _changed, seconds):
        self.now += seconds
        while self.plan and self.plan[0][0] <= self.now + 1e-9:
            self.plan.pop(0)[1]()


def paced(clock, speed):
    return PacedEnvironment(speed, clock=clock, wait=clock.wait)


@pytest.fixture
def live(scenario):
    return LiveRun(scenario(fleet={"units": {"DE": {"devices": 3}}}))


def successful(live) -> int:
    at_last = np.array([live.rollout.horizon], np.int64)
    return int(live.standing(at_last)[STAGES.index(Stage.SUCCESSFUL), 0])


def test_it_is_the_run_that_simulate_makes(live):
    live.start(AT_ONCE)
    live.wait(PATIENCE)
    told = fwsim.simulate(live.scenario)
    assert live.columns().time.tolist() == told.columns.time.tolist()
    assert live.columns().state.tolist() == told.columns.state.tolist()
    assert successful(live) == 3


def test_status_lines_read_as_on_the_console(live):
    live.start(AT_ONCE)
    live.wait(PATIENCE)
    last = live.last_lines(1)[0]
    assert last.startswith("2018-08-20 11:0")
    assert "Successful – 2018-08-20 11:0" in last


def test_the_clock_goes_on_where_nothing_happens():
    clock, seen = Clock(), []
    env = paced(clock, 600)
    env.timeout(90 * 60_000)  # the first command is an hour and a half away: nine seconds at 600 x
    clock.plan = [(s, lambda: seen.append(env.shown_now() / 60_000)) for s in (1, 2, 5, 8)]
    env.step()
    assert seen == pytest.approx([10, 20, 50, 80])
    assert (env.now, clock.now) == (90 * 60_000, pytest.approx(9))
    assert env.shown_now() == env.now


def test_the_clock_never_runs_ahead_of_what_happens():
    clock = Clock()
    env = paced(clock, 600)
    env.timeout(1000)
    clock.now = 3600.0  # the machine was busy for an hour
    assert env.shown_now() == 1000
    env.step()
    assert env.shown_now() == 1000


def test_a_paused_clock_stands_and_goes_on_where_it_stood():
    clock, seen = Clock(), []
    env = paced(clock, 1)
    env.timeout(60_000)

    def look():
        seen.append((env.shown_now() / 1000, env.is_paused))

    clock.plan = [
        (10, lambda: env.pause(on=True)),
        (500, look),
        (500, lambda: env.pause(on=False)),
        (520, look),
    ]
    env.step()
    assert seen[0] == (pytest.approx(10, abs=0.1), True)
    assert seen[1] == (pytest.approx(30, abs=0.2), False)
    assert clock.now == pytest.approx(550, abs=0.2)


def test_another_pace_holds_from_now_on():
    clock = Clock()
    env = paced(clock, 1)
    env.timeout(60_000)
    clock.plan = [(30, lambda: env.set_speed(30))]
    env.step()
    assert clock.now == pytest.approx(31, abs=0.1)


def test_a_stopped_clock_ends_the_run():
    clock = Clock()
    env = paced(clock, 1)
    env.timeout(60_000)
    clock.plan = [(5, env.stop)]
    with pytest.raises(StoppedError):
        env.step()
    assert clock.now == pytest.approx(5, abs=0.1)


def test_a_run_says_how_it_stands(live):
    clock, seen = Clock(), []
    env = paced(clock, 60)
    live.is_alive = True
    live.begin(env)
    live._thread = type("Playing", (), {"is_alive": lambda _: live.is_alive})()

    def look():
        seen.append(live.state)

    clock.plan = [
        (0.2, look),
        (0.2, lambda: live.pause(on=True)),
        (0.3, look),
        (0.3, lambda: live.pause(on=False)),
        (0.4, look),
        (0.5, env.stop),
    ]
    live.play()
    live.is_alive = False
    seen.append(live.state)
    assert [state.value for state in seen] == ["running", "paused", "running", "stopped"]
    live.pause(on=True)
    assert live.state is PlayState.STOPPED


def test_a_run_can_be_stopped_before_it_is_over(live):
    live.start(HARDLY)
    assert live.is_running
    live.stop()
    assert not live.is_running
    assert live.state is PlayState.STOPPED
    assert successful(live) == 0


def test_play_after_the_end_plays_again(live):
    assert live.state is PlayState.NOT_STARTED
    for _ in range(2):
        live.start(AT_ONCE)
        live.wait(30)
        assert live.state is PlayState.OVER
        assert successful(live) == 3
    live.stop()
    assert live.state is PlayState.OVER


def test_play_lets_a_paused_run_go_on(live):
    live.start(HARDLY)
    first = live.env
    live.pause(on=True)
    live.set_speed(AT_ONCE)
    assert live.state is PlayState.PAUSED
    live.start(1)
    live.wait(PATIENCE)
    assert live.env is first
    assert successful(live) == 3


@pytest.mark.slow
def test_the_widget_shows_the_run(live):
    widget = LiveWidget(lambda: live)
    assert "not started" in widget.clock.value
    assert widget.pause.disabled
    widget.speed.value = 14_400
    widget.play.click()
    live.set_speed(AT_ONCE)
    live.wait(PATIENCE)
    widget.refresh()
    assert "over" in widget.clock.value
    assert not widget.play.disabled
    shown = widget.picture.shown
    assert (shown["rows"][0]["name"], shown["rows"][0]["counts"][-1]) == ("successful", 3)
    stacked = zip(*(row["counts"] for row in shown["rows"]), strict=True)
    assert {sum(counts) for counts in stacked} <= {0, 3}
    assert widget.sites.sites["devices"] == [3]
    assert widget.sites.shown["states"][0].startswith("finished Mon 11:0")
    assert "Successful" in widget.lines.value


@pytest.mark.slow
def test_the_widget_plays_again_and_tells_paused_from_stopped(live):
    widget = LiveWidget(lambda: live)
    widget.run = live
    live.start(AT_ONCE)
    live.wait(30)
    widget.run.start(HARDLY)
    widget.pause.value = True
    assert "paused" in widget.clock.value
    assert widget.play.description == "Go on"
    widget.stop.click()
    assert "stopped" in widget.clock.value
    assert (widget.pause.value, widget.play.description) == (False, "Play")
    widget.speed.value = 1
    widget.play.click()
    assert "running" in widget.clock.value
    assert widget.play.disabled
    widget.stop.click()


@pytest.mark.slow
def test_what_goes_wrong_is_told(live, monkeypatch):
    def fail(*_, **__):
        raise ValueError("<no room>")

    monkeypatch.setattr("fwsim.notebook.live.run.play_once", fail)
    widget = LiveWidget(lambda: live)
    widget.play.click()
    live.wait(30)
    widget.refresh()
    assert "failed: &lt;no room&gt;" in widget.clock.value
