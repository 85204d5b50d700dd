"""Text as it may be shown: without anything that is, or may be, a password or a token.

What is known to be a secret is never kept (see the readers). This module is for what was misread:
a password behind a wrong key, in a web address, in a path. It would rather hide too much.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from fwsim.secret_forms import ADDRESS, FORMS, OF_MANY_LINES, TOKEN
from fwsim.secret_pieces import LONGEST_TEXT, Form

MASK = "***"

_STRETCH = re.compile(rf".{{1,{LONGEST_TEXT}}}(?!\S)|.{{1,{LONGEST_TEXT}}}")
_SHIFTED = re.compile(rf"^.{{1,{LONGEST_TEXT // 2}}}(?!\S)|{_STRETCH.pattern}", re.MULTILINE)
"""Cut elsewhere: what one cut parts is whole here."""
_PARTS = (
    "password",
    "passwort",
    "passwd",
    "passphrase",
    "kennwort",
    "kennwört",
    "pincode",
    "zugangspin",
    "secret",
    "credential",
    "apikey",
    "accesskey",
    "accountkey",
    "privatekey",
    "authkey",
    "sessionid",
    "sessid",
    "amzsignature",
    "geheimnis",
    "zugangscode",
    "zugangsdaten",
    "zugangsschlüssel",
    "wlanschlüssel",
    "netzwerkschlüssel",
    "sicherheitsschlüssel",
    "wlankey",
    "wifikey",
    "wpakey",
    "wepkey",
    "keymaterial",
    "storepass",
    "keypass",
    "sshpass",
    "networkkey",
    "sharedkey",
    "wpa2key",
    "wpa3key",
    "wpa2schlüssel",
    "wpa3schlüssel",
    "functionskey",
    "subscriptionkey",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "recoverykey",
    "licensekey",
    "lizenzschlüssel",
    "wiederherstellungsschlüssel",
    "onetimecode",
    "einmalcode",
    "logonticket",
    "securitykey",
    "anmeldedaten",
    "freischaltcode",
)
_WORDS = frozenset(
    {
        "pass",
        "pw",
        "pwd",
        "psw",
        "token",
        "tokens",
        "auth",
        "authorization",
        "bearer",
        "sig",
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
_ALONE = frozenset({"key", "schlüssel", "schluessel", "pin", "puk", "tan", "itan", "mtan"})
"""Only as the whole of a key; in others they are parts of harmless words."""
_COUNTED = frozenset(
    {
        *("token", "tokens", "key", "schlüssel", "schluessel", "pass", "pw", "tan", "sig"),
        *("cookie", "cookies"),
    }
)
"""Of these there may be a seventh: ``Token: 7`` is the name of a place, and so is ``PW 7``."""
_NUMBER = re.compile(r"[\s\"']*\d{1,2}(?:[\"')}\]]|[,;](?=[\s\"']|\Z)|(?=[.?!]?(?:\s|\Z)))")
_ENDS = ("pwd", "passwd", "bindpw", "rootpw", "adminpw", "userpw")
"""What firmware and services have at the end of a name: ``setuppwd``."""
_SHORT = frozenset({"pw", "psw", *_ENDS})
"""No sentence has these: what stands behind one is a password."""
_WORD = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+|\d+")
_KEY = re.compile(
    r"(?P<option>(?<![^\s\"'(])(?:--?|–|—))?(?<![^\W\d])(?P<key>[^\W\d][\w.-]*)"
    r"(?:\\?[\"']?\s*(?:[:=：＝]+>?|->)\s*|(?P<blank>\s+)(?![-–—(&|<>]))"
)
_VALUE = re.compile(
    r"(?:\"(?:[^\"\\]|\\.)*\"?|'[^']*'?)(?:'[^']*'|[^\s,;&'\"}\])])*"
    r"|[|>][-+\d]{0,2}\s+\S+"
    r"|\\\"[^\"]*\"?|\[[^\]]*\]?|\{[^}]*\}?"
    r"|(?:bearer\s+|basic\s+)?(?:[^\s,;&'\"}\])]|[,;&](?![\s,;&'\"}\])]|\Z|[\w.-]+\s*[:=])"
    r"|['\"}\])](?=[^\s,;:.?!&'\"}\])]))+",
    re.IGNORECASE,
)
_BEHIND_ACCOUNT = re.compile(r"[:%,;]\s*(?=\S)|:|(?:(?<=\s)/\s*|/\s+)(?=\S)")
_VARIABLE = re.compile(r"(?:[\w.-]+\\|%\w+%[\\/])?%\w+%")
_NO_WIDTH = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
"""Of these all of the line is a secret, also behind a blank or a comma."""


@lru_cache(maxsize=10_000)
def names_secret(key: str) -> bool:
    """Tell whether a key names a password or a token, or was meant to.

    Parameters
    ----------
    key
        A key, an option without its dashes, a column's header.
    """
    key = _as_seen(key)
    folded = (key if key.isascii() else unicodedata.normalize("NFKC", key)).casefold()
    plain = re.sub(r"[\W_]+", "", folded)
    if any(part in plain for part in _PARTS) or plain.endswith(_ENDS):
        return True
    words = {word.casefold() for word in _WORD.findall(key)} | {folded}
    if words & _WORDS or folded in _ALONE:
        return True
    return any(_is_like(plain, word) for word in ("password", "passwort"))


def _as_seen(text: str) -> str:
    """Return a text without what has no width and may part a word, each letter in one piece."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _NO_WIDTH.sub("", text))


