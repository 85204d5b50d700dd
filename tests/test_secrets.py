"""A password never leaves the reader: not in files, pickles, errors, widgets or on the wire."""

from __future__ import annotations

import pickle
import select
import socket
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

import fwsim
from fwsim.cli import main
from fwsim.experiments.experiment import Experiment
from fwsim.run import prepare
from fwsim.scenario.excerpt import masked
from fwsim.secrecy import (
    MASK,
    names_secret,
    without_accounts,
    without_secrets,
)

STORY = Path(__file__).parent / "data" / "secrets" / "everywhere.yaml"
SECRET = b"ZZSECRET"


def test_neither_the_scenario_nor_what_is_prepared_of_it_holds_a_password():
    scenario = fwsim.load(STORY)
    rollout = prepare(scenario)
    kept = pickle.dumps(scenario) + pickle.dumps(rollout)
    assert SECRET not in kept
    assert SECRET not in repr((scenario, scenario._document, rollout.runs)).encode()
    assert len(kept) > 1000


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", STORY, "--out", "o", "--replications", "5"],
        ["run", STORY, "--out", "o", "--replications", "5", "--format", "parquet"],
        ["run", STORY, "--out", "o", "--replications", "3", "--logs", "2", "--workers", "1"],
        [
            "plan",
            STORY,
            "--runs",
            "50",
            "--out",
            "o",
            "--study",
            "study.sqlite",
            "--fix",
            "--workers",
            "1",
        ],
        ["test", STORY, "--replications", "2"],
    ],
    ids=lambda arguments: " ".join(str(a) for a in arguments if a != STORY),
)
def test_nothing_that_is_written_or_printed_holds_a_password(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exit_code in {0, 1}, result.output
    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert written or arguments[0] == "test"
    assert [p.name for p in written if SECRET in p.read_bytes()] == []
    assert SECRET not in result.output.encode()


def test_no_widget_of_the_planner_holds_a_password():
    pytest.importorskip("ipywidgets")
    from ipywidgets.widgets.widget import _instances

    from fwsim.notebook.plan import Plan
    from fwsim.notebook.planner_view import PlannerView

    before = set(_instances)
    view = PlannerView(Plan(fwsim.load(STORY)), follows=False)
    for name in view.tabs.names:  # a tab is made when it is looked at
        view.tabs.go_to(name)
    states = [widget.get_state() for name, widget in _instances.items() if name not in before]
    assert len(states) > 50
    assert SECRET not in repr(states).encode()


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
GOOD = """zone: UTC
start: 2024-01-01 08:00
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {DE: {devices: 3, installed: o.idf}}}
commands: [{update: DE}]
"""


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


def test_a_name_and_a_story_forget_passwords_and_keep_all_else(tmp_path):
    story = "\n".join([*["word " * 1000] * 3, "see https://bob:ZZSECRET@h/", "x" * 5000, ""])
    scenario = fwsim.Scenario(
        **{**fwsim.loads(GOOD, folder=tmp_path).as_data(), "story": story},
        name="https://bob:ZZSECRET@h/",
    )
    assert scenario.name == "https://***@h/"
    assert scenario.story == story.replace("bob:ZZSECRET", "***")


def test_an_error_of_the_python_api_does_not_repeat_it_either():
    with pytest.raises(ValueError, match="firmware") as caught:
        fwsim.Scenario(firmware={"password": "ZZSECRET", "pw": "ZZSECRET"})
    assert SECRET not in str(caught.value).encode()


@pytest.mark.parametrize(
    ("given_as", "kept_as"),
    [
        ("elias/x?token=ABCDEF", "elias/x?token=***"),
        ("elias/UC_RP6", "elias/UC_RP6"),
        ("ghp_0123456789abcdefghij", "***"),
    ],
)
def test_a_token_in_a_path_is_forgotten_when_it_is_read(tmp_path, given_as, kept_as):
    scenario = fwsim.loads(f"{GOOD}firmware: {{path: '{given_as}'}}", folder=tmp_path)
    assert scenario.firmware.path == kept_as


@pytest.mark.parametrize(
    ("key", "is_secret"),
    [
        ("password", True),
        ("Passwort", True),
        ("pasword", True),
        ("pw", True),
        ("api_key", True),
        ("apiKey", True),
        ("PW_1", True),
        ("access_token", True),
        ("session-cookie", True),
        ("Passau", False),
        ("DE/Passau", False),
        ("path", False),
        ("packages", False),
        ("keyboard", False),
        ("idf_signature_fault", False),
        ("class", False),
    ],
)
def test_keys_that_name_a_secret_are_known_and_places_are_not_taken_for_one(key, is_secret):
    assert names_secret(key) is is_secret


@example("00.000", "token")
@given(
    st.text(alphabet="abcXYZ019.-_!$%", min_size=6), st.sampled_from(["password", "token", "pw"])
)
def test_whatever_stands_behind_a_secret_name_is_hidden(secret, name):
    for text in (f"{name}: {secret}", f"{name}={secret}", f"ftp://u:{secret}@h/x {name}:{secret}"):
        assert secret not in without_secrets(text)
        assert MASK in without_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "see u:p/X@host",
        "see u:X@X@host.",
        "run it with --password X then",
        "run it with '--api-key X'",
        "sessionid=X",
        "a?JSESSIONID=X;b",
        "Cookie: jwt=X",
        "pw X",
        "net use pw X",
        r"net use Z: \\srv\share X /user:me",
        "scmd -login a/X -update",
        "plink -pw X host",
        "curl -u bob:X https://h",
        "Passwort: X",
        "token: X7",
        "Secret: 7X",
        "curl --user=bob:X -ubob:X https://h",
        'curl -H "Authorization: NTLM X" https://h',
        'Authorization: Digest username="bob", response="X"',
        "Cookie: lang=de; sid=X",
        r"{\"password\": \"X\"}",
        '{"pw": ["X"], "token": {"value": "X"}}',
        '{"name": "PASSWORD", "value": "X"}',
        '<add key="password" value="X"/>',
        "<password>X</password>",
        "password => X",
        "password := X",
        "CREATE USER bob IDENTIFIED BY 'X'",
        "ALTER USER bob PASSWORD 'X'",
        '$c = ConvertTo-SecureString "X" -AsPlainText',
        "ConvertTo-SecureString -String X -AsPlainText",
        "Das Passwort lautet X",
        "Password for bob: X",
        "Zugangscode: X",
        "Geheimnis: X",
    ],
)
def test_a_secret_in_prose_is_hidden(text):
    secret = "Zq8SECRET"  # noqa: S105 - made up
    for mask in (without_secrets, masked):
        shown = mask(text.replace("X", secret))
        assert secret not in shown
        assert MASK in shown


