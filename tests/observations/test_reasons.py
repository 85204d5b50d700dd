"""Reasons in whatever words a log gives them."""

import pytest

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.messages import GERMAN, speaking, translated
from fwsim.observations.reasons import detail_of

REASONS = [one for one in Detail if DETAIL_TEXTS[one] and one is not Detail.DEFERRED_FOR]


@pytest.mark.parametrize("detail", REASONS)
def test_fwsims_own_words_are_known_in_both_languages_whatever_their_case(detail):
    with speaking(GERMAN):
        german = translated("reason", DETAIL_TEXTS[detail])
    assert german != DETAIL_TEXTS[detail]
    assert [detail_of(text) for text in (DETAIL_TEXTS[detail].upper(), f" {german}. ")] == [
        detail
    ] * 2


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("Download failed", Detail.TRANSFER_FAILED),
        ("Uebertragungsfehler", Detail.TRANSFER_FAILED),
        ("Ungültige IDF-Signatur", Detail.IDF_SIGNATURE_INVALID),
        ("", Detail.NONE),
        ("for", Detail.NONE),
        ("Herr Meier", Detail.NONE),
    ],
)
def test_plain_words_are_known_and_others_are_none(text, detail):
    assert detail_of(text) is detail
