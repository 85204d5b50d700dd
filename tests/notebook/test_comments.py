"""A scenario that is saved over a file keeps what did not change as it was written."""

from __future__ import annotations

import fwsim
from fwsim.notebook.comments import text_over
from fwsim.notebook.plan import Plan


def test_comments_stay_beside_what_did_not_change(scenarios, tmp_path):
    for name in ("branch-offices.yaml", "branch-offices.csv"):
        (tmp_path / name).write_bytes((scenarios / name).read_bytes())
    file = tmp_path / "branch-offices.yaml"
    before = file.read_text(encoding="utf-8")
    plan = Plan(file)
    plan.replace(0, plan.commands[0].__class__(target=plan.commands[0].target))
    plan.save_scenario(file, overwrite=True)
    after = file.read_text(encoding="utf-8")
    assert fwsim.load(file).as_data() == plan.scenario().as_data()
    assert "# A flash of 2 GB holds a smaller system partition." in after
    assert "default: {link: 20 Mbit/s, busy: {mon-fri 08:00-18:00: 40 %}}" in after
    assert "-inform 300" not in after
    unchanged = [line for line in before.splitlines() if "scmd:" not in line]
    assert [line for line in unchanged if line not in after.splitlines()] == []


def test_a_file_that_is_no_scenario_is_written_anew(scenario, tmp_path):
    made = scenario({"once": "2018-08-20 12:00"})
    for text in ("# mine\n", "name: [\n", "\x00", "name: x\nnmae: y\n"):
        file = tmp_path / "x.yaml"
        file.write_text(text, encoding="utf-8")
        assert fwsim.loads(text_over(file, made)).as_data() == made.as_data()


def test_what_cannot_be_kept_apart_is_written_anew(scenario, tmp_path):
    made = scenario({"once": "2018-08-20 12:00"})
    file = tmp_path / "x.yaml"
    file.write_text(fwsim.dumps(made).replace("name:", '"name":'), encoding="utf-8")
    assert fwsim.loads(text_over(file, made)).as_data() == made.as_data()
