"""The forms in which passwords and tokens are written, each with an example.

Forms that a key or an option announces (``password=X``, ``--token X``) are no row here: which key
names a secret is told by `fwsim.secrecy.names_secret`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_TEXT = 2000
"""Characters that are shown at most; what hides secrets costs their square at worst."""

_WORD = r"(?:password|passwort|passphrase|passwd|kennwort)"
_QUOTED = r"(?:\"[^\"]*\"|'[^']*')"
_VALUE = rf"(?![<-])(?:{_QUOTED}|[^\s\"']+)"
_NO_WORD = rf"(?:{_QUOTED}|(?=[^\s,;]*\d)(?=[^\s,;]*[^\W\d_])[^\s,;]{{6,}})"
"""In a sentence: what is quoted, or of letters and digits, is no word of it."""
_BEGIN = r"(?<![^\s\"'(])"
_OF_COMMAND = rf"(?:[^\n|&;]{{0,{LONGEST_TEXT}}}?\s)?"
_PROGRAMS_WITH_P = (
    r"mysql\w*|mariadb[\w-]*|sshpass|7z[ar]?|rar|unrar|psexec(?:64)?|rdesktop|mongo\w*"
    r"|(?:docker|podman)\s+login|scmd"
)


@dataclass(frozen=True, slots=True)
class Form:
    """One form.

    Parameters
    ----------
    example
        With an X in the place of the secret.
    pattern
        What it finds is hidden, but for its group ``kept``. Where it has a group ``name``, only if
        that names a secret.
    """

    example: str
    pattern: re.Pattern[str]


def _form(example: str, pattern: str) -> Form:
    return Form(example, re.compile(pattern, re.IGNORECASE))


ADDRESS = _form(
    "https://bob:X@host/",
    rf"(?P<kept>\b[a-z][a-z0-9+.-]{{0,30}}://)"
    rf"[^\s/?#'\"]{{0,{LONGEST_TEXT}}}(?:/[^\s@?#'\"]{{0,{LONGEST_TEXT}}})?(?=@)",
)
PRIVATE_KEY = Form(
    "-----BEGIN RSA PRIVATE KEY-----\nX\n-----END RSA PRIVATE KEY-----",
    re.compile(
        r"(?P<kept>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----).*?(?=-----END|\Z)", re.DOTALL
    ),
)
TOKEN = Form(
    "ghp_XXXXXXXXXXXXXXXX",
    re.compile(
        r"\b(?:gh[a-z]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}"
        r"|AKIA\w{12,}|sk-(?:\w{1,8}-){0,3}\w{16,}[\w-]*|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)"
    ),
)
FORMS = (
    PRIVATE_KEY,
    ADDRESS,
    # Neither Nord:2@home nor a path behind the letter of a drive is an account.
    _form(
        "bob:X@host",
        r"[^\s/@:,{\"'(]+:(?!\d{1,2}@|//)(?!(?<=\b[a-z]:)[/\\])[^\s\"']+(?=@)",
    ),
    # Programs that take an account and its password in one option.
    _form("curl --user bob:X", rf"(?P<kept>{_BEGIN}--?(?:proxy-)?u(?:ser)?(?:\s+|=)[^\s:]+:)\S+"),
    _form("curl -ubob:X", rf"(?P<kept>{_BEGIN}--?u(?!ser)[^\s:=-]+:(?=\S*[^\W\d_]))\S+"),
    _form("scmd -login bob/X", rf"(?P<kept>{_BEGIN}--?log[io]n\s+[^\s:/]+[:/])\S+"),
    _form(
        "Login: bob/X",
        r"(?P<kept>\b(?:log[io]n|anmeldung)\s*[:=]\s*[^\W\d][^\s:/]*[:/])(?![/\\]|tty)\S+",
    ),
    _form("smbclient -U bob%X", rf"(?P<kept>{_BEGIN}--?u(?:ser)?[\s=]*[^\s:%]+%)\S+"),
    # Programs that take a password where nothing, or only a letter, marks it as one.
    _form(
        r"net use Z: \\host\share X",
        r"(?P<kept>\bnet(?:\.exe)?\s+use\s+)(?:[a-z]:|\*|\\\\)[^\n|&>]*",
    ),
    _form(
        "net user bob X /add",
        r"(?P<kept>\bnet1?(?:\.exe)?\s+user\s+(?:\"[^\"]*\"|[^\s/\"]\S*)\s+(?:/\S+\s+)*)"
        rf"(?![/*]){_VALUE}",
    ),
    _form(
        "mysql -u bob -pX",
        rf"(?P<kept>\b(?:{_PROGRAMS_WITH_P})\s+{_OF_COMMAND}[\"']?(?-i:-p)\s*){_VALUE}",
    ),
    _form("unzip -P X f.zip", rf"(?P<kept>\b(?:un)?zip\s+{_OF_COMMAND}(?-i:-P)\s*){_VALUE}"),
    _form(
        "smbclient //h/s X",
        rf"(?P<kept>\bsmbclient\s+{_OF_COMMAND}[\"']?(?://|\\\\)[^\s\"']+[\"']?\s+)(?![|&;>]){_VALUE}",
    ),
    _form("sqlcmd -U bob -P X", rf"(?P<kept>\b(?:sqlcmd|bcp)\s+{_OF_COMMAND}(?-i:-P)\s*){_VALUE}"),
    _form("redis-cli -a X", rf"(?P<kept>\bredis-cli\s+{_OF_COMMAND}-a\s*){_VALUE}"),
    _form("ldapsearch -w X", rf"(?P<kept>\bldap\w+\s+{_OF_COMMAND}(?-i:-w)\s*){_VALUE}"),
    _form(
        "wpa_passphrase Nord X",
        r"(?P<kept>\b(?:wpa_passphrase\s+\S+|htpasswd\s+-\w*b\w*\s+\S+\s+\S+)\s+)"
        rf"{_VALUE}",
    ),
    _form(
        "reg add HKLM\\Winlogon /v DefaultPassword /d X",
        rf"(?P<kept>\breg(?:\.exe)?\s+add\s+{_OF_COMMAND}/d\s+){_VALUE}",
    ),
    _form(
        "cmdkey /add:host /pass:X",
        rf"(?P<kept>{_BEGIN}/(?:p:\s*|(?:rp|pwd?|pass(?:word|wort)?|kennwort)(?::\s*|\s+)))(?!/){_VALUE}",
    ),
    _form("echo X | sudo -S x", r"(?P<kept>\becho\s+)[^\n|]+(?=\|\s*(?:sudo\s+-S|\w*passwd)\b)"),
    _form(
        "chpasswd <<< bob:X",
        rf"(?P<kept>\b(?<!etc/)(?:ch)?passwd\s+{_OF_COMMAND}<<<\s*){_VALUE}",
    ),
    _form(
        "ConvertTo-SecureString -String X",
        rf"(?P<kept>\bConvertTo-SecureString\s+(?:-String\s+)?)(?:{_QUOTED}|[^\s-]\S*)",
    ),
    _form("snmp community X", rf"(?P<kept>\bsnmp[\w-]*\s+community\s*[:=]?\s*){_VALUE}"),
    # XML and JSON.
    _form(
        '<add key="password" value="X"/>',
        r"(?P<kept>\b(?:key|name)[\"']?\s*[:=]\s*[\"'](?P<name>[^\"'\s]{1,60})[\"'](?:\s*,)?\s*"
        rf"[\"']?value[\"']?\s*[:=]\s*){_QUOTED}",
    ),
    _form("<password>X</password>", r"(?P<kept><(?P<name>[^\W\d][\w.:-]{0,60})>)[^<]+(?=</)"),
    # A row of a list. In one of headers something else stands before.
    _form("PASSWORT;X", rf"(?P<kept>{_BEGIN}{_WORD}[\"']?[;\t])(?=\S){_VALUE}"),
    # Sentences.
    _form(
        "the password for bob is 'X'",
        rf"(?P<kept>{_WORD}\s+(?:(?:for|of|für|von)\s+\S+\s+)?"
        rf"(?:(?:is|was|ist|war|lautet|hei(?:ß|ss)t)\s+)?){_NO_WORD}",
    ),
    _form(
        "bob pass X",
        rf"(?P<kept>\b(?:(?-i:pass)|(?:api|access)[ -]?(?:token|key))\s+){_NO_WORD}",
    ),
    _form("IDENTIFIED BY 'X'", rf"(?P<kept>\bidentified\s+by\s+){_QUOTED}"),
    _form(
        "Password for bob: X",
        rf"(?P<kept>{_WORD}\s+(?:(?:for|of|für|von)\s+[^\s:=]+|\([^()\n]{{1,40}}\)"
        rf"|\[[^][\n]{{1,40}}\]|neu|alt|new|old)\s*[:=]\s*)(?:{_QUOTED}|\S+)",
    ),
    # As the header Authorization has them.
    _form("Bearer XXXXXXXX", r"\b(?<=\bbearer )[\w.~+/-]{8,}=*"),
    _form("Basic XXXXXX=", r"\b(?<=\bbasic )[\w+/]{6,}=+"),
    TOKEN,
)
