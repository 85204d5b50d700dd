"""The report: one file that needs nothing else."""

from __future__ import annotations

import re
from contextlib import nullcontext
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from click.testing import CliRunner
from matplotlib import rc_context

import fwsim
from fwsim.cli import main
from fwsim.experiments.comparison import Comparison
from fwsim.experiments.experiment import Experiment
from fwsim.messages import GERMAN, say, speaking
from fwsim.problems import InputError
from fwsim.results import figures
from fwsim.results.figures.letters import LONGEST_NAME, drawing, lettered, named, rows_named
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.report import Signed, report, write_report
from fwsim.results.output.report_figures import Figure, drawn
from tests.conftest import figures_undrawn, figures_unrendered
from tests.results.small_rollout import SMALL, small_answer, small_result
from tests.tiers import in_both_tiers


@pytest.fixture(scope="module", params=["unrendered", pytest.param("", marks=pytest.mark.slow)])
def page(request):
    """The report; with its figures rendered in `make verify`, for that takes long."""
    with figures_unrendered() if request.param else nullcontext():
        yield report(small_answer(), small_result().log).replace("\u00a0", " ")


def test_it_is_in_the_order_of_the_decision(page):
    heads = re.findall(r"<h2>([^<]*)</h2>", page)
    assert heads == ["The answer", "Why", "People", "Lines", "Doubt", "The plan", "In full"]
    first = [page.index(text) for text in ('class="verdict', 'class="answer"', 'class="risk"')]
    assert first == sorted(first)
    assert first[-1] < page.index('<img alt="Completion: ') < page.index('id="why"')


def test_an_assumption_that_is_in_doubt_is_not_told_to_be_at_its_default(scenario):
    answer = Experiment(scenario(doubt="all")).run(2, workers=1)
    with figures_undrawn():
        told = report(answer)
    usual = re.search(r"at their defaults.*?</details>", told, flags=re.DOTALL).group()
    drawn = re.search(r'<details id="believed">.*?</details>', told, flags=re.DOTALL).group()
    names = set(re.findall(r"<td>assumptions\.(\w+)</td>", drawn))
    assert "install_rate" in names
    assert not names & set(re.findall(r"<code>(\w+)</code>", usual))


def test_a_german_report_says_in_german_what_each_assumption_means(scenario):
    answer = Experiment(scenario(assumptions={"install_rate": "30 MB/s"})).run(1, workers=1)
    english = {one["meaning"] for one in answer.setting.assumptions}
    assert english
    with figures_undrawn(), speaking(GERMAN):
        told = report(answer)
    meanings = re.findall(r"<td>\[[AIS]\]</td><td>([^<]*)</td>", told)
    assert meanings
    assert not english & {meaning.replace("\u00a0", " ") for meaning in meanings}
    assert "Größe einer Imagedefinitionsdatei" in meanings
    values = re.findall(r"<td>([^<]*)</td><td>\[[AIS]\]</td>", told)
    assert {"ja", "nein"} <= {*values}
    assert not {"True", "False"} & {*values}


def test_the_report_names_causes_and_has_no_empty_column(scenario):
    expect = [{"peak repository utilisation": "<= 0.001 %"}, {"time to 95 %": "<= 1 s"}]
    fleet = {"units": {"DE": {"devices": 20}}}
    answer = Experiment(scenario(expect=expect, fleet=fleet)).run(1, workers=1)
    with figures_undrawn():
        told = report(answer)
    why = told.partition('id="why"')[2].partition("</section>")[0]
    assert "the repository sends most in the hour from Mon 20 Aug 2018 11:00" in why
    assert why.count("The last 5") == 1
    people = told.partition('id="people"')[2].partition("</table>")[0]
    assert re.findall("<th scope[^>]*>([^<]*)", people) == ["Measure", "One run"]
    assert not re.search(
        r"\d (%|min|s|MB|GB|Mbit/s)\b",
        re.sub("<style>.*?</style>|<code>.*?</code>", "", told, flags=re.DOTALL),
    )


def test_every_table_in_full_is_folded(page):
    whole = page.partition('<section id="more">')[2]
    outside = re.sub(r"<details.*?</details>", "", whole, flags=re.DOTALL)
    assert "<table" in whole
    assert "<table" not in outside


def test_the_verdict_comes_first(page):
    assert '<p class="verdict missed">One expectation does not hold, of 2.</p>' in page
    assert "The risk: in 6 of 6 runs time to 95 % is not ≤ 1 h 00 min." in page
    assert "The first update is due on Mon 20 Aug 2018 11:00." in page


