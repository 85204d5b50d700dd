"""Results as frames, Parquet files and a workbook; part by part of the fleet."""

from __future__ import annotations

import gc
import os
import re
import sys
import tempfile

import pandas as pd
import pytest
from openpyxl import load_workbook

import fwsim
from fwsim.experiments.comparison import Comparison
from fwsim.experiments.experiment import Experiment
from fwsim.measures.measure import read_measure
from fwsim.messages import GERMAN, speaking
from fwsim.problems import InputError, NotWrittenError
from fwsim.results.export.page import page
from fwsim.results.export.tables import _file_names
from fwsim.results.export.workbook import workbook
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.statistics.judgement import judge
from tests.cli.command_line import fwsim as command
from tests.results.small_rollout import SMALL, small_answer, small_result
from tests.test_surroundings import ROOT

MANUAL = ROOT / "scenarios" / "manual-example.yaml"
ODD = pd.DataFrame(
    {
        "device": ["=1+1", "+cmd|' /C calc'!A0", "00012", "a\x07b", "_x0041_", "<b>", "x" * 40_000],
        "bytes": [1, 2, 3, 4, 5, 6, 7],
        "share": [0.5, float("inf"), float("nan"), 0.0, 1.0, 1.0, 1.0],
    }
)


@pytest.fixture(scope="module")
def grouped():
    return Experiment(fwsim.loads(SMALL), by=["site", "unit", "people"]).run(4, workers=1)


def test_the_sites_of_a_run_add_up_to_the_whole():
    result = small_result()
    sites, devices = result.by("site"), result.devices
    assert sites["site"].tolist() == ["North", "South", "West"]
    assert sites["devices"].tolist() == [20, 15, 5]
    done = devices[devices["state"] == "SUCCESS"].groupby("site").size()
    assert sites["successful"].tolist() == done.tolist()
    for column in ("bytes", "prompts", "times_deferred"):
        assert sites[column].tolist() == devices.groupby("site")[column].sum().tolist()
    summary = result.measures
    assert sites["forced_starts"].sum() == summary.forced_starts
    assert sites["user_time_lost"].sum() == pytest.approx(summary.user_time_lost)
    assert summary.user_time_lost > 0


def test_a_group_has_the_measures_of_its_devices(grouped):
    for number, run in enumerate(grouped.replications):
        story = fwsim.simulate(fwsim.loads(SMALL), replication=run.number)
        sites = story.by("site").set_index("site")
        share = sites["successful"] / sites["targeted"]
        for name in ("North", "South", "West"):
            assert grouped.values(f"successful for site {name}")[number] == share[name]
            unit = grouped.values(f"time to 95 % in DE/{name}")[number]
            assert grouped.values(f"time to 95 % for site {name}")[number] == unit
        assert (
            grouped.values("time to 95 % for people default")[number]
            == grouped.values("t95")[number]
        )


def test_groups_are_told_as_a_frame_and_read_back(grouped, tmp_path):
    frame = grouped.by("site")
    north = frame[(frame["site"] == "North") & (frame["measure"] == "successful")]
    expected = grouped.forecast("successful for site North")
    assert north["median"].tolist() == [expected.middle.value]
    assert {"WAN bytes", "time to 95 %"} <= set(frame["measure"])
    save_answer(grouped, tmp_path)
    assert (tmp_path / "by-site.csv").is_file()
    pd.testing.assert_frame_equal(load_answer(tmp_path).by("site"), frame)


def test_units_keep_their_names_beside_the_unit_of_a_measure(grouped, tmp_path):
    frame = grouped.by("unit")
    assert frame.columns[0] == "ou"
    assert set(frame["ou"]) == {"DE", "DE/North", "DE/South", "DE/West"}
    assert set(frame["unit"]) == {"share", "ms", "devices", "notices", "starts"}
    save_answer(grouped, tmp_path)
    assert pd.read_csv(tmp_path / "by-unit.csv")["ou"].tolist() == frame["ou"].tolist()


