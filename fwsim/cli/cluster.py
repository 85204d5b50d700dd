"""A Dask cluster, where one machine is not enough."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from fwsim.messages import say
from fwsim.problems import InputError, Problem, nearest
from fwsim.secrecy import MASK, without_secrets

if TYPE_CHECKING:
    from concurrent.futures import Executor

PATIENCE = 5
"""Seconds to wait for a scheduler."""
_SCHEMES = ("tcp", "tls", "ws", "wss")
_ADDRESS = re.compile(r"([a-z]+)://(\[[0-9a-fA-F:.]+\]|[^\s/:@\[\]]+):(\d{1,5})")


def check_address(address: str | None) -> None:
    """Refuse what is no scheduler's address; nobody is asked yet.

    Raises
    ------
    InputError
        If it is none.
    """
    if address is None:
        return
    match = _ADDRESS.fullmatch(address)
    if match is None:
        account, at, place = address.rpartition("@")
        shown = without_secrets(f"{MASK}{at}{place}" if account else address)
        _refuse(say("option.no_address", shown=shown, expected=say("option.address")))
    scheme, _, port = match.groups()
    if scheme not in _SCHEMES:
        known = ", ".join(_SCHEMES)
        words = {"scheme": scheme, "known": known, "near": nearest(scheme, _SCHEMES)}
        _refuse(say("option.no_scheme", expected=say("option.address"), **words))
    if not 1 <= int(port) <= 65_535:
        _refuse(say("option.port", port=port))


@contextmanager
def cluster(address: str | None) -> Iterator[Executor | None]:
    """Give the executor of a Dask cluster, if there is an address.

    Raises
    ------
    InputError
        If no scheduler answers there within seconds, or it is lost later.
    """
    check_address(address)
    if address is None:
        yield None
        return
    try:
        from concurrent.futures import CancelledError

        from distributed import Client, KilledWorker
        from distributed.comm.core import CommClosedError
    except ImportError:
        _refuse(say("option.needs_distributed"))
    _check_there(address)
    try:
        client: Any = _quiet(Client)(address, timeout=f"{PATIENCE}s", set_as_default=False)
    except Exception as error:  # noqa: BLE001 - whatever answers there, it is no scheduler
        _refuse(say("option.no_dask", address=address, fault=type(error).__name__))
    with client:
        try:
            yield client.get_executor()
        except (CancelledError, KilledWorker, CommClosedError) as error:
            _refuse(say("option.lost", address=address, fault=type(error).__name__))


def _quiet(client: type[Any]) -> type[Any]:
    """Return a client that is closed by `with` alone; one that never opened waits for nobody."""
    return type("Client", (client,), {"__del__": lambda _: None})


def _check_there(address: str) -> None:
    """Refuse an address at which nobody listens, and TLS without a certificate."""
    from distributed.security import Security

    match = _ADDRESS.fullmatch(address)
    scheme, host, port = match.groups() if match is not None else ("", "", "0")
    try:
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
    except OSError as error:
        reason = error.strerror or str(error)
        words = {"address": address, "reason": reason, "expected": say("option.address")}
        _refuse(say("option.nobody_answers", **words))
    security: Any = Security()
    if scheme in {"tls", "wss"} and not security.get_connection_args("client").get("ssl_context"):
        _refuse(say("option.no_certificate", scheme=scheme))


def _refuse(text: str) -> NoReturn:
    raise InputError([Problem(text, source="--scheduler")]) from None
