"""However other programs and people write a secret, it is hidden; what is none is shown."""

from __future__ import annotations

from time import process_time

import pytest

from fwsim.scenario.excerpt import masked
from fwsim.secrecy import MASK, account_of, prose_without_secrets, without_secrets
from fwsim.secret_forms import FORMS
from fwsim.secret_pieces import LONGEST_TEXT


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.example)
def test_what_is_written_in_a_form_that_is_known_is_hidden(form):
    secret = form.example.replace("X", "Zq8Secret")
    for mask in (without_secrets, prose_without_secrets, masked):
        shown = mask(secret)
        assert "Zq8Secret" not in shown, mask
        assert MASK in shown
    assert form.pattern.search(secret), "another form hides it"


@pytest.mark.parametrize("text", ["Kennwort: X", "Login: bob / X", "mysql -u bob -pX db"])
def test_a_secret_where_a_long_text_is_cut_is_hidden(text):
    secret = text.replace("X", "Zq8SECRET")
    for before in range(LONGEST_TEXT - 40, LONGEST_TEXT, 3):
        shown = prose_without_secrets(
            f"{'a' * (before % 7 + 1)}{' word' * 500}"[:before] + f" {secret}"
        )
        assert "Zq8SECRET" not in shown, before


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        ("%USERNAME%", "%USERNAME%"),
        (r"%USERDOMAIN%\%USERNAME%", r"%USERDOMAIN%\%USERNAME%"),
        (r"CORP\%USERNAME%", r"CORP\%USERNAME%"),
        (r"CORP\bob%X%", r"CORP\bob%***"),
        ("%USERNAME%%X%", "%USERNAME%%***"),
        (r"CORP\%USERNAME%%X%", r"CORP\%USERNAME%%***"),
        ("%USERNAME%:X", "%USERNAME%:***"),
        ("bob%X%", "bob%***"),
        ("bob%X", "bob%***"),
        ("bob / X", "bob / ***"),
        ("bob/ X", "bob/ ***"),
        ("CORP/bob", "CORP/bob"),
    ],
)
def test_an_account_is_shown_without_its_password(user, shown):
    assert account_of(user) == shown


def test_an_account_made_to_take_long_does_not():
    before = process_time()
    account_of(f"a{' ' * 100_000}b")
    assert process_time() - before < 2


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
        "Das Passwort lautet: X",
        "Password is: X",
        "Passwort des Nutzers: X",
        "echo X | tee log | sudo -S ls",
        "New-Object PSCredential 'bob', 'X'",
        "New-Object PSCredential -ArgumentList 'bob', 'X'",
        "IDENTIFIED BY X;",
        "alter user bob identified by X",
        "IDENTIFIED BY VALUES 'X'",
        "openssl enc -aes-256-cbc -K X -iv 00",
        "[Environment]::SetEnvironmentVariable('API_KEY', 'X', 'User')",
        "setenv TOKEN X",
        'setenv("TOKEN", X)',
        '<AdministratorPassword a="b">\n  <Value>X</Value>',
        "Login: DE/X",
        "Login: Bob/X",
        "Anmeldung: bob X",
        "user: bob / X",
        "Zugangsdaten bob/X",
        "runas /netonly /user:CORP\\bob X",
        "psk X",
        "WPA2-Schlüssel: X",
        "PresharedKey = X",
        "radius-server key 7 X",
        "enable secret 5 X",
        "rwcommunity X 10.0.0.0/8",
        "com2sec readonly default X",
        "createUser bob SHA-256 X",
        "scmd -user bob -password X -update",
        "scmd -update -pwd X",
        "scmd /p X /update",
        '"C:\\Scout\\scmd.exe" -u bob -pX',
        "vmware-view -p X",
        "storebrowse -U bob -P X",
        "cctk --setuppwd=X",
        "BiosConfigUtility /nspwd:X",
        "netdom join h /ud:bob /pd:X",
        "binddn cn=bob bindpw X",
        "https://a.azurewebsites.net/f?code=X",
        "x-functions-key: X",
        "a%26password%3DX",
        "curl --cookie 'sid=X' h",
        "password: >- X",
        "Zugangscode X",
        "USER bob PASS X",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\nX",
        "Private-Lines: 14 X",
        "AIzaX0000000000000000000000",
        "sk_live_X00000000",
        "*:5432:*:bob:X",
        "machine h login bob password X",
        "AUTH PLAIN X==",
        "rabbitmqctl add_user bob X",
        "npm config set //r/:_authToken X",
        "ipmitool user set password 2 X",
        "racadm set iDRAC.Users.2.Password X",
        "manage-bde -unlock C: -rp X",
        "ldappasswd -s X -w X",
        "https://b.s3.amazonaws.com/a?AWSAccessKeyId=A&Signature=X",
        "the pass is 'X'",
        "OTP 'X'",
        "ssh-keygen -P X -N X -f k",
        "openssl enc -k X -K 00",
        "ansible_pass 'X'",
        "Wiederherstellungsschlüssel: X",
        "C:\\bin\\mysql.exe -u bob -pX",
        '"C:\\bin\\curl.exe" -sku bob:X https://h',
        "psexec.exe -priority low -p X",
        "scmd -path a -p X -update",
        "Zugangsdaten für Scout: bob / X",
        "Paßwort ist X",
        "wpa2 wpa2X",
        "psk personalX",
        "wpa-psk 802.1X",
        "wpa2 aes:X",
        "psk 802.1x.X",
        "SNMP-Community X",
        "user\u00a0bob\u00a0pw\u00a0X",
    ],
)
def test_a_secret_of_another_program_is_hidden(text):
    secret = "Zq8SECRET"  # noqa: S105 - made up
    for mask in (without_secrets, prose_without_secrets, masked):
        assert secret not in mask(text.replace("X", secret)), mask


