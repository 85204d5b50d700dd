"""A good scenario, and what is told of it when it is spoilt."""

from __future__ import annotations

from pathlib import Path

import pytest

import fwsim
from fwsim.run import prepare

GOOD = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 11:00",
    "image": "{name: a.idf, packages: [{name: base, size: 1 MB}]}",
    "fleet": "{units: {DE/Karlsruhe: {devices: 2}}}",
    "commands": "[{update: DE/Karlsruhe}]",
}


def text_with(section: str, text: str) -> str:
    return "".join(f"{key}: {value}\n" for key, value in {**GOOD, section: text}.items())


def complaint(text: str, folder: Path) -> str:
    with pytest.raises(fwsim.InputError) as caught:
        prepare(fwsim.loads(text, source="s.yaml", folder=folder))
    return str(caught.value)
