"""Where in fwsim something went wrong that nobody has foreseen, for whoever reports it."""

from __future__ import annotations

import traceback
from pathlib import Path

from fwsim.messages import say

_PACKAGE = Path(__file__).parent


def place_of_bug(error: BaseException) -> str:
    """Return where in fwsim something went wrong; its message may hold what nobody may see."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    if not own:
        return say("cli.bug_outside")
    file = Path(own[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return say("cli.bug_in", file=file, line=own[-1].lineno)
