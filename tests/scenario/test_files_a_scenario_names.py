"""A scenario reads the files of its own folder; of others it learns nothing, and shows nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import fwsim
from fwsim import input_file
from fwsim.cli import main
from fwsim.messages.language import speaking
from fwsim.planning.hand_over.command_files import commanded
from fwsim.problems import InputError
from fwsim.run import prepare
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario_tests.golden_logs import difference, golden_logs

OTHER = "root:x:0:0:root:/root:/bin/bash\nsshd:x:74:74:SSH:/var/empty:/sbin/nologin\n[client]\n"
IMAGE = "image: {name: n.idf, packages: [{name: a, size: 5 MB}]}"
PARTS = {
    "image": IMAGE,
    "fleet": "fleet: {units: {DE: {devices: 3, installed: o.idf}}}",
    "commands": "commands: [{update: DE}]",
}
NAMED = {
    "inventory": {"fleet": "fleet: {inventory: FILE}"},
    "inventory in full": {"fleet": "fleet: {inventory: {file: FILE}}"},
    "scheduler": {"commands": "scheduler: FILE"},
    "scheduler of an OU": {"fleet": "fleet: {units: {DE: {devices: 1, scheduler: FILE}}}"},
    "idf": {"image": "idf: FILE"},
    "list": {"commands": "commands: [{update: {list: FILE}}]"},
    "scmd": {"commands": "commands: [{scmd: '-update -to FILE -list -now'}]"},
    "draws": {"commands": "commands: [{update: DE}]\ndraws: FILE"},
    "holidays": {
        "commands": "windows: {times: always, holidays: {file: FILE}}\ncommands: [{update: DE}]"
    },
    "notification": {"commands": "notifications: [{update: {list: FILE}}]"},
}


def text(kind: str, file: str) -> str:
    parts = {**PARTS, **NAMED[kind]}
    lines = "\n".join(["zone: UTC", "start: 2024-01-01 08:00", *parts.values()])
    return lines.replace("FILE", file)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "own" / "deep").mkdir(parents=True)
    (tmp_path / "passwd").write_text(OTHER)
    (tmp_path / "own" / "link").symlink_to(tmp_path / "passwd")
    (tmp_path / "own" / "up").symlink_to(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", NAMED)
def test_a_file_outside_is_refused_with_its_place(place, kind):
    for file in (str(place / "passwd"), "../passwd", "deep/../../passwd", "link", "up/passwd"):
        with pytest.raises(InputError) as refused:
            fwsim.loads(text(kind, file), source="s.yaml", folder=place / "own")
        (problem,) = refused.value.problems
        assert f"'{file}' l" in problem.message
        assert "outside of the scenario's folder" in problem.message
        assert "--allow-outside" in problem.message
        assert problem.line is not None
        assert ("leads to" in problem.message) == (file != str(place / "passwd"))


@pytest.mark.parametrize("kind", NAMED)
def test_another_kind_of_file_is_not_shown(place, kind):
    """Neither where it is allowed, nor where it lies in the folder."""
    shutil.copy(place / "passwd", place / "own" / "inside")
    for file, outside in (
        ("../passwd", True),
        ("inside", False),
        (str(place / "own/inside"), None),
    ):
        with pytest.raises(InputError) as refused:
            prepare(fwsim.loads(text(kind, file), folder=place / "own", outside=outside))
        (problem,) = refused.value.problems
        assert problem.excerpt is None or file in problem.excerpt  # the scenario's own line
        shown = str(problem)
        words = ("root:", '"root"', "sshd", "nologin", "client", "bash")
        assert not any(word in shown.casefold() for word in words)


@pytest.mark.parametrize("kind", NAMED)
@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_no_device_is_read_even_where_it_is_allowed(tmp_path, kind):
    with pytest.raises(InputError, match="is a device; expected a file"):
        prepare(fwsim.loads(text(kind, "/dev/zero"), folder=tmp_path, outside=True))


@pytest.mark.parametrize("kind", NAMED)
def test_no_pipe_is_waited_for(tmp_path, kind):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=r"is a pipe \(FIFO\); expected a file"):
        prepare(fwsim.loads(text(kind, "pipe"), folder=tmp_path))


def test_all_files_outside_are_told_at_once(place):
    both = text("scheduler", "../passwd") + "\n" + text("inventory", "link").splitlines()[3]
    both = both.replace(PARTS["fleet"] + "\n", "")
    with pytest.raises(InputError) as refused:
        fwsim.loads(both, folder=place / "own")
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("kind", NAMED)
def test_a_file_that_is_not_there_is_told_where_the_scenario_names_it(tmp_path, kind):
    written = text(kind, "devcies.csv")
    line = next(n for n, one in enumerate(written.splitlines(), 1) if "devcies.csv" in one)
    (tmp_path / "devices.csv").write_text("Name\nA\n")
    (tmp_path / "s.yaml").write_text(written)
    with pytest.raises(InputError) as refused:
        fwsim.load(tmp_path / "s.yaml")
    (problem,) = refused.value.problems
    assert problem.source == str(tmp_path / "s.yaml")
    assert problem.line == line
    at = written.splitlines()[line - 1][problem.column - 1 :]
    assert at.startswith(("devcies.csv", "'-update -to devcies.csv -list -now'"))
    assert "'devcies.csv': no such file" in problem.message
    assert "; did you mean 'devices.csv'?" in problem.message
    assert "devcies" in problem.excerpt


def test_a_file_that_many_commands_name_is_looked_for_once(tmp_path, monkeypatch):
    asked = []
    fault_of = FilesBeside.fault_of
    monkeypatch.setattr(
        FilesBeside,
        "fault_of",
        lambda files, name, **how: asked.append(name) or fault_of(files, name, **how),
    )
    many = text("list", "").replace("[{update: {list: }}]", f"[{'{update: {list: m.txt}}, ' * 9}]")
    with pytest.raises(InputError, match="no such file") as refused:
        fwsim.loads(many, folder=tmp_path)
    assert len(refused.value.problems) == 9
    assert asked == ["m.txt"]


def test_all_that_is_wrong_is_told_at_once_missing_files_too(tmp_path):
    written = """\
