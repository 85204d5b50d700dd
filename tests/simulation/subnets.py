"""Subnets with proxies."""

from __future__ import annotations

DYNAMIC = {"proxy": {"type": "dynamic"}}


def fleet(**units) -> dict:
    return {"units": {"DE": {"devices": 0}, **{f"DE/{k}": v for k, v in units.items()}}}


def devices(number: int, **changes) -> dict:
    return {"devices": number, "installed": "old.idf", **changes}
