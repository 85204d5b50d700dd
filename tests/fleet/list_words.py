"""What is told of a device list."""

from __future__ import annotations

from fwsim.problems import Severity

MAC = "00E0C5422A2E"


def words(found) -> list[tuple[int | None, str]]:
    assert all(warning.severity is Severity.WARNING for warning in found.warnings)
    return [(warning.line, warning.message) for warning in found.warnings]
