"""The compiled clock played as plain Python: slow, but one can step through it.

The very functions of `fwsim.compiled.machine` run over another floor: what compiles them does
nothing, and memory is checked at every touch (`fwsim.compiled.interpreted.memory`).
"""

from __future__ import annotations

from fwsim.environment import is_switched_on

SWITCH = "FWSIM_INTERPRET"


def is_interpreted() -> bool:
    """Tell whether the compiled clock is to be played as plain Python: ``FWSIM_INTERPRET=1``."""
    return is_switched_on(SWITCH)
