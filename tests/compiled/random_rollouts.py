"""Random scenarios over everything a scenario file can say."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.compiled.going_well import MORE_PACKAGES, deliver_ahead, let_go_well
from tests.simulation.random_scenarios import persistences, scenarios

Draw = Callable[[st.SearchStrategy[Any]], Any]
mostly = st.sampled_from([True, True, True, True, False])
ZONES = [None, None, "Europe/Lisbon", "Asia/Kolkata"]
TARGETS = [
    "DE",
    "DE",
    "DE",
    "DE/A",
    {"group": "IDF name = new.idf"},
    {"group": "Update state = Not successful"},
    {"group": "Device type = LES v5"},
]
IMAGES = {
    "new": {
        "name": "new.idf",
        "revision": 3,
        "packages": [{"name": "a", "size": "60 MB"}, {"name": "b", "size": "20 MB"}],
    },
    "old": {
        "name": "old.idf",
        "revision": 2,
        "packages": [
            {"name": "a", "version": "0", "size": "50 MB"},
            {"name": "b", "size": "20 MB"},
            {"name": "empty", "size": "0 MB"},
        ],
    },
    "large": {
        "name": "large.idf",
        "container": "elias/other",
        "packages": [
            {"name": "a", "size": "60 MB"},
            {"name": "c", "size": "700 MB"},
            {"name": "empty", "size": "0 MB"},
        ],
    },
}


@st.composite
def images(draw) -> dict[str, Any]:
    """Return the catalogue, with whatever can be wrong with an image."""
    found = {}
    for label, image in IMAGES.items():
        first, *others = image["packages"]
        more = draw(st.sampled_from([[], [], MORE_PACKAGES]))  # what all have is not delivered
        found[label] = image | {
            "packages": [first, *more, *others],  # a list of its own: others put beliefs into it
            "signed": draw(mostly),
            "packages_signed": draw(mostly),
            "certificate": draw(st.sampled_from(["", "", "house.crt"])),
            "missing": draw(st.sampled_from([[], [], [], [image["packages"][1]["name"]]])),
            "offered": draw(mostly),
        }
    return found


@st.composite
def units(draw) -> dict[str, Any]:
    """Return an OU's devices."""
    unit = {
        "devices": draw(st.integers(1, 6)),
        "installed": draw(
            st.sampled_from(
                ["old", "new", "unheard.idf", {"old": "50 %", "new": "20 %", "x.idf": "30 %"}]
            )
        ),
        "flash": draw(st.sampled_from(["2 GB", "4 GB", "8 GB"])),
        "connection": draw(st.sampled_from(["wired", "wired", "wlan", "vpn"])),
        "device_rate": draw(st.sampled_from(["100 Mbit/s", "2 Mbit/s"])),
        "site": draw(st.sampled_from(["near", "far"])),
        "encrypted": draw(st.booleans()),
        "attributes": {
            "Device type": draw(st.sampled_from(["LES v5", "Futro S740", "Box"])),
            "Supplier": draw(st.sampled_from(["Unicon", "Fujitsu"])),
            "BIOS": draw(st.sampled_from(["1.08", "1.12", "UEFI 2"])),
            "Network": draw(st.sampled_from(["", "10.0.0.0", "10.0.1.0"])),
        },
        "zone": draw(st.sampled_from(ZONES)),
        "people": draw(st.sampled_from(["default", "others"])),
        "power": draw(st.sampled_from(["default", "others"])),
        "scheduler": draw(st.sampled_from([None, None, None, "whole-day.ini", "small-hours.ini"])),
    }
    own = {
        "path": draw(st.sampled_from([None, None, None, None, "elias/other"])),
        "image_file": draw(st.sampled_from([None, None, None, "large.idf", "__RM__.idf"])),
        "certificates": draw(st.sampled_from([None, ["house.crt"]])),
        "release": {"models": ["LES v5"], "new": "new", "old": "old"},
        "new_version": draw(
            st.sampled_from([None, None, None, {"at_shutdown": True}, {"confirm": True}])
        ),
        "security": draw(st.sampled_from([None, None, None, {"packages": True}])),
        "proxy": draw(
            st.sampled_from(
                [None, None, {"type": "static", "device": "DE/A/A-1"}, {"type": "dynamic"}]
            )
        ),
    }
    if draw(st.booleans()):
        unit["firmware"] = {key: value for key, value in own.items() if value is not None}
    return {key: value for key, value in unit.items() if value is not None}


