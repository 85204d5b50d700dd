"""A scenario's data as YAML text that reads back as the same data."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML


def to_yaml(data: dict[str, Any]) -> str:
    """Return plain data as a YAML document, keys in their order."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 100
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()
