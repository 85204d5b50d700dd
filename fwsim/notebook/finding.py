"""A search for a plan behind the Find tab: what is asked, where it stands, what is picked."""

from __future__ import annotations

from pathlib import Path

import traitlets

from fwsim.messages import say
from fwsim.notebook.in_background import ENDS, Stoppable, why_ended
from fwsim.notebook.plan import Plan
from fwsim.notebook.remark import Remark
from fwsim.planning.hand_over.hand_over import hand_over
from fwsim.planning.search.as_written import as_written_in_words
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.default_search import search_parameters_in_words, searchable
from fwsim.planning.search.plan_in_words import plan_in_words
from fwsim.planning.search.result_in_words import brief_of, measures_in_words, verdict
from fwsim.planning.search.search import Search, SearchProgress
from fwsim.planning.search.search_result import SearchResult
from fwsim.planning.search.usual_goal import usual_goal
from fwsim.problems import MOST_SHOWN, InputError
from fwsim.results.run.measuring import usual_measures
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.schema import Scenario
from fwsim.scenario.search_section import SearchSection
from fwsim.scenario.section import ValuesError

USUAL_RUNS = 200


class Finding(Stoppable):
    """What the Find tab works on; widgets watch its traits.

    Parameters
    ----------
    plan
        The plan on the desk; what is found can be put on it.

    Attributes
    ----------
    where
        Where it stands.
    result
        What it came to; None once another scenario lies under the plan.
    picked
        The plan picked in the picture.
    remark
        The last word: what went wrong, or what was done.
    """

    where: SearchProgress | None = traitlets.Any(None)  # type: ignore[assignment]
    result: SearchResult | None = traitlets.Any(None)  # type: ignore[assignment]
    picked: Candidate | None = traitlets.Any(None)  # type: ignore[assignment]
    remark: Remark = traitlets.Instance(Remark, args=())  # type: ignore[assignment]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.scenario = searchable(plan.base)
        self._seed = 0
        self._levers = plan.levers
        self.watch()

    def watch(self) -> None:
        """Watch the plan; of whoever watched this, none is told any more."""
        self.unobserve_all()
        self.plan.observe(lambda _: self._forget(), "base")

    def speak(self) -> None:
        """Say the last word in the language that is spoken now; what was done is told once."""
        if self.remark.about == "found":
            self.remark = Remark()
        elif self.result is not None and self.result.interrupted:
            self._tell_stopped(self.result)

    def _forget(self) -> None:
        """Show no plan that was judged in another world than the one it would be put into."""
        self.stop()
        self.where = self.result = self.picked = None

    @property
    def message(self) -> str:
        """The last word, whatever it is about."""
        return self.remark.text

    def _tell(self, about: str, text: str) -> None:
        self.remark = Remark(about, text)

    @property
    def usual_goals(self) -> list[str]:
        """What the scenario asks for."""
        search = self.scenario.search
        goals = search.goals if search is not None else ()
        return [goal.name for goal in goals or (usual_goal(self.scenario),)]

    @property
    def usual_limits(self) -> list[str]:
        """What the scenario wants kept; without a search of its own, what it expects."""
        search = self.scenario.search
        return [str(limit) for limit in search.limits] if search is not None else []

    @property
    def measures(self) -> list[str]:
        """What goals and limits can be about, those of the scenario first."""
        own = [expected.measure for expected in self.plan.base.expect]
        usual = usual_measures(self.plan.rollout)
        return list(dict.fromkeys(measure.name for measure in [*own, *usual]))

    @property
    def hint(self) -> str:
        """The search parameters used for want of a search block."""
        return search_parameters_in_words(self.plan.base)

    def start(
        self,
        goals: list[str],
        limits: list[str],
        runs: int = USUAL_RUNS,
        *,
        workers: int | None = None,
    ) -> None:
        """Begin to search in a thread of its own; see `stop` and `wait`.

        Parameters
        ----------
        goals, limits
            In words, one an entry.
        runs
            How many may be spent.
        workers
            Runs at a time.
        """
        if self.is_running:
            return
        try:
            desk, self._levers = self.plan.scenario(), self.plan.levers
            turn = (self.plan.base if self.plan.base.search else searchable(desk)).search
            own = (turn or SearchSection()).model_copy(update={"limits": ()})
            scenario = desk.model_copy(update={"search": own}).beside(desk)
            search = Search(scenario, goals=goals, limits=limits, runs=runs)
        except ValueError as error:
            self._tell("search", _for_the_tab(error))
            self.result = self.where = self.picked = None
            return
        self._seed = search.seed
        self.remark, self.where, self.result, self.picked = Remark(), None, None, None
        base = self.plan.base
        self._begin(lambda: self._work(search, base, workers))

    def _work(self, search: Search, base: Scenario, workers: int | None) -> None:
        def tell(where: SearchProgress) -> None:
            self.where = where
            self._check_stop()

        try:
            result = search.run(workers=workers, progress=tell)
            if self.plan.base is not base:
                self._forget()
                return
            self.result = result
            self.picked = result.chosen or (None if result.interrupted else result.nearest)
            if self.plan.base is not base:  # a hand was quicker
                self._forget()
                return
            if result.interrupted:
                self._tell_stopped(result)
        except ENDS as end:
            self._tell("search", why_ended(end))

    def _tell_stopped(self, result: SearchResult) -> None:
        text = say("find.stopped")
        self._tell("search", f"{result.cause}; {text}" if result.cause else text)

    def pick(self, trial: Candidate) -> None:
        """Pick a plan in the picture."""
        result = self.result
        chosen = (result.chosen or result.nearest) if result is not None else None
        is_chosen = chosen is not None and chosen.choice == trial.choice
        self.picked = chosen if is_chosen else trial

    def words(self) -> list[str]:
        """Return what was found, and what is picked, sentence by sentence."""
        if self.result is None:
            return []
        if self.picked is None or self.picked is (self.result.chosen or self.result.nearest):
            return [*verdict(self.result), *as_written_in_words(self.result)]
        is_dropped = self.result.is_dropped(self.picked)
        return [
            say("find.picked", plan=plan_in_words(self.picked), count=self.picked.runs),
            *measures_in_words(self.result, self.picked),
            *([say("plan.not_confirmed")] if is_dropped else []),
        ]

    def put_on_the_desk(self) -> None:
        """Put the picked plan into the command list."""
        if self.result is None or self.picked is None:
            self._tell("found", say("find.first"))
            return
        levers = self.result.space.levers(self.picked.choice)
        self.plan.take(self.result.plan(self.picked), self._levers, levers)
        self._tell("found", say("find.taken"))

    def save(self, folder: str | Path, *, overwrite: bool = False, anyway: bool = False) -> None:
        """Write the picked plan's command files, calendar, report and scenario into a folder.

        Parameters
        ----------
        folder
            Where; it is made.
        overwrite
            Whether a folder that lies there may be written to, replacing an earlier hand-over.
        anyway
            Also a plan that does not keep the limits.
        """
        if self.result is None or self.picked is None:
            self._tell("found", say("find.first"))
            return
        if not (anyway or self.result.may_be_handed_over(self.picked)):
            self._tell("found", say("find.refused"))
            return
        place, path = self.plan.place, Path(folder)
        try:
            with place.reserved(path, overwrite=overwrite, is_folder=True):
                self._tell("found", say("find.making"))
                handed = hand_over(
                    self.result.plan(self.picked),
                    self.plan.base,
                    brief=brief_of(self.result, self.picked),
                    seed=self._seed,
                )
                paths = handed.save(path)
        except ValueError as error:
            self._tell("found", place.error_in_words(error))
        else:
            self._tell("found", say("find.written", folder=place.shown(path), count=len(paths)))


_FIELDS = {"goals": "in_goals", "limits": "in_limits", "runs": "runs"}


def _for_the_tab(error: ValueError) -> str:
    """Return an error in the words of the tab: it has fields, no options."""
    if not isinstance(error, InputError) or isinstance(error, ValuesError):
        return in_plain_words(error)
    sentences = [
        f"{say(f'find.{_FIELDS[problem.source]}')}: {problem.message}"
        if problem.source in _FIELDS
        else str(problem)
        for problem in error.problems[:MOST_SHOWN]
    ]
    return "\n".join(sentences)
