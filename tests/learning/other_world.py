"""Another small simulator: a rollout second by second, as plain as a script can be.

It is of another make than fwsim on purpose, and imports nothing of it: a loop over seconds instead
of events, people and lines by laws of its own, and logs as text. What model and fit of fwsim have
wrong in common shows here.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

BEGINS = 1_632_489_300  # 2021-09-24 13:15:00 UTC, a Friday
NOTICE = 90
DELAY = 900
DEFERMENTS = 2
SIZE = 150_000_000
LABEL = 25_000_000  # bytes per second
OWN = 12_500_000  # what a device takes
CHECK = 3
LASTS = 6_600


@dataclass
class Truth:
    """What is to be learnt again."""

    now: float = 0.5
    defer: float = 0.35
    cancel: float = 0.05
    answer_median: float = 30.0
    answer_steepness: float = 1.2
    persistence: float = 0.5
    restart_median: float = 60.0
    restart_spread: float = 0.35
    install_rate: float = 4e6
    fault: float = 0.05
    line: float = 0.5
    line_wanders: float = 0.1
    line_remembers: float = 40.0
    unfair: float = 0.3
    devices: int = 60

    def answer_quantile(self, chance: float) -> float:
        """Return the answer time at a chance: Weibull's law."""
        steep = self.answer_steepness
        return self.answer_median * (-math.log(1 - chance) / math.log(2)) ** (1 / steep)


@dataclass
class Device:
    name: str
    asked_from: int
    habit: float
    weight: float
    state: str = "waiting"
    until: float = 0.0
    deferred: int = 0
    left: float = 0.0
    begun: float = 0.0
    answer: str = ""


@dataclass
class Logs:
    """What is left of the rollout."""

    status: list[str] = field(default_factory=lambda: ["device,time,status,detail"])
    web: list[str] = field(
        default_factory=lambda: [
            "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes time-taken"
        ]
    )


class World:
    """One rollout."""

    def __init__(self, truth: Truth, seed: int) -> None:
        self.truth, self.luck, self.logs = truth, random.Random(seed), Logs()  # noqa: S311
        self.wander = self.luck.gauss(0, 1)
        self.devices = [
            Device(
                f"Bonn-{number + 1:02d}",
                5 + number // 3,
                self.luck.random(),
                math.exp(truth.unfair * self.luck.gauss(0, 1)),
            )
            for number in range(truth.devices)
        ]

    def play(self) -> Logs:
        """Play it to the end of the log."""
        for second in range(LASTS):
            for device in self.devices:
                if device.until < second + 1 and device.state != "fetching":
                    self.act(device, second)
            self.carry(second)
            if all(device.state == "over" for device in self.devices):
                break
        head, *rows = self.logs.status
        self.logs.status = [head, *sorted(rows, key=lambda row: row.split(",")[1])]
        return self.logs

    def say(self, device: Device, second: float, what: str, detail: str = "") -> None:
        self.logs.status.append(f"{device.name},{_stamp(second, 'T', 'Z')},{what},{detail}")

    def act(self, device: Device, second: int) -> None:
        """Do what a device has to do within a second."""
        match device.state:
            case "waiting" if second >= device.asked_from:
                self.say(device, second, "checking")
                device.state, device.until = "looking", second + 2
            case "looking" | "deferred":
                self.ask(device, second)
            case "asked":
                self.answered(device)
            case "fetched":
                self.say(device, device.until, "writing")
                rate = self.truth.install_rate * math.exp(0.1 * self.luck.gauss(0, 1))
                device.state, device.until = "writing", device.until + SIZE / rate
            case "writing":
                self.written(device)
            case "restarting":
                self.say(device, device.until, "done")
                device.state, device.until = "over", math.inf

    def ask(self, device: Device, second: float) -> None:
        """Show the notice, and make up the user's mind."""
        at = max(second, device.until)
        self.say(device, at, "asked")
        chance = device.habit
        if self.luck.random() >= self.truth.persistence:
            chance = self.luck.random()
        t = self.truth
        if chance < t.now:
            device.answer = "now"
        elif chance < t.now + t.defer and device.deferred < DEFERMENTS:
            device.answer = "defer"
        elif t.now + t.defer <= chance < t.now + t.defer + t.cancel:
            device.answer = "cancel"
        else:
            device.answer = "none"
        takes = t.answer_quantile(self.luck.random())
        if device.answer == "none" or takes > NOTICE:
            device.answer, takes = "none", NOTICE
        device.state, device.until = "asked", at + takes

    def answered(self, device: Device) -> None:
        at = device.until
        if device.answer == "defer":
            device.deferred += 1
            self.say(device, at, "deferred")
            device.state, device.until = "deferred", at + DELAY
        elif device.answer == "cancel":
            self.say(device, at, "cancelled")
            device.state, device.until = "over", math.inf
        else:
            self.say(device, at, "fetching")
            device.state, device.left, device.begun = "fetching", SIZE, at

    def written(self, device: Device) -> None:
        at = device.until
        if self.luck.random() < self.truth.fault:
            self.say(device, at, "failed", "installation failed")
            device.state, device.until = "over", math.inf
            return
        self.say(device, at, "restarting")
        takes = self.truth.restart_median * math.exp(
            self.truth.restart_spread * self.luck.gauss(0, 1)
        )
        device.state, device.until = "restarting", at + takes

    def carry(self, second: int) -> None:
        """Let the line carry what it can in a second, unfairly."""
        keeps = math.exp(-1 / self.truth.line_remembers)
        self.wander = keeps * self.wander + math.sqrt(1 - keeps**2) * self.luck.gauss(0, 1)
        sigma = self.truth.line_wanders
        room = LABEL * self.truth.line * math.exp(sigma * self.wander - sigma**2 / 2)
        now = float(second)
        at_work = [one for one in self.devices if one.state == "fetching"]
        while at_work and now < second + 1:
            rates = _rates(at_work, room)
            step = min(
                second + 1 - now,
                *(one.left / rate for one, rate in zip(at_work, rates, strict=True)),
            )
            now += step
            for one, rate in zip(at_work, rates, strict=True):
                one.left -= rate * step
            for one in [one for one in at_work if one.left <= 1]:
                self.fetched(one, now)
                at_work.remove(one)

    def fetched(self, device: Device, at: float) -> None:
        self.say(device, at, "fetched")
        taken = round(1000 * (at - device.begun))
        self.logs.web.append(
            f"{_stamp(at, ' ', '')} {device.name} GET /base.fpm 200 {SIZE} {taken}"
        )
        device.state, device.until = "fetched", at + CHECK


def _rates(devices: list[Device], room: float) -> list[float]:
    """Share a line by weight; what one cannot take is left for the others."""
    rates = [0.0] * len(devices)
    open_ones = list(range(len(devices)))
    while open_ones:
        total = sum(devices[i].weight for i in open_ones)
        full = [i for i in open_ones if room * devices[i].weight / total >= OWN]
        if not full:
            for i in open_ones:
                rates[i] = room * devices[i].weight / total
            break
        for i in full:
            rates[i] = OWN
            room -= OWN
        open_ones = [i for i in open_ones if i not in full]
    return rates


def _stamp(second: float, between: str, zone: str) -> str:
    """Return a time as logs have it: whole seconds, cut off."""
    whole = BEGINS + int(second)
    days, rest = divmod(whole, 86_400)
    day = days - 18_871 + 1  # 2021-09-01
    hours, rest = divmod(rest, 3_600)
    return f"2021-09-{day:02d}{between}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}{zone}"
