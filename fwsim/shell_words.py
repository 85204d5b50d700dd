"""Commands that are told on the screen, in the words of the shell of this platform.

In files they are written for a POSIX shell, whatever the platform: their bytes are the same.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from subprocess import list2cmdline

_OF_WINDOWS = re.compile(r"[&|<>^()@,;={}$`'#%!]")
"""What cmd.exe or PowerShell takes for something else outside of double quotes."""


def command_line(words: Iterable[str]) -> str:
    """Return a command to be typed or pasted.

    Parameters
    ----------
    words
        The program and what it is given, as it is to reach it.
    """
    return " ".join(map(quoted, words))


def quoted(word: str) -> str:
    """Return one word of a command: on Windows single quotes would be a part of it."""
    if os.name != "nt":
        return shlex.quote(word)
    plain = list2cmdline([word])
    if plain.startswith('"') or not _OF_WINDOWS.search(word):
        return plain
    ends = len(word) - len(word.rstrip("\\"))  # before a quote a backslash is written twice
    return f'"{plain}{plain[len(plain) - ends :]}"'
