"""What the German catalogue lacks; run as a module it puts that in, empty, to be filled.

``python -m tests.messages.translations`` keeps every translation: one whose English words have
changed is marked fuzzy (gettext does not use it), one that nothing says any more goes to the end.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po, write_po
from pydantic import BaseModel

from fwsim.commands.command import SENT, options_of
from fwsim.commands.details import DETAIL_TEXTS
from fwsim.commands.option import UNIT_OF_KIND
from fwsim.commands.scmd_options import OPTIONS as SCMD_OPTIONS
from fwsim.measures.catalogue import DEFINITIONS, Kind
from fwsim.measures.outcomes import ALL_OUTCOMES
from fwsim.messages import catalogue
from fwsim.messages.catalogue import Message, messages
from fwsim.observations.web_lines import SMALLEST
from fwsim.planning.gates.now import Says
from fwsim.results.run.stages import TURN_OR_WINDOW, Stage, Wait
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.doubt import Source
from fwsim.scenario.known_keys import parts_of
from fwsim.scenario.products import products
from fwsim.scenario.schema import Scenario
from fwsim.scenario.search_section import Order

GERMAN = Path(catalogue.__file__).parent / "de" / "LC_MESSAGES" / "fwsim.po"
LANGUAGE = "de"
NOUNS = (
    *(definition.noun for definition in DEFINITIONS.values()),
    *("run", "command run", "held-out run", "rollout", "plan", "worker", "warning", "golden log"),
    *("site", "OU", "organisational unit", "deferment", "cancel", "line", "product", "assignment"),
    *("download", "restart", "installation", "silent notice", "repeatedly asked device"),
    *("wake-up", "update", "rare kind", "problem"),
    *("package check", "image check"),
    *(
        "more command",
        "other command",
        "other OU",
        "more device",
        "other device",
        "more link",
        "more line",
        "more time",
        "more day",
    ),
    *("time", "blackout", "more blackout"),
)
"""What `counted` counts."""
PROGRESS = (
    *("runs", "runs of the report", "files", "kinds of inputs"),
    *("rows written", "devices done", "events", "logs"),
    *("looking for plans", "comparing the best", "selecting the best"),
    *("confirming the best", "telling the best"),
)
"""What stands beside a bar."""
AXES = (
    *("start", "devices wait", "spread", "notice", "deferments", "delays", "only switched on"),
    *("delivery first", "proxies", "link share", "waves", "order of waves", "time between waves"),
)
"""What a search turns."""
AXIS_VALUES = ("yes", "no", "none", "none: all start together", "until answered", *get_args(Order))
FORMS_OF_LOGS = (
    *("fwsim's status log", "device, time and status", "rows of update jobs"),
    *("Update States of the console", "log of a web server", "a log"),
)
SET_ASIDE = (
    *("states between those that are told", "tells of nothing that counts"),
    *("the same as a line before", "the same as in a file before"),
    "told more exactly in another file",
    *("of deliveries", "nothing shown yet", "of jobs of which another row tells more"),
    *("HEAD and other requests that fetch nothing", "image definitions and the like"),
    *("not there or refused", f"smaller than {SMALLEST // 1000} kB"),
)
"""What became of lines of a log."""
FIXES = ("line", "repository", "proxy", "habit", "devices")
"""What may be fixed of a plan."""
FILE_KINDS = ("a folder", "a pipe (FIFO)", "a socket", "a device", "no file")
"""What stands under the name of a file."""
COMMAND_KINDS = ("Update", "Delivery", "UEFI update")
SCHEDULES = ("Now", "Once", "Every")
OPTIONS = [option for command in SENT for option in options_of(command).values()]
"""What the form shows of a command."""
OF_FILES = ("new_file.",)
"""What goes into files is English."""
Identity = str | tuple[str, str]
Name = tuple[str, str]
"""Context, and the English words where the context alone is no name."""


def identity(message: Message) -> Identity:
    """Return a message's English words as gettext knows them."""
    return message if isinstance(message, str) else (message["one"], message["other"])


def texts(words: object) -> list[str]:
    """Return the forms of an entry's words."""
    return [words] if isinstance(words, str) else [str(text) for text in words or ()]


