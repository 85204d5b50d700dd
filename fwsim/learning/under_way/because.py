"""Why a rollout is ahead or behind: what was learnt, and what it does to the share that is done.

How much an input moves the share done by now is seen in the runs of the forecast made before the
start: they drew it, and each got somewhere by now. What was learnt, less what was believed, times
that slope is what the input explains of the gap. Doubts are drawn independently of one another, so
each is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fwsim.learning.learnt import Input
from fwsim.measures.amounts import shown_share
from fwsim.messages import localised, say
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import Law
from fwsim.quantities.units import write_duration
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import BUTTONS

MOST_NAMED = 3
LEAST_POINTS = 0.01
"""An input that explains less than one point of the share done is not named."""
LEAST_EXPLAINED = 1 / 3
"""Share of a gap that reasons have to explain together to be told [A]."""
_ERRORS = 3.0
"""By how many standard errors its effect must stand out from luck."""
_ERRORS_THAT_WAY = 1.0
"""By how many what lines do one way must, where what they do stands out already [A]."""
_SELDOM = 0.9
"""Share of the runs in which a line is no farther off; less is too short a way for a slope [A]."""
_RATES = ("install_rate",)
"""What a time goes with the inverse of."""
_WORLDS, _WORLDS_LEARNT = 200, 60
"""Of what was believed, which scatters, and of what was learnt, which hardly does."""
_LEAST_FACTOR = 1e-3
_LEAST_LEFT = 1e-9
"""Of a variation, what must be left once all else is held fixed."""
_Key = tuple[tuple[str, ...], str]


@dataclass(frozen=True)
class Cause:
    """An input that moves the rollout.

    Parameters
    ----------
    place
        Its keys.
    before, now
        Median of what was believed, and of what is; as `part` says.
    points
        By how much the share done by now is larger for it; negative is behind.
    part
        Which of several numbers: a button.
    label
        What the line is labelled with, bytes per second; 0 for what is no line.
    """

    place: tuple[str, ...]
    before: float
    now: float
    points: float
    part: str = ""
    label: float = 0.0

    @property
    def text(self) -> str:
        """The cause in words."""
        return _in_words(self)

    def as_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        name = ".".join((*self.place, self.part) if self.part else self.place)
        return {"place": name, "text": self.text, "points": round(100 * self.points, 2)}


def causes(
    before: Rollout,
    now: Rollout,
    inputs: Sequence[Input],
    done: Floats,
    seed: int,
) -> list[Cause]:
    """Return what was learnt and moves the rollout, the strongest first.

    Parameters
    ----------
    before, now
        The rollout as it was believed, and as it is.
    inputs
        What was learnt.
    done
        Share of the devices done by now in each run before the start.
    seed
        Of these runs.
    """
    if len(done) < 3 or not inputs or float(done.std()) == 0:
        return []
    places = _places(inputs)
    worlds = min(len(done), _WORLDS)
    drawn = _realised(before, places, seed, worlds)
    learnt = _realised(now, places, seed, min(worlds, _WORLDS_LEARNT))
    known = [key for key in places if key in drawn and key in learnt]
    lines = [key for key in known if key[0][-1] == "line_factor"]
    found = list(_lines(before, lines, drawn, learnt, done[:worlds]))
    for place, part in known:
        if (place, part) in lines:
            continue
        one, other = drawn[place, part], learnt[place, part]
        points, error = _explained(place, one, other, done[:worlds])
        if _stands_out(points, error):
            found.append(_cause(before, (place, part), one, other, points))
    return sorted(found, key=lambda cause: -abs(cause.points))


def _places(inputs: Sequence[Input]) -> list[_Key]:
    """Return what was learnt, but for the lines not seen yet: they follow from those that were."""
    own = [one for one in inputs if one.place[:3] != ("network", "sites", DEFAULT)]
    return [(one.place, part) for one in own for part in _parts(one)]


def far_lines(
    before: Rollout, now: Rollout, inputs: Sequence[Input], seed: int, runs: int
) -> list[Cause]:
    """Return the lines that are learnt to be far from what was believed, the farthest first.

    What each explains is not asked: where nearly all runs were expected to be done by now, they
    tell little of what a line does to that.

    Parameters
    ----------
    before, now, inputs, seed
        As of `causes`.
    runs
        How many there were before the start.
    """
    keys = [key for key in _places(inputs) if key[0][-1] == "line_factor"]
    drawn = _realised(before, keys, seed, min(runs, _WORLDS))
    learnt = _realised(now, keys, seed, min(runs, _WORLDS_LEARNT))
    found = [
        _cause(before, key, drawn[key], learnt[key], 0.0)
        for key in keys
        if key in drawn and key in learnt and _is_far(drawn[key], learnt[key])
    ]
    return sorted(found, key=lambda cause: -abs(np.log(cause.now / cause.before)))


def _is_far(drawn: Floats, learnt: Floats) -> bool:
    """Tell whether what is learnt lies where at most 1 in 10 was believed to lie."""
    low, before, high = np.quantile(drawn, [0.05, 0.5, 0.95])
    now = float(np.median(learnt))
    return bool(min(before, now) > 0 and not low <= now <= high)


def _stands_out(points: float, error: float) -> bool:
    return abs(points) >= max(LEAST_POINTS, _ERRORS * error)


def _cause(rollout: Rollout, key: _Key, drawn: Floats, learnt: Floats, points: float) -> Cause:
    middle, after = float(np.median(drawn)), float(np.median(learnt))
    return Cause(key[0], middle, after, points, key[1], _label(rollout, key[0]))


def _lines(
    rollout: Rollout,
    keys: Sequence[_Key],
    drawn: Mapping[_Key, Floats],
    learnt: Mapping[_Key, Floats],
    done: Floats,
) -> Iterator[Cause]:
    """Yield the lines that move the rollout.

    Each moves little by itself, so it is looked at what they do together, by the time that a byte
    takes on them; what those explain that moved one way is shared out by how far each has moved.
    """
    if not keys:
        return
    was, now = (
        np.array([1 / np.maximum(of[key], _LEAST_FACTOR) for key in keys]) for of in (drawn, learnt)
    )
    slope, error = _slope(was.sum(axis=0), done)
    if abs(slope) < _ERRORS * error:
        return
    middles = np.median(was, axis=1)
    steps = np.median(now, axis=1) - middles
    for way in (1.0, -1.0):
        local = _slope_that_way(way * (was - middles[:, None]), way * steps, done)
        if local * way * slope > 0:
            for key, step in zip(keys, (way * steps).tolist(), strict=True):
                if step > 0 and abs(local * step) >= LEAST_POINTS:
                    yield _cause(rollout, key, drawn[key], learnt[key], local * step)


def _slope_that_way(off: Floats, steps: Floats, done: Floats) -> float:
    """Return the slope of the share done on how far lines are off one way; 0 if none is seen.

    A line twice as fast may save nothing where half as fast costs an hour. So what counts is how
    far a line was drawn between what was believed and what is learnt of it, or at least what was
    seldom believed; the other way and all beyond are held fixed.

    Parameters
    ----------
    off
        How far off what was believed each line is in each run, that way; (lines, runs).
    steps
        By how much what is learnt is off, that way; below 0 of a line that is off the other way.
    done
        Share done in each run.
    """
    most = np.maximum(steps, np.quantile(off, _SELDOM, axis=1))[:, None]
    between = np.clip(off, 0.0, most).sum(axis=0)
    others = (
        np.maximum(off - most, 0.0).sum(axis=0),
        np.minimum(off, 0.0).sum(axis=0),
        np.ones(len(done)),
    )
    held = np.column_stack(others)
    alone, apart = (
        one - held @ np.linalg.lstsq(held, one, rcond=None)[0] for one in (between, done)
    )
    if (alone**2).sum() <= _LEAST_LEFT * (between**2).sum():
        return 0.0
    slope, error = _slope(alone, apart, len(done) - held.shape[1] - 1)
    return slope if abs(slope) > _ERRORS_THAT_WAY * error else 0.0


def _parts(one: Input) -> tuple[str, ...]:
    return BUTTONS if one.place[-1] == "answer" else ("",)


def _explained(
    place: tuple[str, ...], drawn: Floats, learnt: Floats, done: Floats
) -> tuple[float, float]:
    """Return what an input explains of the share done, and the standard error of that."""
    if place and place[-1] in _RATES:
        drawn, learnt = 1 / np.maximum(drawn, 1e-9), 1 / np.maximum(learnt, 1e-9)
    slope, error = _slope(drawn, done)
    moved = float(np.median(learnt) - np.median(drawn))
    return slope * moved, error * abs(moved)


def _slope(values: Floats, done: Floats, free: int | None = None) -> tuple[float, float]:
    """Return by how much the share done grows with a value, and the standard error of that."""
    free = len(done) - 2 if free is None else free
    centred = values - values.mean()
    size = float((centred**2).sum())
    if size <= 0 or free <= 0:
        return 0.0, 0.0
    slope = float((centred * (done - done.mean())).sum()) / size
    left = done - done.mean() - slope * centred
    return slope, float(np.sqrt((left**2).sum() / free / size))


def _realised(
    rollout: Rollout, places: Sequence[tuple[tuple[str, ...], str]], seed: int, worlds: int
) -> dict[tuple[tuple[str, ...], str], Floats]:
    """Return the numbers at some places in each world that was drawn."""
    ready = doubted(rollout)
    scenarios = [ready.drawn_scenario(Chances(seed, world)) for world in range(worlds)]
    found = {}
    for place, part in places:
        values = [_number_at(scenario, place, part) for scenario in scenarios]
        if all(value is not None for value in values):
            found[place, part] = np.array(values, np.float64)
    return found


def _number_at(scenario: Scenario, place: tuple[str, ...], part: str) -> float | None:
    here: Any = scenario
    for key in (*place, part) if part else place:
        if isinstance(here, Mapping):
            here = here.get(key, here.get("default"))
        else:
            here = getattr(here, key, None)
        if here is None:
            return _usual_share(scenario, place, part)
    if isinstance(here, Law):
        return float(here.quantile(np.array([0.5]))[0])
    return float(here) if isinstance(here, (int, float)) else None


def _usual_share(scenario: Scenario, place: tuple[str, ...], part: str) -> float | None:
    """Return the share of a button that a section leaves to what is usual."""
    if part not in BUTTONS or len(place) < 2:
        return None
    people = scenario.people.get(place[1], scenario.people.get("default"))
    shares = people.answer.shares() if people is not None else ()
    return float(shares[BUTTONS.index(part)]) if shares else None


def _label(rollout: Rollout, place: tuple[str, ...]) -> float:
    """Return what a line is labelled with; 0 for what is no line."""
    if place[-1] != "line_factor":
        return 0.0
    section = _section(rollout.scenario, place)
    return float(getattr(section, "link", 0) or 0)


def _section(scenario: Scenario, place: tuple[str, ...]) -> Any:
    lines = getattr(scenario.network, place[1])
    return lines.get(place[2], lines.get("default"))


_KINDS = {
    "left_on": "under_way.because.left_on",
    "restart_time": "under_way.because.restart",
    "install_rate": "under_way.because.install",
    "after": "under_way.because.after",
    "persistence": "under_way.because.persistence",
}


def _in_words(cause: Cause) -> str:
    """Return a cause in words: what is so, instead of what was believed."""
    last = cause.place[-1]
    if cause.label:
        rates = [cause.label * value * 8 / 1e6 for value in (cause.now, cause.before)]
        return say(
            "under_way.because.line",
            site=cause.place[2],
            now=localised(f"{rates[0]:.3g}"),
            before=localised(f"{rates[1]:.3g}"),
        )
    told = {"place": ".".join(cause.place)}
    if cause.part:
        shares = {"now": shown_share(cause.now), "before": shown_share(cause.before)}
        return say(f"under_way.because.{cause.part}", **told, **shares)
    if last in {"restart_time", "after", "idf_fetch_time", "package_check_time"}:
        written = [
            write_duration(1000 * max(1, round(v / 1000))) for v in (cause.now, cause.before)
        ]
    elif last == "install_rate":
        written = [
            localised(f"{value * 8 / 1e6:.3g} Mbit/s") for value in (cause.now, cause.before)
        ]
    else:
        written = [shown_share(value) for value in (cause.now, cause.before)]
    name = _KINDS.get(last, "under_way.because.other")
    return say(name, **told, now=written[0], before=written[1])
