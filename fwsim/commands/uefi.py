"""UEFI updates: which vendor firmware a model gets, and who is refused.

Source: short guide on UEFI updates; facts, section 1.7.
"""

from __future__ import annotations

from dataclasses import dataclass

REFUSED_SUPPLIER = "Fujitsu"


@dataclass(frozen=True, slots=True)
class VendorFirmware:
    """What the UEFI file (``.udf``) assigns to one model [S].

    Parameters
    ----------
    version
        The version the vendor's archive brings.
    size
        Bytes of the archive.
    """

    version: str
    size: int


def is_refused(supplier: str, *, encrypted: bool) -> bool:
    """Tell whether a device refuses a UEFI update: Fujitsu with an encrypted partition [S]."""
    return encrypted and supplier.casefold().startswith(REFUSED_SUPPLIER.casefold())


def needs_uefi_update(reported: str, offered: VendorFirmware) -> bool:
    """Tell whether the version a device reports differs from the vendor's.

    Whether a downgrade is possible is decided by the vendor's archive [S]; here it is [A].
    """
    return reported != offered.version
