"""Arrow, in which logs are read; a clear word where it is not installed."""

from __future__ import annotations

from fwsim.messages import say
from fwsim.optional import Missing

try:
    import pyarrow as pa
    import pyarrow.compute as pc
except ModuleNotFoundError:  # to look at what reads logs is no error; to read one is
    pa = pc = Missing("pyarrow", "logs", say("optional.logs"))

__all__ = ["pa", "pc"]