zone: UTC
start: 2024-01-01 08:00
imagee: 3
idf: n.idf
fleet: {inventory: {file: devices.csv, headrs: {}}, units: {DE: {scheduler: jobs.ini}, FR: 3}}
windows: {times: always, holidays: {file: off.ics}}
scheduler: {file: jobs2.ini}
commands: [{update: {list: a.txt}, nwo: true}, {scmd: '-update -to b.txt -list -now'}, 7]
notifications: [{delivery: {list: c.txt}}, [d.txt]]
assignments: nothing
draws: [e.csv]
"""
    with pytest.raises(InputError) as refused:
        fwsim.loads(written, folder=tmp_path)
    missing = [p.line for p in refused.value.problems if "no such file" in p.message]
    assert missing == [4, 5, 5, 6, 7, 8, 8, 9]
    others = [p.line for p in refused.value.problems if "no such file" not in p.message]
    assert others == [3, 5, 5, 8, 8, 9, 10, 11]


def test_an_image_file_that_is_not_there_hides_nothing_else(tmp_path):
    written = text("idf", "n.idf").replace("installed: o.idf", "site: nowhere")
    for content in (None, "zone: UTC"):
        if content:
            (tmp_path / "n.idf").write_text(content)
        with pytest.raises(InputError) as refused:
            fwsim.loads(written, folder=tmp_path)
        told = " ".join(p.message for p in refused.value.problems)
        assert len(refused.value.problems) == 2
        assert "'nowhere'" in told
        assert ("is not an image file" in told) == bool(content)


def test_what_is_wrong_in_several_files_is_told_at_once(tmp_path):
    """Whether or not the device list can be read: nobody is commanded without one."""
    (tmp_path / "jobs.ini").write_text("[Job1]\nId=1\nSchedule=nonsense\nAction=nothing\n")
    (tmp_path / "off.ics").write_text("no calendar")
    (tmp_path / "draws.csv").write_text("unheard\n1\n")
    written = text("draws", "draws.csv").replace("fleet: {", "fleet: {inventory: devices.csv, ")
    written += "\nscheduler: jobs.ini\nwindows: {times: always, holidays: {file: off.ics}}"
    for row, wrong in (("not-a-mac", {"devices.csv"}), ("00E0C5422A2E", set())):
        (tmp_path / "devices.csv").write_text(f"Name;MAC\nK1;{row}\n")
        with pytest.raises(InputError) as refused:
            prepare(fwsim.loads(written, source="s.yaml", folder=tmp_path))
        sources = {problem.source for problem in refused.value.problems}
        assert sources == {"jobs.ini", "draws.csv", "s.yaml", *wrong}


def test_a_missing_file_is_told_in_german_too(tmp_path):
    with speaking("de"), pytest.raises(InputError, match="'x': keine solche Datei in ") as refused:
        fwsim.loads(text("inventory", "x"), folder=tmp_path)
    assert "no such" not in str(refused.value)


def test_files_inside_are_read_by_any_name(place):
    shutil.copy("scenarios/device-scheduler.ini", place / "own" / "deep" / "jobs.ini")
    (place / "own" / "here").symlink_to(place / "own" / "deep")
    for file in (
        "deep/jobs.ini",
        "here/jobs.ini",
        "deep/../deep/jobs.ini",
        str(place / "own/deep/jobs.ini"),
    ):
        prepare(fwsim.loads(text("scheduler", file), folder=place / "own"))
    (place / "elsewhere").symlink_to(place / "own")
    prepare(fwsim.loads(text("scheduler", "deep/jobs.ini"), folder=place / "elsewhere"))


def test_it_is_allowed_on_the_command_line_by_the_environment_and_in_python(place, monkeypatch):
    (place / "devices.csv").write_text("Name;OU\nK1;DE\n")
    path = place / "own" / "s.yaml"
    path.write_text(text("inventory", "../devices.csv"))
    run = CliRunner().invoke
    assert run(main, ["validate", str(path)]).exit_code == 2
    assert run(main, ["validate", "--allow-outside", str(path)]).exit_code == 0
    assert run(main, ["validate", str(path)]).exit_code == 2
    assert len(prepare(fwsim.load(path, outside=True)).fleet) == 1
    monkeypatch.setenv("FWSIM_ALLOW_OUTSIDE", "1")
    assert len(prepare(fwsim.load(path)).fleet) == 1
    with pytest.raises(InputError):
        fwsim.load(path, outside=False)
    for off in ("0", "false", "No", "n", "f", "off", "aus"):
        monkeypatch.setenv("FWSIM_ALLOW_OUTSIDE", off)
        with pytest.raises(InputError):
            fwsim.load(path)


def test_a_list_beside_a_command_file_is_read_and_no_other(place):
    model = fwsim.loads(
        text("scheduler", "x.ini").replace("scheduler: x.ini", PARTS["commands"]),
        folder=place / "own",
    )
    mac = prepare(model).fleet.macs[0]
    handed = place / "handed"
    handed.mkdir()
    (handed / "devices.txt").write_text(f"{mac}\n")
    (handed / "x.cmd").write_text('scmd -update -to "%~dp0devices.txt" -list -now\n')
    assert len(commanded(model, [handed / "x.cmd"]).commands) == 1
    (handed / "x.cmd").write_text('scmd -update -to "%~dp0../passwd" -list -now\n')
    with pytest.raises(InputError, match="outside of the scenario's folder"):
        commanded(model, [handed / "x.cmd"])


def test_a_golden_log_that_leads_elsewhere_is_not_shown(place):
    path = place / "own" / "s.yaml"
    path.write_text(text("scheduler", "x").replace("scheduler: x", PARTS["commands"]))
    (place / "own" / "golden").mkdir()
    (place / "own" / "golden" / "s@DE-1.log").symlink_to(place / "passwd")
    (golden,) = golden_logs(path)
    with pytest.raises(InputError, match="outside of the scenario's folder"):
        difference(golden, None)  # type: ignore[arg-type] # refused before it is looked at


def test_a_backslash_finds_the_folder_and_asks_for_nothing_outside(tmp_path):
    (tmp_path / "own" / "lists").mkdir(parents=True)
    (tmp_path / "own" / "lists" / "d.csv").write_text("Name\nA\n")
    (tmp_path / "other.csv").write_text("Name\nA\n")
    with pytest.raises(InputError, match=r"did you mean 'lists/d\.csv'\?"):
        fwsim.loads(text("inventory", r"lists\d.csv"), folder=tmp_path / "own")
    with pytest.raises(InputError) as refused:
        fwsim.loads(text("inventory", r"..\other.csv"), folder=tmp_path / "own")
    assert "other.csv'?" not in str(refused.value)


def test_problems_of_rarer_entries_are_german_too():
    wrong = "notifications: [{update: DE, delivery: DE}, {delivery: DE, inform_user: 5 min}]"
    written = text("inventory", "x").replace("fleet: {inventory: x}", PARTS["fleet"]) + f"\n{wrong}"
    with speaking("de"), pytest.raises(InputError) as refused:
        fwsim.loads(written.replace(", installed: o.idf", ""))
    told = [problem.message for problem in refused.value.problems]
    assert told == [
        "erwartet wird genau eines von update, delivery, uefi_update; da steht: update, delivery",
        "eine Auslieferung fragt niemanden; inform_user gehört zu update",
    ]


def test_of_many_names_that_are_not_there_the_first_are_told_the_nearest(tmp_path, monkeypatch):
    """Each search looks at every file of the folder; and each name is looked for once."""
    searched: list[str] = []

    def nearest_to(name, names):
        searched.append(name)
        return names[0]

    monkeypatch.setattr(input_file, "nearest_to", nearest_to)
    (tmp_path / "macs.txt").write_text("")
    commands = ", ".join(f"{{update: {{list: mac{number:02d}.txt}}}}" for number in range(30))
    parts = {**PARTS, "commands": f"commands: [{commands}]"}
    lines = "\n".join(["zone: UTC", "start: 2024-01-01 08:00", *parts.values()])
    with pytest.raises(InputError) as refused:
        fwsim.loads(lines, folder=tmp_path)
    told = [problem.message for problem in refused.value.problems]
    assert len(told) == 30
    assert ["macs.txt" in message for message in told] == [True] * 20 + [False] * 10
    assert searched == [f"mac{number:02d}.txt" for number in range(20)]


JOB = "[Job1]\r\nType=1\r\nSchedule=2024-01-01 20:00 {}\r\n{}"


def test_the_end_of_file_of_dos_ends_lists_of_macs_and_scheduler_files(tmp_path):
    (tmp_path / "macs.txt").write_bytes(b"00-11-22-33-44-55\r\n\x1a")
    (tmp_path / "jobs.ini").write_text(JOB.format("UTC", "\x1a"))
    (tmp_path / "list.csv").write_text("Name;MAC;OU\nK1;00-11-22-33-44-55;DE\n")
    unit = "{installed: o.idf, scheduler: jobs.ini}"
    parts = {
        **PARTS,
        "fleet": f"fleet: {{inventory: list.csv, units: {{DE: {unit}}}}}",
        "commands": "commands: [{update: {list: macs.txt}}]",
    }
    lines = "\n".join(["zone: UTC", "start: 2024-01-01 08:00", *parts.values()])
    rollout = prepare(fwsim.loads(lines, folder=tmp_path))
    assert rollout.find(rollout.runs[0].command.target).tolist() == [0]


@pytest.mark.parametrize(("clock", "is_known"), [("EST", True), ("cet", True), ("JST", False)])
def test_a_job_names_the_clock_of_any_ou_where_the_device_list_is_broken(tmp_path, clock, is_known):
    """Who runs it nobody knows then; its OU is in New York, the server in Berlin."""
    (tmp_path / "jobs.ini").write_text(JOB.format(clock, ""))
    (tmp_path / "list.csv").write_text(
        "Name;MAC;OU\nK1;00-11-22-33-44-55;DE\nK2;00-11-22-33-44-55;DE\n"
    )
    lines = f"""
zone: Europe/Berlin
start: 2024-01-01 08:00
{IMAGE}
fleet:
  inventory: list.csv
  units:
    DE: {{installed: o.idf, zone: America/New_York, scheduler: jobs.ini}}
commands: [{{update: DE}}]
"""
    with pytest.raises(InputError) as refused:
        prepare(fwsim.loads(lines, folder=tmp_path))
    sources = [problem.source for problem in refused.value.problems]
    assert ("jobs.ini" not in str(sources)) is is_known
    assert "list.csv" in str(sources)
