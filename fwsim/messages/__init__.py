"""What fwsim says about an answer: every sentence by its name, in one catalogue."""

from __future__ import annotations

from fwsim.messages.catalogue import say

__all__ = ["say"]
