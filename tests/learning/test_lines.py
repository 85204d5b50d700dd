"""What a line carries, from downloads whose truth is known."""

import numpy as np
import pytest

from fwsim.learning.factors import Factors
from fwsim.learning.learn import learn
from fwsim.learning.learnt import Kept
from fwsim.learning.lines import (
    UNTOLD,
    LineDownloads,
    fit_line,
    shared_of,
    stretches_of,
)
from fwsim.learning.lines_above import LineAbove, waits_for
from fwsim.learning.steadiness import error_of_mean
from fwsim.observations.observed import What
from fwsim.run import simulate
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in
from tests.tiers import in_both_tiers

MB = 1_000_000
SLOW = """\
name: A line that takes longer than the day has
zone: UTC
start: 2024-01-01 08:00
horizon: 3 h
image: {name: b.idf, packages: [{name: baseos, size: 350 MB}]}
fleet: {units: {DE: {devices: 10, installed: a.idf}}}
network: {sites: {default: {link: 1 Mbit/s}}}
people: {default: {present: never}}
power: {default: {on: always}}
commands: [{update: DE, once: 2024-01-01 08:30}]
"""


def shared(starts, size, rate, own=1e12):
    """Return when downloads of a fair-shared line end: a small fluid simulation of its own."""
    left = dict.fromkeys(range(len(starts)), float(size))
    ends, now, active = {}, 0.0, []
    waiting = sorted(range(len(starts)), key=lambda i: starts[i])
    while waiting or active:
        each = min(own, rate / len(active)) if active else 0.0
        finish = now + min((left[i] / each for i in active), default=np.inf)
        start = starts[waiting[0]] if waiting else np.inf
        after = min(finish, start)
        for i in active:
            left[i] -= each * (after - now)
        now = after
        for i in [i for i in active if left[i] <= 1e-6 * size]:
            active.remove(i)
            ends[i] = now
        while waiting and starts[waiting[0]] <= now:
            active.append(waiting.pop(0))
    begin = np.round(np.array(starts) * 1000).astype(np.int64)
    end = np.round(np.array([ends[i] for i in range(len(starts))]) * 1000).astype(np.int64)
    return LineDownloads(begin, end, np.full(len(starts), size, np.int64))


@pytest.mark.parametrize("count", [2, 7, 40])
def test_equal_downloads_on_one_line_give_its_rate(count):
    downloads = shared([0.0] * count, 100 * MB, 2.5 * MB)
    fit = fit_line(downloads, 12.5 * MB, 2.5 * MB, [])
    assert fit.factor == pytest.approx(1.0, rel=1e-5)
    assert fit.tells
    assert fit.periods == 1


UNSEEN = """
zone: UTC
start: 2024-01-01 21:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 100 MB}]}
fleet:
  units:
    DE/South/*: {devices: 8, sites: 4, installed: a.idf}
    DE/North: {devices: 1, installed: a.idf}
network: {sites: {default: {link: 20 Mbit/s}}}
assumptions: {device_rate: 8 Mbit/s}
people: {default: {present: never}}
power: {default: {on: always}}
commands: [{update: DE, subordinate_units: true, once: 2024-01-01 22:00}]
"""


@pytest.fixture(scope="module")
def unseen():
    real = UNSEEN.replace("link: 20 Mbit/s", "link: 20 Mbit/s, line_factor: 50 %")
    return learn(loads(UNSEEN), observed_in(simulate(loads(real), seed=3)), rows=100)


def test_a_line_that_was_not_seen_is_no_surer_than_those_that_were(unseen):
    usual = unseen["network.sites.default.line_factor"].belief
    seen = unseen["network.sites.DE/South/1.line_factor"].belief
    assert usual.low < 0.5 < usual.high
    assert usual.high / usual.low > seen.high / seen.low


def test_a_line_that_takes_what_others_tell_is_not_said_to_be_kept(unseen):
    [told] = [text for text in unseen.sentences() if "sites.DE/North." in text]
    assert told == (
        "network.sites.DE/North.line_factor: takes the result of the lines that were seen "
        "(network.sites.default): the line was never full: the devices' own rate held them back"
    )


def test_a_download_whose_end_is_not_told_was_seen():
    seen = observed_in(simulate(loads(UNSEEN), seed=3))
    cut = seen.where(~np.isin(seen.what, [What.FETCHED, What.WRITING]))
    kept = learn(loads(UNSEEN), cut, rows=10)["network.sites.DE/South/1.line_factor"].kept
    assert kept is Kept.LINE_NOT_TIMED


def test_how_sure_a_line_is_has_no_digits_that_processors_differ_in():
    luck = np.random.default_rng(5)
    downloads = shared(np.sort(luck.uniform(0.0, 900.0, 30)).tolist(), 100 * MB, 2.5 * MB)
    fetched = LineDownloads(
        downloads.begin, downloads.end, (downloads.size * luck.lognormal(0, 0.2, 30)).astype(int)
    )
    parts = stretches_of(fetched, np.zeros(0, np.int64))
    rate, own = np.full(len(parts.busy), 2.5 * MB), np.full(len(parts.busy), np.inf)
    error = error_of_mean(shared_of(fetched, parts, rate, own))
    assert error == float(f"{error:.9g}")


