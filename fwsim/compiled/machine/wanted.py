"""What a provider lacks and has been asked for, in that order. Twin of `fwsim.simulation.proxy`.

It fetches one package after the other from the web server.
"""

from __future__ import annotations

from fwsim.compiled.machine.clock import free_node, new_node
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.rows import NOBODY, node_at, service_at, web_at
from fwsim.compiled.machine.web_downloads import abort_web, begin_download, new_web


@unit
def want(w: Record, number: int, package: int) -> None:
    """Note that the provider lacks a package, once, and let it fetch."""
    service = service_at(w.services, number)
    node = service.first_wanted
    while node != NOBODY and node_at(w.nodes, node).value != package:
        node = node_at(w.nodes, node).next
    if node == NOBODY:
        node = new_node(w, package, 0, NOBODY)
        if service.last_wanted == NOBODY:
            service.first_wanted = node
        else:
            node_at(w.nodes, service.last_wanted).next = node
        service.last_wanted = node
    fetch_next(w, number)


@unit
def fetch_next(w: Record, number: int) -> None:
    """Let the provider fetch what it lacks, unless it is fetching."""
    service = service_at(w.services, number)
    if service.download != NOBODY or service.first_wanted == NOBODY:
        return
    package = node_at(w.nodes, service.first_wanted).value
    web = new_web(w, service.provider, whole_at(w.package_sizes, package))
    row = web_at(w.webs, web)
    row.package, row.service = package, number
    service.download = web
    begin_download(w, web)


@compiled
def forget_wanted(w: Record, service: Record, package: int) -> None:
    """Take a package out of what the provider lacks."""
    node, before = service.first_wanted, NOBODY
    while node != NOBODY and node_at(w.nodes, node).value != package:
        before, node = node, node_at(w.nodes, node).next
    if node == NOBODY:
        return
    following = free_node(w, node)
    if before == NOBODY:
        service.first_wanted = following
    else:
        node_at(w.nodes, before).next = following
    if following == NOBODY:
        service.last_wanted = before


@compiled
def clear_chain(w: Record, node: int) -> None:
    """Give all nodes of a chain back."""
    while node != NOBODY:
        node = free_node(w, node)


@compiled
def clear_wanted(w: Record, service: Record) -> None:
    """Forget all that the provider lacks."""
    clear_chain(w, service.first_wanted)
    service.first_wanted = service.last_wanted = NOBODY


@compiled
def drop_download(w: Record, service: Record) -> None:
    """Let the provider fetch nothing any more."""
    if service.download != NOBODY:
        abort_web(w, service.download)
        service.download = NOBODY
    clear_wanted(w, service)
