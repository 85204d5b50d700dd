"""Where devices stand after each line of a log ends where their outcome says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.experiments.experiment import Experiment
from fwsim.model.first_due import what_is_due
from fwsim.notebook.devices.story import story_of
from fwsim.notebook.live import run as live_run
from fwsim.notebook.live.run import LiveRun
from fwsim.notebook.live.sites import concerned, standing
from fwsim.results import figures
from fwsim.results.output.report_figures import further
from fwsim.results.run.jobs import RANK_OF_STATE
from fwsim.results.run.stages import STAGE_OF_STATE, STAGES, Stage
from fwsim.results.run.standing import stages_after, telling_lines
from tests.results.devices_drawn import drawn, shown_on

WOKEN = """\
name: Woken at night, and switched off again
zone: Europe/Berlin
start: 2026-11-23 20:00
horizon: 6 h
image: {name: A.idf, packages: [{name: baseos, size: 350 MB}]}
fleet:
  units:
    DE/A: {devices: 10}
    DE/B: {devices: 2, installed: A.idf}
network: {sites: {default: {link: 1 Gbit/s, wake_up: 100 %}}}
power: {default: {on: mon-fri 07:30-18:00}}
faults: {installation: 50 %}
commands:
  - {update: DE, subordinate_units: true, once: 2026-11-23 22:00}
"""
SKIPPED = """\
name: Successful, and skipped by the next command
zone: UTC
start: 2026-11-23 08:00
horizon: 2 d
image: {name: A.idf, packages: [{name: baseos, size: 50 MB}]}
fleet: {units: {DE: {devices: 3}}}
power: {default: {on: mon 08:00-18:00}}
network: {sites: {default: {link: 1 Gbit/s, wake_up: 0 %}}}
commands:
  - {update: DE, once: 2026-11-23 09:00}
  - {update: DE, only_switched_on: true, once: 2026-11-23 22:00}
