"""What proxies sent, over time, by what the clocks note minute by minute."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.model.rollout import Rollout
from fwsim.model.status_log import ProxyLoad


def sent_by_proxies(sent: ProxyLoad, step: int, bins: int) -> NDArray[np.float32]:
    """Return the bytes that all proxies sent in each bin of a grid; shape (bins,).

    Parameters
    ----------
    sent
        By provider and minute.
    step, bins
        Milliseconds of a bin, whole minutes, and how many there are.
    """
    at = np.minimum(sent.minute // step, bins - 1)
    return np.bincount(at, weights=sent.size, minlength=bins).astype(np.float32)


def busiest_proxy(sent: ProxyLoad, rollout: Rollout) -> float:
    """Return the largest share of `lan_rate` that one provider sent in one minute; 1 at most.

    It may have sent more: by the log of a rollout under way than a run has it send, and where it
    is a static proxy and the provider of its subnet at once, for it has slots as each.
    """
    most = rollout.assumptions.lan_rate * sent.stretch / 1000
    return min(float(sent.size.max(initial=0)) / most, 1.0)
