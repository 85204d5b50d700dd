"""What was learnt: each input with what is believed of it now, and the scenario that says so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from fwsim.beside_files import loads
from fwsim.learning.commented import with_inputs
from fwsim.learning.goodness import Goodness
from fwsim.learning.learnt_before import LearntLog, learnt_before, with_logs
from fwsim.measures.amounts import counted
from fwsim.messages import ENGLISH, localised, say, speaking
from fwsim.problems import InputError
from fwsim.quantities.beliefs import ENOUGH_ROLLOUTS, Between, Drawn
from fwsim.results.export.tables import Tables
from fwsim.results.output.writing import text_writer, write_all
from fwsim.scenario.default_beliefs import line_place
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.load import dumps, read_alone
from fwsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

Place = tuple[str, ...]
_MOST_OF = 0.9
"""Share of the devices from which on logs have nearly all that fetch over a line [A]."""


class Remark(Protocol):
    """Something odd about a log."""

    @property
    def text(self) -> str:
        """It in words."""


class Kept(StrEnum):
    """Why the scenario's own belief is kept, by the name of the message that says so."""

    ASKED_ONCE = "learn.asked_once"
    FIRST_EXPORT = "learn.first_export"
    HOURS_ALIKE = "learn.hours_alike"
    EACH_ITS_OWN = "learn.each_its_own"
    FASTER_THAN_DEVICES = "learn.faster_than_devices"
    HUB_FULL = "learn.hub_full"
    HUB_NOT_TOLD = "learn.hub_not_told"
    LABEL_IN_DOUBT = "learn.label_in_doubt"
    LINE_HELD = "learn.line_held"
    LINE_NEVER_FULL = "learn.line_never_full"
    LINE_NOT_TIMED = "learn.line_not_timed"
    NO_CHECK_IN = "learn.no_check_in"
    NO_CHOICE = "learn.no_choice"
    NO_DOWNLOAD = "learn.no_download"
    NO_FAULT = "learn.no_fault"
    FAULT_NOT_TOLD = "learn.fault_not_told"
    NO_NOTICE = "learn.no_notice"
    NOBODY_WOKEN = "learn.nobody_woken"
    NONE_OFF = "learn.none_off"
    ONE_HOUR = "learn.one_hour"
    ONLY_LOOKED_AT = "learn.only_looked_at"
    PACE_NOT_TOLD = "learn.pace_not_told"
    PHASE_NOT_REACHED = "learn.phase_not_reached"
    PROXY_SERVES = "learn.proxy_serves"
    REPOSITORY_FULL = "learn.repository_full"
    REPOSITORY_SMALL = "learn.repository_small"
    START_NOT_TOLD = "learn.start_not_told"
    STOOD_STILL = "learn.never_full_apart"
    TOO_COARSE = "learn.too_coarse"
    TOO_FEW = "learn.too_few"
    WORKERS_NOT_TOLD = "learn.workers_not_told"


