"""What lines are of that name no command: the scenario says it, by when they came."""

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.commands.status_text import StatusField
from fwsim.ledger.judged import fields_in, with_fields
from fwsim.ledger.kept import epoch
from fwsim.ledger.seen import seen_in
from fwsim.model.first_due import what_is_due
from fwsim.observations.own_columns import observed_in
from fwsim.observations.reading import read_observed
from fwsim.run import prepare

SCENARIO = """\
zone: UTC
start: 2018-08-20 08:00
horizon: 1 d
doubt: none
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
uefi: {A: {version: "1.12", size: 16 MB}}
network: {sites: {default: {link: 10 Mbit/s}}}
power: {n: {on: "daily 09:30-17:00"}}
people: {default: {answer: {now: 50 %, defer: 20 %, cancel: 30 %, after: 3 min}}}
faults: {transfer: 10 %, installation: 10 %}
fleet:
  units:
    DE/A: {devices: 6, installed: old.idf, attributes: {Device type: A, BIOS: "1.08"}}
    DE/B: {devices: 6, installed: old.idf, power: n, attributes: {Device type: B}}
"""
OF_ALL = "DE, subordinate_units: true"
UPDATE = f"{{update: {OF_ALL}, inform_user: 5 min, user_can_cancel: true, once: 2018-08-20 %s}}"
UEFI = f"{{uefi_update: {OF_ALL}, once: 2018-08-20 %s}}"
DELIVERY = f"{{delivery: {OF_ALL}, once: 2018-08-20 %s}}"
SET = f"assignments: [{{%s: {OF_ALL}, set: 2018-08-20 %s, check_in: {{every: 1 h}}}}]\n"


def commands(*given):
    return f"commands: [{', '.join(one % at for one, at in given)}]\n"


def played(text):
    """Return a scenario made ready, with its log, which names commands and which does not."""
    result = fwsim.simulate(fwsim.loads(SCENARIO + text), seed=3)
    named = observed_in(result.record.log, result.rollout, result.record.ended)
    return result.rollout, named, bare(named)


def bare(named):
    nothing = np.full(len(named), -1, np.int32)
    return replace(named, command=nothing, commands=(), deliveries=frozenset(), uefi=frozenset())


def seen_of(rollout, observed, **more):
    due = what_is_due(rollout)
    given = {"field": due.judged, "due": epoch(rollout.start) + due.first(due.judged)}
    return seen_in(with_fields(observed, rollout), tells_of_others=True, **(given | more))


@pytest.mark.parametrize(
    "text",
    [
        commands((DELIVERY, "09:00"), (UPDATE, "13:00")),
        commands((UEFI, "09:00"), (UPDATE, "13:00")),
        commands((UPDATE, "09:40"), (DELIVERY, "09:50")),
        commands((DELIVERY, "09:00"), (UPDATE, "09:02")),  # some are rejected: busy
        commands((UEFI, "09:00"), (DELIVERY, "09:02")),
        commands((DELIVERY, "09:00"), (DELIVERY, "10:00")),
        commands((DELIVERY, "09:00"), (UEFI, "10:00"), (UPDATE, "12:00"), (DELIVERY, "15:00")),
        commands((DELIVERY, "09:00")) + SET % ("update", "10:00"),
        commands((UPDATE, "12:00")) + SET % ("delivery", "09:00"),
    ],
)
def test_lines_without_names_of_commands_are_of_what_they_are_of_with_them(text):
    rollout, named, unnamed = played(text)
    wanted, found = seen_of(rollout, named), seen_of(rollout, unnamed)
    assert list(found.done) == list(wanted.done)
    assert (found.outcomes, found.under_way) == (wanted.outcomes, wanted.under_way)


@pytest.mark.parametrize("first", [DELIVERY, UEFI])
def test_what_came_before_the_update_is_no_success_of_it(first):
    """With the scenario, or without it."""
    rollout, named, unnamed = played(commands((first, "09:00"), (UPDATE, "18:00")))
    until = epoch(rollout.start) + 4 * 3_600_000
    for log in (named, unnamed):
        cut = log.where(log.latest <= until)
        found = seen_of(rollout, cut)
        assert (len(found.done), found.devices, found.too_soon) == (0, 0, 0)
    due = epoch(rollout.start) + 10 * 3_600_000
    alone = seen_in(cut, due=due)
    assert (len(alone.done), alone.devices) == (0, 0)
    assert alone.too_soon > 6


def test_a_time_that_reaches_back_before_the_command_does_not_count_from_there(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "Device;Time;Update State\n"
        "A;2018-08-20 08:30:00;Update in progress\n"
        "A;2018-08-20 09:30:00;Successful\n",
        encoding="utf-8",
    )
    observed = read_observed(log, zone="UTC")
    begin = int(observed.latest.min())
    due = begin + 1_800_000
    seen = seen_in(observed, begin, due=due)
    assert list(seen.done) == [due + 900_000]
    minutes = replace(observed, resolution=60_000, earliest=observed.latest)
    assert list(seen_in(minutes, due=int(observed.latest.max()) + 30_000).done) == [
        int(observed.latest.max()) + 30_000
    ]


def test_exports_of_the_console_tell_of_updates_whenever_they_come(tmp_path):
    log = tmp_path / "console.csv"
    log.write_text(
        "Device;Time;Update State\n"
        + "".join(f"DE/A/{n};2018-08-20 16:00:00;Successful\n" for n in range(6)),
        encoding="utf-8",
    )
    rollout = prepare(fwsim.loads(SCENARIO + commands((UPDATE, "09:40"), (DELIVERY, "15:00"))))
    observed = with_fields(read_observed(log, zone="UTC"), rollout)
    assert set(fields_in(observed)) == {StatusField.UPDATE}