SOME_TARGETED = """\
zone: Europe/Berlin
start: 2018-08-20 10:00
horizon: 6 h
image: {name: new.idf, packages: [{name: baseos, size: 200 MB}]}
fleet:
  units:
    DE/B/*: {sites: 12, devices: 2, installed: old.idf}
    DE/Pilot: {devices: 10, site: Pilot, installed: old.idf}
    DE/Done: {devices: 10, site: Done, installed: new.idf}
network: {sites: {default: {link: 20 Mbit/s}, Pilot: {link: 20 Mbit/s}, Done: {link: 20 Mbit/s}}}
people: {default: {present: never}}
faults: {installation: 60 %}
commands: [{update: DE/Pilot, once: 2018-08-20 11:00}, {update: DE/Done, once: 2018-08-20 11:00}]
expect: [{"time to 95 % for site Done": "<= 2 h"}]
"""


SELDOM = """\
name: One line of twelve that stalls in a few runs
zone: UTC
start: 2026-11-23 20:00
horizon: 4 h
image: {name: A.idf, packages: [{name: baseos, size: 350 MB}]}
fleet: {units: {DE/A/*: {devices: 2, sites: 11}, DE/Z: {devices: 5, site: Zwickau}}}
network:
  sites:
    default: {link: 50 Mbit/s, line_factor: 1}
    "02": {link: 5 Mbit/s}
    Zwickau: {link: {between: [0.6 Mbit/s, 3 Mbit/s]}}
commands: [{update: DE, subordinate_units: true, once: 2026-11-23 20:00}]
"""


def test_a_site_that_fails_in_a_few_runs_is_the_worst_and_then_come_the_slowest(tmp_path):
    path = tmp_path / "seldom.yaml"
    path.write_text(SELDOM.replace('"02"', "DE/A/02"), encoding="utf-8")
    told = command("run", path, "--replications", 40, "--by", "site").text
    heading, heads, *rows = told[told.index("By site") :].splitlines()[:12]
    assert "the 10 where the smallest share" in heading
    assert heading.endswith(", worst first by its mean over the runs; the numbers are medians")
    assert heads.split("  ")[0] == "Site"
    assert "successful  9 rollouts in 10" in heads
    assert "not successful  cancelled  not reached" in heads
    _, *people = told[told.index("By site") :].split("\n\n")
    assert re.split(r"\s{2,}", people[0].splitlines()[0].strip()) == [
        "Site",
        "prompts",
        "forced starts",
        "user time lost",
    ]
    worst, slow, *_ = rows
    assert worst.split()[0] == "Zwickau"
    assert "100.0 %" in worst
    assert " to 100.0 %" in worst
    assert slow.split()[0] == "DE/A/02"


def test_groups_of_nobody_and_of_those_that_need_nothing_are_not_the_worst(tmp_path):
    path = tmp_path / "some.yaml"
    path.write_text(SOME_TARGETED, encoding="utf-8")
    out = tmp_path / "out"
    told = command("run", path, "--replications", 4, "--by", "site", "--out", out).text
    heading, _, pilot, _, _, of_people, *left_out = told[told.index("By site") :].splitlines()[:8]
    assert "the only one where a targeted device needs the update" in heading
    assert pilot.startswith("Pilot ")
    assert of_people.startswith("Pilot ")
    assert left_out[0] == "12 without a targeted device are left out."
    assert left_out[1] == "1 is left out: no targeted device there needs the update."
    frame = pd.read_csv(out / "by-site.csv")
    assert set(frame[frame["measure"] == "successful"]["site"]) == {"Pilot", "Done"}
    (verdict,) = judge(answer := load_answer(out), answer.setting.expectations)
    assert (verdict.held, verdict.got) == (True, "none needs it")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_one_run_writes_what_its_groups_came_to(form, tmp_path):
    given = ("--by", "site", "--by", "unit", "--out", tmp_path, "--format", form)
    assert command("run", MANUAL, "--replications", 1, *given).code == 0
    assert (tmp_path / f"by-unit.{form}").is_file()
    path = tmp_path / f"by-site.{form}"
    written = pd.read_csv(path) if form == "csv" else pd.read_json(path, lines=True)
    pd.testing.assert_frame_equal(
        written, fwsim.simulate(fwsim.load(MANUAL)).by("site"), check_dtype=False
    )


