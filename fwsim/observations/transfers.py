"""The door for logs of the repository's web server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, a_function, a_key, a_path, a_path_or, one_or_several, taking
from fwsim.fleet.fleet import Column
from fwsim.input_file import first_bytes
from fwsim.messages import say
from fwsim.observations.addresses import plain_address
from fwsim.observations.files import File, Gathering, Progress, mapping_of, paths_of
from fwsim.observations.mapping import LogMapping
from fwsim.observations.names import plain_name
from fwsim.observations.observed import Transfers
from fwsim.observations.pseudonyms import Pseudonyms
from fwsim.observations.recognition import Kind, kind_of_bytes, kind_of_text
from fwsim.observations.text_table import compact, mapped
from fwsim.observations.web_common import FORM as COMMON_FORM
from fwsim.observations.web_common import read_common
from fwsim.observations.web_iis import FORM as IIS_FORM
from fwsim.observations.web_iis import read_iis
from fwsim.observations.web_lines import Downloads, downloads_of
from fwsim.observations.web_overlaps import each_once
from fwsim.problems import InputError, nearest

_GLANCE = 1 << 16


@taking(
    paths=one_or_several("paths", a_path),
    mapping=a_path_or("mapping", LogMapping),
    pseudonymise=a_key,
    image=a("text", str),
    progress=a_function,
)
def read_transfers(
    paths: str | Path | Iterable[str | Path],
    *,
    mapping: str | Path | LogMapping | None = None,
    pseudonymise: bool | str = False,
    image: str | None = None,
    progress: Progress | None = None,
) -> Transfers:
    """Read logs of the repository's web server: who fetched which package, when and how fast.

    Parameters
    ----------
    paths
        Files: IIS in W3C form, or Apache's or nginx's in common or combined form.
    mapping
        A mapping file: ``devices:`` names devices by address, ``duration:`` says what the number
        at the end of a line counts.
    pseudonymise
        As for `read_observed`.
    image
        The image file that was rolled out; logs in which nobody asks for it are told.
    progress
        Is told files read and files in all.

    Raises
    ------
    InputError
        With everything that is wrong with files as a whole, all files at once.
    """
    wishes = mapping_of(mapping)
    gathering = Gathering(hides=pseudonymise is not False, progress=progress)
    parts: list[Downloads] = []
    gathering.each(paths_of(paths), lambda file, _: parts.append(_downloads(file, wishes, image)))
    parts = each_once(parts, gathering.complaints)
    device = compact(Column.join([part.device for part in parts]))
    named = {name: plain_name(whose) for name, whose in wishes.devices.items()}
    own = {plain_address(name): whose for name, whose in named.items()} | named

    def whose(name: str) -> str:
        plain = plain_address(name)
        return own.get(name, own.get(plain, plain))

    device = mapped(device, whose)
    pseudonyms = Pseudonyms.of(pseudonymise, gathering.digests)
    if pseudonyms is not None:
        device = pseudonyms.names(device)
    begin = np.concatenate([part.begin for part in parts])
    order = np.argsort(begin, kind="stable")
    file = compact(Column.join([part.file for part in parts]))

    def whole(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])[order]

    return Transfers(
        device=device.rows(order),
        file=file.rows(order),
        begin=begin[order],
        end=whole("end"),
        size=whole("size"),
        status=whole("status"),
        problems=tuple(problem for each in gathering.complaints for problem in each.told()),
        accounts=tuple(gathering.signed(part.account for part in parts)),
        resolution=max(part.resolution for part in parts),
        timed=all(part.timed for part in parts),
        renamed=None if pseudonyms is None else pseudonyms.name,
    )


def is_web_log(path: Path) -> bool:
    """Tell by its first lines whether a file is the log of a web server; False if there is none."""
    try:
        head = first_bytes(path, str(path), _GLANCE)
    except InputError:
        return False
    text = head.replace(b"\x00", b"").decode("utf-8", errors="replace")
    return kind_of_bytes(head) is None and kind_of_text(text) in {Kind.IIS, Kind.COMMON}


def _downloads(file: File, mapping: LogMapping, image: str | None) -> Downloads:
    complaints = file.complaints
    kind = kind_of_bytes(file.raw)
    text = file.text() if kind is None else ""
    match kind or kind_of_text(text):
        case Kind.IIS:
            form, (requests, lines) = IIS_FORM, read_iis(text, complaints)
        case Kind.COMMON:
            form = COMMON_FORM
            requests, lines = read_common(text, complaints, mapping.duration)
        case other:
            complaints.refuse(say("web_log.other_kind", kind=other.value))
    complaints.check_most_are_good(lines, form)
    downloads = downloads_of(requests, lines, form, complaints)
    if image is not None and downloads.images:
        wanted = image.replace("\\", "/").rpartition("/")[2]
        if wanted.casefold() not in {name.casefold() for name in downloads.images}:
            near = nearest(wanted, downloads.images)
            there = ", ".join(downloads.images[:5])
            complaints.warn(say("log.another_image", image=wanted, there=there, near=near))
    return downloads
