"""What logs of past rollouts tell, put under the plan on the desk; and back again."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import traitlets

from fwsim.learning.learn import learn
from fwsim.learning.learnt import Learnt, draws_name
from fwsim.learning.reading import Logs, image_of, read_logs
from fwsim.messages import say
from fwsim.notebook import saving
from fwsim.notebook.in_background import InBackground
from fwsim.notebook.plan import Plan
from fwsim.notebook.upload import Upload
from fwsim.problems import MOST_SHOWN, InputError, Problem
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.schema import Scenario

ROWS = 300
"""Draws of the joint posterior: as many as runs one waits for at a desk."""
LARGEST_UPLOAD = 50_000_000
"""Bytes of all files that a browser sends; they come in one message."""
_DRAWS = "learnt-draws.csv"
_OF_A_PLAN = ("commands", "firmware")
"""Sections that a plan changes; no log tells of them."""
_NAME = re.compile(r"[^\w .()+-]")
_LONGEST_NAME = 100


class FromLogs(InBackground):
    """What *learn from a log* works on; widgets watch its traits.

    Parameters
    ----------
    plan
        The plan on the desk.

    Attributes
    ----------
    result
        What was learnt; None if nothing was yet.
    read
        What each file was taken for, and the lines that were left out; a sentence each.
    problem
        What is wrong with the logs, all of it, a line each.
    is_on_desk
        Whether what was learnt lies under the plan.
    remark
        What was done last.
    """

    result: Learnt | None = traitlets.Any(None)  # type: ignore[assignment]
    read: tuple[str, ...] = traitlets.Tuple()  # type: ignore[assignment]
    problem = traitlets.Unicode("")
    is_on_desk = traitlets.Bool(False)
    remark = traitlets.Unicode("")

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.written: Scenario = plan.base
        self._learnt: Scenario | None = None

    def watch(self) -> None:
        """Of whoever watched this, none is told any more."""
        self.unobserve_all()

    def speak(self) -> None:
        """Say nothing of what was done: it was said in another language."""
        self.remark = ""

    @property
    def may_name_files(self) -> bool:
        """Whether files of this computer may be named; a stranger may only send some."""
        return not self.plan.place.is_confined

    def start(
        self,
        uploads: Sequence[Upload] = (),
        paths: Sequence[str] = (),
        *,
        together: bool = False,
        pseudonymise: bool = False,
    ) -> None:
        """Begin to read and to learn in a thread of its own; see `wait`.

        Learning starts from the scenario as it was written, with the plan's commands: what is
        given twice is not believed twice.

        Parameters
        ----------
        uploads
            Logs that a browser sent, of devices or of a web server.
        paths
            Logs on this computer.
        together
            Whether all logs of devices are of one rollout.
        pseudonymise
            Whether nothing of what stands in the logs is shown.
        """
        if self.is_running:
            return
        self.problem, self.remark = "", ""
        if paths and not self.may_name_files:
            self.problem = say("from_logs.only_uploads")
        elif not uploads and not paths:
            self.problem = say("from_logs.no_file")
        elif sum(len(upload.content) for upload in uploads) > LARGEST_UPLOAD:
            self.problem = say("from_logs.too_large", most=LARGEST_UPLOAD // 1_000_000)
        else:
            self._begin(lambda: self._work(uploads, paths, together, pseudonymise))

    def _work(
        self, uploads: Sequence[Upload], paths: Sequence[str], together: bool, pseudonymise: bool
    ) -> None:
        try:
            model = self.plan.commanded(self.written)
            with _laid_down(uploads) as names:
                logs = _named_again(
                    lambda: read_logs(
                        [*names, *paths],
                        together=together,
                        zone=model.zone,
                        pseudonymise=pseudonymise,
                        image=image_of(model),
                    ),
                    names,
                )
            self.read = _in_words(logs, names)
            learnt = learn(model, logs.observed, logs.transfers, rows=ROWS)
            self._learnt = self._as_written(self._with_draws(learnt))
            self.result = learnt
            self.take()
        except (ValueError, OSError, MemoryError) as error:
            self.problem = in_plain_words(error) or say("from_logs.no_memory")

    def _with_draws(self, learnt: Learnt) -> Scenario:
        """Return what was learnt with its joint posterior, in a file that nobody else has."""
        scenario = learnt.scenario()
        if not learnt.draws:
            return scenario
        folder = Path(tempfile.mkdtemp(prefix="fwsim-")).resolve()
        # Kept while the planner lives: runs that are under way still read what they began with.
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        path = folder / _DRAWS
        path.write_text(learnt.draws_text(), encoding="utf-8", newline="\n")
        drawn = scenario.model_copy(update={"draws": str(path)})
        return drawn.beside(scenario)

    def _as_written(self, learnt: Scenario) -> Scenario:
        """Return what was learnt without the plan it was learnt with: others lie on it, too."""
        own = {key: getattr(self.written, key) for key in _OF_A_PLAN}
        return learnt.model_copy(update=own).beside(learnt)

    def take(self) -> None:
        """Lay what was learnt under the plan."""
        if self._learnt is not None:
            self._lay(self._learnt, is_learnt=True)

    def back(self) -> None:
        """Lay the scenario as it was written under the plan."""
        self._lay(self.written, is_learnt=False)

    def _lay(self, base: Scenario, *, is_learnt: bool) -> None:
        self.remark = ""
        self.plan.lay(base)
        self.is_on_desk = is_learnt

    # On disk

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the learnt scenario, a comment at each input, and its draws beside it.

        Parameters
        ----------
        path
            Where the scenario will lie.
        overwrite
            Whether what lies there may be replaced.
        """
        learnt, place, file = self.result, self.plan.place, Path(path)
        if learnt is None:
            self.remark = say("from_logs.nothing_yet")
            return
        if text := saving.refusal(learnt.before, place, file):
            self.remark = text
            return
        drawn = [file.with_name(draws_name(file.name))] if learnt.draws else []
        self.remark = saving.save(
            place, [file, *drawn], lambda: self._contents(learnt, file), overwrite=overwrite
        )

    def _contents(self, learnt: Learnt, file: Path) -> saving.Contents:
        taken = [draws_name(file.name)]
        inputs = saving.inputs_of(learnt.before, self.plan.place, file, taken)
        if inputs is None:
            texts = learnt.texts(file.name, self._original())
            return {name: text.encode() for name, text in texts.items()}
        texts = replace(learnt, before=inputs.scenario()).texts(file.name)
        return {name: text.encode() for name, text in texts.items()} | inputs.contents

    def _original(self) -> str | None:
        """Return the text of the scenario's own file, if it is there as it was read."""
        source = self.plan.source
        if source is None:
            return None
        try:
            return source.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None


