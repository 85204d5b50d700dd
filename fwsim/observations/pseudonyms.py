"""Names of devices and people replaced by pseudonyms: the same name always by the same one.

A name such as ``TC-0001`` is quickly guessed, so a plain digest would hide nothing: it is keyed.
Without a key of the user's, the key is the content of the files: the same files give the same
pseudonyms, and nobody can try names who has not got the files, which hold the names anyway. To find
a device again in another reading, such as in a status log and a web log, give a key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from fwsim.commands.details import DETAIL_TEXTS
from fwsim.fleet.fleet import Column
from fwsim.input_file import LARGEST_LOG, digest_of
from fwsim.messages import say
from fwsim.observations.reasons import detail_of
from fwsim.observations.text_table import mapped
from fwsim.problems import InputError, Problem

SHORTEST_KEY = 8
_DIGITS = 16
OTHER_DETAIL = "for another reason"
"""Stands for a reason in words of somebody else's: it may hold a name."""


class Pseudonyms:
    """Gives pseudonyms.

    Parameters
    ----------
    key
        What they are made with.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, wish: bool | str, contents: Iterable[bytes]) -> Pseudonyms | None:
        """Return what was wished for.

        Parameters
        ----------
        wish
            Whether pseudonyms are wanted, or the key to make them with.
        contents
            Digests of the files' contents: the key where none is given.

        Raises
        ------
        InputError
            If the key is too short.
        """
        if wish is False:
            return None
        if wish is True:
            return cls(hashlib.sha256(b"".join(sorted(contents))).digest())
        if len(wish) < SHORTEST_KEY:
            raise InputError([Problem(say("log_file.short_key", least=SHORTEST_KEY))])
        return cls(hashlib.sha256(wish.encode()).digest())

    def name(self, name: str) -> str:
        """Return the pseudonym of a name; nothing stays nothing."""
        digest = hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()
        return f"d-{digest[:_DIGITS]}" if name else ""

    def both(self, told: Mapping[str, str]) -> dict[str, str]:
        """Return names by names, all as pseudonyms."""
        return {self.name(name): self.name(other) for name, other in told.items()}

    def names(self, column: Column) -> Column:
        """Return a column of names as pseudonyms."""
        return mapped(column, self.name)


def one_key(wish: bool | str, files: Iterable[Path]) -> bool | str:
    """Return a wish by which a device has one pseudonym in files that are read one by one.

    Parameters
    ----------
    wish
        Whether pseudonyms are wanted, or the key to make them with.
    files
        All of them; what is wrong with one is told when it is read.
    """
    if wish is not True:
        return wish
    contents = []
    for path in files:
        with suppress(InputError):
            contents.append(bytes.fromhex(digest_of([path], largest=LARGEST_LOG)))
    return hashlib.sha256(b"".join(sorted(contents))).hexdigest()


def without_names(details: Column) -> Column:
    """Return reasons of which only those are left that fwsim knows, in its own words."""
    return mapped(details, lambda text: DETAIL_TEXTS[detail_of(text)] or (text and OTHER_DETAIL))
