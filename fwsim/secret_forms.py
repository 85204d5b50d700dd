"""The forms in which passwords and tokens are written, each with an example.

Forms that a key or an option announces (``password=X``, ``--token X``) are no row here: which key
names a secret is told by `fwsim.secrecy.names_secret`.
"""

from __future__ import annotations

import re

from fwsim.secret_pieces import (
    ASKS,
    BEGIN,
    LETTERS_OF_WORD,
    LONGEST_TEXT,
    NO_WORD,
    OF_COMMAND,
    QUOTED,
    RUN,
    VALUE,
    WORD,
    Form,
    form,
)
from fwsim.secret_programs import OF_PROGRAMS

FED = Form(
    "chpasswd <<EOF\nbob:X\nEOF",
    re.compile(
        rf"(?P<kept>^(?=[^\n]*{ASKS})[^\n]*?(?<!<)<<-?\s*[\\\"']?(?P<tag>\w+)[\"']?)"
        r".+?(?=(?:(?<!\w)|(?<=\\n))(?P=tag)(?!\w)|\Z)",
        re.DOTALL | re.MULTILINE,
    ),
)
"""Also where the lines were folded into one."""
BENEATH = form(
    "Password:\n  X",
    rf"(?P<kept>{WORD}[^\S\n]*[:=][^\S\n]*(?:[|>][-+\d]{{0,2}}[^\S\n]*)?\n[^\S\n]*)(?![<#-]){VALUE}",
    told_by=LETTERS_OF_WORD,
)
ADDRESS = form(
    "https://bob:X@host/",
    rf"(?P<kept>\b[a-z][a-z0-9+.-]{{0,30}}://)"
    rf"[^\s/?#'\"]{{0,{LONGEST_TEXT}}}(?:/[^\s@?#'\"]{{0,{LONGEST_TEXT}}})?(?=@)",
    told_by="://",
)
PRIVATE_KEY = Form(
    "-----BEGIN RSA PRIVATE KEY-----\nX\n-----END RSA PRIVATE KEY-----",
    re.compile(
        r"(?P<kept>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----).*?(?=-----END|\Z)",
        re.DOTALL,
    ),
)
PUTTY_KEY = Form(
    "Private-Lines: 1\nX\nPrivate-MAC: 0",
    re.compile(r"(?P<kept>\bPrivate-Lines:\s*\d{1,4}\s).*?(?=\bPrivate-MAC:|\Z)", re.DOTALL),
)
TOKEN = Form(
    "ghp_XXXXXXXXXXXXXXXX",
    re.compile(
        r"\b(?:gh[a-z]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}"
        r"|A[KS]IA\w{12,}|AIza[\w-]{20,}|[rs]k_(?:live|test)_\w{10,}|SG\.[\w-]{10,}\.[\w-]{10,}"
        r"|(?:npm|hf|pypi|do[opr]_v1|dckr_pat|shp\w\w|ATATT|ATCTT)[_-]?\w{20,}|hvs\.[\w-]{16,}"
        r"|ya29\.[\w-]{16,}|glptt-\w{16,}|AGE-SECRET-KEY-\w{16,}"
        r"|sk-(?:\w{1,8}-){0,3}\w{16,}[\w-]*|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)"
    ),
)
WITHIN = form(
    "<Password><Value>X</Value></Password>",
    r"(?P<kept><(?P<name>[^\W\d][\w.:-]{0,60})(?:\s[^<>\n]{0,100})?>\s{0,99}<Value>)[^<]+",
    told_by="<value>",
)
"""As files for setting Windows up have them."""
NAMED = form(
    "- name: PASSWORD\n  value: X",
    rf"(?P<kept>\bname:\s{{1,99}}[\"']?(?P<name>[^\W\d][\w.-]{{0,60}})[\"']?\s{{1,99}}value:\s{{1,99}})"
    rf"{VALUE}",
    told_by="value:",
)
"""As Kubernetes and Ansible have them."""
OF_MANY_LINES = (PRIVATE_KEY, PUTTY_KEY, FED, BENEATH, WITHIN, NAMED)
"""These cost no square of a text's length; all others see stretches of it."""
FORMS = (
    *OF_MANY_LINES,
    ADDRESS,
    # Neither Nord:2@home nor a path behind the letter of a drive is an account.
    form(
        "bob:X@host",
        r"[^\s/@:,{\"'(]+:(?!\d{1,2}@|//)(?!(?<=\b[a-z]:)[/\\])[^\s\"']+(?=@)",
        told_by="@",
    ),
    *OF_PROGRAMS,
    # In addresses.
    form(
        "https://host/f?code=X",
        r"(?P<kept>[?&](?:code|sig|signature|sas|ticket)=)[^\s&'\"]+",
        told_by="=",
    ),
    form(
        "password%3DX",
        r"(?P<kept>(?<![^\W\d])(?P<name>[^\W\d][\w.-]{0,60})%3[AD](?:%20|\+)*)[^\s&'\"]+",
        told_by="%3",
    ),
    form(
        "curl -b session=X",
        rf"(?P<kept>\bcurl{RUN}(?:(?-i:-b)|--cookie)[\s=]*[\"']?[^\s=\"']+=)[^\"'\s]+",
        told_by="curl",
    ),
    form(
        "https://hooks.host/services/X",
        r"(?P<kept>://hooks\.[^\s/]+/)[^\s'\"]+",
        told_by="://hooks",
    ),
    # XML and JSON.
    form(
        '<add key="password" value="X"/>',
        r"(?P<kept>\b(?:key|name)[\"']?\s*[:=]\s*[\"'](?P<name>[^\"'\s]{1,60})[\"'](?:\s*,)?\s*"
        rf"[\"']?value[\"']?\s*[:=]\s*){QUOTED}",
        told_by="value",
    ),
    form(
        "<password>X</password>",
        r"(?P<kept><(?P<name>[^\W\d][\w.:-]{0,60})>)[^<]+(?=</)",
        told_by="</",
    ),
    # A row of a list. In one of headers something else stands before.
    form(
        "PASSWORT;X",
        rf"(?P<kept>{BEGIN}{WORD}[\"']?[;\t])(?=\S){VALUE}",
        told_by=LETTERS_OF_WORD,
    ),
    # Sentences.
    form(
        "the password for bob is 'X'",
        rf"(?P<kept>{WORD}\s+(?:(?:for|of|für|von)\s+\S+\s+)?"
        rf"(?:(?:is|was|ist|war|lautet|hei(?:ß|ss)t)\s+)?){NO_WORD}",
        told_by=LETTERS_OF_WORD,
    ),
    form(
        "bob pass X",
        r"(?P<kept>\b(?:(?-i:pass|PASS)(?:\s+is|\s+ist)?|(?-i:OTP|[a-z]{1,20}_pass)|"
        r"(?:(?:api|access|secret|client)[ _-]?)?(?:token|secret)"
        r"|(?:api|access|secret|client)[ _-]?key|zugangs(?:code|schlüssel)|freischaltcode)\s+)"
        rf"{NO_WORD}",
        told_by="pass otp token secret key zugang freischaltcode",
    ),
    form(
        "IDENTIFIED BY 'X'",
        rf"(?P<kept>\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:values\s+)?){QUOTED}",
        told_by="identified",
    ),
    # In small letters only where a command for databases stands before: it may be a sentence.
    form(
        "CREATE USER bob IDENTIFIED BY X",
        rf"(?P<kept>(?:(?-i:\bIDENTIFIED)|\b(?:create|alter)\s+(?:user|role)\s+{OF_COMMAND}identified)"
        r"\s+by\s+)(?!(?:password|values)\s+[\"'])[^\s;,\"']+",
        told_by="identified",
    ),
    form("PASSWORD('X')", rf"(?P<kept>{WORD}\s*\(\s*){QUOTED}", told_by=LETTERS_OF_WORD),
    form(
        "Password for bob: X",
        rf"(?P<kept>{WORD}\s+(?:(?:for|of|für|von|des|der)\s+[^\s:=]+|\([^()\n]{{1,40}}\)"
        rf"|\[[^][\n]{{1,40}}\]|neu|alt|new|old"
        rf"|is|was|ist|war|lautet|hei(?:ß|ss)t)\s*[:=]\s*)(?:{QUOTED}|\S+)",
        told_by=LETTERS_OF_WORD,
    ),
    # As the header Authorization has them.
    form("Bearer XXXXXXXX", r"\b(?<=\bbearer\s)[\w.~+/-]{8,}=*", told_by="bearer"),
    form("Basic XXXXXX=", r"\b(?<=\bbasic\s)[\w+/]{6,}=+", told_by="basic"),
    TOKEN,
    # As lists of accounts keep them.
    form(
        "bob:$6$salt$XXXXXXXX:19000::",
        r"(?P<kept>(?<![\w$])\$(?:1|2[abxy]?|5|6|7|g?y|apr1|argon2\w{1,2})\$)[^\s:'\"]{8,}",
        told_by="$",
    ),
    # An address of IPv6 is none.
    form(
        "db.host:5432:base:bob:X",
        r"(?P<kept>(?<![^\s\"'])(?![\da-f]{1,4}(?::[\da-f]{0,4}){5,7}(?![\w:]))(?=\S*[^\W\d])"
        r"[\w.*-]+:(?:\d{4,5}|\*):[^\s:/]+:[^\s:/]+:)[^\s:]\S*",
        told_by=":",
    ),
    form("bob:{SSHA}X", r"(?P<kept>\{(?:s?sha\d*|s?md5|crypt)\})[^\s'\"]+", told_by="{"),
)
