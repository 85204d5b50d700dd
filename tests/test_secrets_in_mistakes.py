"""What is wrong is told without the password that may stand in it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import fwsim
from fwsim.cli import main
from fwsim.run import prepare
from fwsim.secrecy import MASK
from tests.test_secrets import GOOD, SECRET

MISREAD = [
    "firmware: {password:X}",
    "firmware: {password:X, user: me}",
    "firmware: {'password':X, port: many}",
    '{"firmware":{"password":"X","port":"many"}}',
    "firmware: {path: 'ftp://bob:X@h/ x'}",
    "firmware: {path: 'ftp://bob:X@h/x'}",
    "firmware: {path: 'bob:X@h/x'}",
    "firmware: {path: 'a b?token=X'}",
    "firmware: {image_file: 'https://bob:X@h/a.idf'}",
    "firmware: {image_file: 'a b.idf?sig=X'}",
    "firmware: {user: 'bob:X'}",
    "firmware: {user: 'bob / X'}",
    "firmware: {user: 'bob%X'}",
    "firmware: {user: 'bob,X'}",
    "firmware: {server: 'bob:X@h'}",
    "firmware: {server: 'h?api_key=X'}",
    "firmware: {pw: X}",
    "firmware: {api_key: X}",
    "firmware: {apiKey: X}",
    "firmware: {Kennwort: X}",
    "firmware: {access-token: X}",
    "firmware: {password: *X}",
    "firmware: {password: !X y}",
    "firmware:\n  password:\n    *X",
    "firmware:\n  password:\n    !X y",
    "firmware:\n  password:\n    - !X y",
    "firmware: {password: {a: X}, horizn: 1}",
    "firmware:\n  password:\n    X\n  port: many",
    "firmware:\n  ? password\n  : X\n  port: many",
    "firmware:\n  password: >\n    X\n    X\n  port: many",
    "firmware:\n  password: 'X\n    X'\n  port: many",
    "firmware:\n  password:\n  - X\n  port: many",
    "firmware: {password: X, port: X}",
    "firmware: {user: 'Authorization: Bearer X', password: X}",
    "commands: [{scmd: '-u a -kennwort X -update -to DE -now'}]",
    "commands: [{scmd: '-u a -pw X -update -to DE -nwo'}]",
    "commands: [{scmd: '-u a --token X -update -to DE -now'}]",
    "commands: [{scmd: '-u a /secret X -update -to DE -now'}]",
    "commands: [{scmd: '-u a -kennwort=X -update -to DE -now'}]",
    "commands: [{scmd: '-u a X -update -to DE -now'}]",
    "commands: [{scmd: '-login a/X -update -to DE -now'}]",
    "commands: [{scmd: 'scmd -login a X -update -to DE -now'}]",
    "commands: ['scmd -login a/X -update -to DE -now']",
    "commands: [{scmd: '-u a -d dom X -update -to DE -now'}]",
    "commands: [{scmd: 'scmd a X -update -to DE -now'}]",
    "commands: [{scmd: 'a X -update -to DE -now'}]",
    'commands: [{scmd: "-u a X -update -to DE -now"}]',
    "commands:\n  - scmd: >-\n      -u a X\n      -update -to DE -now",
    "commands: ['scmd -u a X -update -to DE -now']",
    "commands: ['scmd -p X -update -to DE -nwo']",
    "fleet: {inventory: 'https://u:X@h/d.csv'}",
    "fleet: {inventory: 'https:/u:X@h/d.csv'}",
    "fleet: {inventory: {file: 'h?password=X'}}",
    "idf: 'ftp://u:X@h/n.idf'\nimage:",
    "idf: 'n.idf?token=X'\nimage:",
    "draws: 'https://u:X@h/d.csv'",
    "scheduler: 'https://u:X@h/s.ini'",
    "scheduler: '\\\\srv\\share?password=X'",
    "commands: [{update: {list: 'https://u:X@h/l.txt'}}]",
    "commands: [{scmd: '-update -to https://u:X@h/l.txt -list -now'}]",
    "windows: {holidays: {file: 'https://u:X@h/d.ics'}}",
    "x: &one X\nfirmware: {password: *one}",
    "firmware: {path: x, cookie: X}",
    "firmware: {path: x, header: 'Basic XX='}",
    "firmware: {path: x, header: 'Bearer X'}",
    "commands: [{update: 'smb://u:X@h'}]",
    "commands: [{update: {devices: ['ftp://u:X@h']}}]",
    "seed: 'https://bob:X@h/'",
    "zone: 'password=X'",
    "horizon: 'token: X'",
]


@pytest.mark.parametrize("text", MISREAD)
def test_no_error_repeats_what_may_be_a_password(tmp_path, text):
    key = text.partition(":")[0]
    kept = "".join(line + "\n" for line in GOOD.splitlines() if not line.startswith(f"{key}:"))
    spoilt = text if text.startswith("{") else kept + text + "\n"
    secret = "Zq8SECRETzq"  # noqa: S105 - made up
    with pytest.raises(fwsim.InputError) as caught:
        prepare(fwsim.loads(spoilt.replace("X", secret), folder=tmp_path))
    assert secret not in str(caught.value)
    assert secret not in repr(caught.value.problems)


def test_an_address_is_no_file(tmp_path):
    text = f"{GOOD}draws: 'https://bob@h/d.csv'\n"
    with pytest.raises(fwsim.InputError, match="is an address; expected a file"):
        fwsim.loads(text, folder=tmp_path, outside=True)


def test_an_error_of_the_python_api_does_not_repeat_it_either():
    with pytest.raises(ValueError, match="firmware") as caught:
        fwsim.Scenario(firmware={"password": "ZZSECRET", "pw": "ZZSECRET"})
    assert SECRET not in str(caught.value).encode()


def test_a_name_of_a_place_that_holds_the_password_is_hidden(tmp_path):
    fleet = "fleet: {units: {'DE/Nord:hunter2x@home': {devices: many}}}"
    text = GOOD.replace("fleet: {units: {DE: {devices: 3, installed: o.idf}}}", fleet)
    with pytest.raises(fwsim.InputError) as error:
        fwsim.loads(f"{text}firmware: {{password: hunter2x}}\n", folder=tmp_path)
    assert "many" in str(error.value)
    assert "hunter2x" not in str(error.value)


def test_names_of_places_are_shown_whatever_they_look_like(tmp_path):
    fleet = "fleet: {units: {'DE/Key: Süd': {devices: 3}, 'DE/Nord:Ost@home': {devices: 3}}}"
    text = GOOD.replace("fleet: {units: {DE: {devices: 3, installed: o.idf}}}", fleet)
    text += "firmware: {password: hunter2x}\n"
    with pytest.raises(fwsim.InputError) as many:
        fwsim.loads(text.replace("devices: 3", "devices: many"), folder=tmp_path)
    assert "{'DE/Key: Süd': {devices: many}, 'DE/Nord:Ost@home'" in str(many.value)
    with pytest.raises(fwsim.InputError) as meant:
        prepare(fwsim.loads(text.replace("DE}", "DE/Nord:Ost@hom}"), folder=tmp_path))
    assert "did you mean 'DE/Nord:Ost@home'?" in str(meant.value)


@pytest.mark.parametrize(
    "word", ["password=geheim", "user:geheim@host", "https://u:geheim@host/s.yaml"]
)
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("where", [["run", "s.yaml"], [], ["run", "--engine"]])
def test_a_secret_on_a_command_line_that_is_wrong_is_not_shown(word, language, where):
    told = CliRunner().invoke(main, ["--lang", language, *where, word])
    assert MASK in told.output
    assert "geheim" not in told.output


@pytest.mark.parametrize(
    "told", ["password: 'X", 'password: "X', "password: |\n X\n}{", "a: &b X\nc: *d"]
)
def test_an_error_of_yaml_does_not_carry_the_text_along(told):
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(told.replace("X", SECRET.decode()))
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
