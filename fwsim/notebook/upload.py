"""Files that a person sends: what is in them stays here, not in the state of a widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ipywidgets as w
import traitlets


@dataclass(frozen=True)
class Upload:
    """A file that a browser sent.

    Parameters
    ----------
    name
        As its owner calls it.
    content
        Its bytes.
    """

    name: str
    content: bytes


class UploadField(w.FileUpload):  # type: ignore[misc]
    """A field for files, which forgets what is in them once it has told.

    A notebook that is saved with its widgets' state would hold them whole.

    Attributes
    ----------
    files
        What was chosen last.
    """

    files: tuple[Upload, ...] = traitlets.Tuple()  # type: ignore[assignment]

    @traitlets.observe("value")
    def _take(self, change: dict[str, Any]) -> None:
        chosen = change["new"]
        if chosen and all(one.get("is_told") for one in chosen):
            return
        self.files = tuple(Upload(str(one["name"]), bytes(one["content"])) for one in chosen)
        self.value = tuple({**one, "content": memoryview(b""), "is_told": True} for one in chosen)
