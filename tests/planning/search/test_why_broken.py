"""Why a plan breaks its limits: sentences that are true of the runs that miss them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.experiments.run_spec import RunSpec, played
from fwsim.messages import GERMAN, speaking
from fwsim.planning.search.as_written import as_written_in_words
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.result_in_words import verdict
from fwsim.planning.search.search import Search
from tests.planning import small_fleets

BY_TEN = "successful by 2018-08-20 10:00: >= 95 %"


def searched(*limits, link="20 Mbit/s", people=None, turn=None, **command):
    """Search six plans of thirty devices, twelve of which hang on a line of their own."""
    data = small_fleets.thin_line(80).as_data()
    data["network"]["sites"] = {"default": {"link": "20 Mbit/s"}, "a": {"link": link}}
    answer = people or {"now": "20 %", "defer": "70 %", "cancel": "0 %"}
    data["people"] = {"default": {"present": "daily 08:00-16:00", "answer": answer}}
    data["firmware"] = {"reminder": {"deferments": 3, "delays": ["30 min", "2 h"]}}
    data["commands"][0] |= {"once": "2018-08-20 09:00", **command}
    data["search"]["limits"] = []
    usual = {"deferments": [1, 2, 3], "inform_user": ["5 min", "15 min"]}
    data["search"]["turn"] = turn or usual
    return Search(fwsim.Scenario.model_validate(data), limits=limits)


def why(found):
    return [line for line in verdict(found) if line.startswith(("Why not", "Warum nicht"))]


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
    assert "more time would not do in 5 of the 5 runs looked at that miss it" in told
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
