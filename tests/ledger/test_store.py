"""The ledger: what is in it stays, what is not a ledger is left alone."""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from fwsim.ledger import store
from fwsim.ledger.store import append, check_ledger, read_ledger
from fwsim.problems import InputError, NotWrittenError
from fwsim.put_in_place import noted, noting, putting
from tests.ledger.kept_forecasts import HOUR, happened, kept_forecast

T95 = "time to 95 %"
EMPTY = kept_forecast({})
ONE = kept_forecast({T95: [HOUR * n for n in range(1, 21)]})


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "forecasts of '24 & more?#%20.sqlite"
    append(path, ONE)
    append(path, happened({T95: HOUR}))
    return path


def changed(path, *statements):
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def test_what_is_kept_is_read_back(ledger):
    assert append(ledger, ONE) == 3
    found = read_ledger(ledger)
    assert found.forecasts == {1: ONE, 3: ONE}
    assert found.rollouts == {2: happened({T95: HOUR})}
    assert found.scenarios() == {ONE.scenario_sha256: "made to order"}


def test_what_is_known_of_a_part_takes_back_nothing_of_a_whole(ledger):
    part, more = (happened({T95: float("inf")}, hours=hours, is_whole=False) for hours in (1, 2))
    other = "c" * 64
    for one in (part, part.model_copy(update={"scenario_sha256": other}), more):
        append(ledger, one)
    append(ledger, more.model_copy(update={"scenario_sha256": other}))
    came_to = read_ledger(ledger).came_to()
    assert came_to[ONE.scenario_sha256] == happened({T95: HOUR})
    assert came_to[other].until == more.until
    append(ledger, happened({T95: 2 * HOUR}))
    assert read_ledger(ledger).came_to()[ONE.scenario_sha256].values == {T95: 2 * HOUR}


def may_only_be_read(monkeypatch):
    """Open ledgers as SQLite does where the file, or its folder, may only be read."""
    connect = sqlite3.connect

    def reading(place, **given):
        return connect(f"{place.partition('?')[0]}?mode=ro", **given)

    monkeypatch.setattr(store.sqlite3, "connect", reading)


def test_a_ledger_that_may_only_be_read_is_told_before_there_is_anything_to_keep(
    ledger, monkeypatch
):
    may_only_be_read(monkeypatch)
    for use in (check_ledger, lambda path: append(path, ONE)):
        with pytest.raises(NotWrittenError, match="cannot be written to: attempt to write a read"):
            use(ledger)


def test_a_check_leaves_a_ledger_as_it_is(ledger, tmp_path):
    (empty := tmp_path / "empty.sqlite").touch()
    before = ledger.read_bytes()
    for path in (ledger, empty):
        check_ledger(path)
    assert ledger.read_bytes() == before
    assert empty.read_bytes() == b""


def test_a_full_disk_is_told_as_what_it_is(ledger, monkeypatch):
    connect = sqlite3.connect

    def small(*given, **options):
        file = connect(*given, **options)
        file.execute("PRAGMA max_page_count = 1")
        return file

    monkeypatch.setattr(store.sqlite3, "connect", small)
    large = kept_forecast({T95: [HOUR * n for n in range(1, 5000)]})
    with pytest.raises(NotWrittenError, match="cannot be written to: database or disk is full"):
        append(ledger, large)


def test_a_full_disk_leaves_no_empty_ledger(tmp_path, monkeypatch):
    connect = sqlite3.connect

    def full(*given, **options):
        file = connect(*given, **options)
        file.execute("PRAGMA max_page_count = 1")
        return file

    monkeypatch.setattr(store.sqlite3, "connect", full)
    path = tmp_path / "new.sqlite"
    with pytest.raises(NotWrittenError, match="full") as told:
        append(path, ONE)
    assert str(path) in str(told.value)
    assert not list(tmp_path.iterdir())


