"""What the OCEL 2.0 specification (section on JSON) asks of a file, written down for tests.

The published schema says the shapes; its text adds that ids are unique and references lead
somewhere, which no JSON Schema can say: `assert_hangs_together`.
"""

from __future__ import annotations

from typing import Any


def _objects(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {
            "type": "object",
            "required": required,
            "properties": properties,
            "additionalProperties": False,
        },
    }


NAME = {"type": "string", "minLength": 1}
TIME = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
VALUE = {"type": ["string", "number", "boolean"]}
KIND = {"enum": ["string", "time", "integer", "float", "boolean"]}
TYPES = _objects(
    ["name", "attributes"], name=NAME, attributes=_objects(["name", "type"], name=NAME, type=KIND)
)
RELATIONSHIPS = _objects(["objectId", "qualifier"], objectId=NAME, qualifier=NAME)
OCEL = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "properties": {
        "objectTypes": TYPES,
        "eventTypes": TYPES,
        "objects": _objects(
            ["id", "type"],
            id=NAME,
            type=NAME,
            attributes=_objects(["name", "time", "value"], name=NAME, time=TIME, value=VALUE),
            relationships=RELATIONSHIPS,
        ),
        "events": _objects(
            ["id", "type", "time"],
            id=NAME,
            type=NAME,
            time=TIME,
            attributes=_objects(["name", "value"], name=NAME, value=VALUE),
            relationships=RELATIONSHIPS,
        ),
    },
    "additionalProperties": False,
}
_PYTHON = {"string": str, "integer": int, "float": float, "boolean": bool, "time": str}


def assert_hangs_together(data: dict[str, Any]) -> None:
    """Check what the schema cannot say."""
    objects = {each["id"] for each in data["objects"]}
    assert len(objects) == len(data["objects"])
    assert len({each["id"] for each in data["events"]}) == len(data["events"])
    for kind in ("object", "event"):
        types = {
            each["name"]: {a["name"]: a["type"] for a in each["attributes"]}
            for each in data[f"{kind}Types"]
        }
        assert len(types) == len(data[f"{kind}Types"])
        for each in data[f"{kind}s"]:
            assert {r["objectId"] for r in each["relationships"]} <= objects
            for attribute in each["attributes"]:
                declared = types[each["type"]][attribute["name"]]
                assert isinstance(attribute["value"], _PYTHON[declared])
