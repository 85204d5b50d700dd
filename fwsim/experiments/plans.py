"""What plans that are compared are called, and what is asked of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from fwsim.measures.measure import Measure, read_measures
from fwsim.scenario.schema import Scenario


def names_of(scenarios: Sequence[Scenario], paths: Sequence[Path | None]) -> tuple[str, ...]:
    """Return a name for each plan; equal ones get their file's, or a number."""
    names = [scenario.name for scenario in scenarios]
    return tuple(
        name if names.count(name) == 1 else f"{name} ({Path(path).stem if path else number})"
        for number, (name, path) in enumerate(zip(names, paths, strict=True), 1)
    )


def asked_of(
    models: Sequence[Scenario], measures: str | Measure | Iterable[str | Measure]
) -> tuple[Measure, ...]:
    """Return what every scenario expects something of, and what is asked for besides."""
    shared = set.intersection(*({e.measure for e in model.expect} for model in models))
    expected = [e.measure for e in models[0].expect if e.measure in shared]
    return tuple(dict.fromkeys([*expected, *read_measures(measures)]))
