"""Machine code for common processors that a wheel may carry, so that nothing is compiled first.

It is as much to be trusted as the Python beside it, with which pip has installed and checked it; it
is used only if it was made of these very sources, and is whole.

``python -m fwsim.compiled.shipped_code FOLDER`` makes it, and prints where it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fwsim.compiled.building import compiled_elsewhere
from fwsim.compiled.code_names import shipped_name
from fwsim.compiled.kept_code import say_once
from fwsim.compiled.processor import COMMON, is_common
from fwsim.compiled.wrapped_code import MOST_BYTES, DamagedError, unwrapped, wrapped


def shipped_folder() -> Path:
    """Return where a wheel has it; a clone has no such folder."""
    return Path(__file__).parent / "shipped"


def shipped_file() -> Path | None:
    """Return the file of code that came with fwsim; None if none did, or none for this machine."""
    folder = shipped_folder()
    if not folder.is_dir() or not is_common():
        return None
    path = folder / shipped_name()
    return path if path.is_file() else None


def is_shipped() -> bool:
    """Tell whether code came with fwsim that will do on this machine; nothing is said of it."""
    path = shipped_file()
    try:
        return path is not None and bool(_code_in(path))
    except (OSError, DamagedError):
        return False


def _code_in(path: Path) -> bytes:
    with path.open("rb") as file:
        return unwrapped(file.read(MOST_BYTES), path.name)


def shipped_code() -> bytes | None:
    """Return the code that came with fwsim; None if there is none, or it is damaged."""
    path = shipped_file()
    if path is None:
        return None
    try:
        return _code_in(path)
    except (OSError, DamagedError) as error:
        said = f"the compiled clock in {path} cannot be used ({error}); it is compiled anew"
        say_once(said)
        return None


def main(folder: Path) -> None:
    """Compile for common processors; where that cannot be done say so, and make nothing."""
    if not is_common():
        print(f"no machine code is made: this is no Linux on {COMMON.name}", file=sys.stderr)  # noqa: T201
        return
    name = shipped_name()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}"
    draft.write_bytes(wrapped(compiled_elsewhere(processor=COMMON), name))
    print(draft.replace(folder / name).absolute())  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
