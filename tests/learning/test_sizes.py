"""Bytes that devices fetched and wrote: from what they had, and what they were sent."""

from dataclasses import replace

import numpy as np
import pytest

from fwsim.learning.journeys import journeys_of
from fwsim.learning.learn import learn
from fwsim.learning.line_loads import from_status_log
from fwsim.learning.rollouts_apart import RolloutsApart
from fwsim.learning.sizes import UNKNOWN, Sizes, written_at
from fwsim.learning.took import installations
from fwsim.observations.observed import What
from fwsim.observations.own_columns import observed_in
from fwsim.run import play_once, prepare
from fwsim.scenario.load import loads

START = """\
zone: UTC
start: 2018-08-20 08:00
horizon: 16 h
doubt: none
network: {sites: {default: {link: 1 Gbit/s}}, repository: {uplink: 10 Gbit/s}}
"""
TWO_IMAGES = """\
images:
  a: {name: a.idf, packages: [{name: base, size: 500 MB}, {name: x, version: "1", size: 60 MB}]}
  b: {name: b.idf, packages: [{name: base, size: 500 MB}, {name: x, version: "2", size: 60 MB}]}
firmware: {image_file: a.idf}
fleet: {units: {DE: {devices: 30, installed: old.idf}}}
changes: [{at: 2018-08-20 12:00, firmware: {image_file: b.idf}}]
"""
AGAIN = START + TWO_IMAGES + "commands: [{update: DE}, {update: DE, once: 2018-08-20 14:00}]\n"
AHEAD = (
    START
    + TWO_IMAGES
    + "commands: [{update: DE}, {delivery: DE, once: 2018-08-20 14:00}, "
    + "{update: DE, once: 2018-08-20 16:00}]\n"
)
VENDOR = (
    START
    + """\
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
uefi: {LES v5: {version: "2", size: 200 MB}, LES v4: {version: "2", size: 100 MB}}
fleet:
  units:
    DE: {devices: 15, installed: old.idf, attributes: {Device type: LES v5, BIOS: "1"}}
    FR: {devices: 15, installed: old.idf, attributes: {Device type: LES v4, BIOS: "1"}}
commands: [{uefi_update: DE}, {uefi_update: FR}, {update: DE, once: 2018-08-20 14:00}]
"""
)


def seen(text, *, tells_bytes=True):
    rollout = prepare(loads(text))
    log = observed_in(play_once(rollout, 1, 0).log, rollout, rollout.horizon)
    if not tells_bytes:
        log = replace(log, amount=np.full(len(log), -1, np.int64))
    return rollout, log


def written(text, **more):
    """Return the megabytes written, by run."""
    rollout, log = seen(text, **more)
    journeys = journeys_of([log], rollout)
    lines = np.flatnonzero(journeys.of(What.WRITING))
    sizes = written_at(journeys, lines, Sizes.of_journeys(rollout, journeys))
    runs = journeys.run[lines]
    return {run: set((sizes[runs == run] / 1e6).tolist()) for run in np.unique(runs).tolist()}


@pytest.mark.parametrize("tells_bytes", [True, False])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (AGAIN, {0: {560.0}, 1: {60.0}}),
        (AHEAD, {0: {560.0}, 2: {60.0}}),
        (VENDOR, {0: {200.0}, 1: {100.0}, 2: {60.0}}),
    ],
)
def test_what_is_written_is_what_the_device_lacked(text, wanted, tells_bytes):
    assert written(text, tells_bytes=tells_bytes) == wanted


@pytest.mark.parametrize("tells_bytes", [True, False])
def test_the_rate_of_installations_comes_out_whatever_they_bring(tells_bytes):
    for text in (AGAIN, VENDOR):
        rollout, log = seen(text, tells_bytes=tells_bytes)
        learnt = learn(rollout.scenario, log, rows=50)
        low, high = learnt["assumptions.install_rate"].value["between"]
        assert float(low.split()[0]) < 25.6 < float(high.split()[0])
        assert float(high.split()[0]) < 1.15 * float(low.split()[0])


def test_lines_are_told_by_what_was_fetched_where_the_log_tells_no_bytes():
    for text in (AGAIN, VENDOR):
        told, untold = (
            from_status_log(journeys, rollout, RolloutsApart.of(journeys, rollout.zone))
            for rollout, log in (seen(text), seen(text, tells_bytes=False))
            for journeys in (journeys_of([log], rollout),)
        )
        for site, downloads in told.items():
            assert sorted(untold[site].size.tolist()) == sorted(downloads.size.tolist())


RESUMED = """
image: {name: new.idf, packages: [{name: a, size: 40 MB}, {name: b, size: 60 MB}]}
fleet: {units: {DE: {devices: 100, installed: old.idf, flash: %s}}}
faults: {transfer: 60 %%}
assignments:
  - {update: DE, check_in: {every: 10 min}, resume: {times: 5, wait: 5 min}}
"""


@pytest.mark.parametrize(("flash", "wanted"), [("2 GB", {UNKNOWN}), ("8 GB", {100e6})])
def test_a_try_that_goes_on_from_a_broken_one_writes_the_rest_or_all(flash, wanted):
    """Package by package, some were written before it; with an update partition, none."""
    rollout, log = seen(START + RESUMED % flash)
    journeys = journeys_of([log], rollout)
    lines = installations(journeys).line
    lines = lines[journeys.of_taken_up()[lines]]
    sizes = written_at(journeys, lines, Sizes.of_journeys(rollout, journeys))
    assert set(sizes.tolist()) == wanted
