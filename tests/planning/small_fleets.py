"""Three fleets so small that every plan can be tried out."""

from __future__ import annotations

from typing import Any

import fwsim

BASE: dict[str, Any] = {
    "doubt": "none",
    "zone": "UTC",
    "start": "2018-08-20 08:00",  # a Monday
    "horizon": "16 h",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "60 MB"}]},
    "firmware": {"reminder": {"deferments": 1, "delays": ["30 min"]}},
    "people": {"default": {"present": "daily 08:00-16:00"}},
}


def _model(**changes: Any) -> fwsim.Scenario:
    return fwsim.Scenario.model_validate({**BASE, **changes})


def thin_line(runs: int) -> fwsim.Scenario:
    """One of two sites hangs on a thin line that is busy until noon; how soon is it over?"""
    return _model(
        fleet={
            "units": {
                "DE": {"devices": 0, "installed": "old.idf"},
                "DE/A": {"devices": 12, "site": "a"},
                "DE/B": {"devices": 18},
            }
        },
        network={
            "sites": {
                "default": {"link": "20 Mbit/s"},
                "a": {"link": "4 Mbit/s", "busy": {"daily 08:00-12:00": "60 %"}},
            }
        },
        commands=[{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
        search={
            "goals": ["time to 95 %"],
            "runs": runs,
            "indifference": "1 min",
            "turn": {
                "start": {"from": "2018-08-20 08:00", "to": "2018-08-20 13:00", "step": "1 h"},
                "deferments": [0, 1, 2],
                "inform_user": ["1 min", "5 min", "15 min"],
                "devices_wait": ["0 s", "1 min"],
            },
        },
    )


def people(runs: int) -> fwsim.Scenario:
    """Who is asked when, so that little of their time is lost and all is over by the evening?"""
    return _model(
        fleet={"units": {"DE": {"devices": 30, "installed": "old.idf"}}},
        people={
            "default": {
                "present": "daily 08:00-12:00, daily 13:00-17:00",
                "answer": {"now": "20 %", "defer": "60 %", "cancel": "0 %"},
            }
        },
        commands=[{"update": "DE", "inform_user": "5 min"}],
        search={
            "goals": ["user time lost", "prompts"],
            "runs": runs,
            "indifference": "2 min",
            "limits": [
                {"successful by 2018-08-20 18:00": ">= 95 %"},
                {"most prompts on one device": "<= 3"},
            ],
            "turn": {
                "start": {"from": "2018-08-20 09:00", "to": "2018-08-20 18:00", "step": "1 h"},
                "deferments": [1, 2, 3],
                "inform_user": ["5 min", "1 h"],
                "delays": [["30 min"], ["1 h"]],
            },
        },
    )


def waves(runs: int) -> fwsim.Scenario:
    """Which OUs go first, and how far apart, so that the repository is never too full?"""
    units = {
        f"DE/{name}": {"devices": count}
        for name, count in (("a", 4), ("b", 6), ("c", 8), ("d", 10))
    }
    return _model(
        fleet={"units": {"DE": {"devices": 0, "installed": "old.idf"}, **units}},
        network={
            "repository": {"uplink": "60 Mbit/s"},
            "sites": {"default": {"link": "20 Mbit/s"}, "DE/a": {"link": "4 Mbit/s"}},
        },
        commands=[{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
        search={
            "goals": ["time to 95 %"],
            "runs": runs,
            "indifference": "1 min",
            "limits": [{"peak repository utilisation": "<= 80 %"}],
            "turn": {
                "waves": {
                    "of": ["DE/*"],
                    "number": [1, 2, 3, 4],
                    "order": ["fewest devices first", "most devices first", "thinnest line first"],
                    "apart": ["0 min", "2 min", "10 min", "30 min"],
                },
                "deferments": [0, 1, 2],
            },
        },
    )
