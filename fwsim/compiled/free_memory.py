"""How much memory this process may still take: the machine's, the limit's, the container's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_CGROUP = Path("/sys/fs/cgroup")


def free_memory() -> int | None:
    """Return the bytes that can still be had; None where the system does not tell."""
    return min(_limits(), default=None)


def _limits() -> Iterator[int]:
    yield from _of_the_machine()
    yield from _of_the_process()
    yield from _of_the_container()


def _of_the_machine() -> Iterator[int]:
    numbers = _numbers(_PROC / "meminfo")
    if "MemAvailable" in numbers:
        yield 1024 * (numbers["MemAvailable"] + numbers.get("SwapFree", 0))
    elif sys.platform == "win32":
        yield _of_windows()
    elif hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # all there is, taken or not


def _of_windows() -> int:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("size", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *(
                (name, ctypes.c_uint64)
                for name in (
                    "physical",
                    "free",
                    "page_file",
                    "free_page_file",
                    "virtual",
                    "free_virtual",
                    "free_extended",
                )
            ),
        )

    status = Status(size=ctypes.sizeof(Status))
    ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined, unused-ignore]
    return int(min(status.free_page_file, status.free_virtual))


def _of_the_process() -> Iterator[int]:
    """Yield what ``ulimit -v`` and ``ulimit -d`` leave."""
    try:
        import resource
    except ImportError:
        return
    sizes = _numbers(_PROC / "self" / "status")
    for limit, taken in ((resource.RLIMIT_AS, "VmSize"), (resource.RLIMIT_DATA, "VmData")):
        soft, _ = resource.getrlimit(limit)
        if soft != resource.RLIM_INFINITY:
            yield max(soft - 1024 * sizes.get(taken, 0), 0)


def _of_the_container() -> Iterator[int]:
    """Yield what the control groups leave, the process's own and those above."""
    for line in _lines(_PROC / "self" / "cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            names = ("memory.max", "memory.current", "inactive_file")
            yield from _of_groups(_CGROUP, path, *names)
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _of_groups(_CGROUP / "memory", path, *names)


def _of_groups(root: Path, path: str, limit: str, taken: str, given_back: str) -> Iterator[int]:
    group = root / path.lstrip("/")
    while True:
        most, now = (_lines(group / name)[:1] for name in (limit, taken))
        if most and now and most[0].isdigit() and now[0].isdigit():
            cached = _numbers(group / "memory.stat").get(given_back, 0)
            yield max(int(most[0]) - int(now[0]) + cached, 0)
        if group in {root, group.parent}:
            return
        group = group.parent


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def _numbers(path: Path) -> dict[str, int]:
    """Return the numbers of a file with a name and a number on each line."""
    pairs = (line.replace(":", " ").split() for line in _lines(path))
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) > 1 and pair[1].isdigit()}
