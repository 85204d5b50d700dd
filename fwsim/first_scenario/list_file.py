"""A device list as CSV that reads back as the same list."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from fwsim.fleet.device_list import DeviceList
from fwsim.quantities.units import write_rate, write_size
from fwsim.spreadsheet import marked

_HEADERS = {
    "names": "Name",
    "macs": "MAC",
    "unit": "OU",
    "site": "Site",
    "people": "People",
    "power": "Power",
    "installed": "IDF name",
    "connection": "Connection",
}


def csv_of(devices: DeviceList) -> bytes:
    """Return a device list as CSV, with the columns in which anything stands.

    Parameters
    ----------
    devices
        Names that a spreadsheet would change get a mark, which the reader takes away again.
    """
    columns: list[tuple[str, Sequence[str]]] = [
        (header, getattr(devices, name)) for name, header in _HEADERS.items()
    ]
    columns += [
        ("Flash", _quantities(devices.flash, write_size)),
        ("Device rate", _quantities(devices.device_rate, write_rate)),
        *devices.attributes.items(),
    ]
    used = [(header, values) for header, values in columns if header == "Name" or any(values)]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    writer.writerow([marked(header) for header, _ in used])
    writer.writerows(
        [marked(cell) for cell in row] for row in zip(*(values for _, values in used), strict=True)
    )
    return stream.getvalue().encode()


def _quantities(values: Sequence[int], write: Callable[[int], str]) -> list[str]:
    return [write(value) if value else "" for value in values]
