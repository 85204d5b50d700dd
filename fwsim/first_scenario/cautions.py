"""What a person should know of a field before the scenario is made, beside that field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from fwsim.commands.image import image_stem
from fwsim.commands.schedule import on_the_clock
from fwsim.first_scenario.asked import SitesFrom
from fwsim.first_scenario.draft import Draft
from fwsim.first_scenario.fields import ANSWERED
from fwsim.fleet.week import Week, intervals
from fwsim.measures.amounts import counted, shown_duration
from fwsim.messages import say
from fwsim.quantities.units import read_duration, read_size, write_rate
from fwsim.results.statistics.in_words import moment_in_words

LONG = 12 * 3600.0
"""Seconds that an image may take on a line where there is no window."""
SMALL_IMAGE, LARGE_IMAGE = read_size("20 MB"), read_size("2 GB")
ONE_PLACE = 200
"""Devices at one site that make one wonder whether it is one."""
_MINUTE = timedelta(minutes=1)


def cautions(draft: Draft) -> dict[str, list[str]]:
    """Return warnings by the name of the field beside which they belong.

    Parameters
    ----------
    draft
        Where something said is wrong the usual value is looked at in its place.
    """
    found: dict[str, list[str]] = {}
    for look in _LOOKS:
        for name, text in look(draft):
            found.setdefault(name, []).append(text)
    return found


def _time_there_is(draft: Draft) -> float:
    """Return how many seconds there are from the command to the end of the window."""
    window, zone = draft.window(), ZoneInfo(draft.value("zone"))
    if window is None:
        return LONG
    begin, end = (on_the_clock(wall, zone) for wall in (draft.value("start"), window[1]))
    return (end - begin).total_seconds()


def _lines(draft: Draft) -> Iterator[tuple[str, str]]:
    limit = _time_there_is(draft)
    slow = [
        (seconds, site)
        for site in draft.found.sites
        if (seconds := draft.seconds_of(site.name)) > limit
    ]
    if not slow:
        return
    seconds, site = max(slow, key=lambda pair: pair[0])
    named = site.name in draft.value("other_lines")
    yield (
        "other_lines" if named else "line",
        say(
            "new.slow_line",
            site=site.name,
            devices=counted(draft.lacking[site.name], "device"),
            rate=write_rate(draft.rate_of(site.name)),
            needed=shown_duration(seconds * 1000),
            limit=shown_duration(limit * 1000),
            more=say("new.slow_lines_more", count=len(slow) - 1) if len(slow) > 1 else "",
        ),
    )


def _uplink(draft: Draft) -> Iterator[tuple[str, str]]:
    devices = sum(draft.lacking.values())
    seconds = devices * draft.value("size") / draft.value("uplink")
    limit = _time_there_is(draft)
    if seconds > limit:
        yield (
            "uplink",
            say(
                "new.slow_uplink",
                devices=counted(devices, "device"),
                needed=shown_duration(seconds * 1000),
                limit=shown_duration(limit * 1000),
            ),
        )


def _one_place(draft: Draft) -> Iterator[tuple[str, str]]:
    sites = draft.found.sites
    if len(sites) == 1 and sites[0].devices >= ONE_PLACE:
        yield "line", say("new.one_site", devices=counted(sites[0].devices, "device"))
    elif draft.found.sites_from is not SitesFrom.COLUMN:
        alone = sum(site.devices == 1 for site in sites)
        if len(sites) > 2 and alone > len(sites) / 2:
            yield "line", say("new.sites_of_one", alone=alone, sites=len(sites))


def _image(draft: Draft) -> Iterator[tuple[str, str]]:
    size, name, images = draft.value("size"), draft.value("image"), draft.found.images
    if size < SMALL_IMAGE:
        yield "size", say("new.small_size")
    elif size > LARGE_IMAGE:
        yield "size", say("new.large_size")
    there = draft.found.running(name)
    if there == draft.found.count:
        yield "image", say("new.all_have_it", name=name)
    elif there:
        yield "image", say("new.some_have_it", count=there, name=name)
    for image in images:
        if image.name != name and image_stem(image.name).casefold() == image_stem(name).casefold():
            has = {"count": image.devices, "other": image.name}
            yield "image", say("new.other_image", name=name, **has)


def _holds(draft: Draft, week: Week, lasts: timedelta = _MINUTE) -> bool:
    """Tell whether times of the week hold when the command runs, or while something lasts then."""
    zone = ZoneInfo(draft.value("zone"))
    start = on_the_clock(draft.value("start"), zone)
    return bool(intervals(week, zone, start, start + max(lasts, _MINUTE)))


def _people(draft: Draft) -> Iterator[tuple[str, str]]:
    at = moment_in_words(draft.value("start"))
    notice = draft.value("notice")
    asks, waits = notice is not None, notice == ANSWERED
    shown = timedelta(milliseconds=read_duration(notice)) if asks and not waits else _MINUTE
    if asks and not _holds(draft, draft.value("present"), shown):
        yield "start", say("new.nobody_answers" if waits else "new.nobody_there", at=at)
    if not _holds(draft, draft.value("on")):
        yield "start", say("new.switched_off", at=at)
    if not asks and _holds(draft, draft.value("present")):
        yield "notice", say("new.nobody_asked", at=at)


def _window(draft: Draft) -> Iterator[tuple[str, str]]:
    week, window = draft.value("window"), draft.window()
    if week is not None and not week.is_always and window is None:
        yield "window", say("new.no_such_window")
    elif window is not None and not draft.is_in_window():
        yield "window", say("new.before_window", at=moment_in_words(window[0]))


_LOOKS: tuple[Callable[[Draft], Iterator[tuple[str, str]]], ...] = (
    _image,
    _one_place,
    _lines,
    _uplink,
    _people,
    _window,
)
