"""Where the planner writes: harmless names, one folder where it is confined, over nothing."""

from __future__ import annotations

import pytest

from fwsim.notebook.writing_place import (
    LONGEST_NAME,
    MOST_ENTRIES,
    VARIABLE,
    WritingPlace,
    name_problems,
)
from fwsim.problems import InputError, Problem

HOSTILE = (
    "../x",
    "a/b",
    "a\\b",
    "..",
    ".",
    ".bashrc",
    "",
    "   ",
    "CON",
    "con",
    "nul.txt",
    "LPT1",
    "com¹",
    "AUX.tar.gz",
    "a\x00b",
    "a\nb",
    "a\x1b[2J",
    "a\u202eb",
    "a\u200b",
    "x" * (LONGEST_NAME + 1),
    "ü" * LONGEST_NAME * 2,
    "a.",
    " a",
    "a ",
    "C:x",
    "a:b",
    "a*",
    "a?",
    'a"',
    "a|b",
    "a<b>",
    "/etc/passwd",
    "~/../x",
    "\ud800",
    "a\u2028b",
)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("is_confined", [True, False])
def test_hostile_names_are_refused(tmp_path, name, is_confined):
    place = WritingPlace(tmp_path, is_confined=is_confined)
    with pytest.raises(ValueError, match=r"name|type"):
        place.path(str(tmp_path), name, ".yaml")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["my-plan", "Plan B (2)", "Zweigstellen März", "v1.2", "console"])
def test_usual_names_are_taken(tmp_path, name):
    assert name_problems(name) == []
    assert WritingPlace(tmp_path).path(str(tmp_path), name, ".yaml").parent == tmp_path


def test_all_that_is_wrong_with_a_name_is_told():
    assert len(name_problems(".a/b:c")) == 3


def test_a_confined_place_takes_no_other_folder(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    place = WritingPlace(inside, is_confined=True)
    assert place.path(str(outside), "x", ".yaml") == inside / "x.yaml"
    for path in (outside / "x.yaml", inside / "new" / "x.yaml", inside / ".." / "x.yaml"):
        with pytest.raises(ValueError, match="own folder"), place.reserved(path, overwrite=True):
            pass
    assert list(outside.iterdir()) == []
    assert list(inside.iterdir()) == []


def test_what_others_wrote_is_not_replaced_even_if_asked(tmp_path):
    (tmp_path / "x.yaml").write_text("theirs")
    place = WritingPlace(tmp_path, is_confined=True)
    with (
        pytest.raises(ValueError, match="from somebody else"),
        place.reserved(tmp_path / "x.yaml", overwrite=True),
    ):
        pass
    assert (tmp_path / "x.yaml").read_text() == "theirs"
    with place.reserved(tmp_path / "y.yaml", overwrite=False) as path:
        path.write_text("mine")
    with place.reserved(tmp_path / "y.yaml", overwrite=True) as path:
        path.write_text("mine again")
    with (
        pytest.raises(ValueError, match="tick Overwrite"),
        place.reserved(tmp_path / "y.yaml", overwrite=False),
    ):
        pass


@pytest.mark.parametrize("is_confined", [True, False])
def test_links_are_not_followed(tmp_path, is_confined):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "victim.yaml").write_text("theirs")
    (inside / "x.yaml").symlink_to(outside / "victim.yaml")
    (inside / "dangling.yaml").symlink_to(outside / "new.yaml")
    (inside / "folder").symlink_to(outside)
    place = WritingPlace(inside, is_confined=is_confined)
    for name, is_folder in (("x.yaml", False), ("dangling.yaml", False), ("folder", True)):
        with (
            pytest.raises(ValueError, match="is a link"),
            place.reserved(inside / name, overwrite=True, is_folder=is_folder),
        ):
            pass
    assert sorted(path.name for path in outside.iterdir()) == ["victim.yaml"]
    assert (outside / "victim.yaml").read_text() == "theirs"


def test_links_inside_a_handed_over_folder_are_not_followed(tmp_path):
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "report.html").symlink_to(tmp_path / "victim")
    with (
        pytest.raises(ValueError, match="holds links"),
        WritingPlace(tmp_path).reserved(tmp_path / "plan", overwrite=True, is_folder=True),
    ):
        pass


def test_a_name_is_kept_only_if_something_was_written(tmp_path):
    place = WritingPlace(tmp_path, is_confined=True)
    for is_folder in (False, True):
        with (
            pytest.raises(KeyError),
            place.reserved(tmp_path / "x", overwrite=False, is_folder=is_folder),
        ):
            raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_strangers_write_to_fills_up_no_further(tmp_path):
    for number in range(MOST_ENTRIES):
        (tmp_path / f"{number}.yaml").touch()
    place = WritingPlace(tmp_path, is_confined=True)
    with (
        pytest.raises(ValueError, match="the folder is full"),
        place.reserved(tmp_path / "x.yaml", overwrite=False),
    ):
        pass


def test_strangers_are_not_told_where_the_server_keeps_its_files(tmp_path):
    error = InputError([Problem("cannot write there: full", source=str(tmp_path))])
    assert (
        WritingPlace(tmp_path, is_confined=True).error_in_words(error) == "cannot write there: full"
    )
    assert str(tmp_path) in WritingPlace(tmp_path).error_in_words(error)
    assert WritingPlace(tmp_path, is_confined=True).shown(tmp_path / "x.yaml") == "x.yaml"


def test_the_folder_is_named_at_the_start_or_a_fresh_one(tmp_path):
    assert not WritingPlace.of_surroundings(tmp_path, {}).is_confined
    named = WritingPlace.of_surroundings(tmp_path / "usual", {VARIABLE: str(tmp_path)})
    assert (named.is_confined, named.folder) == (True, tmp_path.resolve())
    fresh = WritingPlace.of_surroundings(tmp_path, {"VOILA_BASE_URL": "/"})
    assert fresh.is_confined
    assert list(fresh.folder.iterdir()) == []
    fresh.folder.rmdir()
    with pytest.raises(InputError, match="is not a folder"):
        WritingPlace.of_surroundings(tmp_path, {VARIABLE: str(tmp_path / "gone")})
