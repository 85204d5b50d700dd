"""What a hub carries is what its sites carry; and it can be named where a site can."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure, read_measure
from fwsim.model.status_log import LinkLoad
from fwsim.problems import InputError
from fwsim.results import figures
from fwsim.results.output import report_figures
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.run.link_use import line_bytes, line_load, links, peak_rates
from fwsim.results.run.measuring import value_of
from fwsim.results.run.record import RunRecord
from fwsim.results.statistics.judgement import judge
from fwsim.run import prepare

mpl.use("Agg")
MINUTE = 60_000
SITES = 4


def scenario(hubs, **more):
    """Five devices at each of four sites with 20 Mbit/s; 100 MB each."""
    return fwsim.Scenario.model_validate(
        {
            "zone": "UTC",
            "start": "2018-08-20 11:00",
            "horizon": "6 h",
            "image": {"name": "new.idf", "packages": [{"name": "a", "size": "100 MB"}]},
            "fleet": {"units": {f"DE/{n}": {"devices": 5, "installed": "old.idf"} for n in "ABCD"}},
            "network": {"sites": {"default": {"link": "20 Mbit/s"}}, "hubs": hubs},
            "commands": [{"update": "DE", "subordinate_units": True, "once": "2018-08-20 11:00"}],
            **more,
        }
    )


HUBS = {
    "South": {"link": "10 Mbit/s", "sites": ["DE/A", "DE/B"]},
    "North": {"link": "1 Gbit/s", "sites": ["DE/C"]},
}
ROLLOUT = prepare(scenario(HUBS))


@cache
def result():
    return fwsim.simulate(scenario(HUBS))


@cache
def answer():
    return Experiment(scenario(HUBS)).run(3, workers=1)


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 9), st.integers(0, SITES - 1)),
        st.integers(1, 10**12),
        max_size=30,
    )
)
def test_a_hub_carries_in_each_minute_what_its_sites_carry(loads):
    rows = sorted((minute * MINUTE, site, size) for (minute, site), size in loads.items())
    record = RunRecord(ROLLOUT, result().record.log, LinkLoad.of(rows, MINUTE), 0)
    load = line_load(record)
    for number, hub in enumerate(ROLLOUT.hubs()):
        for minute in range(10):
            mine = (load.site == SITES + number) & (load.minute == minute * MINUTE)
            sites = [ROLLOUT.fleet.site.values.index(site) for site in hub.sites]
            carried = sum(loads.get((minute, site), 0) for site in sites)
            assert load.size[mine].tolist() == ([carried] if carried else [])


def test_a_full_hub_is_full_and_its_sites_are_not():
    record = result().record
    shares = dict(
        zip(
            record.rollout.line_names(),
            (peak_rates(record) / links(record.rollout)).tolist(),
            strict=True,
        )
    )
    assert shares["South"] == pytest.approx(1, abs=1e-5)
    assert shares["DE/A"] == pytest.approx(0.25, abs=1e-5)
    assert shares["North"] == pytest.approx(0.02, abs=1e-5)
    assert value_of(record, read_measure("peak hub link utilisation")) == shares["South"]
    assert value_of(record, read_measure("peak link utilisation of South")) == shares["South"]
    assert value_of(record, read_measure("peak site link utilisation")) == shares["DE/C"]
    busy = value_of(record, read_measure("busy-hour hub link utilisation"))
    assert busy == pytest.approx(10 * 100e6 / (3600 * 1.25e6))


def test_the_rate_of_an_ous_hubs_is_that_of_all_their_sites_together():
    record = result().record
    peaks = {
        words: value_of(record, read_measure(f"peak hub rate{words}"))
        for words in ("", " in DE", " in DE/A", " in DE/B", " in DE/C", " daily 11:10-11:20")
    }
    south, north = 10e6 / 8, 5 * 100e6 / 60
    assert peaks[""] == peaks[" in DE"] == max(peaks[" in DE/A"], peaks[" in DE/C"])
    # Five devices of DE/A have half of South, but the line is that of DE/B, too.
    assert peaks[" in DE/A"] == peaks[" in DE/B"] == pytest.approx(south, abs=20)
    assert peaks[" in DE/A"] > value_of(record, read_measure("peak site rate in DE/A")) * 1.99
    assert peaks[" in DE/C"] == value_of(record, read_measure("peak site rate in DE/C"))
    assert peaks[" in DE/C"] <= north
    assert peaks[" daily 11:10-11:20"] == pytest.approx(south, abs=20)


def test_a_measure_of_hubs_is_refused_where_there_is_none():
    with pytest.raises(InputError, match="peak hub rate in DE/D: no device in DE/D is behind a"):
        prepare(scenario(HUBS, expect=[{"peak hub rate in DE/D": "<= 1 Mbit/s"}]))
    utilisations = ("peak hub link utilisation", "busy-hour hub link utilisation")
    for words, limit in [
        ("peak hub rate in DE", "<= 1 Mbit/s"),
        *((u, "<= 1 %") for u in utilisations),
    ]:
        with pytest.raises(InputError, match=r"there are no hubs; network\.hubs defines them"):
            prepare(scenario({}, expect=[{words: limit}]))


def test_no_byte_is_counted_twice():
    record = result().record
    sizes = line_bytes(record)
    wan = value_of(record, read_measure("WAN bytes"))
    assert wan == sizes[:SITES].sum() == 20 * 100_000_000
    assert sizes[SITES:].tolist() == [10 * 100_000_000, 5 * 100_000_000]
    table = result().link_load
    assert table["bytes"].sum() == wan
    assert table.groupby("hub")["bytes"].sum().to_dict() == {
        "South": 10 * 100_000_000,
        "North": 5 * 100_000_000,
        "": 5 * 100_000_000,
    }
    assert [*table.columns][:3] == ["minute", "site", "bytes"]


def test_the_summary_of_a_run_names_the_hub_among_its_links():
    (south,) = [peak for peak in result().measures.peaks if peak.link == "South"]
    assert south.share == pytest.approx(1, abs=1e-5)
    assert south.total == 10 * 100_000_000


def test_without_hubs_tables_measures_and_settings_say_nothing_of_them():
    plain = fwsim.simulate(scenario({}))
    assert [*plain.link_load.columns] == ["minute", "site", "bytes"]
    found = Experiment(scenario({})).run(2, workers=1)
    assert not any(m.kind in (Kind.PEAK_HUBS, Kind.BUSY_HOUR_HUBS) for m in found.estimates)
    assert "hubs" not in found.setting.as_data()
    assert not any("hub" in sentence for sentence in found.setting.plan)


def test_a_measure_of_a_line_that_is_neither_site_nor_hub_is_refused():
    with pytest.raises(InputError, match=r"did you mean 'South'\?"):
        prepare(scenario(HUBS, expect=[{"peak link utilisation of Sout": "<= 50 %"}]))


def test_an_answer_with_hubs_is_read_back_as_it_was(tmp_path):
    written = answer()
    save_answer(written, tmp_path)
    again = load_answer(tmp_path)
    assert again.setting == replace(written.setting, assumptions=again.setting.assumptions)
    for one, other in zip(written.replications, again.replications, strict=True):
        assert np.array_equal(one.sites.busy_hour, other.sites.busy_hour)
    assert again.estimate(Measure(Kind.PEAK_HUBS)) == written.estimate(Measure(Kind.PEAK_HUBS))


def test_the_load_of_a_hub_is_drawn_with_its_own_capacity():
    ax = figures.load(answer(), of="South")
    assert "South" in ax.get_title(loc="left")
    (capacity,) = [line for line in ax.lines if str(line.get_label()).startswith("capacity")]
    own = [run.sites.link[answer().setting.sites.index("South")] for run in answer().replications]
    assert capacity.get_ydata()[0] == pytest.approx(np.mean(own) * 8e-6)
    with pytest.raises(
        InputError, match=r"no site or hub 'Sout'; there are South, .*; did you mean 'South'"
    ):
        figures.load(answer(), of="Sout")
    plt.close("all")


def test_the_report_shows_the_line_that_is_fullest_though_it_is_a_hubs():
    shown = [*report_figures.lines(answer()), *report_figures.further(answer(), None)]
    captions = {figure.title: figure.caption for figure in shown}
    assert captions["Load of South"] == (
        "The hub with the fullest hour, a line that by the scenario carries 10.0 Mbit/s of "
        "payload; what it really carries is in doubt, and each run draws it. "
        "Shown is what updates took."
    )
    assert "Sites and hubs by hour" in captions
    assert "Hubs lie between: 2 sites on hub South at 10.0 Mbit/s" in " ".join(
        answer().setting.plan
    )


def test_an_expectation_that_a_hub_breaks_names_it():
    model = scenario(HUBS, expect=[{"busy-hour hub link utilisation": "<= 1 %"}])
    found = Experiment(model).run(2, workers=1)
    (verdict,) = judge(found, found.setting.expectations)
    assert "fullest is South" in " ".join(verdict.causes)
