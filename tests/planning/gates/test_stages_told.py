"""What is told of stages: on the command line, and of what they never come to."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

import fwsim
from fwsim.cli import main
from fwsim.planning.gates.policy_runs import PolicyRuns
from fwsim.problems import InputError, Severity


@pytest.mark.slow  # tests/test_docs.py plays this very command
def test_stages_are_tried_on_the_command_line(scenarios, tmp_path):
    path = str(scenarios / "waves-with-a-gate.yaml")
    out = str(tmp_path / "out")
    result = CliRunner().invoke(main, ["stages", path, "--replications", "2", "--out", out])
    assert result.exit_code == 0, result.output
    assert "HP, 40 every 10 min" in result.output
    assert (tmp_path / "out" / "stages.csv").is_file()


DATA = Path(__file__).parent / "data"


def told_of(case, *options):
    path = str(DATA / case / "s.yaml")
    result = CliRunner().invoke(main, ["stages", path, "--replications", "4", "--quiet", *options])
    assert result.exit_code == 0, result.output
    return {line[:19].strip(): line for line in result.output.splitlines()}


def test_a_group_that_is_over_is_no_silent_one():
    lines = told_of("hawkbit-group-complete")
    assert "not reached" not in lines["hawkBit 100 % / 50"]
    assert lines["hawkBit 100 % / 50"].split()[-3:] == ["never"] * 3
    assert "only the first reaches it" in lines["gate 100 %"]
    assert lines["gate 100 %"].rstrip().endswith("4 of 4 failed")


def test_never_less_never_is_told_in_words(tmp_path):
    lines = told_of("stages-never-minus-never", "--out", str(tmp_path / "out"))
    policies = [line for name, line in lines.items() if "not reached in any of 4 runs" in line]
    assert len(policies) == 8
    assert all("neither reaches it" in line and "±0" not in line for line in policies[1:])
    assert lines["hawkBit 90"].rstrip().endswith("4 of 4 silent")
    table = (tmp_path / "out" / "stages.csv").read_text(encoding="utf-8").splitlines()
    later = table[0].split(",").index("later than the first (ms)")
    assert [row.split(",")[later] for row in table[1:]] == [""] * 8


def test_devices_of_later_updates_that_no_policy_sends_to_are_told(scenario):
    units = {"DE/A": {"devices": 40}, "DE/B": {"devices": 60}}
    first, second = (
        {"update": unit, "once": f"2018-08-{day} 12:00"}
        for unit, day in zip(units, (20, 21), strict=True)
    )
    changes = {"fleet": {"units": units}, "stages": {"policies": [{"hawkbit": {}}]}}
    horizon = {"horizon": "3 d"}
    (warning,) = PolicyRuns(scenario(commands=[first, second], **horizon, **changes)).warnings
    assert str(warning) == (
        "warning: commands: only the first update is staged, the one at 2018-08-20 12:00; "
        "in no policy: 60 devices of other updates"
    )
    assert not PolicyRuns(scenario(commands=[first], **horizon, **changes)).warnings


def test_devices_with_which_a_policy_would_begin_after_the_horizon_are_told(scenario):
    """Phases and batches that come too late were only told as *not reached*."""
    phases = [{"share": "10 %"}, {"after": "2 d"}]  # the last one takes what is left
    policies = [{"mender": phases}, {"hp": {"amount": 20, "interval": "8 h"}}, {"hawkbit": {}}]
    model = scenario(
        update={"update": "DE/A", "once": "2018-08-20 12:00"},
        horizon="1 d",
        fleet={"units": {"DE/A": {"devices": 80}}},
        stages={"policies": policies},
    )
    mender, hp = map(str, PolicyRuns(model).warnings)
    assert mender.endswith(
        "stages.policies.0: Mender would begin with 72 of 80 devices only after the horizon of "
        "1 d: they are sent nothing"
    )
    assert "HP Device Manager would begin with 20 of 80 devices only after" in hp


def test_a_warning_with_its_place_in_the_file_is_still_a_warning(tmp_path):
    text = dedent("""\
        zone: UTC
        start: 2018-08-20 12:00
        horizon: 2 d
        image: {name: new.idf, packages: [{name: all, size: 1 MB}]}
        fleet: {units: {DE/A: {devices: 4}, DE/B: {devices: 6}}}
        network: {sites: {default: {link: 1 Mbit/s}}}
        commands:
          - {update: DE/A, once: 2018-08-20 12:00}
          - {update: DE/B, once: 2018-08-21 12:00}
        stages: {policies: [{hawkbit: {}}]}
        """)
    (tmp_path / "two.yaml").write_text(text, encoding="utf-8")
    (warning,) = PolicyRuns(tmp_path / "two.yaml").warnings
    assert (warning.line, warning.severity) == (8, Severity.WARNING)


def test_an_update_without_a_target_is_told(scenario):
    model = scenario(
        update={"update": {"group": "Device type = Futro"}}, stages={"policies": [{"hawkbit": {}}]}
    )
    with pytest.raises(InputError, match="has no target; there is nothing to stage"):
        PolicyRuns(model)


def test_a_scenario_without_stages_is_told(scenarios):
    with pytest.raises(InputError, match="no stages: block"):
        PolicyRuns(scenarios / "manual-example.yaml")


@pytest.mark.parametrize(
    ("policy", "part"),
    [
        ({"hawkbit": {}, "hp": {"amount": 5, "interval": "1 min"}}, "of one kind"),
        ({"aws": {"increment_factor": 6}}, "expected at most 5"),
        ({"aws": {"timeout": "8 d"}}, "expected at most"),
        ({"hp": {"amount": 0, "interval": "1 min"}}, "expected at least 1"),
    ],
)
def test_a_policy_out_of_its_products_limits_is_refused(scenario, policy, part):
    with pytest.raises(ValueError, match=part):
        fwsim.Scenario.model_validate(scenario(stages={"policies": [policy]}).as_data())