moments = st.integers(0, 410).map(lambda n: f"2018-08-20 {11 + n // 60:02}:{n % 60:02}")


RATES = st.sampled_from(["0.5 Mbit/s", "8 Mbit/s", "1 Gbit/s"])
REAL = st.fixed_dictionaries({}, optional={"goodput": st.sampled_from(["95 %", "61.7 %"])})
"""What makes a line less than its label, where anything does."""
CONNECTIONS = st.sampled_from(
    [
        {},
        {},
        {"latency": "40 ms"},
        {"latency": "9 s"},
        {"latency": "600 ms", "loss": "1 %"},
        {"updates_at_most": "3 Mbit/s"},
        {"per_connection": "1.5 Mbit/s"},
        {"per_connection": "3 Mbit/s", "latency": "150 ms", "loss": "0.01 %"},
    ]
)
WAKE_UP = st.sampled_from([{}, {}, {"wake_up": "0 %"}, {"wake_up": "60 %"}])
BUSY = st.sampled_from(
    [{}, {"daily 11:20-15:00": "90 %"}, {"mon 11:33-11:40": "100 %", "mon 11:00-12:00": "50 %"}]
)
HUBS = [
    {},
    {"South": ["near", "far"]},
    {"South": ["near"], "North": ["far"]},
    {"South": ["f*"]},
]


@st.composite
def hubs(draw) -> dict[str, Any]:
    """Return the hubs, if there are any, that the sites hang on."""
    return {
        name: {"link": draw(RATES), "busy": draw(BUSY), "sites": sites} | draw(REAL)
        for name, sites in draw(st.sampled_from(HUBS)).items()
    }


@st.composite
def outages(draw, hubs: list[str]) -> dict[str, Any]:
    """Return an outage of a site, of a hub or of the repository, in the first hours."""
    first, length = draw(st.integers(0, 200)), draw(st.sampled_from([1, 4, 11, 90]))
    times = [f"2018-08-20 {11 + n // 60:02}:{n % 60:02}" for n in (first, first + length)]
    outage = {"start": times[0], "end": times[1]}
    lines = [{}, {"site": "near"}, {"site": "far"}, *({"hub": hub} for hub in hubs)]
    return outage | draw(st.sampled_from(lines))


own_settings = st.sampled_from(
    [
        {"security": {"idf": True, "packages": False}},
        {"security": {"idf": False, "packages": True}},
        {"reminder": {"deferments": 0}},
        {"reminder": {"deferments": 2, "delays": ["30 min"]}},
        {"proxy": {"type": "none"}},
        {"proxy": {"type": "dynamic"}},
        {"new_version": {"at_start": True}},
    ]
)
changes = st.one_of(
    st.builds(
        lambda at, unit, firmware: {"at": at, "unit": unit, "firmware": firmware},
        moments,
        st.sampled_from(["", "DE/A"]),
        own_settings,
    ),
    st.builds(
        lambda at, unit, file: {"at": at, "unit": unit, "firmware": {"image_file": file}},
        moments,
        st.sampled_from(["", "DE/A"]),
        st.sampled_from(["old.idf", "large.idf"]),
    ),
    st.builds(lambda at, label: {"at": at, "offer": label}, moments, st.sampled_from([*IMAGES])),
    st.builds(lambda at, label: {"at": at, "withdraw": label}, moments, st.just("new")),
    st.builds(lambda at: {"at": at, "firmware": {"certificates": ["house.crt"]}}, moments),
)

