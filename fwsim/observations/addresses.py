"""Addresses as web servers and device lists write them, made alike."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

_LONGEST = 100
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](?::\d{1,5})?|(?P<four>[\d.]+):\d{1,5}")


def plain_address(text: str) -> str:
    """Return an address without its port, the proxies behind it, and IPv6 around IPv4.

    What is none, such as a name, stays as it is.
    """
    first = text.partition(",")[0].strip()[:_LONGEST]
    match = _WITH_PORT.fullmatch(first)
    try:
        found = ip_address((match["six"] or match["four"]) if match else first)
    except ValueError:
        return text
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
