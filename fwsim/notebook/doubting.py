"""Where the spread comes from, behind the Doubt tab: a crossed experiment in the background."""

from __future__ import annotations

import traitlets

from fwsim.experiments.spread import DRAWS, LUCKS, spread
from fwsim.notebook.about_plan import AboutPlan
from fwsim.results.statistics.spread_answer import Spread
from fwsim.scenario.complaints import in_plain_words


class Doubting(AboutPlan):
    """What the Doubt tab works on; widgets watch its traits.

    Parameters
    ----------
    plan
        The plan on the desk.

    Attributes
    ----------
    result
        Where the spread of the plan comes from; None if that is not known of the plan as it is.
    """

    result: Spread | None = traitlets.Any(None)  # type: ignore[assignment]

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
            scenario = self._ask()
        except ValueError as error:
            self.problem = in_plain_words(error)
            return

        def work() -> None:
            found = spread(
                scenario,
                draws=draws,
                lucks=lucks,
                runs=runs,
                workers=workers,
                progress=self._tell,
            )
            self._tell_result(found)

        self._begin(work)
