"""One run in one sentence, and as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwsim.measures.amounts import shown_share
from fwsim.measures.in_words import outcome_in_words, reason_in_words
from fwsim.messages import localised, say
from fwsim.screen import escaped

if TYPE_CHECKING:
    from fwsim.results.output.result import Result

_NO_UPDATE = {"uefi": "story.only_uefi", "delivery": "story.only_delivery"}


def headline(result: Result) -> str:
    """Return a run in one sentence, in the language that is spoken.

    Parameters
    ----------
    result
        The run.
    """
    measures, judged = result.measures, result.measures.judged
    done = sum(count.devices for count in judged.outcomes if count.outcome == "successful")
    ended = result.stopped or say("story.over_at", at=measures.ended)
    if judged.targeted:
        text = say("story.headline", done=done, count=judged.targeted, ended=ended)
    else:
        text = result.stopped or say("story.nobody_targeted", ended=ended)
    if judged.field != "update":
        text = say(_NO_UPDATE[judged.field], text=text)
    return f"{text}; {result.who_came}" if result.who_came else text


def result_html(result: Result) -> str:
    """Return a run as a notebook shows it: the sentence, how devices ended, and when.

    Parameters
    ----------
    result
        The run.
    """
    left, right = "style='text-align:left'", "style='text-align:right'"
    judged, none = result.measures.judged, say("story.not_reached")
    rows = "".join(
        f"<tr><td {left}>{escaped(outcome_in_words(count.outcome))}</td>"
        f"<td {left}>{escaped(reason_in_words(count.detail))}</td>"
        f"<td {right}>{localised(f'{count.devices:,}')}</td>"
        f"<td {right}>{shown_share(count.share)}</td></tr>"
        for count in judged.outcomes
    )
    of = {"targeted": "story.of_targeted", "needed": "story.of_needed"}
    times = "".join(
        f"<li>{time.percent} % {escaped(say(of[time.of], count=time.devices))}: "
        f"{escaped(time.at or (none if time.devices else say('measure.none_needs_it')))}</li>"
        for time in judged.completion
    )
    heads = "".join(
        f"<th scope='col'{f' {left}' if at < 2 else ''}>{escaped(say(f'story.{name}'))}</th>"
        for at, name in enumerate(("outcome", "detail", "devices", "share"))
    )
    return (
        f"<h3>{escaped(result.rollout.scenario.name)}</h3>"
        f"<p>{escaped(headline(result))}. {escaped(say('story.one_run'))}</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<details><summary>{escaped(say('story.when_successful'))}</summary>"
        f"<ul>{times}</ul></details>"
    )
