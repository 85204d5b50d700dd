"""How the compiled clock has played a large fleet."""

from __future__ import annotations

from enum import StrEnum


class Played(StrEnum):
    """Site by site, or as a whole, and why; the log is the same."""

    SITE_BY_SITE = "site_by_site"
    UNDER_WAY = "under_way"
    OWN_STARTS = "own_starts"
    PROXIES = "proxies"
    DEPENDING_TARGETS = "depending_targets"
    SEVERAL_COMMANDS = "several_commands"
    CONNECTIONS = "connections"
    REPOSITORY = "repository"
    ONE_SITE = "one_site"
    AT_ONCE = "at_once"
