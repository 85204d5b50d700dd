"""What proxies sent: only who turns to one is served by one."""

import numpy as np
import pytest

from fwsim.commands.lifecycle import State
from fwsim.experiments.experiment import Experiment
from fwsim.results.run.proxy_load import provider_load
from fwsim.run import simulate
from fwsim.scenario.schema import Scenario
from fwsim.simulation.proxy import ProxyService

DYNAMIC = {"proxy": {"type": "dynamic"}}
STATIC = {"proxy": {"type": "static", "device": "DE/P/P-1"}}
PACKAGES = [{"name": "p", "size": "150 MB"}, {"name": "q", "size": "150 MB"}]
AT_TEN = {"update": "DE/X", "once": "2018-08-20 22:00"}
MEGABYTE = 1_000_000


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
    names = record.rollout.fleet.site.values
    by_site = {
        names[site]: flow.amount.sum() / MEGABYTE for site, flow in provider_load(record).items()
    }
    answer = Experiment(model).run(2, workers=1)
    name = next(m for m in answer.measures if str(m) == "peak provider utilisation")
    told = answer.replications[0].timeline.providers
    assert told.sum() / MEGABYTE == pytest.approx(sum(by_site.values()), rel=1e-6)
    return by_site, answer.values(name)[0], np.flatnonzero(told > 0)


@pytest.fixture(scope="module")
def alone():
    return served(scenario(DYNAMIC, {}))[1]


def test_who_has_no_proxy_changes_nothing_in_what_a_proxy_of_the_site_sent(alone):
    others = {"DE/Y": {"devices": 10, "site": "A", "installed": "a.idf"}}
    earlier = {"update": "DE/Y", "once": "2018-08-20 21:10"}
    by_site, peak, minutes = served(scenario(DYNAMIC, others, earlier))
    assert by_site == pytest.approx({"A": 600})
    assert peak == pytest.approx(alone)
    assert minutes.min() == 60


def test_a_delivery_is_served_by_no_proxy(alone):
    others = {
        "DE/X/Y": {"devices": 10, "site": "A", "installed": "a.idf", "firmware": DYNAMIC},
    }
    earlier = {"delivery": "DE/X/Y", "once": "2018-08-20 21:10"}
    by_site, peak, minutes = served(scenario(DYNAMIC, others, earlier))
    assert by_site == pytest.approx({"A": 600})
    assert peak == pytest.approx(alone)
    assert minutes.min() == 60


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
    assert not provider_load(record)


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
    records = [simulate(model, engine=engine).record for engine in ("simpy", "compiled")]
    for record in records:
        told = sum(flow.amount.sum() for flow in provider_load(record).values())
        assert told == pytest.approx(sum(sent))
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
@pytest.mark.parametrize(("minutes", "told"), [(62, 0), (80.25, 600), (80.7, 3600)])
def test_what_was_sent_of_transfers_that_the_end_cuts_is_not_told_of_those_before(
    minutes, told, engine
):
    """Ten neighbours at a time have 300 MB each of the proxy, which takes them 24 s."""
    beside = {"DE/Y": {"devices": 40, "site": "A", "installed": "a.idf", "firmware": DYNAMIC}}
    later = {"update": "DE/Y", "once": "2018-08-20 22:20"}
    model = scenario(DYNAMIC, beside, later)
    record = simulate(model, engine=engine, until=round(minutes * 60_000)).record
    assert record.sent.sum() == told * MEGABYTE
    assert sum(flow.amount.sum() for flow in provider_load(record).values()) == pytest.approx(
        told * MEGABYTE
    )


def test_what_a_proxy_fetched_in_vain_does_not_lessen_what_is_told(sent):
    data = scenario(DYNAMIC, {}).model_dump(mode="json", exclude_unset=True)
    lost = {"default": {"on": "always", "mean_time_between_losses": "5 min"}}
    record = assert_told(Scenario.model_validate(data | {"power": lost, "seed": 15}), sent)
    told_by_lines = record.jobs.fetched(record.log).sum() - record.load.size.sum()
    assert max(told_by_lines, 0) < sum(sent)