"""
DELIVERED = SKIPPED.replace("{update: DE, once", "{delivery: DE, once")


@pytest.fixture(scope="module", params=[WOKEN, SKIPPED, DELIVERED])
def run(request):
    return fwsim.simulate(fwsim.loads(request.param))


def ends_of(run):
    """Return in which stage each device ended, by its outcome."""
    judged = run.record.judged
    return {
        device: STAGES[STAGE_OF_STATE[state]]
        for device, state in zip(
            judged.targeted.tolist(), judged.outcome_state.tolist(), strict=True
        )
    }


def test_a_story_ends_with_the_outcome(run):
    for device, stage in ends_of(run).items():
        assert story_of(run, device)[-1][1] == stage.value


def test_a_bar_ends_in_the_colour_of_the_outcome(run):
    bars = drawn(run.log)
    names = run.devices["device"].tolist()
    assert {names.index(name): bar[-1] for name, bar in bars.items()} == ends_of(run)


LINES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from(State)), max_size=30
)


def told_by(lines, device):
    """Return which line tells of a device, run by run as the rule is written."""
    latest = {
        run: number
        for number, (owner, run, state) in enumerate(lines)
        if owner == device and state not in {State.HALTING, State.HALTED}
    }
    best = max(latest.values(), key=lambda at: (RANK_OF_STATE[lines[at][2]], at), default=-1)
    done = [at for at in latest.values() if lines[at][2] is State.SUCCESS]
    return max(done) if done and lines[best][2] is State.NOT_NEEDED else best


@given(LINES)
def test_after_each_line_its_device_stands_where_the_lines_so_far_say(lines):
    device, run, state = np.array(lines, np.int64).reshape(-1, 3).T
    wanted = [told_by(lines[: at + 1], owner) for at, owner in enumerate(device)]
    assert telling_lines(device, run, state).tolist() == wanted


def test_the_live_view_looks_up_once_where_devices_stand(monkeypatch):
    looked_up = []

    def counted(log, field):
        looked_up.append(len(log))
        return stages_after(log, field)

    monkeypatch.setattr(live_run, "stages_after", counted)
    live = LiveRun(fwsim.loads(SKIPPED))
    for _ in range(2):  # the second begins anew
        live.start(1e9)
        live.wait(300)
        assert live.standing(live.columns().time[-1:]).sum() == 3
    assert len(looked_up) == 2


def test_a_log_that_ends_before_the_update_shows_no_delivery_as_its_success():
    scenario = fwsim.loads(DELIVERED)
    run = fwsim.simulate(scenario)
    so_far = run.log[run.log["command"] == "1"]
    assert {bar[-1] for bar in drawn(so_far).values()} == {Stage.SUCCESSFUL}
    for judged, end in (("update", Stage.DISPATCH), ("delivery", Stage.SUCCESSFUL)):
        assert {bar[-1] for bar in drawn(so_far, judged=judged).values()} == {end}
    answer = Experiment(scenario).run(2, workers=1)
    in_report = further(answer, so_far)[-1].draw()
    assert {bar[-1] for bar in shown_on(in_report).values()} == {Stage.DISPATCH}


BOTH = f"""{SKIPPED.replace("{update: DE, once", "{uefi_update: DE, once")}
uefi: {{Box: {{version: "1", size: 16 MB}}}}
""".replace("devices: 3", "devices: 3, attributes: {Device type: Box}")


def test_a_uefi_update_is_told_from_the_update_and_no_success_of_it():
    log = fwsim.simulate(fwsim.loads(BOTH)).log
    so_far = log[log["command"] == "1"]
    assert (so_far["state"] == "SUCCESS").sum() == 3
    ax = figures.gantt(log)
    assert "narrow: of a UEFI update" in [text.get_text() for text in ax.get_legend().texts]
    assert {0.36, 0.8} <= {round(bar.get_height(), 9) for bar in ax.patches}
    assert {bar[-1] for bar in shown_on(ax).values()} == {Stage.NOT_REACHED}
    for judged, end in ((None, Stage.SUCCESSFUL), ("update", Stage.DISPATCH)):
        assert {bar[-1] for bar in drawn(so_far, judged=judged).values()} == {end}


def test_the_live_view_counts_what_the_outcomes_say(run):
    live = LiveRun(run.rollout.scenario)
    live.start(1e9)
    live.wait(300)
    ends = list(ends_of(run).values())
    at = live.columns().time[-1:]
    assert live.standing(at)[:, 0].tolist() == [ends.count(stage) for stage in STAGES]
    sites = concerned(live.rollout)
    with_it = standing(live.columns(), sites, what_is_due(live.rollout).judged).with_it.sum()
    assert with_it == sum(s in {Stage.SUCCESSFUL, Stage.NOT_NECESSARY} for s in ends)


@pytest.mark.parametrize(
    "name",
    [
        "branch-offices",
        "busy-and-superseded",
        "every-friday",
        "notification",
        "ways-proxy",
        "power-loss",
    ],
)
def test_the_last_line_of_every_device_leaves_it_where_its_outcome_says(scenarios, name):
    run = fwsim.simulate(scenarios / f"{name}.yaml")
    log = run.record.log
    stages = stages_after(log, what_is_due(run.rollout).judged)
    last = np.full(len(run.rollout.fleet), -1, np.int64)
    last[log.device] = np.arange(len(log))
    for device, stage in ends_of(run).items():
        assert STAGES[stages[last[device]]] is stage


def test_a_command_that_gives_way_to_one_under_way_tells_nothing(scenarios):
    run = fwsim.simulate(scenarios / "busy-and-superseded.yaml")
    log = run.record.log
    stages = stages_after(log, what_is_due(run.rollout).judged)
    rejected = np.flatnonzero(log.state == State.REJECTED)
    assert len(rejected)
    assert STAGES.index(Stage.NOT_REACHED) not in stages[rejected]
