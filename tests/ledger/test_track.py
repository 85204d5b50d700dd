"""What forecasts said, one after the other, as a figure takes it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace as Stub
from zoneinfo import ZoneInfo

import numpy as np

from fwsim.ledger.track import track_of

HOUR = 3_600_000


def at(milliseconds):
    return str(np.datetime64(round(milliseconds), "ms"))[:16].replace("T", " ")


def test_times_lie_on_a_clock_that_is_not_set_and_the_changes_of_the_servers_are_told():
    start = datetime(2021, 10, 30, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    first = round(start.timestamp() * 1000)
    told = Stub(low=2.0 * HOUR, middle=4.0 * HOUR, high=8.0 * HOUR)
    score = Stub(told=told, actual=5.0 * HOUR)
    kept = Stub(first_command_at=first, data_up_to=None)
    scored = Stub(forecast=kept, number=1, of=lambda _: score)
    forecast = Stub(start=start.astimezone(UTC), zone="Europe/Berlin")
    track = track_of(Stub(forecast=forecast, scored=[scored]))
    (said,) = track.said
    assert [at(end) for end in (said.low, said.middle, said.high)] == [
        "2021-10-31 00:00",
        "2021-10-31 02:00",
        "2021-10-31 06:00",  # the server's clock shows 05:00
    ]
    assert at(track.came) == "2021-10-31 03:00"
    assert [at(change) for change in track.changes] == ["2021-10-31 03:00"]
    assert track.offsets == (2 * HOUR, HOUR)
