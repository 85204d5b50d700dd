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
    r"|(?:docker|podman|az|oc)\s+login|scmd|user(?:add|mod)|certutil"
)
_NAME = r"[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+){0,3}"
_PLACE = (
    rf"(?-i:(?:[A-Z]{{2}}/(?={_NAME})|{_NAME}/(?=(?:Nord|Süd|Ost|West|Mitte|North|South|East)\b))"
    rf"{_NAME})"
)
"""DE/Bad-Homburg and Berlin/Nord are OUs; bob/Secret may be an account and its password."""
_ASKS = (
    r"(?:(?<!etc/)passwd\b|\bsudo\s+(?:-\w+\s+){0,9}?-\w{0,9}S|\b(?:su|kinit|cryptsetup)\b"
    r"|--?(?:password|passphrase|token)-(?:stdin|fd)\b|--with-token\b|--stdin\b)"
)
"""In a command that reads a password from what it is fed with."""


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


FED = Form(
    "chpasswd <<EOF\nbob:X\nEOF",
    re.compile(
        rf"(?P<kept>^(?=[^\n]*{_ASKS})[^\n]*?(?<!<)<<-?\s*[\\\"']?(?P<tag>\w+)[\"']?)"
        r".+?(?=(?:(?<!\w)|(?<=\\n))(?P=tag)(?!\w)|\Z)",
        re.DOTALL | re.MULTILINE,
    ),
)
"""Also where the lines were folded into one."""
BENEATH = _form(
    "Password:\n  X",
    rf"(?P<kept>{_WORD}[^\S\n]*[:=][^\S\n]*(?:[|>][-+\d]{{0,2}}[^\S\n]*)?\n[^\S\n]*)(?![<#-]){_VALUE}",
)
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
WITHIN = _form(
    "<Password><Value>X</Value></Password>",
    r"(?P<kept><(?P<name>[^\W\d][\w.:-]{0,60})(?:\s[^<>\n]{0,100})?>\s{0,99}<Value>)[^<]+",
)
"""As files for setting Windows up have them."""
OF_MANY_LINES = (PRIVATE_KEY, FED, BENEATH, WITHIN)
"""These cost no square of a text's length; all others see stretches of it."""
FORMS = (
    *OF_MANY_LINES,
    ADDRESS,
    # Neither Nord:2@home nor a path behind the letter of a drive is an account.
    _form(
        "bob:X@host",
        r"[^\s/@:,{\"'(]+:(?!\d{1,2}@|//)(?!(?<=\b[a-z]:)[/\\])[^\s\"']+(?=@)",
    ),
    # Programs that take an account and its password in one option.
    _form("curl --user bob:X", rf"(?P<kept>{_BEGIN}--?(?:proxy-)?u(?:ser)?(?:\s+|=)[^\s:]+:)\S+"),
    _form("curl -ubob:X", rf"(?P<kept>{_BEGIN}--?u(?!ser)[^\s:=-]+:(?=\S*[^\W\d_]))\S+"),
    _form(
        "curl -u 'bob:X Y'",
        rf"(?P<kept>{_BEGIN}--?(?:proxy-)?u(?:ser)?[\s=]*(?P<quote>[\"'])[^\"':]+:)"
        r"(?:(?!(?P=quote)).)+",
    ),
    _form(
        "curl -sku bob:X",
        rf"(?P<kept>\bcurl\s+{_OF_COMMAND}(?:(?-i:-\w{{1,9}}u|-E)|--(?:proxy-)?cert)[\s=]*"
        r"[\"']?[^\s:=][^\s:]*:)(?!//)[^\s\"']+",
    ),
    _form("lftp -u bob,X", rf"(?P<kept>\bl?ftp\s+{_OF_COMMAND}-u\s*[^\s,]+,)\S+"),
    _form(
        "sqlplus bob/X@db",
        rf"(?P<kept>\b(?:sqlplus|impdp|expdp|sqlldr)\s+{_OF_COMMAND}[\"']?[^\s/\"'@-][^\s/]*/)"
        r"[^\s\"']+",
    ),
    _form("scmd -login bob/X", rf"(?P<kept>{_BEGIN}--?log[io]n\s+[^\s:/]+[:/])\S+"),
    _form(
        "Login: bob/X",
        r"(?P<kept>\b(?:log[io]n|anmeldung)\s*[:=]\s*"
        rf"(?!{_PLACE}(?![^\s,;.)/\"']))"
        r"[^\W\d][^\s:/]*[:/])(?![/\\]|tty)\S+",
    ),
    _form(
        "mount -o user=bob%X",
        rf"(?P<kept>\bmount\S*\s+{_OF_COMMAND}(?:\S*,)?user(?:name)?=[^\s:%,]+%)[^\s,]+",
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
    _form(
        "-u bob -p X",
        rf"(?P<kept>{_BEGIN}-u(?:ser)?\s+[^\s-]\S*\s+(?:\S+\s+){{0,4}}?(?-i:-p)\s+)"
        rf"(?!\S*\d:\d){_VALUE}",  # of docker it is a port
    ),
    _form("rar a -hpX", rf"(?P<kept>\brar\s+{_OF_COMMAND}-hp){_VALUE}"),
    _form("signtool sign /p X", rf"(?P<kept>\bsigntool\s+{_OF_COMMAND}/p\s+){_VALUE}"),
    _form("openssl enc -k X", rf"(?P<kept>\bopenssl\s+{_OF_COMMAND}(?-i:-[kK])\s+){_VALUE}"),
    _form(
        "openssl passwd -6 X",
        r"(?P<kept>\b(?:openssl\s+passwd|mkpasswd)\s+"
        rf"(?:-(?:salt|m|s|r|method|rounds)\s+\S+\s+|-\S+\s+){{0,9}}){_VALUE}",
    ),
    _form(
        "snmpget -v2c -c X host",
        rf"(?P<kept>\bsnmp\w+\s+{_OF_COMMAND}(?-i:-[cAX])\s*){_VALUE}"
        rf"(?:\s+{_OF_COMMAND}(?-i:-[AX])\s*{_VALUE})?",
    ),
    _form("vault login X", rf"(?P<kept>\bvault\s+login\s+(?:-\S+\s+){{0,9}}){_VALUE}"),
    _form("vault kv put a b=X", r"(?P<kept>\bvault\s+(?:kv\s+put|write)\s+\S+\s+)[^\n|&;]+"),
    _form("kubectl --from-literal=b=X", rf"(?P<kept>--from-literal[\s=]+[^\s=]+=){_VALUE}"),
    _form("iwconfig wlan0 key X", rf"(?P<kept>\biw(?:config)?\s+{_OF_COMMAND}key\s+){_VALUE}"),
    _form("nmcli c mod a wifi-sec.psk X", rf"(?P<kept>\.(?:psk|wep-key\d?)\s+){_VALUE}"),
    _form("unzip -P X f.zip", rf"(?P<kept>\b(?:un)?zip\s+{_OF_COMMAND}(?-i:-P)\s*){_VALUE}"),
    _form(
        "smbclient //h/s X",
        rf"(?P<kept>\bsmbclient\s+{_OF_COMMAND}[\"']?(?://|\\\\)[^\s\"']+[\"']?\s+)(?![|&;>]){_VALUE}",
    ),
    _form(
        "sqlcmd -U bob -P X",
        rf"(?P<kept>\b(?:sqlcmd|bcp|[it]sql|osql|ipmitool|mosquitto_\w+)\s+"
        rf"{_OF_COMMAND}(?-i:-P)\s*){_VALUE}",
    ),
    _form("redis-cli -a X", rf"(?P<kept>\bredis-cli\s+{_OF_COMMAND}-a\s*){_VALUE}"),
    _form("ldapsearch -w X", rf"(?P<kept>\bldap\w+\s+{_OF_COMMAND}(?-i:-w)\s*){_VALUE}"),
    _form(
        "wpa_passphrase Nord X",
        r"(?P<kept>\b(?:wpa_passphrase\s+\S+|htpasswd\s+-(?:\w*b\w*\s+\S+|nb|bn)\s+\S+)\s+)"
        rf"{_VALUE}",
    ),
    _form(
        "reg add HKLM\\Winlogon /v DefaultPassword /d X",
        rf"(?P<kept>\breg(?:\.exe)?\s+add\s+{_OF_COMMAND}/d\s+){_VALUE}",
    ),
    _form(
        "cmdkey /add:host /pass:X",
        rf"(?P<kept>{_BEGIN}(?:-p:|/p:\s*|/(?:rp|pwd?|pass(?:word|wort)?|kennwort)(?::\s*|\s+)))(?!/){_VALUE}",
    ),
    _form(
        "echo X | sudo -S x",
        rf"(?P<kept>\b(?:echo|printf)\s+)[^\n|]+(?=\|[^\n]{{0,{LONGEST_TEXT}}}?{_ASKS})",
    ),
    _form("chpasswd <<< bob:X", rf"(?P<kept>{_ASKS}[^\n|;&<]*<<<\s*){_VALUE}"),
    _form(
        "ConvertTo-SecureString -String X",
        r"(?P<kept>\bConvertTo-SecureString\s+(?:-\w+\s+){0,9})"
        rf"(?:{_QUOTED}|[^\s)|-][^\s)]*)",
    ),
    _form("'X' | ConvertTo-SecureString", rf"(?:{_QUOTED})(?=\s*\|\s*ConvertTo-SecureString\b)"),
    _form(
        "PSCredential('bob', 'X')",
        rf"(?P<kept>\b(?:PS|Network)Credential\]?(?:::new)?(?:\s+-ArgumentList)?"
        rf"(?:\s*\(\s*|\s+)[^\s,()]+\s*,\s*){_QUOTED}",
    ),
    _form(
        "setx TOKEN X",
        rf"(?P<kept>\b(?:setx|setenv|config(?:ure)?\s+set)\s+(?P<name>[^\W\d][\w.-]{{0,60}})\s+){_VALUE}",
    ),
    _form(
        'SetEnvironmentVariable("TOKEN", "X")',
        r"(?P<kept>\b(?:SetEnvironmentVariable|setenv|setdefault)\s*\(\s*"
        rf"[\"'](?P<name>[^\"'\s]{{1,60}})[\"']\s*,\s*)(?:{_QUOTED}|[^\s\"',)]+)",
    ),
    _form(
        "Password    REG_SZ    X",
        rf"(?P<kept>\b(?P<name>[^\W\d]\w{{0,60}})[\"']?\s+REG_\w+\s+){_VALUE}",
    ),
    _form(
        "Set-ItemProperty -Name Password -Value X",
        rf"(?P<kept>{_BEGIN}-Name\s+[\"']?(?P<name>[^\W\d]\w{{0,60}})[\"']?\s+{_OF_COMMAND}-Value\s+)"
        rf"{_VALUE}",
    ),
    _form(
        "New-ItemProperty -Value X -Name Password",
        rf"(?P<kept>{_BEGIN}-Value\s+){_VALUE}(?=\s+{_OF_COMMAND}-Name\s+[\"']?"
        r"(?P<name>[^\W\d]\w{0,60}))",
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
        r"(?P<kept>\b(?:(?-i:pass)|(?:api|access|secret|client)[ _-]?(?:token|key|secret))\s+)"
        rf"{_NO_WORD}",
    ),
    _form(
        "IDENTIFIED BY 'X'",
        rf"(?P<kept>\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:values\s+)?){_QUOTED}",
    ),
    # In small letters only where a command for databases stands before: it may be a sentence.
    _form(
        "CREATE USER bob IDENTIFIED BY X",
        rf"(?P<kept>(?:(?-i:\bIDENTIFIED)|\b(?:create|alter)\s+(?:user|role)\s+{_OF_COMMAND}identified)"
        r"\s+by\s+)(?!(?:password|values)\s+[\"'])[^\s;,\"']+",
    ),
    _form("PASSWORD('X')", rf"(?P<kept>{_WORD}\s*\(\s*){_QUOTED}"),
    _form(
        "Password for bob: X",
        rf"(?P<kept>{_WORD}\s+(?:(?:for|of|für|von|des|der)\s+[^\s:=]+|\([^()\n]{{1,40}}\)"
        rf"|\[[^][\n]{{1,40}}\]|neu|alt|new|old"
        rf"|is|was|ist|war|lautet|hei(?:ß|ss)t)\s*[:=]\s*)(?:{_QUOTED}|\S+)",
    ),
    # As the header Authorization has them.
    _form("Bearer XXXXXXXX", r"\b(?<=\bbearer )[\w.~+/-]{8,}=*"),
    _form("Basic XXXXXX=", r"\b(?<=\bbasic )[\w+/]{6,}=+"),
    TOKEN,
    # As lists of accounts keep them.
    _form(
        "bob:$6$salt$XXXXXXXX:19000::",
        r"(?P<kept>(?<![\w$])\$(?:1|2[abxy]?|5|6|7|g?y|apr1|argon2\w{1,2})\$)[^\s:'\"]{8,}",
    ),
    _form("bob:{SSHA}X", r"(?P<kept>\{(?:s?sha\d*|s?md5|crypt)\})[^\s'\"]+"),
)
