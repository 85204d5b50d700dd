"""The page on every key of the scenario file, made from its schema."""

from __future__ import annotations

from typing import Any

from docs.from_code.markdown import NOTE, table
from fwsim.scenario.load import schema

_BELIEF = "[a belief](doubt.md)"
_ELSEWHERE = {
    "Assumptions": "[assumptions](assumptions.md)",
    "Belief": _BELIEF,
    "SharesBelief": _BELIEF,
    "InventorySection": "[a device list](device-list.md)",
    "ProxyType": "`none`, `static`, `dynamic`",
    "SchedulerSection": "[a scheduler's file](calendar-events.md)",
}
"""Definitions of the schema that have no table on the page of all keys."""
_KINDS = {"integer": "a whole number", "number": "a number", "boolean": "`true` or `false`"}


def _union(parts: list[dict[str, Any]]) -> str:
    forms = [_form(part) for part in parts if part.get("type") != "null"]
    return " or ".join(dict.fromkeys(forms))


def _reference(target: str) -> str:
    name = target.rsplit("/", 1)[1]
    return _ELSEWHERE.get(name, f"[{name}](#{name.lower()})")


def _form(field: dict[str, Any]) -> str:
    """Return how a value is written, in few words."""
    match field:
        case {"examples": examples}:
            form = " or ".join(f"`{_law_form(example)}`" for example in examples[:2])
        case {"anyOf": [{"type": "array"} as values, _, {"properties": {"from": _, "to": _}}]}:
            form = f"{_form(values)}, or `{{from, to, step}}`"
        case {"anyOf": parts} | {"oneOf": parts}:
            form = _union(parts)
        case {"enum": values}:
            form = ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            form = f"`{str(value).lower()}`"
        case {"$ref": target}:
            form = _reference(target)
        case {"type": "array", "items": items}:
            form = f"list of {_form(items)}"
        case {"additionalProperties": dict(entry)}:
            form = f"names, each with {_form(entry)}"
        case {"type": [*kinds]}:
            form = " or ".join(dict.fromkeys(_KINDS.get(kind, "text") for kind in kinds))
        case _:
            form = _plain_form(field)
    return form


def _plain_form(field: dict[str, Any]) -> str:
    if "resampled" in field.get("properties", {}):
        return _BELIEF
    kind = field.get("type", "")
    return "`60 %`" if isinstance(kind, list) else _KINDS.get(kind, "text")


def _law_form(example: object) -> str:
    if isinstance(example, dict):
        return "{" + ", ".join(f"{k}: {_law_form(v)}" for k, v in example.items()) + "}"
    return str(example)


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    if value in (None, "", [], {}) or isinstance(value, (list, dict)):
        return _law_form(value) if isinstance(value, dict) and len(value) == 1 else ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _keys(section: dict[str, Any]) -> str:
    rows = [
        [
            f"`{key}`",
            _form(field),
            field.get("description", ""),
            "needed" if key in section.get("required", []) else _default(field),
        ]
        for key, field in section["properties"].items()
    ]
    return table(["Key", "Written as", "Meaning", "Default"], rows)


def scenario_keys() -> str:
    """Return every key of the scenario file."""
    data = schema()
    sections = [
        f"## {name}\n\n{section.get('description', '').strip()}\n\n{_keys(section)}"
        for name, section in sorted(data["$defs"].items())
        if "properties" in section and name != "Assumptions"
    ]
    return f"""# Every key of the scenario file

{NOTE}

Look up here what you can write in a scenario: every key, its form, meaning and default. [The
scenario file](scenario-file.md) is the introduction. `fwsim schema` prints the same as JSON Schema,
for editors. The parameters under `assumptions:` have [a page of their own](assumptions.md).

## The file

{_keys(data)}

{(chr(10) * 2).join(sections)}
"""
