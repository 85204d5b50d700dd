"""Logs that a person has read, line by line, and found right."""

from __future__ import annotations

from pathlib import Path

import pytest

import fwsim

HERE = Path(__file__).parent
SEED_PAGE = [
    "Update in progress (Transfer started – 2018-08-20 11:34:23)",
    "Update in progress (Transfer completed – 2018-08-20 11:35:45)",
    "Update in progress (Installation started – 2018-08-20 11:35:48)",
    "Update in progress (Installation completed – 2018-08-20 11:37:56)",
]


def test_the_manuals_example_comes_out_to_the_second():
    log = fwsim.simulate(HERE.parent / "scenarios" / "manual-example.yaml").log
    assert [text for text in log.status if "(" in text] == SEED_PAGE


@pytest.mark.parametrize(
    "path", sorted((HERE.parent / "scenarios").glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_scenario_has_a_golden_log_or_a_page_in_the_docs(path):
    golden = any((path.parent / "golden").glob(f"{path.stem}@*.log"))
    pages = [page.read_text() for page in (HERE.parent / "docs").glob("*.md")]
    assert golden or any(path.name in page for page in pages)
