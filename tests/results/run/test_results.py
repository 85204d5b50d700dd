"""Tables, measures and files of a run."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import fwsim
from fwsim.messages import GERMAN, speaking
from fwsim.results.output.console import print_summary


def devices(number: int, **unit) -> dict:
    return {"units": {"DE": {"devices": number, "installed": "old.idf", **unit}}}


def outcomes(result) -> dict[str, int]:
    return {count.outcome: count.devices for count in result.measures.outcomes}


def test_every_targeted_device_counts_once(play):
    result = play(
        fleet={
            "units": {
                "DE": {"devices": 0},
                "DE/A": {"devices": 3, "installed": "old.idf"},
                "DE/B": {"devices": 2, "installed": "new.idf"},
                "AT": {"devices": 7},
            }
        },
        update={"subordinate_units": True},
    )
    assert outcomes(result) == {"successful": 3, "not necessary": 2}
    assert result.measures.targeted == 5
    assert len(result.devices) == 12
    assert result.devices.state.tolist() == ["SUCCESS"] * 3 + ["NOT_NEEDED"] * 2 + [""] * 7


def test_times_are_of_all_targeted_and_of_those_that_needed_it(play):
    fleet = {
        "units": {
            "DE": {"devices": 0},
            "DE/A": {"devices": 1, "installed": "old.idf"},
            "DE/B": {"devices": 9, "installed": "new.idf"},
        }
    }
    result = play({"subordinate_units": True}, fleet=fleet)
    times = {(time.of, time.percent): time.at for time in result.measures.completion}
    assert times["targeted", 50] is None
    assert times["needed", 99] == "2018-08-20 11:01:23"


def test_quantiles_are_those_of_a_staircase(play):
    result = play({"devices_wait": "1 min"}, fleet=devices(100))
    seconds = {t.percent: t.seconds for t in result.measures.completion if t.of == "targeted"}
    assert seconds == {p: 83.0 + 60 * (p - 1) for p in (50, 90, 95, 99)}


def test_a_later_command_that_finds_nothing_to_do_leaves_a_success_a_success(play):
    commands = [{"update": "DE"}, {"update": "DE", "once": "2018-08-20 12:00"}]
    assert outcomes(play(commands=commands)) == {"successful": 1}


def test_an_outcome_carries_its_reason(play):
    (count,) = play(faults={"installation": "100 %"}).measures.outcomes
    assert (count.outcome, count.detail, count.share) == (
        "not successful",
        "installation failed",
        1.0,
    )


def test_people_are_counted_by_what_they_met_and_did(play):
    result = play(
        {"inform_user": "5 min", "user_can_cancel": True},
        fleet=devices(4),
        people={"default": {"answer": {"cancel": "100 %"}}},
    )
    measures = result.measures
    assert (measures.prompts, measures.devices_prompted, measures.cancels) == (4, 4, 4)
    assert outcomes(result) == {"cancelled": 4}


def test_one_run_tells_whom_it_interrupts_and_for_how_long(play, capsys):
    """All three ignore the notice for five minutes; from the installation on they only wait."""
    result = play(
        {"inform_user": "5 min"}, fleet=devices(3), people={"default": {"answer": {"now": "0 %"}}}
    )
    log, measures = result.log, result.measures
    at = pd.to_datetime(log.time)
    waits = at[log.state == "SUCCESS"].to_numpy() - at[log.state == "INSTALL"].to_numpy()
    assert (measures.most_prompts, measures.forced_starts) == (1, 3)
    assert pd.Timedelta(seconds=measures.user_time_lost) == waits.sum()
    rows = result.summary.set_index("measure")
    assert rows.value["forced starts"] == 3
    assert rows.unit["user time lost"] == "s, all devices together"
    print_summary(result)
    told = "3 notices on 3 devices, at most 1 on one; 0 deferments, 0 cancels; forced starts: 3;"
    assert told in " ".join(capsys.readouterr().out.split())


def test_measures_are_a_frame_with_units(play):
    summary = play().summary
    assert list(summary) == ["measure", "value", "unit"]
    assert summary.unit.notna().all()


MARKUP = "<script>alert(1)</script>"


def strange_names(tmp_path) -> fwsim.Result:
    (tmp_path / "devices.csv").write_text(
        f'Name,MAC,OU\n"=cmd|calc",00E0C5000001,DE\n"{MARKUP.replace("/", "")}",00E0C5000002,DE\n'
    )
    scenario = fwsim.loads(
        "zone: UTC\nstart: 2018-08-20 11:00\n"
        f"name: {MARKUP!r}\n"
        "image: {name: a.idf, packages: [{name: b, size: 1 MB}]}\n"
        "fleet: {inventory: devices.csv}\ncommands: [{update: DE}]\n",
        folder=tmp_path,
    )
    return fwsim.simulate(scenario)


def test_names_are_escaped_in_html(tmp_path):
    html = strange_names(tmp_path)._repr_html_()
    assert MARKUP not in html
    assert "&lt;script&gt;" in html


def test_a_run_speaks_the_language_of_its_session(play):
    """It was told in English: only many runs spoke German."""
    with speaking(GERMAN):
        late = play(fleet=devices(2), horizon="1 min")
        told = [f"{result._repr_html_()} {result!r}" for result in (late, play(fleet=devices(1)))]
    assert "0 von 2 Geräten erfolgreich; angehalten am 2018" in told[0]
    assert "1 von 1 Gerät erfolgreich; vorbei am 2018" in told[1]
    assert "aller Zielgeräte (2): nicht erreicht" in told[0]
    english = (
        "Outcome",
        "Devices",
        "Share",
        "successful",
        "One run",
        "over",
        "targeted",
        "reached",
    )
    for word in english:
        assert word not in "".join(told)


def test_names_that_begin_a_formula_are_neutralised_in_csv_and_found_again(tmp_path):
    from fwsim.results.output.properties import properties_window

    strange_names(tmp_path).save(tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "devices.csv")
    assert table.device.iloc[0] == "'=cmd|calc"
    assert properties_window(tmp_path / "out", "=cmd|calc").startswith("=cmd|calc  (00E0C5000001)")


def test_files_are_written_whole_or_not_at_all(play, tmp_path, monkeypatch):
    result = play()
    result.save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr("fwsim.results.output.result.json_writer", lambda _: _breaks)
    with pytest.raises(fwsim.InputError, match="cannot write there: disk full"):
        play(faults={"installation": "100 %"}).save(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def _breaks(path):
    raise OSError(28, "disk full")


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_every_form_holds_the_same_log(play, tmp_path, form):
    result = play()
    result.save(tmp_path, form)
    readers = {
        "csv": lambda path: pd.read_csv(path, keep_default_na=False, dtype=str),
        "parquet": pd.read_parquet,
        "jsonl": lambda path: pd.read_json(path, lines=True, dtype=False),
    }
    table = readers[form](tmp_path / f"status-log.{form}")
    assert table.astype(str).to_numpy().tolist() == result.log.astype(str).to_numpy().tolist()


def test_the_summary_file_holds_measures_and_provenance(play, tmp_path):
    play().save(tmp_path)
    data = json.loads((tmp_path / "summary.json").read_text())
    assert data["update"]["outcomes"][0] == {
        "outcome": "successful",
        "detail": "",
        "devices": 1,
        "share": 1.0,
    }
    libraries = {"numpy", "numba", "llvmlite"}
    assert data["provenance"]["versions"].keys() == {"fwsim", "python", *libraries}


def test_the_latest_outcome_counts_not_the_number_of_the_run(play):
    """A notification fails in the morning of the second day; a command succeeds at noon."""
    result = play(
        commands=[{"update": "DE", "once": "2018-08-21 12:00"}],
        notifications=[{"update": "DE"}],
        power={"default": {"on": "mon-fri 08:00-17:00"}},
        outages=[{"start": "2018-08-21 07:00", "end": "2018-08-21 10:00"}],
    )
    assert result.log.state.tolist().count("FAILED") == 1
    assert outcomes(result) == {"successful": 1}


def test_a_later_command_that_missed_a_device_does_not_hide_its_success(play):
    result = play(
        commands=[
            {"update": "DE"},
            {"update": "DE", "only_switched_on": True, "once": "2018-08-20 20:00"},
        ],
        power={"default": {"on": "mon-fri 08:00-17:00"}},
    )
    assert outcomes(result) == {"successful": 1}


@pytest.mark.parametrize(
    ("on", "over"),
    [
        ("mon-fri 12:00-13:00", "2018-08-20 12:02:28"),  # the fetch, the writing, the restart
        ("sat 12:00-13:00", "2018-08-23 11:00:00"),  # to come until the horizon
    ],
)
def test_what_starts_by_itself_is_over_with_the_last_device(on, over):
    assert _ended_when_notified(on, "") == over


def test_what_is_not_judged_but_to_come_keeps_a_run_going():
    over = _ended_when_notified("mon-fri 12:00-13:00", ", {delivery: ZZ}")
    assert over == "2018-08-23 11:00:00"  # who lacks the delivery is off until Saturday


def _ended_when_notified(on, besides):
    scenario = fwsim.loads(
        f"""
        {{zone: Europe/Berlin, start: 2018-08-20 11:00, horizon: 3 d,
        image: {{name: new.idf, packages: [{{name: base, size: 32 MB}}]}},
        fleet: {{units: {{DE: {{devices: 1, power: day, device_rate: 32 Mbit/s}},
        ZZ: {{devices: 1, power: late}}}}}}, network: {{sites: {{default: {{link: 1 Gbit/s}}}}}},
        power: {{day: {{on: {on}}}, late: {{on: sat 12:00-13:00}}}},
        assumptions: {{install_spread: 1.0, restart_time: 1 min, boot_time: 1 min,
        package_check_time: 8 s, idf_fetch_time: 2 s}},
        notifications: [{{update: DE}}{besides}]}}
        """
    )
    return fwsim.simulate(scenario).measures.ended
