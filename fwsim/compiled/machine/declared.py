"""What modules below call of those above: units that are declared here and linked in the end.

The parts of the model call one another in a circle: a device that goes off lets its proxy find
another provider, whose consumers go on, whose devices go off.
"""

from __future__ import annotations

from fwsim.compiled.machine.compiling import declared
from fwsim.compiled.machine.memory import Record


@declared("job")
def step(w: Record, number: int, event: int, detail: int) -> None:
    """Let something happen to a job, and whatever follows from it at once."""


@declared("interruptions")
def contacted(w: Record, number: int, has_started: bool) -> None:
    """Let a job hear its device report to the server."""


@declared("acceptance")
def arrive(w: Record, number: int) -> None:
    """Let a job come to the device that it was to wake."""


@declared("interruptions")
def lost_power(w: Record, number: int) -> None:
    """Let a job stop whatever its device was doing."""


@declared("interruptions")
def shut_down(w: Record, number: int, how: int) -> None:
    """Let a device go off as the user bids, unless an update answers first."""


@declared("starters")
def connected(w: Record, number: int, has_started: int) -> None:
    """Look what waits for a device that has just reported to the server."""


@declared("standing")
def attempt_over(w: Record, number: int) -> None:
    """Let a job's device finish its standing assignment, or try again."""


@declared("proxy")
def request(w: Record, number: int, size: int) -> None:
    """Let a job ask its proxy for the next stretch."""


@declared("providers")
def offer(w: Record, number: int, device: int) -> None:
    """Let a device that has all packages already be the provider, if there is none."""


@declared("proxy")
def is_in(w: Record, number: int) -> None:
    """Let a provider keep the package that has come in."""


@declared("proxy")
def provider_gone(w: Record, number: int) -> None:
    """Let consumers find another provider."""
