"""One measure, asked for by its words: ``successful by 2018-08-21 06:00``, ``time to 95 %``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from fwsim.arguments import refused
from fwsim.commands.details import DETAIL_TEXTS
from fwsim.commands.schedule import read_time_of_day
from fwsim.fleet.grouping import Grouping
from fwsim.fleet.week import Week, german_days, read_week
from fwsim.measures.catalogue import DEFINITIONS, Definition, Kind
from fwsim.measures.outcomes import ALL_OUTCOMES, GOOD_OUTCOMES
from fwsim.measures.patterns import SLOT, pattern_of
from fwsim.messages import say
from fwsim.problems import InputError, Problem, nearest
from fwsim.quantities.calendar import in_range
from fwsim.quantities.times_meant import time_meant
from fwsim.quantities.units import read_share, write_share
from fwsim.spelling import meant

LONGEST_WORDS = 300
_SHORT = re.compile(r"t(\d{1,3}(?:\.\d+)?)", re.IGNORECASE)
_OF_A_PART = re.compile(r"(?:for|in|of|at)\s", re.IGNORECASE)
_BEHIND = re.compile(r"\s+(?:in|for)\s+\S.*", re.IGNORECASE | re.DOTALL)
"""An OU or a group that stands behind times of the week."""
_NEITHER = (Kind.TARGETED, Kind.FROM_PROXIES)
_WANTED = (Kind.SUCCESSFUL, Kind.DEVICES_SUCCESSFUL, Kind.UP_TO_DATE, Kind.CHANCE_OF)
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_QUOTES = re.compile(r'(?<!\S)"((?:[^"]|"")*)"(?!\S)')
_TAKEN_OUT = re.compile(r'(?<!\S)"(\d+)"(?!\S)')


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind of measure with what its words leave open.

    Parameters
    ----------
    kind
        What is measured.
    unit
        Path of an OU; only its devices and those below count.
    time
        On the server's wall clock.
    outcome, detail
        As the tables name them.
    since
        From when a time counts, on the server's wall clock.
    share
        Of devices, 0 to 1.
    of_targeted
        Whether the share is of all targeted devices instead of those that needed the update.
    week
        Times of the week on the server's wall clock.
    site
        Whose line.
    group
        Only its devices count: a site, a model, or the people of a scenario, as in
        ``site Branch 17``.
    is_quoted
        Whether the name of the OU or group stands in quotes: times behind it are none of its own.
    """

    kind: Kind
    unit: str | None = None
    time: datetime | None = None
    since: datetime | None = None
    outcome: str | None = None
    detail: str | None = None
    share: float | None = None
    of_targeted: bool = False
    week: Week | None = None
    site: str | None = None
    group: str | None = None
    is_quoted: bool = field(default=False, compare=False)

    @property
    def is_of_all(self) -> bool:
        """Whether all targeted devices count."""
        return self.unit is None and self.group is None

    @property
    def of_all(self) -> Measure:
        """The same of all targeted devices."""
        return replace(self, unit=None, group=None)

    @property
    def targeted(self) -> Measure:
        """How many of the devices that it counts are targeted."""
        return Measure(Kind.TARGETED, unit=self.unit, group=self.group)

    @property
    def grouping(self) -> tuple[Grouping, str] | None:
        """By what its devices are told apart from others, and the name they go by."""
        if self.group is not None:
            by, _, name = self.group.partition(" ")
            return Grouping(by), name
        return None if self.unit is None else (Grouping.UNIT, self.unit)

    @property
    def definition(self) -> Definition:
        """What the measure means."""
        return DEFINITIONS[self.kind]

    @property
    def more_is_better(self) -> bool:
        """Whether a person who rolls out wants much of it; of everything else, little."""
        if self.kind is Kind.OUTCOME:
            return self.outcome in GOOD_OUTCOMES
        return self.kind in _WANTED

    @property
    def is_neutral(self) -> bool:
        """Whether neither more nor less of it is better: whom a rollout is for, what proxies send.

        What proxies send is no cost of a line, and what lines carry less for it has its measures.
        """
        return self.kind in _NEITHER

    @property
    def names_something(self) -> bool:
        """Whether a name of the fleet's is among its words."""
        return self.site is not None or not self.is_of_all

    @property
    def name(self) -> str:
        """The words it is asked for with, in their one canonical form.

        A name in them stands in quotes where it would be read as something else without.
        """
        plain = self.written(self.kind.value)
        keeps_quotes = self.is_quoted and self.week is not None
        if not self.names_something or (not keeps_quotes and _asks_for(plain, self)):
            return plain
        return self.written(self.kind.value, _quoted)

    def written(
        self, words: str, write: Callable[[str, str], str] = lambda _slot, text: text
    ) -> str:
        """Return words of its kind, filled in.

        Parameters
        ----------
        words
            With slots, optional ones in brackets, as those of `Kind`.
        write
            From the name of a slot and what goes into it to what is written there.
        """
        filled = {
            "unit": self.unit,
            "time": None if self.time is None else written_time(self.time),
            "since": None if self.since is None else written_time(self.since),
            "outcome": self.outcome,
            "detail": self.detail,
            "share": None if self.share is None else write_share(self.share),
            "week": None if self.week is None else self.week.text,
            "site": self.site,
            "group": self.group,
        }

        def fill(part: str) -> str:
            return SLOT.sub(lambda slot: write(slot[1], str(filled[slot[1]])), part)

        def is_wanted(part: str) -> bool:
            slots = SLOT.findall(part)
            return filled[slots[0]] is not None if slots else self.of_targeted

        parts = _OPTIONAL.split(words)  # every other one stood in brackets
        return "".join(fill(p) for at, p in enumerate(parts) if at % 2 == 0 or is_wanted(p))

    def __str__(self) -> str:
        return self.name


