"""One catalogue for what fwsim says: every message is used, every use has its message."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from babel.messages.pofile import read_po

import fwsim
from fwsim.messages import say
from fwsim.messages.catalogue import FORMS, messages
from fwsim.messages.language import speaking
from tests.messages import translations

ROOT = Path(fwsim.__file__).parent


@cache
def speakers() -> list[tuple[Path, list[ast.AST], set[str]]]:
    """Return the modules that say something, and what they call the catalogue's `say`."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "fwsim.messages" not in text:
            continue
        nodes = list(ast.walk(ast.parse(text)))
        names = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module == "fwsim.messages"
            for alias in node.names
            if alias.name == "say"
        }
        if names:
            found.append((path, nodes, names))
    return found


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Return every call of the catalogue's `say`, with its place."""
    for path, nodes, names in speakers():
        for node in nodes:
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in names:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def parsed(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    return [*string.Formatter().parse(text)]


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in parsed(text) if name}


def forms(message: object) -> list[str]:
    return [message] if isinstance(message, str) else [str(text) for text in message.values()]


def pattern(name: ast.JoinedStr) -> str:
    """Return what a name that is put together may be."""
    parts = [
        re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in name.values
    ]
    return "".join(parts)


def named() -> list[tuple[str, ast.Call]]:
    return [(place, call) for place, call in calls() if isinstance(call.args[0], ast.Constant)]


@cache
def put_together() -> list[tuple[str, str]]:
    return [
        (place, pattern(call.args[0]))
        for place, call in calls()
        if isinstance(call.args[0], ast.JoinedStr)
    ]


CALL_OF_A_PAGE = re.compile(r"""\bsay\("([\w.]+)"((?:, *\w+=[^,()]*(?:\([^()]*\))?)*)""")


def said_by_pages() -> Iterator[tuple[str, set[str]]]:
    """Return every message that a template of a page names, and what it puts into it."""
    for path in sorted(ROOT.rglob("*.j2")):
        text = path.read_text(encoding="utf-8")
        for name, given in CALL_OF_A_PAGE.findall(text):
            yield name, set(re.findall(r", *(\w+)=", re.sub(r"\([^()]*\)", "", given)))


def test_every_call_names_a_message():
    for place, call in named():
        name = call.args[0].value
        assert name in messages(), f"{place}: no message {name!r}"
    for place, wanted in put_together():
        assert any(re.fullmatch(wanted, name) for name in messages()), place
    for name, given in said_by_pages():
        message = messages()[name]
        counted = set() if isinstance(message, str) else {"count"}
        assert given == set().union(counted, *map(slots, forms(message))), name


def test_every_message_is_used():
    """Used is what a module that says something names, or may put together."""
    written = {
        node.value for _, nodes, _ in speakers() for node in nodes if isinstance(node, ast.Constant)
    }
    written |= {name for name, _ in said_by_pages()}
    unused = [
        name
        for name in messages()
        if not name.startswith("front.")  # the browser's; tests/notebook/test_planner_view.py
        if name not in written and not any(re.fullmatch(w, name) for _, w in put_together())
    ]
    assert unused == []


def test_every_call_gives_what_its_template_names():
    for place, call in named():
        message = messages()[call.args[0].value]
        given = {word.arg for word in call.keywords}
        if None in given:
            continue  # `**told`: the tests that read the sentence see what is missing
        wanted = set().union(*map(slots, forms(message)))
        if not isinstance(message, str):
            wanted |= {"count"}
        assert given == wanted, place


def test_forms_of_a_message_name_the_same():
    for name, message in messages().items():
        if not isinstance(message, str):
            assert set(message) == FORMS, name
            assert "count" in set().union(*map(slots, message.values())), name


def test_no_template_formats_by_place_or_looks_inside_a_value():
    for name, message in messages().items():
        for text in forms(message):
            assert all(slot.isidentifier() for slot in slots(text)), name


def test_what_was_meant_ends_its_sentence_or_a_question_follows():
    for name, message in messages().items():
        for text in forms(message):
            assert "{near}; " not in text or text.endswith("?"), name


@pytest.mark.parametrize(("count", "said"), [(1, "1 run"), (2, "2 runs"), (2000, "2,000 runs")])
def test_one_is_another_form_than_several(count, said):
    assert say("runs.count", count=count) == said


def test_what_is_missing_is_an_error():
    with pytest.raises(KeyError):
        say("runs.nothing_of_that_name")
    with pytest.raises(KeyError):
        say("runs.stopped")


@pytest.mark.parametrize(
    ("spoken", "told"), [("en", "of 3,477 runs"), ("de", "von 3\u00a0477 Läufen")]
)
def test_numbers_of_things_have_marks_between_their_thousands(spoken, told):
    with speaking(spoken):
        assert told in say("measure.missed", missed=12, count=3477)
        assert told in say("measure.missed", missed=np.int64(12), count=np.int64(3477))


def test_numbers_that_say_which_one_it_is_have_none():
    assert say("option.port", port=70000) == "port 70000 is out of range; expected 1 to 65535"
    assert say("cli.bug_in", file="a.py", line=1234) == "in a.py, line 1234"


@pytest.mark.parametrize("spoken", ["en", "de"])
def test_numbers_that_are_typed_have_none(spoken):
    """A field takes 100000, and neither 100,000 nor one with a space that does not break."""
    with speaking(spoken):
        for name in ("entry.whole", "search_range.order"):
            words = {"noun": "runs", "first": 5000, "last": 100_000}
            assert {"5000", "100000"} <= {*re.findall(r"\d+", say(name, **words))}
        for name in ("belief.worth_range", "belief.rollouts_range"):
            assert "1000000" in say(name, value=0, last=1_000_000)
        assert "604800" in say("scheduler_file.whole", text="-1", last=604_800)
        assert "2026" in say("scenario.format", number=2026, last=1)


def test_no_template_says_how_a_number_is_written():
    """There is one place that knows, for every language."""
    said = [text for message in messages().values() for text in forms(message)]
    with translations.GERMAN.open("rb") as file:
        for entry in read_po(file, locale=translations.LANGUAGE):
            said += [entry.string] if isinstance(entry.string, str) else entry.string
    assert [text for text in said if any(spec for *_, spec, _ in parsed(text))] == []
