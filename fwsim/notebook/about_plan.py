"""What is found out about the plan on the desk: known of the plan as it is, or not at all."""

from __future__ import annotations

from typing import Any

import traitlets

from fwsim.notebook.in_background import CountedRuns
from fwsim.notebook.plan import Plan
from fwsim.scenario.schema import Scenario


class AboutPlan(CountedRuns):
    """Makes runs of the plan on the desk; a change of the plan stops them and drops their result.

    Parameters
    ----------
    plan
        The plan on the desk.

    Attributes
    ----------
    result
        What was found out; None if nothing is known of the plan as it is.
    """

    result: Any = traitlets.Any(None)

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self._asked = plan.revision
        self.watch()

    def watch(self) -> None:
        """Watch the plan; of whoever watched this, none is told any more."""
        self.unobserve_all()
        self.plan.observe(lambda _: self._forget(), "revision")

    def _forget(self) -> None:
        """Show nothing that is not of the plan as it is now."""
        self.result = None

    def _ask(self) -> Scenario:
        """Return the plan as it is; what is found out next is about it.

        Raises
        ------
        ValueError
            If it cannot be played.
        """
        self._asked = self.plan.revision
        return self.plan.scenario()

    def _is_current(self) -> bool:
        return self._asked == self.plan.revision

    def _check_stop(self) -> None:
        super()._check_stop()
        if not self._is_current():  # the plan has changed
            raise KeyboardInterrupt

    def _tell_result(self, result: object) -> None:
        """Tell a result, unless it is to stop or the plan has changed."""
        self._check_stop()
        self.result = result
        if not self._is_current():  # a hand was quicker
            self._forget()
