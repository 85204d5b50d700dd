"""Measures are asked for in words."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.fleet.week import read_week
from fwsim.measures.catalogue import DEFINITIONS, Kind
from fwsim.measures.in_words import meaning_in_words, measure_in_words
from fwsim.measures.measure import Measure, read_measure, read_measures
from fwsim.measures.outcomes import ALL_OUTCOMES
from fwsim.messages import GERMAN, speaking

WORDS = [
    ("successful", Kind.SUCCESSFUL, {}),
    ("successful in DE/Branches", Kind.SUCCESSFUL, {"unit": "DE/Branches"}),
    ("up to date in DE", Kind.UP_TO_DATE, {"unit": "DE"}),
    ("outcome cancelled", Kind.OUTCOME, {"outcome": "cancelled"}),
    ("outcome still in progress", Kind.OUTCOME, {"outcome": "still in progress"}),
    (
        "outcome still in progress in DE",
        Kind.OUTCOME,
        {"outcome": "still in progress", "unit": "DE"},
    ),
    (
        "outcome not successful because installation failed",
        Kind.OUTCOME,
        {"outcome": "not successful", "detail": "installation failed"},
    ),
    ("t95", Kind.TIME_TO, {"share": 0.95}),
    ("time to 99.5 %", Kind.TIME_TO, {"share": 0.995}),
    ("time to 95 % of targeted", Kind.TIME_TO, {"share": 0.95, "of_targeted": True}),
    ("Most  Prompts on one device", Kind.MOST_PROMPTS, {}),
    ("peak link utilisation of Branch 17", Kind.PEAK_LINK, {"site": "Branch 17"}),
    ("peak hub link utilisation", Kind.PEAK_HUBS, {}),
    (
        "started but not finished in daily 20:00-06:00",
        Kind.UNFINISHED,
        {"week": read_week("daily 20:00-06:00")},
    ),
    (
        "peak site rate in DE/Branches mon-fri 08:00-18:00",
        Kind.PEAK_SITE_RATE,
        {"unit": "DE/Branches", "week": read_week("mon-fri 08:00-18:00")},
    ),
    (
        "peak hub rate in DE/Branches mon-fri 08:00-18:00",
        Kind.PEAK_HUB_RATE,
        {"unit": "DE/Branches", "week": read_week("mon-fri 08:00-18:00")},
    ),
    ("peak hub rate", Kind.PEAK_HUB_RATE, {}),
    (
        "forced starts in DE for people Counters mon-fri 08:00-18:00",
        Kind.FORCED_STARTS,
        {"unit": "DE", "group": "people Counters", "week": read_week("mon-fri 08:00-18:00")},
    ),
    (
        'user time lost for site "Shop mon 1" always',
        Kind.USER_TIME_LOST,
        {"group": "site Shop mon 1", "week": read_week("always")},
    ),
    ("prompts in Hotel Mon Repos", Kind.PROMPTS, {"unit": "Hotel Mon Repos"}),
    ("cancels for site Store Sun 5", Kind.CANCELS, {"group": "site Store Sun 5"}),
    ("deferments in DE Always Open", Kind.DEFERMENTS, {"unit": "DE Always Open"}),
    ("peak link utilisation of Mon Repos", Kind.PEAK_LINK, {"site": "Mon Repos"}),
    (
        "peak site rate daily 06:00-20:00",
        Kind.PEAK_SITE_RATE,
        {"week": read_week("daily 06:00-20:00")},
    ),
    (
        "peak link utilisation of Branch 17 mon-fri 08:00-18:00",
        Kind.PEAK_LINK,
        {"site": "Branch 17", "week": read_week("mon-fri 08:00-18:00")},
    ),
]


@pytest.mark.parametrize(("words", "kind", "slots"), WORDS)
def test_words_name_a_measure(words, kind, slots):
    assert read_measure(words) == Measure(kind, **slots)


def test_a_time_is_read_on_the_wall_clock():
    measure = read_measure("successful by 2018-08-21 06:00")
    assert str(measure.time) == "2018-08-21 06:00:00"
    assert measure.name == "successful by 2018-08-21 06:00"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("prompts Mo-Fr 08:00-18:00", "did you mean 'prompts mon-fri 08:00-18:00'?"),
        ("WAN bytes Mo-Fr", "write for example mon-fri"),
        ("sucessful", "did you mean 'successful'?"),
        ("time", "did you mean 'time to 95 %'?"),
        ("chance", "did you mean 'chance of 95 % by 2021-09-25 06:00'?"),
        ("Busy-hour of all", "did you mean 'busy-hour repository utilisation'?"),
        ("outcome canceled", "did you mean 'cancelled'?"),
        ("outcome not successful because instalation failed", "'installation failed'?"),
        ("successful by 2018-13-01 06:00", "is not a date and time"),
        ("successful by tomorrow", "is not a date and time"),
        ("successful by 29.03.2026 6:00", "; did you mean '2026-03-29 06:00'?"),
        ("successful by 2026-03-29 06:00 +01:00", "a time has no zone of its own"),
        ("time to 120 %", "out of range"),
        ("WAN bytes mno-fri 08:00-18:00", "'mno'"),
        (
            "prompts mon-fri 08:00-18:00 in DE/A",
            "did you mean 'prompts in DE/A mon-fri 08:00-18:00'?",
        ),
        ("bananas and more of them", "docs/measures.md"),
        ("x" * 1000, "longer than 300"),
    ],
)
def test_wrong_words_are_told_what_would_be_right(words, part):
    with pytest.raises(ValueError, match=re.escape(part)):
        read_measure(words)


def test_every_kind_is_defined():
    assert set(DEFINITIONS) == set(Kind)


TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=0, fold=0)
)
SLOTS = {
    "unit": st.sampled_from(["DE", "DE/Branches/Branch 17"]),
    "time": TIMES,
    "since": TIMES,
    "outcome": st.sampled_from(ALL_OUTCOMES),
    "share": st.integers(1, 999).map(lambda n: n / 1000),
    "week": st.sampled_from(["daily 20:00-06:00", "mon-fri 08:00-18:00"]).map(read_week),
    "site": st.sampled_from(["Branch 17", "hq"]),
    "group": st.sampled_from(["site Branch 17", "model X", "people day shift"]),
}
NAMES = (
    *(
        "DE/{5}",
        "{time}",
        "{x}",
        "a}{b",
        "[site] {unit}",
        "Branch  17",
        " Branch",
        "a\nb",
        "%s \\1",
    ),
    *("A for site B", "A in B by 2018-08-21 06:00", "Mitte mon-fri 08:00-18:00", "A because B"),
    *('say "A for site B"', '"A"', '""', '"', '6" for site 6"', '"0" of "1"', 'x"0"y', '/"0"/'),
    "x" * 900,
)


@given(st.data(), st.sampled_from(Kind))
def test_a_name_reads_back_as_the_same_measure(data, kind):
    words = kind.value
    optional = set(re.findall(r"\[[^{\]]*{(\w+)}\]", words))
    slots = {
        slot: data.draw(strategy)
        for slot, strategy in SLOTS.items()
        if f"{{{slot}}}" in words and (slot not in optional or data.draw(st.booleans()))
    }
    measure = Measure(kind, **slots)
    assert read_measure(measure.name) == measure


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if re.search("{(unit|group|site)}", kind.value)]
)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_looks_like_words_or_a_slot_is_read_back_letter_by_letter(kind, name):
    slots = {
        "unit": name,
        "group": f"site {name}",
        "site": name,
        "time": datetime(2018, 8, 21, 6),
        "since": datetime(2018, 8, 20, 22),
        "share": 0.95,
        "outcome": "successful",
        "week": read_week("mon-fri 08:00-18:00"),
    }
    asked = {slot: value for slot, value in slots.items() if f"{{{slot}}}" in kind.value}
    names = [slot for slot in ("unit", "group", "site") if slot in asked]
    several = [
        asked,
        *({k: v for k, v in asked.items() if k != slot} for slot in names if len(names) > 1),
    ]
    for chosen in several:
        measure = Measure(kind, **chosen)
        assert read_measure(measure.name) == measure
        assert name in measure_in_words(measure)
        with speaking(GERMAN):
            assert name in measure_in_words(measure)


def test_a_name_stands_in_quotes_only_where_it_must():
    assert Measure(Kind.SUCCESSFUL, unit="Shop for kids").name == "successful in Shop for kids"
    assert Measure(Kind.SUCCESSFUL, unit="A for site B").name == 'successful in "A for site B"'
    assert read_measure('successful in "Shop for kids"') == read_measure(
        "successful in Shop for kids"
    )


def test_names_that_differ_only_in_blanks_are_two():
    one, other = read_measure("successful for site A  1"), read_measure("successful for site A 1")
    assert (one.group, other.group) == ("site A  1", "site A 1")
    assert read_measure("most \n prompts  on one device") == Measure(Kind.MOST_PROMPTS)


@pytest.mark.parametrize("one", ["t95", read_measure("t95")], ids=["words", "a measure"])
def test_one_measure_that_is_asked_for_needs_no_list(one):
    assert read_measures(one) == read_measures([one]) == [read_measure("t95")]
    assert read_measures(iter((one, "prompts"))) == [read_measure("t95"), Measure(Kind.PROMPTS)]


def test_words_that_ask_for_no_measure_are_refused_as_a_whole():
    with pytest.raises(ValueError, match="'most promts' is not a measure"):
        read_measures("most promts")


def test_a_measure_of_all_devices_does_not_take_a_part_for_a_time():
    told = "'for site Ulm' cannot follow here: this measure is of all devices"
    with pytest.raises(ValueError, match=told):
        read_measure("peak site link utilisation for site Ulm")


@pytest.mark.parametrize("kind", Kind)
def test_every_measure_says_what_it_means_in_the_language_spoken(kind):
    definition = DEFINITIONS[kind]
    assert meaning_in_words(definition) == definition.meaning
    with speaking(GERMAN):
        assert meaning_in_words(definition) not in {"", definition.meaning}