def test_the_range_of_few_runs_is_not_told_as_one_that_holds_the_next_with_90_percent(page):
    assert "from the least to the most of them" in page
    assert "90 % sure by then" not in page
    told = [text for text in re.findall(r"[^.<>]*next rollout[^.<>]*", page) if "90 %" in text]
    assert told
    assert all("19 runs or more" in text or "give no range" in text for text in told)


def test_what_a_band_holds_is_told_by_its_name_in_the_figures():
    with figures_undrawn():
        few, enough = (report(small_answer(runs)) for runs in (6, 20))
    assert "A band of all runs is from the least to the most of them" in few
    assert "A band of “9 rollouts in 10” holds the next one" in enough.replace("\u00a0", " ")
    assert not re.findall(r"<li>[^<]*\*\w[^<]*\w\*", few + enough)


TWO_STEPS = """\
zone: UTC
start: 2018-08-20 08:00
horizon: 12 h
image: {name: new.idf, packages: [{name: a, size: 4 MB}]}
fleet: {units: {DE: {devices: 2, installed: old.idf}}}
commands: [{delivery: DE}%s]
"""


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("more", "told"),
    [
        (", {update: DE, once: 2018-08-20 18:00}", "first update is due on Mon 20 Aug 2018 18:00."),
        (", {update: DE, once: 2018-08-20 18:00:40}", "update is due on Mon 20 Aug 2018 18:00."),
        ("", "first delivery is due on Mon 20 Aug 2018 08:00."),
    ],
)
def test_it_names_what_it_is_told_of_by_its_kind(more, told):
    answer = Experiment(fwsim.loads(TWO_STEPS % more)).run(2, workers=1)
    assert told in report(answer)


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_who_made_it_and_when_is_told_only_if_it_is_given():
    answer = small_answer()
    assert "Made " not in report(answer)
    assert "Made by A. &lt;b&gt; on 1 May." in report(answer, signed=Signed("A. <b>", "1 May"))
    assert "Made by A." in report(answer, signed=Signed("A"))
    assert "Made on 1 May." in report(answer, signed=Signed(on="1 May"))


def test_it_asks_nobody_for_anything(page):
    assert re.findall(r"(?:src|href)=\"(?!data:)", page) == []
    assert "<script" not in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    "part",
    [
        "Two lines are thin, and some users wait.",
        "As a command line: scmd -update -to DE -subous -inform 300 -cancel",
        "The fleet has 40 devices in 3 organisational units at 3 sites.",
        "6 runs",
        "max-min fair",
        "install_rate",
        "fwsim run SCENARIO --seed 1 --replications 6",
        "scenario_sha256",
        'class="missed">no</td>',
        'class="held">yes</td>',
    ],
)
def test_it_holds_the_plan_the_answer_and_how_to_run_it_again(page, part):
    assert part in page


def test_it_has_a_figure_of_each_kind(page):
    titles = re.findall(r'<img alt="([^":]*): ', page)
    assert len(titles) == 9
    assert {"Completion", "Outcomes over time", "A sample of devices", "Load of West"} <= {*titles}


@pytest.mark.usefixtures("unrendered")
def test_names_from_a_stranger_are_escaped(tmp_path):
    hostile = SMALL.replace("Three offices", "'<img src=x onerror=alert(1)>'")
    answer = Experiment(fwsim.loads(hostile)).run(2, workers=1)
    assert "<img src=x" not in report(answer)


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes(page):
    again = report(small_answer(), small_result().log)
    assert again.replace("\u00a0", " ") == page


def test_the_same_figure_gives_the_same_bytes():
    one, two = (drawn(lambda: figures.load(small_answer(), of="West")) for _ in range(2))
    assert one == two
    assert len(one[0]) > 1000


def test_the_text_of_a_figure_says_its_title_once():
    title = say("report.load_of", line="West")
    figure = Figure(title, "", lambda: figures.load(small_answer(), of="West"))
    alt = figure.as_data()["alt"]
    assert alt.startswith(f"{title}: ")
    assert alt.count(title) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_it_is_written_beside_the_results(tmp_path):
    save_answer(small_answer(), tmp_path)
    result = CliRunner().invoke(main, ["report", str(tmp_path), "--by", "Anna"])
    assert result.output == f"The report is in {tmp_path / 'report.html'}\n"
    written = (tmp_path / "report.html").read_text()
    assert "A sample of devices" not in written
    assert "Made by Anna." in written
    save_answer(small_answer(), tmp_path, beside=small_result().tables())
    assert not (tmp_path / "report.html").exists()  # it told of other results
    assert "A sample of devices" in write_report(tmp_path).read_text()


def test_a_folder_of_one_story_says_what_is_missing(tmp_path):
    small_result().save(tmp_path)
    with pytest.raises(InputError, match="--replications 20 --out FOLDER"):
        write_report(tmp_path)


