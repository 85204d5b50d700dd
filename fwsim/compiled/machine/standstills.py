"""When nothing can get from the repository to a site.

Twin of `fwsim.model.standstills`.
"""

from __future__ import annotations

from fwsim.compiled.machine.compiling import compiled
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.rows import site_at, span_at
from fwsim.model.outages import FLOWING


@compiled
def standing_since(w: Record, site: int) -> int:
    """Return since when a site's line has given nothing; `FLOWING` if it gives something."""
    spans = span_at(w.standstills, site_at(w.sites, site).standstills)
    low, high = spans.first, spans.first + spans.count
    while low < high:
        middle = (low + high) // 2
        if whole_at(w.standstill_starts, middle) <= w.now:
            low = middle + 1
        else:
            high = middle
    if low == spans.first or w.now >= whole_at(w.standstill_ends, low - 1):
        return FLOWING
    return whole_at(w.standstill_starts, low - 1)
