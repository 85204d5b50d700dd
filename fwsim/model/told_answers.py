"""What users clicked, by what a log tells after their notice."""

from __future__ import annotations

from fwsim.commands.command import UpdateCommand
from fwsim.commands.firmware import FirmwareSettings
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import Answer, allowed_deferments
from fwsim.commands.told_states import AGREED, NEXT_PACKAGE
from fwsim.model.status_log import CommandRun, Integers
from fwsim.model.writing import Line

AGREED_BEFORE = AGREED - {State.FAILED, State.VERIFY_IDF}
"""States that come some time after somebody has agreed."""
_SECOND, _MINUTE = 1_000, 60_000


def notice_lasts(run: CommandRun) -> int:
    """Return for how many seconds a command shows its notice; 0 until it is answered."""
    command = run.command
    return (command.inform_user or 0) if isinstance(command, UpdateCommand) else 0


def allowed_by(settings: FirmwareSettings) -> int:
    """Return how often a user who is asked may defer under one command."""
    deferments, delays = settings.reminder
    return allowed_deferments(inform=True, deferments=deferments, delays=len(delays))


def could_defer(settings: FirmwareSettings, line: Line, after: Line) -> bool:
    """Tell whether there was time for a deferment between a notice and what is told next."""
    _, delays = settings.reminder
    return allowed_by(settings) > 0 and after.at - line.at >= 1000 * min(delays)


def step_of(times: Integers) -> int:
    """Return how finely a log that is not fwsim's own tells times: by the second or the minute.

    Parameters
    ----------
    times
        Of its lines, milliseconds.
    """
    return _SECOND if not len(times) or (times % _MINUTE).any() else _MINUTE


def answer_before(line: Line, after: Line, seconds: int, step: int) -> Answer | None:
    """Return what was clicked by a log that does not tell at once that somebody agreed.

    Only a state that comes at once tells who clicked nothing, and no log in whole minutes does.

    Parameters
    ----------
    line, after
        Of the notice, and the next; `after` as of when the notice ended, as far as that is known.
    seconds
        For how long it is shown; 0 until it is answered.
    step
        As `step_of` returns it.
    """
    over = after.at - line.at - 1000 * seconds
    if seconds == 0 or over <= -step:
        return Answer.NOW
    comes_at_once = after.state in NEXT_PACKAGE and step < _MINUTE
    return Answer.IGNORE if comes_at_once and over < step else None


def answer_told(line: Line, after: Line, seconds: int, *, check_first: bool) -> Answer | None:
    """Return what was clicked; None if what ended the notice was no answer.

    Who is asked after the check and agrees has no need of another: the power was lost meanwhile.

    Parameters
    ----------
    line, after
        Of the notice, and the next.
    seconds
        For how long it is shown; 0 until it is answered.
    check_first
        Whether users are asked after the check.
    """
    if after.state is State.DEFERRED:
        return Answer.DEFER
    if after.state is State.CANCELLED:
        return Answer.CANCEL
    agreed = {State.VERIFY_IDF} if check_first else {State.CHECKING, State.VERIFY_IDF}
    if after.state not in agreed:
        return None
    ran_out = seconds > 0 and after.at == line.at + 1000 * seconds
    return Answer.IGNORE if ran_out else Answer.NOW


def to_two_digits(waited: int) -> int:
    """Return a time to two digits, so that most who had as long are alike."""
    return round(waited, 2 - len(str(waited)))