def test_what_lines_are_drawn_to_carry_has_no_digits_that_processors_differ_in():
    factors = Factors.believed(-0.6, 0.3, 60)
    drawn = factors.drawn(np.arange(60), np.random.default_rng(2))
    assert drawn.tolist() == [float(f"{value:.9g}") for value in drawn]


@pytest.mark.parametrize("count", [3, 30])
def test_the_web_log_of_equal_downloads_on_one_line_gives_its_rate(count, tmp_path):
    """N downloads of S bytes that all take T seconds: the line carries N S / T, to T's step."""
    size, taken = 200 * MB, 40 * count
    log = tmp_path / "u_ex210924.log"
    rows = [
        f"2021-09-24 10:30:00 Bonn-{number + 1:02d} GET /base.fpm 200 {size} {taken * 1000}"
        for number in range(count)
    ]
    head = "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes time-taken"
    log.write_text("\n".join([head, *rows, ""]))
    scenario = loads("""
zone: UTC
start: 2021-09-24 10:00
image: {name: base.idf, packages: [{name: base, size: 200 MB}]}
fleet: {units: {Bonn: {devices: 40, site: Bonn}}}
network: {sites: {default: {link: 20 Mbit/s}, Bonn: {link: 50 Mbit/s}}}
commands: [{update: Bonn, once: 2021-09-24 10:15}]
""")
    status = tmp_path / "status.csv"
    status.write_text("device,time,status\nBonn-01,2021-09-24T10:31:00Z,done\n")
    found = learn(scenario, status, log, rows=20)["network.sites.Bonn.line_factor"]
    assert found.by["factor"] * 6.25 * MB == pytest.approx(count * size / taken, rel=1e-5)


def test_a_factor_is_of_the_payload_of_the_label(tmp_path):
    """What headers take is said by goodput; the factor learnt does not count it twice."""
    found = {}
    for goodput in (100, 80):
        log, status = tmp_path / f"u_ex{goodput}.log", tmp_path / "status.csv"
        rows = [
            f"2021-09-24 10:30:00 Bonn-{number + 1:02d} GET /base.fpm 200 200000000 400000"
            for number in range(10)
        ]
        head = "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes time-taken"
        log.write_text("\n".join([head, *rows, ""]))
        status.write_text("device,time,status\nBonn-01,2021-09-24T10:31:00Z,done\n")
        scenario = loads(f"""
zone: UTC
start: 2021-09-24 10:00
image: {{name: base.idf, packages: [{{name: base, size: 200 MB}}]}}
fleet: {{units: {{Bonn: {{devices: 40, site: Bonn}}}}}}
network:
  sites: {{default: {{link: 20 Mbit/s}}, Bonn: {{link: 50 Mbit/s, goodput: {goodput} %}}}}
commands: [{{update: Bonn, once: 2021-09-24 10:15}}]
""")
        learnt = learn(scenario, status, log, rows=20)["network.sites.Bonn.line_factor"]
        found[goodput] = learnt.by["factor"]
    assert found[100] == pytest.approx(0.8, rel=1e-5)
    assert found[80] == pytest.approx(1.0, rel=1e-5)


def test_a_line_over_which_nothing_had_ended_is_not_said_to_have_been_free(tmp_path):
    scenario = loads(SLOW)
    simulate(scenario).save(tmp_path)
    learnt = learn(scenario, [tmp_path / "status-log.csv"])
    kept = {one.name: one.kept for one in learnt.inputs}
    assert kept["network.sites.DE.line_factor"] is Kept.LINE_NOT_TIMED


def test_gaps_do_not_count():
    downloads = shared([0.0, 5.0, 4000.0, 4001.0], 100 * MB, 1.5 * MB)
    fit = fit_line(downloads, 12.5 * MB, 2.5 * MB, [])
    assert fit.factor == pytest.approx(0.6, rel=1e-4)
    assert fit.periods == 2


def test_devices_that_hold_themselves_back_tell_nothing_of_the_line():
    downloads = shared([0.0, 1000.0], 100 * MB, 125 * MB, own=12.5 * MB)
    assert not fit_line(downloads, 12.5 * MB, 125 * MB, []).tells


def test_stretches_in_which_devices_hold_back_do_not_lower_the_rate():
    """30 devices that together want 375 MB/s, later one alone: the line carries 100."""
    downloads = shared([0.0] * 30 + [100.0], 100 * MB, 100 * MB, own=12.5 * MB)
    fit = fit_line(downloads, 12.5 * MB, 125 * MB, [])
    assert fit.factor == pytest.approx(0.8, rel=1e-3)


def test_what_others_take_is_not_the_line_s_fault():
    """Half is taken for 100 s of 300: 2.5 MB/s · (100 · 0.5 + 100 · 1) = 375 MB."""
    whole = LineDownloads(np.array([0]), np.array([200_000]), np.array([375 * MB]))
    fit = fit_line(whole, 12.5 * MB, 2.5 * MB, [(0, 0.5), (100_000, 0.0)])
    assert fit.factor == pytest.approx(1.0)


