"""Which keys a scenario may have at a place: read off the models, for suggestions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

Loc = tuple[str | int, ...]
_OF_FILES = frozenset({"inventory", "idf", "draws", "file", "scheduler"})
"""Keys whose values are names of files."""


def parts_of(annotation: Any) -> Iterator[Any]:
    """Yield the models and containers an annotation is made of, unions and extras taken apart."""
    origin = get_origin(annotation)
    if (isinstance(annotation, type) and origin is None) or origin in {dict, tuple, list}:
        yield annotation
    else:
        for part in get_args(annotation):
            yield from parts_of(part)


def _below(part: Any, key: str | int) -> Iterator[Any]:
    if isinstance(part, type) and issubclass(part, BaseModel):
        if key in part.model_fields:
            yield part.model_fields[str(key)].annotation
    elif get_origin(part) is dict:
        yield get_args(part)[1]
    elif get_origin(part) in {tuple, list}:
        yield get_args(part)[0]


def models_at(model: type[BaseModel], path: Loc) -> list[type[BaseModel]]:
    """Return the models that may describe what stands at `path`."""
    here: list[Any] = [model]
    for key in path:
        here = [
            part
            for candidate in here
            for below in _below(candidate, key)
            for part in parts_of(below)
        ]
    return [part for part in here if isinstance(part, type) and issubclass(part, BaseModel)]


def known_keys(model: type[BaseModel], path: Loc, present: frozenset[str]) -> list[str]:
    """Return the keys that may stand at `path`.

    Parameters
    ----------
    model
        The whole file's model.
    path
        Keys that lead to a map.
    present
        The keys that do stand there; of several models the one that knows most of them counts.
    """
    models = models_at(model, path)
    if not models:
        return []
    best = max(models, key=lambda candidate: len(present & set(candidate.model_fields)))
    return list(best.model_fields)


def keys_for(model: type[BaseModel], path: Loc, value: Any) -> Iterator[str]:
    """Yield the keys at `path` that such a value would do for; of maps, all that take a map."""
    is_map = isinstance(value, Mapping)
    for candidate in models_at(model, path):
        for name, info in candidate.model_fields.items():
            if _takes_a_map(info.annotation) if is_map else _takes(candidate, name, value):
                yield name


def _takes_a_map(annotation: Any) -> bool:
    return any(
        get_origin(part) is dict or part is dict or issubclass(get_origin(part) or part, BaseModel)
        for part in parts_of(annotation)
    )


def _takes(model: type[BaseModel], name: str, value: Any) -> bool:
    if name in _OF_FILES and not (isinstance(value, str) and "." in value):
        return False  # any text may be the name of a file, but hardly one is meant
    try:
        _rules(model, name).validate_python(value)
    except ValueError:
        return False
    return True


@cache
def _rules(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    info = model.model_fields[name]
    kind: Any = info.annotation
    return TypeAdapter(Annotated[(kind, *info.metadata)] if info.metadata else kind)


def description_of(model: type[BaseModel], path: Loc) -> str:
    """Return the description of the field at `path`; empty if it has none."""
    for parent in models_at(model, path[:-1]):
        info = parent.model_fields.get(str(path[-1]))
        if info is not None and info.description:
            return info.description
    return ""
