"""Files of logs, one by one: read as bytes, recognised, refused all at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from fwsim.input_file import LARGEST_LOG, read_bytes
from fwsim.messages import say
from fwsim.observations.complaints import Complaints
from fwsim.observations.mapping import LogMapping, read_mapping
from fwsim.observations.observed import Account
from fwsim.observations.recognition import refuse_packed
from fwsim.problems import InputError, Problem
from fwsim.quantities.zones import NO_ZONE, zone_meant, zone_names
from fwsim.text_encoding import UnknownEncodingError, decode_plain

MOST_FILES = 10_000
_HALF = 32
Progress = Callable[[int, int], None]
"""Called with files read and files in all."""


@dataclass
class File:
    """A file as it was read.

    Parameters
    ----------
    raw
        Its bytes.
    complaints
        What is wrong with it.
    """

    raw: bytes
    complaints: Complaints

    @property
    def digest(self) -> bytes:
        """What tells its content from any other."""
        return hashlib.sha256(self.raw).digest()

    def text(self) -> str:
        """Return its text, in whatever plain encoding.

        Raises
        ------
        InputError
            If it is no text.
        """
        try:
            decoded = decode_plain(self.raw)
        except UnknownEncodingError as error:
            self.complaints.refuse(error.reason, error.line)
        if decoded.encoding:
            example = decoded.example if not self.complaints.hides else ""
            shown = f" ({example})" if example else ""
            self.complaints.warn(say("log_file.read_as", encoding=decoded.encoding, example=shown))
        return decoded.text


def zone_of(zone: str | ZoneInfo | None) -> ZoneInfo | None:
    """Return a zone by its name.

    Raises
    ------
    InputError
        If there is none of that name, or it is not the same everywhere.
    """
    if zone is None or isinstance(zone, ZoneInfo):
        return zone
    if zone in zone_names():
        return ZoneInfo(zone)
    text = say("value.unknown_zone", name=zone, near=zone_meant(zone))
    if zone in NO_ZONE:
        text = say(f"value.zone_of_{NO_ZONE[zone]}", name=zone)
    raise InputError([Problem(text)])


def mapping_of(mapping: str | Path | LogMapping | None) -> LogMapping:
    """Return a mapping, from its file if it is named; one that says nothing if there is none."""
    if mapping is None or isinstance(mapping, LogMapping):
        return mapping or LogMapping()
    return read_mapping(Path(mapping), str(mapping))


def paths_of(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    """Return the files that are named.

    Raises
    ------
    InputError
        If there is none, or one twice.
    """
    several = [paths] if isinstance(paths, (str, Path)) else list(paths)
    if not several:
        raise InputError([Problem(say("log_file.none_named"))])
    if len(several) > MOST_FILES:
        raise InputError([Problem(say("log_file.too_many", most=MOST_FILES))])
    seen: dict[Path, None] = {}
    for path in several:
        if Path(path) in seen:
            raise InputError([Problem(say("log_file.named_twice"), str(path))])
        seen[Path(path)] = None
    return list(seen)


def look_at(paths: Sequence[Path]) -> None:
    """Tell what is wrong with files whatever their columns and words mean.

    Raises
    ------
    InputError
        If one is not there, empty or packed.
    """
    Gathering(hides=False, progress=None).each(paths, lambda *_: None)


class Gathering:
    """Reads files one by one; what is wrong with some is told when all have been looked at."""

    def __init__(self, *, hides: bool, progress: Progress | None) -> None:
        self.problems: list[Problem] = []
        self.complaints: list[Complaints] = []
        self.digests: list[bytes] = []
        self._hides, self._progress = hides, progress

    def each(self, paths: Sequence[Path], use: Callable[[File, int], None]) -> None:
        """Read files and let each be used, with its number.

        Raises
        ------
        InputError
            With what is wrong with all of them.
        """
        for number, path in enumerate(paths):
            complaints = Complaints(str(path), hides=self._hides)
            self.complaints.append(complaints)
            try:
                raw = read_bytes(path, str(path), largest=LARGEST_LOG)
                refuse_packed(raw, complaints)
                if not raw.strip():
                    complaints.refuse(say("log_file.empty"))
                file = File(raw, complaints)
                self.digests.append(file.digest)
                use(file, number)
            except InputError as error:
                self.problems += error.problems
            if self._progress is not None:
                self._progress(number + 1, len(paths))
        self.check()

    def signed(self, accounts: Iterable[Account]) -> list[Account]:
        """Return the accounts of all files, each with the digest of its file."""
        pairs = zip(accounts, self.digests, strict=True)
        return [replace(account, sha256=digest.hex()[:_HALF]) for account, digest in pairs]

    def check(self) -> None:
        """Refuse everything if anything was refused.

        Raises
        ------
        InputError
            With all problems.
        """
        if self.problems:
            raise InputError(self.problems)
