"""Where the spread comes from, behind the Doubt tab: a crossed experiment in the background."""

from __future__ import annotations

import threading

import traitlets

from fwsim.experiments.spread import DRAWS, LUCKS, spread
from fwsim.notebook.plan import Plan
from fwsim.problems import InputError
from fwsim.results.statistics.spread_answer import Spread
from fwsim.scenario.complaints import in_plain_words


class Doubting(traitlets.HasTraits):
    """What the Doubt tab works on; widgets watch its traits.

    Parameters
    ----------
    plan
        The plan on the desk.

    Attributes
    ----------
    is_running
        Whether runs are being made.
    done, wanted
        Runs.
    result
        Where the spread of the plan comes from; None if that is not known of the plan as it is.
    problem
        What went wrong.
    """

    is_running = traitlets.Bool(False)
    done = traitlets.Int(0)
    wanted = traitlets.Int(0)
    result: Spread | None = traitlets.Any(None)  # type: ignore[assignment]
    problem = traitlets.Unicode("")

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        for trait in ("base", "commands", "levers"):
            plan.observe(self._forget, trait)

    def _forget(self, _: object = None) -> None:
        """Show nothing that is not of the plan as it is now."""
        self._stop.set()
        self.result = None

    def start(
        self,
        runs: int,
        *,
        draws: int = DRAWS,
        lucks: int = LUCKS,
        workers: int | None = None,
    ) -> None:
        """Begin in a thread of its own; see `stop` and `wait`.

        Parameters
        ----------
        runs
            Of the forecast itself.
        draws, lucks, workers
            As for `fwsim.spread`.
        """
        if self.is_running:
            return
        self.problem, self.result, self.done = "", None, 0
        try:
            scenario = self.plan.scenario()
        except ValueError as error:
            self.problem = in_plain_words(error)
            return
        self._stop.clear()
        self.is_running = True

        def work() -> None:
            try:
                self.result = spread(
                    scenario,
                    draws=draws,
                    lucks=lucks,
                    runs=runs,
                    workers=workers,
                    progress=self._tell,
                )
            except (InputError, ValueError, OSError, MemoryError) as error:
                self.problem = in_plain_words(error)
            except KeyboardInterrupt:
                self.problem = "stopped"
            finally:
                self.is_running = False

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()

    def _tell(self, done: int, wanted: int | None) -> None:
        self.wanted, self.done = wanted or done, done
        if self._stop.is_set():
            raise KeyboardInterrupt

    def stop(self) -> None:
        """Stop after the runs that are being made; what is not whole says nothing."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is over."""
        if self._thread is not None:
            self._thread.join(seconds)
