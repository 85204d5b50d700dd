"""Names in CSV: no spreadsheet computes or converts them, and they are read back as they were."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.fleet.device_list import read_device_list
from fwsim.results.output.properties import properties_window, saved_table
from fwsim.results.output.writing import frame_writer
from fwsim.spreadsheet import marked, unmarked

HOSTILE = (
    "=1+1",
    "+49 721 1",
    "-x",
    "@SUM(A1)",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "'=x",
    "''=x",
    "'quoted",
    "'",
    "=",
    "1E5",
    "00012",
    "2026-11-23",
    "1/2",
    "12:30",
    "SEP-01",
    "1. Mrz 2026",
    "TRUE",
    "WAHR",
    "'1E5",
    '="x"',
    '="00012"',
    '=HYPERLINK("x","y")',
    "a,b;c",
    'q"q',
    '"',
    "%PATH%",
    "Straße ß €",
    "1 000,5",
)
pieces = st.sampled_from(
    [*HOSTILE, "'", "=", "+", "-", "@", '"', ",", ";", "\t", "0", "1E5", " ", "x"]
)
texts = st.lists(pieces, min_size=1, max_size=4).map("".join) | st.text(max_size=12)
one_line = st.characters(blacklist_categories=("Cc", "Cs", "Cf", "Zl", "Zp"))
names = (
    (st.lists(pieces, min_size=1, max_size=3).map("".join) | st.text(one_line, max_size=12))
    .map(lambda text: text.replace("\t", "").replace("/", "").strip())
    .filter(bool)
)


@given(texts)
def test_a_mark_is_taken_away_exactly_where_it_was_put(text):
    assert unmarked(marked(text)) == text


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "\r=1", "＝1", "1E5", "00012", "MAI-12", "'q"]
)
def test_what_a_spreadsheet_would_change_is_marked(text):
    assert marked(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["K1", "B17-03", "Marketing", "Mai", "Dec", "00E0C5422A2E", "q'", "1x"]
)
def test_what_a_spreadsheet_leaves_alone_is_not(text):
    assert marked(text) == text
    assert marked("x=1") == "x=1"


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(names, min_size=1, max_size=6, unique=True))
def test_names_that_were_written_are_read_back(devices):
    table = pd.DataFrame({"device": devices, "unit": "DE", "detail": devices}, dtype="str")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "devices.csv"
        frame_writer(table.assign(mac="", update_state=""), "csv")(path)
        assert read_device_list(path, source="devices.csv").names == devices
        back = saved_table(Path(folder), "devices")
        assert (back.device.tolist(), back.detail.tolist()) == (devices, devices)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_device_is_found_by_its_own_name_in_saved_results(tmp_path, form):
    names = [name for name in HOSTILE if "/" not in name]
    rows = [[marked(name), "DE"] for name in names]
    with (tmp_path / "devices.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([["Name", "OU"], *rows])
    scenario = fwsim.loads(
        """
        zone: UTC
        start: 2024-01-01 08:00
        image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
        fleet: {inventory: devices.csv}
        commands: [{update: DE}]
        """,
        folder=tmp_path,
    )
    result = fwsim.simulate(scenario, engine="simpy")
    result.save(tmp_path / "out", form)
    assert result.rollout.fleet.names == names
    for name in names[::10]:
        assert properties_window(tmp_path / "out", name).startswith(f"{name}  (")
    again = tmp_path / "out" / "devices.csv"
    if form == "csv":
        assert read_device_list(again, source="devices.csv").names == names
