"""What readers of a web server's log make of it: requests, of which the downloads are kept."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.observations.complaints import Complaints
from fwsim.observations.observed import CUT, Account, Times
from fwsim.observations.text_table import mapped

SMALLEST = 100_000
"""Bytes; what is smaller is no package, and tells nothing of a line."""
SMALL_FILES = (".idf", ".udf", ".ini", ".sig")
"""Files that are no packages, whatever their size."""
_MOST_IMAGES = 20


@dataclass
class Requests:
    """Requests of one log; arrays have shape (requests,). `end` is `begin` where nobody says.

    As in `Transfers`; `method` and `path` as the server wrote them.
    """

    device: Column
    method: Column
    path: Column
    begin: Times
    end: Times
    size: NDArray[np.int64]
    status: NDArray[np.int16]
    line: NDArray[np.int64]
    resolution: int
    timed: bool


@dataclass
class Downloads:
    """The downloads among them, and what became of the rest."""

    device: Column
    file: Column
    begin: Times
    end: Times
    size: NDArray[np.int64]
    status: NDArray[np.int16]
    resolution: int
    timed: bool
    images: tuple[str, ...]
    account: Account


def file_of(path: str) -> str:
    """Return the name of a file by its address, without folder and query."""
    return unquote(path.partition("?")[0].rpartition("/")[2], errors="replace")[:500]


def downloads_of(requests: Requests, lines: int, form: str, complaints: Complaints) -> Downloads:
    """Return what was downloaded; what is none is counted."""
    file = mapped(requests.path, file_of)
    status, size = requests.status, requests.size
    is_get = np.array([method.upper() == "GET" for method in requests.method.values], bool)
    is_list = np.array([name.lower().endswith(SMALL_FILES) for name in file.values], bool)
    not_get = ~is_get[requests.method.codes]
    listed = ~not_get & is_list[file.codes]
    rest = ~not_get & ~listed
    refused = rest & (status >= 300) & ~np.isin(status, CUT)
    rest &= ~refused
    small = rest & (size < SMALLEST) & ~np.isin(status, CUT)
    kept = np.flatnonzero(rest & ~small)
    aside = {
        "HEAD and other requests that fetch nothing": int(not_get.sum()),
        "image definitions and the like": int(listed.sum()),
        "not there or refused": int(refused.sum()),
        f"smaller than {SMALLEST // 1000} kB": int(small.sum()),
    }
    images = [name for name in file.values if name.lower().endswith(".idf")]
    return Downloads(
        device=requests.device.rows(kept),
        file=file.rows(kept),
        begin=requests.begin[kept],
        end=requests.end[kept],
        size=size[kept],
        status=status[kept],
        resolution=requests.resolution,
        timed=requests.timed,
        images=tuple(images[:_MOST_IMAGES]),
        account=Account(complaints.source, form, lines, complaints.bad, aside),
    )
