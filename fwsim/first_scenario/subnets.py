"""In which subnet each device of a list is, by what it reports of its network."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from fwsim.fleet.list_cells import ERROR_CELLS, says_nothing
from fwsim.fleet.list_headers import folded
from fwsim.fleet.listed import DeviceList

USUAL_PREFIX = 24
"""Bits of a subnet's address where a list gives no netmask [A]."""
_ADDRESS = ("ip address", "ip", "ipv4", "ipv4 address", "ip adresse", "ipv4 adresse")
_NETWORK = ("network", "subnet", "subnetz", "netzwerk")
_NETMASK = ("netmask", "subnet mask", "netzmaske", "subnetzmaske")


def subnets_of(devices: DeviceList) -> list[str]:
    """Return each device's subnet, as in ``10.1.17.0/24``; empty where the list does not tell.

    Parameters
    ----------
    devices
        Its attributes hold the address and perhaps the netmask, or the network by its name.
    """
    count = len(devices.names)
    addresses = _column(devices.attributes, _ADDRESS, count)
    masks = _column(devices.attributes, _NETMASK, count)
    networks = _column(devices.attributes, _NETWORK, count)
    rows = zip(addresses, masks, networks, strict=True)
    return [_subnet(address, mask) or _network(network) for address, mask, network in rows]


def _column(attributes: Mapping[str, list[str]], names: tuple[str, ...], count: int) -> list[str]:
    found = (values for header, values in attributes.items() if folded(header) in names)
    return next(found, [""] * count)


def _subnet(address: str, mask: str) -> str:
    if not address:
        return ""
    bits = USUAL_PREFIX if says_nothing(mask) or not mask.strip("0.") else mask
    try:
        subnet = ipaddress.IPv4Network(f"{address}/{bits}", strict=False)
    except ValueError:
        return ""
    return "" if _tells_no_place(ipaddress.IPv4Address(address)) else str(subnet)


def _network(name: str) -> str:
    """Return a network as the list names it; empty where that is no network."""
    if says_nothing(name) or name in ERROR_CELLS:
        return ""
    try:
        return "" if _tells_no_place(ipaddress.IPv4Address(name.partition("/")[0])) else name
    except ValueError:
        return name


def _tells_no_place(address: ipaddress.IPv4Address) -> bool:
    """Tell whether a device has this address wherever it is, as 127.0.0.1 or 169.254.7.7."""
    return address.is_unspecified or address.is_loopback or address.is_link_local
