"""The words of an scmd command line, in the order in which fwsim writes them.

Genuine words stand in the scmd manual, page "clients" [S]. Those of the Update command itself were
on no readable page; fwsim spells them its own way [A], modelled on, not identical to, scmd.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from fwsim.commands.command import SENT, common_options, options_of, own_options
from fwsim.commands.marks import Mark
from fwsim.commands.option import Kind
from fwsim.commands.schedule import Weekday


@dataclass(frozen=True, slots=True)
class Option:
    """One word of the command line.

    Parameters
    ----------
    word
        As fwsim writes it.
    takes
        What follows it; empty for nothing.
    most
        How many words may follow.
    meaning
        For the docs.
    mark
        Seen in the manual, or fwsim's own spelling.
    long
        A longer spelling that is read too, as in ``-u[ser]``.
    """

    word: str
    takes: str
    most: int
    meaning: str
    mark: Mark = Mark.SEEN
    long: str = ""


MANY = 100_000
_TAKES = {Kind.NOTICE: "Seconds", Kind.PAUSE: "Milliseconds"}


def _of_commands() -> tuple[Option, ...]:
    """Return the words of the commands' own options, each once."""
    found: dict[str, Option] = {}
    for option in chain(*(own_options(cls).values() for cls in SENT), common_options().values()):
        takes = _TAKES.get(option.kind, "")
        word = Option(option.scmd, takes, int(bool(takes)), option.scmd_meaning, option.scmd_mark)
        if option.scmd:
            found.setdefault(option.scmd, word)
    return tuple(found.values())


OPTIONS: tuple[Option, ...] = (
    Option("-u", "User", 1, "administrator's account; left out for pass-through", long="-user"),
    Option("-p", "Password", 1, "never kept; written as `***`", long="-password"),
    Option("-d", "Domain", 1, "the account's domain", long="-domain"),
    Option("-update", "", 0, "the Update command", Mark.ASSUMED),
    Option("-deliver", "", 0, "the Delivery command", Mark.ASSUMED),
    Option("-uefi", "", 0, "the UEFI update command", Mark.ASSUMED),
    Option("-to", "Name", MANY, "an OU or a device, such as `DE/Karlsruhe/KA1`"),
    Option("-subous", "", 0, "include the OUs below"),
    Option("-mac", "", 0, "`-to` names a MAC"),
    Option("-list", "", 0, "`-to` names a text file with one MAC a line"),
    Option("-group", "", 0, "`-to` is the filter of a dynamic client group", Mark.ASSUMED),
    Option("-devices", "", 0, "`-to` names several devices picked by hand", Mark.ASSUMED),
    *_of_commands(),
    Option("-now", "", 0, "run at once"),
    Option("-once", "", 0, "run at the date and time of `-at`"),
    Option("-every", "", 0, "run on the days that follow, at the time of `-at`"),
    *(Option(f"-{day.name.lower()}", "", 0, f"each {day.name.title()}") for day in Weekday),
    Option("-day", "Day", 31, "days of the month"),
    Option(
        "-at",
        "Time",
        2,
        "`dd.mm.[yy]yy` or `mm-dd-[yy]yy` and `hh:mm[:ss]`; with `-every` only `hh:mm[:ss]`",
    ),
)

WORDLESS: dict[str, str] = {
    name.replace("_", ""): name
    for cls in SENT
    for name, option in options_of(cls).items()
    if not option.scmd
}
"""Options that no word stands for, by what somebody may type for them."""

KEYS: dict[str, str] = {
    "subous": "subordinate_units",
    **{
        option.scmd.removeprefix("-"): name
        for cls in SENT
        for name, option in options_of(cls).items()
        if option.scmd
    },
}
"""Names of options by the words that stand for them, without their dash."""

BY_WORD: dict[str, Option] = {
    word: option for option in OPTIONS for word in (option.word, option.long) if word
}
