"""The forms in which programs take a password where no key or option names it."""

from __future__ import annotations

from fwsim.secret_pieces import (
    ACCOUNT,
    ASKS,
    BEGIN,
    LOGIN,
    LONG_P,
    LONGEST_TEXT,
    NO_WORD,
    OF_COMMAND,
    OF_WLAN,
    PLACE,
    PROGRAMS_WITH_P,
    PROGRAMS_WITH_U,
    QUOTED,
    RUN,
    VALUE,
    WORD,
    form,
)

OF_PROGRAMS = (
    # Programs that take an account and its password in one option.
    form(
        "curl --user bob:X",
        rf"(?P<kept>{BEGIN}--?(?:proxy-)?u(?:ser)?(?:\s+|=)[^\s:]+:)\S+",
        told_by="-u -proxy-u",
    ),
    form(
        "curl -ubob:X", rf"(?P<kept>{BEGIN}--?u(?!ser)[^\s:=-]+:(?=\S*[^\W\d_]))\S+", told_by="-u"
    ),
    form(
        "curl -u 'bob:X Y'",
        rf"(?P<kept>{BEGIN}--?(?:proxy-)?u(?:ser)?[\s=]*(?P<quote>[\"'])[^\"':]+:)"
        r"(?:(?!(?P=quote)).)+",
        told_by="-u -proxy-u",
    ),
    form(
        "curl -sku bob:X",
        rf"(?P<kept>\bcurl{RUN}(?:(?-i:-\w{{1,9}}u|-E)|--(?:proxy-)?cert)[\s=]*"
        r"[\"']?[^\s:=][^\s:]*:)(?!//)[^\s\"']+",
        told_by="curl",
    ),
    form(
        "smbclient -U bob/X",
        rf"(?P<kept>\b(?:{PROGRAMS_WITH_U}){RUN}(?:-u|--(?:proxy-)?user)[\s=]*"
        r"(?P<quote>[\"'])?[^\s:/%\"'=-][^\s:/%\"']*[:/%])(?!//)"
        r"(?(quote)(?:(?!(?P=quote)).)+|[^\s\"']+)",
        told_by="curl wget smb rpcclient winexe wmic aria2c http",
    ),
    form("lftp -u bob,X", rf"(?P<kept>\bl?ftp{RUN}-u\s*[^\s,]+,)\S+", told_by="ftp"),
    form(
        "sqlplus bob/X@db",
        rf"(?P<kept>\b(?:sqlplus|impdp|expdp|sqlldr){RUN}[\"']?[^\s/\"'@-][^\s/]*/)"
        r"[^\s\"']+",
        told_by="sqlplus impdp expdp sqlldr",
    ),
    form(
        "scmd -login bob/X",
        rf"(?P<kept>{BEGIN}--?log[io]n\s+[^\s:/]+[:/])\S+",
        told_by="-login -logon",
    ),
    form(
        "Login: bob/X",
        r"(?P<kept>\b(?:log[io]n|anmeldung)\s*[:=]\s*"
        rf"(?!{PLACE}(?![^\s,;.)/\"']))"
        r"[^\W\d][^\s:/]*[:/])(?![/\\]|tty)\S+",
        told_by="login logon anmeldung",
    ),
    form(
        "Login: bob / X",
        rf"(?P<kept>\b{ACCOUNT}"
        r"(?:\s+(?:for|of|to|für|von|zu[mr]?)\s+[^\s:=]+)?\s*[:=]\s*"
        rf"(?!{PLACE})[^\W\d][^\s:/,]*(?:\s+/\s*|/\s+)){VALUE}",
        told_by="/",
    ),
    form(
        "User/PW: bob / X",
        rf"(?P<kept>\b{ACCOUNT}\s*/\s*"
        rf"(?:pwd?|{WORD})\s*[:=]\s*[^\s:/,]+\s*[/,:]\s*){VALUE}",
        told_by="pw passw passp kennwort",
    ),
    form(
        "Login: bob X",
        rf"(?P<kept>\b{LOGIN}\s*[:=]\s*[^\W\d][^\s:/,]*[\s,]\s*){NO_WORD}",
        told_by="login logon anmeld zugang credentials",
    ),
    form(
        "credentials bob / X",
        rf"(?P<kept>\b(?:credentials|(?:zugangs|anmelde|login)daten|log[io]n)\s+(?!{PLACE})[^\W\d][^\s:/,]*\s*/\s*)"
        rf"{NO_WORD}",
        told_by="/",
    ),
    form("PIN 4711", r"(?P<kept>\b(?-i:PIN|PUK)\s+)\d{4,10}\b", told_by="pin puk"),
    form(
        "swaks -au bob -ap X",
        rf"(?P<kept>\b(?:swaks|sendemail){RUN}-[ax]p\s+){VALUE}",
        told_by="swaks sendemail",
    ),
    form(
        "SetBiosPassword pap,X,X,ascii",
        r"(?P<kept>\bp[ao]p,)[^\s,]+,[^\s,]+(?=,(?:ascii|scancode))",
        told_by=",ascii ,scancode",
    ),
    form(
        "admin / X",
        rf"(?P<kept>{BEGIN}(?:admin(?:istrator)?|root)(?::|\s+/\s+)){NO_WORD}",
        told_by="admin root",
    ),
    form(
        "runas /user:bob X",
        rf"(?P<kept>\brunas{RUN}/u(?:ser)?:\S+\s+(?:/\S+\s+){{0,9}})(?!\S*[.\\/]){NO_WORD}",
        told_by="runas",
    ),
    form(
        "ftp -n user bob X",
        rf"(?P<kept>\bl?ftp\b:?\s+{OF_COMMAND}[\"']?user\s+\S+\s+){NO_WORD}",
        told_by="ftp",
    ),
    form(
        "mount -o user=bob%X",
        rf"(?P<kept>\bmount\S*\s+{OF_COMMAND}(?:\S*,)?user(?:name)?=[^\s:%,]+%)[^\s,]+",
        told_by="mount",
    ),
    form(
        "smbclient -U bob%X",
        rf"(?P<kept>{BEGIN}--?u(?:ser)?[\s=]*[^\s:%]+(?<!\\)%)\S+",
        told_by="%",
    ),
    # Programs that take a password where nothing, or only a letter, marks it as one.
    form(
        r"net use Z: \\host\share X",
        r"(?P<kept>\bnet(?:\.exe)?\s+use\s+)(?:[a-z]:|\*|\\\\)[^\n|&>]*",
        told_by="net",
    ),
    form(
        "net user bob X /add",
        r"(?P<kept>\bnet1?(?:\.exe)?\s+user\s+(?:\"[^\"]*\"|[^\s/\"]\S*)\s+(?:/\S+\s+)*)"
        rf"(?![/*]){VALUE}",
        told_by="net",
    ),
    form(
        "mysql -u bob -pX",
        rf"(?P<kept>\b(?:{PROGRAMS_WITH_P}){RUN}[\"']?(?-i:-p){LONG_P}\s*){VALUE}",
        told_by="-p",
    ),
    form(
        "scmd -prio 5 -p X",
        rf"(?P<kept>\b(?:{PROGRAMS_WITH_P}){RUN}(?-i:-p)\s+){VALUE}",
        told_by="-p",
    ),
    form(
        "-u bob -p X",
        rf"(?P<kept>{BEGIN}-u(?:ser)?\s+[^\s-]\S*\s+(?:\S+\s+){{0,4}}?(?-i:-p)\s+)"
        rf"(?!\S*\d:\d){VALUE}",
        told_by="-u",  # of docker it is a port
    ),
    form(
        "scmd -user bob -password X",
        rf"(?P<kept>\b(?:scmd|[xw]l?freerdp\S*){RUN}"
        rf"(?:(?-i:-P)|/p|[-/]p(?:ass(?:word|wort|wd)?|wd?|w))\s+){VALUE}",
        told_by="scmd freerdp",
    ),
    form("rar a -hpX", rf"(?P<kept>\brar{RUN}-hp){VALUE}", told_by="rar"),
    form(
        "signtool sign /p X",
        rf"(?P<kept>\bsigntool{RUN}/p\s+){VALUE}",
        told_by="signtool",
    ),
    form(
        "openssl enc -k X",
        rf"(?P<kept>\bopenssl{RUN}(?-i:-[kK])\s+){VALUE}",
        told_by="openssl",
    ),
    form(
        "openssl passwd -6 X",
        r"(?P<kept>\b(?:openssl\s+passwd|mkpasswd)\s+"
        rf"(?:-(?:salt|m|s|r|method|rounds)\s+\S+\s+|-\S+\s+){{0,9}}){VALUE}",
        told_by="openssl mkpasswd",
    ),
    form(
        "snmpget -v2c -c X host",
        rf"(?P<kept>\bsnmp\w+{RUN}(?-i:-[cAX])\s*){VALUE}"
        rf"(?:\s+{OF_COMMAND}(?-i:-[AX])\s*{VALUE})?",
        told_by="snmp",
    ),
    form(
        "vault login X", rf"(?P<kept>\bvault\s+login\s+(?:-\S+\s+){{0,9}}){VALUE}", told_by="vault"
    ),
    form(
        "vault kv put a b=X",
        r"(?P<kept>\bvault\s+(?:kv\s+put|write)\s+\S+\s+)[^\n|&;]+",
        told_by="vault",
    ),
    form(
        "kubectl --from-literal=b=X",
        rf"(?P<kept>--from-literal[\s=]+[^\s=]+=){VALUE}",
        told_by="--from-literal",
    ),
    form(
        "iwconfig wlan0 key X",
        rf"(?P<kept>\biw(?:config)?{RUN}key\s+){VALUE}",
        told_by="iw",
    ),
    form(
        "nmcli c mod a wifi-sec.psk X",
        rf"(?P<kept>\.(?:psk|wep-key\d?)\s+){VALUE}",
        told_by=".psk .wep",
    ),
    form(
        "unzip -P X f.zip",
        rf"(?P<kept>\b(?:un)?zip{RUN}(?-i:-P)\s*){VALUE}",
        told_by="zip",
    ),
    form(
        "smbclient //h/s X",
        rf"(?P<kept>\bsmbclient{RUN}[\"']?(?://|\\\\)[^\s\"']+[\"']?\s+)(?![|&;>]){VALUE}",
        told_by="smbclient",
    ),
    form(
        "sqlcmd -U bob -P X",
        rf"(?P<kept>\b(?:sqlcmd|bcp|[it]sql|osql|ipmitool|mosquitto_\w+|storebrowse)"
        rf"{RUN}(?-i:-P)\s*){VALUE}",
        told_by="-p",
    ),
    form(
        "requirepass X",
        r"(?P<kept>\b(?:requirepass|masterauth|rabbitmqctl\s+(?:add_user|change_password)\s+\S+"
        r"|samba-tool\s+user\s+(?:create|add)\s+\S+|machine\s+\S+\s+login\s+\S+\s+password"
        rf"|(?-i:AUTH)\s+(?:PLAIN|LOGIN))\s+|\b\w*_authToken\s+){VALUE}",
        told_by="requirepass masterauth rabbitmqctl samba-tool machine auth",
    ),
    form(
        "mysqladmin -u root password X",
        rf"(?P<kept>\b(?:mysqladmin|racadm|ipmitool|rclone|iscsiadm){RUN}"
        rf"\S{{0,60}}pass(?:word)?(?:\s+(?:\d+|-v))?\s+){VALUE}",
        told_by="mysqladmin racadm ipmitool rclone iscsiadm",
    ),
    form(
        "ssh-keygen -N X -f k",
        rf"(?P<kept>\b(?:ssh-keygen|manage-bde|ldappasswd){RUN}"
        rf"(?:(?-i:-[NPs])|-rp|-pw)\s+){VALUE}(?:\s+{OF_COMMAND}(?-i:-[NPsw])\s+{VALUE})?",
        told_by="ssh-keygen manage-bde ldappasswd",
    ),
    form(
        "http -a bob:X host",
        rf"(?P<kept>\bhttps?\s+{OF_COMMAND}(?-i:-a)\s*[\"']?[^\s:]+:)\S+",
        told_by="http",
    ),
    form(
        ': EAP "X"', rf"(?P<kept>(?<!\S):\s*(?:PSK|EAP|XAUTH)\s+){QUOTED}", told_by="psk eap xauth"
    ),
    form(
        "redis-cli -a X",
        rf"(?P<kept>\bredis-cli{RUN}-a\s*){VALUE}",
        told_by="redis-cli",
    ),
    form(
        "ldapsearch -w X",
        rf"(?P<kept>\bldap\w+{RUN}(?-i:-w)\s*){VALUE}",
        told_by="ldap",
    ),
    form(
        "wpa_passphrase Nord X",
        r"(?P<kept>\b(?:wpa_passphrase\s+\S+|htpasswd\s+-(?:\w*b\w*\s+\S+|nb|bn)\s+\S+)\s+)"
        rf"{VALUE}",
        told_by="wpa_passphrase htpasswd",
    ),
    form(
        "reg add HKLM\\Winlogon /v DefaultPassword /d X",
        rf"(?P<kept>\breg(?:\.exe)?\s+add\s+{OF_COMMAND}/d\s+){VALUE}",
        told_by="/d",
    ),
    form(
        "cmdkey /add:host /pass:X",
        rf"(?P<kept>{BEGIN}(?:-p:|/p:\s*|/(?:rp|pd|pwd?|pass(?:word|wort)?|kennwort)(?::\s*|\s+)))(?!/){VALUE}",
        told_by="/p /rp -p: /kennwort",
    ),
    form(
        "echo X | sudo -S x",
        rf"(?P<kept>\b(?:echo|printf)\s+)[^\n|]+(?=\|[^\n]{{0,{LONGEST_TEXT}}}?{ASKS})",
        told_by="echo printf",
    ),
    form("chpasswd <<< bob:X", rf"(?P<kept>{ASKS}[^\n|;&<]*<<<\s*){VALUE}", told_by="<<<"),
    form(
        "ConvertTo-SecureString -String X",
        r"(?P<kept>\bConvertTo-SecureString\s+(?:-\w+\s+){0,9})"
        rf"(?:{QUOTED}|[^\s)|-][^\s)]*)",
        told_by="securestring",
    ),
    form(
        "'X' | ConvertTo-SecureString",
        rf"(?:{QUOTED})(?=\s*\|\s*ConvertTo-SecureString\b)",
        told_by="securestring",
    ),
    form(
        "PSCredential('bob', 'X')",
        rf"(?P<kept>\b(?:PS|Network)Credential\]?(?:::new)?(?:\s+-ArgumentList)?"
        rf"(?:\s*\(\s*|\s+)[^\s,()]+\s*,\s*){QUOTED}",
        told_by="credential",
    ),
    form(
        "setx TOKEN X",
        rf"(?P<kept>\b(?:setx|setenv|config(?:ure)?\s+set)\s+(?P<name>[^\W\d][\w.-]{{0,60}})\s+){VALUE}",
        told_by="setx setenv set",
    ),
    form(
        'SetEnvironmentVariable("TOKEN", "X")',
        r"(?P<kept>\b(?:SetEnvironmentVariable|setenv|setdefault)\s*\(\s*"
        rf"[\"'](?P<name>[^\"'\s]{{1,60}})[\"']\s*,\s*)(?:{QUOTED}|[^\s\"',)]+)",
        told_by="setenv setdefault",
    ),
    form(
        "Password    REG_SZ    X",
        rf"(?P<kept>\b(?P<name>[^\W\d]\w{{0,60}})[\"']?\s+REG_\w+\s+){VALUE}",
        told_by="reg_",
    ),
    form(
        "Set-ItemProperty -Name Password -Value X",
        rf"(?P<kept>{BEGIN}-Name\s+[\"']?(?P<name>[^\W\d]\w{{0,60}})[\"']?\s+{OF_COMMAND}-Value\s+)"
        rf"{VALUE}",
        told_by="-name",
    ),
    form(
        "New-ItemProperty -Value X -Name Password",
        rf"(?P<kept>{BEGIN}-Value\s+){VALUE}(?=\s+{OF_COMMAND}-Name\s+[\"']?"
        r"(?P<name>[^\W\d]\w{0,60}))",
        told_by="-value",
    ),
    form(
        "snmp community X",
        rf"(?P<kept>\bsnmp[\w-]*\s+community\s*[:=]?\s*){VALUE}",
        told_by="community",
    ),
    form(
        "community: X",
        rf"(?P<kept>\b(?:community\s*[:=]|snmp-community\s)\s*){NO_WORD}",
        told_by="community",
    ),
    form(
        "rocommunity X",
        rf"(?P<kept>\b(?:r[ow]community6?|com2sec6?\s+\S+\s+\S+)\s+){VALUE}",
        told_by="community com2sec",
    ),
    form(
        "createUser bob SHA X AES X",
        rf"(?P<kept>\bcreateUser\s+\S+\s+(?:MD5|SHA\S*)\s+){VALUE}(?:\s+(?:DES|AES\S*)\s+{VALUE})?",
        told_by="createuser",
    ),
    form(
        "username bob secret X",
        r"(?P<kept>\b(?:(?:username\s+\S+|enable|user\s+\S+)\s+(?:privilege\s+\d+\s+)?"
        r"(?:secret|password)|(?:radius|tacacs|ike|ipsec)\S*\s+(?:secret|key|psk))\s+(?:\d\s+)?)"
        rf"{NO_WORD}",
        told_by="secret passw key psk",
    ),
    form(
        "wpa-psk X",
        rf"(?P<kept>\b(?:wpa\d?(?:[-_ ](?:psk|key|ascii))*|(?:pre-?shared|shared)[-_ ]?key|psk)\s+)"
        rf"(?!{OF_WLAN}){NO_WORD}",
        told_by="wpa shared psk",
    ),
)