failing = st.lists(
    st.fixed_dictionaries(
        {
            "phase": st.sampled_from(
                ["installation", "idf", "idf_signature", "package", "transfer", "package_signature"]
            ),
            "share": st.just("50 %"),
            "where": st.sampled_from(
                ["Device type = LES v5", "IDF name = old OR (BIOS = 1.08 AND Supplier = uni)"]
            ),
        }
    ),
    max_size=2,
)
LONG = {"uniform": {"low": "0 s", "high": "20 min"}}
assumptions = st.fixed_dictionaries(
    {},
    optional={
        "dispatch_workers": st.integers(1, 4),
        "keep_alive": st.sampled_from(["0 s", "10 min"]),
        "provider_slots": st.integers(1, 2),
        "provider_patience": st.sampled_from(["1 s", "2 min"]),
        "transfer_patience": st.sampled_from(["30 s", "5 min"]),
        "newer_only": st.booleans(),
        "spread_missed_runs": st.booleans(),
        "boot_time": st.sampled_from(["0 s", "40 s", LONG]),
        "restart_time": st.sampled_from(["0 s", "90 s", LONG]),
        "outage": st.sampled_from(["0 s", "2 min", "3 h", {"sample": ["0 s", "1 ms", "9 h"]}]),
        "wake_up_devices": st.sampled_from(["40 %", "100 %"]),
        "wake_timeout": st.sampled_from(["20 s", "10 min"]),
        "idf_fetch_time": st.sampled_from(["0 s", "3 s"]),
        "system_partition": st.sampled_from(["70 MB", "100 MB", "2350 MB"]),
        "halt_time": st.sampled_from(["0 s", "10 s"]),
        "send_time": st.sampled_from(["0 s", "2 s"]),
        "ping_timeout": st.sampled_from(["0 s", "3 s"]),
        "connect_timeout": st.sampled_from(["0 s", "70 s"]),
        "resume_time": st.sampled_from(["0 s", "3 min"]),
        "idf_signature_time": st.sampled_from(["0 s", "45 s"]),
        "package_check_time": st.sampled_from(["0 s", "90 s"]),
        "format_time": st.sampled_from(["0 s", "2 min"]),
        "install_rate": st.sampled_from(["0.5 Mbit/s", "10 Gbit/s"]),
        "install_spread": st.just(1.0),
        "lan_rate": st.sampled_from(["1 Mbit/s", "10 Gbit/s"]),
        "other_partitions": st.sampled_from(["0 MB", "1.56 GB", "1.59 GB"]),
        "group_ignores_case": st.booleans(),
        "initial_window": st.sampled_from(["1 B", "1 GB"]),
        "receive_window": st.sampled_from(["10 kB", "1 GB"]),
        "segment": st.sampled_from(["1 B", "9 kB"]),
        "loss_factor": st.sampled_from([0.1, 5.0]),
        "scheduler_skipped_hour": st.just("after_gap"),
        "scheduler_doubled_hour": st.just("second"),
        "handshake": st.sampled_from([0.0, 6.505]),
        "share_spread": st.sampled_from(
            [
                {"lognormal": {"median": 1.0, "p95": 1.6}},
                {"sample": [0.0, 1.0, 1.0, 2.5]},
                {"uniform": {"low": 0.9, "high": 1.1}},
            ]
        ),
    },
)


def _keep_static_proxies_at_their_site(units: dict[str, Any]) -> None:
    """Let who would turn to a static proxy at another site have a dynamic one."""
    for unit in units.values():
        proxy = unit.get("firmware", {}).get("proxy", {})
        if proxy.get("type") == "static" and unit["site"] != units["DE/A"]["site"]:
            unit["firmware"]["proxy"] = {"type": "dynamic"}


def _add_lines(draw: Draw, data: dict[str, Any]) -> None:
    for site in ("near", "far"):
        line = {"link": draw(RATES), "busy": draw(BUSY)}
        data["network"]["sites"][site] = line | draw(REAL) | draw(CONNECTIONS) | draw(WAKE_UP)
    data["network"].setdefault("repository", {}).update(draw(REAL))
    data["network"]["hubs"] = draw(hubs())


def _add_other_habits(draw: Draw, data: dict[str, Any]) -> None:
    data["people"]["others"] = data["people"]["default"] | {
        "present": "mon-fri 08:00-17:00",
        "answer": draw(
            st.sampled_from(
                [
                    {"defer": "80 %", "now": "20 %", "picks": {"15 min": "70 %", "4 h": "30 %"}},
                    {"defer": "60 %", "now": "20 %", "cancel": "10 %"},
                ]
            )
        ),
        "persistence": draw(persistences),
    }
    data["power"]["others"] = data["power"]["default"] | {
        "on": draw(st.sampled_from(["always", "mon-fri 11:30-11:50", "daily 13:00-18:00"])),
        "mean_time_between_losses": draw(st.sampled_from([None, "20 min"])),
    }


