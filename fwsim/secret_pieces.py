"""What the forms of secrets are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_TEXT = 2000
"""Characters that are shown at most; what hides secrets costs their square at worst."""

WORD = r"(?:password|pa(?:ss|ß)wort|passphrase|passwd|kennwort)"
LETTERS_OF_WORD = "passw passp kennwort"
"""Some of them are in whatever `WORD` finds."""
QUOTED = r"(?:\"[^\"]*\"|'[^']*')"
VALUE = rf"(?![<-])(?:{QUOTED}|[^\s\"']+)"
NO_WORD = rf"(?:{QUOTED}|(?=[^\s,;]*\d)(?=[^\s,;]*[^\W\d_])[^\s,;]{{6,}})"
"""In a sentence: what is quoted, or of letters and digits, is no word of it."""
_RADIO = r"(?:a[cx]?|be?|g|n)(?![^\W_])"
_WLAN_PIECE = (
    rf"(?:802\.11{_RADIO}(?:[-/](?:802\.11)?{_RADIO}){{1,6}}"
    r"|wpa\d?|sae|psk|aes|ccmp|tkip|mixed|enterprise|personal|802\.1\w{1,3}"
    r"|\d{1,3}(?:[.,]\d)?-?(?:ghz|bit)|band\d?)"
)
OF_WLAN = rf"{_WLAN_PIECE}(?:[-/+]{_WLAN_PIECE}){{0,9}}[.:!?)\"']{{0,9}}(?![^\s,;])"
"""Behind ``WPA2``: what is said of a WLAN, and no key."""
BEGIN = r"(?<![^\s\"'(])"
OF_COMMAND = rf"(?:[^\n|&;]{{0,{LONGEST_TEXT}}}?\s)??"
"""As little as there may be: the first of a command's options that fit is the one that is found."""
RUN = rf"(?:\.exe)?[\"']?\s+{OF_COMMAND}"
"""Between a program's name and the option that takes a password."""
PROGRAMS_WITH_P = (
    r"mysql\w*|mariadb[\w-]*|sshpass|7z[ar]?|rar|unrar|psexec(?:64)?|rdesktop|mongo\w*"
    r"|(?:docker|podman|az|oc)\s+login|scmd|user(?:add|mod)|certutil"
    r"|vmware-view|pnabrowse"
)
PROGRAMS_WITH_U = r"curl|wget2?|aria2c|https?|smb\w+|rpcclient|winexe|wmic"
"""Of these ``-u`` takes an account and its password, and nothing else of that form."""
LONG_P = r"(?!(?:ass(?:word|wort|wd|phrase)?|wd?|w)[\s:=])"
"""Behind ``-p``: else ``-password X`` is taken for ``-p`` with a password right behind it."""
NAME = r"[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+){0,3}"
PLACE = (
    rf"(?-i:(?:[A-Z]{{2}}/(?={NAME})|{NAME}/(?=(?:Nord|Süd|Ost|West|Mitte|North|South|East)\b))"
    rf"{NAME})"
)
"""DE/Bad-Homburg and Berlin/Nord are OUs; bob/Secret may be an account and its password."""
LOGIN = r"(?:log[io]n(?:daten)?|anmelde?(?:ung|daten)|zugang(?:sdaten)?|credentials)"
ACCOUNT = rf"(?:{LOGIN}|user(?:name)?|benutzer(?:name)?|account|konto)"
ASKS = (
    r"(?:(?<!etc/)passwd\b|\bsudo\s+(?:-\w+\s+){0,9}?-\w{0,9}S|\b(?:su|kinit|cryptsetup)\b"
    r"|--?(?:password|passphrase|token)-(?:stdin|fd)\b|--with-token\b|--stdin\b)"
)
"""In a command that reads a password from what it is fed with."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form.

    Parameters
    ----------
    example
        With an X in the place of the secret.
    pattern
        What it finds is hidden, but for its group ``kept``. Where it has a group ``name``, only if
        that names a secret.
    told_by
        Small letters of which whatever the pattern finds has some: else it need not be looked for.
    """

    example: str
    pattern: re.Pattern[str]
    told_by: tuple[str, ...] = ("",)


def form(example: str, pattern: str, *, told_by: str) -> Form:
    """Return a form in either case of its letters; the words of `told_by` have blanks between."""
    return Form(example, re.compile(pattern, re.IGNORECASE), tuple(told_by.split()))
