"""Files that a person sends, and what a widget keeps of them."""

from __future__ import annotations

from datetime import UTC, datetime

from fwsim.notebook.upload import Upload, UploadField


def sent(name, content):
    now = datetime.now(UTC)
    file = {"name": name, "type": "text/csv", "size": len(content), "last_modified": now}
    return {**file, "content": memoryview(content)}


def test_what_is_in_a_file_is_told_once_and_does_not_stay_in_the_state_that_is_saved():
    field, told = UploadField(multiple=True), []
    field.observe(lambda change: told.append(change["new"]), "files")
    for contents in ((b"device,user\n", b""), (b"other",), (b"",)):
        field.value = [sent(f"{n}.csv", content) for n, content in enumerate(contents)]
        files = tuple(Upload(f"{n}.csv", content) for n, content in enumerate(contents))
        assert field.files == files == told[-1]
        kept = field.get_state("value")["value"]
        assert [one["name"] for one in kept] == [one.name for one in files]
        assert all(bytes(one["content"]) == b"" for one in kept)
    assert len(told) == 3
