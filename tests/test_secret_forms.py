"""However other programs and people write a secret, it is hidden; what is none is shown."""

from __future__ import annotations

import pytest

from fwsim.scenario.excerpt import masked
from fwsim.secrecy import MASK, prose_without_secrets, without_secrets
from fwsim.secret_forms import FORMS


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.example)
def test_what_is_written_in_a_form_that_is_known_is_hidden(form):
    secret = form.example.replace("X", "Zq8Secret")
    for mask in (without_secrets, prose_without_secrets, masked):
        shown = mask(secret)
        assert "Zq8Secret" not in shown, mask
        assert MASK in shown
    assert form.pattern.search(secret), "another form hides it"


@pytest.mark.parametrize(
    "text",
    [
        "mysqldump -ubob -pX db",
        'mysql "-pX"',
        "sshpass -p X ssh host",
        "sshpass -pX ssh host",
        r"psexec \\host -u bob -p X cmd",
        "docker login -u bob -p X",
        "net user bob X",
        'net1 user "bob b" X',
        "schtasks /create /ru bob /rp X",
        "xfreerdp /u:bob /p:X /v:host",
        "curl --proxy-user bob:X https://h",
        "TAN: X",
        "tan=X",
        "PUK: X",
        "Passwort (neu): X",
        "Passwort neu: X",
        "Password [bob]: X",
        "Passwort von bob ist X",
        "AccountKey=X==",
        "ｐａｓｓｗｏｒｄ=X",
        "PGPASSWORD=X psql",
        "echo 'bob:X' | chpasswd",
        "-----BEGIN PRIVATE KEY-----\nX",
        "chpasswd -e <<<'u:X'",
        "passwd --stdin bob <<<X",
        "Logon=bob:X",
        "Anmeldung: CORP\\bob/X",
        '"Kennwort";"X"',
        "Passwort\tX",
        r"smbclient '\\h\s' X -U bob",
        "Schlüssel: X",
        "Schluessel=X",
        "WLAN-Schlüssel: X",
        "Netzwerksicherheitsschlüssel: X",
        "wifi_key=X",
        "passwo\u200brd=X",
        "to\u2060ken: X",
        "Kenn\u00adwort für bob: X",
        "Schlu\u0308ssel: X",
        "\ufeffpw=X",
    ],
)
def test_a_secret_of_another_program_is_hidden(text):
    secret = "Zq8SECRET"  # noqa: S105 - made up
    for mask in (without_secrets, prose_without_secrets, masked):
        assert secret not in mask(text.replace("X", secret)), mask


@pytest.mark.parametrize(
    "text",
    [
        "mysql -P3306 -p",
        "ssh -p22 host",
        "tar -pxzf a.tgz",
        "docker run -p8080:80 a",
        "net user",
        "net user bob /delete",
        "net user bob *",
        "Token Ring 7",
        "DE/Passau",
        "PW 7",
        "Tangermünde: 5",
        "Pass Lueg: 4",
        "Tanzschule: 5",
        "PIN Süd",
        "Kennwort falsch",
        "community: Nord",
        "zip -p a.zip",
        "see /p of it",
        "chpasswd < list.txt",
        "/etc/passwd <<< none",
        "Login: bob",
        "last login: 08:30",
        "Login: 2026/11/02",
        "login: /dev/tty1",
        r"login: C:\Users\bob",
        "Benutzer;Passwort;Ort",
        "a wrong password; try again",
        "smbclient -L //h",
        "smbclient //h/s -N",
        "smbclient //h/s | sort",
        "Schlüssel: 7",
        "unbekannter Schlüssel 'a'; möglich: b",
        "Schlüsselfeld: Nord",
        "Nord\u200bsee: 7",
        "echo done | tee log",
    ],
)
def test_what_only_looks_like_such_a_program_is_shown(text):
    assert prose_without_secrets(text) == without_secrets(text) == text
