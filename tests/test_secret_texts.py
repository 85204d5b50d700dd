"""What a secret is in a text, and what is none."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fwsim.scenario.excerpt import masked
from fwsim.secrecy import MASK, names_secret, without_accounts, without_secrets


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
        "curl -sS -u bob/X https://h",
        "wget -u bob/X https://h",
        "curl -u 'bob/X y' https://h",
        "smbclient -U bob/X //h/s",
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


@pytest.mark.parametrize("text", ["a://", "a.", "key=", "password ", "<a>", 'name="a" '])
def test_what_hides_secrets_takes_no_square_of_time(text):
    long = f"{text * (100_000 // len(text))} ://"
    begin = time.process_time()
    without_accounts(long)
    without_secrets(long)
    assert time.process_time() - begin < 5  # tenths of a second; it was half a minute


def test_a_command_without_a_secret_takes_no_cube_of_time():
    text = f"{'curl ' * 200} -E{'=' * 990}"
    begin = time.process_time()
    without_secrets(text)
    assert time.process_time() - begin < 0.2  # hundredths of a second; it was a third


def test_digits_alone_behind_an_account_are_hidden_of_programs_that_take_a_password_there():
    assert without_secrets("curl -ubob:1234 http://h") == "curl -ubob:*** http://h"
    assert without_secrets("docker run -u1000:1000 x") == "docker run -u1000:1000 x"


@pytest.mark.parametrize("text", ["WPA2 802.11ac/axgeheim", "WPA2 802.11ac/X7Y8Z9"])
def test_what_only_begins_like_a_kind_of_wlan_is_hidden(text):
    assert without_secrets(text) == "WPA2 ***"
