"""A rollout as people write it by hand in SimPy: the yardstick, deliberately plain.

One process per device, the same waits as fwsim's scenario, links that share equally by going
through every flow whenever one comes or goes. No lifecycle, no log, no habits, no faults.
"""

from __future__ import annotations

import math
import random

import simpy


class Link:
    """A line shared equally by everyone on it."""

    def __init__(self, env, rate):
        self.env = env
        self.rate = rate
        self.left = {}
        self.done = {}
        self.since = 0.0
        self.alarm = None

    def transfer(self, name, size):
        self.settle()
        self.left[name] = size
        self.done[name] = self.env.event()
        self.plan()
        return self.done[name]

    def settle(self):
        if self.left:
            share = (self.env.now - self.since) * self.rate / len(self.left)
            for name in self.left:
                self.left[name] -= share
        self.since = self.env.now

    def plan(self):
        if self.alarm is not None and self.alarm.is_alive:
            self.alarm.interrupt()
        self.alarm = self.env.process(self.wait()) if self.left else None

    def wait(self):
        try:
            yield self.env.timeout(min(self.left.values()) * len(self.left) / self.rate)
        except simpy.Interrupt:
            return
        self.settle()
        for name in [name for name, left in self.left.items() if left < 1]:
            del self.left[name]
            self.done.pop(name).succeed()
        self.alarm = None
        self.plan()


def lognormal(luck, median, p95):
    return luck.lognormvariate(math.log(median), math.log(p95 / median) / 1.645)


def device(env, name, start, link, luck, size, finished):
    yield env.timeout(start)
    yield env.timeout(2)
    deferments = 3
    while True:
        chance, seconds = luck.random(), lognormal(luck, 25, 180)
        if chance < 0.55 and seconds < 300:
            yield env.timeout(seconds)
            break
        if chance < 0.90 and seconds < 300 and deferments:
            yield env.timeout(seconds)
            deferments -= 1
            yield env.timeout(luck.choice([1800, 7200]))
            yield env.timeout(2)
            continue
        yield env.timeout(300)
        break
    yield link.transfer(name, size)
    yield env.timeout(3)
    yield env.timeout(size / 3.2e6 * lognormal(luck, 1.0, 1.3))
    yield env.timeout(lognormal(luck, 60, 120))
    finished.append((env.now, name))


def run(sites, devices_per_site, rate=12.5e6, size=400e6, seed=1):
    """Return how many devices finished."""
    env, luck, finished = simpy.Environment(), random.Random(seed), []
    for site in range(sites):
        link = Link(env, rate)
        for number in range(devices_per_site):
            start = (site * devices_per_site + number) * 0.05 / 16
            env.process(device(env, (site, number), start, link, luck, size, finished))
    env.run()
    return len(finished)
