"""Which files the compiled clock is made of."""

from __future__ import annotations

from fwsim import clock_sources


def test_what_an_editor_lays_beside_a_file_is_no_source(tmp_path, monkeypatch):
    monkeypatch.setattr(clock_sources, "_PACKAGE", tmp_path)
    monkeypatch.setattr(clock_sources, "SOURCES", ("commands",))
    (tmp_path / "commands").mkdir()
    (tmp_path / "commands" / "codes.py").touch()
    (tmp_path / "commands" / ".#codes.py").symlink_to("me@host.1")
    assert [file.name for file in clock_sources.source_files()] == ["codes.py"]
