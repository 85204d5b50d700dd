"""What the server knows of a device, and how long it deals with one.

Plain numbers in, plain numbers out, so that a compiled clock can use them as they stand.
Source: facts, section 2.
"""

from __future__ import annotations


def is_shown_on(answers: bool, shown_on: bool, off_at: int, now: int, keep_alive: int) -> bool:
    """Tell whether the console shows a device as switched on, rightly or not.

    With keep-alive a wrong *on* lasts until the first sign of life that is missed [S].

    Parameters
    ----------
    answers
        The device is up.
    shown_on
        The server has not heard that it went off.
    off_at, now
        When it went off; the time. Milliseconds.
    keep_alive
        Milliseconds between signs of life; 0 without any.
    """
    if answers or not shown_on:
        return answers
    return not keep_alive or now < (off_at // keep_alive + 1) * keep_alive


def worker_time(
    only_on: bool,
    shown_on: bool,
    answers: bool,
    pings: bool,
    times: tuple[int, int, int],
) -> int:
    """Return how long a worker is busy with a device, in milliseconds.

    A device shown as off is skipped without a look [S]; one shown as on that is off costs the
    connect time-out unless it is pinged first [S]; else its state is determined [S].

    Parameters
    ----------
    only_on, pings
        The command's options.
    shown_on, answers
        What the console shows; whether the device can be reached.
    times
        To send a command, until a connection times out, until a ping does; milliseconds.
    """
    send, connect_timeout, ping_timeout = times
    if only_on and not shown_on:
        return 0
    if answers:
        return send
    if only_on and not pings:
        return connect_timeout
    return ping_timeout
