"""The machine code of the compiled clock on disk: checked before it is used, written whole.

It is executed, so it is read only from a folder that nobody else can write into, once, through a
handle that follows no link, and only if its digest is right; those very bytes are then loaded.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import platformdirs

from fwsim.compiled.safe_folder import UnsafeFolderError, check_folder, make_safe_folder
from fwsim.compiled.wrapped_code import MOST_BYTES, DamagedError, unwrapped, wrapped

_DRAFT = ".draft-"
_ABANDONED_AFTER = 24 * 3600
"""Seconds after which a draft is nobody's, where no lock can tell."""


class CodeCacheWarning(UserWarning):
    """The compiled clock could not be kept on disk, or what was kept was thrown away."""


def code_folder() -> Path:
    """Return the folder for compiled code, which may not exist."""
    return platformdirs.user_cache_path("fwsim") / "machine-code"


def is_kept(name: str) -> bool:
    """Tell whether there is code of this name that will do; nothing is said or thrown away."""
    folder = code_folder()
    try:
        check_folder(folder)
        return bool(unwrapped(_read(folder / name), name))
    except (OSError, DamagedError):
        return False  # or nobody may look there, such as in a folder that is root's


def code_kept_or_made(name: str, make: Callable[[], bytes]) -> bytes:
    """Return the code kept under a name; else make it, and keep it for the next time.

    Parameters
    ----------
    name
        Of the file; it stands for all that the code depends on.
    make
        Compiles.
    """
    folder = code_folder()
    code = _kept(folder, name)
    if code is None:
        code = make()
        _keep(folder, name, code)
    return code


_SAID: set[str] = set()


def say_once(text: str) -> None:
    """Warn once, however often it comes up."""
    if text not in _SAID:
        _SAID.add(text)
        warnings.warn(text, CodeCacheWarning, stacklevel=2)


def _kept(folder: Path, name: str) -> bytes | None:
    """Return what is kept; None, with a word and the file thrown away, if it is not right."""
    try:
        check_folder(folder)
    except UnsafeFolderError:
        return None  # said when it is to be written
    except OSError:
        return None  # nothing was kept yet
    _remove_drafts(folder)
    path = folder / name
    try:
        return unwrapped(_read(path), name)
    except FileNotFoundError:
        return None
    except (OSError, DamagedError) as error:
        say_once(
            f"the compiled clock in {path} cannot be used ({_why(error)}); it is compiled anew"
        )
    _throw_away(path)
    return None


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _read(path: Path) -> bytes:
    """Read a file whole: a plain one of one's own, which nobody else can write."""
    handle = _opened(path)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise DamagedError("it is not a file")
        if hasattr(os, "getuid") and status.st_uid != os.getuid():
            raise DamagedError("it belongs to another user")
        if os.name == "posix" and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise DamagedError("others may write it")
        if status.st_size > MOST_BYTES:
            raise DamagedError("it is far too large")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(MOST_BYTES)
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    """Return a handle for reading that follows no link and waits for nobody."""
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    return os.open(path, flags)


def _throw_away(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        say_once(f"{path} cannot be removed ({_why(error)})")


def _keep(folder: Path, name: str, code: bytes) -> None:
    """Write a file whole or not at all; others may be writing the same."""
    try:
        make_safe_folder(folder)
        _write(folder, name, wrapped(code, name))
    except OSError as error:
        say_once(
            f"the compiled clock cannot be kept in {folder} ({_why(error)});"
            " it is compiled anew each time"
        )


def _write(folder: Path, name: str, data: bytes) -> None:
    draft = folder / f"{_DRAFT}{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            _lock(file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if os.name == "posix":  # still locked; elsewhere an open file cannot be renamed
                draft.replace(folder / name)
        if os.name != "posix":
            draft.replace(folder / name)
    finally:
        draft.unlink(missing_ok=True)


def _lock(handle: int, *, or_fail: bool = False) -> bool:
    """Lock a draft while it is written; return False where there are no locks."""
    try:
        import fcntl
    except ImportError:
        return False
    fcntl.flock(handle, fcntl.LOCK_EX | (fcntl.LOCK_NB if or_fail else 0))
    return True


def _remove_drafts(folder: Path) -> None:
    """Remove what writers have left that were killed."""
    for draft in folder.glob(f"{_DRAFT}*"):
        try:
            if _is_abandoned(draft):
                draft.unlink(missing_ok=True)
        except OSError:
            continue  # somebody else's turn, or somebody is writing it


def _is_abandoned(draft: Path) -> bool:
    """Tell whether nobody writes a draft any more; an error means that somebody does."""
    handle = _opened(draft)
    try:
        return _lock(handle, or_fail=True) or (
            time.time() - os.fstat(handle).st_mtime > _ABANDONED_AFTER
        )
    finally:
        os.close(handle)
