"""Device configuration > Firmware: settings, their inheritance, and the URL made of them.

Sources: seed page, last paragraph [S]; "Firmware" pages of the Scout manual; facts, 6.5 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from urllib.parse import quote

from fwsim.secrecy import MASK

PORTS = {"http": 80, "https": 443, "ftp": 21}


class ProxyType(StrEnum):
    """Firmware > Proxy type: who fetches the packages for whom [S]."""

    NONE = "none"
    STATIC = "static"
    DYNAMIC = "dynamic"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareSettings:
    """What the Firmware page of one OU or device says; None means inherited.

    Parameters
    ----------
    protocol
        ``http``, ``https`` or ``ftp``.
    server
        Host name or address of the web server with the container.
    port
        Only where it is not the protocol's own.
    path
        The container's path, such as ``elias/UC_RP6_X64``; case-sensitive.
    image_file
        The IDF's name, case-sensitive, with extension; may hold macros.
    uefi_file
        The UEFI file's name, such as ``uefi.udf``.
    user
        Account on the web server.
    has_password
        Whether a password is set. The password itself is never kept.
    release_models, new_release, old_release
        Whitelist of hardware models, and what ``__RM__`` stands for on it and off it.
    deferments
        Reminder: number of allowed deferments.
    delays
        Reminder: delays until next reminder, in seconds.
    proxy_type, proxy
        Where packages come from, and the name of the static proxy.
    check_at_start, check_at_shutdown, confirm_check
        Check for new version by the device itself, and whether it asks its user first.
    certificates
        Files configured for transfer: certificates of one's own. They reach devices at the next
        start [S].
    check_idf_signature, check_package_signatures
        Security: what must be valid before anything is run.
    """

    protocol: str | None = None
    server: str | None = None
    port: int | None = None
    path: str | None = None
    image_file: str | None = None
    uefi_file: str | None = None
    user: str | None = None
    has_password: bool | None = None
    release_models: tuple[str, ...] | None = None
    new_release: str | None = None
    old_release: str | None = None
    deferments: int | None = None
    delays: tuple[int, ...] | None = None
    proxy_type: ProxyType | None = None
    proxy: str | None = None
    check_at_start: bool | None = None
    check_at_shutdown: bool | None = None
    confirm_check: bool | None = None
    certificates: tuple[str, ...] | None = None
    check_idf_signature: bool | None = None
    check_package_signatures: bool | None = None

    @property
    def has_proxy(self) -> bool:
        """Whether devices fetch packages from one of them."""
        return self.proxy_type not in {None, ProxyType.NONE}

    @property
    def reminder(self) -> tuple[int, tuple[int, ...]]:
        """Allowed deferments, and delays in seconds."""
        return self.deferments or 0, self.delays or ()

    def over(self, parent: FirmwareSettings) -> FirmwareSettings:
        """Return these settings with every gap filled from `parent`."""
        own = {
            item.name: value
            for item in fields(self)
            if (value := getattr(self, item.name)) is not None
        }
        return replace(parent, **own)


def units_above(path: str) -> Iterator[str]:
    """Yield an OU's path and those of all OUs above it, from the root down; "" is the root."""
    yield ""
    parts = path.split("/") if path else []
    for depth in range(1, len(parts) + 1):
        yield "/".join(parts[:depth])


def effective_settings(unit: str, own: Mapping[str, FirmwareSettings]) -> FirmwareSettings:
    """Return the settings that hold in an OU.

    Parameters
    ----------
    unit
        Path of the OU; "" is the root.
    own
        Settings made at each OU; most OUs make none. Configuration is inherited from the OU
        above unless overridden [S].
    """
    effective = FirmwareSettings()
    for path in units_above(unit):
        if path in own:
            effective = own[path].over(effective)
    return effective


def update_url(settings: FirmwareSettings, image_file: str) -> str:
    """Return the URL the Update command sends, with the password masked.

    The grammar is that of RFC 3986 [A]; the manual names the fields, not the form.

    Parameters
    ----------
    settings
        The server's values at the moment the command runs [S].
    image_file
        The image file's name with its macros resolved.
    """
    account = ""
    if settings.user:
        secret = f":{MASK}" if settings.has_password else ""
        account = f"{quote(settings.user, safe='')}{secret}@"
    port = (
        "" if settings.port in {None, PORTS.get(settings.protocol or "")} else f":{settings.port}"
    )
    server = settings.server or ""
    host = f"[{server}]" if ":" in server else server  # an IPv6 address
    path = quote((settings.path or "").strip("/"))
    return f"{settings.protocol}://{account}{host}{port}/{path}/{quote(image_file)}"


def resolve_macros(image_file: str, *, model: str, uefi: bool, settings: FirmwareSettings) -> str:
    """Return the image file's name as the device reads it, macros resolved [S].

    Parameters
    ----------
    image_file
        May hold ``__RM__`` (release by hardware model) and ``__BM__`` (UEFI or BIOS image).
    model
        The device's hardware model.
    uefi
        Whether it boots by UEFI; the UEFI image's name then contains ``EFI`` [S].
    settings
        Hold the whitelist of models and what ``__RM__`` stands for on it and off it [A].
    """
    on_whitelist = model in (settings.release_models or ())
    release = (settings.new_release if on_whitelist else settings.old_release) or ""
    return image_file.replace("__RM__", release).replace("__BM__", "EFI" if uefi else "")
