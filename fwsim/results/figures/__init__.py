"""Figures: each a function of the results that draws on an Axes and returns it."""

from fwsim.results.figures.asked_people import prompts_by_people
from fwsim.results.figures.curves import completion, outcomes
from fwsim.results.figures.devices import gantt
from fwsim.results.figures.distributions import prompts_by_hour, time_spent, time_to
from fwsim.results.figures.fan import spread_fan
from fwsim.results.figures.hindsight import hindsight
from fwsim.results.figures.loads import load
from fwsim.results.figures.look import figure_writer
from fwsim.results.figures.plans import PlanPoint, plans
from fwsim.results.figures.policies import PolicyPoint, policies
from fwsim.results.figures.scores import (
    Held,
    SaidThen,
    Track,
    coverage,
    forecasts_so_far,
    places,
)
from fwsim.results.figures.sites import site_heat_map
from fwsim.results.figures.under_way import Seen, under_way

__all__ = [
    "Held",
    "PlanPoint",
    "PolicyPoint",
    "SaidThen",
    "Seen",
    "Track",
    "completion",
    "coverage",
    "figure_writer",
    "forecasts_so_far",
    "gantt",
    "hindsight",
    "load",
    "outcomes",
    "places",
    "plans",
    "policies",
    "prompts_by_hour",
    "prompts_by_people",
    "site_heat_map",
    "spread_fan",
    "time_spent",
    "time_to",
    "under_way",
]
