"""Where the spread comes from, kept beside an answer and read back for its report."""

import html
import json

import numpy as np
import pytest

import fwsim
from fwsim.messages import speaking
from fwsim.problems import InputError
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.report import write_report
from fwsim.results.output.spread_files import (
    FILE,
    ToldMeasure,
    saved_spread,
    spread_part,
    told,
    told_once,
)
from fwsim.results.output.writing import DOUBT, origin_of
from tests.experiments.test_spread import story


@pytest.fixture(scope="module")
def found():
    return fwsim.spread(story(), draws=10, lucks=2, runs=20, measures="t75", workers=1)


@pytest.fixture
def folder(found, tmp_path):
    part = spread_part(found, origin_of(found.forecast.provenance))
    save_answer(found.forecast, tmp_path / "out", more={DOUBT: part})
    return tmp_path / "out"


def test_measures_of_which_all_is_alike_are_told_once():
    def one(measure, told):
        return ToldMeasure(measure=measure, ranges=[("both", told)], sentences=[told], inputs=[])

    measures = [one("t95", "a"), one("peak", "b"), one("t90", "a"), one("t50", "c")]
    shown = [(each.measure, each.sentences) for each in told_once(measures)]
    assert shown == [("t95, t90", ["a"]), ("peak", ["b"]), ("t50", ["c"])]


@pytest.mark.slow
def test_what_is_kept_is_read_back(found, folder):
    saved = saved_spread(folder)
    assert saved == told(found)
    for edges, of in zip(saved.fan_of_numbers().both, found.fan.both, strict=True):
        assert np.allclose(edges, of, atol=1e-6)


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_the_report_tells_it(folder):
    text = write_report(folder).read_text(encoding="utf-8")
    assert "Where the spread comes from" in text
    assert "Successful devices: luck, doubt, both" in text


@pytest.mark.usefixtures("undrawn")
def test_the_report_says_how_to_look_into_the_same_doubts_again(folder):
    text = html.unescape(write_report(folder).read_text(encoding="utf-8"))
    numbers = "--seed 1 --replications 20 --worlds 10 --lucks 2"
    assert f"fwsim doubt SCENARIO {numbers} --measure 'time to 75 %'<" in text
    assert "fwsim run SCENARIO" not in text


def test_another_answer_in_its_place_takes_it_away(folder):
    other = fwsim.Experiment(story(), seed=2).run(10, workers=1)
    save_answer(other, folder)
    assert saved_spread(folder) is None


def test_an_answer_alone_tells_nothing_of_it(found, tmp_path):
    save_answer(found.forecast, tmp_path / "out")
    assert saved_spread(tmp_path / "out") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.pop("fan"),
        lambda data: data["fan"]["times"].pop(),
        lambda data: data["fan"].pop("luck"),
        lambda data: data.update(draws="ten"),
    ],
)
def test_what_fwsim_does_not_write_is_refused(found, tmp_path, damage):
    data = told(found).model_dump(mode="json")
    damage(data)
    (tmp_path / FILE).write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match="holds what fwsim does not write"):
        saved_spread(tmp_path)


def test_in_a_notebook_it_is_told_in_the_language_of_its_session(found):
    with speaking("de"):
        shown = html.unescape(found._repr_html_())
        for one in told_once(told(found).measures):
            assert one.measure in shown
            assert all(text in shown for text in one.sentences)
            assert all(line.place in shown and line.share in shown for line in one.inputs)
    assert "standard error" not in shown
    assert "luck" not in shown
