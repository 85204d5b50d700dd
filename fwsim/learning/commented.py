"""A scenario's text with some values changed, each with a comment; all other words are kept."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from fwsim.scenario.belief_values import TOGETHER
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.network_section import NetworkSection
from fwsim.scenario.sections import BUTTONS

Change = tuple[tuple[str, ...], Any, str]
"""Keys, what a file says there, and from where it is known."""
_SITES = ("network", "sites")


def with_inputs(text: str, changes: Iterable[Change]) -> str:
    """Return a scenario's text with some values changed.

    Parameters
    ----------
    text
        YAML.
    changes
        What is said now; shares of answers that are believed together take the place of all
        that was said of them.
    """
    yaml: Any = YAML()
    yaml.width = 160  # a law with its ranges is not broken
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(text)
    for keys, value, comment in changes:
        _put(data, keys, value, comment)
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def _put(data: Any, keys: tuple[str, ...], value: Any, comment: str) -> None:
    *above, last = keys
    here = data
    for depth, key in enumerate(above):
        if not isinstance(here.get(key), Mapping):
            here[key] = _new(data, keys[: depth + 1])
        here = here[key]
        here.fa.set_block_style()
    if last == "answer" and isinstance(value, Mapping):
        _put_shares(here, value, comment, 2 * len(above))
        return
    here[last] = _flow(value)
    here.yaml_set_comment_before_after_key(last, before=comment, indent=2 * len(above))


def _new(data: Any, keys: tuple[str, ...]) -> CommentedMap:
    """Return a section that was not there; a site has the line that holds for all not named."""
    if keys == _SITES:  # the first site that is named must not take the line from the others
        usual = NetworkSection().sites[DEFAULT].model_dump(mode="json", exclude_unset=True)
        return CommentedMap({DEFAULT: _flow(usual)})
    if keys[:2] == _SITES and len(keys) == 3:
        default = data.get("network", {}).get("sites", {}).get(DEFAULT)
        if default is not None:
            copied = deepcopy(default)
            copied.pop("line_factor", None)
            return CommentedMap({key: _flow(item) for key, item in copied.items()})
    return CommentedMap()


def _put_shares(people: Any, value: Mapping[str, Any], comment: str, indent: int) -> None:
    """Put shares that are believed together in the place of all that was said of them."""
    answer = people.get("answer")
    if not isinstance(answer, Mapping):
        answer = people["answer"] = CommentedMap()
    answer.fa.set_block_style()
    for key in [*BUTTONS, *TOGETHER]:
        answer.pop(key, None)
    for place, (key, item) in enumerate(value.items()):
        answer.insert(place, key, _flow(item))
    first = next(iter(value))
    answer.yaml_set_comment_before_after_key(first, before=comment, indent=indent + 2)


def _flow(value: Any) -> Any:
    """Return maps and lists in the short form, on one line."""
    if isinstance(value, Mapping):
        short = CommentedMap({key: _flow(item) for key, item in value.items()})
        short.fa.set_flow_style()
        return short
    if isinstance(value, (list, tuple)):
        items = CommentedSeq([_flow(item) for item in value])
        items.fa.set_flow_style()
        return items
    return value
