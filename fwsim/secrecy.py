"""Text as it may be shown: without anything that is, or may be, a password or a token.

What is known to be a secret is never kept (see the readers). This module is for what was misread:
a password behind a wrong key, in a web address, in a path. It would rather hide too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import lru_cache

MASK = "***"
LONGEST_TEXT = 2000
"""Characters that are shown at most; what hides secrets costs their square at worst."""

_STRETCH = re.compile(rf".{{1,{LONGEST_TEXT}}}(?!\S)|.{{1,{LONGEST_TEXT}}}")
_PARTS = (
    "password",
    "passwort",
    "passwd",
    "passphrase",
    "kennwort",
    "secret",
    "credential",
    "apikey",
    "accesskey",
    "privatekey",
    "authkey",
    "sessionid",
    "sessid",
    "amzsignature",
    "geheimnis",
    "zugangscode",
    "zugangsdaten",
    "zugangsschlüssel",
    "anmeldedaten",
    "freischaltcode",
)
_WORDS = frozenset(
    {
        "pass",
        "pw",
        "pwd",
        "pin",
        "psw",
        "token",
        "tokens",
        "auth",
        "authorization",
        "bearer",
        "sig",
        "key",
        "psk",
        "otp",
        "credentials",
        "cred",
        "creds",
        "passcode",
        "cookie",
        "cookies",
        "jwt",
    }
)
_COUNTED = frozenset({"token", "tokens", "key", "pass", "sig", "cookie", "cookies"})
"""Of these there may be a seventh: ``Token: 7`` is the name of a place."""
_NUMBER = re.compile(r"[\s\"']*\d{1,2}(?![^\s\"',;.?!)}\]])")
_SHORT = frozenset({"pw", "pwd", "psw", "passwd"})
"""No sentence has these: what stands behind one is a password."""
_WORD = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+|\d+")
_KEY = re.compile(
    r"(?P<option>(?<![^\s\"'(])(?:--?|–|—))?(?<![^\W\d])(?P<key>[^\W\d][\w.-]*)"
    r"(?:\\?[\"']?\s*(?:[:=]+>?|->)\s*|(?P<blank>\s+)(?![-–—(&|<>]))"
)
_VALUE = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|\\\"[^\"]*\"?|\[[^\]]*\]?|\{[^}]*\}?"
    r"|(?:bearer\s+|basic\s+)?[^\s,;&'\"}\])]+",
    re.IGNORECASE,
)
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
"""Of these all of the line is a secret, also behind a blank or a comma."""
_OF_WORD = r"(?:password|passwort|passphrase|passwd|kennwort)"
_TOLD = re.compile(
    rf"(?P<key>{_OF_WORD}\s+(?:(?:is|was|ist|war|lautet|hei(?:ß|ss)t)\s+)?|\bidentified\s+by\s+(?=[\"']))"
    r"(?:\"[^\"]*\"|'[^']*'|(?=[^\s,;]*\d)(?=[^\s,;]*[^\W\d_])[^\s,;]{6,})",
    re.IGNORECASE,
)
"""In a sentence: what is quoted, or of letters and digits, is no word of it."""
_TOLD_OF = re.compile(
    rf"(?P<key>{_OF_WORD}\s+(?:for|of|für|von)\s+[^\s:=]+\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|\S+)",
    re.IGNORECASE,
)
_SECURE = re.compile(
    r"(?P<key>\bConvertTo-SecureString\s+(?:-String\s+)?)(?:\"[^\"]*\"|'[^']*'|[^\s-]\S*)",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"(?P<key><[^\W\d][\w.:-]{0,60}>)[^<]+(?=</)")
_PAIR = re.compile(
    r"(?P<key>\b(?:key|name)[\"']?\s*[:=]\s*[\"'](?P<name>[^\"'\s]{1,60})[\"'](?:\s*,)?\s*"
    r"[\"']?value[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*')",
    re.IGNORECASE,
)
"""As XML and JSON have settings: ``key="password" value="x"``."""
_ADDRESS = re.compile(
    rf"(?P<scheme>\b[a-z][a-z0-9+.-]{{0,30}}://)"
    rf"[^\s/?#'\"]{{0,{LONGEST_TEXT}}}(?:/[^\s@?#'\"]{{0,{LONGEST_TEXT}}})?@",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"[^\s/@:,{\"'(]+:(?!\d{1,2}@|//)(?!(?<=\b[a-z]:)[/\\])[^\s\"']+@", re.IGNORECASE
)
"""But neither ``Nord:2@home`` nor a path behind the letter of a drive."""
_LOGIN = re.compile(
    r"(?<![^\s\"'(])(?P<user>--?(?:u(?:ser)?(?:\s+|=)[^\s:]+:|u(?!ser)[^\s:=-]+:(?=\S*[^\W\d_])"
    r"|log[io]n\s+[^\s:/]+[:/]))\S+",
    re.IGNORECASE,
)
_NET_USE = re.compile(
    r"(?P<program>\bnet(?:\.exe)?\s+use)\s+(?:[a-z]:|\*|\\\\)[^\n|&>]*", re.IGNORECASE
)
"""Windows takes a password there that nothing marks as one."""
_AUTHORIZED = re.compile(
    r"\b(?:(?<=\bbearer )[\w.~+/-]{8,}=*|(?<=\bbasic )[\w+/]{6,}=+)", re.IGNORECASE
)
"""As the header Authorization has them."""
_TOKEN = re.compile(
    r"\b(?:gh[a-z]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|AKIA\w{12,}"
    r"|sk-(?:\w{1,8}-){0,3}\w{16,}[\w-]*|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)"
)


@lru_cache(maxsize=10_000)
def names_secret(key: str) -> bool:
    """Tell whether a key names a password or a token, or was meant to.

    Parameters
    ----------
    key
        A key, an option without its dashes, a column's header.
    """
    folded = key.casefold()
    plain = re.sub(r"[\W_]+", "", folded)
    if any(part in plain for part in _PARTS):
        return True
    words = {word.casefold() for word in _WORD.findall(key)} | {folded}
    if words & (_WORDS - {"key", "pin"}) or folded in {"key", "pin"}:
        return True
    return any(_is_like(plain, word) for word in ("password", "passwort"))


def _is_like(plain: str, word: str) -> bool:
    if not 5 <= len(plain) <= 14 or len(set(plain) & set(word)) < 4:
        return False
    return SequenceMatcher(None, plain, word).ratio() >= 0.7


def _hide_values(text: str) -> str:
    """Hide what follows each key that names a secret, as in ``path: a?token=b``."""
    pieces, end = [], 0
    for match in _KEY.finditer(text):
        value = _VALUE.match(text, match.end())
        if match.start() >= end and value is not None and _is_secret(match, value[0]):
            pieces += [text[end : match.end()], MASK]
            end = _end_of_header(match) or value.end()
    return "".join([*pieces, text[end:]])


def _end_of_header(match: re.Match[str]) -> int | None:
    """Return where the value of a header ends, if the key is one of those that tell who asks."""
    is_header = match["key"].casefold() in _HEADERS and not match["blank"]
    if not is_header or {'"', "'"} & set(match[0]):  # in JSON the value is in quotes of its own
        return None
    before = match.string[: match.start()][-1:]
    ends = [match.string.find("\n", match.end())]
    if before in {'"', "'"}:
        ends.append(match.string.find(before, match.end()))
    return min((end for end in ends if end >= 0), default=len(match.string))


def _hide_named(match: re.Match[str]) -> str:
    """Hide what an element of XML, or a pair of a key and a value, has of a secret."""
    name = match.groupdict().get("name") or match["key"].strip("<>")
    return f"{match['key']}{MASK}" if names_secret(name) else match[0]


def _is_secret(match: re.Match[str], value: str) -> bool:
    """Tell whether what stands behind a key, or behind an option and a blank, is a secret."""
    key = match["key"]
    if match["blank"] and not match["option"]:
        before = match.string[: match.start()][-1:]
        return key.casefold() in _SHORT and (not before or before in " \t\n\"'(")
    return names_secret(key) and not is_counted(key, value)


def is_counted(key: str, behind: str) -> bool:
    """Tell whether a number stands behind a key, as in ``Token: 7``, and no secret."""
    return key.casefold() in _COUNTED and _NUMBER.match(behind) is not None


def keeping(names: Iterable[str], text: str, mask: Callable[[str], str]) -> str:
    """Return a masked text in which names stay that are known to be none of a secret."""
    there = sorted((name for name in names if name in text), key=len, reverse=True)
    marks = {name: f"⟦{'·' * place}⟧" for place, name in enumerate(there)}
    for name, mark in marks.items():
        text = text.replace(name, mark)
    shown = mask(text)
    for name, mark in marks.items():
        shown = shown.replace(mark, name)
    return shown


def without_accounts(text: str) -> str:
    """Return a sentence without accounts in addresses, and without tokens; nothing of it is cut."""
    if "://" in text:
        text = _ADDRESS.sub(rf"\g<scheme>{MASK}@", text)
    return _TOKEN.sub(MASK, text)


def without_secrets(text: str) -> str:
    """Return a text with whatever may be a password or a token replaced by ``***``, and cut.

    Parameters
    ----------
    text
        A value that was read, or a sentence that holds one.
    """
    cut = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
    shown = _ADDRESS.sub(rf"\g<scheme>{MASK}@", cut)
    shown = _LOGIN.sub(rf"\g<user>{MASK}", _ACCOUNT.sub(f"{MASK}@", shown))
    shown = _NET_USE.sub(rf"\g<program> {MASK}", shown)
    shown = _ELEMENT.sub(_hide_named, _PAIR.sub(_hide_named, shown))
    for pattern in (_TOLD, _TOLD_OF, _SECURE):
        shown = pattern.sub(rf"\g<key>{MASK}", shown)
    shown = _AUTHORIZED.sub(MASK, _hide_values(shown))
    return _TOKEN.sub(MASK, shown)


def prose_without_secrets(text: str) -> str:
    """Return a text of any length with whatever may be a secret replaced; nothing of it is cut."""
    return _STRETCH.sub(lambda stretch: without_secrets(stretch[0]), text)
