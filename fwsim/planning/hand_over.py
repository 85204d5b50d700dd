"""A plan handed over: command files, rollback, calendar, report, scenario; all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fwsim.commands.command import UpdateCommand
from fwsim.commands.firmware import ProxyType
from fwsim.commands.scmd import ScmdLine
from fwsim.commands.scmd_file import LARGEST_FILE, read_scmd_file, write_scmd_file
from fwsim.commands.targets import ListFileTarget, NamedTarget
from fwsim.input_file import read_text
from fwsim.measures.amounts import counted
from fwsim.planning.calendar import calendar
from fwsim.planning.experiment import Experiment, Progress
from fwsim.planning.waves import Wave, WaveEnd, ends_of, measures_of_waves, waves_of, with_commands
from fwsim.problems import InputError, Problem
from fwsim.quantities.units import write_duration
from fwsim.results.answer import Answer
from fwsim.results.report import report
from fwsim.results.writing import text_writer, write_all
from fwsim.rollout import Rollout
from fwsim.scenario.load import dumps
from fwsim.scenario.schema import Scenario

REPORT_RUNS = 30
Write = Callable[[Path], None]


@dataclass(frozen=True)
class HandOver:
    """What an administrator takes away.

    Parameters
    ----------
    plan
        The scenario that reproduces it.
    written
        The scenario it was made from: what a rollback goes back to.
    answer
        Runs of the plan that it was not chosen by.
    waves
        Its waves, each with its end.
    words
        What is turned, by what.
    promise
        How often it keeps its limits, in words.
    """

    plan: Scenario
    written: Scenario
    answer: Answer
    waves: tuple[tuple[Wave, WaveEnd], ...]
    words: dict[str, str]
    promise: str

    def files(self) -> dict[str, Write]:
        """Return what to write, by file name."""
        rollout = Rollout(self.plan)
        found: dict[str, Write] = {"plan.md": text_writer(self._summary(rollout))}
        for wave, end in self.waves:
            name = file_name(wave)
            remarks = [*_remarks(rollout, wave, end), self.promise]
            found[f"{name}.cmd"] = text_writer(write_scmd_file(wave.lines, remarks))
            found[f"{name}-rollback.txt"] = text_writer(
                "\n".join(rollback(wave, self.plan, self.written)) + "\n"
            )
        found["plan.ics"] = _bytes_writer(calendar(rollout, self.waves, self.promise))
        found["report.html"] = text_writer(report(self.answer))
        return found | self._scenario()

    def save(self, folder: str | Path) -> list[Path]:
        """Write everything into a folder.

        Raises
        ------
        InputError
            If it cannot be written to.
        """
        return write_all(Path(folder), self.files())

    def _scenario(self) -> dict[str, Write]:
        """Return the scenario, and the files it names beside it."""
        data = self.plan.as_data()
        found: dict[str, Write] = {}
        for place, key in _file_names(data):
            source = self.plan.folder / place[key]
            name = Path(place[key]).name
            place[key] = name
            found[name] = _bytes_writer(source.read_bytes())
        plan = Scenario.model_validate(data)
        return {"scenario.yaml": text_writer(dumps(plan)), **found}

    def _summary(self, rollout: Rollout) -> str:
        turned = [f"- {name}: {value}" for name, value in self.words.items()]
        settings = settings_to_change(self.plan, self.written)
        waves = [line for wave, end in self.waves for line in _paragraph(rollout, wave, end)]
        return "\n".join(
            [
                f"# {self.plan.name}: the plan", "", f"{self.answer.headline}.", "", self.promise,
                "", "## What is turned", "", *(turned or ["- nothing"]), "",
                "## Set in the console first", "", *(settings or ["- nothing"]), "",
                "## Then, wave by wave", "", *waves,
                "`plan.ics` is the calendar, `report.html` the report, `scenario.yaml` the plan "
                "as fwsim plays it.",
            ]
        ) + "\n"  # fmt: skip


def _bytes_writer(content: bytes) -> Write:
    return lambda path: _write_bytes(path, content)


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _file_names(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield where a scenario names another file."""
    fleet = data.get("fleet", {})
    sections = [fleet.get("inventory"), data.get("scheduler")]
    sections += [unit.get("scheduler") for unit in fleet.get("units", {}).values()]
    yield from ((s, "file") for s in sections if isinstance(s, dict) and s.get("file"))
    if data.get("idf"):
        yield data, "idf"
    for command in data.get("commands", ()):
        for kind in ("update", "delivery", "uefi_update"):
            if isinstance(command.get(kind), dict) and command[kind].get("list"):
                yield command[kind], "list"


def file_name(wave: Wave) -> str:
    """Return the name of a wave's files, without their ending."""
    return f"wave-{wave.number}-{wave.start:%Y-%m-%d-%H%M}"


def _remarks(rollout: Rollout, wave: Wave, end: WaveEnd) -> Iterator[str]:
    kind = "delivery" if wave.is_delivery else "update"
    yield (
        f"{rollout.scenario.name}, wave {wave.number}: {kind} to "
        f"{counted(wave.devices, 'device')}, starts {wave.start:%a %Y-%m-%d %H:%M} "
        f"({rollout.scenario.zone})"
    )
    yield from _ends_in_words(rollout, end)


def _ends_in_words(rollout: Rollout, end: WaveEnd) -> Iterator[str]:
    if end.expected is not None and end.worst is not None:
        expected, worst = rollout.local_time(end.expected), rollout.local_time(end.worst)
        yield (
            f"expected to be over {expected:%a %Y-%m-%d %H:%M}, at worst {worst:%a %Y-%m-%d %H:%M}"
        )


