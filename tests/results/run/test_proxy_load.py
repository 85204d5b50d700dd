"""What proxies sent: only who turns to one is served by one."""

import numpy as np
import pytest

from fwsim.experiments.experiment import Experiment
from fwsim.results.run.proxy_load import provider_load
from fwsim.run import simulate
from fwsim.scenario.schema import Scenario

DYNAMIC = {"proxy": {"type": "dynamic"}}
STATIC = {"proxy": {"type": "static", "device": "DE/P/P-1"}}
PACKAGES = [{"name": "p", "size": "150 MB"}, {"name": "q", "size": "150 MB"}]
AT_TEN = {"update": "DE/X", "once": "2018-08-20 22:00"}
MEGABYTE = 1_000_000


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