def _add_uefi_update(draw: Draw, data: dict[str, Any]) -> None:
    data["uefi"] = {"LES v5": {"version": "1.12"}, "Futro S740": {"version": "2"}}
    asked = st.sampled_from(
        [
            {},
            {"inform_user": "1 min"},
            {"inform_user": "until answered", "force_at": "2018-08-20 17:55"},
        ]
    )
    data["commands"].append(
        {"uefi_update": "DE", "subordinate_units": True, "once": draw(moments), **draw(asked)}
    )


def _draw_targets(draw: Draw, commands: list[dict[str, Any]]) -> None:
    for command in commands:
        target = draw(st.sampled_from(TARGETS))
        kind = next(key for key in ("update", "delivery", "uefi_update") if key in command)
        command[kind] = target
        if isinstance(target, dict):
            command.pop("subordinate_units", None)


@st.composite
def rollouts(draw) -> dict[str, Any]:
    """Return a scenario in which anything that can be said may be said."""
    data = draw(scenarios())
    del data["image"]
    data["images"] = draw(images())
    data["firmware"]["image_file"] = draw(
        st.sampled_from(["new.idf", "new.idf", "new.idf", "__RM__.idf", "none.idf"])
    )
    data["firmware"]["release"] = {"models": ["LES v5"], "new": "new", "old": "old"}
    data["fleet"]["units"] = {
        f"DE/{name}": draw(units()) for name in draw(st.sampled_from(["A", "AB", "ABC"]))
    }
    _keep_static_proxies_at_their_site(data["fleet"]["units"])
    _add_lines(draw, data)
    _add_other_habits(draw, data)
    if draw(st.booleans()):
        _add_uefi_update(draw, data)
    _draw_targets(draw, data["commands"])
    data["outages"] = draw(st.lists(outages([*data["network"]["hubs"]]), max_size=3))
    data["changes"] += draw(st.lists(changes, max_size=3))
    data["failing"] = draw(failing)
    data["assumptions"] |= draw(assumptions)
    if draw(st.booleans()):
        let_go_well(draw, data)
        if draw(st.booleans()):
            deliver_ahead(draw, data)
    return data


CHECK_INS = st.fixed_dictionaries(
    {},
    optional={
        "every": st.sampled_from(["0 s", "1 s", "7 min", "30 min", "6 h"]),
        "at_start": st.booleans(),
        "told": st.sampled_from([{}, {"devices": 2, "each": "7 min"}, {"each": "40 s"}]),
        "within": st.sampled_from(["never", "mon-fri 11:30-18:00", "daily 22:00-02:00"]),
        "towards_window": st.sampled_from(["30 s", "10 min"]),
    },
)
RETRIES = st.fixed_dictionaries(
    {"times": st.integers(0, 4)},
    optional={
        "wait": st.sampled_from(["0 s", "1 min", "3 h"]),
        "factor": st.sampled_from([1.5, 2.0]),
        "each": st.integers(1, 2),
        "longest": st.just("2 min"),
    },
)
WINDOWS = st.fixed_dictionaries(
    {},
    optional={
        "times": st.sampled_from(
            ["mon 11:20-12:00, mon 11:50-14:00", "daily 17:00-18:00", "tue 00:00-24:00", "never"]
        ),
        "run_time": st.sampled_from(["10 min", "1 h"]),
        "zone": st.sampled_from(["server", "UTC", "Asia/Kolkata"]),
        "starts": st.sampled_from(["at_opening", "at_check_in"]),
        "blackouts": st.just([{"start": "2018-08-20 12:00", "end": "2018-08-20 17:10"}]),
        "holidays": st.sampled_from(["DE", {"file": "days-off.ics"}]),
    },
)


@st.composite
def held_back(draw) -> dict[str, Any]:
    """Return windows that hold commands back, or nothing."""
    windows = draw(st.none() | WINDOWS)
    if windows is None:
        return {}
    return {"windows": {key: value for key, value in windows.items() if key != "starts"}}


