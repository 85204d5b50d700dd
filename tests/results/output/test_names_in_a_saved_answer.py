"""Names of groups come out of a folder as they went in."""

from __future__ import annotations

import json

import pytest

import fwsim
from fwsim.results.output.answer_files import save_answer

SITES = (
    "Branch  17",
    "Branch 17",
    "Br {0} {time}",
    "[A]",
    "A for site B by 2018-08-21 06:00",
    "Hall mon-fri 08:00-18:00",
    "x" * 400,
)


@pytest.fixture(scope="module")
def answer():
    units = {
        f"DE/{number}": {"devices": 1 + number, "installed": "a.idf", "site": site}
        for number, site in enumerate(SITES)
    }
    scenario = fwsim.Scenario(
        zone="Europe/Berlin",
        start="2018-08-20 11:00",
        image={"name": "b.idf", "packages": [{"name": "base", "size": "1 MB"}]},
        fleet={"units": units},
        network={"sites": {site: {"link": "4 Mbit/s"} for site in (*SITES, "default")}},
        commands=({"update": "DE", "subordinate_units": True},),
        expect=(
            {'successful for site "Branch  17"': ">= 50 %"},
            {"prompts mon 11:00-12:00": ">= 0"},
        ),
    )
    return fwsim.Experiment(scenario, by="site").run(2, workers=1)


def test_each_site_of_a_saved_answer_keeps_its_name_and_its_numbers(answer, tmp_path):
    save_answer(answer, tmp_path / "out")
    read = fwsim.load_answer(tmp_path / "out")
    assert read.by("site").equals(answer.by("site"))
    assert set(read.by("site")["site"]) == set(SITES)
    assert [str(one) for one in read.setting.expectations] == [
        "successful for site Branch  17: >= 50 %",
        "prompts mon 11:00-12:00: >= 0",
    ]
    assert read.measures == answer.measures


def test_of_a_name_that_ends_like_times_an_earlier_fwsim_wrote_no_quotes(answer, tmp_path):
    """What people bear took no times of the week then."""
    save_answer(answer, tmp_path)
    place = tmp_path / "setting.json"
    setting = json.loads(place.read_text("utf-8"))
    quoted = 'prompts for site "Hall mon-fri 08:00-18:00"'
    assert quoted in setting["measures"]
    setting["measures"] = [
        name.replace('"', "") if '"Hall' in name else name for name in setting["measures"]
    ]
    place.write_text(json.dumps(setting), "utf-8")
    (tmp_path / "fwsim-manifest.json").unlink()
    read = fwsim.load_answer(tmp_path)
    assert read.measures == answer.measures
    assert read.by("site").equals(answer.by("site"))
    assert read.values(quoted) == answer.values(quoted)
