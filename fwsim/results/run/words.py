"""A rollout in words: what is planned, and which assumptions it leans on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fwsim.commands.command import (
    Command,
    DeliveryCommand,
    Sent,
    UefiUpdateCommand,
    UpdateCommand,
    asks_its_user,
    common_options,
    concerns_notice,
    own_options,
    told_notice,
)
from fwsim.commands.option import CommandOption
from fwsim.commands.schedule import stamp
from fwsim.commands.scmd import scmd_or_why_not
from fwsim.commands.targets import ClientGroupTarget
from fwsim.fleet.fleet import Fleet
from fwsim.measures.amounts import counted, shown_rate, shown_size
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.model.sharing_classes import weights_of
from fwsim.results.run.beside_commands import asked_units, beside_commands, has_scheduler
from fwsim.scenario.assumptions import Assumptions

MOST_COMMANDS = 20
MOST_HUBS = 5
MOST_RATES = 5


def _notice(command: Command) -> str:
    """Return what is said to users, in words."""
    if not asks_its_user(command):
        return told_notice(None)
    own = own_options(type(command)).items()
    return ", ".join(_told(command, {n: o for n, o in own if concerns_notice(n, o)}))


def _told(command: Command, options: Mapping[str, CommandOption]) -> list[str]:
    texts = (option.told(getattr(command, name)) for name, option in options.items())
    return [text for text in texts if text]


def _kind(command: Command) -> str:
    if isinstance(command, DeliveryCommand):
        return "Delivery"
    return "UEFI update" if isinstance(command, UefiUpdateCommand) else "Update"


def _shown(at: datetime) -> str:
    return stamp(at, "%a %Y-%m-%d %H:%M")


def _commands(rollout: Rollout) -> list[str]:
    firings = Counter(run.label.split("/")[0] for run in rollout.runs)
    first = {run.label.split("/")[0]: run for run in reversed(rollout.runs)}
    sentences = []
    for number, section in enumerate(rollout.scenario.commands[:MOST_COMMANDS], 1):
        command, run = section.command(), first.get(str(number))
        when = say("planned.never")
        if run is not None:
            when = _shown(rollout.local_time(run.at))
            if firings[str(number)] > 1:
                more = counted(firings[str(number)] - 1, "more time")
                when = say("planned.again", at=when, things=more)
        sentences.append(_sentence(rollout, command, when))
    hidden = len(rollout.scenario.commands) - MOST_COMMANDS
    if hidden > 0:
        sentences.append(say("planned.more_commands", things=counted(hidden, "more command")))
    return sentences


def _sentence(rollout: Rollout, command: Sent, when: str) -> str:
    """Return what a command is; who is in a group may change until it runs."""
    told = {
        "kind": _kind(command),
        "devices": counted(len(rollout.find(command.target)), "device"),
        "when": when,
        "how": "; ".join([_notice(command), *_told(command, common_options())]),
        "line": scmd_or_why_not(command),
    }
    if isinstance(command.target, ClientGroupTarget):
        return say("planned.group_command", filter=command.target.filter, **told)
    return say("planned.command", **told)


def _fleet(fleet: Fleet) -> str:
    return say(
        "planned.fleet",
        devices=counted(len(fleet), "device"),
        units=counted(len(fleet.unit.values), "organisational unit"),
        sites=counted(len(fleet.site.values), "site"),
    )


def _network(rollout: Rollout) -> str:
    repository = rollout.scenario.network.repository
    rates = Counter((site.link, site.updates_at_most or 0) for site in rollout.sites())
    lines = [
        say("planned.at_rate", sites=counted(count, "site"), rate=_line(*rate))
        for rate, count in sorted(rates.items(), reverse=True)[:MOST_RATES]
    ]
    if len(rates) > MOST_RATES:
        lines.append(say("planned.others"))
    uplink = shown_rate(repository.uplink)
    return say("planned.repository", rate=uplink, lines=", ".join(lines))


def _line(link: float, held: float) -> str:
    """Return the rate of a line, and what a router lets through of updates, unless that is 0."""
    rate = shown_rate(link)
    return say("planned.held_rate", rate=rate, held=shown_rate(round(held))) if held else rate


def _hubs(rollout: Rollout) -> list[str]:
    """Return which sites share a hub, the thinnest hubs first."""
    sites = Counter(rollout.hub_of.tolist())
    hubs = sorted(enumerate(rollout.scenario.network.hubs.items()), key=lambda h: h[1][1].link)
    shown = [
        say(
            "planned.on_hub",
            sites=counted(sites[number], "site"),
            hub=name,
            rate=_line(hub.link, hub.updates_at_most or 0),
        )
        for number, (name, hub) in hubs[:MOST_HUBS]
    ]
    if len(hubs) > MOST_HUBS:
        shown.append(say("planned.others"))
    return [say("planned.hubs", lines=", ".join(shown))] if shown else []


def plan_in_words(rollout: Rollout) -> tuple[str, ...]:
    """Return the plan, a sentence or two an entry."""
    images = ", ".join(
        f"{image.name} ({shown_size(sum(package.size for package in image.packages))})"
        for image in rollout.images[:5]
    )
    begin, until = rollout.local_time(0), rollout.local_time(rollout.horizon)
    return (
        _fleet(rollout.fleet),
        say("planned.images", images=images),
        *_commands(rollout),
        *beside_commands(rollout),
        _network(rollout),
        *_hubs(rollout),
        say("planned.clock", at=_shown(begin), until=_shown(until), zone=rollout.scenario.zone),
    )


_ONLY_WITH: dict[str, tuple[str, ...]] = {
    "people are asked": (
        "idf_check_order",
        "unattended_policy",
        "missing_button",
        "defer_counter_scope",
        "defer_survives_power_loss",
        "most_deferments",
        "delays",
    ),
    "devices are away": (
        "ping_timeout",
        "connect_timeout",
        "wake_timeout",
        "wake_up_sites",
        "wake_up_devices",
        "keep_alive",
        "boot_time",
    ),
    "devices go off": ("resume_time", "halt_time", "shutdown_waits"),
    "power is lost": ("outage", "bricked"),
    "there are proxies": ("provider_slots", "lan_rate", "provider_patience"),
    "lines are cut": ("transfer_patience",),
    "round trips take time": ("handshake", "initial_window", "receive_window"),
    "packets are lost": ("segment", "loss_factor"),
    "shares differ": ("share_spread",),
    "there are client groups": ("group_ignores_case",),
    "there is a scheduler": (
        "spread_missed_runs",
        "scheduler_skipped_hour",
        "scheduler_doubled_hour",
    ),
    "clocks change": ("skipped_hour", "doubled_hour"),
    "devices' clocks change": ("scheduler_skipped_hour", "scheduler_doubled_hour"),
    "something is formatted": ("format_time",),
    "signatures are checked": ("idf_signature_time",),
    "what nobody stated is in doubt": ("between_rollouts",),
    "it is under way": ("transfer_excess",),
}
"""Assumptions that play no part unless a rollout has the thing they are about."""


def _clocks_change(rollout: Rollout, zone: ZoneInfo) -> bool:
    hours = range(0, rollout.horizon + 1, 3_600_000)
    return len({rollout.local_time(at).astimezone(zone).utcoffset() for at in hours}) > 1


def _features(rollout: Rollout) -> dict[str, bool]:
    scenario, power = rollout.scenario, rollout.power()
    waiting = (*scenario.notifications, *scenario.assignments)
    commands = [section.command() for section in (*scenario.commands, *waiting)]
    updates = [command for command in commands if isinstance(command, UpdateCommand)]
    settings = [
        settings
        for unit in rollout.fleet.unit.values
        for settings in rollout.configuration.over_time(unit)
    ]
    go_off = any(not habit.on.is_always for habit in power)
    lose_power = any(habit.mean_time_between_losses for habit in power)
    return {
        "people are asked": bool(asked_units(rollout)),
        "devices are away": go_off or lose_power,
        "devices go off": go_off,
        "power is lost": lose_power,
        "there are proxies": any(s.has_proxy for s in settings),
        "lines are cut": bool(scenario.outages),
        "round trips take time": any(rollout.round_trips()),
        "packets are lost": any(site.loss for site in rollout.sites()),
        "shares differ": len(weights_of(rollout.assumptions.share_spread)) > 1,
        "there are client groups": any(isinstance(c.target, ClientGroupTarget) for c in commands),
        "there is a scheduler": has_scheduler(rollout),
        "clocks change": _clocks_change(rollout, rollout.zone),
        "devices' clocks change": any(
            _clocks_change(rollout, zone) for zone in dict.fromkeys(rollout.zones())
        ),
        "something is formatted": any(c.format_system_partition for c in updates),
        "signatures are checked": any(bool(s.check_idf_signature) for s in settings),
        "what nobody stated is in doubt": scenario.doubt == "all",
        "it is under way": False,  # what goes on from a log tells no assumptions
    }


def assumptions_in_use(rollout: Rollout) -> tuple[dict[str, Any], ...]:
    """Return the assumptions a rollout makes use of; those it sets itself come first.

    Returns
    -------
    tuple of dict
        With name, value, mark, meaning, set_here.
    """
    features = _features(rollout)
    idle = {name for what, names in _ONLY_WITH.items() if not features[what] for name in names}
    given = rollout.assumptions.model_dump(mode="json")
    usual = Assumptions().model_dump(mode="json")
    rows = []
    for name, field in Assumptions.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        set_here = given[name] != usual[name]
        if set_here or name not in idle:
            rows.append(
                {
                    "name": name,
                    "value": _written(given[name]),
                    "mark": str(extra["mark"]),
                    "meaning": field.description or "",
                    "set_here": set_here,
                }
            )
    return tuple(sorted(rows, key=lambda row: not row["set_here"]))


def _written(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_written, value))
    if not isinstance(value, dict):
        return str(value)
    if len(value) > 1:  # a belief, and what it stands on
        return ", ".join(f"{key} {_written(part)}" for key, part in value.items())
    ((law, parameters),) = value.items()
    if isinstance(parameters, dict):
        named = (f"{name} {_written(number)}" for name, number in parameters.items())
        return f"{law}: {', '.join(named)}"
    return f"{law}: {_written(parameters)}"
