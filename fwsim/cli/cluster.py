"""A Dask cluster, where one machine is not enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from concurrent.futures import Executor


@contextmanager
def cluster(address: str | None) -> Iterator[Executor | None]:
    """Give the executor of a Dask cluster, if there is an address."""
    if address is None:
        yield None
        return
    try:
        from concurrent.futures import CancelledError

        from distributed import Client, KilledWorker
        from distributed.comm.core import CommClosedError
    except ImportError:
        problem = Problem("needs distributed: pip install 'fwsim[cluster]'", source="--scheduler")
        raise InputError([problem]) from None
    if not re.fullmatch(r"[a-z]+://[^\s/]+:\d{1,5}", address):
        text = f"{address!r} is no scheduler's address; expected one such as tcp://host:8786"
        raise InputError([Problem(text, source="--scheduler")])
    try:
        client: Any = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        text = f"no scheduler answers at {address!r}: {error}; expected tcp://host:8786"
        raise InputError([Problem(text, source="--scheduler")]) from None
    with client:
        try:
            yield client.get_executor()
        except (CancelledError, KilledWorker, CommClosedError) as error:
            text = f"{address} was lost ({type(error).__name__}); a --study keeps what came back"
            raise InputError([Problem(text, source="--scheduler")]) from None
