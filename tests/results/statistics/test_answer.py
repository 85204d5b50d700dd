"""The answer: in a sentence, as tables, on disk and back; a folder from a stranger is data."""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.measures.measure import read_measure
from fwsim.problems import InputError
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.output.console_answer import print_answer
from fwsim.results.output.folder.manifest import MANIFEST
from fwsim.results.statistics.estimate import estimate
from fwsim.results.statistics.forecast import forecast
from fwsim.results.statistics.in_words import in_one_line, mean_in_words
from tests.results.small_rollout import SMALL, small_answer
from tests.shipped import SCENARIOS


@pytest.fixture
def folder(tmp_path):
    save_answer(small_answer(), tmp_path)
    return tmp_path


def test_the_answer_in_one_sentence():
    # Every form is read in test_headline.py; the numbers change with what is assumed.
    assert re.fullmatch(
        r"In none of 6 runs do 95 % of the devices that need the update get it; in each run 50 % "
        r"of them have it by Mon 20 Aug 2018 \d\d:\d\d; \d\d\.\d % to \d\d\.\d % of the targeted "
        r"devices were successful in these 6 runs \(median \d\d\.\d %; the next rollout lies in "
        r"that range with 71\.4 %\)",
        small_answer().headline,
    )


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("outcome rejected", "0.0 %"),
        ("switched on for nothing", "0 devices"),
        ("t99", "not reached in any of 6 runs"),
        ("devices prompted", "36 devices (34 to 37 in 6 runs)"),
    ],
)
def test_forecasts_are_shown_with_unit_and_range(words, shown):
    measure = read_measure(words)
    assert in_one_line(small_answer().values(measure), measure) == shown


BY_THEMSELVES = """\
doubt: none
zone: UTC
start: 2018-08-20 00:00
horizon: 20 h
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
firmware: {new_version: {at_start: true}}
fleet: {units: {DE: {devices: 3, installed: old.idf}}}
power: {default: {on: "daily 08:00-18:00", jitter: 2 h}}
commands: []
"""


def test_a_moment_of_which_one_is_sure_is_that_of_the_runs_also_where_devices_start_by_themselves():
    answer = Experiment(fwsim.loads(BY_THEMSELVES)).run(40, workers=1)
    measure = read_measure("t95")
    told = answer.moment(answer.forecast(measure).sure.value)
    ends = [run.first_command + run.values[measure] for run in answer.replications]
    over = [answer.setting.start + timedelta(milliseconds=end) <= told for end in ends]
    assert sum(over) in {36, 37, 38}


ONLY_DELIVERED = SMALL.replace("[{update: DE", "[{delivery: DE").replace(
    "inform_user: 5 min, user_can_cancel: true,", ""
)


def test_an_answer_without_updates_says_of_what_it_is_told(tmp_path):
    answer = Experiment(fwsim.loads(ONLY_DELIVERED)).run(3, workers=1)
    assert answer.headline.endswith("; all of this is about deliveries: no update is commanded")
    assert min(answer.values("successful")) > 0.5
    save_answer(answer, tmp_path)
    assert load_answer(tmp_path).headline == answer.headline


def test_times_kept_before_they_counted_from_one_moment_in_every_run_are_read_so(folder):
    (folder / MANIFEST).unlink()
    arrays = dict(np.load(folder / "runs.npz"))
    later = 60_000 * np.arange(len(arrays["number"]))
    arrays["first_command"] += later
    np.savez_compressed(folder / "runs.npz", **arrays)
    read, kept = load_answer(folder), small_answer()
    assert {run.first_command for run in read.replications} == {kept.replications[0].first_command}
    assert read.values("t50") == (np.array(kept.values("t50")) + later).tolist()
    assert read.values("successful") == kept.values("successful")


def test_a_mean_says_that_it_is_one():
    measure = read_measure("devices prompted")
    found = small_answer().estimate(measure)
    assert mean_in_words(found, measure) == "mean 35.5 devices (34.1 to 36.9)"