def test_what_the_lines_of_sites_carried_is_told_without_asking():
    sizes = small_answer().by("site").query("measure == 'WAN bytes'")
    total = small_answer().values("WAN bytes")
    assert sizes["mean"].sum() == pytest.approx(sum(total) / len(total))


@pytest.mark.parametrize(
    ("by", "said"), [("sites", "did you mean 'site'?"), ("people", "before they run")]
)
def test_what_the_runs_did_not_look_at_is_told(by, said):
    with pytest.raises(InputError, match=re.escape(said)):
        small_answer().by(by)


def test_nothing_can_be_told_by_a_model_that_no_device_says():
    told = r"no device says its model.*headers: \{Modell: Device type\}"
    with pytest.raises(InputError, match=told):
        Experiment(fwsim.loads(SMALL), by="model")


def test_devices_in_no_ou_are_not_told_to_name_their_model(tmp_path):
    (tmp_path / "devices.csv").write_text("Name\nA1\n")
    listed = """
zone: Europe/Berlin
start: 2026-03-02 18:00
image: {name: a.idf, packages: [{name: base, size: 100 MB}]}
fleet: {inventory: devices.csv}
network: {sites: {default: {link: 10 Mbit/s}}}
commands: [{update: {group: Host name = A*}, once: 2026-03-02 19:00}]
"""
    with pytest.raises(InputError, match=r"^by='unit': .*no device says its organisational unit$"):
        Experiment(fwsim.loads(listed, folder=tmp_path), by="unit")


@pytest.mark.parametrize(
    "words",
    [
        "successful for site Branch 17 by 2018-08-21 06:00",
        "successful in DE/North for model Futro S740",
        "outcome not successful because installation failed for people office",
        "time to 95 % of targeted in DE for site a by b",
    ],
)
def test_words_of_a_group_are_read_back(words):
    measure = read_measure(words)
    assert measure.group is not None
    assert read_measure(measure.name) == measure


def test_a_group_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"unknown site 'Nort'.*did you mean 'North'"):
        Experiment(fwsim.loads(SMALL), measures=["successful for site Nort"])


def test_texts_in_a_workbook_are_texts(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook({"odd/name": ODD}))
    sheet = load_workbook(path)["odd-name"]
    first = [sheet.cell(row, 1) for row in range(2, 9)]
    assert {cell.data_type for cell in first} == {"s"}
    assert [cell.value for cell in first[:3]] == ["=1+1", "+cmd|' /C calc'!A0", "00012"]
    assert first[3].value == "a\ufffdb"
    assert len(first[6].value) == 32_767
    assert [sheet.cell(row, 3).value for row in (2, 3, 4)] == [0.5, None, None]


def test_the_same_tables_give_the_same_bytes(monkeypatch):
    before = workbook({"odd": ODD})
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert workbook({"odd": ODD}) == before


def test_a_table_that_no_sheet_holds_is_refused(monkeypatch):
    monkeypatch.setattr("fwsim.results.export.workbook.MOST_ROWS", 3)
    with pytest.raises(InputError, match="7 rows are more than a sheet holds"):
        workbook({"odd": ODD})


@pytest.mark.skipif(os.name != "posix", reason="how large a file may be")
def test_a_workbook_without_room_leaves_no_file_and_no_complaint_of_openpyxls(
    tmp_path, monkeypatch
):
    import resource

    complained = []
    monkeypatch.setattr(sys, "unraisablehook", complained.append)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    result = small_result()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(NotWrittenError, match="cannot write there"):
            result.to_excel(tmp_path / "a.xlsx")
        gc.collect()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not complained
    assert not list(tmp_path.iterdir())


