"""Golden logs: a device's log as a person has read it, kept beside the scenario.

They lie in the folder ``golden`` beside the scenario's file, as ``SCENARIO@DEVICE.log``, and hold
what ``fwsim log`` prints for the scenario's first run.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote

from fwsim.input_file import read_text
from fwsim.messages import ENGLISH, say, speaking
from fwsim.problems import InputError, Problem
from fwsim.results.output.properties import properties_window
from fwsim.results.output.result import Result
from fwsim.results.output.writing import check_folder, text_writer, write_wherever
from fwsim.run import simulate
from fwsim.scenario.outside import is_allowed, outside_text, place_outside
from fwsim.scenario.schema import Scenario
from fwsim.scenario_tests.recognition import GOLDEN_FOLDER, golden_files

LARGEST = 10_000_000


@dataclass(frozen=True)
class GoldenLog:
    """One device's log that a person has read.

    Parameters
    ----------
    path
        Its file.
    device
        The device whose log it is.
    """

    path: Path
    device: str


def golden_logs(scenario: Path) -> list[GoldenLog]:
    """Return the golden logs of a scenario's file, by device."""
    return [
        GoldenLog(path, unquote(path.stem.removeprefix(f"{scenario.stem}@")))
        for path in golden_files(scenario)
    ]


def golden_path(scenario: Path, device: str) -> Path:
    """Return where a device's golden log lies."""
    return scenario.parent / GOLDEN_FOLDER / f"{scenario.stem}@{quote(device, safe=' ')}.log"


def difference(golden: GoldenLog, result: Result) -> str:
    """Return how a device's log differs from its golden log; empty if it does not."""
    real = place_outside(golden.path.parent.parent, f"{GOLDEN_FOLDER}/{golden.path.name}")
    if real and not is_allowed():
        raise InputError([Problem(outside_text(str(golden.path), real), source=str(golden.path))])
    kept = read_text(golden.path, str(golden.path), largest=LARGEST)
    try:
        now = _log_of(result, golden.device, golden.path)
    except InputError as error:
        return str(error)
    lines = difflib.unified_diff(
        kept.splitlines(), now.splitlines(), "golden", "now", lineterm="", n=1
    )
    return "\n".join(lines)


def _log_of(result: Result, device: str, path: Path) -> str:
    """Return what is in the file: English, whoever asks.

    Raises
    ------
    InputError
        If there is no such device; told with the file, if it is there.
    """
    try:
        with speaking(ENGLISH):
            return properties_window(result, device) + "\n"
    except InputError:
        raise InputError(_what_is_wrong(result, device, path)) from None


def _what_is_wrong(result: Result, device: str, path: Path) -> Iterator[Problem]:
    """Yield why there is no log of a device, in the language that is spoken."""
    try:
        properties_window(result, device)
    except InputError as error:
        for one in error.problems:
            if path.exists():
                text = f"{one.message}; {say('golden.no_device')}"
                yield replace(one, message=text, source=str(path))
            else:
                yield replace(one, source="--golden")


def golden_texts(scenario: Path, model: Scenario, devices: Iterable[str]) -> dict[Path, str]:
    """Return what the golden logs of some devices are to hold, by their files.

    Raises
    ------
    InputError
        If there is no such device, or the folder cannot be written to.
    """
    check_folder(scenario.parent / GOLDEN_FOLDER)
    result = simulate(model)
    problems: list[Problem] = []
    texts: dict[Path, str] = {}
    for device in devices:
        path = golden_path(scenario, device)
        try:
            texts[path] = _log_of(result, device, path)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return texts


def write_golden(texts: Mapping[Path, str]) -> list[Path]:
    """Write golden logs, of however many scenarios, all or none.

    Raises
    ------
    NotWrittenError
        If a folder cannot be written to.
    """
    return write_wherever({path: text_writer(text) for path, text in texts.items()})
