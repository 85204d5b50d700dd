"""A rollout under a policy: when each group is sent depends on how the ones before it went.

What is sent later changes nothing that happened before. So a run is played with the groups whose
start is known, the gate reads the log, the next start becomes known, and it is played again: as
often as there are groups, on either clock, with no gate in the clocks themselves.
"""

from __future__ import annotations

from fwsim.planning.gates.gated import play_gated
from fwsim.planning.gates.paced import play_paced
from fwsim.planning.gates.policies import AwsIotJobs, FixedPolicy, Gate, Policy
from fwsim.planning.gates.sending import Play, Sent, Setup, in_time, played
from fwsim.planning.gates.staged_run import StagedRun


def play_staged(setup: Setup, policy: Policy, play: Play) -> StagedRun:
    """Play one run under a policy.

    Parameters
    ----------
    setup
        What is staged.
    policy
        How it is paced.
    play
        Plays a rollout with the chances of one replication.
    """
    if isinstance(policy, AwsIotJobs):
        return play_paced(setup, policy, play)
    if isinstance(policy, Gate):
        return play_gated(setup, policy, play)
    sent = timetable(setup, policy)
    return StagedRun(played(setup, sent, play), tuple(in_time(setup, sent)))


def timetable(setup: Setup, policy: FixedPolicy) -> list[Sent]:
    """Return what a policy that waits for nothing sends, and when."""
    start, done, sent = setup.first.at, 0, []
    for so_far, after in policy.starts(len(setup.devices)):
        if so_far > done:
            sent.append(Sent(start + after, done, so_far, setup.first.command.devices_wait))
        done = so_far
    return sent
