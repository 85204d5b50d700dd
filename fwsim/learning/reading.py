"""Files of logs in, what was seen out: everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from fwsim.arguments import a, a_function, a_key, a_path, a_path_or, several, taking
from fwsim.learning.folders import log_in, refuse_folder
from fwsim.learning.told_twice import each_once
from fwsim.messages import say
from fwsim.observations.files import Progress, look_at, mapping_of
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import Account, Observed, Transfers
from fwsim.observations.pseudonyms import one_key
from fwsim.observations.reading import read_observed
from fwsim.observations.transfers import is_web_log, read_transfers
from fwsim.problems import InputError, Problem
from fwsim.scenario.schema import Scenario

NamedFile = str | Path
T = TypeVar("T")


@dataclass(frozen=True)
class Logs:
    """What files of logs hold.

    Parameters
    ----------
    observed
        What was seen of devices, a log for each rollout.
    transfers
        What the repository's web server saw; None if no such log was there.
    """

    observed: tuple[Observed, ...]
    transfers: Transfers | None = None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """What became of each file."""
        web = () if self.transfers is None else self.transfers.accounts
        return (*(account for log in self.observed for account in log.accounts), *web)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Lines that were left out, or taken with a word."""
        web = () if self.transfers is None else self.transfers.problems
        return (*(problem for log in self.observed for problem in log.problems), *web)


@taking(
    files=several("paths", a_path),
    web=several("paths", a_path),
    together=a("flag", bool),
    zone=a("zone", str),
    mapping=a_path_or("mapping", LogMapping),
    pseudonymise=a_key,
    image=a("text", str),
    progress=a_function,
)
def read_logs(
    files: Iterable[NamedFile],
    web: Iterable[NamedFile] = (),
    *,
    together: bool = False,
    zone: str | None = None,
    mapping: NamedFile | LogMapping | None = None,
    pseudonymise: bool | str = False,
    image: str | None = None,
    progress: Progress | None = None,
) -> Logs:
    """Read logs of rollouts; a web server's log is known by its content, wherever it is named.

    Parameters
    ----------
    files
        Logs of devices; a folder that ``fwsim run --out`` wrote stands for its status log.
    web
        Logs of the repository's web server.
    together
        Whether all logs of devices are of one rollout; else each is of its own.
    zone
        Of times that name none.
    mapping
        A mapping file, for columns and words that nobody here knows.
    pseudonymise
        Whether pseudonyms take the place of devices' names; a text is the key they are made with.
    image
        The image that was rolled out: web logs in which nobody asks for it are told.
    progress
        Is told files read and files in all.

    Raises
    ------
    InputError
        With everything that is wrong with any of them.
    """
    given, of_web = [Path(file) for file in files], [Path(file) for file in web]
    gathered = _Gathered(len(given) + len(of_web), progress)
    named = [log for path in given if (log := gathered.of(partial(log_in, path))) is not None]
    is_web = [is_web_log(path) for path in named]
    devices = [path for path, is_one in zip(named, is_web, strict=True) if not is_one]
    for path in of_web:
        gathered.of(partial(refuse_folder, path))
    served = [path for path in of_web if not path.is_dir()]
    served += [path for path, is_one in zip(named, is_web, strict=True) if is_one]
    wishes = gathered.of(lambda: mapping_of(mapping))
    if not devices and len(named) == len(given):
        gathered.problems.append(Problem(say("learn.no_devices")))
    groups = [devices] if together and devices else [[path] for path in devices]
    observed = []
    key = one_key(pseudonymise, devices) if len(groups) > 1 else pseudonymise

    def read(group: list[Path]) -> Observed | None:
        if wishes is None:  # nobody can tell what it holds
            look_at(group)
            return None
        return read_observed(group, zone=zone, mapping=wishes, pseudonymise=key)

    for group in groups:
        found = gathered.of(partial(read, group), len(group))
        observed += [found] if found is not None else []
    transfers = None
    if served:
        transfers = gathered.of(
            lambda: read_transfers(served, mapping=wishes, pseudonymise=pseudonymise, image=image),
            len(served),
        )
    if gathered.problems:
        raise InputError(dict.fromkeys(gathered.problems))
    return Logs(tuple(each_once(observed)), transfers)


def image_of(scenario: Scenario) -> str | None:
    """Return the name of the image a scenario rolls out; None if there is more than one."""
    names = {image.name for image in (scenario.image, *scenario.images.values()) if image}
    wanted = scenario.firmware.image_file or (names.pop() if len(names) == 1 else "")
    return wanted if wanted and "__" not in wanted else None  # no macros, which differ by device


class _Gathered:
    """Collects what is wrong with several files, and tells how many are read."""

    def __init__(self, files: int, progress: Progress | None) -> None:
        self.problems: list[Problem] = []
        self._files, self._done, self._progress = files, 0, progress

    def of(self, read: Callable[[], T], files: int = 0) -> T | None:
        """Return what was read, or None and remember what is wrong."""
        try:
            return read()
        except InputError as error:
            self.problems += error.problems
            return None
        finally:
            self._done += files
            if self._progress is not None and files:
                self._progress(self._done, self._files)