def written_time(time: datetime) -> str:
    """Return a time as the words of a measure have it."""
    return f"{time:%Y-%m-%d %H:%M:%S}" if time.second else f"{time:%Y-%m-%d %H:%M}"


def _quoted(slot: str, text: str) -> str:
    """Return what goes into a slot, a name in quotes."""
    before, name = "", text
    if slot == "group":
        by, blank, name = text.partition(" ")
        before = f"{by}{blank}"
    elif slot not in {"unit", "site"}:
        return text
    return before + '"' + name.replace('"', '""') + '"'


def _is_asked(words: str) -> bool:
    try:
        return bool(read_measure(words))
    except ValueError:
        return False


@lru_cache(maxsize=50_000)
def _asks_for(words: str, measure: Measure) -> bool:
    """Tell whether words ask for a measure, and not for another or for none."""
    try:
        return read_measure(words) == measure
    except ValueError:
        return False


def _one_of(value: str, refused: str, choices: tuple[str, ...]) -> str:
    """Return one of several words in its own case; `refused` is the message if it is none."""
    folded = {choice.casefold(): choice for choice in choices}
    if value.casefold() not in folded:
        near = nearest(value, choices)
        listed = say("asked.one_of", known=", ".join(choices))
        raise ValueError(say(f"asked.{refused}", words=value, near=near or listed))
    return folded[value.casefold()]


def _time(text: str) -> datetime:
    day, _, clock = text.replace("T", " ").partition(" ")
    at = read_time_of_day(clock.strip())
    try:
        time = datetime.combine(datetime.fromisoformat(day).date(), at) if at else _refuse(text)
    except ValueError:
        return _refuse(text)
    return in_range(time)


def _refuse(text: str) -> datetime:
    raise ValueError(say("asked.no_time", text=text) + time_meant(text))


_DETAILS = tuple(text for text in DETAIL_TEXTS.values() if text)
_READERS: dict[str, Callable[[str], Any]] = {
    "time": _time,
    "since": _time,
    "outcome": lambda text: _one_of(text, "no_outcome", ALL_OUTCOMES),
    "detail": lambda text: _one_of(text, "no_reason", _DETAILS),
    "share": read_share,
    "week": read_week,
    "of_targeted": bool,
}


def _slot_read(slot: str, text: str, quoted: Sequence[str]) -> Any:
    """Return what words in a slot mean; names are taken letter by letter, blanks, too."""
    match slot:
        case "unit":
            path = _name_read(text, quoted)
            return path if _TAKEN_OUT.fullmatch(text) else path.strip("/")
        case "site":
            return _name_read(text, quoted)
        case "group":
            by, name = text.split(maxsplit=1)
            return f"{by.lower()} {_name_read(name, quoted)}"
    told = " ".join(_put_back(text, quoted).split())
    if slot == "week" and _OF_A_PART.match(told):
        raise ValueError(say("asked.of_all_devices", words=told))
    return _READERS[slot](told)