class Outline(HTMLParser):
    """What a screen reader meets: landmarks, headings, pictures, heads of tables."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.heads: list[int] = []
        self.outside: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in {"meta", "link", "img"}:
            return
        self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.heads.append(int(tag[1]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if text.strip() and "body" in self.open and not {"main", "header"} & {*self.open}:
            self.outside.append(text)


def test_it_can_be_found_through_without_seeing_it(page):
    outline = Outline()
    outline.feed(page)
    tags = [tag for tag, _ in outline.tags]
    assert ("html", {"lang": "en"}) in outline.tags
    assert (tags.count("main"), tags.count("h1"), outline.outside) == (1, 1, [])
    assert all(after - before <= 1 for before, after in pairwise(outline.heads))
    assert all(more.get("alt") for tag, more in outline.tags if tag == "img")
    assert all(more.get("scope") in {"col", "row"} for tag, more in outline.tags if tag == "th")
    assert not outline.open


def test_the_text_of_no_figure_says_its_title_twice(page):
    texts = re.findall('<img alt="([^"]*)"', page)
    assert texts
    assert [t for t in texts if re.match(r"(.+?): \1(?:[:;,]|$)", t)] == []


def test_every_head_of_a_table_in_a_notebook_says_of_what_it_is():
    result, answer = small_result(), small_answer()
    for shown in (result, answer, Comparison(("a", "b"), (answer, answer))):
        heads = re.findall("<th[ >][^>]*", shown._repr_html_())
        assert heads
        assert all(re.search("scope=[\"']col[\"']", head) for head in heads)


def test_no_table_is_wider_than_the_page(page):
    """On a telephone a table is moved by itself, by keys too, so that sentences stay in place."""
    assert page.count("<table>") == len(
        re.findall(r'<div class="wide" tabindex="0">\n?<table>', page)
    )


STRANGE = "東京 😀 $x$ \u202e"


@in_both_tiers("is_rendered", short=False, long=True)
def test_names_with_letters_dejavu_lacks_are_drawn_without_a_word(recwarn, is_rendered):
    """The short form draws two of the figures that hold such names, and no other."""
    text = SMALL.replace("DE/West", f"DE/{STRANGE}").replace("site: West", f'site: "{STRANGE}"')
    text = text.replace("          West:", f'          "{STRANGE}":')
    scenario = fwsim.loads(text)
    answer = Experiment(scenario).run(2, workers=1)
    log = fwsim.simulate(scenario).log
    with nullcontext() if is_rendered else figures_undrawn():
        made = report(answer, log)
    assert all(drawn(lambda: figures.site_heat_map(answer)))
    assert all(drawn(lambda: figures.gantt(log, devices=12)))
    assert not list(recwarn)
    assert "東京 😀 $x$ \\u202e" in made
    assert "\u202e" not in made


def test_a_letter_no_font_has_is_drawn_by_its_number():
    with drawing(), rc_context({"font.family": ["DejaVu Sans"]}):
        assert lettered("Größe 東\t$") == "Größe \\u6771\\u0009$"
    assert lettered("$5") == r"\$5"


def test_a_name_of_letters_no_font_has_takes_no_more_room_than_another():
    """A number is ten letters long: a heat map of a few emojis was mostly their names."""
    with drawing(), rc_context({"font.family": ["DejaVu Sans"]}):
        assert named("Büro 東") == "Büro \\u6771"
        drawn = named("\U0001f3e2\U0001f680 Büro \U0001f469\U0001f469 Straße 1")
        assert len(drawn) <= LONGEST_NAME
        assert drawn.endswith("aße 1")


def test_rows_are_named_without_pictures_that_no_font_has_where_they_differ_without():
    with drawing(), rc_context({"font.family": ["DejaVu Sans"]}):
        assert rows_named(["\U0001f3e2 Bonn", "\U0001f469\u200d\U0001f4bb office"]) == [
            "Bonn",
            "office",
        ]
        assert rows_named(["\U0001f3e2 Ulm", "\U0001f680 Ulm", "\U0001f680"]) == [
            "\\U0001f3e2 Ulm",
            "\\U0001f680 Ulm",
            "\\U0001f680",
        ]
        assert rows_named(["Büro \u6771"]) == ["Büro \\u6771"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_report_names_the_tables_as_they_lie_beside_it(form, tmp_path):
    save_answer(small_answer(), tmp_path, form)
    with figures_undrawn():
        page = write_report(tmp_path).read_text(encoding="utf-8")
    assert {*re.findall(r"\bmeasures\.(\w+)", page)} == {form}


def test_a_median_is_called_a_median_and_a_range_says_whose_it_is(page):
    assert '<th scope="col">Median</th><th scope="col">Range of 6 runs</th>' in page
