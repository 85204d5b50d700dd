"""URLs are numbered once: plans that differ in their commands share the numbers, in all threads."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

from fwsim.model import configuration
from fwsim.run import prepare
from tests.planning.bounds.random_fleets import base, of_habit


def test_two_threads_give_no_number_twice(monkeypatch):
    """The second of two took the number of the first, and its log told another server."""
    both = Barrier(2)
    write = configuration.update_url

    def once_both_write(settings, file):
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.1)
        return write(settings, file)

    units = {
        f"DE/{name}": of_habit("office", 1, firmware={"server": f"{name}.example.net"})
        for name in ("a", "b")
    }
    known = prepare(base(units)).configuration
    monkeypatch.setattr(configuration, "update_url", once_both_write)
    threads = [Thread(target=known.address, args=(device, 0)) for device in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [known.urls[known.address(device, 0).url] for device in (0, 1)]
    assert ["a.example.net" in told[0], "b.example.net" in told[1]] == [True, True]
