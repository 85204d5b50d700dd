"""Why a plan breaks its limits: sentences that are true of the runs that miss them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.experiments.run_spec import RunSpec, played
from fwsim.measures.amounts import shown_duration
from fwsim.measures.catalogue import Kind
from fwsim.messages import GERMAN, speaking
from fwsim.planning.search.as_written import as_written_in_words
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.result_in_words import verdict
from fwsim.planning.search.search import Search
from tests.planning import small_fleets

BY_TEN = "successful by 2018-08-20 10:00: >= 95 %"


def searched(
    *limits, link="20 Mbit/s", people=None, turn=None, repository=None, silent=None, **command
):
    """Search six plans of thirty devices, twelve of which hang on a line of their own."""
    data = small_fleets.thin_line(80).as_data()
    data["network"]["sites"] = {"default": {"link": "20 Mbit/s"}, "a": {"link": link}}
    answer = people or {"now": "20 %", "defer": "70 %", "cancel": "0 %"}
    data["people"] = {"default": {"present": "daily 08:00-16:00", "answer": answer}}
    data["firmware"] = {"reminder": {"deferments": 3, "delays": ["30 min", "2 h"]}}
    data["commands"][0] |= {"once": "2018-08-20 09:00", **command}
    if repository:
        data["network"]["repository"] = {"uplink": repository}
    if silent:
        data["commands"].append({"update": silent, "once": "2018-08-20 09:00"})
    data["search"]["limits"] = []
    usual = {"deferments": [1, 2, 3], "inform_user": ["5 min", "15 min"]}
    data["search"]["turn"] = turn or usual
    return Search(fwsim.Scenario.model_validate(data), limits=limits)


def why(found):
    return [line for line in verdict(found) if line.startswith(("Why not", "Warum nicht"))]


def test_the_runs_that_tell_why_are_counted_beside_the_others():
    """As many lines tell of them as were played: a run that misses two limits is played once."""
    found = searched(BY_TEN, "user time lost: <= 1 min").run(workers=1)
    numbers = {
        (choice, run.number)
        for choice, seen in found.seen.items()
        for runs in seen.missing.values()
        for run in runs
    }
    [told] = [line for line in verdict(found) if line.startswith("Looked at")]
    runs = f"with {found.spent} runs; {len(numbers)} runs beside these tell why limits are broken."
    assert told.endswith(runs)


def test_who_waits_for_users_is_told_with_the_share_of_time():
    """Against the status logs of the same runs, looked at by other means."""
    search = searched(BY_TEN)
    found = search.run(workers=1)
    [told] = why(found)
    [runs] = found.seen[found.nearest.choice].missing.values()
    shares = np.zeros(2)
    for run in runs:
        order = RunSpec(search.space.rollout(found.nearest.choice), search.seed)
        lines = played(order, run.number).log
        log = pd.DataFrame({name: getattr(lines, name) for name in ("device", "time", "state")})
        done = log[log.state == State.SUCCESS].groupby("device").time.min().sort_values()
        last = done.tail(int(np.ceil(0.05 * len(done))))
        start = log.time.min()
        asked = 0
        for device, end in last.items():
            own = log[(log.device == device) & (log.time <= end)].sort_values("time", kind="stable")
            lasted = own.time.shift(-1).fillna(end) - own.time
            asked += lasted[own.state.isin([State.NOTIFYING, State.DEFERRED])].sum()
        shares += asked / len(last), (last - start).mean()
    share = 100 * shares[0] / shares[1]
    assert told == (
        f"Why not {BY_TEN}: in runs that miss it, the last 5 % of all successful devices spent "
        f"{share:.1f} % of their time waiting for their users, who were asked or had deferred, and "
        "meanwhile " + told.rpartition("meanwhile ")[2]
    )
    assert "updates take 1" in told


def test_lines_that_no_run_gets_through_are_told_with_how_long_they_need():
    """The written plan starts at nine: 720 MB at 1 Mbit/s take 96 minutes, so until 10:36."""
    found = searched(BY_TEN, link="1 Mbit/s", turn={"start": ["2018-08-20 08:00"]}).run(workers=1)
    [told] = [line for line in as_written_in_words(found) if "Why not" in line]
    assert told == (
        f"  Why not {BY_TEN}: no run of this plan can: the line of a carries at most 450.0 MB by "
        "then, and its 12 devices need 720.0 MB: 5 devices must wait; 1 site's line needs until "
        "2018-08-20 10:36 at best for all of its devices."
    )


def test_devices_that_never_get_it_are_told_by_how_they_end():
    cancelling = {"now": "20 %", "defer": "0 %", "cancel": "60 %"}
    limit = "successful by 2018-08-20 20:00: >= 95 %"
    found = searched(limit, people=cancelling, user_can_cancel=True).run(workers=1)
    [told] = why(found)
    assert "too few are successful even at the end of the run in 5 of the 5 runs" in told
    assert " % cancelled" in told


@pytest.mark.parametrize(
    ("limit", "part"),
    [
        (
            "most prompts on one device: <= 1",
            "% of the notices come up on a device that showed",
        ),
        ("peak site rate: <= 1 Mbit/s", "2 of 2 lines let updates take more when nothing else"),
        ("peak link utilisation of a: <= 1 %", "the line lets updates take more when nothing else"),
        ("user time lost: <= 1 min", "and user time comes to "),
    ],
)
def test_each_limit_that_is_broken_has_its_own_reason(limit, part):
    found = searched(limit).run(workers=1)
    [told] = why(found)
    assert told.startswith(f"Why not {limit}: ")
    assert part in told


def test_the_reasons_are_told_in_german_and_are_the_same_on_two_workers():
    limits = (BY_TEN, "user time lost: <= 1 min")
    alone, two = (searched(*limits).run(workers=count) for count in (1, 2))
    assert verdict(alone) == verdict(two)
    with speaking(GERMAN):
        told = why(alone)
    assert len(told) == 2
    assert "haben die letzten 5 % aller erfolgreichen Geräte" in told[0]


def test_ctrl_c_while_it_is_looked_why_leaves_the_search_whole(monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(CandidateRuns, "seen", stopped)
    found = searched(BY_TEN).run(workers=1)
    assert not found.interrupted
    assert found.nearest is not None
    assert why(found) == []


def test_who_is_deferred_when_the_run_ends_is_not_said_to_be_lost(monkeypatch):
    """Three hours are too few for three deferments of up to two: with more they would do it."""
    monkeypatch.setitem(small_fleets.BASE, "horizon", "3 h")
    [told] = why(searched(BY_TEN).run(workers=1))
    assert "more time" not in told
    assert "too few are successful even at the end of the run in 5 of the 5 runs" in told
    assert "still deferred)" in told


@pytest.mark.parametrize("limit", ["user time lost in DE/A: <= 10 s", "prompts in DE/A: <= 5"])
def test_limits_of_an_ou_are_explained_by_its_own_devices(limit):
    """Twelve of the thirty devices are in it."""
    found = searched(limit).run(workers=1)
    [told] = why(found)
    [(asked, runs)] = found.seen[found.nearest.choice].missing.items()
    whole = {m.kind: np.mean([run.values[m] for run in runs]) for m in runs[0].values if m.unit}
    if asked.measure.kind is Kind.USER_TIME_LOST:
        assert "notices come up on 12 devices" in told
        assert shown_duration(whole[Kind.USER_TIME_LOST] / 12) in told
    else:
        again = 1 - whole[Kind.DEVICES_PROMPTED] / whole[Kind.PROMPTS]
        assert f"{100 * again:.1f} % of the notices" in told


def test_the_last_devices_of_all_are_no_reason_for_a_limit_of_an_ou():
    """Those of the other OU wait for users all day; here they may do so as well, or not at all."""
    [told] = why(searched("successful in DE/A by 2018-08-20 10:00: >= 95 %").run(workers=1))
    assert "of all successful devices" not in told


def test_a_full_repository_is_not_told_as_a_full_line():
    """1.8 GB at 6 Mbit/s take 40 minutes, on lines that could carry 40 Mbit/s together."""
    now = {"now": "100 %", "defer": "0 %", "cancel": "0 %"}
    search = searched("time to 95 %: <= 40 min", people=now, repository="6 Mbit/s")
    [told] = why(search.run(workers=1))
    assert "on transfers or waiting for them" in told
    assert "line" not in told


def test_notices_are_no_measure_of_the_time_that_silent_updates_cost():
    """One of two OUs is updated without a notice while its users work."""
    limit = "user time lost: <= 1 min"
    search = searched(limit, silent="DE/B", update="DE/A", subordinate_units=False)
    [told] = why(search.run(workers=1))
    assert "for each of them" not in told
