"""What a search found, for people, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fwsim.measures.amounts import counted, shown_share
from fwsim.measures.catalogue import Unit
from fwsim.measures.expectation import Expectation
from fwsim.measures.in_words import expectation_in_words, measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import ENGLISH, language, localised, say, speaking
from fwsim.planning.bounds.in_doubt import PLAIN, DoubtedBound, FeasibilityInDoubt
from fwsim.planning.search.brief import Brief
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.final import Decision
from fwsim.planning.search.limits import is_left_open, runs_wanted
from fwsim.planning.search.looking import Ended
from fwsim.planning.search.moved import moved_in_words
from fwsim.planning.search.plan_in_words import plan_in_words
from fwsim.planning.search.question import shown_estimate
from fwsim.planning.search.search_result import SearchResult
from fwsim.planning.search.usual_goal import own_starts_in_words
from fwsim.planning.search.why_broken import why_in_words
from fwsim.quantities.units import write_share
from fwsim.results.statistics.estimate import share_of_runs, unseen_share
from fwsim.results.statistics.in_words import apart


def promise_in_words(result: SearchResult) -> list[str]:
    """Return how sure the selection is and how often the plan keeps its limits, line by line.

    Empty where there was nothing to select among and no limit to keep.
    """
    outcome = result.outcome
    if outcome is None:
        return [say("plan.none_selected")]
    sentences: list[str] = []
    if result.keeps_limits:
        sentences += _selection_in_words(result, outcome)
    if result.question.limits:
        sentences += limits_in_words(result, outcome.chosen)
        if result.keeps_limits:
            sentences.append(_confirmed_in_words(result))
    return sentences


def _confirmed_in_words(result: SearchResult) -> str:
    """Return what may be concluded of a plan that is told only because its runs went well.

    Of whatever plan, one search in 40 has held-out runs whose interval is above its share (2.5 % on
    either side), and not all of these end with a plan that is selected.
    """
    return say("plan.last_word", share=shown_share(result.promise[0]))


def limits_in_words(result: SearchResult, trial: Candidate) -> list[str]:
    """Return how often a plan kept every limit, and which ones it does not keep."""
    sentences = []
    broken = result.broken_by(trial)
    is_looked_at = any(trial is other for other in result.trials)
    if trial.runs:
        kept = result.kept_by(trial)
        runs = (
            say("plan.of_search", runs=counted(trial.runs, "run"))
            if is_looked_at
            else counted(trial.runs, "held-out run")
        )
        is_found = trial is result.chosen and result.keeps_limits
        told = _count_on_in_words if is_found else _kept_in_words
        sentences.append(told(kept, trial.runs, runs))
    if broken:
        sentences += _broken_in_words(trial, broken)
        if trial.runs and not is_looked_at and trial.choice in result.seen:
            sentences += why_in_words(result.seen[trial.choice])
        if trial is result.chosen:
            sentences += _refused_in_words(result)
    elif result.is_dropped(trial):
        sentences.append(say("plan.not_confirmed"))
    elif trial is result.fallen and result.is_as_written:
        sentences.append(say("plan.not_among_them"))
    elif trial is result.fallen:
        why = "plan.not_tried" if result.kept_when_found(trial) else "plan.unlikely"
        sentences.append(say(why))
    return sentences


def _refused_in_words(result: SearchResult) -> Iterator[str]:
    """Yield how good a plan looked that held-out runs refuse, and why no other was tried."""
    if result.outcome is None:
        return
    flattered = result.outcome.selected_by
    kept, runs = result.kept_by(flattered), counted(flattered.runs, "run")
    share = shown_share(kept / flattered.runs)
    yield say("plan.looked_good", kept=kept, runs=runs, share=share)
    yield say("plan.one_last_word")


def _broken_in_words(trial: Candidate, broken: Sequence[Expectation]) -> Iterator[str]:
    """Yield which limits a plan does not keep, and of which of them so few runs leave that open."""
    left_open = [
        limit for limit in broken if trial.runs and is_left_open(limit, trial.of(limit.measure))
    ]
    missed = [limit for limit in broken if limit not in left_open]
    yield say("plan.does_not_keep", limits="; ".join(map(_asked, missed or broken)))
    if missed and left_open:
        yield say("plan.left_open_too", limits="; ".join(map(_asked, left_open)))
    elif left_open:
        yield say("plan.left_open")


def _asked(limit: Expectation) -> str:
    """Return a limit and, where it does not say so, in what share of the runs it must hold."""
    wanted = runs_wanted(limit)
    is_complete = limit.runs is not None or wanted is None
    if is_complete:
        return expectation_in_words(limit)
    limit_in_words = expectation_in_words(limit)
    return say("plan.limit_in", limit=limit_in_words, share=localised(write_share(wanted or PLAIN)))


def _count_on_in_words(kept: int, of: int, runs: str) -> str:
    """Return what may be counted on, and only then what the runs came to.

    They decide whether a plan is told as found, so their own share tends to be too good.
    """
    low = shown_share(share_of_runs(kept, of)[1])
    return say("plan.count_on", low=low, kept=kept, runs=runs, interval=_interval(kept, of))


def _kept_in_words(kept: int, of: int, runs: str) -> str:
    if of < 2:
        return say("plan.kept_every_of_one", kept=kept, runs=runs)
    share = shown_share(share_of_runs(kept, of)[0])
    return say("plan.kept_every", kept=kept, runs=runs, share=share, interval=_interval(kept, of))


@speaking(ENGLISH)  # it goes into files
def brief_of(result: SearchResult, picked: Candidate | None = None) -> Brief:
    """Return what a plan was looked for, for its hand-over; by default the chosen one.

    Parameters
    ----------
    result
        What a search came to.
    picked
        Another plan, picked by hand.
    """
    trial = picked or result.chosen or result.nearest
    if trial is None:
        return Brief(result.question.words())
    promise = _promise_of(result, trial)
    lines = tuple(measures_in_words(result, trial))
    turned = (*trial.words.items(), *moved_in_words(result.space, trial.choice))
    return Brief(result.question.words(), turned, lines, promise)


def _promise_of(result: SearchResult, trial: Candidate) -> tuple[str, ...]:
    if trial is result.chosen and result.keeps_limits:
        return tuple(promise_in_words(result))
    limits = limits_in_words(result, trial) if result.question.limits else []
    if trial is result.nearest and limits:
        return say(f"plan.{_standing(result)}"), *limits
    return say("plan.picked"), *(() if result.may_be_handed_over(trial) else limits)


def _standing(result: SearchResult) -> str:
    """Return what the nearest plan is: refused at last, or the nearest of several."""
    if result.is_refused:
        return "refused"
    return "nearest_unconfirmed" if result.is_unconfirmed else "nearest"


def _selection_in_words(result: SearchResult, outcome: Decision) -> Iterator[str]:
    goal, selection = result.question.goals[0], outcome.selection
    if not outcome.is_reached:
        yield say("plan.no_finalist", goal=measure_in_words(goal))
        return
    told = {"count": len(outcome.finalists), "goal": measure_in_words(goal)}
    if len(outcome.finalists) == 1:
        if outcome.waiting:
            yield say("plan.no_other_finalist")
        elif result.question.limits and len(result.trials) > 1:
            yield say("plan.only_one_keeps")
        return
    if selection.is_without_noise:
        runs = min(selection.runs)
        share = shown_share(unseen_share(selection.confidence, runs))
        how = "plan.all_the_same" if selection.is_same else "plan.settled_alike"
        yield say(how, runs=runs, share=share, **told)
        return
    if outcome.leaves_out_rare_runs:
        how = "plan.settled_but_rare" if outcome.is_settled else "plan.not_settled_but_rare"
    else:
        how = "plan.settled" if outcome.is_settled else "plan.not_settled"
    level = localised(write_share(selection.confidence))
    yield say(how, level=level, near=apart(outcome.within, goal.definition), **told)
    yield from _rare_in_words(goal, outcome)


def _rare_in_words(goal: Measure, outcome: Decision) -> Iterator[str]:
    """Yield what stands for a time that is not reached, and what so few runs may not show."""
    never, selection = outcome.never, outcome.selection
    if never is None:
        runs = selection.runs[selection.best]
        share = shown_share(unseen_share(selection.confidence, runs))
        yield say("plan.left_out", runs=runs, share=share)
        return
    told = {"runs": never.runs, "share": shown_share(never.share)}
    if not outcome.leaves_out_rare_runs:
        yield say("plan.of_means") if never.seen else say("plan.of_means_so_far", **told)
        if never.unanswered:
            yield say("plan.never_unanswered", count=never.unanswered)
        return
    yield say("plan.of_means")
    yield say("plan.left_out", **told)
    yield say("plan.even_if_never", near=apart(never.within, goal.definition))


def verdict(result: SearchResult) -> list[str]:
    """Return what was found, sentence by sentence."""
    lines = [_looked_at(result)]
    if result.impossible:
        is_known = all(bound.is_known for bound in result.impossible)
        of_all = "all_" if result.has_looked_at_all else ""
        lines.append(say(f"plan.{of_all}{'impossible' if is_known else 'in_no_draw'}"))
        lines += [f"  {bound}" for bound in _impossible(result)]
        if result.nearest is not None:
            of_it = plan_in_words(result.nearest) or say("plan.as_written")
            lines.append(say("plan.nearest_by_bounds", plan=of_it))
        is_cut = result.ended is Ended.ALL_RULED_OUT and not result.has_looked_at_all
        if is_cut and not result.interrupted:
            lines.append(_ended_in_words(result))
        return lines
    if (nearest := result.nearest) is not None:
        lines.append(say(_heading(result), plan=plan_in_words(nearest) or say("plan.as_written")))
        lines += [f"  {line}" for line in measures_in_words(result, nearest)]
        limits = limits_in_words(result, nearest) if result.question.limits else []
        own_starts = own_starts_in_words(result.space.scenario, result.question.goals)
        return [*lines, *own_starts, *limits, *_nearest_in_words(result, nearest)]
    if result.chosen is None:
        are_none = result.trials and all(trial.faults for trial in result.trials)
        return [*lines, say("plan.none_playable" if are_none else "plan.none_played")]
    lines.append(say("plan.selected", plan=plan_in_words(result.chosen) or say("plan.as_written")))
    lines += [f"  {line}" for line in measures_in_words(result, result.chosen)]
    own_starts = own_starts_in_words(result.space.scenario, result.question.goals)
    return [*lines, *own_starts, *promise_in_words(result)]


def _impossible(result: SearchResult) -> Iterator[DoubtedBound]:
    for bound in result.impossible:
        trial = next(trial for trial in result.trials if bound in trial.ruled_out)
        yield from _in_the_language([bound], result, trial)


def _heading(result: SearchResult) -> str:
    if result.interrupted:
        return "plan.head_stopped"
    if not result.question.limits:
        return "plan.head_none"
    if result.is_refused:
        return "plan.head_refused"
    return "plan.head_unconfirmed" if result.is_unconfirmed else "plan.head_nearest"


def _nearest_in_words(result: SearchResult, nearest: Candidate) -> Iterator[str]:
    """Yield what makes a plan the nearest, what others come to, and why no more were looked at."""
    if not result.question.limits or result.interrupted:
        return
    if nearest is result.told and (missed := result.missed(nearest)):
        yield say("plan.misses_by", share=shown_share(missed))
    if (picked := result.picked) is not None and picked.compared > 1:
        yield say("plan.misses_least", count=picked.compared, runs=picked.runs)
        if picked.is_as_written:
            yield say("plan.nearest_searched", plan=plan_in_words(picked.searched))
    others = [t for t in result.trials if t.keeps_limits and t.choice != nearest.choice]
    if others:
        yield say("plan.unconfirmed", count=len(others))
    if result.question.runs > result.spent and not result.is_refused:
        yield _ended_in_words(result)


def _ended_in_words(result: SearchResult) -> str:
    """Return why no more plans were looked at, with the runs that are left."""
    of = result.question.runs
    return say(f"plan.{result.ended.value}", left=counted(of - result.spent, "run"), of=of)


def _looked_at(result: SearchResult) -> str:
    looked = counted(len(result.trials), "plan")
    runs = counted(result.spent, "run")
    text = say("plan.looked", plans=looked, of=result.space.size, runs=runs)
    if out := sum(1 for trial in result.trials if trial.ruled_out):
        text = say("plan.ruled_out", text=text, count=out)
    if wrong := [trial for trial in result.trials if trial.faults]:
        fault = result.space.faults(wrong[0].choice)[0]  # in the language that is spoken
        told = {"plan": plan_in_words(wrong[0]), "fault": fault}
        text = say("plan.wrong", text=text, count=len(wrong), **told)
    if again := sum(seen.runs for seen in result.seen.values()):
        text = say("plan.played_again", text=text, count=again)
    return f"{text}."


def measures_in_words(result: SearchResult, trial: Candidate) -> list[str]:
    """Return what each goal and limit came to, with its interval."""
    if not trial.runs:
        return [str(bound) for bound in _in_the_language(trial.ruled_out, result, trial)]
    lines = [
        say("plan.goal", goal=measure_in_words(goal), found=shown_estimate(goal, trial.of(goal)))
        for goal in result.question.goals
    ]
    return [*lines, *(_kept_limit(limit, trial) for limit in result.question.limits)]


def _kept_limit(limit: Expectation, trial: Candidate) -> str:
    """Return what a limit's measure came to, and in how many runs it was kept.

    A chance is a share of the runs itself: in how many it came true says both.
    """
    values = trial.of(limit.measure)
    is_chance = limit.measure.definition.unit is Unit.CHANCE and limit.runs is None
    kept = sum(map(bool, values)) if is_chance else sum(map(limit.meets, values))
    told = {
        "limit": expectation_in_words(limit),
        "found": shown_estimate(limit.measure, values),
        "kept": kept,
        "runs": counted(trial.runs, "run"),
    }
    interval = _interval(kept, trial.runs)
    if not interval:
        return say("plan.kept_in", **told)
    return say("plan.true_in" if is_chance else "plan.kept_in_interval", **told, interval=interval)


def _in_the_language(
    bounds: Sequence[DoubtedBound], result: SearchResult, trial: Candidate
) -> Sequence[DoubtedBound]:
    """Return bounds with their reasons as they are spoken; a search keeps them in English."""
    if language() == ENGLISH or not bounds:
        return bounds
    feasibility = FeasibilityInDoubt(result.space.rollout(trial.choice))
    return feasibility.impossible([bound.expectation for bound in bounds])


def _interval(hits: int, runs: int) -> str:
    if runs < 2:
        return ""
    _, low, high = map(shown_share, share_of_runs(hits, runs))
    return say("measure.interval", low=low, high=high)
