"""What proxies sent, minute by minute: only who turns to one is served by one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fwsim.commands.lifecycle import State
from fwsim.experiments.experiment import Experiment
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.results.run.measuring import value_of
from fwsim.results.run.record import RunRecord
from fwsim.run import prepare, simulate
from fwsim.scenario.schema import Scenario
from fwsim.simulation.proxy import ProxyService
from tests.compiled.side_by_side import assert_alike, both

DYNAMIC = {"proxy": {"type": "dynamic"}}
STATIC = {"proxy": {"type": "static", "device": "DE/P/P-1"}}
PACKAGES = [{"name": "p", "size": "150 MB"}, {"name": "q", "size": "150 MB"}]
AT_TEN = {"update": "DE/X", "once": "2018-08-20 22:00"}
MEGABYTE = 1_000_000
MINUTE = 60_000
PEAK = Measure(Kind.PEAK_PROVIDERS)
HANDED_ON = Measure(Kind.FROM_PROXIES)


OFTEN = {"update": "DE/X", "check_in": {"every": "30 min"}, "resume": {"times": 30}}


def scenario(firmware, beside, *before, update=AT_TEN):
    served = {"devices": 3, "site": "A", "installed": "a.idf", "firmware": firmware}
    return Scenario.model_validate(
        {
            "zone": "Europe/Berlin",
            "start": "2018-08-20 21:00",
            "horizon": "12 h",
            "doubt": "none",
            "image": {"name": "b.idf", "packages": PACKAGES},
            "network": {
                "sites": {
                    "default": {"link": "20 Mbit/s"},
                    "A": {"link": "20 Mbit/s"},
                }
            },
            "fleet": {"units": {"DE/X": served, **beside}},
            "commands": [*before, update],
        }
    )


def served(model):
    """Return megabytes by site, and the measure as the log and as the tally tell it."""
    record = simulate(model, engine="simpy").record
    fleet = record.rollout.fleet
    by_site: dict[str, float] = {}
    for provider, size in zip(record.sent.provider, record.sent.size, strict=True):
        site = fleet.site.values[fleet.site.codes[provider]]
        by_site[site] = by_site.get(site, 0) + int(size) / MEGABYTE
    answer = Experiment(model).run(2, workers=1)
    told = answer.replications[0].timeline.providers
    assert told.sum() / MEGABYTE == pytest.approx(sum(by_site.values()), rel=1e-6)
    assert answer.values("bytes from proxies")[0] == value_of(record, HANDED_ON)
    assert value_of(record, HANDED_ON) / MEGABYTE == sum(by_site.values())
    return by_site, answer.values(PEAK)[0], np.flatnonzero(told > 0)


@pytest.fixture(scope="module")
def alone():
    return served(scenario(DYNAMIC, {}))[1]


def test_what_comes_from_proxies_and_over_the_line_is_what_all_devices_need():
    """Three devices of 300 MB each: the line carries them once, a neighbour hands on the rest."""
    answer = Experiment(scenario(DYNAMIC, {})).run(1, workers=1)
    assert answer.values("bytes from proxies") == [600 * MEGABYTE]
    assert answer.values("WAN bytes") == [300 * MEGABYTE]
    plain = Experiment(scenario({}, {})).run(1, workers=1)
    assert Measure(Kind.FROM_PROXIES) not in plain.measures


def test_who_has_no_proxy_changes_nothing_in_what_a_proxy_of_the_site_sent(alone):
    others = {"DE/Y": {"devices": 10, "site": "A", "installed": "a.idf"}}
    earlier = {"update": "DE/Y", "once": "2018-08-20 21:10"}
    by_site, peak, minutes = served(scenario(DYNAMIC, others, earlier))
    assert by_site == pytest.approx({"A": 600})
    assert peak == pytest.approx(alone)
    assert minutes.min() == 61  # the provider has fetched the first package by then


def test_a_delivery_is_served_by_no_proxy(alone):
    others = {
        "DE/X/Y": {"devices": 10, "site": "A", "installed": "a.idf", "firmware": DYNAMIC},
    }
    earlier = {"delivery": "DE/X/Y", "once": "2018-08-20 21:10"}
    by_site, peak, minutes = served(scenario(DYNAMIC, others, earlier))
    assert by_site == pytest.approx({"A": 600})
    assert peak == pytest.approx(alone)
    assert minutes.min() == 61  # the provider has fetched the first package by then


@pytest.mark.parametrize("runs", ["a.idf", "b.idf"])
def test_a_static_proxy_sends_all_that_its_neighbours_get(runs):
    proxy = {"DE/P": {"devices": 1, "site": "A", "installed": runs}}
    everybody = {"update": "DE", "subordinate_units": True, "once": "2018-08-20 22:00"}
    by_site, _, _ = served(scenario(STATIC, proxy, update=everybody))
    assert by_site == pytest.approx({"A": 900})


def test_static_and_dynamic_proxies_of_one_site_are_told_apart():
    beside = {
        "DE/P": {"devices": 1, "site": "A", "installed": "b.idf"},
        "DE/Y": {"devices": 3, "site": "A", "installed": "a.idf", "firmware": DYNAMIC},
    }
    both = {"update": "DE", "subordinate_units": True, "once": "2018-08-20 22:00"}
    by_site, _, _ = served(scenario(STATIC, beside, update=both))
    assert by_site == pytest.approx({"A": 1500})


def broken(seed, devices, share):
    model = scenario(DYNAMIC, {}).model_dump(mode="json", exclude_unset=True)
    model["fleet"]["units"]["DE/X"]["devices"] = devices
    changes = {"seed": seed, "faults": {"transfer": share}, "commands": [], "assignments": [OFTEN]}
    return Scenario.model_validate(model | changes)


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_a_proxy_that_serves_nobody_sends_nothing_however_often_its_own_transfer_breaks(engine):
    record = simulate(broken(4, 1, "100 %"), engine=engine).record
    assert record.log.in_state(State.FAILED).sum() == 3
    assert record.load.size.sum() == 300 * MEGABYTE
    assert not len(record.sent.size)


@pytest.fixture
def sent(monkeypatch):
    """Return the bytes of what is sent to neighbours."""
    sizes, served = [], ProxyService._served

    def noting(self, request):
        if not self.is_provider(self._devices[request.number]):
            sizes.append(request.next_size)
        served(self, request)

    monkeypatch.setattr(ProxyService, "_served", noting)
    return sizes


def assert_told(model, sent):
    """Both clocks tell what was sent; return the run."""
    records = both(prepare(model), model.seed)
    assert_alike(*records)
    assert records[0].sent.size.sum() == sum(sent)
    return records[0]


@pytest.mark.parametrize("seed", [1, 2, 6])
def test_what_is_told_of_proxies_is_what_they_sent_where_transfers_break(seed, sent):
    record = assert_told(broken(seed, 3, "40 %"), sent)
    assert record.log.in_state(State.FAILED).sum() > 1


@pytest.mark.parametrize("own", [{}, DYNAMIC, STATIC], ids=["web", "dynamic", "static"])
@pytest.mark.parametrize("proxy_at", ["20:00", "22:00"])
def test_what_is_told_is_what_was_sent_where_static_and_dynamic_proxies_share_a_site(
    own, proxy_at, sent
):
    """Neighbours of the static one lack this or that: together more than any of them."""
    p, q = PACKAGES
    served = {"site": "A", "devices": 2}
    beside = {
        "DE/P": {"site": "A", "devices": 1, "installed": "a", "firmware": own},
        "DE/S": served | {"installed": "has-p", "firmware": STATIC},
        "DE/T": served | {"installed": "has-q", "firmware": STATIC},
    }
    data = scenario(DYNAMIC, {}).model_dump(mode="json", exclude_unset=True)
    del data["image"]
    kinds = {"b": [p, q], "a": [{"name": "z", "size": "9 MB"}], "has-p": [p], "has-q": [q]}
    data["images"] = {k: {"name": f"{k}.idf", "packages": v} for k, v in kinds.items()}
    data["firmware"] = {"image_file": "b.idf"}
    data["fleet"]["units"] |= beside
    data["fleet"]["units"]["DE/X"]["installed"] = "a"
    data["start"] = "2018-08-20 19:00"
    data["commands"] = [
        {"update": unit, "once": f"2018-08-20 {proxy_at if unit == 'DE/P' else '22:00'}"}
        for unit in data["fleet"]["units"]
    ]
    record = assert_told(Scenario.model_validate(data), sent)
    assert record.log.in_state(State.SUCCESS).sum() == 8


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize(
    ("seconds", "told"), [(0, 600), (15, 600 + 15 * 125), (30, 600 + 30 * 125)]
)
def test_what_was_sent_of_packages_that_the_end_cuts_counts(seconds, told, engine):
    """Ten neighbours at a time have 300 MB each of the proxy, which sends 125 MB a second."""
    beside = {"DE/Y": {"devices": 40, "site": "A", "installed": "a.idf", "firmware": DYNAMIC}}
    later = {"update": "DE/Y", "once": "2018-08-20 22:20"}
    model = scenario(DYNAMIC, beside, later)
    whole = simulate(model, engine=engine).record
    begins = [t for t in whole.log.time[whole.log.in_state(State.TRANSFER)] if t > 80 * MINUTE]
    record = simulate(model, engine=engine, until=int(begins[9]) + 1000 * seconds).record
    late = sum((begins[9] - at) / 1000 * 12.5 for at in begins[:9])
    assert record.sent.size.sum() / MEGABYTE == pytest.approx(told + late, abs=1e-4)


SLOTS, RATE = 4, 1_250_000


def slow(neighbours, **assumptions):
    """Return a rollout whose provider needs eight minutes for four neighbours."""
    data = scenario(DYNAMIC, {}).model_dump(mode="json", exclude_unset=True)
    data["fleet"]["units"]["DE/X"]["devices"] = neighbours + 1
    data["image"]["packages"] = PACKAGES[:1]
    own = {"provider_slots": SLOTS, "lan_rate": "10 Mbit/s", **assumptions}
    return Scenario.model_validate(data | {"assumptions": own})


@pytest.mark.parametrize("neighbours", [1, 3, 4, 6, 9])
def test_neighbours_come_in_turns_and_none_is_sent_anything_while_it_waits(neighbours):
    """The closed form: as many at a time as there are slots, each at its part of the rate."""
    records = both(prepare(slow(neighbours)))
    assert_alike(*records)
    sent, size = records[0].sent, 150 * MEGABYTE
    turn = size * SLOTS * 1000 // RATE
    first = records[0].log.time[records[0].log.in_state(State.VERIFY_PACKAGES)].min()
    edges = np.append(sent.minute, sent.minute[-1] + MINUTE)
    expected = np.zeros(len(sent.minute))
    for neighbour in range(neighbours):
        begin = first + neighbour // SLOTS * turn
        flowed = np.clip(edges - begin, 0, turn) * (RATE / SLOTS / 1000)
        expected += np.diff(flowed)
    assert set(sent.provider) == {0}
    assert sent.size.sum() == neighbours * size
    np.testing.assert_allclose(sent.size, expected, atol=SLOTS)
    peak = value_of(records[0], PEAK)
    assert peak == pytest.approx(min(neighbours / SLOTS, 1), abs=1e-6)
    assert peak <= 1


@settings(max_examples=12)
@given(
    seed=st.integers(0, 99),
    neighbours=st.integers(0, 30),
    slots=st.integers(1, 12),
    rate=st.sampled_from(["1 Mbit/s", "7 Mbit/s", "20 Mbit/s", "1 Gbit/s"]),
    losses=st.sampled_from([None, "3 min", "40 min"]),
    until=st.none() | st.integers(60 * MINUTE, 200 * MINUTE),
)
def test_no_provider_ever_sends_more_than_its_line_carries(
    seed, neighbours, slots, rate, losses, until
):
    model = slow(neighbours, provider_slots=slots, lan_rate=rate)
    changes: dict[str, Any] = {"faults": {"transfer": "20 %"}}
    if losses is not None:
        changes["power"] = {"default": {"on": "always", "mean_time_between_losses": losses}}
    changes["assignments"], changes["commands"] = [OFTEN], []
    data = model.model_dump(mode="json", exclude_unset=True) | changes
    model = Scenario.model_validate(data)
    records = both(prepare(model), seed, until=until)
    assert_alike(*records)
    most = model.assumptions.lan_rate * MINUTE // 1000 + slots  # each is rounded to a byte
    assert records[0].sent.size.max(initial=0) <= most


def test_without_what_proxies_sent_nothing_is_told_of_it():
    result = simulate(slow(2))
    record = RunRecord(result.rollout, result.columns, result.load, result.ended)
    with pytest.raises(ValueError, match="what proxies sent is not known"):
        value_of(record, PEAK)
    plain = simulate(scenario({}, {}))
    record = RunRecord(plain.rollout, plain.columns, plain.load, plain.ended)
    assert value_of(record, PEAK) == 0


def test_what_a_proxy_fetched_in_vain_does_not_lessen_what_is_told(sent):
    data = scenario(DYNAMIC, {}).model_dump(mode="json", exclude_unset=True)
    lost = {"default": {"on": "always", "mean_time_between_losses": "5 min"}}
    record = assert_told(Scenario.model_validate(data | {"power": lost, "seed": 15}), sent)
    told_by_lines = record.jobs.fetched(record.log).sum() - record.load.size.sum()
    assert max(told_by_lines, 0) < sum(sent)
