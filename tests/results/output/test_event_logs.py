"""A saved run as XES and OCEL: what the standards ask for, and what other readers see."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from jsonschema.validators import validator_for

import fwsim
from fwsim.observations.observed import What
from fwsim.observations.reading import read_observed
from fwsim.results.output.event_logs import activity, export_events
from tests.results.output.ocel_schema import OCEL, assert_hangs_together
from tests.results.small_rollout import SMALL, small_result

XES = "{http://www.xes-standard.org/}"
ODD = "Köln \"<&>' ]]> 東"


@pytest.fixture(scope="module", params=["csv", "parquet", "jsonl"])
def exported(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    small_result().save(folder / "run", request.param)
    export_events(folder / "run", folder / "log.xes", folder / "log.json")
    return folder


def text_of(element, key):
    return {child.get("key"): child.get("value") for child in element}.get(key)


def test_an_xes_reader_sees_every_line_of_the_log(exported):
    log = ET.parse(exported / "log.xes").getroot()  # noqa: S314 - our own file
    assert log.tag == f"{XES}log"
    order = [child.tag.removeprefix(XES) for child in log]
    assert order[:5] == ["extension", "extension", "extension", "classifier", "string"]
    assert set(order[5:]) == {"trace"}
    seen = Counter(
        (
            text_of(trace, "device"),
            text_of(event, "concept:name"),
            datetime.fromisoformat(text_of(event, "time:timestamp")),
        )
        for trace in log.iter(f"{XES}trace")
        for event in trace.iter(f"{XES}event")
    )
    table = small_result().log
    rows = zip(table.device, table.state, table.time, strict=True)
    assert seen == Counter(
        (device, activity(state), datetime.fromisoformat(time)) for device, state, time in rows
    )
    for trace in log.iter(f"{XES}trace"):
        times = [text_of(event, "time:timestamp") for event in trace.iter(f"{XES}event")]
        assert times == sorted(times)


def test_the_xes_file_reads_back_as_the_same_observations(exported):
    back = read_observed(exported / "log.xes")
    path = next((exported / "run").glob("status-log.*"))
    was = read_observed(path)
    told_once = {What.OFFERED, What.STARTED, What.RAN_OUT}  # from the log's own states only
    kept = [what not in told_once for what in was.what.tolist()]
    assert Counter(zip(back.what.tolist(), back.earliest.tolist(), strict=True)) == Counter(
        zip(was.what[kept].tolist(), was.earliest[kept].tolist(), strict=True)
    )
    fetching = back.what == What.FETCHING
    assert set(back.amount[fetching].tolist()) == {200_000_000}


def test_the_ocel_file_fits_the_schema_and_hangs_together(exported):
    data = json.loads((exported / "log.json").read_text(encoding="utf-8"))
    validator_for(OCEL)(OCEL).validate(data)
    assert_hangs_together(data)
    result = small_result()
    assert len(data["events"]) == len(result.columns)
    kinds = Counter(each["type"] for each in data["objects"])
    assert kinds == {"device": 40, "site": 3, "image": 1, "command": 1}
    times = [datetime.fromisoformat(event["time"]) for event in data["events"]]
    assert times == sorted(times)


def test_a_transfer_touches_device_site_command_and_image(exported):
    data = json.loads((exported / "log.json").read_text(encoding="utf-8"))
    transfer = next(event for event in data["events"] if event["type"] == "Transfer")
    related = {r["qualifier"]: r["objectId"].partition(" ")[0] for r in transfer["relationships"]}
    assert related == {
        "happens to": "device",
        "happens under": "command",
        "happens at": "site",
        "is about": "image",
    }
    assert {"name": "amount", "value": 200_000_000} in transfer["attributes"]


def test_names_are_data_whatever_they_hold(tmp_path):
    (tmp_path / "list.csv").write_text(
        f'name,ou,site\n"{ODD.replace(chr(34), chr(34) * 2)}",DE,West\n=1+1,DE,"<!ENTITY x>"\n',
        encoding="utf-8",
    )
    head, _, tail = SMALL.partition("fleet:")
    text = f"{head}fleet: {{inventory: list.csv}}\nnetwork:{tail.partition('network:')[2]}"
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    fwsim.simulate(fwsim.load(tmp_path / "scenario.yaml")).save(tmp_path / "run")
    export_events(tmp_path / "run", tmp_path / "a.xes", tmp_path / "a.json")
    log = ET.parse(tmp_path / "a.xes").getroot()  # noqa: S314 - our own file
    assert {text_of(trace, "device") for trace in log.iter(f"{XES}trace")} == {ODD, "=1+1"}
    assert set(read_observed(tmp_path / "a.xes").device.values) == {ODD, "=1+1"}
    data = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert_hangs_together(data)
    assert {f"device {ODD}", "device =1+1", "site <!ENTITY x>"} <= {
        o["id"] for o in data["objects"]
    }


def test_a_file_is_written_whole_or_not_at_all(exported, tmp_path, monkeypatch):
    (tmp_path / "log.json").write_text("before")

    def breaks(*_):
        raise OSError(28, "disk full")

    with pytest.raises(fwsim.InputError, match="cannot write there: disk full"):
        export_events(exported / "run", ocel=tmp_path / "log.json", tell=breaks)
    assert [path.name for path in tmp_path.iterdir()] == ["log.json"]
    assert (tmp_path / "log.json").read_text() == "before"


def test_what_cannot_be_written_is_refused_first(exported, tmp_path):
    run = exported / "run"
    own = next(run.glob("status-log.*"))
    for wishes, said in (
        ({"xes": own}, "is one of the results themselves; name another"),
        ({"xes": tmp_path}, "is a folder; expected the name of a file"),
        ({"xes": tmp_path / "a", "ocel": tmp_path / "a"}, "is named for both forms"),
    ):
        with pytest.raises(fwsim.InputError, match=said):
            export_events(run, **wishes)
    with pytest.raises(fwsim.InputError, match="no status-log here; expected a folder that fwsim"):
        export_events(tmp_path, xes=tmp_path / "a")
    assert not list(tmp_path.iterdir())


def test_progress_ends_with_all_events(exported, tmp_path):
    told = []
    export_events(exported / "run", tmp_path / "a", tell=lambda *both: told.append(both))
    assert told[-1] == (len(small_result().columns),) * 2
