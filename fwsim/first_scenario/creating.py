"""From a draft to files: the scenario and, where it needs one of its own, the device list."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fwsim.beside_files import loads
from fwsim.first_scenario.asked import SitesFrom
from fwsim.first_scenario.draft import Draft
from fwsim.first_scenario.found import Found, look_at
from fwsim.first_scenario.list_file import csv_of
from fwsim.first_scenario.written import scenario_text
from fwsim.fleet.device_list import LARGEST_FILE, read_device_list
from fwsim.forewarning.whole import warnings_about
from fwsim.input_file import read_bytes
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.run import prepare
from fwsim.scenario.schema import MOST_COMMANDS

LIST_ENDING = "-devices.csv"


@dataclass(frozen=True)
class Source:
    """A device list that was read.

    Parameters
    ----------
    found
        What it tells.
    path
        Where it lies; None if it came by upload.
    content
        As it came.
    headers
        Its own headers and what they mean.
    """

    found: Found
    path: Path | None
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """What is to be written.

    Parameters
    ----------
    files
        Contents by name, in the scenario's folder; the scenario comes first.
    warnings
        What in the scenario is valid and hardly meant, beside what the list's own warnings told.
    """

    files: Mapping[str, bytes]
    warnings: tuple[Problem, ...]


def read_source(
    path: Path,
    *,
    name: str | None = None,
    headers: Mapping[str, str] | None = None,
    sites_from: SitesFrom | None = None,
    is_upload: bool = False,
) -> Source:
    """Read a device list and look at it.

    Parameters
    ----------
    path
        The file.
    name
        What to call it; by default its path.
    headers
        Header of the file → fwsim's field, or the name of an attribute.
    sites_from
        By what sites are told apart; by default what is most likely.
    is_upload
        Whether the file is gone afterwards.

    Raises
    ------
    InputError
        With everything that is wrong with the list.
    """
    told = name or str(path)
    devices = read_device_list(path, source=told, headers=headers)
    found = look_at(devices, Path(told).name, sites_from)
    if (count := len(found.tops)) > MOST_COMMANDS:
        raise InputError([Problem(say("new.many_tops", count=count, most=MOST_COMMANDS), told)])
    content = read_bytes(path, told, largest=LARGEST_FILE)
    return Source(found, None if is_upload else path, content, headers or {})


def make(source: Source, draft: Draft, target: Path) -> Made:
    """Return the files of a scenario, checked as `fwsim validate` checks them.

    Parameters
    ----------
    source
        The device list.
    draft
        What was said.
    target
        Where the scenario is to lie. A list in its folder, or below, is named where it is;
        another one is copied beside the scenario.

    Raises
    ------
    InputError
        With everything that was said and is wrong.
    """
    if wrong := draft.problems():
        raise InputError(Problem(text, source=name) for name, text in wrong.items())
    found, folder = source.found, target.parent
    inside = _inside(source.path, folder)
    copied = f"{target.stem}{LIST_ENDING}"
    lists: dict[str, bytes] = {}
    if found.is_changed:
        lists[copied] = csv_of(found.devices)
    elif inside is None:
        lists[copied] = source.content
    headers = {} if found.is_changed else dict(source.headers)
    text = scenario_text(
        draft, file=target.name, inventory=copied if lists else inside or "", headers=headers
    )
    told = {(warning.line, warning.message) for warning in found.devices.warnings}
    warnings = _check(text, target, lists)
    new = tuple(w for w in warnings if (w.line, w.message) not in told)
    return Made({target.name: text.encode(), **lists}, new)


def _inside(path: Path | None, folder: Path) -> str | None:
    """Return a file's path as seen from a folder that holds it; None if it does not."""
    if path is None:
        return None
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return None


def _check(text: str, target: Path, lists: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Load and prepare the scenario before anything is written."""
    if not lists:
        rollout = prepare(loads(text, source=target.name, folder=target.parent))
        return tuple(warnings_about(rollout))
    with tempfile.TemporaryDirectory(prefix="fwsim-") as folder:
        for name, content in lists.items():
            (Path(folder) / name).write_bytes(content)
        rollout = prepare(loads(text, source=target.name, folder=folder))
        return tuple(warnings_about(rollout))