def _paragraph(rollout: Rollout, wave: Wave, end: WaveEnd) -> list[str]:
    text = "; ".join(_remarks(rollout, wave, end))
    name = file_name(wave)
    return [f"{wave.number}. {text}. Run `{name}.cmd`; to stop it, `{name}-rollback.txt`.", ""]


def settings_to_change(plan: Scenario, written: Scenario) -> list[str]:
    """Return what must be set beside the commands: no command line carries it."""
    found = []
    new, old = plan.firmware.settings(), written.firmware.settings()
    if (new.deferments, new.delays) != (old.deferments, old.delays):
        delays = " or ".join(write_duration(1000 * delay) for delay in new.delays or ())
        text = f"- Firmware > Reminder: {counted(new.deferments or 0, 'deferment')}"
        found.append(f"{text}, delays {delays}" if delays else text)
    found += _proxies_to_change(plan, written)
    for name, site in plan.network.sites.items():
        before = written.network.sites.get(name)
        if before is not None and before.link != site.link:
            share = 100 * site.link / before.link
            much = "all of it" if share > 100 else f"{share:.0f} %"
            found.append(f"- Line of {name}: {much} for updates (a rule of the router)")
    return found


def _proxies_to_change(plan: Scenario, written: Scenario) -> Iterator[str]:
    new, old = plan.firmware.settings().proxy_type, written.firmware.settings().proxy_type
    if (new or ProxyType.NONE) != (old or ProxyType.NONE):
        yield f"- Firmware > Proxy: {new or ProxyType.NONE}"
    both = ({path: unit.firmware for path, unit in scenario.fleet.units.items()}
            for scenario in (plan, written))  # fmt: skip
    now, before = ({p: f.settings().proxy_type for p, f in own.items() if f} for own in both)
    for path in dict.fromkeys([*now, *before]):
        if now.get(path) != before.get(path):
            yield f"- Firmware > Proxy of {path}: {now.get(path) or 'as above it'}"


def rollback(wave: Wave, plan: Scenario, written: Scenario) -> list[str]:
    """Return how a wave is taken back: what is unscheduled, what was sent, what is put back."""
    lines = [
        f"Wave {wave.number}, {wave.start:%a %Y-%m-%d %H:%M}: {counted(wave.devices, 'device')}",
        "",
        f"Before {wave.start:%a %Y-%m-%d %H:%M}, delete these scheduled commands in the console:",
    ]
    for line in wave.lines:
        command = line.command
        kind = "Update" if isinstance(command, UpdateCommand) else "Delivery"
        lines.append(f"  - {kind} to {_target(line)}, once, {wave.start:%d.%m.%Y %H:%M:%S}")
    if not wave.is_delivery:
        lines += [
            "",
            "After that time nothing can be unscheduled: devices that were sent the command go on.",
            "A device that is asked is stopped only by its user; one that installs is not stopped.",
            "To go back, offer the image before in Firmware and update the same targets again.",
        ]
    back = settings_to_change(written, plan)
    if back:
        lines += ["", "Put back in the console, after the last wave:", *(f"  {b}" for b in back)]
    return lines


def _target(line: ScmdLine) -> str:
    target = line.command.target
    if isinstance(target, NamedTarget):
        return target.name + (" and the OUs below" if target.subordinate_units else "")
    if isinstance(target, ListFileTarget):
        return f"the list {target.file}"
    return "the targets of its line"


def hand_over(
    plan: Scenario,
    written: Scenario,
    *,
    words: dict[str, str] | None = None,
    promise: str = "",
    runs: int = REPORT_RUNS,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> HandOver:
    """Make ready what an administrator takes away.

    Parameters
    ----------
    plan
        The plan.
    written
        The scenario it was made from.
    words
        What is turned, by what.
    promise
        How often the plan keeps its limits, in words.
    runs, seed
        Of the report; by default a seed that no plan was chosen by.
    workers, executor, progress
        As in `Experiment.run`.

    Raises
    ------
    ValueError
        If a command of the plan repeats.
    """
    rollout = Rollout(plan)
    waves = waves_of(rollout)
    name = plan.seed + 1 if seed is None else seed
    experiment = Experiment(plan, seed=name, own=measures_of_waves(rollout))
    answer = experiment.run(runs, workers=workers, executor=executor, progress=progress)
    if answer.interrupted:
        raise KeyboardInterrupt
    ends = tuple((wave, ends_of(answer, wave)) for wave in waves)
    return HandOver(plan, written, answer, ends, dict(words or {}), promise)


def commanded(scenario: Scenario, files: list[Path]) -> Scenario:
    """Return a scenario commanded by files of scmd lines, in the order of the files.

    Parameters
    ----------
    scenario
        Fleet, people, lines: everything but the commands.
    files
        Such as `hand_over` writes; a folder stands for those in it, wave by wave.

    Raises
    ------
    InputError
        With every line that is no command.
    """
    lines: list[ScmdLine] = []
    for path in (inside for place in files for inside in _command_files(place)):
        lines += read_scmd_file(read_text(path, str(path), largest=LARGEST_FILE), str(path))
    return with_commands(scenario, lines)


def _command_files(path: Path) -> list[Path]:
    """Return the command files a path stands for, in the order of their waves.

    Raises
    ------
    InputError
        If a folder has none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.cmd"), key=lambda file: (_number(file.name), file.name))
    if not found:
        raise InputError([Problem("no command file (*.cmd) lies there", source=str(path))])
    return found


def _number(name: str) -> int:
    match = re.match(r"wave-(\d+)-", name)
    return int(match[1]) if match else 0
