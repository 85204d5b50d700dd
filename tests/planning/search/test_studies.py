"""A search that was stopped is taken up again; a study of something else is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

import fwsim
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.search import Search
from fwsim.planning.search.study import Study
from fwsim.problems import InputError
from tests.planning import small_fleets


def test_a_stopped_search_is_taken_up_where_it_was(found, tmp_path, monkeypatch):
    path = tmp_path / "study.sqlite"
    search = Search(small_fleets.people(100), study=path)

    def stop(where):
        if where.spent > 30:
            raise KeyboardInterrupt

    stopped = search.run(workers=1, progress=stop)
    assert stopped.interrupted
    assert stopped.chosen is None
    search._study.close()
    before = len(Study(path, search._about(search.space.scenario)))
    assert before >= 30
    taken_up = Search(small_fleets.people(100), study=path)
    computed = []
    compute = CandidateRuns._computed

    def counted(self, jobs):
        computed.extend(jobs)
        return compute(self, jobs)

    monkeypatch.setattr(CandidateRuns, "_computed", counted)
    assert taken_up.run(workers=1).chosen == found.chosen
    assert len(computed) == len(taken_up._study) - before


def test_a_study_knows_a_plan_by_what_it_commands(tmp_path):
    """The same words for another division into waves are another plan."""
    runs = []
    for of in (["DE/a", "DE/b", "DE/c", "DE/d"], ["DE/d", "DE/c", "DE/b", "DE/a"]):
        data = small_fleets.waves(60).as_data()
        data["search"] |= {"screening": 2}
        data["search"]["turn"] = {"waves": {"of": of, "number": [2], "apart": ["10 min"]}}
        search = Search(fwsim.Scenario.model_validate(data), study=tmp_path / "study.sqlite")
        found = search.run(workers=1)
        runs.append((search.space.words((0, 0, 0)), search.runs_kept, found.spent))
        search._study.close()
    assert runs[0][0] == runs[1][0]
    assert runs[1][1] == runs[0][1] + runs[1][2]


def test_a_study_of_another_question_is_refused(tmp_path):
    path = tmp_path / "study.sqlite"
    Search(small_fleets.people(100), study=path)
    with pytest.raises(InputError, match="study of another question, which differs in seed"):
        Search(small_fleets.people(100), study=path, seed=5)
    with pytest.raises(InputError, match="which differs in scenario"):
        Search(small_fleets.waves(100), study=path)


@pytest.mark.slow
def test_more_runs_and_other_ranges_take_the_same_study_up(tmp_path):
    path = tmp_path / "study.sqlite"
    first = Search(small_fleets.people(60), study=path)
    first.run(workers=1)
    kept = first.runs_kept
    first._study.close()
    data = small_fleets.people(80).as_data()
    data["search"]["turn"]["deferments"] = [1, 2]
    second = Search(fwsim.Scenario.model_validate(data), study=path)
    found = second.run(workers=1)
    assert second.runs_kept < kept + found.spent  # some runs were there already


def test_a_study_of_another_release_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "study.sqlite"
    Search(small_fleets.people(100), study=path)
    monkeypatch.setattr("fwsim.planning.search.search.installed_version", lambda _: "9.9")
    with pytest.raises(InputError, match="which differs in fwsim"):
        Search(small_fleets.people(100), study=path)


def test_a_database_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "bookmarks.sqlite"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("create table run (address text)")
    before = path.read_bytes()
    with pytest.raises(InputError, match="is a database of something else"):
        Search(small_fleets.people(100), study=path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_study_is_refused(tmp_path):
    path = tmp_path / "study.sqlite"
    path.write_text("this is no database, however long it may be made by writing on and on" * 99)
    with pytest.raises(InputError, match="is not a study fwsim can use"):
        Search(small_fleets.people(100), study=path)