def slots(text: str) -> set[str]:
    """Return what a template names."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def english_left(text: str) -> list[str]:
    """Return English words that a German sentence has in it; what is quoted may be English."""
    told = re.sub(r"'[^']*'", "", text)
    return re.findall(r"\b(?:the|is|are|of|devices?|nothing|nobody|it|before|after|no)\b", told)


def required(annotation: Any, seen: set[type]) -> Iterator[str]:
    """Yield what the keys mean that a scenario must have: it is told where one is missing."""
    for part in parts_of(annotation):
        if not (isinstance(part, type) and issubclass(part, BaseModel)):
            for inner in get_args(part):
                yield from required(inner, seen)
        elif part not in seen:
            seen.add(part)
            for field in part.model_fields.values():
                if field.is_required():
                    yield field.description or ""
                yield from required(field.annotation, seen)


def wanted() -> dict[Name, Identity]:
    """Return all that can be said, by name: sentences, and words that code holds."""
    found: dict[Name, Identity] = {
        (name, ""): identity(message)
        for name, message in messages().items()
        if not name.startswith(OF_FILES)
    }
    for noun in filter(None, NOUNS):
        found["noun", noun] = noun, f"{noun}s"
    for kind, words in (
        ("measure", [kind.value for kind in Kind]),
        ("meaning", [definition.meaning for definition in DEFINITIONS.values()]),
        ("outcome", ALL_OUTCOMES),
        ("reason", DETAIL_TEXTS.values()),
        ("stage", [*(one.value for one in (*Stage, *Wait)), TURN_OR_WINDOW]),
        ("progress", PROGRESS),
        ("axis", AXES),
        ("axis value", AXIS_VALUES),
        ("fix", FIXES),
        ("file kind", FILE_KINDS),
        ("command kind", COMMAND_KINDS),
        ("schedule", SCHEDULES),
        ("says", [one.value for one in Says]),
        ("product", [product.says for product in products().values()]),
        ("product source", [one.source for p in products().values() for one in p.numbers]),
        ("product not played", [what for p in products().values() for what in p.not_played]),
        ("log form", FORMS_OF_LOGS),
        ("set aside", SET_ASIDE),
        ("option", [option.label for option in OPTIONS]),
        ("option hint", [option.hint for option in OPTIONS]),
        ("option reason", [option.needs_why for option in OPTIONS]),
        ("option reason", [why for command in SENT for why in command.lacks.values()]),
        ("option least", [least for _, least in UNIT_OF_KIND.values()]),
        ("doubt source", [source.value for source in Source]),
        ("key", required(Scenario, set())),
        ("assumption", [field.description for field in Assumptions.model_fields.values()]),
        ("scmd word", [option.takes for option in SCMD_OPTIONS]),
    ):
        found |= {(kind, text): text for text in words if text}
    return found


def name_of(entry: Entry) -> Name:
    """Return the name of an entry of the catalogue."""
    context = str(entry.context)
    return (context, "") if "." in context else (context, texts(entry.id)[0])


def translations() -> Catalog:
    """Return the German catalogue as it is written."""
    with GERMAN.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def translated() -> Iterator[tuple[Name, Entry]]:
    """Return all that has German words, with its entry."""
    of_today = wanted()
    for entry in translations():
        if entry.id and all(texts(entry.string)) and name_of(entry) in of_today:
            yield name_of(entry), entry


def is_stale(entry: Entry, words: Identity) -> bool:
    """Tell whether a translation is of other English words than today's."""
    return entry.fuzzy or texts(entry.id) != texts(words)


def lacking() -> tuple[list[str], list[str]]:
    """Return what has no German words, and what has some of other English words."""
    known, of_today = dict(translated()), wanted()
    missing = [": ".join(filter(None, name)) for name in of_today if name not in known]
    stale = [
        ": ".join(filter(None, name))
        for name, entry in known.items()
        if is_stale(entry, of_today[name])
    ]
    return missing, stale


def brought_up_to_date() -> Catalog:
    """Return the catalogue with all that can be said today, in today's order."""
    old = translations()
    before = {name_of(entry): entry for entry in old if entry.id}
    after = Catalog(
        LANGUAGE,
        header_comment=old.header_comment,
        domain=catalogue.DOMAIN,
        project="fwsim",
        version=old.version,
        creation_date=old.creation_date,
        revision_date=old.revision_date,
        fuzzy=False,
    )
    for name, words in wanted().items():
        entry = before.pop(name, None)
        filled = entry is not None and all(texts(entry.string)) and bool(entry.string)
        alike = entry is not None and isinstance(entry.id, str) == isinstance(words, str)
        if entry is not None and filled and alike:
            after.add(words, entry.string, context=name[0]).flags = (
                {"fuzzy"} if is_stale(entry, words) else set()
            )
        else:
            after.add(words, None, context=name[0]).flags = set()
    for name, entry in before.items():
        after.add(
            entry.id, entry.string, context=name[0], auto_comments=["nothing says it"]
        ).flags = set()
    return after


def write(after: Catalog) -> None:
    """Write the German catalogue."""
    with GERMAN.open("wb") as file:
        write_po(file, after, width=100)


def main() -> None:
    """Bring the catalogue up to date, and list what is to be done."""
    write(brought_up_to_date())
    missing, stale = lacking()
    for what, names in (("without German words", missing), ("English words changed", stale)):
        print(f"{what}: {len(names)}", *names, sep="\n  ")  # noqa: T201 - a person asked


if __name__ == "__main__":
    main()