@pytest.mark.parametrize(
    "text",
    [
        "unknown OU 'Token: 7'; did you mean 'Key: 12'?",
        "DE/Nord:2@home",
        "12:30@Berlin",
        "D:/a/b@c.yaml",
        "mail bob@host",
        "token 7 of DE",
        "the password is wrong",
        "no such option: --pwd (possible: --lang)",
        "the net use of a line",
        "/etc/passwd is no list",
        "Das Passwort ist falsch",
        "scmd -p <password> -u <user>, as ever",
        "OU=sk-thinclients-wien-001",
        "identified by name2024, -until:2026",
    ],
)
def test_what_is_no_secret_is_shown(text):
    assert without_secrets(text) == text


def test_a_name_of_a_place_that_holds_the_password_is_hidden(tmp_path):
    fleet = "fleet: {units: {'DE/Nord:hunter2x@home': {devices: many}}}"
    text = GOOD.replace("fleet: {units: {DE: {devices: 3, installed: o.idf}}}", fleet)
    with pytest.raises(fwsim.InputError) as error:
        fwsim.loads(f"{text}firmware: {{password: hunter2x}}\n", folder=tmp_path)
    assert "many" in str(error.value)
    assert "hunter2x" not in str(error.value)


@pytest.mark.parametrize("text", ["a://", "a.", "key=", "password ", "<a>", 'name="a" '])
def test_what_hides_secrets_takes_no_square_of_time(text):
    long = f"{text * (100_000 // len(text))} ://"
    begin = time.process_time()
    without_accounts(long)
    without_secrets(long)
    assert time.process_time() - begin < 5  # tenths of a second; it was half a minute


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


class Relay:
    """Passes on what two ends of a connection say, and keeps it."""

    def __init__(self, target):
        self.target, self.heard = target, bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()

    def _pass_on(self, near, far):
        other = {near: far, far: near}
        try:
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(1 << 16)
                    if not data:
                        return
                    self.heard += data
                    other[end].sendall(data)
        except OSError:
            return
        finally:
            near.close()
            far.close()


@pytest.mark.filterwarnings("default")
@pytest.mark.cluster
def test_no_password_goes_over_the_wire_to_a_cluster():
    """The whole conversation with a scheduler and its worker is heard by a relay between them."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.comm.compression": None}),
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tcp",
            dashboard_address=None,
        ) as cluster,
    ):
        host, port = cluster.scheduler_address.removeprefix("tcp://").split(":")
        relay = Relay((host, int(port)))
        with distributed.Client(f"tcp://127.0.0.1:{relay.port}", set_as_default=False) as client:
            Experiment(fwsim.load(STORY)).run(2, executor=client.get_executor())
        relay.listener.close()
    assert b"srv.example" in relay.heard  # the scenario itself did go over the wire
    assert SECRET not in relay.heard


@pytest.mark.parametrize(
    "word", ["password=geheim", "user:geheim@host", "https://u:geheim@host/s.yaml"]
)
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("where", [["run", "s.yaml"], [], ["run", "--engine"]])
def test_a_secret_on_a_command_line_that_is_wrong_is_not_shown(word, language, where):
    told = CliRunner().invoke(main, ["--lang", language, *where, word])
    assert MASK in told.output
    assert "geheim" not in told.output
