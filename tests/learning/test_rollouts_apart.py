"""Logs of several rollouts of one date: what each line carried is of each rollout alone."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fwsim.learning.journeys import journeys_of
from fwsim.learning.learn import learn
from fwsim.learning.reading import read_logs
from fwsim.learning.rollouts_apart import RolloutsApart
from fwsim.run import prepare, simulate
from fwsim.scenario.load import loads

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = 7 * 24 * 3600 * 1000
SCENARIO = """\
zone: Europe/Berlin
start: 2021-09-24 08:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 150 MB}]}
fleet: {units: {DE: {devices: 40}}}
network: {sites: {default: {link: 20 Mbit/s, line_factor: 60 %, busy: {mon-fri 09:30-12:00: 30 %}}}}
commands: [{update: DE, once: 2021-09-24 09:00}]
outages: [{site: DE, start: 2021-09-24 09:20, end: 2021-09-24 09:35}]
"""


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Return three logs as `fwsim run --out` leaves them, and the same a week apart."""
    folder = tmp_path_factory.mktemp("rollouts")
    scenario, of_one_date, weekly = loads(SCENARIO), [], []
    for number, date in enumerate(["2021-09-24", "2021-10-01", "2021-10-08"]):
        simulate(scenario, seed=5, replication=number).save(folder / str(number))
        of_one_date.append(folder / str(number) / "status-log.csv")
        weekly.append(folder / f"{date}.csv")
        weekly[-1].write_text(of_one_date[-1].read_text().replace("2021-09-24", date))
    return of_one_date, weekly


def factor(scenario, logs):
    return learn(scenario, logs, rows=20)["network.sites.DE.line_factor"].by["factor"]


def test_a_line_does_not_carry_the_sum_of_rollouts_of_one_date(logs):
    scenario = loads(SCENARIO)
    alone = [factor(scenario, [log]) for log in logs[0]]
    for count in (2, 3):
        found = factor(scenario, logs[0][:count])
        assert min(alone) - 0.01 <= found <= max(alone) + 0.01


def test_logs_of_one_date_teach_what_the_same_teach_week_by_week(logs):
    without_outage = loads(SCENARIO[: SCENARIO.index("outages")])
    assert factor(without_outage, logs[0]) == pytest.approx(factor(without_outage, logs[1]))


def apart(scenario, logs, times=1):
    observed = read_logs(logs).observed * times
    return RolloutsApart.of(journeys_of(observed, prepare(scenario)), BERLIN)


def test_logs_of_different_weeks_stay_where_they_are(logs):
    assert not apart(loads(SCENARIO), logs[1]).later.any()


def test_exports_of_different_weeks_stay_where_they_are(tmp_path):
    """The first of each was written nobody knows since when."""
    exports = [tmp_path / f"{day}.csv" for day in ("2021-09-24", "2021-10-01")]
    for export in exports:
        rows = (("09:00:10", "Update in progress"), ("09:30:00", "Successful"))
        lines = [f"DE-01;DE;{export.stem}T{time}+02:00;{state}\n" for time, state in rows]
        export.write_text("Device;OU;Time;Update State\n" + "".join(lines))
    found = apart(loads(SCENARIO), exports)
    assert found.later.tolist() == [0, 0]
    assert (found.end - found.begin < WEEK).all()


def test_logs_keep_the_clock_of_their_zone_where_its_time_changes(logs):
    """Winter begins between the sixth week and the seventh, summer before the 28th."""
    later = apart(loads(SCENARIO), logs[0][:1], times=8).later // WEEK
    assert later.tolist() == [0, 1, 2, 3, 4, 5, 27, 28]


def test_logs_of_one_time_without_a_device_in_common_may_have_shared_their_lines(logs, tmp_path):
    lines = logs[0][0].read_text().splitlines()
    for name, is_first in (("first", True), ("second", False)):
        mine = [line for line in lines[1:] if ("DE-01" in line or "DE-00" in line) == is_first]
        (tmp_path / name).with_suffix(".csv").write_text("\n".join([lines[0], *mine, ""]))
    halves = [tmp_path / "first.csv", tmp_path / "second.csv"]
    assert not apart(loads(SCENARIO), halves).later.any()


def test_outages_go_with_the_log_of_their_date(logs):
    of_one_date = apart(loads(SCENARIO), logs[0])
    assert of_one_date.later.tolist() == [0, WEEK, 2 * WEEK]
    cut = int(of_one_date.begin[0]) + 60_000, int(of_one_date.begin[0]) + 120_000
    moved = np.array(of_one_date.cuts([cut])) - cut
    assert moved.tolist() == [[0, 0], [WEEK, WEEK], [2 * WEEK, 2 * WEEK]]
