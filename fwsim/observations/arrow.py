"""Arrow, in which logs are read; a clear word where it is not installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwsim.messages import say
from fwsim.optional import needed

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
else:
    pa = needed("pyarrow", "logs", say("optional.logs"))
    pc = needed("pyarrow.compute", "logs", say("optional.logs"))

__all__ = ["pa", "pc"]
