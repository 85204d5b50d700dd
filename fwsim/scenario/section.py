"""What every section of a scenario has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Part of a scenario file: frozen, unknown keys are errors, and no error repeats a password."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
