"""What pydantic found wrong, told to the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from fwsim.commands.scmd_options import KEYS
from fwsim.fleet.list_cells import CONNECTIONS, meant_connection
from fwsim.messages import ENGLISH, language, localised, say, translated
from fwsim.problems import MOST_SHOWN, first_lines, nearest, nearest_to
from fwsim.quantities.slips import truth_meant
from fwsim.quantities.units import (
    read_duration,
    read_rate,
    read_share,
    read_size,
    write_duration,
    write_rate,
    write_share,
    write_size,
)
from fwsim.scenario.as_far_as_readable import ANY, COMMAND_KINDS, ClashError, Mistake
from fwsim.scenario.document import Document
from fwsim.scenario.excerpt import excerpt_of
from fwsim.scenario.known_keys import Loc, description_of, keys_for, known_keys
from fwsim.scenario.section import ValuesError
from fwsim.scenario.yaml_traps import dash_in
from fwsim.secrecy import names_secret
from fwsim.spelling import meant

_KINDS = ("str", "int", "float", "bool", "none", "dict", "list", "tuple")
_MAPS = {"dict_type", "model_type", "model_attributes_type", "mapping_type"}
_NO_BLANK = re.compile(r"\w+:\S")
LONGEST_VALUE = 60
ALMOST_ALIKE = 0.75
"""How alike a key is that may be meant as well as the nearest; 1 is the same."""
MOST_HINTS = 4 * MOST_SHOWN
_IN_YAML = {"None": "null", "True": "true", "False": "false"}
_BOUNDS = {
    "greater_than": ("gt", "more_than"),
    "greater_than_equal": ("ge", "at_least"),
    "less_than": ("lt", "less_than"),
    "less_than_equal": ("le", "at_most"),
}
_EXPECTED = {
    "bool_type": "truth",
    "bool_parsing": "truth",
    "int_type": "whole",
    "int_parsing": "whole",
    "int_from_float": "whole",
    "int_parsing_size": "smaller_whole",
    "float_type": "number",
    "float_parsing": "number",
    "string_type": "text",
    "dict_type": "map",
    "model_type": "map",
    "model_attributes_type": "map",
    "mapping_type": "map",
    "tuple_type": "list",
    "list_type": "list",
}
"""As messages are called that say what a value should be."""
_WITH_UNITS: tuple[tuple[Callable[[str], float], Callable[[Any], str]], ...] = (
    (read_duration, write_duration),
    (read_size, write_size),
    (read_rate, write_rate),
    (read_share, write_share),
)


def _in_file(loc: Loc, data: Any) -> Loc:
    """Return the path of a place in the file; pydantic's own labels left out."""
    path: list[str | int] = []
    here = data
    for i, part in enumerate(loc):
        if i == 2 and loc[0] == "commands" and part in COMMAND_KINDS:
            continue  # the label of the union, not a key
        entries = dict(enumerate(here)) if isinstance(here, (list, tuple)) else {}
        known: Mapping[Any, Any] = here if isinstance(here, Mapping) else entries
        if part in known:
            path.append(part)
            here = known[part]
    return tuple(path)


def _at(path: Loc, data: Any) -> Any:
    for part in path:
        data = data[part]
    return data


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return say("value.a.map")
    if isinstance(value, (list, tuple)):
        return say("value.a.list")
    if value is None:
        return say("value.a.nothing")
    if isinstance(value, bool):
        return str(value).lower()
    hidden = excerpt_of(value) if isinstance(value, str) else str(value)
    text = repr(hidden) if isinstance(value, str) else hidden
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _missing(error: Any, path: Loc, model: type[BaseModel]) -> str:
    name = error["loc"][-1]
    meaning = translated("key", description_of(model, (*path, name)))
    if not meaning:
        return say("key.missing", name=name)
    return say("key.missing_meant", name=name, meaning=meaning)


