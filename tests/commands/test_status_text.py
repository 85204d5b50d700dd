"""The Update State field, word for word."""

from __future__ import annotations

from datetime import datetime

import pytest

from fwsim.commands.status_text import StatusText, status_text

AT = datetime(2018, 8, 20, 11, 34, 23)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (StatusText.UNCHANGED, ""),
        (StatusText.IN_PROGRESS, "Update in progress"),
        (
            StatusText.TRANSFER_STARTED,
            "Update in progress (Transfer started \u2013 2018-08-20 11:34:23)",
        ),
        (
            StatusText.TRANSFER_COMPLETED,
            "Update in progress (Transfer completed \u2013 2018-08-20 11:34:23)",
        ),
        (
            StatusText.INSTALLATION_STARTED,
            "Update in progress (Installation started \u2013 2018-08-20 11:34:23)",
        ),
        (
            StatusText.INSTALLATION_COMPLETED,
            "Update in progress (Installation completed \u2013 2018-08-20 11:34:23)",
        ),
        (StatusText.SUCCESSFUL, "Successful \u2013 2018-08-20 11:34:23"),
        (StatusText.NOT_SUCCESSFUL, "Not successful \u2013 2018-08-20 11:34:23"),
        (StatusText.NOT_NECESSARY, "Not necessary \u2013 2018-08-20 11:34:23"),
        (StatusText.DEFERRED, "Deferred \u2013 2018-08-20 11:34:23"),
    ],
)
def test_the_console_shows(text: StatusText, shown: str) -> None:
    assert status_text(text, AT) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [(StatusText.SUCCESSFUL, "Successful"), (StatusText.DEFERRED, "Deferred")],
)
def test_final_states_can_do_without_a_stamp(text: StatusText, shown: str) -> None:
    assert status_text(text, AT, stamp_final_states=False) == shown
