"""Logs from text."""

from __future__ import annotations

import pytest


@pytest.fixture
def put(tmp_path):
    def put(content, name="log.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return put
