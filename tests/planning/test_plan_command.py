"""``fwsim plan``: what is said, handed over and fixed, whether or not a plan keeps the limits."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from fwsim.cli import main
from fwsim.scenario.load import dumps
from tests.planning import small_fleets

pytestmark = pytest.mark.usefixtures("undrawn")

IMPOSSIBLE = "successful by 2018-08-20 08:02: >= 95 %"
NOBODY = "user time lost: <= 0 s"


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Return a way to search, with little to turn; it gives exit code, words and files."""
    monkeypatch.chdir(tmp_path)
    data = small_fleets.people(50).as_data()
    data["search"] |= {
        "goals": ["time to 95 %"],
        "screening": 2,
        "finalists": 2,
        "limits": [{"most prompts on one device": "<= 9"}],
        "turn": {"inform_user": ["5 min", "1 h"]},
    }
    data["search"].pop("indifference")
    path = tmp_path / "people.yaml"
    path.write_text(dumps(type(small_fleets.people(50)).model_validate(data)), encoding="utf-8")

    def run(*options, limits=()):
        words = [word for limit in limits for word in ("--limit", limit)]
        done = CliRunner().invoke(
            main, ["plan", str(path), "--quiet", "--workers", "1", *words, *options]
        )
        files = {file.name for file in (tmp_path / "out").glob("*")}
        return done.exit_code, done.output, files

    return run


SEARCHED = {"fwsim-manifest.json", "search.json", "plans.csv", "plans.png"}


@pytest.mark.slow
def test_a_plan_that_keeps_the_limits_is_selected_and_handed_over(plan):
    code, said, files = plan("--out", "out", "--anyway")
    assert code == 0, said
    assert "\nSelected: " in said
    assert "None was found" not in said
    assert {"plan.md", "plan.ics", "scenario.yaml"} | SEARCHED <= files


@pytest.mark.slow
def test_none_that_keeps_the_limits_is_none_handed_over(plan):
    code, said, files = plan("--out", "out", "--fix", limits=[NOBODY])
    assert code == 1
    assert "Selected" not in said
    assert "None was found that keeps the limits; the nearest is: notice" in said
    assert "kept in 0 of 6 runs (0.0 % to 45.9 % at 95 %)" in said
    assert "It does not keep user time lost: <= 0 s (in 95 % of the runs)." in said
    assert "no plan was handed over, as none was found that keeps the limits (exit code 1)." in said
    assert files == SEARCHED
    assert "What to fix first to keep the limits" in said
    assert "in 0 of 12 runs" in said
    assert "None of them alone makes it keep the limits." in said


@pytest.mark.slow
def test_a_limit_of_some_of_the_people_is_kept_by_the_plan_that_spares_them(plan):
    code, said, _ = plan(limits=["deferments for people default: <= 10000", "cancels in DE: <= 0"])
    assert code == 0, said
    assert "deferments for people default: <= 10000: " in said
    code, said, _ = plan(limits=["user time lost for people default: <= 0 s"])
    assert code == 1
    assert (
        "It does not keep user time lost for people default: <= 0 s (in 95 % of the runs)" in said
    )


@pytest.mark.slow
def test_the_nearest_is_handed_over_anyway_and_its_files_say_so(plan, tmp_path):
    code, said, files = plan("--out", "out", "--anyway", limits=[NOBODY])
    assert code == 1
    assert "None was found that keeps the limits" in said
    assert {"plan.md", "plan.ics", "report.html", "scenario.yaml"} | SEARCHED <= files
    assert "None was found that keeps the limits; this plan is the nearest." in (
        (tmp_path / "out" / "plan.md").read_text(encoding="utf-8")
    )


def test_what_bounds_rule_out_is_told_and_fixed_too(plan):
    code, said, files = plan("--out", "out", "--fix", limits=[IMPOSSIBLE])
    assert code == 1
    assert "No plan that the search parameters allow can keep the limits in any run" in said
    assert "What to fix first to keep the limits" in said
    assert files == SEARCHED - {"plans.png"}


def test_anyway_needs_a_folder(plan):
    code, said, _ = plan("--anyway")
    assert code == 2
    assert "--anyway: error: needs a folder to hand over to" in said


def test_what_is_wrong_with_an_option_is_told_by_the_options_name(plan):
    code, said, _ = plan("--runs", "10", "--goal", "no goal", limits=["no limit"])
    assert code == 2
    assert all(f"{option}: error: " in said for option in ("--runs", "--goal", "--limit"))


@pytest.mark.parametrize("command", ["plan", "bounds"])
def test_a_time_that_no_run_reaches_is_told_by_the_options_name(command, tmp_path, plan):
    # bounds rule out every plan, so that none is run
    late = ["--limit", "successful by 2031-01-01 06:00: >= 95 %", "--limit", IMPOSSIBLE]
    goal = ["--goal", "successful by 2032-01-01 06:00"] if command == "plan" else []
    said = CliRunner().invoke(main, [command, str(tmp_path / "people.yaml"), *late, *goal]).output
    odd = [line for line in said.splitlines() if "after the horizon" in line]
    assert [line.partition(" is ")[0] for line in odd] == [
        *(["--goal: warning: 2032-01-01 06:00"] if goal else []),
        "--limit: warning: 2031-01-01 06:00",
    ]
