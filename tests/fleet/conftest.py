"""Device lists from text."""

from __future__ import annotations

import pytest

from fwsim.fleet.device_list import read_device_list


@pytest.fixture
def read(tmp_path):
    def from_text(text: str | bytes, **options):
        path = tmp_path / "devices.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_device_list(path, source="devices.csv", **options)

    return from_text
