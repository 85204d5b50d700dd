"""When fwsim is built or installed, what is translated of its sentences is compiled for gettext."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MESSAGES = Path("fwsim", "messages")


def compile_catalogues(root: Path) -> list[Path]:
    """Compile every ``.po`` whose ``.mo`` is older or not there; return the compiled ones."""
    compiled = []
    for source in sorted((root / MESSAGES).glob("*/LC_MESSAGES/*.po")):
        path = source.with_suffix(".mo")
        if not path.exists() or path.stat().st_mtime_ns < source.stat().st_mtime_ns:
            with source.open("rb") as file:
                catalogue = read_po(file)
            content = io.BytesIO()
            write_mo(content, catalogue)
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_bytes(content.getvalue())
            draft.replace(path)
        compiled.append(path)
    return compiled


class Catalogues(BuildHookInterface[Any]):
    """Compiles them before a wheel is packed or the source is installed as it lies there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, and have them packed although git does not know them."""
        root = Path(self.root)
        build_data["artifacts"] += [
            path.relative_to(root).as_posix() for path in compile_catalogues(root)
        ]


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent)
