"""Drafts: what is written beside a folder until it takes its place, and what a kill left of it.

Where two folders can change their names in one step, a draft is a whole new folder: fwsim's new
files, and links to everything else that lies there. Elsewhere the draft, once complete, gets the
name `READY` within the folder; from then on it counts, and its files move to their places one by
one, the manifest last. Whoever comes next finishes what a kill interrupted.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from fwsim.input_file import check_file
from fwsim.interrupts import interrupts_held
from fwsim.results.output.folder.exchange import can_be_exchanged, exchange
from fwsim.results.output.folder.lock import is_owned, locked
from fwsim.results.output.folder.manifest import MANIFEST

DRAFT = ".fwsim-"
"""How the name of a draft begins."""
READY = f"{DRAFT}ready"
_NEW, _RECORD = "new", f"{DRAFT}record"


@dataclass(frozen=True)
class Draft:
    """A draft of a folder, held by its writer.

    Parameters
    ----------
    folder
        The folder that will be written.
    holder
        What holds it.
    beside
        Whether it lies beside the folder and will change places with it.
    """

    folder: Path
    holder: Path
    beside: bool

    @property
    def new(self) -> Path:
        """The folder to write into."""
        return self.holder / _NEW

    def take_place(self, gone: Collection[str]) -> None:
        """Put the draft in the folder's place; what else lies there stays.

        Parameters
        ----------
        gone
            Names there that are replaced or no longer hold.
        """
        with locked(self.new):
            if self.beside and self._exchanged(gone):
                _finish(self.new, self.folder, gone)
                return
        self._record(self.new, {*gone} - {*_names(self.new)}, 0)
        self.new.rename(self.folder / READY)
        _replay(self.folder)

    def _exchanged(self, gone: Collection[str]) -> bool:
        """Let draft and folder change places; if that cannot be done, nothing has changed."""
        linked: list[str] = []
        new = {*_names(self.new), *gone}
        try:
            for name in sorted(_names(self.folder)):
                if name not in new:
                    os.link(self.folder / name, self.new / name, follow_symlinks=False)
                    linked.append(name)
            _give_the_same_rights(self.folder, self.new)
            self._record(self.holder, gone, self.new.stat().st_ino)
            exchange(self.new, self.folder)
        except OSError:
            for name in linked:
                (self.new / name).unlink()
            return False
        return True

    @staticmethod
    def _record(where: Path, gone: Collection[str], inode: int) -> None:
        """Note what is needed to finish after a kill."""
        record = {"gone": sorted(gone), "inode": inode}
        (where / f"{_RECORD}~").write_text(json.dumps(record), encoding="utf-8")
        (where / f"{_RECORD}~").replace(where / _RECORD)


@contextmanager
def drafting(folder: Path) -> Iterator[Draft]:
    """Make a draft of a folder that is locked; what is left of it goes at the end."""
    with ExitStack() as held:
        with interrupts_held():
            holder, beside = _holder(folder)
            held.enter_context(locked(holder))
            held.callback(_discard, holder)
        (holder / _NEW).mkdir()
        yield Draft(folder, holder, beside)


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Make a place for files that come in over a long time; it goes at the end.

    The folder is made if it is not there, and is free for others meanwhile.
    """
    place = folder.resolve()
    with made_if_missing(place), ExitStack() as held:
        with locked(place):
            settle(place)
            with interrupts_held():
                holder, _ = _holder(place)
                held.enter_context(locked(holder))
                held.callback(_discard, holder)
        yield holder


@contextmanager
def made_if_missing(place: Path) -> Iterator[None]:
    """Make a folder if it is not there; one that was made goes again if nothing came."""
    is_new = not place.is_dir()
    try:
        place.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        if is_new:
            with suppress(OSError):
                place.rmdir()


def _holder(folder: Path) -> tuple[Path, bool]:
    """Make a folder for a draft: beside the folder, if the two may change places."""
    beside = can_be_exchanged(folder)
    place, prefix = (folder.parent, _prefix(folder)) if beside else (folder, DRAFT)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=place)), beside


def _give_the_same_rights(folder: Path, new: Path) -> None:
    own, made = folder.stat(), new.stat()
    if (own.st_uid, own.st_gid) != (made.st_uid, made.st_gid):
        os.chown(new, own.st_uid, own.st_gid)
    shutil.copystat(folder, new)


def _discard(holder: Path) -> None:
    """Take a draft away; one that was exchanged only when nothing is left in it.

    Ctrl-C waits until it is gone.
    """
    with interrupts_held():
        if not _is_exchanged(holder):
            _remove(holder)
            return
        with suppress(OSError):
            (holder / _NEW).rmdir()
            _remove(holder)


def _is_exchanged(holder: Path) -> bool:
    """Tell whether what a draft holds is the folder that was there before."""
    record, new = _recorded(holder), holder / _NEW
    return record is not None and new.is_dir() and new.stat().st_ino != record[1]


def _prefix(folder: Path) -> str:
    """Return how the drafts beside a folder are called: each folder has its own."""
    return f"{DRAFT}{crc32(os.fsencode(folder.name)):08x}-"


def settle(folder: Path) -> None:
    """Finish or take away what killed writers left of a folder that is locked."""
    if (folder / READY).is_dir():
        _replay(folder)
    for holder in _holders(folder.parent, _prefix(folder)):
        record = _recorded(holder)
        if record is not None and _is_exchanged(holder):
            _finish(holder / _NEW, folder, record[0])
        _discard(holder)
    for holder in _holders(folder, DRAFT):
        _remove(holder)


def _holders(place: Path, prefix: str) -> list[Path]:
    """Return the drafts whose owners are gone."""
    if sys.platform == "win32":  # nobody can tell
        return []
    with suppress(OSError), os.scandir(place) as entries:
        holders = [
            place / e.name
            for e in entries
            if e.name.startswith(prefix) and e.is_dir(follow_symlinks=False)
        ]
        return [holder for holder in holders if holder.name != READY and not is_owned(holder)]
    return []


def _recorded(holder: Path) -> tuple[list[str], int] | None:
    try:
        check_file(holder / _RECORD, _RECORD)
        record = json.loads((holder / _RECORD).read_bytes())
        return [str(name) for name in record["gone"]], int(record["inode"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _finish(old: Path, folder: Path, gone: Collection[str]) -> None:
    """Take away a folder that was exchanged; what somebody put there meanwhile moves over."""
    for name in sorted(_names(old)):
        path, there = old / name, folder / name
        if ((name in gone or name == MANIFEST) and not path.is_dir()) or (
            os.path.lexists(there) and os.path.samestat(os.lstat(path), os.lstat(there))
        ):
            path.unlink()
        elif path.is_dir() and there.exists():
            path.rename(folder / f"{name}-{path.stat().st_ino}")
        else:
            path.replace(there)


def _replay(folder: Path) -> None:
    """Move the files of a complete draft to their places, the manifest last."""
    ready = folder / READY
    record = _recorded(ready)
    if (ready / MANIFEST).is_file() and record is not None:
        for name in record[0]:
            with suppress(FileNotFoundError):
                (folder / name).unlink()
        for name in sorted({*_names(ready)} - {MANIFEST, _RECORD}):
            (ready / name).replace(folder / name)
        (ready / MANIFEST).replace(folder / MANIFEST)
    _remove(ready)


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            path.unlink()
