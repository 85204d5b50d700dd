"""The Update State field of a device's Properties window, word for word.

Sources: seed page "Performing updates via command" (in-progress form, en dash, stamp) [S];
"Firmware > Reminder" (final values) [S].
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

STAMP_FORM = "%Y-%m-%d %H:%M:%S"


class StatusField(IntEnum):
    """Which field of the Properties window tells of a command."""

    UPDATE = 0
    DELIVERY = 1
    UEFI = 2


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
_IN_PROGRESS = {
    StatusField.UPDATE: "Update in progress",
    StatusField.DELIVERY: "Delivery in progress",
    StatusField.UEFI: "Update in progress",
}


def _final(text: StatusText, field: StatusField) -> str:
    word = _FINAL[text]
    return f"Delivery {word.lower()}" if field is StatusField.DELIVERY else word


def status_form(
    text: StatusText,
    field: StatusField = StatusField.UPDATE,
    *,
    stamp_final_states: bool = True,
) -> str:
    """Return the field's content with ``{}`` where the time stamp stands.

    Parameters
    ----------
    text
        Which status; `StatusText.UNCHANGED` is empty.
    field
        Where it is shown. The texts of a delivery are assumed [A]; the UEFI update state has a
        field of its own [S] and reads like the firmware's [A].
    stamp_final_states
        Whether the final values carry a time stamp too [A]; the manual does not say.
    """
    if text is StatusText.UNCHANGED:
        return ""
    if text is StatusText.IN_PROGRESS:
        return _IN_PROGRESS[field]
    if text in _ACTIONS:
        return f"{_IN_PROGRESS[field]} ({_ACTIONS[text]} – {{}})"
    final = _final(text, field)
    return f"{final} – {{}}" if stamp_final_states else final


def update_states() -> tuple[str, ...]:
    """Return what a group sees of each `StatusText` as Update State: the words, without a time."""
    return tuple(status_form(text, stamp_final_states=False).split(" (")[0] for text in StatusText)


def status_text(text: StatusText, at: datetime, *, stamp_final_states: bool = True) -> str:
    """Return the field's content for a status reached at `at` on the server's clock.

    For example ``Update in progress (Transfer started – 2018-08-20 11:34:23)``.
    """
    form = status_form(text, stamp_final_states=stamp_final_states)
    return form.replace("{}", at.strftime(STAMP_FORM))
