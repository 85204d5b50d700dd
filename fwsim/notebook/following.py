"""A rollout under way, behind the Live tab: its log is forecast in the background as it grows."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from weakref import finalize

import traitlets

from fwsim.learning.under_way.forecast import forecast
from fwsim.learning.under_way.so_far import Sign, sign_of
from fwsim.learning.under_way.under_way import UnderWay
from fwsim.messages import say
from fwsim.notebook.about_plan import AboutPlan
from fwsim.notebook.plan import Plan
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.schema import Scenario

LARGEST_DROPPED = 50_000_000


class Following(AboutPlan):
    """What the Live tab works on; widgets watch its traits.

    Parameters
    ----------
    plan
        The plan on the desk: what was planned.

    Attributes
    ----------
    result
        The rollout under way; None if nothing is known of it under the plan as it is.
    changed
        What is new since the forecast before, in words.
    """

    result: UnderWay | None = traitlets.Any(None)  # type: ignore[assignment]
    changed = traitlets.Unicode("")

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._seen: Sign | None = None
        self._dropped: finalize[..., Following] | None = None

    def _forget(self) -> None:
        super()._forget()
        self._seen, self.changed = None, ""

    def drop(self, name: str, content: bytes) -> Path:
        """Take a log that was dropped; return where it lies until another is.

        Raises
        ------
        ValueError
            If it is larger than 50 MB.
        """
        if len(content) > LARGEST_DROPPED:
            most = f"{LARGEST_DROPPED // 1_000_000} MB"
            raise ValueError(say("live.too_large", most=most))
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
            sign = sign_of(path)
            scenario = self._ask()
        except (ValueError, OSError) as error:
            self.problem = in_plain_words(error)
            return False
        if sign == self._seen:
            return False
        self._seen = sign
        self._begin(lambda: self._forecast(scenario, path, runs, workers))
        return True

    def _forecast(self, scenario: Scenario, path: Path, runs: int, workers: int | None) -> None:
        last = self.result
        before = last.before if last is not None and last.before.runs == runs else None
        found = forecast(
            scenario, path, runs=runs, before=before, workers=workers, progress=self._tell
        )
        self._check_stop()
        self.changed = "" if self.result is None else found.since(self.result)
        self._tell_result(found)

    def _give_up(self) -> None:
        self._seen = None
