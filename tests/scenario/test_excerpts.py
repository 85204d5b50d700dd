"""What is shown of a file beside a mistake: its place, and no password."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.scenario.excerpt import excerpt_of
from tests.scenario.spoilt import complaint, text_with


@pytest.mark.parametrize(
    "text",
    [
        "firmware: {user: me, pasword: geheim}",
        "firmware:\n  password: |\n    geheim\n  prot: x",
        "commands:\n  - scmd: -update -u me -p geheim -to",
        "commands:\n  - scmd: -update -u me -pasword geheim -to A",
        "commands: -update -p geheim -to A",
        'firmware: {server: "me:geheim@host"}',
        "firmware: {password: geheim\nseed: ]",
        "scmd: '-p geheim -update'",
        'scmd: "-p ""geheim"" -update',
        "firmware: {password: [geheim, geheim]}\nsed: 1",
    ],
)
def test_a_password_is_never_told(tmp_path, text):
    assert "geheim" not in complaint(text, tmp_path)


def test_a_password_is_forgotten_when_it_is_read(tmp_path):
    scenario = fwsim.loads(text_with("firmware", "{user: me, password: geheim}"), folder=tmp_path)
    for shown in (repr(scenario), fwsim.dumps(scenario), str(scenario.as_data())):
        assert "geheim" not in shown
    assert "password: '***'" in fwsim.dumps(scenario)
    log = fwsim.simulate(scenario).log
    assert "https://me:***@scout.example.net/" in log.detail.iloc[2]


@pytest.mark.parametrize(
    "line",
    [
        'scmd -p geheim -update -to "DE -now',
        '-p geheim -update -to "DE -now',
        "--password geheim -updte",
        "–p geheim -updte",
        '-p"geheim" -updte',
        "/p geheim -updte",
    ],
)
def test_an_excerpt_never_shows_what_may_be_a_password(line):
    assert "geheim" not in excerpt_of(f"  - scmd: {line}")
    assert "geheim" not in excerpt_of(line)


@pytest.mark.parametrize(
    "line",
    [
        "scheduler: /pfad/scheduler.ini",
        "fleet: {inventory: /pool/devices.csv}",
        "  - scmd: -update -to /pfad/list.txt -list -now",
        "  - scmd: scmd -update -to A -now -u bob",
    ],
)
def test_an_excerpt_shows_paths_that_begin_with_p(line):
    assert excerpt_of(line) == line


def marked(problem):
    """Return what stands in the excerpt above the caret."""
    *_, excerpt, caret = str(problem).splitlines()
    return excerpt[caret.index("^") :]


@pytest.mark.parametrize("count", [1, 20, 60])
def test_the_caret_is_below_the_place_however_long_the_line(tmp_path, count):
    image = "image: {name: n.idf, packages: [{name: a, size: 5 MB}]}"
    units = ", ".join(f"DE/U{number}: {{devices: 3, installed: o.idf}}" for number in range(count))
    text = f"{{zone: UTC, {image}, fleet: {{units: {{{units}}}}}, horizn: 1, start: 2024-01-01}}"
    with pytest.raises(fwsim.InputError) as refused:
        fwsim.loads(text, folder=tmp_path)
    problem = next(p for p in refused.value.problems if "horizn" in p.message)
    assert problem.excerpt is not None
    if text.index("horizn") < 1990:
        assert marked(problem).startswith("horizn: 1")
        assert len(problem.excerpt) <= 162
    else:
        assert "^" not in str(problem)


def test_the_caret_minds_what_is_hidden_before_it(tmp_path):
    text = "{name: 'https://bob:ABCDEFGH@h/', horizn: 1, zone: UTC}"
    with pytest.raises(fwsim.InputError) as refused:
        fwsim.loads(text, folder=tmp_path)
    problem = next(p for p in refused.value.problems if "horizn" in p.message)
    assert marked(problem).startswith("horizn: 1")
