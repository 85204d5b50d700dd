"""Short forms of what was read, for tests."""

from __future__ import annotations

from datetime import datetime

from fwsim.observations.observed import Observed, What


def ms(text: str) -> int:
    """Return an ISO time with its zone as milliseconds since the epoch."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def events(observed: Observed) -> list[tuple[str, str, int]]:
    """Return device, what and earliest time of each event."""
    return [
        (observed.device[i], What(what).name, int(observed.earliest[i]))
        for i, what in enumerate(observed.what.tolist())
    ]


def whats(observed: Observed, device: str) -> list[str]:
    """Return what was seen of a device, in order."""
    return [what for name, what, _ in events(observed) if name == device]
