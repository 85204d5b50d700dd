"""A plan handed over: command files, rollback, calendar, report, scenario; all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from fwsim.commands.scmd import ScmdLine
from fwsim.commands.scmd_file import is_too_long, write_scmd_file
from fwsim.commands.targets import ListFileTarget
from fwsim.experiments.experiment import Experiment, RunsProgress
from fwsim.measures.amounts import counted
from fwsim.messages import ENGLISH, language, speaking
from fwsim.model.rollout import Rollout
from fwsim.planning.hand_over.by_hand import held_back, seen_to_by_hand
from fwsim.planning.hand_over.calendar import calendar, ends_in_words
from fwsim.planning.hand_over.inputs import Inputs
from fwsim.planning.hand_over.manifest import (
    MANIFEST,
    PLAN,
    SCENARIO,
    check_scenario,
    manifest_writer,
)
from fwsim.planning.hand_over.rollback import rollback, settings_to_change
from fwsim.planning.search.brief import NO_BRIEF, Brief
from fwsim.planning.waves import Wave, WaveEnd, ends_of, measures_of_waves, waves_of
from fwsim.results.output.folder.writing import NewPart, write_parts
from fwsim.results.output.report import report
from fwsim.results.output.writing import bytes_writer, text_writer
from fwsim.results.statistics.answer import Answer
from fwsim.scenario.load import dumps
from fwsim.scenario.schema import Scenario
from fwsim.screen import visible

REPORT_RUNS = 30
_OTHER_LUCK = 0x5EED_0DD5
_SUMMARY, _CALENDAR, _REPORT = "plan.md", "plan.ics", "report.html"
OF_A_HAND_OVER = (_SUMMARY, _CALENDAR, _REPORT, SCENARIO, MANIFEST)
"""Names of the files that every hand-over has."""
Write = Callable[[Path], None]


@dataclass(frozen=True)
class HandOver:
    """What an administrator takes away.

    Parameters
    ----------
    plan
        The scenario that reproduces it; its seed is that of the report.
    written
        The scenario it was made from: what a rollback goes back to.
    answer
        Runs of the plan that it was not chosen by.
    waves
        Its waves, each with its end.
    brief
        What it was looked for.
    """

    plan: Scenario
    written: Scenario
    answer: Answer
    waves: tuple[tuple[Wave, WaveEnd], ...]
    brief: Brief

    def files(self, folder: Path, beside: Mapping[str, Write] | None = None) -> dict[str, Write]:
        """Return what to write, by file name.

        Parameters
        ----------
        folder
            Where it will lie: what lies there already, and is somebody's own, stays.
        beside
            What else is written there.

        Raises
        ------
        InputError
            If a file the plan names is gone, a name makes no line of a batch file, or somebody's
            scenario lies there.
        """
        spoken = language()
        with speaking(ENGLISH):
            return self._files(folder, beside, report_in=spoken)

    def _files(
        self, folder: Path, beside: Mapping[str, Write] | None, *, report_in: str
    ) -> dict[str, Write]:
        check_scenario(folder)
        rollout, others = Rollout(self.plan), dict(beside or {})
        names = [
            file_name(place, wave, len(self.waves)) for place, (wave, _) in enumerate(self.waves, 1)
        ]
        own = [*others, *OF_A_HAND_OVER]
        own += [f"{name}{end}" for name in names for end in (".cmd", "-rollback.txt")]
        inputs = Inputs(self.plan, own, folder)
        files: dict[str, Write] = {_SUMMARY: text_writer(self._summary(rollout, names))}
        for name, (wave, end) in zip(names, self.waves, strict=True):
            remarks = [*_remarks(rollout, wave, end), *self.brief.promise]
            lines = [_as_file(line, inputs, rollout) for line in wave.lines]
            files[f"{name}.cmd"] = text_writer(write_scmd_file(lines, remarks))
            scheduled = replace(wave, lines=tuple(lines))  # as the console shows them
            back = rollback(scheduled, self.plan, self.written)
            files[f"{name}-rollback.txt"] = text_writer("\n".join(back) + "\n")
        files[_CALENDAR] = bytes_writer(calendar(rollout, self.waves, self.brief.promise))
        with speaking(report_in):
            files[_REPORT] = text_writer(report(self.answer))
        files[SCENARIO] = text_writer(dumps(inputs.scenario()))
        files |= {name: bytes_writer(content) for name, content in inputs.contents.items()}
        files = others | files
        files[MANIFEST] = manifest_writer(self.plan.name, list(files))
        return files

    def save(self, folder: str | Path) -> list[Path]:
        """Write everything into a folder, replacing an earlier hand-over.

        Raises
        ------
        InputError
            If it cannot be written to, or a file the plan names is gone.
        """
        place = Path(folder)
        return write_parts(place, {PLAN: NewPart(self.files(place))})

    def _summary(self, rollout: Rollout, names: Sequence[str]) -> str:
        brief = self.brief
        turned = [f"- {name}: {value}" for name, value in brief.turned]
        settings = settings_to_change(self.plan, self.written)
        settings += [f"- {sentence}" for sentence in seen_to_by_hand(self.plan)]
        steps = zip(names, self.waves, strict=True)
        waves = [row for name, (wave, end) in steps for row in _step(rollout, name, wave, end)]
        question = [brief.question + ".", *(f"- {line}" for line in brief.measures)]
        promise = [f"- {line}" for line in brief.promise if brief.question]
        blocks = [
            [f"# {_plain(self.plan.name)}: the plan"],
            [
                f"{self.answer.headline}. The report's {counted(self.answer.runs, 'run')} are "
                "not those by which the plan was found and judged."
            ],
            ["## What was asked"] * bool(brief.question),
            question * bool(brief.question),
            ["## How sure that is"] * bool(promise),
            promise,
            ["## What was chosen"] * bool(turned),
            turned,
            ["## Set first"],
            settings or ["- nothing"],
            ["## Then, one after the other"],
            waves,
            [
                f"`{_CALENDAR}` is the calendar, `{_REPORT}` the report, `{SCENARIO}` the plan as "
                "fwsim plays it."
            ],
        ]
        return "\n\n".join("\n".join(rows) for rows in blocks if rows) + "\n"


def _plain(text: str) -> str:
    """Return a name that Markdown and what it is turned into take as text."""
    return escape(visible(text), quote=False).replace("`", "'")


def _as_file(line: ScmdLine, inputs: Inputs, rollout: Rollout) -> ScmdLine:
    """Return a line with its list beside it; devices too many for one line become a list."""
    command = line.command
    if (target := inputs.target_of(command)) is not None:
        return replace(line, command=replace(command, target=target))
    if not is_too_long(line):
        return line
    macs = [rollout.fleet.macs[device] for device in rollout.find(command.target).tolist()]
    name = inputs.add("devices.txt", ("\r\n".join(macs) + "\r\n").encode())
    return replace(line, command=replace(command, target=ListFileTarget(name)))


def file_name(place: int, wave: Wave, waves: int) -> str:
    """Return the name of a wave's files without their ending; sorted they are in their order."""
    width = max(2, len(str(waves)))
    return f"{place:0{width}d}-{wave.name.lower().replace(' ', '-')}-{wave.start:%Y-%m-%d-%H%M}"