class _Keys:
    """The keys that would have been right, worked out once for every map."""

    def __init__(self, model: type[BaseModel], document: Document) -> None:
        self._model = model
        self._document = document
        self._of_map: dict[Loc, list[str]] = {}
        self._hints = 0

    def may_be(self, path: Loc) -> frozenset[str]:
        """Return the known keys that an unknown one may be: the nearest, else what its value fits.

        Of a map whose keys nobody knows it may be any.
        """
        keys = self._of_map.get(path[:-1], [])
        key = str(path[-1])
        by_scmd = KEYS.get(key.casefold().lstrip("-"))
        near = by_scmd if by_scmd in keys else nearest_to(key.partition(":")[0], keys)
        if near is not None:  # siets may be site and sites
            return frozenset({near, *get_close_matches(key, keys, cutoff=ALMOST_ALIKE)})
        here = _at(path[:-1], self._document.data)
        fitting = {*keys_for(self._model, path[:-1], here.get(key))} if keys else set()
        return frozenset(fitting.intersection(keys)) or frozenset({key} if keys else {ANY})

    def unknown(self, path: Loc) -> str:
        """Return what is wrong with a key; hints are for as many as a person reads."""
        key, above = str(path[-1]), path[:-1]
        name = key if len(key) <= LONGEST_VALUE else f"{key[:LONGEST_VALUE]}…"
        self._hints += 1
        if self._hints > MOST_HINTS:
            return say("key.unknown", name=name, near="")
        if above not in self._of_map:
            here = self._document.data
            for part in above:
                here = here[part]
            known = known_keys(self._model, above, frozenset(map(str, here)))
            is_sent = above[:1] == ("commands",) and len(above) == 2
            if known and is_sent and not any(kind in here for kind in COMMAND_KINDS):
                known += [kind for kind in COMMAND_KINDS if kind not in known]
            self._of_map[above] = known
        keys = self._of_map[above]
        if ":" in key and key.split(":", 1)[0] in keys:
            return say("key.unknown", name=name, near=say("value.blank_after_colon"))
        if len(path) == 3 and path[0] == "commands" and key in COMMAND_KINDS:
            return say("key.another_command", name=key)
        if key in keys and len(path) == 3 and path[0] == "commands":  # beside a line of scmd
            return say("key.beside_line", name=name)
        by_scmd = KEYS.get(key.casefold().lstrip("-"))
        near = meant(key, by_scmd) if by_scmd in keys else nearest(key, keys)
        if not near and keys and key[:1].isdigit():  # 0,5 % in braces
            near = say("value.comma_in_braces")
        if near or not keys:
            return say("key.unknown", name=name, near=near)
        return say("key.unknown_of", name=name, known=", ".join(keys))


def _words_in(value: Any) -> Iterator[str]:
    """Yield Python's names for what is nothing, true or false in a value."""
    if value is None or isinstance(value, bool):
        yield str(value)
    elif isinstance(value, (list, tuple, dict)):
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _words_in(part)


def _without_python(text: str, value: Any) -> str:
    """Return what is said of nothing, true or false without Python's names for them."""
    if value is None and not text.partition("None")[0].strip("'"):
        return "; ".join([say("value.nothing_here"), *text.split("; ")[1:]])
    quoted = "" if isinstance(value, bool) else "'"  # in a list, 'None' may be a text
    for word in {*_words_in(value)}:
        text = re.sub(rf"(?<![\w{quoted}]){word}(?![\w{quoted}])", _IN_YAML[word], text)
    return text


def _text(error: Any) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "value_error":
        return _without_python(str(context["error"]), value)
    if kind in _EXPECTED:
        is_several = isinstance(value, (dict, list, tuple))
        name = "plain_text" if is_several and _EXPECTED[kind] == "text" else _EXPECTED[kind]
        expected = say(f"value.a.{name}")
        if value is None:
            return say("value.nothing_does_not_fit", expected=expected)
        near = truth_meant(value) if _EXPECTED[kind] == "truth" else ""
        return say("value.does_not_fit", value=_shown(value), expected=expected) + near
    if kind in {"literal_error", "enum"}:
        return _none_of(value, context["expected"])
    return _out_of_range(error)


def _none_of(value: Any, known: str) -> str:
    """Return what is wrong with a value that is none of those pydantic expects."""
    if known == str(True):
        return say("value.does_not_fit", value=_shown(value), expected="true")
    choices = known.replace("'", "").replace(" or ", ", ").split(", ")
    is_connection = {*choices} == {*CONNECTIONS}
    near = meant_connection(str(value)) if is_connection else nearest(str(value), choices)
    told = known if language() == ENGLISH else ", ".join(choices)
    return say("value.none_of", value=_shown(value), known=told, near=near)


