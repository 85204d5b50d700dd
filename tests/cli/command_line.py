"""The command line, run in this process; and scenarios whose names are made to trouble it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from fwsim.cli import main

DATA = Path(__file__).parent / "data"
NAME = "Zürich – 東京 ı [red]x[/red] :smile: $1"
UNIT = "Zürich – 東京 ı [red] :smile: $1 \\x1b[2J\\u202e\\x9b\\x7f"
ODD = """\
name: "%s"
zone: UTC
start: 2024-01-01 08:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {"%s": {devices: 3, installed: o.idf}}}
people: {default: {answer: {now: 50 %%, defer: 50 %%}}}
commands: [{update: "%s", inform_user: 5 min, once: 2024-01-01 %s}]
expect: [{"successful in %s": ">= 1 %%"}, {t50: "<= 1 s"}]
stages: {groups: 2, policies: [{name: "%s"}, {name: hp, hp: {amount: 1, interval: 10 min}}]}
search:
  goals: [time to 50 %%, prompts]
  limits: [{successful: ">= 1 %%"}]
  runs: 50
  screening: 2
  turn: {start: [2024-01-01 10:00, 2024-01-01 11:00]}
"""


@dataclass(frozen=True)
class Ended:
    """How a command line ended."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return (self.out + self.err).decode("utf-8", "replace")


def fwsim(*arguments: object, charset: str = "utf-8") -> Ended:
    """Run a command line; what a user would see as a traceback fails the test."""
    result = CliRunner(charset=charset).invoke(main, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout_bytes, result.stderr_bytes)


def odd_scenarios(folder: Path) -> tuple[Path, Path]:
    """Write two scenarios whose names hold what terminals, rich and figures stumble over."""
    paths = folder / "odd.yaml", folder / "other.yaml"
    for path, hour in zip(paths, ("09:00", "10:00"), strict=True):
        text = ODD % (f"{NAME} {hour}", UNIT, UNIT, hour, UNIT, UNIT)
        path.write_text(text, encoding="utf-8")
    return paths
