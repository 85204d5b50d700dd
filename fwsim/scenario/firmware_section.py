"""Device configuration > Firmware, as a scenario writes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from fwsim.commands.firmware import FirmwareSettings, ProxyType
from fwsim.messages import say
from fwsim.scenario.section import Section
from fwsim.scenario.values import Duration, Whole
from fwsim.secrecy import MASK, account_of, without_secrets


def _no_blanks(text: str) -> str:
    shown = without_secrets(text)
    if "://" in text or "@" in text:
        raise ValueError(say("firmware.address", shown=shown))
    if any(c.isspace() for c in text) or not text:
        raise ValueError(say("firmware.blanks", shown=shown))
    return shown  # a token in it is forgotten here


def _account(text: str) -> str:
    shown = account_of(text)
    if ":" in text or shown != without_secrets(text):
        raise ValueError(say("firmware.account", shown=shown))
    return shown


def _file_name(text: str) -> str:
    mark = next((c for c in text if c in '/\\:*?"<>|'), None)
    if mark is not None:
        raise ValueError(say("firmware.no_file_name", text=text, mark=mark))
    return _no_blanks(text)


def _host(text: str) -> str:
    if "@" in text:
        raise ValueError(say("firmware.account_here"))
    if not text or any(c.isspace() or c in "/@?#" for c in text):
        raise ValueError(say("firmware.no_server", text=without_secrets(text)))
    return text


def _is_set(value: Any) -> bool:
    # The password is forgotten here; only that there was one is known from now on.
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ValueError(say("firmware.text"))
    return value != ""


FileName = Annotated[str, AfterValidator(_file_name)]
PathName = Annotated[str, AfterValidator(_no_blanks)]
Password = Annotated[
    bool,
    BeforeValidator(_is_set),
    PlainSerializer(lambda is_set: MASK if is_set else ""),
    WithJsonSchema({"type": ["string", "boolean"]}),
]


class ReminderSection(Section):
    """Firmware > Reminder: may users defer, how often, and for how long."""

    deferments: Whole = Field(0, ge=0, description="number of allowed deferments; 0 is off")
    delays: tuple[Duration, ...] = Field((), description="delays until next reminder")


class SecuritySection(Section):
    """Firmware > Security: what must be validly signed before anything is run.

    What is left out is inherited; where no OU above says it, it is not checked.
    """

    idf: bool | None = Field(None, description="check the signature of the image definition file")
    packages: bool | None = Field(None, description="check the signatures of the packages")


class ProxySection(Section):
    """Firmware > Proxy type: one device of a subnet fetches the packages for the others."""

    type: ProxyType = Field(description="none, static or dynamic")
    device: str | None = Field(None, description="name of the static proxy")

    @model_validator(mode="after")
    def _names_a_static_proxy(self) -> ProxySection:
        if (self.type is ProxyType.STATIC) != (self.device is not None):
            raise ValueError(say("together.static_device"))
        return self


class NewVersionSection(Section):
    """Check for new version: devices update by themselves.

    What is left out is inherited; where no OU above says it, it is off.
    """

    at_start: bool | None = Field(None, description="check on every start")
    at_shutdown: bool | None = Field(None, description="check on every shutdown; nobody is asked")
    confirm: bool | None = Field(None, description="ask the user first, until a button is clicked")


class ReleaseSection(Section):
    """What the macro ``__RM__`` in the image file's name stands for."""

    models: tuple[str, ...] = Field(description="whitelist of hardware models (Device type)")
    new: str = Field(description="for models on the whitelist")
    old: str = Field(description="for all other models")


class FirmwareSection(Section):
    """The Firmware page of the top level or of one OU; what is left out is inherited."""

    protocol: Literal["http", "https", "ftp"] | None = Field(None, description="of the web server")
    server: Annotated[str, AfterValidator(_host)] | None = Field(
        None, description="name or address"
    )
    port: Whole | None = Field(
        None, ge=1, le=65535, description="port, if it is not the protocol's default"
    )
    path: PathName | None = Field(None, description="the container, such as elias/UC_RP6_X64")
    image_file: FileName | None = Field(None, description="the IDF's name with its extension")
    uefi_file: FileName | None = Field(None, description="the UEFI file's name; default uefi.udf")
    user: Annotated[str, AfterValidator(_account)] | None = Field(
        None, description="account on the web server"
    )
    password: Password | None = Field(None, description="never kept; only that there is one")
    release: ReleaseSection | None = Field(None, description="what __RM__ stands for")
    reminder: ReminderSection | None = Field(
        None, description="whether and how often users may defer"
    )
    proxy: ProxySection | None = Field(None, description="who fetches the packages")
    certificates: tuple[str, ...] | None = Field(
        None, description="certificates transferred to devices; they arrive at the next start"
    )
    new_version: NewVersionSection | None = Field(None, description="check for new version")
    security: SecuritySection | None = Field(None, description="signatures that are checked")

    def settings(self) -> FirmwareSettings:
        """Return the same settings in the rulebook's form; delays in seconds."""
        reminder, security, release = self.reminder, self.security, self.release
        new_version = self.new_version
        return FirmwareSettings(
            protocol=self.protocol,
            server=self.server,
            port=self.port,
            path=self.path,
            image_file=self.image_file,
            uefi_file=self.uefi_file,
            user=self.user,
            has_password=self.password,
            release_models=release.models if release else None,
            new_release=release.new if release else None,
            old_release=release.old if release else None,
            deferments=reminder.deferments if reminder else None,
            delays=tuple(delay // 1000 for delay in reminder.delays) if reminder else None,
            proxy_type=self.proxy.type if self.proxy else None,
            proxy=self.proxy.device if self.proxy else None,
            certificates=self.certificates,
            check_at_start=new_version.at_start if new_version else None,
            check_at_shutdown=new_version.at_shutdown if new_version else None,
            confirm_check=new_version.confirm if new_version else None,
            check_idf_signature=security.idf if security else None,
            check_package_signatures=security.packages if security else None,
        )


DEFAULT_SETTINGS = FirmwareSettings(
    protocol="https",
    server="scout.example.net",
    path="elias/UC_RP6_X64",
    uefi_file="uefi.udf",
    has_password=False,
    deferments=0,
    delays=(),
    check_idf_signature=False,
    check_package_signatures=False,
)
"""Where no OU says anything."""