def test_a_form_is_looked_for_wherever_it_may_be():
    for form in FORMS:
        for text in (form.example, form.example.upper(), form.example.replace("i", "ı")):
            found = form.pattern.search(text.replace("X", "Zq8SECRET"))
            words = text.casefold().replace("ı", "i")
            assert not found or any(word in words for word in form.told_by), form.example


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
        "das Passwort ist falsch: siehe Zeile 3",
        "New-Object PSCredential of 'bob'",
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
        "Login: DE/Bad-Homburg",
        "Login: DE/Köln-Süd, langsam",
        "Login: Berlin/Nord",
        "Anmeldung: Frankfurt/Ost/B17 ist langsam",
        "devices are identified by MAC",
        "setenv('ZONE', 'UTC')",
        "<Site><Value>Nord</Value></Site>",
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
        "user: present, B17-0312",
        "Login: DE/Köln 2024",
        "last login bob 2026-11-23",
        "runas /user:bob notepad2.exe",
        "Admin/B17-0312",
        "root: DE/K1",
        "Stammdaten Nord/B17-0312",
        "PIN 7",
        "WPA2 is on",
        "PSK is not kept",
        "scmd -u bob -p *** -update -to DE/Köln",
        "name: PATH value: 7",
        "00:E0:C5:42:2A:2E",
        "the community of users",
        "https://host/f?state=DE",
        "signed=1%3D7",
        "mysql -u bob --protocol tcp",
        "the auth login page",
        "a pass is a road over hills",
        "gh auth login --web",
        "ssh-keygen -f k -t rsa",
        "manage-bde -status C:",
        "https -a -b",
        "the host fe80:0000:0000:0000:0204:61ff:fe9d:f156 is seen",
        "fd00:1234:5678:9abc:def0::1",
        "WPA2 802.11ac",
        "WPA2 802.11ac/ax",
        "WPA2 802.11n/ac/ax, 5 GHz",
        "docker run -u 1000/1000 x",
        "the WLAN (WPA2 802.11ac).",
        r"scmd -u CORP\%USERNAME% -update -to DE",
        "WPA WPA2/WPA3-SAE",
        "wpa3 5GHz-Band2",
        "Lizenz: 7",
    ],
)
def test_what_only_looks_like_such_a_program_is_shown(text):
    assert prose_without_secrets(text) == without_secrets(text) == text
