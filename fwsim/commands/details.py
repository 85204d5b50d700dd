"""Why a device ended where it did: the detail beside a status.

Scout's own error texts were found on no page; these stand in for them [A] (facts, section 6.4).
"""

from __future__ import annotations

from enum import IntEnum


class Detail(IntEnum):
    """A reason, as a code that a status log can hold."""

    NONE = 0
    IDF_NOT_AVAILABLE = 1
    CONTAINER_NOT_FOUND = 2
    IDF_SIGNATURE_INVALID = 3
    PACKAGE_NOT_FOUND = 4
    TRANSFER_FAILED = 5
    UPDATE_PARTITION_FULL = 6
    PACKAGE_SIGNATURE_INVALID = 7
    SYSTEM_PARTITION_FULL = 8
    INSTALLATION_FAILED = 9
    POWER_LOST_WHILE_CHECKING = 10
    POWER_LOST_IN_TRANSFER = 11
    POWER_LOST_IN_INSTALLATION = 12
    DEFERMENT_LOST = 13
    CANCELLED_BY_USER = 14
    SHOWN_AS_OFF = 15
    NO_REPLY_TO_PING = 16
    CONNECTION_TIMED_OUT = 17
    NOT_SWITCHED_ON = 18
    BUSY = 19
    SUPERSEDED = 20
    URL = 21
    DEFERRED_FOR = 22
    PACKAGES_NOT_CHECKED = 23
    NO_UPDATE_PARTITION = 24
    MODEL_NOT_LISTED = 25
    ENCRYPTED_PARTITION = 26
    BUSY_AND_SILENT = 27


DETAIL_TEXTS: dict[Detail, str] = {
    Detail.NONE: "",
    Detail.IDF_NOT_AVAILABLE: "image definition file not available",
    Detail.CONTAINER_NOT_FOUND: "container not found",
    Detail.IDF_SIGNATURE_INVALID: "IDF signature invalid",
    Detail.PACKAGE_NOT_FOUND: "package not found",
    Detail.TRANSFER_FAILED: "transfer failed",
    Detail.UPDATE_PARTITION_FULL: "not enough space on update partition",
    Detail.PACKAGE_SIGNATURE_INVALID: "package signature invalid",
    Detail.SYSTEM_PARTITION_FULL: "not enough space on system partition",
    Detail.INSTALLATION_FAILED: "installation failed",
    Detail.POWER_LOST_WHILE_CHECKING: "power lost before the transfer",
    Detail.POWER_LOST_IN_TRANSFER: "power lost during the transfer",
    Detail.POWER_LOST_IN_INSTALLATION: "power lost during the installation",
    Detail.DEFERMENT_LOST: "deferment lost with the power",
    Detail.CANCELLED_BY_USER: "cancelled by user",
    Detail.SHOWN_AS_OFF: "skipped: shown as switched off",
    Detail.NO_REPLY_TO_PING: "skipped: no reply to ping",
    Detail.CONNECTION_TIMED_OUT: "error: shown as switched on, connection timed out",
    Detail.NOT_SWITCHED_ON: "error: could not be switched on",
    Detail.BUSY: "rejected: busy with another command",
    Detail.SUPERSEDED: "superseded by a newer command",
    Detail.URL: "",
    Detail.DEFERRED_FOR: "for",
    Detail.PACKAGES_NOT_CHECKED: "no update partition: package signatures not checked",
    Detail.NO_UPDATE_PARTITION: "no update partition to deliver to",
    Detail.MODEL_NOT_LISTED: "UEFI file names no firmware for this model",
    Detail.ENCRYPTED_PARTITION: "UEFI update refused: encrypted system partition",
    Detail.BUSY_AND_SILENT: "error: no answer, busy with another command",
}