def _name_read(text: str, quoted: Sequence[str]) -> str:
    if match := _TAKEN_OUT.fullmatch(text):
        return quoted[int(match[1])][1:-1].replace('""', '"')
    return _put_back(text, quoted)


def _put_back(text: str, quoted: Sequence[str]) -> str:
    return _TAKEN_OUT.sub(lambda match: quoted[int(match[1])], text)


def _taken_out(words: str) -> tuple[str, list[str]]:
    """Return words with a number for each quoted name, and the names with their quotes."""
    quoted = [match[0] for match in _QUOTES.finditer(words)]
    numbers = iter(range(len(quoted)))
    return _QUOTES.sub(lambda _: f'"{next(numbers)}"', words), quoted


def _plain_words(kind: Kind) -> str:
    return re.sub(r"[\[\]]", "", kind.value)


def _known_words() -> list[str]:
    short = [re.sub(r"\[[^\]]*\]", "", kind.value) for kind in Kind]
    return [*short, *(_plain_words(kind) for kind in Kind)]


def a_measure(value: Any) -> Measure:
    """Return a measure, or what its words ask for.

    Raises
    ------
    InputError
        If it is none.
    """
    if isinstance(value, Measure):
        return value
    if not isinstance(value, str):
        raise refused(value, say("argument.a.measure"))
    try:
        return read_measure(value)
    except ValueError as error:
        raise InputError([Problem(str(error))]) from None


def read_measure(words: str) -> Measure:
    """Return the measure that words ask for.

    Parameters
    ----------
    words
        A name in them may stand in quotes, those in it doubled: ``successful in "A by B"``.

    Raises
    ------
    ValueError
        If there is none; names the nearest, or what is wrong within it.
    """
    text, quoted = _taken_out(words.strip())
    if len(text) > LONGEST_WORDS:
        raise ValueError(say("asked.too_long", words=text[:40], most=LONGEST_WORDS))
    if short := _SHORT.fullmatch(text):
        text = f"time to {short[1]} %"
    for kind in Kind:
        if match := pattern_of(kind).fullmatch(text):
            slots = {slot: value for slot, value in match.groupdict().items() if value is not None}
            if "{unit}" in kind.value and (part := _BEHIND.search(slots.get("week", ""))):
                right = (
                    f"{text[: match.start('week')]}{part[0].strip()} {part.string[: part.start()]}"
                )
                near = say("near.meant", name=_put_back(right, quoted))
                raise ValueError(say("asked.week_last", near=near))
            read = {slot: _slot_read(slot, value, quoted) for slot, value in slots.items()}
            is_quoted = any('"' in slots.get(slot, "") for slot in ("unit", "group"))
            return Measure(kind, **read, is_quoted=is_quoted)
    told = " ".join(_put_back(text, quoted).split())
    raise ValueError(say("asked.no_measure", words=told, near=_hint(text)))


def read_measures(asked: str | Measure | Iterable[str | Measure]) -> list[Measure]:
    """Return measures that are asked for by their words or as they are; one needs no list.

    Raises
    ------
    ValueError
        If words ask for none.
    """
    several = [asked] if isinstance(asked, str | Measure) else asked
    return [read_measure(one) if isinstance(one, str) else one for one in several]


_EXAMPLES = {
    "share": "95 %",
    "time": "2021-09-25 06:00",
    "since": "2021-09-24 15:30",
    "unit": "DE/Branches",
    "site": "Branch 17",
    "group": "site Branch 17",
    "week": "mon-fri 08:00-18:00",
    "outcome": "successful",
    "detail": "installation failed",
}


def _hint(text: str) -> str:
    """Return the nearest measure: to all the words, or to as many of the first as it takes."""
    words = text.split()
    for behind in range(1, len(words)):
        if week := german_days(" ".join(words[behind:])):
            right = " ".join([*words[:behind], week])
            if _is_asked(right):
                return say("near.meant", name=right)
    for count in range(len(words), 0, -1):
        first = " ".join(words[:count])
        if near := _begun(first) or nearest(first, _known_words()):
            return re.sub(r"{(\w+)}", lambda slot: _EXAMPLES.get(slot[1], "…"), near)
    return say("asked.all_listed")


def _begun(words: str) -> str:
    """Return the first measure of which whole words are only the beginning, as `nearest` does."""
    known, begun = _known_words(), words.casefold()
    if begun in map(str.casefold, known):
        return ""
    whole = (name for name in known if name.casefold().startswith(f"{begun} "))
    return meant(words, next(whole, None))
