"""When fwsim is built: catalogues of sentences are compiled, scenarios go into the wheel.

`make wheel` names a file of machine code in `FWSIM_MACHINE_CODE`, which goes in, too.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MESSAGES = Path("fwsim", "messages")
EDITABLE = "editable"


def compile_catalogues(root: Path) -> list[Path]:
    """Compile every ``.po``, and write each ``.mo`` that holds something else; return them all."""
    compiled = []
    for source in sorted((root / MESSAGES).glob("*/LC_MESSAGES/*.po")):
        path = source.with_suffix(".mo")
        with source.open("rb") as file:
            catalogue = read_po(file)
        content = io.BytesIO()
        write_mo(content, catalogue)
        if not path.exists() or path.read_bytes() != content.getvalue():
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_bytes(content.getvalue())
            draft.replace(path)
        compiled.append(path)
    return compiled


class WhatIsMade(BuildHookInterface[Any]):
    """Makes what a wheel, or the source as it lies there, needs beside the code."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues and have them packed although git does not know them.

        A clone has its scenarios beside it; a wheel carries them for `fwsim demo` and `fwsim list`.
        """
        code = os.environ.get("FWSIM_MACHINE_CODE")
        if version != EDITABLE:
            build_data["force_include"]["scenarios"] = "fwsim/shipped"
        if version != EDITABLE and code:
            build_data["force_include"][code] = f"fwsim/compiled/shipped/{Path(code).name}"
        root = Path(self.root)
        build_data["artifacts"] += [
            path.relative_to(root).as_posix() for path in compile_catalogues(root)
        ]


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent)
