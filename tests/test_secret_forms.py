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
        "sudo chpasswd << 'EOF'\nbob:X\nann:X\nEOF",
        "cat <<EOF | chpasswd\nbob:X\nEOF",
        "chpasswd <<EOF bob:X EOF",
        "passwd --stdin bob <<-EOF\n\tX\nEOF",
        "smbpasswd -s bob <<E\nX\nX",
        "echo bob:X|sudo chpasswd -e",
        "printf 'bob:%s' X | chpasswd",
        "echo X | kinit bob",
        "echo X | docker login -u bob --password-stdin",
        "sudo -S ls <<< X",
        "su - bob -c ls <<<'X'",
        "gh auth login --with-token <<< X",
        "curl -sku bob:X https://h",
        "curl -E c.pem:X https://h",
        "curl -u 'bob:a X' https://h",
        "SSHPASS=X sshpass -e ssh h",
        "openssl passwd -1 -salt ab X",
        "mkpasswd -m sha-512 X",
        "useradd -p X bob",
        "winrs -r:h -u:bob -p:X cmd",
        "xfreerdp -u bob -p X /v:h",
        "ipmitool -U bob -PX power",
        "snmpget -v2c -c X host",
        "keytool -storepass X",
        "SET PASSWORD = PASSWORD('X')",
        "ALTER USER bob IDENTIFIED WITH plain BY 'X'",
        "ConvertTo-SecureString -AsPlainText -Force -String X",
        'ConvertTo-SecureString -AsPlainText "X" -Force',
        '"X" | ConvertTo-SecureString -AsPlainText',
        'New-Object System.Net.NetworkCredential("bob", "X")',
        "[PSCredential]::new('bob', (ConvertTo-SecureString X -AsPlainText))",
        "DefaultPassword    REG_SZ    X",
        "New-ItemProperty -Value X -Path a -Name VncPassword",
        "aws configure set aws_secret_access_key X",
        "bob:$6$abc$X:19000:0:::",
        "client_secret X",
        "Passwort:\nX",
        "password: |\n  X",
        "password：X",
        "Kennwörter: X",
        "password: 00,X",
        "token: 00,0X",
        "token: 7;X",
        "password=ab&X",
        "password=ab'X",
        "--password ab;X",
        "pw=,X",
        "password: 'a''X'",
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
        "Login: DE/Karlsruhe",
        "Anmeldung: DE/Karlsruhe/B17 ist langsam",
        "{Token: 7, Key: 12}",
        '{"Token":7,"Key":12}',
        "docker run -u bob -p 8080:80",
        "config set zone UTC",
        "Set-Item -Name Nord -Value 7",
        "Mo 08:00 | Su 09:00",
        "echo well | mail bob",
        "cat <<EOF\nbob:Nord\nEOF",
        "Value REG_SZ 7",
        "echo a | sudo tee b",
    ],
)
def test_what_only_looks_like_such_a_program_is_shown(text):
    assert prose_without_secrets(text) == without_secrets(text) == text
