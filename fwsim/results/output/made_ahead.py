"""Parts of a long file, made by several threads while those before them are written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from joblib import cpu_count

Part = TypeVar("Part")


def made_ahead(
    make: Callable[[slice], Part], stretches: Iterable[slice]
) -> Iterator[tuple[slice, Part]]:
    """Yield stretches of rows in their order, each with what is made of it.

    No more of them are made and not yet written than there are processors.

    Parameters
    ----------
    make
        Makes one; called by several threads.
    stretches
        Of rows.
    """
    left, threads = iter(stretches), cpu_count()
    with ThreadPoolExecutor(threads) as pool:
        due: deque[tuple[slice, Future[Part]]] = deque()
        for rows in islice(left, threads):
            due.append((rows, pool.submit(make, rows)))
        while due:
            rows, part = due.popleft()
            made = part.result()
            due.extend((after, pool.submit(make, after)) for after in islice(left, 1))
            yield rows, made