@contextmanager
def _laid_down(uploads: Sequence[Upload]) -> Iterator[dict[Path, str]]:
    """Put uploads into files while they are read; gives their paths, each with its owner's name."""
    with tempfile.TemporaryDirectory(prefix="fwsim-") as folder:
        names: dict[Path, str] = {}
        for number, upload in enumerate(uploads):
            own = Path(folder) / str(number)
            own.mkdir()
            path = own / (_NAME.sub("_", upload.name)[-_LONGEST_NAME:].strip(". ") or "log")
            path.write_bytes(upload.content)
            names[path] = upload.name
        yield names


def _named_again(read: Callable[[], Logs], names: Mapping[Path, str]) -> Logs:
    """Read logs; what is wrong with an upload is told by its owner's name for it.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    try:
        return read()
    except InputError as error:
        raise InputError(_named(problem, names) for problem in error.problems) from None


def _named(problem: Problem, names: Mapping[Path, str]) -> Problem:
    return replace(problem, source=_name_of(problem.source or "", names) or None)


def _name_of(source: str, names: Mapping[Path, str]) -> str:
    return names.get(Path(source), source)


def _in_words(logs: Logs, names: Mapping[Path, str]) -> tuple[str, ...]:
    """Return what became of the files, and of their lines."""
    accounts = [
        str(replace(account, source=_name_of(account.source, names))) for account in logs.accounts
    ]
    problems = [str(_named(problem, names)) for problem in logs.problems[:MOST_SHOWN]]
    if len(logs.problems) > MOST_SHOWN:
        problems.append(say("from_logs.more_problems", count=len(logs.problems) - MOST_SHOWN))
    return (*accounts, *problems)
