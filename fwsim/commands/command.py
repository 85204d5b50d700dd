"""The Update command and its options, as the console's dialog asks for them.

Sources: seed page "Performing updates via command"; Scout manual, "Command options".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fwsim.commands.schedule import Now, Schedule
from fwsim.commands.targets import Target

LONGEST_NOTICE_SECONDS = 7 * 24 * 3600
LONGEST_DEVICES_WAIT_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCommand:
    """One Update command, as scheduled.

    Parameters
    ----------
    target
        Whose firmware is updated; looked up when the command runs.
    schedule
        When it runs, on the server's clock.
    inform_user
        Seconds the notice is shown; 0 shows it until a button is clicked; None asks nobody.
    user_can_cancel
        The notice has a cancel button.
    format_system_partition
        Format the system partition before writing; every package is then fetched and written.
    only_switched_on
        Send only to devices *shown* as switched on; the true state is not determined first.
    check_reachability
        In addition, ping: only devices that answer get the command.
    devices_wait
        Milliseconds from one device to the next.

    Raises
    ------
    ValueError
        If an option is out of range or needs another one.
    """

    target: Target
    schedule: Schedule = field(default_factory=Now)
    inform_user: int | None = None
    user_can_cancel: bool = False
    format_system_partition: bool = False
    only_switched_on: bool = False
    check_reachability: bool = False
    devices_wait: int = 0

    def __post_init__(self) -> None:
        faults = []
        if self.inform_user is not None and not 0 <= self.inform_user <= LONGEST_NOTICE_SECONDS:
            faults.append(
                f"inform user: {self.inform_user} s is out of range; "
                f"expected 0 (until a button is clicked) to {LONGEST_NOTICE_SECONDS} s"
            )
        if not 0 <= self.devices_wait <= LONGEST_DEVICES_WAIT_MS:
            faults.append(
                f"devices wait: {self.devices_wait} ms is out of range; "
                f"expected 0 to {LONGEST_DEVICES_WAIT_MS} ms"
            )
        if self.user_can_cancel and self.inform_user is None:
            faults.append("user can cancel: needs inform user; without a notice there is no button")
        if self.check_reachability and not self.only_switched_on:
            faults.append(
                "check reachability: needs only switched on; it narrows down the devices shown on"
            )
        if faults:
            raise ValueError("; ".join(faults))
