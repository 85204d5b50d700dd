"""What is drawn in a run, a row each: the stream of its chances, its law, how often it is drawn.

`Chances`, `Draws` and both clocks take everything they know of a drawn quantity from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import ClassVar, Self

from fwsim.scenario.sections import FaultPhase


class Kind(Enum):
    """What a drawn quantity is, by the name of its type in the compiled clock's tables."""

    MILLISECONDS = "int64"
    NUMBER = "float64"
    COIN = "uint8"


@dataclass(frozen=True)
class Uniform:
    """The chance itself, for a choice that is made when it is known what there is to choose."""

    kind: ClassVar[Kind] = Kind.NUMBER


@dataclass(frozen=True)
class Time:
    """A time by the law of an assumption."""

    assumption: str
    kind: ClassVar[Kind] = Kind.MILLISECONDS


@dataclass(frozen=True)
class Factor:
    """A factor by the law of an assumption."""

    assumption: str
    kind: ClassVar[Kind] = Kind.NUMBER


@dataclass(frozen=True)
class Coin:
    """Whether something is so, by the share of an assumption."""

    assumption: str
    kind: ClassVar[Kind] = Kind.COIN


@dataclass(frozen=True)
class Fault:
    """Whether a phase of an update fails, by the share of the device's model, site and unit."""

    phase: FaultPhase
    kind: ClassVar[Kind] = Kind.COIN


@dataclass(frozen=True)
class AnswerTime:
    """A time by the law of the device's people."""

    kind: ClassVar[Kind] = Kind.MILLISECONDS


@dataclass(frozen=True)
class PeopleCoin:
    """Whether something is so, by a share of the habits of the device's people."""

    share: str
    kind: ClassVar[Kind] = Kind.COIN


@dataclass(frozen=True)
class PowerCoin:
    """Whether something is so, by a share of the device's power habits."""

    share: str
    kind: ClassVar[Kind] = Kind.COIN


@dataclass(frozen=True)
class Jitter:
    """A shift either way, evenly within the jitter of the device's power habits."""

    kind: ClassVar[Kind] = Kind.MILLISECONDS


@dataclass(frozen=True)
class TimeToPowerLoss:
    """A time by the rate of the device's power habits; below zero for never."""

    kind: ClassVar[Kind] = Kind.MILLISECONDS


@dataclass(frozen=True)
class AtTheStart:
    """Drawn once, before the clock starts: see `Draws.installed` and `Draws.sites_that_wake`."""

    kind: ClassVar[Kind] = Kind.NUMBER


Law = (
    Uniform
    | Time
    | Factor
    | Coin
    | Fault
    | AnswerTime
    | PeopleCoin
    | PowerCoin
    | Jitter
    | TimeToPowerLoss
    | AtTheStart
)


class Each(Enum):
    """When a quantity is drawn anew for a device."""

    OCCASION = auto()
    """Each time the question comes up: the n-th notice, start, day."""
    RUN = auto()
    """With each run of a command."""
    FIRING = auto()
    """Each time a job of the scheduler comes round."""


