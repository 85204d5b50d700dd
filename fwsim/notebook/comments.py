"""Saving over a scenario: what did not change stays as it was written, comments included."""

from __future__ import annotations

import re
from pathlib import Path

from fwsim.scenario.load import dumps, read_alone
from fwsim.scenario.schema import Scenario
from fwsim.scenario.writing import to_yaml
from fwsim.secrecy import MASK

_KEY = re.compile(r"([A-Za-z_]\w*)\s*:")
LARGEST = 5_000_000


def text_over(path: Path, scenario: Scenario) -> str:
    """Return the text of a scenario that takes the place of a file.

    Sections that say the same as before are left as they are written; of the others the comments
    above them stay. Where that does not read back as the scenario, or there is a secret in it,
    everything is written anew.

    Parameters
    ----------
    path
        What is replaced; it need not be a scenario, or there at all.
    scenario
        What is saved.
    """
    anew = dumps(scenario)
    if MASK in anew or not path.is_file() or path.stat().st_size > LARGEST:
        return anew
    try:
        before = path.read_text(encoding="utf-8")
        kept = _merged(before, read_alone(before), scenario)
        is_same = read_alone(kept).as_data() == scenario.as_data()
    except (ValueError, OSError):
        return anew
    return kept if is_same else anew


def _merged(before: str, old: Scenario, new: Scenario) -> str:
    was, now = old.as_data(), new.as_data()
    parts: list[str] = []
    seen: set[str] = set()
    for head, key, body in _sections(before):
        if key is None:
            parts.append(head)
        elif was.get(key) == now.get(key):  # at its default a key is in neither
            seen.add(key)
            parts.append(head + body)
        elif key in now:
            seen.add(key)
            parts.append(head + to_yaml({key: now[key]}))
    parts += [to_yaml({key: value}) for key, value in now.items() if key not in seen]
    return "".join(parts)


def _sections(text: str) -> list[tuple[str, str | None, str]]:
    """Return each key of the first level with the comments above it, and its text.

    What stands below the last key and belongs to none comes last, without a key.
    """
    sections: list[tuple[str, str | None, str]] = []
    above: list[str] = []
    key, head, body = None, "", ""
    for line in text.splitlines(keepends=True):
        match = _KEY.match(line)
        is_beside = line.startswith("#") or not line.strip()
        if match:
            if key is not None:
                sections.append((head, key, body))
            key, head, body, above = match[1], "".join(above), line, []
        elif is_beside or key is None:
            above.append(line)
        else:
            body, above = body + "".join(above) + line, []
    if key is not None:
        sections.append((head, key, body if body.endswith("\n") else f"{body}\n"))
    return [*sections, ("".join(above), None, "")]