def _limit(limit: float, value: Any) -> str:
    """Return a limit in the kind of unit that the value was written with: 1 min, not 60000."""
    is_written = isinstance(value, str) and bool(limit)
    for read, write in _WITH_UNITS if is_written else ():
        if read is read_share and "%" not in value:
            continue  # a plain number, maybe a count
        with suppress(ValueError):
            read(value)
            return localised(write(limit))
    return str(limit)


def _out_of_range(error: Any) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "too_short":
        return say("value.too_short", least=context["min_length"])
    if kind == "too_long":
        return say("value.too_many", most=context["max_length"])
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return say(f"value.{words}", value=_shown(value), limit=_limit(context[name], value))
    fault = f"{error['msg'][:1].lower()}{error['msg'][1:]}"
    return say("value.otherwise", value=_shown(value), fault=fault)


def _trap(error: Any, path: Loc, document: Document) -> str:
    """Return what YAML or a word processor made of a value, or an empty string."""
    value = error["input"]
    if isinstance(value, dict) and path[-1:] == ("packages",):
        return say("value.list_of_packages")
    if isinstance(value, str):
        wants_map = error["type"] in _MAPS and _NO_BLANK.match(value)
        return say("value.blank_after_colon") if wants_map else dash_in(value)
    place = document.keys.get(path)
    line = document.lines[place.line - 1] if place is not None and value is None else ""
    if "#" in line:
        return say("value.comment")
    if value is None and (at := document.values.get(path)):
        word = document.lines[at.line - 1][at.column - 1 :][:4]
        return say("value.yaml_null", word=word) if word.casefold() == "null" else ""
    return ""


def _is_echo(error: Any) -> bool:
    """Tell whether pydantic only says that another branch of a union was not meant.

    Or that a list is too short because its entries are wrong.
    """
    if error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
        return True
    last = error["loc"][-1] if error["loc"] else None
    return isinstance(error["input"], dict) and last in _KINDS and error["type"] != "missing"


def mistakes_of(
    error: ValidationError,
    document: Document,
    model: type[BaseModel],
    in_file: Callable[[Loc], Loc],
) -> Iterator[Mistake]:
    """Yield everything that is wrong with a file.

    Parameters
    ----------
    error
        What pydantic raised.
    document
        The file, with its places.
    model
        What it was read as.
    in_file
        Returns where in the whole file stands what a path of what is left leads to.
    """
    keys = _Keys(model, document)
    items = error.errors(include_url=False)
    # What is wrong within a value tells more than that another kind of value was expected.
    within = {path[:-1] for item in items if (path := _in_file(item["loc"], document.data))}
    for item in items:
        kind = item["type"]
        path = _in_file(item["loc"], document.data)
        if _is_echo(item) or (kind in _EXPECTED and path in within):
            continue
        if kind in _BOUNDS:  # is looked at last, when it is no longer as it was written
            item["input"] = _at(path, document.data)
        if kind == "missing":
            text = _missing(item, path, model)
            yield Mistake(path, text, text, lacks=str(item["loc"][-1]))
        elif kind == "extra_forbidden":
            place = (*path[:-1], str(item["loc"][-1]))
            text = keys.unknown(place)
            yield Mistake(path, text, "unknown", at_key=True, may_be=keys.may_be(place))
        else:
            secret = any(isinstance(part, str) and names_secret(part) for part in path)
            plain = say("value.expected", expected=say("value.a.text"))
            text = plain if secret else _text(item) + _trap(item, in_file(path), document)
            at_key = "[key]" in item["loc"]
            cause = item.get("ctx", {}).get("error")
            # Several clashes at one place are all told; of one value, that it cannot be read.
            of_value = text if isinstance(cause, ClashError) else "value"
            if isinstance(cause, ClashError) and cause.at:
                path, at_key = (*path, *cause.at), True
            yield Mistake(path, text, "key" if at_key else of_value, at_key, cause)


def rule_broken(error: ValidationError, written: str) -> str:
    """Return what a rule of a field says of a value, shown as it was written."""
    (item,) = error.errors(include_url=False)
    return _text({**item, "input": written})


def in_plain_words(error: Exception) -> str:
    """Return what an error says to a person; pydantic's own frame is left out."""
    if isinstance(error, ValuesError):
        shown = [problem.message for problem in error.problems[:MOST_SHOWN]]
        return first_lines(shown, len(error.problems))
    if isinstance(error, ValidationError):
        items = error.errors(include_url=False)
        return first_lines([_text(item) for item in items[:MOST_SHOWN]], len(items))
    return str(error)
