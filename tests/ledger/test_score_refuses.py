"""What `fwsim score` and `--ledger` refuse, and in which words; and show of strangers."""

import pytest

import fwsim as package
from fwsim.ledger.kept import forecast_of
from fwsim.ledger.store import append, read_ledger
from fwsim.problems import InputError
from tests.cli.command_line import ODD, UNIT, fwsim
from tests.ledger.scored import NOW, scored
from tests.results.small_rollout import SMALL, small_answer
from tests.test_secrets import SECRET, STORY


def test_a_log_of_something_else_is_refused(place, tmp_path):
    other = SMALL.replace("2018-08-20", "2019-08-20")
    package.simulate(package.loads(other)).save(tmp_path / "other")
    ended = scored(place, log=tmp_path / "other")
    assert ended.code == 2
    assert "holds no forecast of this scenario" in ended.text
    assert "'Three offices'" in ended.text
    ended = scored(place, log=tmp_path / "other/status-log.csv")
    assert ended.code == 2
    assert "tells nothing of 2018-08-20 10:00 to 2018-08-20 22:00" in ended.text
    assert "is it another rollout's log?" in ended.text
    lines = (tmp_path / "other/status-log.csv").read_text().splitlines(keepends=True)
    (tmp_path / "probed.csv").write_text("".join(lines[:2]))
    ended = scored(place, log=tmp_path / "probed.csv")
    assert "probed.csv: error: tells of no update at all; is it another" in ended.text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--until", "yesterday"], "is not a date and time"),
        (["--until", "2018-08-20 11:00"], "is not after the first command"),
        (["--until", "2018-08-20 09:00 Z"], "is not a date and time"),
        (["--until", "2018-08-20 09:00 +00:00"], "2018-08-20 11:00 is not after the first"),
        (["--by", "soon", "--measure", "prmpts"], "2 problems"),
    ],
)
def test_mistakes_are_told_in_words(place, arguments, told):
    ended = scored(place, *arguments)
    assert ended.code == 2
    assert told in ended.text


def test_what_is_not_there_is_told(place, tmp_path):
    ended = scored(place, ledger=place / "l.sqlit")
    assert ended.code == 2
    assert "did you mean 'l.sqlite'?" in ended.text
    assert scored(place, log="nosuch").code == 2
    ended = scored(place, log=".")
    assert ended.code == 2
    assert "no status-log here" in ended.text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--replications", 1], "is for several runs"),
        (["--until", "2018-08-20 12:00"], "cuts runs short"),
    ],
)
def test_what_is_no_forecast_is_not_kept(place, tmp_path, arguments, told):
    ledger = tmp_path / "none.sqlite"
    ended = fwsim("run", place / "small.yaml", "--ledger", ledger, *arguments)
    assert ended.code == 2
    assert told in ended.text
    assert not ledger.exists()


def test_what_is_no_ledger_is_refused_before_anything_runs(place):
    text = place / "small.yaml"
    ended = fwsim("run", text, "--ledger", text)
    assert ended.code == 2
    assert "is not a ledger of fwsim's" in ended.text
    assert text.read_text(encoding="utf-8") == SMALL


def test_times_without_a_zone_and_single_runs_are_refused(tmp_path):
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(InputError, match="made_at: error: expected a datetime with a zone"):
        package.keep_forecast(small_answer(), tmp_path / "l.sqlite", made_at=naive)
    with pytest.raises(ValueError, match="one run is an example"):
        forecast_of(small_answer(1), made_at=NOW)
    assert not list(tmp_path.iterdir())


def test_no_password_is_kept(tmp_path):
    ledger = tmp_path / "l.sqlite"
    ended = fwsim("run", STORY, "--replications", 2, "--ledger", ledger, "--quiet")
    assert ended.code == 0, ended.text
    assert SECRET not in ledger.read_bytes()
    assert read_ledger(ledger).forecasts


@pytest.mark.usefixtures("undrawn", "unpictured")
def test_names_from_a_stranger_are_text(tmp_path):
    name = "=cmd|'/C calc'!A0 <script>alert(1)</script> [red]x[/red] {at}"
    text = ODD % (name, UNIT, UNIT, "09:00", UNIT, UNIT)
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    out, ledger = tmp_path / "out", tmp_path / "'; DROP TABLE entries; --.sqlite"
    ran = fwsim("run", tmp_path / "odd.yaml", "--replications", 5, "--ledger", ledger, "--out", out)
    assert ran.code == 0, ran.text
    assert read_ledger(ledger).forecasts[1].scenario.startswith("=cmd|")
    ended = fwsim("score", ledger, out, "--out", out, "--keep")
    assert ended.code == 0, ended.text
    assert "[red]x[/red] {at}" in ended.text
    fwsim("report", out)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "How good the forecasts were" in page


def test_a_ledger_from_a_stranger_moves_no_cursor(place, tmp_path):
    [kept] = read_ledger(place / "l.sqlite").forecasts.values()
    path = tmp_path / "l.sqlite"
    append(path, kept.model_copy(update={"scenario": "\x1b[2J\x07\u202e[red]"}))
    ended = scored(place, ledger=path)
    assert ended.code == 0, ended.text
    assert not {"\x1b", "\x07", "\u202e"} & set(ended.text)


@pytest.mark.parametrize("damage", ["{}", '{"told": 1, "numbers": {}}', "no JSON", "[" * 10_000])
def test_a_damaged_score_is_refused_by_the_report(tmp_path, damage):
    from fwsim.results.output.answer_files import save_answer

    save_answer(small_answer(), tmp_path)
    (tmp_path / "fwsim-manifest.json").unlink()
    (tmp_path / "score.json").write_text(damage, encoding="utf-8")
    ended = fwsim("report", tmp_path)
    assert ended.code == 2
    assert "holds what fwsim does not write" in ended.text


def test_a_kept_forecast_that_does_not_add_up_is_refused(tmp_path):
    kept = forecast_of(small_answer(), made_at=NOW)
    falling = kept.measures[0].model_copy(
        update={"quantiles": tuple(reversed(kept.measures[0].quantiles))}
    )
    path = tmp_path / "l.sqlite"
    append(path, kept.model_copy(update={"measures": (falling,)}))
    with pytest.raises(InputError, match=r"entry 1: measures.0.quantiles is not as"):
        read_ledger(path)
