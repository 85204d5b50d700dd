"""What else an option or a command is called: by other commands here, and by other programs."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

_OPTIONS = (
    "replications runs replication reps repeats repetitions iterations samples simulations trials "
    "number n num-runs number-of-runs läufe wiederholungen",
    "workers jobs threads cores cpus processes procs parallel j p",
    "out output outdir output-dir output-folder dir directory folder destination dest save o "
    "ausgabe ordner",
    "set override overrides param parameter parameters with settings setting change",
    "seed random-seed rng startwert",
    "lang language locale sprache l",
    "quiet silent no-progress q still",
    "until horizon end to stop-at bis",
    "zone timezone time-zone tz zeitzone",
    "engine clock backend",
    "scheduler cluster dask",
    "force overwrite f",
    "yes assume-yes y",
    "excel xlsx workbook",
    "strict warnings-as-errors werror",
    "debug traceback",
    "limit limits constraint constraints grenze",
    "goal goals objective ziel",
    "measure measures metric metrics",
    "by group-by per",
    "precision accuracy tolerance",
    "commands batch cmd",
    "so-far logs log protokoll",
    "device client host gerät",
    "image firmware idf",
    "start begin beginn from since von seit",
    "version v V",
    "help hilfe",
)
_COMMANDS = (
    "run simulate sim start play execute",
    "validate check lint verify",
    "new init create make",
    "plan optimize optimise search find solve",
    "learn fit calibrate train",
    "forecast predict",
    "compare diff",
    "open gui ui edit planner board lab notebook",
    "score evaluate",
    "list ls examples scenarios",
    "report html",
    "doubt uncertainty sensitivity",
    "products vendors",
    "stages waves rings",
    "bounds feasible",
)
_WORDS = (
    "csv text txt comma",
    "jsonl json ndjson json-lines",
    "parquet arrow feather",
    "simpy python slow reference",
    "compiled numba fast",
    "ou unit oe group einheit",
    "column header spalte site standort",
    "subnet network ip netz netzwerk",
    "de german deutsch ger de-de",
    "en english englisch eng en-us en-gb",
)
"""Values of options that are one of a few words."""
_KEYS = frozenset({"start", "horizon", "zone"})
"""What a command without such an option finds in the scenario, under this key."""
_CLOSE = 0.6


def meant_option(name: str, known: Collection[str]) -> list[str]:
    """Return the options that were probably meant, the likeliest first.

    Parameters
    ----------
    name
        What was written, with its dashes.
    known
        The options there are, with theirs.
    """
    bare = {option.lstrip("-"): option for option in known if option.startswith("--")}
    if "set" in bare:
        bare = {key: f"--set {key}=…" for key in _KEYS} | bare
    return [bare[one] for one in _meant(name.lstrip("-"), bare, _OPTIONS)]


def meant_command(name: str, known: Collection[str]) -> list[str]:
    """Return the commands that were probably meant, the likeliest first."""
    return _meant(name, known, _COMMANDS)


def meant_word(word: str, known: Collection[str]) -> list[str]:
    """Return the words, of those that an option takes, that were probably meant."""
    folded = word.strip().casefold()
    if folded in known:
        return [folded]
    from fwsim.fleet.grouping import OTHER_WORDS

    groupings = (f"{by} {others}" for by, others in OTHER_WORDS.items())
    return _meant(folded.replace(" ", "-"), known, [*groupings, *_WORDS])


def _meant(name: str, known: Collection[str], synonyms: Iterable[str]) -> list[str]:
    name = name.replace("_", "-")
    groups = [words for words in map(str.split, synonyms) if name in words]
    if same := [word for words in groups for word in words if word in known]:
        return same[:1]
    if groups and name not in known:  # what it means is known, and is not here: letters mislead
        return []
    longer = [word for word in known if name and word.startswith(name)] if len(name) > 1 else []
    near = difflib.get_close_matches(name, known, cutoff=_CLOSE)
    return list(dict.fromkeys([*near, *sorted(longer)]))
