"""Packages on their way from the web server to a provider, or to a device without a proxy.

Twin of `WebDownload` in `fwsim.simulation`.
"""

from __future__ import annotations

from fwsim.compiled.codes import Ask, Grows
from fwsim.compiled.machine import network, set_up
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import is_in
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import NOBODY, job_at, web_at
from fwsim.compiled.machine.transfer import abort, transferred


@unit
def new_web(w: Record, device: int, size: int) -> int:
    """Return a new download for a device."""
    if w.webs_count >= w.webs_room:
        ask(w, Ask.GROW, Grows.WEBS, w.webs_count + 1)
    number = w.webs_count
    w.webs_count += 1
    web = web_at(w.webs, number)
    web.device, web.size, web.carried = device, size, 0
    web.package = web.service = web.job = web.flow = NOBODY
    web.waits = False
    return number


@unit
def begin_download(w: Record, number: int) -> None:
    """Take a connection, or wait for one."""
    web = web_at(w.webs, number)
    download = -1 - number
    if web.size == 0:
        web_is_in(w, download)
    elif network.has_free_connection(w):
        network.start(w, download, web.size, set_up.of_file(w, web.device, web.size))
    else:
        web.waits = True
        network.wait_for_connection(w, download)


@compiled
def web_is_in(w: Record, download: int) -> None:
    """Go on: a download from the web server is in."""
    web = web_at(w.webs, -1 - download)
    if web.service != NOBODY:
        is_in(w, web.service)
        return
    job_at(w.jobs, web.job).rest = NOBODY
    transferred(w, web.job)


@compiled
def abort_web(w: Record, number: int) -> int:
    """Break a web download off, wherever it stands; return the bytes it carried."""
    web = web_at(w.webs, number)
    if web.waits:
        web.waits = False
        return 0
    return abort(w, -1 - number)
