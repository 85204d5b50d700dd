"""A search for a plan behind the Find tab: what is asked, where it stands, what is picked."""

from __future__ import annotations

import threading

import traitlets

from fwsim.notebook.plan import Plan
from fwsim.planning.found import Found
from fwsim.planning.hand_over import hand_over
from fwsim.planning.plans_found import asked_of, measures_in_words, verdict
from fwsim.planning.search import Search, SearchProgress
from fwsim.planning.trial import Trial
from fwsim.planning.usual_search import searchable, told
from fwsim.problems import InputError
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.search_section import SearchSection

USUAL_RUNS = 200


class Finding(traitlets.HasTraits):
    """What the Find tab works on; widgets watch its traits.

    Parameters
    ----------
    plan
        The plan on the desk; what is found can be put on it.

    Attributes
    ----------
    is_running
        Whether a search goes on.
    where
        Where it stands.
    found
        What it came to.
    picked
        The plan picked in the picture.
    message
        What went wrong, or what was done; in words.
    """

    is_running = traitlets.Bool(False)
    where: SearchProgress | None = traitlets.Any(None)  # type: ignore[assignment]
    found: Found | None = traitlets.Any(None)  # type: ignore[assignment]
    picked: Trial | None = traitlets.Any(None)  # type: ignore[assignment]
    message = traitlets.Unicode("")

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.scenario = searchable(plan.base)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._seed = 0
        self._levers = plan.levers

    @property
    def usual_goals(self) -> list[str]:
        """What the scenario asks for."""
        search = self.scenario.search
        return [goal.name for goal in search.goals] if search and search.goals else ["time to 95 %"]

    @property
    def usual_limits(self) -> list[str]:
        """What the scenario wants kept; without a search of its own, what it expects."""
        search = self.scenario.search
        return [str(limit) for limit in search.limits] if search is not None else []

    @property
    def hint(self) -> str:
        """What is turned for want of a search block."""
        return told(self.plan.base)

    def start(
        self, goals: list[str], limits: list[str], runs: int = USUAL_RUNS, *,
        workers: int | None = None,
    ) -> None:  # fmt: skip
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
            asked = desk.model_copy(update={"search": own}).seen_from(desk.folder)
            search = Search(asked, goals=goals, limits=limits, runs=runs)
        except ValueError as error:
            self.message = _for_the_tab(in_plain_words(error))
            self.found = self.where = self.picked = None
            return
        self._stop.clear()
        self._seed = search.seed
        self.message, self.where, self.found, self.picked = "", None, None, None
        self.is_running = True
        self._thread = threading.Thread(target=self._work, args=(search, workers), daemon=True)
        self._thread.start()

    def _work(self, search: Search, workers: int | None) -> None:
        def tell(where: SearchProgress) -> None:
            self.where = where
            if self._stop.is_set():
                raise KeyboardInterrupt

        try:
            found = search.run(workers=workers, progress=tell)
            self.found = found
            self.picked = found.chosen or (None if found.interrupted else found.nearest)
            if found.interrupted:
                self.message = "stopped before a plan was selected; pick one in the picture"
        except (InputError, OSError) as error:
            self.message = in_plain_words(error)
        finally:
            self.is_running = False

    def stop(self) -> None:
        """Stop after the runs that are being made; the plans looked at stay."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the search is over."""
        if self._thread is not None:
            self._thread.join(seconds)

    def pick(self, trial: Trial) -> None:
        """Pick a plan in the picture."""
        found = self.found
        chosen = (found.chosen or found.nearest) if found is not None else None
        is_chosen = chosen is not None and chosen.choice == trial.choice
        self.picked = chosen if is_chosen else trial

    def words(self) -> list[str]:
        """Return what was found, and what is picked, sentence by sentence."""
        if self.found is None:
            return []
        if self.picked is None or self.picked is (self.found.chosen or self.found.nearest):
            return verdict(self.found)
        runs = f"{self.picked.runs} runs of the search"
        return [f"Picked: {self.picked.title} ({runs})",
                *measures_in_words(self.found, self.picked)]  # fmt: skip

    def put_on_the_desk(self) -> None:
        """Put the picked plan into the command list."""
        if self.found is None or self.picked is None:
            self.message = "find a plan first"
            return
        levers = self.found.space.levers(self.picked.choice)
        self.plan.take(self.found.plan(self.picked), self._levers, levers)
        self.message = "put into the command list"

    def save(self, folder: str, *, anyway: bool = False) -> None:
        """Write the picked plan's command files, calendar, report and scenario into a folder.

        Parameters
        ----------
        folder
            Where to.
        anyway
            Also a plan that does not keep the limits.
        """
        if self.found is None or self.picked is None:
            self.message = "find a plan first"
            return
        if not (anyway or self.found.may_be_handed_over(self.picked)):
            self.message = (
                "not handed over: this plan does not keep the limits; tick Anyway to hand it over "
                "all the same"
            )
            return
        try:
            handed = hand_over(
                self.found.plan(self.picked), self.plan.base,
                asked=asked_of(self.found, self.picked), seed=self._seed,
            )  # fmt: skip
            paths = handed.save(folder)
        except ValueError as error:
            self.message = in_plain_words(error)
        else:
            self.message = f"written to {folder}: {len(paths)} files"


def _for_the_tab(text: str) -> str:
    """Return an error in the words of the tab: it has fields, no options."""
    for option, name in (("--goal", "Goals"), ("--limit", "Limits"), ("--runs", "Runs to spend")):
        text = text.replace(f"{option}: error: ", f"{name}: ")
    return text