def test_small_and_empty_answers_are_set_aside():
    downloads = LineDownloads(
        np.array([0, 0, 50]), np.array([100_000, 0, 60]), np.array([250 * MB, 10, 500])
    )
    fit = fit_line(downloads, 12.5 * MB, 2.5 * MB, [])
    assert fit.downloads == 1
    assert fit.factor == pytest.approx(1.0)


def test_a_full_repository_hides_the_lines():
    one = LineDownloads(np.array([0]), np.array([600_000]), np.array([600 * 95 * MB]))
    other = LineDownloads(np.array([1_200_000]), np.array([1_800_000]), np.array([600 * MB]))
    sites = {"a": one, "b": other, "c": one.where(np.array([False]))}
    waits = waits_for(sites, LineAbove(100 * MB))
    assert waits == {"a": pytest.approx(1.0), "b": 0.0, "c": 0.0}


def test_a_download_that_is_not_told_took_its_part():
    """Three at once, one of them still under way when the log ends: it carried as much."""
    downloads = shared([0.0] * 3, 100 * MB, 2.5 * MB)
    size = downloads.size.copy()
    size[2] = UNTOLD
    cut = LineDownloads(downloads.begin, downloads.end, size)
    assert fit_line(cut, 12.5 * MB, 2.5 * MB, []).factor == pytest.approx(1.0, rel=1e-4)
    assert fit_line(cut.where(size > 0), 12.5 * MB, 2.5 * MB, []).factor < 0.7


def test_stretches_of_three_downloads_by_hand():
    downloads = LineDownloads(np.array([0, 10, 40]), np.array([20, 30, 50]), np.array([1, 1, 1]))
    parts = stretches_of(downloads, np.array([15], np.int64))
    assert parts.begin.tolist() == [0, 10, 15, 20, 40]
    assert parts.busy.tolist() == [1, 2, 2, 1, 1]
    assert parts.period.tolist() == [0, 0, 0, 0, 1]
    assert parts.seconds.tolist() == pytest.approx([0.01, 0.005, 0.005, 0.01, 0.01])


def wandering(seed, sigma, remembers, count=60):
    """Return downloads over a line whose rate wanders, second by second, and its long-run rate."""
    luck = np.random.default_rng(seed)
    keeps = np.exp(-1 / remembers)
    state, left, begun, now = luck.standard_normal(), [], [], 0
    starts = np.sort(luck.uniform(0, 1200, count)).tolist()
    begin, end, size = [], [], 20 * MB
    while starts or left:
        while starts and starts[0] <= now:
            left.append(float(size))
            begun.append(now)
            starts.pop(0)
        state = keeps * state + np.sqrt(1 - keeps**2) * luck.standard_normal()
        each = 1.2 * MB * np.exp(sigma * state - sigma**2 / 2) / max(1, len(left))
        now += 1
        left = [one - each for one in left]
        for i in [i for i, one in enumerate(left) if one <= 0][::-1]:
            over = -left.pop(i) / each
            begin.append(1000 * begun.pop(i))
            end.append(round(1000 * (now - over)))
    return LineDownloads(np.array(begin), np.array(end), np.full(count, size, np.int64))


@in_both_tiers("sets", short=30, long=400)
def test_ranges_of_lines_that_wander_hold_the_truth_nine_times_in_ten(sets):
    """Lines that hardly wander, and those that do; five standard errors."""
    luck = np.random.default_rng(9)
    inside = []
    for seed in range(sets):
        downloads = wandering(seed, 10 ** luck.uniform(-2, -0.7), 10 ** luck.uniform(0.5, 2))
        fit = fit_line(downloads, 1000 * MB, 2.5 * MB, [])
        inside.append(abs(np.log(fit.factor / 0.48)) < 1.645 * fit.error)
    print("coverage of lines", np.mean(inside))  # noqa: T201 - shown by pytest -s
    assert np.mean(inside) == pytest.approx(0.9, abs=max(0.05, 5 * np.sqrt(0.09 / sets)))


def test_downloads_no_longer_than_a_step_of_the_clock_say_nothing_of_a_line():
    begin = np.arange(20) * 60_000
    lengths = np.where(np.arange(20) % 5 == 0, 60_000, 0)
    short = LineDownloads(begin, begin + lengths, np.full(20, 100 * MB))
    assert len(short.that_count) == 4
    assert not len(short.timed_in(60_000).that_count)
    long = LineDownloads(begin, begin + lengths + 600_000, np.full(20, 100 * MB))
    assert len(long.timed_in(60_000).that_count) == 20


def test_of_mostly_short_downloads_the_longest_do_not_stand_for_all():
    begin = np.arange(20) * 60_000
    lengths = np.where(np.arange(20) % 5 == 0, 120_000, 60_000)
    found = LineDownloads(begin, begin + lengths, np.full(20, 100 * MB)).timed_in(60_000)
    assert not len(found.that_count)
