"""Device lists, written in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from fwsim.first_scenario.asked import SitesFrom
from fwsim.first_scenario.creating import Source, read_source
from fwsim.first_scenario.draft import Draft

TODAY = date(2026, 11, 26)


def written(path: Path, head: str, rows: Iterable[str]) -> Path:
    """Write a list; each row is given without the device's name, its first cell."""
    lines = [f"Name;{head}", *(f"TC-{n:04d};{row}" for n, row in enumerate(rows))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def branches(path: Path, *, sites: int = 5, each: int = 6, head_office: int = 0) -> Path:
    """Write a list of branches of one country, perhaps with a head office."""
    rows = [f"DE/Branches/{n:02d};Branch {n:02d}" for n in range(sites) for _ in range(each)]
    rows += ["DE/Head office;Head office"] * head_office
    return written(path, "OU;Site", rows)


def draft_of(
    path: Path, said: Mapping[str, str] | None = None, sites_from: SitesFrom | None = None
) -> tuple[Source, Draft]:
    """Read a list and say something of it."""
    source = read_source(path, sites_from=sites_from)
    return source, Draft(source.found, TODAY, said or {})
