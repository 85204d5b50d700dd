"""The command form in German; no browser and no kernel needed."""

from __future__ import annotations

import pytest

from fwsim.commands.schedule import Weekday
from fwsim.messages import speaking

pytest.importorskip("ipywidgets")

from fwsim.model.rollout import Rollout
from fwsim.notebook import entries
from fwsim.notebook.command_form import FILTER, CommandForm, unit_options
from fwsim.notebook.field import widgets_of

SAME = {"", "\u200b", "OUs", "Filter", "YAML"}
"""What both languages call alike."""


def words_of(form):
    """Return what stands beside the fields, in their lists and in their hints."""
    words = set()
    for widget in widgets_of(form.widget):
        for name in ("description", "tooltip", "placeholder"):
            words.add(getattr(widget, name, None) or "")
        words.update(label for label, _ in getattr(widget, "_options_full", ()))
    return words


def test_the_form_says_nothing_in_english_to_a_german(scenario):
    rollout = Rollout(scenario(fleet={"units": {"DE": {"devices": 3}}}))
    english = words_of(CommandForm(rollout))
    with speaking("de"):
        german = words_of(CommandForm(rollout))
    durations = {word for word in english if word[:1].isdigit()}
    devices = {word for word in english if word.startswith("DE")}
    alike = SAME | durations | devices | {FILTER, "Update"}
    assert english & german <= alike
    assert {"Benutzer informieren", "Auslieferung", "Wiederkehrend", "Fr"} <= german


def test_what_stands_in_the_form_is_the_same_in_both_languages(scenario):
    rollout = Rollout(scenario(fleet={"units": {"DE": {"devices": 3}}}))
    with speaking("de"):
        form = CommandForm(rollout)
        with pytest.raises(ValueError, match="wählen Sie mindestens eine OU"):
            form.draft().commands()
        form.set(units=("DE",), schedule="Every", weekdays=(Weekday.MON,), days="1")
        draft = form.draft()
        told = form._told.value
    assert (draft.kind, draft.schedule, draft.weekdays) == ("Update", "Every", (Weekday.MON,))
    assert "Ziel: 3 Geräte. Läuft: Mo 2" in told


def test_devices_of_an_ou_have_marks_between_their_thousands(scenario):
    rollout = Rollout(scenario(fleet={"units": {"DE": {"devices": 1234}}}))
    assert unit_options(rollout) == [("DE (1,234)", "DE")]
    with speaking("de"):
        assert unit_options(rollout) == [("DE (1\u00a0234)", "DE")]


def test_a_notice_until_answered_is_read_in_both_languages():
    with speaking("de"):
        written = entries.NOTICE.write(0)
        assert written == "bis zur Antwort"
        assert entries.NOTICE.read(written) == entries.NOTICE.read("until answered") == 0
    assert entries.NOTICE.write(0) == "until answered"