def test_without_openpyxl_it_is_said_what_to_install(monkeypatch, tmp_path):
    for name in [n for n in sys.modules if n.startswith("openpyxl")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InputError, match=r'pip install "fwsim\[excel\]"'):
        small_result().to_excel(tmp_path / "a.xlsx")
    ended = command("run", MANUAL, "--excel", tmp_path / "a.xlsx")
    assert ended.code == 2
    assert "fwsim[excel]" in ended.text


@pytest.mark.parametrize("result", [small_answer, small_result])
def test_every_table_is_written_whole(result, tmp_path):
    tables = result().to_pandas()
    paths = result().to_parquet(tmp_path / "p")
    assert [path.stem for path in paths] == list(tables)
    for path in paths:
        assert len(pd.read_parquet(path)) == len(tables[path.stem])
    book = load_workbook(result().to_excel(tmp_path / "a.xlsx"))
    assert book.sheetnames == list(tables)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "p"]


def test_a_comparison_is_shown_in_a_notebook():
    answer = small_answer()
    shown = Comparison(("<b>a</b>", "b"), (answer, answer))._repr_html_()
    assert "&lt;b&gt;a" in shown
    assert "<b>a" not in shown


def test_a_comparison_in_a_notebook_is_told_in_the_language_of_its_session():
    """Its table was that of the files: English, in numbers."""
    answer = small_answer()
    with speaking(GERMAN):
        shown = Comparison(("a", "b"), (answer, answer))._repr_html_()
    assert "b gegen a" in shown
    assert "<td>erfolgreich</td>" in shown
    assert "median difference" not in shown


def test_names_in_a_page_are_text():
    shown = page("<script>", ["<i>"], {"<u>": ODD})
    assert not re.search("<script|<i>|<u>|<b>", shown)


def test_a_workbook_can_be_asked_for_on_the_command_line(tmp_path):
    path = tmp_path / "all.xlsx"
    ended = command("run", MANUAL, "--replications", 1, "--excel", path)
    assert ended.code == 0
    assert "devices" in load_workbook(path).sheetnames


@pytest.fixture
def odd_plans():
    answer = small_answer(2)
    return Comparison(("A/B", "a:b'"), (answer, answer))


def test_plans_with_names_that_no_file_has_are_written_all_the_same(odd_plans, tmp_path):
    paths = odd_plans.to_parquet(tmp_path)
    assert [path.name for path in paths] == [
        "comparison.parquet",
        "1 A-B.parquet",
        "2 a-b'.parquet",
    ]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    book = load_workbook(odd_plans.to_excel(tmp_path / "plans.xlsx"))
    assert book.sheetnames == ["comparison", "1 A-B", "2 a-b"]


def test_tables_with_one_name_for_their_files_keep_one_each():
    assert _file_names(["a/b", "A:B", "a-b"]) == ["a-b.parquet", "A-B-2.parquet", "a-b-3.parquet"]
    (long,) = _file_names(["ä" * 300])
    assert len(long.encode()) <= 255


def test_a_workbook_without_room_to_make_it_is_not_written(odd_plans, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(NotWrittenError, match="gone: error: cannot write there"):
        odd_plans.to_excel(tmp_path / "plans.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_devices_of_no_model_are_told_to_be_in_no_row(tmp_path):
    (tmp_path / "devices.csv").write_text("name,ou,model\nA,DE,LES\nB,DE,\nC,DE,\n", "utf-8")
    path = tmp_path / "some.yaml"
    image = "image: {name: A.idf, packages: [{name: a, size: 9 MB}]}"
    head = f"zone: UTC\nstart: 2026-11-23 20:00\n{image}"
    listed = "fleet: {inventory: {file: devices.csv, headers: {model: Device type}}}"
    path.write_text(f"{head}\n{listed}\ncommands: [{{update: DE}}]\n", "utf-8")
    told = command("run", path, "--replications", 2, "--by", "model").text
    assert "\n2 devices are in none of them: their model is not known.\n" in told
