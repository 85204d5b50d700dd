"""Where the spread comes from, told again in German; what results keep is English."""

from __future__ import annotations

from fwsim.messages import speaking
from fwsim.results.output.spread_again import _again
from fwsim.results.output.spread_files import ToldMeasure
from tests.messages.translations import english_left

SENTENCES = [
    "Of the variance 7 % are luck, 83 % are doubt, 10 % luck that counts in some worlds only.",
    "In the worlds played several times it is reached in 10.5 % of the runs. Whether it is: 2 % of "
    "the variance are luck, 98 % are doubt.",
    "Measure first: people.all.answer. 10 times as many observations of it would take at least 40 %"
    " from the doubt's variance; luck stays. The forecast's range then gets about 9 % narrower, or "
    "more.",
    "No input stands out.",
]
KEPT = ToldMeasure(
    measure="time to 95 %",
    ranges=[
        ("luck alone, if everything were known", "41.2 s to 59.0 s"),
        ("what is not known, luck averaged out", "4.5 devices to 1,090 devices"),
        ("both: 9 rollouts in 10", "87.2 % to over 99.99 %"),
        ("both: range of 10 runs", "1.0 s to 2.0 s"),
    ],
    sentences=SENTENCES,
    inputs=[],
)


def test_what_is_kept_of_a_spread_is_told_again_in_german():
    with speaking("de"):
        told = _again(KEPT)
    assert told.measure == "Zeit bis 95 %"
    spans = [span for _, span in told.ranges]
    devices = "4,5 Geräte bis 1\u00a0090 Geräte"
    assert spans == ["41,2 s bis 59,0 s", devices, "87,2 % bis über 99,99 %", "1,0 s bis 2,0 s"]
    assert told.ranges[-1][0] == "beides: Spanne von 10 Läufen"
    assert told.sentences[1].startswith("In den mehrmals gespielten Welten wird es in 10,5 %")
    assert not english_left(" ".join([*told.sentences, *(name for name, _ in told.ranges)]))
