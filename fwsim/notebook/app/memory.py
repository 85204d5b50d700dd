"""How much memory the kernel of a visitor may take."""

from __future__ import annotations

import os
from collections.abc import Mapping

VARIABLE = "FWSIM_KERNEL_MEMORY"
"""MiB; set for each kernel of an app by its kernel manager."""


def limit_memory(surroundings: Mapping[str, str] = os.environ) -> int:
    """Bound this process's memory as the app that started it wishes; where the system can.

    Returns
    -------
    int
        The bound in bytes; 0 if there is none.
    """
    wanted = surroundings.get(VARIABLE, "")
    if not wanted.isdecimal() or not int(wanted):
        return 0
    try:
        import resource
    except ImportError:  # Windows
        return 0
    size = int(wanted) * 1024 * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    return most
