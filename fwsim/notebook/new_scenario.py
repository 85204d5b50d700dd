"""*New…*: a device list and a few answers become a scenario file. The model; no widgets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import traitlets

from fwsim.first_scenario.asked import SitesFrom
from fwsim.first_scenario.cautions import cautions
from fwsim.first_scenario.creating import Source, make, read_source
from fwsim.first_scenario.draft import Draft
from fwsim.messages import say
from fwsim.notebook.from_logs import LARGEST_UPLOAD
from fwsim.notebook.upload import Upload
from fwsim.notebook.writing_place import WritingPlace
from fwsim.results.output.writing import bytes_writer, write_all

LIST_NAME = "devices.csv"


class NewScenario(traitlets.HasTraits):
    """What *New…* works on; widgets watch its traits.

    Parameters
    ----------
    place
        Where one may write; lists are read by name only in its folder, and not at all where it is
        open to strangers.
    on_created
        Given the path of each scenario that was written.
    today
        From which the usual start is counted; by default the present day.

    Attributes
    ----------
    source
        The device list; None if none was read yet.
    said
        What was said, as typed, by the field's name.
    problem
        What is wrong with the list or with what is to be written, a line each.
    remark
        What was done last.
    """

    source: Source | None = traitlets.Any(None)  # type: ignore[assignment]
    said: Mapping[str, str] = traitlets.Dict()  # type: ignore[assignment]
    problem = traitlets.Unicode("")
    remark = traitlets.Unicode("")

    def __init__(
        self,
        place: WritingPlace,
        on_created: Callable[[Path], None] = lambda _: None,
        today: date | None = None,
    ) -> None:
        super().__init__()
        self.place, self._on_created = place, on_created
        self._today = today or datetime.now().astimezone().date()
        self._read: Callable[[SitesFrom | None], Source] | None = None

    @property
    def may_name_files(self) -> bool:
        """Whether a list can be named that lies beside the notebook's server."""
        return not self.place.is_confined

    @property
    def draft(self) -> Draft | None:
        """What was found and said; None if no list was read yet."""
        return None if self.source is None else Draft(self.source.found, self._today, self.said)

    def problems(self) -> dict[str, str]:
        """Return what is wrong with what was said, by the field's name."""
        return {} if self.draft is None else self.draft.problems()

    def cautions(self) -> dict[str, list[str]]:
        """Return warnings by the field's name."""
        return {} if self.draft is None else cautions(self.draft)

    def say(self, name: str, text: str) -> None:
        """Take what was said of a field; nothing leaves it at its usual value."""
        self.said = {**self.said, name: text}

    # The list

    def take_upload(self, upload: Upload) -> None:
        """Read a list that a browser sent."""
        if len(upload.content) > LARGEST_UPLOAD:
            self._refuse(say("new.too_large", most=LARGEST_UPLOAD // 1_000_000))
            return

        def read(sites_from: SitesFrom | None) -> Source:
            with tempfile.TemporaryDirectory(prefix="fwsim-") as folder:
                path = Path(folder) / LIST_NAME
                path.write_bytes(upload.content)
                return read_source(path, name=upload.name, sites_from=sites_from, is_upload=True)

        self._take(read)

    def take_file(self, text: str) -> None:
        """Read a list by its name in the folder."""
        if not self.may_name_files:
            self._refuse(say("new.no_path"))
            return
        folder = self.place.folder.resolve()
        path = (folder / text.strip()).resolve()
        if not text.strip():
            self._refuse(say("new.no_list"))
        elif not path.is_relative_to(folder):
            self._refuse(say("new.outside", path=text.strip(), folder=folder))
        else:
            self._take(lambda by: read_source(path, name=text.strip(), sites_from=by))

    def tell_sites_apart(self, by: SitesFrom | None) -> None:
        """Look at the list again, with sites told apart otherwise; None: as is most likely."""
        if self._read is not None:
            self._take(self._read, by)

    def _take(
        self, read: Callable[[SitesFrom | None], Source], by: SitesFrom | None = None
    ) -> None:
        try:
            source = read(by)
        except ValueError as error:
            self._refuse(self.place.error_in_words(error))
            return
        self._read, self.problem, self.remark = read, "", ""
        self.source = source

    def _refuse(self, text: str) -> None:
        self.problem, self.remark = text, ""

    # The scenario

    def create(self, name: str) -> Path | None:
        """Write the scenario and what goes with it; return its path, None if it was refused.

        Parameters
        ----------
        name
            Of the file, without its ending. Nothing that lies there is ever replaced.
        """
        draft, source = self.draft, self.source
        if draft is None or source is None:
            self._refuse(say("new.no_list"))
            return None
        try:
            path = self.place.path(str(self.place.folder), name, ".yaml")
            files = make(source, draft, path).files
            with ExitStack() as names:
                for file in files:
                    names.enter_context(self.place.reserved(path.parent / file, overwrite=False))
                write_all(path.parent, {n: bytes_writer(text) for n, text in files.items()})
        except FileExistsError:
            self._refuse(say("new.again"))
            return None
        except ValueError as error:
            self._refuse(self.place.error_in_words(error))
            return None
        self.problem, self.remark = "", say("new.made", path=self.place.shown(path))
        self._on_created(path)
        return path
