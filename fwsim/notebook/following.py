"""A rollout under way, behind the Live tab: its log is forecast in the background as it grows."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path
from weakref import finalize

import traitlets

from fwsim.learning.under_way.forecast import forecast
from fwsim.learning.under_way.so_far import log_in
from fwsim.learning.under_way.under_way import UnderWay
from fwsim.notebook.plan import Plan
from fwsim.problems import InputError
from fwsim.results.statistics.answer import Answer
from fwsim.scenario.complaints import in_plain_words

LOOK_AGAIN = 5.0
"""Seconds between two looks whether the log has grown."""
LARGEST_DROPPED = 50_000_000
_Sign = tuple[Path, int, int]


class Following(traitlets.HasTraits):
    """What the Live tab works on; widgets watch its traits.

    Parameters
    ----------
    plan
        The plan on the desk: what was planned.

    Attributes
    ----------
    is_running
        Whether runs are being made.
    done, wanted
        Runs.
    result
        The rollout under way; None if nothing is known of it under the plan as it is.
    changed
        What is new since the forecast before, in words.
    problem
        What went wrong.
    """

    is_running = traitlets.Bool(False)
    done = traitlets.Int(0)
    wanted = traitlets.Int(0)
    result: UnderWay | None = traitlets.Any(None)  # type: ignore[assignment]
    changed = traitlets.Unicode("")
    problem = traitlets.Unicode("")

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._before: tuple[int, Answer] | None = None
        self._seen: _Sign | None = None
        self._dropped: finalize[..., Following] | None = None
        for trait in ("commands", "levers"):
            plan.observe(self._forget, trait)

    def _forget(self, _: object = None) -> None:
        """Show nothing that is not of the plan as it is now."""
        self._stop.set()
        self._before, self._seen, self.result, self.changed = None, None, None, ""

    def drop(self, name: str, content: bytes) -> Path:
        """Take a log that was dropped; return where it lies until another is.

        Raises
        ------
        ValueError
            If it is larger than 50 MB.
        """
        if len(content) > LARGEST_DROPPED:
            most = f"{LARGEST_DROPPED // 1_000_000} MB"
            raise ValueError(f"larger than {most}; name the file instead")
        if self._dropped is not None:
            self._dropped()
        folder = Path(tempfile.mkdtemp(prefix="fwsim-log-"))
        self._dropped = finalize(self, shutil.rmtree, folder, ignore_errors=True)
        # Of a stranger's name nothing is used but how it ends.
        ending = Path(name).suffix.lower()
        known = ending if ending in {".csv", ".parquet", ".jsonl", ".xes"} else ".csv"
        path = folder / f"log{known}"
        path.write_bytes(content)
        return path

    def look(self, path: Path, runs: int, *, workers: int | None = None) -> bool:
        """Forecast in a thread of its own if the log is new or has grown; see `wait`.

        Parameters
        ----------
        path
            Of the log.
        runs
            How many.
        workers
            As for `fwsim.forecast`.

        Returns
        -------
        bool
            Whether there was anything new.
        """
        if self.is_running:
            return False
        try:
            sign = _sign(path)
            scenario = self.plan.scenario()
        except (ValueError, OSError) as error:
            self.problem = in_plain_words(error)
            return False
        if sign == self._seen:
            return False
        self.problem, self.done, self._seen = "", 0, sign
        self._stop.clear()
        self.is_running = True

        def work() -> None:
            try:
                before = self._before[1] if self._before and self._before[0] == runs else None
                found = forecast(
                    scenario,
                    path,
                    runs=runs,
                    before=before,
                    workers=workers,
                    progress=self._tell,
                )
                self._check_stop()
                self._before = runs, found.before
                self.changed = "" if self.result is None else found.since(self.result)
                self.result = found
            except (InputError, ValueError, OSError, MemoryError) as error:
                self.problem = in_plain_words(error)
            except KeyboardInterrupt:
                self._seen, self.problem = None, "stopped"
            finally:
                self.is_running = False

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()
        return True

    def _tell(self, done: int, wanted: int | None) -> None:
        self.wanted, self.done = wanted or done, done
        self._check_stop()

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise KeyboardInterrupt

    def stop(self) -> None:
        """Stop after the runs that are being made; what is not whole says nothing."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is over."""
        if self._thread is not None:
            self._thread.join(seconds)


def _sign(path: Path) -> _Sign:
    """Return what tells a log from the one before: its file, size and time."""
    file = log_in(path)
    about = file.stat()
    return file, about.st_size, about.st_mtime_ns
