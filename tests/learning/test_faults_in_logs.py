"""Who failed in which phase, as logs tell it."""

import pytest

from fwsim.learning.counted import fault_tallies
from fwsim.learning.failed_in import failures_in
from fwsim.observations.observed import What
from tests.learning.lines_seen import RAN, ROLLOUT, journeys


def test_faults_count_where_their_phase_was_got_through():
    rows = [
        (0, 0, What.CHECKING),
        (0, 5, What.FETCHING),
        (0, 9, What.FAILED, "transfer failed"),
        (1, 0, What.CHECKING),
        (1, 5, What.FETCHING),
        (1, 9, What.FETCHED),
        (1, 10, What.WRITING),
        (1, 20, What.FAILED, "installation failed"),
        (2, 0, What.CHECKING),
        (2, 5, What.FETCHING),
        (3, 0, What.CHECKING),
        (3, 3, What.FAILED, "image definition file not available"),
    ]
    found = fault_tallies(journeys(*rows), ROLLOUT)
    assert found["transfer"].total == (1, 2)
    assert found["installation"].total == (1, 1)
    assert found["idf"].total == (1, 4)
    assert found["package"].total == (0, 1)


@pytest.mark.parametrize(
    "reason", ["", "Disk 7", "TRANSFER  failed.", "Übertragung fehlgeschlagen"]
)
def test_who_failed_while_fetching_failed_in_the_transfer_whatever_words_say_so(reason):
    seen = journeys(*RAN, (0, 5, What.FETCHING), (0, 9, What.FAILED, reason))
    assert fault_tallies(seen, ROLLOUT)["transfer"].total == (1, 2)
    assert failures_in(seen).untold == 0


def test_who_failed_while_writing_failed_in_the_installation_and_who_is_done_did_not():
    found = fault_tallies(journeys(*RAN, (0, 5, What.WRITING), (0, 9, What.FAILED, "")), ROLLOUT)
    assert found["installation"].total == (1, 2)


def test_failures_of_which_nobody_tells_the_phase_are_counted_and_teach_nothing():
    rows = [(0, 9, What.FAILED, "oh"), (1, 9, What.DONE), (2, 5, What.FETCHING), (2, 9, What.DONE)]
    found = failures_in(journeys(*rows, (3, 5, What.FETCHING), (3, 9, What.FAILED)))
    assert found.untold == 2
    assert {"idf", "transfer", "installation"} <= found.phases
    early = failures_in(journeys(*RAN, (0, 5, What.CHECKING), (0, 9, What.FAILED)))
    assert (early.untold, early.phases) == (1, {"idf", "idf_signature"})


def test_where_nobody_gets_further_nobody_knows_whether_the_log_would_have_told_it():
    """All of them may have been writing: a console that is seldom looked at shows it of nobody."""
    rows = [row for at in range(4) for row in ((at, 5, What.FETCHING), (at, 9, What.FAILED, "oh"))]
    found = failures_in(journeys(*rows))
    assert found.untold == 4
    assert found.phases == {"package", "transfer", "package_signature", "installation"}
    assert fault_tallies(journeys(*rows), ROLLOUT)["transfer"].total == (0, 0)
    assert failures_in(journeys(*RAN, *rows)).untold == 0


def test_a_list_of_the_finished_tells_how_many_failed_by_their_reasons():
    rows = [
        (0, 9, What.FAILED, "transfer failed"),
        *((device, 9, What.DONE) for device in (1, 2, 3)),
    ]
    assert fault_tallies(journeys(*rows), ROLLOUT)["transfer"].total == (1, 4)


@pytest.mark.parametrize("stray", [What.CHECKING, What.WRITING, What.RESTARTING])
def test_one_stray_line_in_a_list_of_the_finished_takes_nobody_off_the_count(stray):
    rows = [
        (0, 9, What.FAILED, "transfer failed"),
        (1, 9, What.FAILED, "installation failed"),
        *((device, 9, What.DONE) for device in (2, 3, 4, 5, 6)),
        (7, 5, stray),
    ]
    found = fault_tallies(journeys(*rows), ROLLOUT)
    assert found["transfer"].total == (1, 7 + (stray is not What.CHECKING))
    assert found["installation"].total == (1, 6 + (stray is What.RESTARTING))
