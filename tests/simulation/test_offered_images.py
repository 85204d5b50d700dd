"""What lies in a container: images offered, withdrawn, and one in another's place."""

from __future__ import annotations

import pytest

PACKAGE = {"name": "a", "size": "1 MB"}
NO_IMAGE = "3602 FAILED image definition file not available"


def test_a_container_stays_when_its_only_image_is_withdrawn(play, told):
    changes = [{"at": "2018-08-20 11:30", "withdraw": "new.idf"}]
    assert told(play({"once": "2018-08-20 12:00"}, changes=changes))[-1] == NO_IMAGE


@pytest.mark.parametrize(
    ("withdrawn", "last"),
    [("june", "3602 VERIFY_IDF"), ("september", NO_IMAGE)],
)
def test_only_the_image_that_lies_in_the_container_is_taken_out(play, told, withdrawn, last):
    result = play(
        {"once": "2018-08-20 12:00"},
        image=None,
        images={
            "june": {"name": "image.idf", "packages": [PACKAGE]},
            "september": {"name": "image.idf", "packages": [PACKAGE], "offered": False},
        },
        firmware={"image_file": "image.idf"},
        changes=[
            {"at": "2018-08-20 11:10", "offer": "september"},
            {"at": "2018-08-20 11:20", "withdraw": withdrawn},
        ],
    )
    assert last in told(result)
