"""Random scenarios: a few devices, and anything that can happen to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

DATA = Path(__file__).parent / "data"
PACKAGES = [{"name": name, "size": size} for name, size in (("a", "60 MB"), ("b", "20 MB"))]
shares = st.sampled_from(["0 %", "0 %", "30 %", "100 %"])
persistences = st.sampled_from(["0 %", "0 %", "60 %", "100 %"])


forced = st.sampled_from(
    [None, None, "2018-08-20 17:30", "2018-08-20 17:31:30", "2018-08-20 18:00", "2018-08-21 08:00"]
)


@st.composite
def commands(draw) -> dict[str, Any]:
    inform = draw(st.sampled_from([None, "1 min", "10 min", "until answered"]))
    only_on = draw(st.booleans())
    command: dict[str, Any] = {
        "update": "DE",
        "subordinate_units": True,
        "inform_user": inform,
        "user_can_cancel": inform is not None and draw(st.booleans()),
        "format_system_partition": draw(st.booleans()),
        "only_switched_on": only_on,
        "check_reachability": only_on and draw(st.booleans()),
        "devices_wait": draw(st.sampled_from(["0 s", "700 ms", "1 min"])),
    }
    if draw(st.integers(0, 3)) == 0:
        command = {key: command[key] for key in ("subordinate_units", "devices_wait")}
        command |= {"delivery": "DE", "format_update_partition": draw(st.booleans())}
    if draw(st.booleans()):
        command["once"] = draw(st.sampled_from(["2018-08-20 11:05", "2018-08-20 17:30"]))
    else:
        days = draw(st.sampled_from([["mon", "tue"], ["sun-tue", 20], [20, 21, 31]]))
        command["every"] = {"days": days, "at": draw(st.sampled_from(["11:30", "23:00"]))}
    if command.get("inform_user") is not None:
        command["force_at"] = draw(forced)
    return command


notifications = st.one_of(
    st.fixed_dictionaries(
        {
            "update": st.just("DE"),
            "subordinate_units": st.just(True),
            "inform_user": st.sampled_from([None, "1 min", "until answered"]),
            "set": st.sampled_from(["2018-08-20 11:00", "2018-08-20 11:40"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "update": st.just("DE"),
            "subordinate_units": st.just(True),
            "inform_user": st.sampled_from(["1 min", "until answered"]),
            "force_at": forced,
        }
    ),
    st.fixed_dictionaries(
        {"delivery": st.just("DE"), "subordinate_units": st.just(True), "format": st.booleans()}
    ),
    st.fixed_dictionaries({"uefi_update": st.just("DE"), "subordinate_units": st.just(True)}),
)


@st.composite
def scenarios(draw) -> dict[str, Any]:
    unit = st.fixed_dictionaries(
        {
            "devices": st.integers(1, 5),
            "installed": st.sampled_from(["old.idf", "new.idf"]),
            "flash": st.sampled_from(["2 GB", "8 GB"]),
            "connection": st.sampled_from(["wired", "vpn"]),
        }
    )
    on = st.sampled_from(["always", "never", "mon-fri 08:00-12:00", "mon-fri 11:20-23:30"])
    return {
        "zone": "Europe/Berlin",
        "start": "2018-08-20 11:00",
        "horizon": draw(st.sampled_from(["7 h", "2 d"])),
        "image": {"name": "new.idf", "packages": PACKAGES, "signed": draw(st.booleans())},
        "firmware": {
            "reminder": {"deferments": draw(st.integers(0, 3)), "delays": ["15 min", "4 h"]},
            "security": {"idf": draw(st.booleans()), "packages": draw(st.booleans())},
            "proxy": {"type": draw(st.sampled_from(["none", "none", "dynamic"]))},
            "new_version": {
                "at_start": draw(st.booleans()) and draw(st.booleans()),
                "at_shutdown": draw(st.booleans()) and draw(st.booleans()),
                "confirm": draw(st.booleans()),
            },
        },
        "fleet": {"units": {f"DE/{n}": draw(unit) for n in draw(st.sampled_from(["A", "AB"]))}},
        "network": {
            "repository": {
                "uplink": draw(st.sampled_from(["3 Mbit/s", "1 Gbit/s"])),
                "connections": draw(st.integers(1, 4)),
            },
            "sites": {
                "default": {
                    "link": draw(st.sampled_from(["1 Mbit/s", "30 Mbit/s"])),
                    "busy": {"daily 11:10-12:00": draw(st.sampled_from(["0 %", "60 %", "100 %"]))},
                }
            },
        },
        "people": {
            "default": {
                "present": draw(st.sampled_from(["always", "never", "mon-fri 09:00-12:00"])),
                "answer": draw(
                    st.sampled_from(
                        [
                            {"now": "100 %"},
                            {"defer": "100 %"},
                            {"cancel": "100 %"},
                            {"now": "30 %", "defer": "40 %", "cancel": "20 %"},
                        ]
                    )
                ),
                "persistence": draw(persistences),
            }
        },
        "power": {
            "default": {
                "on": draw(on),
                "jitter": draw(st.sampled_from(["0 s", "10 min"])),
                "left_on": draw(shares),
                "unreported": draw(shares),
                "suspends": draw(shares),
                "mean_time_between_losses": draw(st.sampled_from([None, None, "5 min", "3 h"])),
            }
        },
        "faults": {
            name: draw(st.sampled_from(["0 %", "0 %", "40 %"]))
            for name in ("idf", "idf_signature", "package", "transfer", "installation")
        },
        "commands": draw(st.lists(commands(), min_size=1, max_size=3)),
        "notifications": draw(st.lists(notifications, max_size=2)),
        "scheduler": draw(st.sampled_from([None, None, "evening.ini"])),
        "changes": [
            {"at": f"2018-08-20 {at}", "firmware": {"server": f"server-{at[:2]}"}}
            for at in draw(st.sampled_from([[], ["11:10"], ["11:02", "17:00"]]))
        ],
        "outages": [
            {"start": "2018-08-20 11:31", "end": f"2018-08-20 {end}"}
            for end in draw(st.sampled_from([[], [], ["11:34"], ["12:30"]]))
        ],
        "assumptions": {
            "idf_check_order": draw(st.sampled_from(["both", "both", "before", "after"])),
            "unattended_policy": draw(st.sampled_from(["show", "show", "skip_dialog"])),
            "missing_button": draw(st.sampled_from(["buttons", "ignored", "proportion"])),
            "defer_counter_scope": draw(st.sampled_from(["command", "idf"])),
            "defer_survives_power_loss": draw(st.booleans()),
            "shutdown_waits": draw(st.booleans()),
            "bricked": draw(shares),
            "wake_up_sites": draw(shares),
        },
        "seed": draw(st.integers(0, 1000)),
    }
