"""Real TCP through shaped lines: two network namespaces and a relay between them.

The kernel's own TCP runs at both ends; its packets pass through this process, which is the lines:
a rate with a drop-tail buffer for the uplink and for each site, a delay, and loss. No netem is
needed; root and /dev/net/tun are. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

_NEW_NETWORK = 0x40000000
_TUNSETIFF = 0x400454CA
_TUN_WITHOUT_HEADER = 0x1001
ETHERNET_HEADER = 14
BUFFER = 0.1
"""Seconds of its rate that a line holds before it drops."""
PORT = 8080
CONGESTION_CONTROL = b"cubic"
_CHUNK = 1 << 18


@dataclass(frozen=True)
class Line:
    """A site's line.

    Parameters
    ----------
    rate
        Bit/s, of frames with their Ethernet header.
    clients
        How many devices fetch over it, one after the other a second apart.
    """

    rate: float
    clients: int


@dataclass(frozen=True)
class Shaped:
    """A network.

    Parameters
    ----------
    sites
        Their lines.
    uplink
        Bit/s of the repository's.
    round_trip
        Seconds, half of it each way.
    loss
        Share of packets lost towards the clients.
    """

    sites: tuple[Line, ...]
    uplink: float
    round_trip: float
    loss: float


@dataclass(frozen=True)
class Download:
    """What one client saw: seconds since the first began."""

    site: int
    client: int
    begin: float
    end: float


def _tunnel(name: str) -> int:
    """Move this process into a network of its own and return its way out."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "no network namespace of one's own")
    tunnel = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tunnel, _TUNSETIFF, struct.pack("16sH", name.encode(), _TUN_WITHOUT_HEADER))
    return tunnel


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _serve(size: int) -> None:
    """Answer every request with some bytes, each in a thread of its own."""
    body = bytes(_CHUNK)

    def answer(client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            left = size
            while left:
                left -= client.send(body[: min(left, _CHUNK)])

    with socket.socket() as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, CONGESTION_CONTROL)
        listening.bind(("10.9.0.1", PORT))
        listening.listen(256)
        while True:
            client, _ = listening.accept()
            threading.Thread(target=answer, args=(client,), daemon=True).start()


def _fetch(network: Shaped, results: int) -> None:
    """Let every client fetch, and write what each saw."""
    first = time.monotonic() + 0.5
    rows: list[str] = []

    def fetch(site: int, client: int) -> None:
        time.sleep(max(0.0, first + client - time.monotonic()))
        begin = time.monotonic()
        buffer = bytearray(_CHUNK)
        with socket.socket() as server:
            server.bind((f"10.9.{site + 1}.{client + 1}", 0))
            server.connect(("10.9.0.1", PORT))
            server.sendall(b"GET / HTTP/1.1\r\n\r\n")
            while server.recv_into(buffer):
                pass
        end = time.monotonic()
        rows.append(f"{site} {client} {begin - first:.4f} {end - first:.4f}\n")

    threads = [
        threading.Thread(target=fetch, args=(site, client))
        for site, line in enumerate(network.sites)
        for client in range(line.clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(results, "".join(rows).encode())


class _Lines:
    """The lines: when a packet that comes now goes on; None if it is dropped."""

    def __init__(self, network: Shaped, seed: int) -> None:
        self._network = network
        self._luck = random.Random(seed)
        self._uplink_free = 0.0
        self._free = [0.0] * len(network.sites)

    def passes(self, packet: bytes, now: float) -> float | None:
        """Return when a packet reaches its client."""
        network = self._network
        if network.loss and self._luck.random() < network.loss:
            return None
        bits = 8 * (len(packet) + ETHERNET_HEADER)
        if self._uplink_free - now > BUFFER:
            return None
        self._uplink_free = max(self._uplink_free, now) + bits / network.uplink
        site = packet[18] - 1
        if self._free[site] - self._uplink_free > BUFFER:
            return None
        self._free[site] = (
            max(self._free[site], self._uplink_free) + bits / network.sites[site].rate
        )
        return self._free[site] + network.round_trip / 2


def _relay(server: int, clients: int, results: int, network: Shaped, seed: int) -> str:
    """Carry packets until the clients have told what they saw."""
    lines, told = _Lines(network, seed), b""
    waiting: list[tuple[float, int, int, bytes]] = []
    number = 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, way, packet = heapq.heappop(waiting)
            with contextlib.suppress(OSError):
                os.write(way, packet)
        wait = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 0.1
        for source in select.select([server, clients, results], [], [], wait)[0]:
            if source == results:
                piece = os.read(results, 1 << 16)
                told += piece
                if not piece:
                    return told.decode()
                continue
            for packet in _packets(source):
                now = time.monotonic()
                if source == server:
                    at, way = lines.passes(packet, now), clients
                else:
                    at, way = now + network.round_trip / 2, server
                if at is not None:
                    number += 1
                    heapq.heappush(waiting, (at, number, way, packet))


def _packets(tunnel: int) -> Sequence[bytes]:
    """Return the packets of IPv4 that wait."""
    found = []
    with contextlib.suppress(BlockingIOError):
        while len(found) < 64:
            packet = os.read(tunnel, 2048)
            if packet[0] >> 4 == 4:
                found.append(packet)
    return found


def _child(work: object, *given: object) -> int:
    process = os.fork()
    if not process:
        try:
            work(*given)  # type: ignore[operator]
        finally:
            os._exit(0)
    return process


def measured(network: Shaped, size: int, seed: int) -> list[Download]:
    """Return what every client of a network saw; runs in real time.

    Must be called in a process of its own: it moves into other namespaces.

    Parameters
    ----------
    network
        What to shape.
    size
        Bytes that each client fetches.
    seed
        Of the losses.
    """
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    server = _tunnel("lines")
    _ip("addr", "add", "10.9.0.1/16", "dev", "lines")
    _ip("link", "set", "lines", "up")
    serving = _child(_serve, size)
    clients = _tunnel("lines")
    _ip("link", "set", "lines", "up")
    for site, line in enumerate(network.sites):
        for client in range(line.clients):
            _ip("addr", "add", f"10.9.{site + 1}.{client + 1}/32", "dev", "lines")
    _ip("route", "add", "10.9.0.1", "dev", "lines")
    results, tell = os.pipe()
    fetching = _child(_fetch, network, tell)
    os.close(tell)
    try:
        told = _relay(server, clients, results, network, seed)
    finally:
        for process in (serving, fetching):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        for opened in (server, clients, results):
            os.close(opened)
    rows = [row.split() for row in told.splitlines()]
    return sorted(
        (Download(int(s), int(c), float(b), float(e)) for s, c, b, e in rows),
        key=lambda one: (one.site, one.client),
    )
