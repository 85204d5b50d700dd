"""The Update State field of a device's Properties window, word for word.

Sources: seed page "Performing updates via command" (in-progress form, en dash, stamp) [S];
"Firmware > Reminder" (final values) [S].
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

STAMP_FORM = "%Y-%m-%d %H:%M:%S"


class StatusText(IntEnum):
    """What the field reads, as a code that a status log can hold."""

    UNCHANGED = 0
    IN_PROGRESS = 1
    TRANSFER_STARTED = 2
    TRANSFER_COMPLETED = 3
    INSTALLATION_STARTED = 4
    INSTALLATION_COMPLETED = 5
    SUCCESSFUL = 6
    NOT_SUCCESSFUL = 7
    NOT_NECESSARY = 8
    DEFERRED = 9


_ACTIONS = {
    StatusText.TRANSFER_STARTED: "Transfer started",
    StatusText.TRANSFER_COMPLETED: "Transfer completed",
    StatusText.INSTALLATION_STARTED: "Installation started",
    StatusText.INSTALLATION_COMPLETED: "Installation completed",
}
_FINAL = {
    StatusText.SUCCESSFUL: "Successful",
    StatusText.NOT_SUCCESSFUL: "Not successful",
    StatusText.NOT_NECESSARY: "Not necessary",
    StatusText.DEFERRED: "Deferred",
}


def status_form(text: StatusText, *, stamp_final_states: bool = True) -> str:
    """Return the field's content with ``{}`` where the time stamp stands.

    Parameters
    ----------
    text
        Which status; `StatusText.UNCHANGED` is empty.
    stamp_final_states
        Whether the final values carry a time stamp too [A]; the manual does not say.
    """
    if text is StatusText.UNCHANGED:
        return ""
    if text is StatusText.IN_PROGRESS:
        return "Update in progress"
    if text in _ACTIONS:
        return f"Update in progress ({_ACTIONS[text]} – {{}})"
    return f"{_FINAL[text]} – {{}}" if stamp_final_states else _FINAL[text]


def status_text(text: StatusText, at: datetime, *, stamp_final_states: bool = True) -> str:
    """Return the field's content for a status reached at `at` on the server's clock.

    For example ``Update in progress (Transfer started – 2018-08-20 11:34:23)``.
    """
    form = status_form(text, stamp_final_states=stamp_final_states)
    return form.replace("{}", at.strftime(STAMP_FORM))