def test_a_median_of_too_few_runs_has_no_range():
    measure = read_measure("t95")
    few, more = ([14_400_000.0] * n + [18_000_000.0, math.inf] for n in (1, 5))
    told = mean_in_words(estimate(few, measure.definition.unit), measure)
    assert told == "median 5 h 00 min (too few runs for a range), not reached in 1 of 3 runs"
    told = mean_in_words(estimate(more, measure.definition.unit), measure)
    assert told == "median 4 h 00 min (4 h 00 min to not reached), not reached in 1 of 7 runs"


def test_the_table_has_an_interval_for_every_measure():
    table = small_answer().table()
    assert table["measure"].is_unique
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert (table["range_low"] <= table["median"]).all()
    assert (table["median"] <= table["range_high"]).all()
    assert set(table["range_holds"]) == {5 / 7}
    assert set(table["unit"]) >= {"share", "ms", "bytes", "notices", "devices"}
    assert table["source"].str.len().min() > 0


def test_shares_by_outcome_add_up():
    table = small_answer().table().set_index("measure")["value"]
    outcomes = [name for name in table.index if name.startswith("outcome ")]
    whole = [name for name in outcomes if "because" not in name]
    assert table[whole].sum() == pytest.approx(1)


def test_completion_ends_at_the_share_of_successful_devices():
    curve = small_answer().completion()
    assert curve.mean[-1] == pytest.approx(small_answer().estimate("successful").value)
    assert (np.diff(curve.mean) >= 0).all()
    assert (curve.low <= curve.mean + 1e-12).all()


@pytest.mark.parametrize("runs", [6, 20])
def test_the_band_ends_where_the_headline_says_that_the_next_rollout_lies(runs):
    """Of 20 runs the middle 90 % would hold it with 81 %."""
    answer = small_answer(runs)
    curve, curves = answer.completion(), answer.completion_curves()
    told = [forecast(of_runs) for of_runs in curves.T.tolist()]
    assert curve.low.tolist() == [one.low.value for one in told]
    assert curve.high.tolist() == [one.high.value for one in told]
    middle = np.sort(curves, axis=0)[1]
    assert runs < 20 or (curve.low < middle).any()


def test_it_prints_itself_without_an_unescaped_name(capsys):
    hostile = SMALL.replace("Three offices", "'[bold]<script>alert(1)</script>'")
    answer = Experiment(fwsim.loads(hostile)).run(2, workers=1)
    assert "<script>" not in answer._repr_html_()
    print_answer(answer)
    assert "[bold]<script>" in capsys.readouterr().out


def test_what_a_window_was_too_short_for_is_printed(capsys):
    answer = Experiment(fwsim.loads(SMALL + "window: mon 11:00-11:10\n")).run(2, workers=1)
    print_answer(answer)
    printed = capsys.readouterr().out
    (row,) = (line for line in printed.splitlines() if "not finished" in line)
    assert row.startswith("started but not finished in mon 11:00-11:10 ")
    print_answer(small_answer())
    assert "not finished" not in capsys.readouterr().out


def test_notices_of_parts_stand_in_the_tables_of_the_parts(capsys):
    print_answer(Experiment(fwsim.loads(SMALL), by=["site"]).run(2, workers=1))
    printed = capsys.readouterr().out
    assert "\nprompts " in printed
    assert "prompts for site" not in printed
    assert "prompts in" not in printed


def test_what_times_count_from_stands_above_them(capsys):
    print_answer(small_answer())
    above = capsys.readouterr().out.partition("\nSuccessful after ")[0]
    assert above.endswith("\n\nThe first update is due on Mon 20 Aug 2018 11:00.")


def test_what_is_due_within_a_minute_is_not_told_as_due_in_the_next(capsys):
    scenario = next(path for path in SCENARIOS if path.stem == "manual-example")  # at 11:29:21
    print_answer(Experiment(fwsim.load(scenario)).run(2, workers=1))
    assert "The first update is due on Mon 20 Aug 2018 11:29." in capsys.readouterr().out


