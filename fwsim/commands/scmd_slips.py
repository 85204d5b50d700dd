"""Slips in an scmd line that name themselves: typographic marks, other tools' options, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fwsim.commands.command import lost_in_scmd
from fwsim.commands.scmd_options import BY_WORD, WORDLESS
from fwsim.commands.scmd_words import Word, words_of
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.weekdays import WORDS
from fwsim.secrecy import account_of

LONG_DASHES = "‐‑‒–—―−"
_WRONG = f"/{LONG_DASHES}"
QUOTES = "“”„‟«»‘’‚"
_QUOTED = re.compile(r'"(?:[^"]|"")*"?')
_SINGLE = re.compile(r"(?<!\S)'[^']*'(?!\S)")
_OPENING = re.compile(rf"(?<!\S)[{QUOTES}]")
_CLOSING = re.compile(rf"[{QUOTES}](?!\S)")
_PATH = re.compile(
    r"(?P<path>(?:[A-Za-z]:|\\\\|%[^%\s]+%|\.{1,2}[\\/])[^\"]*?[\\/]scmd(?:\.exe)?)(?=\s|$)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"-{1,2}(?P<option>\w+)[=:](?P<value>.+)")
_OF_ACCOUNT = r"(?:u|us(?:e?r)?(?:[-_]?name)?|benutzer(?:name)?|login|account|konto)"
_ACCOUNT = re.compile(
    rf"(?P<option>[-{_WRONG}]{{1,2}}{_OF_ACCOUNT}[=:])(?P<user>.+)", re.IGNORECASE
)
MEANT: dict[str, str] = {
    "aktualisieren": "-update",
    "aktualisierung": "-update",
    "ausliefern": "-deliver",
    "auslieferung": "-deliver",
    "zustellen": "-deliver",
    "delivery": "-deliver",
    "an": "-to",
    "nach": "-to",
    "ziel": "-to",
    "target": "-to",
    "ou": "-to",
    "oe": "-to",
    "untergeordnete": "-subous",
    "liste": "-list",
    "gruppe": "-group",
    "geräte": "-devices",
    "informieren": "-inform",
    "hinweis": "-inform",
    "notify": "-inform",
    "abbrechen": "-cancel",
    "formatieren": "-format",
    "eingeschaltet": "-switchedon",
    "jetzt": "-now",
    "sofort": "-now",
    "einmal": "-once",
    "einmalig": "-once",
    "jeden": "-every",
    "jede": "-every",
    "täglich": "-every",
    "daily": "-every",
    "tag": "-day",
    "um": "-at",
    "am": "-at",
    **{word: f"-{words[0]}" for words in WORDS for word in words},
    "benutzer": "-user",
    "domäne": "-domain",
}
"""What an administrator may type instead, in German or after other tools, without its dash."""
Slip = tuple[str, int]
"""What is wrong, and in which column."""


def repaired(line: str) -> tuple[str, list[Slip]]:
    """Return a line with plain marks in the place of typographic ones, and what was wrong.

    Every letter keeps its column, so that the rest of the line can be read as it was meant.
    """
    text, slips = _with_plain_quotes(line)
    letters = list(text)
    if text.count('"') % 2 == 0:
        for word in _not_passwords(words_of(text)):
            option = f"-{word.text[1:].casefold()}"
            if not word.quoted and word.text[:1] in _WRONG and option in BY_WORD:
                mark = "/" if word.text.startswith("/") else say("scmd.long_dash")
                fault = say("scmd.begins_with", word=word.text, mark=mark, option=option)
                slips.append((fault, word.column))
                letters[word.column - 1] = "-"
    return "".join(letters), sorted(slips, key=lambda slip: slip[1])


def _not_passwords(words: list[Word]) -> Iterator[Word]:
    """Yield the words but those that stand behind the password option."""
    before = ""
    for word in words:
        if before not in {"-p", "-password"}:
            yield word
        before = f"-{word.text[1:].casefold()}" if word.text[:1] in f"-{_WRONG}" else ""


def _with_plain_quotes(line: str) -> tuple[str, list[Slip]]:
    pieces, slips, end = [], [], 0
    for match in [*_QUOTED.finditer(line), None]:
        bare = line[end : match.start() if match else len(line)]
        opening = _OPENING.search(bare)
        if opening:
            text = say("scmd.typographic", mark=opening[0])
            slips.append((text, end + opening.start() + 1))
            bare = _CLOSING.sub('"', _OPENING.sub('"', bare))
        single = _SINGLE.search(bare)
        if single:
            text = say("scmd.single_quote")
            slips.append((text, end + single.start() + 1))
            bare = _SINGLE.sub(lambda match: f'"{match[0][1:-1]}"', bare)
        pieces += [bare, match[0] if match else ""]
        end = match.end() if match else len(line)
    return "".join(pieces), slips


def path_with_blanks(line: str) -> str:
    """Return the path to scmd at the start of a line that lacks its quotation marks."""
    match = _PATH.match(line.lstrip("@ "))
    return match["path"] if match and " " in match["path"] else ""


def without_password(word: str) -> str:
    """Return a word as it may be shown: an account joined to its option may have its password."""
    match = _ACCOUNT.fullmatch(word)
    return f"{match['option']}{account_of(match['user'])}" if match else word


def hint(word: str) -> str:
    """Return ``"; did you mean '-now'?"`` for what is no option, or an empty string."""
    name = word.lstrip(f"-{_WRONG}").casefold()
    wordless = WORDLESS.get(name.replace("-", "").replace("_", ""))
    if wordless:
        return f": {lost_in_scmd(wordless)}"
    if joined := _JOINED.fullmatch(word):
        option = f"-{joined['option'].casefold()}"
        if option in BY_WORD:
            return say("near.meant", name=f"{option} {joined['value']}")
    if name in MEANT:
        return say("near.meant", name=MEANT[name])
    return nearest(f"-{name}", BY_WORD)
