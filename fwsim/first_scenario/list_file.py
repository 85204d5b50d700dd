"""A device list as CSV that reads back as the same list."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from fwsim.commands.client_group import FLASH_SIZE
from fwsim.fleet.list_cells import field_readers
from fwsim.fleet.listed import DeviceList
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
_READERS = field_readers({}, commas_are_decimal=True)


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
        ("Flash", _flash(devices)),
        ("Device rate", _quantities(devices, "device_rate", write_rate, "B/s")),
        *(column for column in devices.attributes.items() if column[0] != FLASH_SIZE),
    ]
    used = [(header, values) for header, values in columns if header == "Name" or any(values)]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    writer.writerow([marked(header) for header, _ in used])
    writer.writerows(
        [marked(cell) for cell in row] for row in zip(*(values for _, values in used), strict=True)
    )
    return stream.getvalue().encode()


def _flash(devices: DeviceList) -> list[str]:
    """Return the size of each flash as the list has it, as far as that is clear here, too."""
    sizes = _quantities(devices, "flash", write_size, "B")
    texts = devices.attributes.get(FLASH_SIZE, sizes)
    rows = zip(texts, devices.flash, sizes, strict=True)
    return [text if _reads_as("flash", text, size) else written for text, size, written in rows]


def _quantities(
    devices: DeviceList, name: str, write: Callable[[int], str], unit: str
) -> list[str]:
    def written(value: int) -> str:
        # Among semicolons 1.024 MB may be two numbers.
        return text if _reads_as(name, text := write(value), value) else f"{value} {unit}"

    values = getattr(devices, name)
    texts = {value: written(value) if value else "" for value in set(values)}
    return [texts[value] for value in values]


def _reads_as(name: str, text: str, value: int) -> bool:
    try:
        return bool(_READERS[name](text) == value)
    except ValueError:
        return False