@dataclass(frozen=True)
class Fit:
    """How well a law fits what was seen.

    Parameters
    ----------
    law
        Its name.
    goodness
        How well.
    criteria
        AIC of the laws it was chosen among.
    is_sample
        Whether what was seen stands for itself, because no law fits.
    """

    law: str
    goodness: Goodness
    criteria: Mapping[str, float] = field(default_factory=dict)
    is_sample: bool = False


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of a scenario, and what a log told of it.

    Parameters
    ----------
    place
        Its keys.
    value
        What a file says of it now; None if the scenario's own belief is kept.
    noun
        What was counted, such as ``notice``.
    observations, rollouts
        How many, and of how many rollouts.
    kept
        Why nothing was learnt.
    fit
        How well its law fits, if it has one.
    columns
        Drawn values, as cells of a file of draws, by place.
    by
        What was found part by part, such as medians by model.
    belief
        What is believed of a number, where a file can only say nearly that.
    """

    place: Place
    value: Any = None
    noun: str
    observations: int = 0
    rollouts: int = 1
    kept: Kept | None = None
    fit: Fit | None = None
    columns: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    by: Mapping[str, float] = field(default_factory=dict)
    belief: Between | Drawn | None = None

    @property
    def is_learnt(self) -> bool:
        """Whether a log told something of it."""
        return self.value is not None

    @property
    def name(self) -> str:
        """Its place in the file."""
        return ".".join(self.place)

    @property
    def seen(self) -> str:
        """From what, in words."""
        what = counted(self.observations, self.noun)
        return say("learn.seen", what=what, rollouts=counted(self.rollouts, "rollout"))

    @property
    def comment(self) -> str:
        """From what it was learnt, as the file says it."""
        text = say("learn.learnt", seen=self.seen)
        return text if self.fit is None else say("learn.with_fit", text=text, fit=self.fitting)

    @property
    def fitting(self) -> str:
        """How well its law fits, in words."""
        if self.fit is None:
            return ""
        if self.fit.is_sample:
            return say("learn.no_law")
        name = "learn.fits" if self.fit.goodness.fits else "learn.fits_badly"
        distance = localised(f"{100 * self.fit.goodness.distance:.1f}")
        return say(name, law=self.fit.law, distance=distance)


@dataclass(frozen=True)
class Learnt(Tables):
    """What logs told of a scenario's inputs.

    Parameters
    ----------
    before
        The scenario as it was.
    inputs
        Every input that a log could tell of, learnt or kept.
    rollouts
        How many rollouts were seen.
    strangers
        How many devices of the logs are not in the scenario.
    web_strangers
        The same of addresses in the web server's log.
    failed_untold
        How many devices failed in a phase that the logs do not tell.
    odd
        What is odd about logs, beside the file: their clock, jobs, letters of names, OUs,
        sites that they have no line of, days off that nobody knows.
    logs
        The files that it was learnt from.
    part
        How many devices commands mean at the sites whose lines were learnt from logs of devices,
        and how many of them these logs have.
    """

    before: Scenario
    inputs: tuple[Input, ...]
    rollouts: int = 1
    strangers: int = 0
    web_strangers: int = 0
    failed_untold: int = 0
    odd: tuple[tuple[str, Remark], ...] = ()
    logs: tuple[LearntLog, ...] = ()
    part: tuple[int, int] = (0, 0)

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return one row an input, and the draws of what was learnt together."""
        import pandas as pd

        rows = [
            {
                "input": one.name,
                "learnt": one.is_learnt,
                "value": "" if one.value is None else str(one.value),
                "observations": one.observations,
                "rollouts": one.rollouts,
                "of": one.noun,
                "kept": "" if one.kept is None else say(one.kept),
            }
            for one in self.inputs
        ]
        return {"inputs": pd.DataFrame(rows), "draws": pd.DataFrame(self.draws)}

    def __repr__(self) -> str:
        return f"<Learnt: {len(self.learnt)} of {len(self.inputs)} inputs>"

    @property
    def learnt(self) -> tuple[Input, ...]:
        """Inputs of which the logs told something."""
        return tuple(one for one in self.inputs if one.is_learnt)

    @property
    def kept(self) -> tuple[Input, ...]:
        """Inputs of which the scenario's own belief is kept."""
        return tuple(one for one in self.inputs if not one.is_learnt)

    def __getitem__(self, name: str) -> Input:
        """Return an input by its place, keys joined by dots."""
        found = next((one for one in self.inputs if one.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    @speaking(ENGLISH)
    def text(self, original: str | None = None, draws: str | None = None) -> str:
        """Return the scenario with what was learnt, as YAML with a comment for each.

        Parameters
        ----------
        original
            Text of the scenario's own file, whose words and order are kept as far as possible.
        draws
            Name of a file with draws, which the scenario is to take.
        """
        places = [(one.place, one.value, one.comment) for one in self.learnt]
        if draws is not None:
            places.append((("draws",), draws, say("learn.draws")))
        before = (*learnt_before(self.before.lines).values(), *self.logs)
        plain = with_logs(with_inputs(dumps(self.before), places), before)
        if original is None:
            return plain
        kept = with_logs(with_inputs(original, places), before)
        try:
            is_same = read_alone(kept).as_data() == read_alone(plain).as_data()
        except InputError:
            is_same = False
        return kept if is_same else plain

    def scenario(self) -> Scenario:
        """Return the scenario with what was learnt."""
        source, folder = say("learn.source"), self.before.folder
        return loads(self.text(), source=source, folder=folder, outside=True)

    @property
    def _as_others(self) -> tuple[Input, ...]:
        """Lines of which nothing was learnt, where those that were learnt speak for them."""
        usual = line_place("sites", DEFAULT)
        if not any(one.place == usual for one in self.learnt):
            return ()
        named = self.before.network.sites
        return tuple(
            one
            for one in self.kept
            if one.place[:2] == usual[:2] and one.place[3:] == usual[3:]
            if one.place[2] not in named
        )

    @cached_property
    def draws(self) -> dict[str, tuple[Any, ...]]:
        """The joint posterior: drawn values by place, a row a run."""
        return {name: cells for one in self.learnt for name, cells in one.columns.items()}

    def draws_text(self) -> str:
        """Return the joint posterior as the file that ``draws:`` names."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.draws)
        writer.writerows(zip(*self.draws.values(), strict=True))
        return stream.getvalue()

    def save(self, path: str | Path, original: str | None = None) -> list[Path]:
        """Write the scenario and the draws beside it: both or neither.

        Parameters
        ----------
        path
            Of the scenario. Files it names are seen from there.
        original
            As for `text`.
        """
        file = Path(path)
        texts = self.texts(file.name, original)
        return write_all(file.parent, {name: text_writer(text) for name, text in texts.items()})

    def texts(self, name: str, original: str | None = None) -> dict[str, str]:
        """Return what is to be written, by the name of its file.

        Parameters
        ----------
        name
            Of the scenario's file; that of the draws follows from it.
        original
            As for `text`.
        """
        if not self.draws:
            return {name: self.text(original)}
        drawn = draws_name(name)
        return {name: self.text(original, drawn), drawn: self.draws_text()}

    def sentences(self) -> Iterator[str]:
        """Yield the summary, line by line."""
        for one in self.learnt:
            yield say("learn.line", place=one.name, text=one.comment)
        yield from self.remarks()

    def remarks(self) -> Iterator[str]:
        """Yield what is odd about the logs, and what was not learnt and why."""
        for source, odd in self.odd:
            yield say("learn.line", place=source, text=odd.text)
        as_others = {one.place for one in self._as_others}
        not_used = [one for one in self._as_others if one.kept is Kept.NO_DOWNLOAD]
        left_out = {one.place for one in not_used}
        for one in self.kept:
            if one.place not in left_out:
                why = "" if one.kept is None else say(one.kept)
                text = say("learn.as_others" if one.place in as_others else "learn.kept", why=why)
                yield say("learn.line", place=one.name, text=text)
        if not_used:
            yield say("learn.sites_not_used", count=len(not_used))
        yield from self._of_devices()
        if self.before.doubt == "none":
            yield say("learn.not_in_doubt")
        elif self.rollouts < ENOUGH_ROLLOUTS:
            spread = localised(f"{self.before.assumptions.between_rollouts:g}")
            yield say("learn.between_rollouts", spread=spread, count=self.rollouts)

    def _of_devices(self) -> Iterator[str]:
        """Yield which devices logs do not tell of, or tell of and nobody knows."""
        if self.failed_untold:
            yield say("learn.failed_untold", count=self.failed_untold)
        if self.strangers:
            yield say("learn.strangers", count=self.strangers)
        if self.web_strangers:
            yield say("learn.web_strangers", count=self.web_strangers)
        meant, seen = self.part
        if 0 < seen < _MOST_OF * meant:
            yield say("learn.part_of_devices", count=meant - seen, meant=meant)

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def _repr_html_(self) -> str:
        from fwsim.learning.shown import learnt_in_html

        return learnt_in_html(self)


def draws_name(name: str) -> str:
    """Return the name of the file of draws that goes with a scenario's file."""
    return f"{Path(name).stem}-draws.csv"


def quantiles(values: Any) -> tuple[float, float]:
    """Return the ends of the range that holds nine draws in ten."""
    low, high = np.quantile(np.asarray(values, np.float64), [0.05, 0.95]).tolist()
    return float(low), float(high)
