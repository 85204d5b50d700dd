"""What a rollout counts of its lines beside their rate, as an answer tells what it used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from fwsim.measures.amounts import shown_rate, shown_share
from fwsim.messages import ENGLISH, language, localised, say
from fwsim.messages.retelling import retold
from fwsim.model.rollout import Rollout
from fwsim.model.sharing_classes import weights_of
from fwsim.quantities.beliefs import PerPlace
from fwsim.quantities.doubted import belief_of
from fwsim.quantities.units import write_duration
from fwsim.scenario.network_section import LineSection

_BETWEEN = "; "
_PARTS = (
    "lines.goodput",
    "lines.updates_at_most",
    "lines.latency",
    "lines.loss",
    "lines.per_connection",
    "lines.shares",
    "lines.days",
)


def lines_in_words(rollout: Rollout) -> str:
    """Return in one sentence what of lines is counted, or that they are taken at their label."""
    parts = [*_of_lines(rollout), *_of_sites(rollout)]
    if len(weights_of(rollout.assumptions.share_spread)) > 1:
        parts.append(say("lines.shares"))
    if any(_differs_by_day(line) for line in rollout.lines()):
        parts.append(say("lines.days"))
    return say("lines.used", parts=_BETWEEN.join(parts)) if parts else say("lines.at_label")


def others_in_words(shared: int, held: int, lines: int) -> str:
    """Return that shares of lines are of all they carry, though updates get less; else nothing.

    Parameters
    ----------
    shared, held, lines
        How many lines others use, too; on how many a router holds updates back; of how many.
    """
    some = {"others_too": shared, "held_back": held}
    told = [say(f"table.{name}", count=count, of=lines) for name, count in some.items() if count]
    return " ".join([say("table.shares_of_lines"), *told]) if told else ""


def others_of_rollout(rollout: Rollout) -> str:
    """Return `others_in_words` of a rollout's lines."""
    shared, held = len(rollout.shared_lines()), len(rollout.held_lines())
    return others_in_words(shared, held, len(rollout.lines()))


def others_of_plans(names: Sequence[str], sentences: Sequence[str]) -> tuple[str, ...]:
    """Return what is to be said of plans: once if it is true of all, else of each with its name.

    Parameters
    ----------
    names
        Of the plans.
    sentences
        `others_in_words` of each.
    """
    if len(set(sentences)) == 1:
        return tuple(filter(None, sentences[:1]))
    plans = zip(names, sentences, strict=True)
    return tuple(f"{name}: {sentence}" for name, sentence in plans if sentence)


def lines_again(english: str) -> str:
    """Return what `lines_in_words` said in English, as it is kept, in the language spoken."""
    if language() == ENGLISH:
        return english
    return (
        retold("lines.at_label", english, localised)
        or retold("lines.used", english, _parts_again)
        or english
    )


def _parts_again(parts: str) -> str:
    return _BETWEEN.join(map(_part_again, parts.split(_BETWEEN)))


def _part_again(part: str) -> str:
    told = (retold(name, part, _range_again) for name in _PARTS)
    return next((text for text in told if text is not None), part)


def _range_again(text: str) -> str:
    return retold("lines.range", text, localised) or localised(text)


def _of_lines(rollout: Rollout) -> Iterable[str]:
    kept = [line.goodput for line in rollout.lines()]
    kept.append(rollout.scenario.network.repository.goodput)
    if some := [share for share in kept if share < 1]:
        yield say("lines.goodput", share=_range(some, shown_share), count=len(some), of=len(kept))
    lines = rollout.lines()
    if rates := [line.updates_at_most for line in lines if line.updates_at_most]:
        rate = _range(rates, lambda value: shown_rate(round(value)))
        yield say("lines.updates_at_most", rate=rate, count=len(rates), of=len(lines))


def _of_sites(rollout: Rollout) -> Iterable[str]:
    sites = rollout.sites()
    count = {"of": len(sites)}
    if trips := [site.latency for site in sites if site.latency]:
        time = _range(trips, lambda value: write_duration(round(value)))
        yield say("lines.latency", time=time, count=len(trips), **count)
    if losses := [site.loss for site in sites if site.loss]:
        yield say("lines.loss", share=_range(losses, _loss), count=len(losses), **count)
    if rates := [site.per_connection for site in sites if site.per_connection]:
        rate = _range(rates, lambda value: shown_rate(round(value)))
        yield say("lines.per_connection", rate=rate, count=len(rates), **count)


def _loss(share: float) -> str:
    return localised(f"{100 * share:g} %")


def _range(values: Iterable[float], shown: Callable[[float], str]) -> str:
    low, high = shown(min(values)), shown(max(values))
    return low if low == high else say("lines.range", low=low, high=high)


def _differs_by_day(line: LineSection) -> bool:
    beliefs = [belief_of(share) for share in line.busy.values()]
    return any(belief is not None and belief.support.each is PerPlace.DAY for belief in beliefs)