class Purpose(IntEnum):
    """What a chance decides.

    Parameters
    ----------
    stream
        Names the stream of its chances. It is data: with another name everybody's luck is another.
    decides
        What it decides, in words.
    law
        From the chance to the quantity.
    each
        When it is drawn anew.
    """

    stream: str
    decides: str
    law: Law
    each: Each

    def __new__(cls, stream: str, decides: str, law: Law, each: Each = Each.OCCASION) -> Self:
        """Make a row, numbered as they stand; the number is no data, it may change."""
        number = len(cls.__members__)
        purpose = int.__new__(cls, number)
        purpose._value_ = number
        purpose.stream, purpose.decides, purpose.law, purpose.each = stream, decides, law, each
        return purpose

    @classmethod
    def of_stream(cls, stream: str) -> Purpose:
        """Return the purpose whose stream has a name, in capitals or not.

        Raises
        ------
        KeyError
            If none has.
        """
        return {purpose.stream: purpose for purpose in cls}[stream.upper()]

    ANSWER = "ANSWER", "which button a user clicks", Uniform()
    ANSWER_TIME = "ANSWER_TIME", "how long a user takes to click", AnswerTime()
    DELAY_PICK = "DELAY_PICK", "which delay a user picks", Uniform()
    BOOT_TIME = "BOOT_TIME", "how long a device takes to start", Time("boot_time")
    RESTART_TIME = (
        "RESTART_TIME",
        "how long a device takes to restart after the installation",
        Time("restart_time"),
        Each.RUN,
    )
    INSTALL_FACTOR = (
        "INSTALL_TIME",
        "how much longer or shorter a device installs",
        Factor("install_spread"),
    )
    INSTALLED = "INSTALLED", "which image a device runs at the start", AtTheStart()
    IDF_FAULT = (
        "IDF_FAULT",
        "whether the image definition file cannot be had",
        Fault("idf"),
        Each.RUN,
    )
    IDF_SIGNATURE_FAULT = (
        "IDF_SIGNATURE_FAULT",
        "whether a device cannot verify the IDF",
        Fault("idf_signature"),
        Each.RUN,
    )
    PACKAGE_FAULT = (
        "PACKAGE_FAULT",
        "whether a package cannot be found",
        Fault("package"),
        Each.RUN,
    )
    TRANSFER_FAULT = (
        "TRANSFER_FAULT",
        "whether a transfer breaks",
        Fault("transfer"),
        Each.RUN,
    )
    TRANSFER_FAULT_POINT = (
        "TRANSFER_FAULT_POINT",
        "how far a broken transfer gets",
        Uniform(),
        Each.RUN,
    )
    PACKAGE_SIGNATURE_FAULT = (
        "PACKAGE_SIGNATURE_FAULT",
        "whether a device cannot verify the packages",
        Fault("package_signature"),
        Each.RUN,
    )
    WRITE_FAULT = (
        "WRITE_FAULT",
        "whether the installation fails",
        Fault("installation"),
        Each.RUN,
    )
    WRITE_FAULT_POINT = (
        "WRITE_FAULT_POINT",
        "how far a failed installation gets",
        Uniform(),
        Each.RUN,
    )
    POWER_LOSS = "POWER_LOSS", "when a device loses power", TimeToPowerLoss()
    OUTAGE = "OUTAGE", "how long the power stays away", Time("outage")
    BRICKED = (
        "RECOVERY",
        "whether a partly written device starts again",
        Coin("bricked"),
        Each.RUN,
    )
    SITE_WAKES = "SITE_WAKES", "whether wake-up works at a site", AtTheStart()
    DEVICE_WAKES = (
        "DEVICE_WAKES",
        "whether a device wakes where wake-up works",
        Coin("wake_up_devices"),
        Each.RUN,
    )
    SWITCH_ON = "SWITCH_ON", "how early or late a device is switched on", Jitter()
    SWITCH_OFF = "SWITCH_OFF", "how early or late a device is switched off", Jitter()
    LEFT_ON = "LEFT_ON", "whether a device is left on overnight", PowerCoin("left_on")
    UNREPORTED = "UNREPORTED", "whether a switch-off goes unreported", PowerCoin("unreported")
    SUSPENDED = "SUSPENDED", "whether a device is only suspended", PowerCoin("suspends")
    SPREAD = (
        "SPREAD",
        "how long a device waits within a job's spread",
        Uniform(),
        Each.FIRING,
    )
    SPREAD_AGAIN = (
        "SPREAD_AGAIN",
        "how long a device still waits that by a log has not begun a job when luck would have it",
        Uniform(),
        Each.FIRING,
    )
    CHECK_IN_PHASE = (
        "CHECK_IN_PHASE",
        "where between two check-ins a device stands when an assignment is set; drawn once",
        Uniform(),
    )
    CHECK_IN_JITTER = (
        "CHECK_IN_JITTER",
        "how much earlier or later a device checks in again",
        Uniform(),
    )
    CHECK_IN_AGAIN = (
        "CHECK_IN_AGAIN",
        "when a device checks in of which a log says that it has not when luck would have it",
        Uniform(),
    )
    OWN_ANSWER = (
        "OWN_ANSWER",
        "which button a user clicks who answers as ever; drawn once",
        Uniform(),
    )
    SHARE = (
        "SHARE",
        "which factor a device has on its share of a line; drawn once",
        Uniform(),
    )
    PERSISTS = (
        "PERSISTS",
        "whether a user answers a notice as ever",
        PeopleCoin("persistence"),
    )
    TRANSFER_FAULT_AGAIN = (
        "TRANSFER_FAULT_AGAIN",
        "whether a transfer breaks later that a log has past the byte at which it would have",
        Fault("transfer"),
        Each.RUN,
    )
    TRANSFER_FAULT_POINT_AGAIN = (
        "TRANSFER_FAULT_POINT_AGAIN",
        "how far such a transfer gets",
        Uniform(),
        Each.RUN,
    )
    TRANSFER_EXCESS = (
        "TRANSFER_EXCESS",
        "how much longer than so far a transfer takes that a run had through already",
        Factor("transfer_excess"),
        Each.RUN,
    )
    OVERDUE = (
        "OVERDUE",
        "how much later something comes that a run would have had already, and a log has not",
        Uniform(),
        Each.RUN,
    )


PURPOSES = tuple(Purpose)
"""By their numbers."""
BEFORE = 4095
"""Number of the draw of what came last before the start: of its own, whatever comes later."""
NO_EVENING = 1
"""In place of the time of what came last before the start, where nothing did."""
