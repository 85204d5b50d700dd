"""What the lines carried, by line, week and hour: see `fwsim.results.run.link_use`.

Lines are numbered: those of the sites first, then those of the hubs, and the repository's uplink
last. What crosses a hub or leaves the repository is what crosses the lines of the sites. A world
may have some of the sites only, with all that are under the same hubs.
"""

from __future__ import annotations

from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    hour_at,
    load_at,
    site_at,
    span_at,
    tally_at,
)
from fwsim.compiled.machine.tally_jobs import add
from fwsim.model.line_units import BUSY_MINUTES

HOUR = 3_600_000


@unit
def _begin_lines(w: Record) -> None:
    """Forget the rows of the lines of a world's sites, and of the hubs that these are under."""
    t = tally_at(w.tally, 0)
    t.first_hub, t.behind_hub = t.lines_count, 0
    for site in range(w.first_site, w.behind_site):
        put_whole(t.line_places, site, 0)
        hub = site_at(w.sites, site).hub
        if hub != NOBODY:
            t.first_hub = min(t.first_hub, w.sites_count + hub)
            t.behind_hub = max(t.behind_hub, w.sites_count + hub + 1)
    for line in range(t.first_hub, t.behind_hub):
        put_whole(t.line_places, line, 0)
        put_whole(t.line_last, line, NOBODY)


@unit
def _count_rows(w: Record) -> None:
    """Count the rows of each line: of a hub one a minute."""
    t = tally_at(w.tally, 0)
    for number in range(w.load_count):
        row = load_at(w.load, number)
        add(t.line_places, row.site, 1)
        hub = site_at(w.sites, row.site).hub
        if hub != NOBODY and whole_at(t.line_last, w.sites_count + hub) != row.minute:
            put_whole(t.line_last, w.sites_count + hub, row.minute)
            add(t.line_places, w.sites_count + hub, 1)


@compiled
def _begin_rows(t: Record, line: int, place: int) -> int:
    """Let the rows of a line begin at a place; return where those of the next one do."""
    behind: int = place + whole_at(t.line_places, line)
    put_whole(t.line_places, line, place)
    return behind


@compiled
def _add_row(t: Record, line: int, minute: int, size: int) -> None:
    """Write a row of a site, or the first of a minute of a hub."""
    place = whole_at(t.line_places, line)
    row = load_at(t.line_rows, place)
    row.minute, row.site, row.size = minute, line, size
    put_whole(t.line_places, line, place + 1)


@compiled
def _add_to_minute(t: Record, line: int, minute: int, size: int) -> None:
    """Add to the row of a minute; `line_last` tells which minute that is."""
    if whole_at(t.line_last, line) == minute:
        load_at(t.line_rows, whole_at(t.line_places, line) - 1).size += size
        return
    put_whole(t.line_last, line, minute)
    _add_row(t, line, minute, size)


@unit
def _sort_by_line(w: Record) -> None:
    """Write the rows line by line, each line's in the order of time."""
    t = tally_at(w.tally, 0)
    place = 0
    for site in range(w.first_site, w.behind_site):
        place = _begin_rows(t, site, place)
    for line in range(t.first_hub, t.behind_hub):
        place = _begin_rows(t, line, place)
        put_whole(t.line_last, line, NOBODY)
    for number in range(w.load_count):
        row = load_at(w.load, number)
        _add_row(t, row.site, row.minute, row.size)
        hub = site_at(w.sites, row.site).hub
        if hub != NOBODY:
            _add_to_minute(t, w.sites_count + hub, row.minute, row.size)
        add(t.sent, row.minute // t.stretch, row.size)


@unit
def _count_week(w: Record, line: int, begin: int, behind: int, week: int) -> None:
    """Count the bytes of a line within times of the week, and the most in one minute.

    The first of all weeks stands for every time.
    """
    t = tally_at(w.tally, 0)
    span = span_at(t.weeks, week)
    following, last = span.first, span.first + span.count
    total, peak, end = 0, 0, 0
    for place in range(begin, behind):
        row = load_at(t.line_rows, place)
        while following < last and whole_at(t.week_starts, following) <= row.minute:
            end = whole_at(t.week_ends, following)
            following += 1
        if week == 0 or row.minute < end:
            total += row.size
            peak = max(peak, row.size)
    put_whole(t.sizes, week * t.lines_count + line, total)
    put_whole(t.peaks, week * t.lines_count + line, peak)


@unit
def _count_fullest(w: Record, line: int, begin: int, behind: int) -> None:
    """Find the most bytes of a line in 60 consecutive minutes."""
    t = tally_at(w.tally, 0)
    first, inside, most = begin, 0, 0
    for place in range(begin, behind):
        row = load_at(t.line_rows, place)
        inside += row.size
        while load_at(t.line_rows, first).minute < row.minute - (BUSY_MINUTES - 1) * t.stretch:
            inside -= load_at(t.line_rows, first).size
            first += 1
        most = max(most, inside)
    put_whole(t.fullest, line, most)


@unit
def _count_hours(w: Record, line: int, begin: int, behind: int) -> None:
    """Note the bytes of a line hour by hour."""
    t = tally_at(w.tally, 0)
    before = NOBODY
    for place in range(begin, behind):
        row = load_at(t.line_rows, place)
        hour = row.minute // HOUR
        if hour == before:
            hour_at(t.line_hours, t.line_hours_count - 1).size += row.size
            continue
        noted = hour_at(t.line_hours, t.line_hours_count)
        noted.line, noted.hour, noted.size = line, hour, row.size
        t.line_hours_count += 1
        before = hour


@unit
def _count_line(w: Record, line: int, begin: int, behind: int) -> None:
    """Count the rows of a line; another world may count lines that have none here."""
    if begin == behind:
        return
    for week in range(tally_at(w.tally, 0).weeks_count):
        _count_week(w, line, begin, behind, week)
    _count_fullest(w, line, begin, behind)


@unit
def _count_lines(w: Record, first: int, behind: int, begin: int) -> int:
    """Count the rows of some lines, which begin at a place; return where the next ones do."""
    t = tally_at(w.tally, 0)
    for line in range(first, behind):
        end = whole_at(t.line_places, line)
        _count_line(w, line, begin, end)
        _count_hours(w, line, begin, end)
        begin = end
    return begin


@unit
def count_load(w: Record) -> None:
    """Count what the lines of a world's sites and hubs carried, each by itself.

    What leaves the repository is only noted, minute by minute: other worlds may have a part in it.
    """
    t = tally_at(w.tally, 0)
    _begin_lines(w)
    _count_rows(w)
    _sort_by_line(w)
    behind = _count_lines(w, w.first_site, w.behind_site, 0)
    _count_lines(w, t.first_hub, t.behind_hub, behind)


@unit
def count_repository(w: Record) -> None:
    """Count what was noted of the repository's uplink."""
    t = tally_at(w.tally, 0)
    count = 0
    for place in range(t.minutes):
        size = whole_at(t.sent, place)
        if size == 0:
            continue
        row = load_at(t.line_rows, count)
        row.minute, row.site, row.size = place * t.stretch, t.lines_count - 1, size
        add(t.repository, min(row.minute // t.step, t.bins - 1), size)
        count += 1
    _count_line(w, t.lines_count - 1, 0, count)
