"""The JSON Schema of beliefs, for editors: wherever a number describes the world."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel

from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.belief_values import Quantity
from fwsim.scenario.fleet_section import UnitSection
from fwsim.scenario.network_section import HubSection, RepositorySection, SiteSection
from fwsim.scenario.sections import (
    AnswerSection,
    FailingSection,
    FaultsSection,
    PackageSection,
    PeopleSection,
    PowerSection,
    VendorFirmwareSection,
)
from fwsim.scenario.weighed_choices import choices_of

_OF_THE_WORLD: tuple[type[BaseModel], ...] = (
    AnswerSection,
    Assumptions,
    FailingSection,
    FaultsSection,
    HubSection,
    PackageSection,
    PeopleSection,
    PowerSection,
    RepositorySection,
    SiteSection,
    UnitSection,
    VendorFirmwareSection,
)
_WHOLES = ("installed", "picks")
"""Shares that add up to 1."""
_NUMBER = {"type": ["string", "number"]}
_BESIDE: dict[str, Any] = {
    "each": {
        "enum": ["site", "unit", "day"],
        "description": "every site, or every OU, draws its own value; day: every line daily (busy)",
    },
    "rollouts": {
        "type": "integer",
        "minimum": 0,
        "description": "in how many rollouts it was seen",
    },
}
_WORTH = {"type": "number", "exclusiveMinimum": 0, "description": "observations"}


def _belief(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties | _BESIDE,
        "required": required,
        "additionalProperties": False,
    }


_BELIEF: dict[str, Any] = {
    "description": "what is believed of the number; drawn once a run",
    "anyOf": [
        _belief(
            {"between": {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}},
            ["between"],
        ),
        _belief({"about": _NUMBER, "worth": _WORTH}, ["about", "worth"]),
        _belief({"seen": {"type": "string", "examples": ["3 of 120"]}}, ["seen"]),
    ],
}
_TOGETHER: dict[str, Any] = {
    "about": {"type": "object", "additionalProperties": _NUMBER},
    "worth": _WORTH,
    "seen": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
}
_SHARES_BELIEF: dict[str, Any] = {
    "description": "what is believed of shares that belong together; drawn once a run",
    "anyOf": [
        _belief({key: _TOGETHER[key] for key in ("about", "worth")}, ["about", "worth"]),
        _belief({"seen": _TOGETHER["seen"]}, ["seen"]),
    ],
}
_OF_ANSWERS: dict[str, Any] = {
    "about": _TOGETHER["about"]
    | {"description": "instead of now, defer and cancel: their shares as one belief"},
    "worth": _WORTH | {"description": "with about: how many observations it is worth"},
    "seen": _TOGETHER["seen"]
    | {"description": "instead of now, defer and cancel: how often each was seen, and ignored"},
    "each": _BESIDE["each"]
    | {
        "enum": ["site", "unit"],
        "description": "with about or seen: every site or every OU draws its own shares",
    },
    "rollouts": _BESIDE["rollouts"]
    | {"description": "with about or seen: in how many rollouts it was seen"},
}
"""Keys with which an answer says what is believed of the buttons together."""
_WEIGHTS = {
    "type": "object",
    "additionalProperties": _NUMBER,
    "description": "how likely each choice is; one is drawn a run",
}
_RESAMPLED = _belief(
    {
        "sample": {"type": "array", "items": _NUMBER, "minItems": 1},
        "resampled": {"type": "boolean"},
    },
    ["sample", "resampled"],
)


def with_beliefs(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a scenario in which numbers of the world can be in doubt."""
    definitions = schema["$defs"]
    definitions |= {"Belief": _BELIEF, "SharesBelief": _SHARES_BELIEF}
    # What writes shares or weights together hides the keys from pydantic.
    for section in (AnswerSection, Assumptions):
        read = _as_read(section)
        definitions |= read.pop("$defs", {})
        definitions[section.__name__] = read
    for model in _OF_THE_WORLD:
        properties = definitions[model.__name__]["properties"]
        for name, info in model.model_fields.items():
            if name in _WHOLES:
                properties[name] = _one_more(properties[name], [_named("SharesBelief")])
            elif _is_quantity(info.annotation, info.metadata):
                properties[name] = _doubtable(properties[name])
    known = definitions["Assumptions"]["properties"]
    for name in choices_of(Assumptions):
        known[name] = _one_more(known[name], [_WEIGHTS])
    definitions["AnswerSection"]["properties"] |= _OF_ANSWERS
    return schema


def _as_read(section: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a section that writes itself, with the defaults as it writes them."""
    found = section.model_json_schema(mode="validation")
    for name, value in section().model_dump(mode="json").items():
        found["properties"][name]["default"] = value
    return found


def _named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _is_quantity(annotation: Any, metadata: list[Any]) -> bool:
    """Tell whether a field holds a number with a unit, a map of such, or a law; no list of them."""
    if any(isinstance(rule, Quantity) for rule in metadata):
        return True
    if get_origin(annotation) is tuple:
        return False
    return any(isinstance(p, Quantity) or _is_quantity(p, []) for p in get_args(annotation))


def _doubtable(known: dict[str, Any]) -> dict[str, Any]:
    """Return a property that also takes what is believed of its number, or of its numbers."""
    if isinstance(known.get("additionalProperties"), dict):
        either = {"anyOf": [known["additionalProperties"], _named("Belief")]}
        return known | {"additionalProperties": either}
    is_law = any("maxProperties" in choice for choice in known.get("anyOf", ()))
    return _one_more(known, [_named("Belief"), *([_RESAMPLED] if is_law else [])])


def _one_more(known: dict[str, Any], kinds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a property with more alternatives; what describes it stays on top."""
    above = {key: known[key] for key in ("description", "default", "title") if key in known}
    below = {key: value for key, value in known.items() if key not in above}
    parts = below["anyOf"] if below.keys() == {"anyOf"} else [below]
    return above | {"anyOf": [*parts, *kinds]}