def _remarks(rollout: Rollout, wave: Wave, end: WaveEnd) -> Iterator[str]:
    yield (
        f"{rollout.scenario.name}, {wave.name}: {wave.kind} to "
        f"{counted(len(wave.devices), 'device')}, starts {wave.starts} "
        f"({rollout.scenario.zone})"
    )
    yield from held_back(rollout.scenario)
    yield from ends_in_words(rollout, wave, end)


def _step(rollout: Rollout, name: str, wave: Wave, end: WaveEnd) -> list[str]:
    count = counted(len(wave.devices), "device")
    start = f"{wave.starts} ({rollout.scenario.zone})"
    return [
        f"- **{wave.name.capitalize()}**, {start}: {wave.kind} to {count}. Run `{name}.cmd`; to "
        f"stop it, `{name}-rollback.txt`.",
        *(f"  {sentence}" for sentence in ends_in_words(rollout, wave, end)),
    ]


def other_seed(seed: int) -> int:
    """Return the seed of luck that nothing of a search has met."""
    return seed ^ _OTHER_LUCK


def hand_over(
    plan: Scenario,
    written: Scenario,
    *,
    brief: Brief = NO_BRIEF,
    runs: int = REPORT_RUNS,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: RunsProgress | None = None,
) -> HandOver:
    """Make ready what an administrator takes away.

    Parameters
    ----------
    plan
        The plan.
    written
        The scenario it was made from.
    brief
        What it was looked for.
    runs
        Of the report.
    seed
        That of the search; the report's is another. The plan's own by default.
    workers, executor, progress
        As in `Experiment.run`.

    Raises
    ------
    InputError
        If a command has no date to hand over.
    """
    waves = waves_of(Rollout(plan))
    name = other_seed(plan.seed if seed is None else seed)
    plan = plan.model_copy(update={"seed": name}).beside(plan)
    experiment = Experiment(plan, custom=measures_of_waves(waves))
    answer = experiment.run(runs, workers=workers, executor=executor, progress=progress)
    if answer.interrupted:
        raise KeyboardInterrupt
    ends = tuple((wave, ends_of(answer, wave)) for wave in waves)
    return HandOver(plan, written, answer.without_custom(), ends, brief)
