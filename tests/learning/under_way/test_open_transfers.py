"""A transfer that is under way bounds what its line carries."""

import pytest

import fwsim
from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.open_transfers import Begun, most_carried
from fwsim.model.past import UNTOLD, cut
from fwsim.model.status_log import StatusLog
from fwsim.run import prepare

SIZE = 60_000_000
RATE = 1_000_000  # bytes a second: 8 Mbit/s


FLEET = "fleet: {units: {DE: {devices: 4, site: Main}}}"


def made(fleet=FLEET):
    return prepare(
        fwsim.loads(
            f"""
zone: UTC
start: 2021-09-24 08:00
horizon: 8 h
image: {{name: a.idf, packages: [{{name: all, size: 60 MB}}]}}
{fleet}
network: {{sites: {{default: {{link: 8 Mbit/s}}, Main: {{link: 8 Mbit/s, line_factor: 100 %}}}}}}
commands: [{{update: DE, once: 2021-09-24 08:00}}]
doubt: none
"""
        )
    )


@pytest.fixture(scope="module")
def rollout():
    return made()


def carried(past, rollout):
    return most_carried(Begun.of(past, rollout), rollout)


def past_of(rollout, begins, ends, until, told=SIZE):
    log = StatusLog(rollout.runs)
    rows = [(at, device, State.TRANSFER, told) for device, at in enumerate(begins)]
    rows += [(at, device, State.VERIFY_PACKAGES, SIZE) for device, at in ends.items()]
    for at, device, state, amount in sorted(rows):
        log.write(at, device, 0, state, Detail.NONE, amount)
    return cut(log.columns(), until, 4)


def test_one_that_is_alone_and_late(rollout):
    """It would have had 120 MB by now and is not through with 60."""
    past = past_of(rollout, [0], {}, 120_000)
    assert carried(past, rollout) == {"Main": pytest.approx([0.5])}


def test_those_who_share_a_line_get_their_parts(rollout):
    """Two for 60 s, then one for 30 s: 30 + 30 MB for the one that is left."""
    past = past_of(rollout, [0, 0], {0: 60_000}, 90_000)
    found = carried(past, rollout)["Main"]
    assert found == pytest.approx([SIZE / (RATE * 60 / 2 + RATE * 30)])


def test_where_nothing_is_under_way_nothing_is_said(rollout):
    assert carried(past_of(rollout, [0], {0: 60_000}, 90_000), rollout) == {}


def test_a_slow_device_is_held_against_its_own_rate(rollout):
    """At 0.5 Mbit/s of its own it cannot have more by now, whatever the line carries."""
    slow = made("fleet: {units: {DE: {devices: 4, site: Main, device_rate: 0.5 Mbit/s}}}")
    past = past_of(slow, [0], {}, 120_000)
    assert carried(past, slow) == {"Main": pytest.approx([SIZE / (62_500 * 120)])}


def test_a_log_that_tells_no_bytes_leaves_them_to_the_images(rollout):
    past = past_of(rollout, [0], {}, 120_000, told=UNTOLD)
    assert carried(past, rollout) == {"Main": pytest.approx([0.5])}


def test_what_a_later_command_fetches_is_what_the_earlier_one_left_out():
    text = """
zone: UTC
start: 2021-09-24 08:00
horizon: 8 h
images:
  a: {name: a.idf, packages: [{name: base, size: 500 MB}, {name: x, version: "1", size: 60 MB}]}
  b: {name: b.idf, packages: [{name: base, size: 500 MB}, {name: x, version: "2", size: 60 MB}]}
firmware: {image_file: a.idf}
changes: [{at: 2021-09-24 09:00, firmware: {image_file: b.idf}}]
fleet: {units: {DE: {devices: 4, site: Main}}}
network: {sites: {default: {link: 8 Mbit/s}, Main: {link: 8 Mbit/s, line_factor: 100 %}}}
commands: [{update: DE, once: 2021-09-24 08:00}, {update: DE, once: 2021-09-24 10:00}]
doubt: none
"""
    twice = prepare(fwsim.loads(text))
    log = StatusLog(twice.runs)
    ten = 2 * 3600_000
    for at, run, state in (
        (0, 0, State.TRANSFER),
        (600_000, 0, State.INSTALL),
        (700_000, 0, State.REBOOT),
        (800_000, 0, State.SUCCESS),
        (ten, 1, State.TRANSFER),
    ):
        log.write(at, 0, run, state, Detail.NONE, UNTOLD)
    past = cut(log.columns(), ten + 120_000, 4)
    assert carried(past, twice) == {"Main": pytest.approx([0.5])}
