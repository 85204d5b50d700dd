"""The commands and their options, as the console's dialogs ask for them.

Sources: seed page "Performing updates via command"; Scout manual, "Command options"; the
partitions' page for delivery.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from fwsim.commands.schedule import Now, Schedule
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import Target

LONGEST_NOTICE_SECONDS = 7 * 24 * 3600
LONGEST_DEVICES_WAIT_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command to devices has.

    Parameters
    ----------
    target
        Who is commanded; looked up when the command runs.
    schedule
        When it runs, on the server's clock.
    only_switched_on
        Send only to devices *shown* as switched on; the true state is not determined first [S].
    check_reachability
        In addition, ping: only devices that answer get the command [S].
    devices_wait
        Milliseconds from one device to the next.

    Raises
    ------
    ValueError
        If an option is out of range or needs another one; with all such faults.
    """

    status_field: ClassVar[StatusField]

    target: Target
    schedule: Schedule = field(default_factory=Now)
    only_switched_on: bool = False
    check_reachability: bool = False
    devices_wait: int = 0

    def __post_init__(self) -> None:
        faults = [*self._faults()]
        if faults:
            raise ValueError("; ".join(faults))

    def _faults(self) -> Iterator[str]:
        if not 0 <= self.devices_wait <= LONGEST_DEVICES_WAIT_MS:
            yield (
                f"devices wait: {self.devices_wait} ms is out of range; "
                f"expected 0 to {LONGEST_DEVICES_WAIT_MS} ms"
            )
        if self.check_reachability and not self.only_switched_on:
            yield "check reachability: needs only switched on; it narrows down the devices shown on"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCommand(Command):
    """An Update command.

    Parameters
    ----------
    inform_user
        Seconds the notice is shown; 0 shows it until a button is clicked; None asks nobody.
    user_can_cancel
        The notice has a cancel button.
    format_system_partition
        Format the system partition before writing; every package is then fetched and written.
    """

    status_field: ClassVar[StatusField] = StatusField.UPDATE

    inform_user: int | None = None
    user_can_cancel: bool = False
    format_system_partition: bool = False

    def _faults(self) -> Iterator[str]:
        yield from Command._faults(self)  # noqa: SLF001 - super() needs no slots
        if self.inform_user is not None and not 0 <= self.inform_user <= LONGEST_NOTICE_SECONDS:
            yield (
                f"inform user: {self.inform_user} s is out of range; "
                f"expected 0 (until a button is clicked) to {LONGEST_NOTICE_SECONDS} s"
            )
        if self.user_can_cancel and self.inform_user is None:
            yield "user can cancel: needs inform user; without a notice there is no button"


@dataclass(frozen=True, slots=True, kw_only=True)
class UefiUpdateCommand(UpdateCommand):
    """A UEFI update: same targets, schedule, notice and no-retry rule, a status of its own [S].

    Source: short guide on UEFI updates. There is nothing to format.
    """

    status_field: ClassVar[StatusField] = StatusField.UEFI

    def _faults(self) -> Iterator[str]:
        yield from UpdateCommand._faults(self)  # noqa: SLF001 - super() needs no slots
        if self.format_system_partition:
            yield "format system partition: a UEFI update writes no partition"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCommand(Command):
    """A Delivery command: packages go to the update partition ahead; no user is disturbed.

    Parameters
    ----------
    format_update_partition
        Format the update partition before delivery; what lay there is gone [S].
    """

    status_field: ClassVar[StatusField] = StatusField.DELIVERY

    format_update_partition: bool = False