def _is_like(plain: str, word: str) -> bool:
    if not 5 <= len(plain) <= 14 or len(set(plain) & set(word)) < 4:
        return False
    return SequenceMatcher(None, plain, word).ratio() >= 0.7


def _hide_values(text: str) -> str:
    """Hide what follows each key that names a secret, as in ``path: a?token=b``."""
    pieces, end = [], 0
    for match in _KEY.finditer(text):
        value = _VALUE.match(text, match.end())
        if match.start() >= end and value is not None and _is_secret(match, text[match.end() :]):
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


def _hide(form: Form, text: str) -> str:
    """Hide what is written in one form."""
    return form.pattern.sub(_hidden, text)


def _hidden(match: re.Match[str]) -> str:
    groups = match.groupdict()
    name = groups.get("name")
    return match[0] if name and not names_secret(name) else f"{groups.get('kept') or ''}{MASK}"


def _is_secret(match: re.Match[str], behind: str) -> bool:
    """Tell whether what stands behind a key, or behind an option and a blank, is a secret."""
    key = match["key"]
    if match["blank"] and not match["option"]:
        before = match.string[: match.start()][-1:]
        is_begun = not before or before.isspace() or before in "\"'("
        return key.casefold() in _SHORT and is_begun and not is_counted(key, behind)
    return names_secret(key) and not is_counted(key, behind)


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


def account_of(text: str) -> str:
    r"""Return an account's name as it may be shown: without a password that was typed behind it.

    ``bob:X``, ``bob%X``, ``bob,X`` and ``bob / X`` have one; no account has such a mark, but for
    variables of Windows in front: ``%USERDOMAIN%\%USERNAME%``.
    """
    variables = _VARIABLE.match(text)
    mark = _BEHIND_ACCOUNT.search(text, variables.end() if variables else 0)
    return f"{text[: mark.end()]}{MASK}" if mark else without_secrets(text)


def without_accounts(text: str) -> str:
    """Return a sentence without accounts in addresses, and without tokens; nothing of it is cut."""
    if "://" in text:
        text = _hide(ADDRESS, text)
    return _hide(TOKEN, text)


def without_secrets(text: str) -> str:
    """Return a text with whatever may be a password or a token replaced by ``***``, and cut.

    Parameters
    ----------
    text
        A value that was read, or a sentence that holds one.
    """
    shown = _masked(text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…")
    seen = _as_seen(shown)
    if seen == shown or (masked := _masked(seen)) == seen:
        return shown
    return masked


def _masked(text: str) -> str:
    for form in _forms_in(text):
        text = _hide(form, text)
    return _hide_values(text)


_TOLD_BY = tuple(dict.fromkeys(word for form in FORMS for word in form.told_by))


def _forms_in(text: str) -> list[Form]:
    """Return the forms that may be in a text: most have words that few texts have."""
    folded = text.casefold()
    if not text.isascii():  # a pattern that minds no case takes these two for an i
        folded = folded.replace("ı", "i").replace("i\u0307", "i")
    there = {word for word in _TOLD_BY if word in folded}
    return [form for form in FORMS if not there.isdisjoint(form.told_by)] if there else []


def prose_without_secrets(text: str) -> str:
    """Return a text of any length with whatever may be a secret replaced; nothing of it is cut."""
    whole = text
    for form in OF_MANY_LINES:
        whole = _hide(form, whole)
    cuts = [_STRETCH]
    if any(len(line) > LONGEST_TEXT for line in whole.split("\n")):
        cuts.append(_SHIFTED)
    for cut in cuts:
        whole = cut.sub(lambda stretch: without_secrets(stretch[0]), whole)
    return whole
