"""Which measures are told together."""

from __future__ import annotations

from fwsim.measures.catalogue import OF_PEOPLE, Kind

PEOPLE = (*OF_PEOPLE, Kind.ON_FOR_NOTHING)
WINDOW = (Kind.UNFINISHED,)
LOAD = (
    Kind.PEAK_REPOSITORY,
    Kind.BUSY_HOUR_REPOSITORY,
    Kind.PEAK_SITES,
    Kind.BUSY_HOUR_SITES,
    Kind.PEAK_HUBS,
    Kind.BUSY_HOUR_HUBS,
    Kind.PEAK_PROVIDERS,
    Kind.PEAK_WORKERS,
    Kind.WAN,
    Kind.FROM_PROXIES,
)
