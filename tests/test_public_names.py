"""What a notebook finds under `fwsim.`: typed, documented, and nothing imported before its time."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import fwsim

HEAVY = ("numba", "pandas", "matplotlib", "scipy", "optuna", "pyarrow", "simpy", "pydantic")


def test_the_package_itself_imports_nothing_heavy():
    code = f"import sys, fwsim; print([m for m in {HEAVY} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("name", fwsim.__all__)
def test_a_public_name_is_documented_and_typed(name):
    found = getattr(fwsim, name)
    assert found.__doc__
    if inspect.isfunction(found):
        signature = inspect.signature(found)
        hints = [p.annotation for p in signature.parameters.values()]
        assert inspect.Parameter.empty not in [*hints, signature.return_annotation]
        told = [n for n in signature.parameters if n != "self"]
        assert not told or "Parameters\n" in found.__doc__


@pytest.mark.parametrize(
    "name",
    ["Answer", "Comparison", "Learnt", "Result", "Scores", "SearchResult", "Spread", "UnderWay"],
)
def test_a_result_gives_its_tables_and_shows_itself(name):
    kind = getattr(fwsim, name)
    for method in ("to_pandas", "to_parquet", "to_excel", "_repr_html_"):
        assert callable(getattr(kind, method))


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="simulat"):
        fwsim.simulat  # noqa: B018
