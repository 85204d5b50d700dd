"""Whether Ctrl-C has left a module half imported, so that nothing may be done with it any more."""

from __future__ import annotations

import traceback

_IMPORTING = ("<module>", "import_module")
"""What a traceback shows where a module is being made; Python takes most of its own frames out."""


def cuts_off_an_import(stop: BaseException) -> bool:
    """Tell whether an interruption came while something was being imported.

    A package written in C cannot be imported a second time when half of it is there: who goes on
    after such a Ctrl-C meets errors that say nothing of it.

    Parameters
    ----------
    stop
        As it was caught.
    """
    frames = (frame for frame, _ in traceback.walk_tb(stop.__traceback__))
    return any(
        frame.f_code.co_name in _IMPORTING or "importlib" in frame.f_code.co_filename
        for frame in frames
    )