ASSIGNED_UPDATES = st.one_of(
    st.fixed_dictionaries(
        {
            "update": st.sampled_from([t for t in TARGETS if t == "DE" or isinstance(t, dict)]),
            "inform_user": st.sampled_from([None, "1 min", "until answered"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "update": st.just("DE"),
            "inform_user": st.just("10 min"),
            "user_can_cancel": st.just(True),
        }
    ),
    st.fixed_dictionaries({"update": st.just("DE"), "format": st.just(True)}),
    st.just({"delivery": "DE"}),
    st.just({"uefi_update": "DE"}),
)


@st.composite
def assignments(draw) -> dict[str, Any]:
    """Return a standing assignment."""
    entry = draw(ASSIGNED_UPDATES)
    if "DE" in entry.values():
        entry = entry | {"subordinate_units": True}
    others = {
        "set": st.sampled_from(["2018-08-20 11:00", "2018-08-20 11:25", "2018-08-20 16:00"]),
        "check_in": CHECK_INS,
        "retry": RETRIES,
        "resume": RETRIES,
        "deadline": st.sampled_from(["2018-08-20 17:30", "2018-08-20 17:31:30"]),
        "expires": st.sampled_from(["2018-08-20 16:30", "2018-08-21 09:00"]),
        "active_hours": st.sampled_from(["mon-fri 08:00-12:30", "daily 10:00-20:00"]),
        "windows": WINDOWS,
    }
    for name, values in others.items():
        if draw(st.booleans()):
            entry = entry | {name: draw(values)}
    if entry.get("check_in", {}).get("every", "30 min") not in {"0 s", "1 s"} and draw(
        st.booleans()
    ):
        entry["check_in"] = entry.get("check_in", {}) | {"jitter": "5 min"}
    if "delivery" in entry and draw(st.booleans()):
        entry = entry | {"format": True}
        entry.pop("resume", None)
    if "deadline" in entry:
        entry["grace"] = draw(st.sampled_from(["0 s", "5 min", "1 d"]))
    return entry


@st.composite
def rollouts_with_check_ins(draw) -> dict[str, Any]:
    """Return a scenario as `rollouts` does, whose devices take standing assignments, too."""
    data = draw(rollouts())
    data["assignments"] = draw(st.lists(assignments(), min_size=1, max_size=3))
    if draw(st.booleans()):
        del data["commands"][1:]
    if draw(st.booleans()):
        data["commands"] = []
    data |= draw(held_back())
    if draw(st.booleans()):  # else most tries fail, and few come as far as a restart
        data |= {"images": deepcopy(IMAGES), "failing": [], "changes": []}
        data["faults"] = draw(st.sampled_from([{}, {"transfer": "70 %"}]))
        data["firmware"]["image_file"] = "new.idf"
        data["power"]["default"] |= {"on": "mon-fri 11:20-23:30", "mean_time_between_losses": None}
    return data


@st.composite
def rollouts_apart(draw) -> dict[str, Any]:
    """Return a scenario as `rollouts` does, whose sites know nothing of each other."""
    data = draw(rollouts())
    for name in ("notifications", "scheduler", "uefi"):
        data.pop(name, None)
    data["firmware"] = {
        key: value for key, value in data["firmware"].items() if key not in {"proxy", "new_version"}
    }
    for unit in data["fleet"]["units"].values():
        unit.pop("scheduler", None)
        unit.get("firmware", {}).pop("proxy", None)
        if unit is next(iter(data["fleet"]["units"].values())) or draw(st.booleans()):
            del unit["site"]
            unit["sites"] = draw(st.integers(2, 4))
    names = {f"DE/{name}" for name in "ABC"} & {*data["fleet"]["units"]}
    data["fleet"]["units"] = {
        name + ("/*" if "sites" in unit else ""): unit
        for name, unit in data["fleet"]["units"].items()
    }
    data["network"]["repository"] |= {"uplink": "100 Gbit/s", "connections": 1000}
    data["outages"] = [cut for cut in data["outages"] if "site" in cut or "hub" in cut]
    commands = [command for command in data["commands"] if "uefi_update" not in command]
    where = draw(st.sampled_from([["DE"], sorted(names)]))
    data["commands"] = [
        _once_at(command, target, draw(st.sampled_from(["2018-08-20 11:05", "2018-08-20 17:30"])))
        for command, target in zip(commands, where, strict=False)
    ]
    return data


def _once_at(command: dict[str, Any], target: str, at: str) -> dict[str, Any]:
    kind = "update" if "update" in command else "delivery"
    kept = {key: value for key, value in command.items() if key not in {"every", "force_at"}}
    return kept | {kind: target, "subordinate_units": True, "once": at}