def test_ctrl_c_before_a_ledger_has_its_name_tells_of_none(tmp_path, monkeypatch):
    @contextmanager
    def interrupted(*places):
        with putting(*places):
            yield
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(store, "putting", interrupted)
    with noting():
        with pytest.raises(KeyboardInterrupt):
            append(tmp_path / "new.sqlite", ONE)
        assert noted() == []
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("is_there", [True, False])
def test_a_ledger_is_made_also_where_others_make_one_or_nothing_can_be_linked(
    tmp_path, monkeypatch, is_there
):
    path, link = tmp_path / "new.sqlite", os.link

    def after_others(draft, place):
        if not is_there:
            raise PermissionError(errno.EPERM, "no links here")
        monkeypatch.setattr(os, "link", link)
        append(path, ONE)
        link(draft, place)

    monkeypatch.setattr(os, "link", after_others)
    assert append(path, ONE) == 1 + is_there
    assert read_ledger(path).forecasts == {number + 1: ONE for number in range(1 + is_there)}
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET content = '{}' WHERE id = 1",
        "DELETE FROM entries WHERE id = 1",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE id = 1",
        "REPLACE INTO entries VALUES (1, 'forecast', '', '{}', '')",
        "INSERT INTO entries VALUES (99, 'forecast', '', '{}', '')",
    ],
)
def test_no_entry_can_be_changed_or_taken(ledger, statement):
    before = ledger.read_bytes()
    with pytest.raises(sqlite3.IntegrityError, match="added to, never changed"):
        changed(ledger, statement)
    assert ledger.read_bytes() == before


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["DROP TRIGGER no_update"], "not made as fwsim makes one"),
        (["CREATE VIEW more AS SELECT 1"], "not made as fwsim makes one"),
        (["PRAGMA user_version = 2"], "is of format 2; this fwsim reads 1"),
        (["PRAGMA application_id = 7"], "is a database of another program"),
    ],
)
def test_a_file_that_is_made_otherwise_is_refused(ledger, statements, told):
    changed(ledger, *statements)
    for use in (read_ledger, check_ledger, lambda path: append(path, ONE)):
        with pytest.raises(InputError, match=told):
            use(ledger)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET content = replace(content, '\"seed\": 1', '\"seed\": 2')",
        "UPDATE entries SET chain = 'x' WHERE id = 2",
        "DELETE FROM entries WHERE id = 1",
    ],
)
def test_who_goes_round_the_triggers_is_noticed(ledger, statement):
    with closing(sqlite3.connect(ledger)) as database:
        made = [
            sql
            for (sql,) in database.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        ]
        for name in ("no_update", "no_delete", "only_next"):
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
        for sql in made:
            database.execute(sql)
        database.commit()
    with pytest.raises(InputError, match=r"entry [12] is not what was written"):
        read_ledger(ledger)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_half_a_ledger_is_refused_in_words(ledger, keep):
    raw = ledger.read_bytes()
    ledger.write_bytes(raw[: int(keep * len(raw))])
    with pytest.raises(InputError, match=r"damaged or was changed|cannot be read"):
        read_ledger(ledger)


@pytest.mark.parametrize("place", range(100, 40_000, 3_700))
def test_a_damaged_page_is_never_taken_for_a_forecast(ledger, place):
    raw = bytearray(ledger.read_bytes())
    place = min(place, len(raw) - 64)
    raw[place : place + 64] = b"\xff" * 64
    ledger.write_bytes(raw)
    try:
        found = read_ledger(ledger)
    except InputError:
        return
    assert found.forecasts == {1: ONE}  # the damage lay where nothing does


@pytest.mark.parametrize("put", [b"x", b"\x1b\xff"])
def test_nothing_is_added_behind_a_damaged_entry_where_nobody_could_read_it(ledger, put):
    raw = ledger.read_bytes()
    place = raw.index(b'"made_at"')
    damaged = raw[:place] + put + raw[place + len(put) :]
    ledger.write_bytes(damaged)
    for use in (read_ledger, check_ledger, lambda path: append(path, ONE)):
        with pytest.raises(InputError, match="damaged or was changed") as caught:
            use(ledger)
        assert str(caught.value).isprintable()
    assert ledger.read_bytes() == damaged


def test_what_is_no_ledger_is_left_as_it_is(tmp_path):
    text, other, folder = (tmp_path / name for name in ("a.txt", "study.sqlite", "folder"))
    text.write_text("forecasts, by hand")
    changed(other, "CREATE TABLE studies (id INTEGER)")
    folder.mkdir()
    for path, told in (
        (text, "is not a ledger of fwsim's"),
        (other, "is a database of another program"),
        (folder, "is a folder"),
    ):
        before = path.read_bytes() if path.is_file() else b""
        for use in (read_ledger, check_ledger, lambda path: append(path, ONE)):
            with pytest.raises(InputError, match=told):
                use(path)
        assert not path.is_file() or path.read_bytes() == before


def test_a_ledger_that_is_not_there_is_told_with_the_nearest_name(ledger):
    with pytest.raises(InputError, match=r"no such ledger; .*; did you mean .forecasts of"):
        read_ledger(ledger.with_name("forecast of '24 & more?#%20.sqlite"))
    with pytest.raises(InputError, match="no such folder"):
        check_ledger(ledger.parent / "nowhere" / "a.sqlite")


def test_an_empty_file_is_a_ledger_to_be(tmp_path):
    path = tmp_path / "new.sqlite"
    path.touch()
    check_ledger(path)
    with pytest.raises(InputError, match="holds no forecast yet"):
        read_ledger(path)
    assert append(path, ONE) == 1


def test_nothing_is_added_by_halves(ledger, monkeypatch):
    monkeypatch.setattr("fwsim.ledger.store._link", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        append(ledger, ONE)
    monkeypatch.undo()
    assert list(read_ledger(ledger).forecasts) == [1]


def test_several_can_add_at_once(tmp_path):
    path, count = tmp_path / "all.sqlite", 12
    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(lambda _: append(path, EMPTY), range(count)))
    assert sorted(numbers) == list(range(1, count + 1))
    assert len(read_ledger(path).forecasts) == count


@pytest.mark.slow
def test_two_processes_can_add_at_once(tmp_path):
    path, count = tmp_path / "both.sqlite", 50
    code = (
        "import sys; from pathlib import Path\n"
        "from fwsim.ledger.store import append\n"
        "from tests.ledger.kept_forecasts import kept_forecast\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"for _ in range({count}): append(Path(sys.argv[1]), kept_forecast({{}}))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "ready\n"
        other.stdin.write("go\n")
        other.stdin.flush()
        for _ in range(count):
            append(path, EMPTY)
    assert other.returncode == 0
    assert len(read_ledger(path).forecasts) == 2 * count