# On disk


def test_what_is_saved_reads_back_as_the_same_answer(folder, tmp_path_factory):
    again = tmp_path_factory.mktemp("again")
    save_answer(load_answer(folder), again)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in again.iterdir()
    }


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_tables_come_in_the_form_asked_for(tmp_path, form):
    paths = save_answer(small_answer(), tmp_path, form)
    assert {path.name for path in paths} == {
        f"measures.{form}",
        f"replications.{form}",
        f"prompts-by-hour.{form}",
        "runs.npz",
        "setting.json",
        "summary.json",
    }


def test_one_row_a_run(folder):
    table = pd.read_csv(folder / "replications.csv")
    assert table["replication"].tolist() == [0, 1, 2, 3, 4, 5]
    assert table["prompts"].tolist() == small_answer().values("prompts")


def test_the_summary_says_where_it_comes_from(folder):
    data = json.loads((folder / "summary.json").read_text())
    origin = data["provenance"]
    assert (data["runs"], origin["seed"], origin["replications"]) == (6, 1, 6)
    assert origin["scenario_sha256"] == fwsim.loads(SMALL).digest()
    assert set(origin["versions"]) >= {"fwsim", "python", "numpy", "numba"}


def damaged(folder, name, change):
    path = folder / name
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("setting.json", lambda data: data.update(measures=["bananas"])),
        ("setting.json", lambda data: data.pop("sites")),
        ("setting.json", lambda data: data.update(more=1)),
        ("setting.json", lambda data: data.update(expect=[["successful", "nonsense"]])),
        ("summary.json", lambda data: data.pop("provenance")),
        ("summary.json", lambda data: data.update(precision="nonsense")),
    ],
)
def test_a_changed_file_is_refused_in_words(folder, name, change):
    damaged(folder, name, change)
    with pytest.raises(InputError, match="these results cannot be read"):
        load_answer(folder)


def test_a_folder_without_results_says_how_to_make_them(tmp_path):
    with pytest.raises(InputError, match=r"missing: .*runs\.npz; `fwsim run SCENARIO --repl"):
        load_answer(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + 18 * b"\0"])
def test_arrays_that_are_none_are_refused(folder, content):
    (folder / "runs.npz").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        load_answer(folder)


def test_nothing_in_the_arrays_is_executed(folder):
    class Hostile:
        def __reduce__(self):
            return (print, ("executed",))

    buffer = io.BytesIO()
    np.save(buffer, np.array([Hostile()], object), allow_pickle=True)
    with zipfile.ZipFile(folder / "runs.npz", "a") as archive:
        archive.writestr("evil.npy", buffer.getvalue())
    with pytest.raises(InputError, match="cannot be read"):
        load_answer(folder)


def test_arrays_that_would_not_fit_are_refused_before_they_are_unpacked(folder, monkeypatch):
    monkeypatch.setattr("fwsim.results.output.answer_arrays.LARGEST", 1000)
    with pytest.raises(InputError, match="unpacks to more than"):
        load_answer(folder)


def test_a_time_that_the_clock_shows_twice_is_told_with_its_offset():
    small = SMALL.replace("start: 2018-08-20 10:00", "start: 2021-10-31 00:00")
    small = small.replace("once: 2018-08-20 11:00", "once: 2021-10-31 01:30")
    answer = Experiment(fwsim.loads(small)).run(2, workers=1)
    measure, hour = read_measure("t50"), 3_600_000
    stamps = [answer.wall_clock(measure, hours * hour) for hours in (0, 1, 2, 3)]
    assert stamps == [
        *("2021-10-31 01:30", "2021-10-31 02:30+02:00"),
        *("2021-10-31 02:30+01:00", "2021-10-31 03:30"),
    ]
