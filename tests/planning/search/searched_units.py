"""OUs that a search turns."""

from __future__ import annotations

UNITS = {
    "DE": {"devices": 0},
    "DE/Hub": {"devices": 6, "site": "hub"},
    "DE/Branches/*": {"devices": 2, "sites": 3},
}
BRANCHES = ("DE/Branches/1", "DE/Branches/2", "DE/Branches/3")
