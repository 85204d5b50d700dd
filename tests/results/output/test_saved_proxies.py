"""What proxies sent, saved and read back; and results of before, which do not tell when."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.results.figures.loads import load
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.console_answer import print_answer
from fwsim.results.output.folder.manifest import MANIFEST
from fwsim.results.output.report import write_report
from fwsim.results.statistics.answer import Answer

SCENARIOS = Path(__file__).parents[3] / "scenarios"
PEAK = Measure(Kind.PEAK_PROVIDERS)
UNTOLD = "An earlier fwsim made these results and did not note when proxies sent"


@pytest.fixture(scope="module")
def answer() -> Answer:
    scenario = fwsim.load(SCENARIOS / "dynamic-proxy.yaml")
    data = scenario.model_dump(mode="json", exclude_unset=True)
    data["expect"] = [{PEAK.name: "<= 100 %"}, {"WAN bytes": "<= 1 TB"}]
    model = fwsim.Scenario.model_validate(data).seen_from(SCENARIOS)
    return Experiment(model).run(2, workers=1)


@pytest.fixture
def of_before(answer, tmp_path) -> Answer:
    """Return an answer as an fwsim saved it that spread bytes over whole transfers."""
    save_answer(answer, tmp_path)
    (tmp_path / MANIFEST).unlink()
    path = tmp_path / "setting.json"
    setting = json.loads(path.read_text(encoding="utf-8"))
    del setting["proxies_by_minute"]
    path.write_text(json.dumps(setting), encoding="utf-8")
    return fwsim.load_answer(tmp_path)


def test_an_answer_that_is_read_back_tells_what_proxies_sent(answer, tmp_path, capsys):
    save_answer(answer, tmp_path)
    again = fwsim.load_answer(tmp_path)
    assert again.values(PEAK) == answer.values(PEAK)
    assert 0 < max(again.values(PEAK)) <= 1
    print_answer(again)
    assert UNTOLD not in capsys.readouterr().out


@pytest.mark.usefixtures("undrawn")
def test_an_answer_of_before_says_that_it_cannot_tell_how_full_proxies_were(
    of_before, answer, capsys, tmp_path
):
    assert PEAK not in of_before.measures
    with pytest.raises(KeyError, match="an earlier fwsim could not tell 'peak provider"):
        of_before.values(PEAK)
    assert [words for words, _ in of_before.setting.expect] == ["WAN bytes"]
    print_answer(of_before)
    assert UNTOLD in " ".join(capsys.readouterr().out.split())
    save_answer(of_before, tmp_path / "again")
    again = fwsim.load_answer(tmp_path / "again")
    assert not again.tells_proxies
    page = write_report(tmp_path / "again").read_text(encoding="utf-8")
    assert UNTOLD in page
    assert "Load of the proxies" not in page


def test_the_chart_of_an_answer_of_before_says_so(of_before):
    texts = [text.get_text() for text in load(of_before, of="providers").texts]
    assert "an earlier fwsim did not note when proxies sent" in texts


def test_a_run_is_saved_with_what_each_proxy_sent(tmp_path):
    result = fwsim.simulate(SCENARIOS / "dynamic-proxy.yaml")
    names = {path.name for path in result.save(tmp_path)}
    assert "proxy-load.csv" in names
    table = pd.read_csv(tmp_path / "proxy-load.csv")
    assert list(table.columns) == ["minute", "device", "site", "bytes"]
    assert table["bytes"].sum() == result.record.sent.size.sum() > 0
    assert result.to_pandas()["proxy-load"]["bytes"].tolist() == table["bytes"].tolist()
    plain = fwsim.simulate(SCENARIOS / "manual-example.yaml")
    assert "proxy-load.csv" not in {path.name for path in plain.save(tmp_path)}
    assert not (tmp_path / "proxy-load.csv").exists()
