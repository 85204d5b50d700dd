"""Every number and choice the manual does not give: a named parameter with its mark and source.

``docs/assumptions.md`` is made from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from fwsim.commands.policies import (
    DeferCounterScope,
    IdfCheckOrder,
    MissingButton,
    UnattendedPolicy,
)
from fwsim.commands.schedule import DoubledHour, SkippedHour
from fwsim.messages import say
from fwsim.quantities.laws import Constant, Exponential, Lognormal
from fwsim.scenario.belief_values import shares_written
from fwsim.scenario.law_values import DurationLaw, FactorLaw
from fwsim.scenario.section import Section
from fwsim.scenario.values import Duration, Rate, Share, Size, Whole, finite
from fwsim.scenario.weighed_choices import Weights, weights_taken_out

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
MEGABYTE = 1_000_000


def assumed(
    default: Any,
    text: str,
    *,
    source: str,
    mark: str = "A",
    belief: dict[str, Any] | None = None,
    **limits: Any,
) -> Any:
    """Return a field with its evidence beside it.

    Parameters
    ----------
    default
        The value used where a scenario gives none.
    text
        What it means, in one line for the docs.
    source
        Where the mark comes from.
    mark
        ``S`` seen, ``I`` inferred, ``A`` assumed.
    belief
        What is believed where a scenario gives none, as it would write it; of a law: of a factor
        on it.
    """
    extra: dict[str, Any] = {"mark": mark, "source": source}
    if belief is not None:
        extra["belief"] = belief
    return Field(default, description=text, json_schema_extra=extra, **limits)


def _not_too_often(every: int) -> int:
    if 0 < every < SECOND:
        raise ValueError(say("value.too_often"))
    return every


class Assumptions(Section):
    """The parameters behind the rules; a scenario overrides any of them by name."""

    between_rollouts: Annotated[float, BeforeValidator(finite)] = assumed(
        0.25,
        "how much rollouts differ by more than devices do: the standard deviation, on the "
        "logarithm of times and rates and the logit of shares, of everything that fewer than three "
        "rollouts support; 0 turns it off",
        source="no source; notes A2.2",
        ge=0,
        le=5,
    )

    _weights: dict[str, Weights] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _weigh(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Keep the weights of choices in doubt aside; a story takes the heaviest."""
        if not isinstance(data, Mapping):
            return handler(data)
        plain, weights = weights_taken_out(cls, data)
        made = handler(plain)
        made._weights = weights  # noqa: SLF001 - its own
        return made

    @model_serializer(mode="wrap")
    def _with_weights(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        return data | {name: shares_written(weights) for name, weights in self._weights.items()}

    @property
    def weights(self) -> Mapping[str, Weights]:
        """What is believed of the choices that are in doubt, by name."""
        return self._weights

    # The server
    dispatch_workers: Whole = assumed(
        16, "how many devices the server talks to at once", source="facts 2", ge=1, le=10_000
    )
    send_time: Duration = assumed(
        50,
        "how long a worker needs to hand the command to a device that answers",
        belief={"between": ["20 ms", "125 ms"]},
        source="no page",
    )
    ping_timeout: Duration = assumed(
        1 * SECOND,
        "how long a worker waits for an answer to a ping or a status query",
        belief={"between": ["500 ms", "2 s"]},
        source="facts 2",
    )
    connect_timeout: Duration = assumed(
        20 * SECOND,
        "how long a device that is shown as on but is off blocks a worker, under "
        "`only_switched_on` without `check_reachability`",
        belief={"between": ["10 s", "40 s"]},
        source="facts 2",
    )
    wake_timeout: Duration = assumed(
        5 * MINUTE,
        "how long the server waits for a woken device to report",
        belief={"between": ["3 min", "8 min"]},
        source="facts 2",
    )
    wake_up_sites: Share = assumed(
        0.95,
        "share of sites at which wake-up works for wired devices; WLAN and VPN never wake",
        belief={"about": "95 %", "worth": 20},
        source="facts 11; other products 6.3",
    )
    wake_up_devices: Share = assumed(
        1.0, "share of wired devices that wake where wake-up works", source="other products 6.3"
    )
    keep_alive: Annotated[Duration, AfterValidator(_not_too_often)] = assumed(
        0,
        "how often devices send a sign of life; a missed one shows them as off; 0 s is never",
        source="facts 11",
    )
    spread_missed_runs: bool = assumed(
        False,
        "whether a missed run of a scheduler's job waits its random delay, too",
        source="facts 3.2",
    )
    skipped_hour: SkippedHour = assumed(
        SkippedHour.AFTER_GAP,
        "when a command of the server runs whose wall time the change of clocks skips",
        source="no page",
    )
    doubled_hour: DoubledHour = assumed(
        DoubledHour.FIRST,
        "which of two equal wall times counts for a command of the server when clocks are set back",
        source="no page",
    )
    scheduler_skipped_hour: SkippedHour = assumed(
        SkippedHour.SKIP,
        "when a scheduler's job runs whose wall time the change of clocks skips; systemd leaves "
        "it out",
        source="facts 3.2; systemd-analyze 252",
        mark="I",
    )
    scheduler_doubled_hour: DoubledHour = assumed(
        DoubledHour.FIRST,
        "which of two equal wall times counts for a scheduler's job; systemd takes the first",
        source="facts 3.2; systemd-analyze 252",
        mark="I",
    )
    stamp_final_states: bool = assumed(
        True,
        "whether Successful, Not successful, Not necessary and Deferred carry a time stamp",
        source="facts 5",
    )

    # The notice
    idf_check_order: IdfCheckOrder = assumed(
        IdfCheckOrder.BOTH,
        "whether the image is checked before the notice, after it, or at every return to it",
        source="facts 1.6",
    )
    unattended_policy: UnattendedPolicy = assumed(
        UnattendedPolicy.SHOW,
        "whether a notice is shown where nobody is present",
        source="facts 1.6",
    )
    missing_button: MissingButton = assumed(
        MissingButton.BUTTONS,
        "what those do who would click a button that is not offered: click another (buttons), "
        "ignore the notice (ignored), or do what all others do, in proportion (proportion)",
        source="no page",
    )
    defer_counter_scope: DeferCounterScope = assumed(
        DeferCounterScope.COMMAND,
        "whether deferments are counted per command or per image, which goes by its file's name",
        source="facts 1.6",
    )
    defer_survives_power_loss: bool = assumed(
        True, "whether a deferment and its due time outlive a power loss", source="facts 1.6"
    )
    most_deferments: Whole = assumed(
        10, "highest number of allowed deferments", source="facts 1.6", ge=0, le=1000
    )
    delays: tuple[Duration, ...] = assumed(
        (15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR),
        "delays until next reminder that can be ticked",
        source="facts 1.6",
        min_length=1,
        max_length=100,
    )

    # A connection, where a site has a latency
    handshake: Annotated[float, BeforeValidator(finite)] = assumed(
        3.0,
        "round trips before the first byte of a file: TCP, TLS and the request",
        source="notes B",
        ge=0,
        le=100,
    )
    initial_window: Size = assumed(
        14_600,
        "bytes a connection sends in its first round trip, doubled in each that follows",
        source="RFC 6928: 10 segments",
        mark="S",
        gt=0,
    )
    receive_window: Size = assumed(
        4_194_304,
        "bytes of one connection on their way at most",
        source="SimGrid, docs/source/Models.rst",
        gt=0,
    )
    segment: Size = assumed(
        1_460, "bytes of payload in a packet", source="Ethernet, IPv4", mark="S", gt=0, le=65_535
    )
    loss_factor: Annotated[float, BeforeValidator(finite)] = assumed(
        1.2,
        "ceiling of a connection that loses packets, times round trip and root of the loss, in "
        "segments; 1.22 in theory",
        source="Mathis and others 1997; issue 24",
        gt=0,
        le=10,
    )
    share_spread: FactorLaw = assumed(
        Constant(1.0),
        "a device's own factor on its share of a line, in five classes; real downloads differ by "
        "tens of per cent, as lognormal with median 1 and p95 2.5 does",
        source="issue 24",
    )

    provider_slots: Whole = assumed(
        10, "how many neighbours a proxy serves at once", source="facts 9", ge=1, le=1000
    )
    lan_rate: Rate = assumed(
        125_000_000, "what a proxy sends in all, 1 Gbit/s", source="facts 9", gt=0
    )
    provider_patience: Duration = assumed(
        2 * MINUTE,
        "how long nobody must have asked before a proxy updates itself",
        source="facts 9",
    )
    transfer_patience: Duration = assumed(
        5 * MINUTE,
        "how long a download may stand still on a cut line before it breaks",
        source="facts 6.4",
    )
    group_ignores_case: bool = assumed(
        True,
        "whether the values in a dynamic client group's filter match in either case",
        source="facts 11",
    )

    # The device
    newer_only: bool = assumed(
        False, "whether only a newer image is an update, or any different one", source="facts 6.1"
    )
    idf_size: Size = assumed(
        20_000, "size of an image definition file", source="no page", le=1_000 * MEGABYTE
    )
    idf_fetch_time: Duration = assumed(
        2 * SECOND,
        "time to fetch the image definition file and compare it",
        belief={"between": ["1 s", "4 s"]},
        source="no page",
    )
    idf_signature_time: Duration = assumed(
        1 * SECOND,
        "time to verify the IDF's signature, where that is configured",
        belief={"between": ["500 ms", "2 s"]},
        source="no page",
    )
    package_check_time: Duration = assumed(
        3 * SECOND,
        "from Transfer completed to Installation started",
        source="facts 0, 3 s",
        mark="I",
    )
    format_time: Duration = assumed(
        10 * SECOND,
        "time to format the system partition",
        belief={"between": ["5 s", "20 s"]},
        source="no page",
    )
    install_rate: Rate = assumed(
        3_200_000,
        "package data written per second, unpacking included",
        source="facts 12",
        mark="I",
        gt=0,
    )
    install_spread: FactorLaw = assumed(
        Lognormal(1.0, 1.3), "a device's own factor on the installation time", source="no page"
    )
    transfer_excess: FactorLaw = assumed(
        Exponential(0.05),
        "of a rollout under way: what is added to a transfer's time so far where a run had it "
        "through by then",
        source="own choice: the error of a line that is learnt from fwsim's own log",
    )
    restart_time: DurationLaw = assumed(
        Lognormal(60.0 * SECOND, 120.0 * SECOND),
        "from Installation completed to the device's next contact",
        belief={"between": [0.6, 1.7]},
        source="facts 14 no. 10",
    )
    boot_time: DurationLaw = assumed(
        Lognormal(45.0 * SECOND, 90.0 * SECOND),
        "from power on to the device's contact",
        belief={"between": [0.6, 1.7]},
        source="facts 11",
    )
    resume_time: Duration = assumed(
        5 * SECOND,
        "from the end of a suspend to the device's contact",
        belief={"between": ["2500 ms", "10 s"]},
        source="no page",
    )
    halt_time: Duration = assumed(
        10 * SECOND,
        "time to switch a device off",
        belief={"between": ["5 s", "20 s"]},
        source="no page",
    )
    shutdown_waits: bool = assumed(
        True,
        "whether a user's shutdown waits for a running update or cuts it off",
        source="no page",
    )
    flash: Size = assumed(8_000 * MEGABYTE, "flash memory of a device", source="no page")
    system_partition: Size = assumed(
        2_350 * MEGABYTE,
        "system partition, eLux RP 6 2107 and later with encryption",
        source="facts 6.3",
        mark="S",
    )
    other_partitions: Size = assumed(
        300 * MEGABYTE, "setup and boot partition together", source="no page"
    )
    device_rate: Rate = assumed(
        12_500_000, "a device's own rate of transfer, 100 Mbit/s", source="no page", gt=0
    )
    outage: DurationLaw = assumed(
        Lognormal(10.0 * MINUTE, 120.0 * MINUTE),
        "how long a lost power stays away",
        belief={"between": [0.4, 2.5]},
        source="no page",
    )
    bricked: Share = assumed(
        0.05,
        "share of devices that do not start again after power loss in the installation",
        belief={"about": "5 %", "worth": 20},
        source="facts 15, p_brick",
    )
