"""fwsim rehearses a firmware rollout of managed thin clients before anyone clicks Execute.

>>> import fwsim
>>> scenario = fwsim.load("scenarios/manual-example.yaml")
>>> fwsim.simulate(scenario).headline
'1 of 1 devices successful; over at 2018-08-20 11:38:56'
"""

from __future__ import annotations

from fwsim import early_interrupts as _early

if _early.is_program():
    _early.note_interrupts()

from importlib import import_module
from typing import TYPE_CHECKING, Any

import fwsim.clock_sources as _noted_first  # noqa: F401 - before anything else is imported

if TYPE_CHECKING:
    from fwsim.beside_files import load, loads
    from fwsim.engine import SlowClockWarning
    from fwsim.experiments.compare import compare
    from fwsim.experiments.comparison import Comparison
    from fwsim.experiments.experiment import Experiment
    from fwsim.experiments.spread import spread
    from fwsim.learning.learn import learn
    from fwsim.learning.learnt import Learnt
    from fwsim.learning.under_way.forecast import forecast
    from fwsim.learning.under_way.under_way import UnderWay
    from fwsim.ledger.score import Scores, keep_forecast, keep_what_happened, score
    from fwsim.planning.search.search import Search, plan
    from fwsim.planning.search.search_result import SearchResult
    from fwsim.planning.what_if import what_if
    from fwsim.problems import InputError
    from fwsim.results import figures
    from fwsim.results.output.answer_files import save_answer
    from fwsim.results.output.answer_reading import load_answer
    from fwsim.results.output.result import Result
    from fwsim.results.statistics.answer import Answer
    from fwsim.results.statistics.spread_answer import Spread
    from fwsim.run import simulate, warnings_of
    from fwsim.scenario.load import dumps, schema
    from fwsim.scenario.schema import Scenario

__all__ = [
    "Answer",
    "Comparison",
    "Experiment",
    "InputError",
    "Learnt",
    "Result",
    "Scenario",
    "Scores",
    "Search",
    "SearchResult",
    "SlowClockWarning",
    "Spread",
    "UnderWay",
    "compare",
    "dumps",
    "figures",
    "forecast",
    "keep_forecast",
    "keep_what_happened",
    "learn",
    "load",
    "load_answer",
    "loads",
    "plan",
    "save_answer",
    "schema",
    "score",
    "simulate",
    "spread",
    "warnings_of",
    "what_if",
]

_HOMES = {
    "Answer": "fwsim.results.statistics.answer",
    "Comparison": "fwsim.experiments.comparison",
    "Experiment": "fwsim.experiments.experiment",
    "InputError": "fwsim.problems",
    "Learnt": "fwsim.learning.learnt",
    "Result": "fwsim.results.output.result",
    "Scenario": "fwsim.scenario.schema",
    "Scores": "fwsim.ledger.score",
    "Search": "fwsim.planning.search.search",
    "SearchResult": "fwsim.planning.search.search_result",
    "SlowClockWarning": "fwsim.engine",
    "Spread": "fwsim.results.statistics.spread_answer",
    "UnderWay": "fwsim.learning.under_way.under_way",
    "compare": "fwsim.experiments.compare",
    "dumps": "fwsim.scenario.load",
    "forecast": "fwsim.learning.under_way.forecast",
    "keep_forecast": "fwsim.ledger.score",
    "keep_what_happened": "fwsim.ledger.score",
    "learn": "fwsim.learning.learn",
    "load": "fwsim.beside_files",
    "load_answer": "fwsim.results.output.answer_reading",
    "loads": "fwsim.beside_files",
    "plan": "fwsim.planning.search.search",
    "save_answer": "fwsim.results.output.answer_files",
    "schema": "fwsim.scenario.load",
    "score": "fwsim.ledger.score",
    "simulate": "fwsim.run",
    "spread": "fwsim.experiments.spread",
    "warnings_of": "fwsim.run",
    "what_if": "fwsim.planning.what_if",
}


def __getattr__(name: str) -> Any:
    # Imported on first use: `import fwsim` alone costs next to nothing.
    if name == "figures":
        return import_module("fwsim.results.figures")
    if name not in _HOMES:
        raise AttributeError(f"module 'fwsim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


_early.note_no_more()
