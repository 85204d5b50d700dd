"""Random beliefs, and random scenarios that hold some wherever a number describes the world."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.compiled.random_rollouts import rollouts

support = st.fixed_dictionaries({}, optional={"rollouts": st.integers(1, 4)})
worths = st.one_of(st.integers(1, 200), st.sampled_from([0.5, 2.5]))


@st.composite
def _between(draw, unit: str, low: float, high: float) -> dict[str, Any]:
    ends = draw(
        st.lists(st.integers(1, 999), min_size=2, max_size=2, unique=True).map(sorted),
    )
    values = [low + (high - low) * end / 1000 for end in ends]
    return {"between": [f"{value:.4f} {unit}" for value in values]}


def _with(belief: Any, each: tuple[str, ...]) -> Any:
    beside = st.just({}) if not each else st.sampled_from([{}, *({"each": e} for e in each)])
    return st.tuples(belief, support, beside).map(lambda parts: parts[0] | parts[1] | parts[2])


def shares(*each: str) -> Any:
    """Return beliefs of a share."""
    counts = st.integers(1, 90).flatmap(
        lambda of: st.integers(0, of).map(lambda hits: {"seen": f"{hits} of {of}"})
    )
    about = st.builds(
        lambda share, worth: {"about": f"{share} %", "worth": worth}, st.integers(1, 99), worths
    )
    return _with(st.one_of(_between("%", 0, 100), about, counts), each)


def _small(*each: str) -> Any:
    """Return beliefs of a share of a third at most, that may be drawn as much more."""
    about = st.builds(
        lambda share, worth: {"about": f"{share} %", "worth": worth}, st.integers(1, 33), worths
    )
    return _with(about, each)


def durations(low: float, high: float, *each: str) -> Any:
    """Return beliefs of a duration; seconds."""
    return _with(_between("s", low, high), each)


def rates(low: float, high: float, *each: str) -> Any:
    """Return beliefs of a rate; Mbit/s."""
    return _with(_between("Mbit/s", low, high), each)


def sizes(low: float, high: float) -> Any:
    """Return beliefs of a size; MB."""
    return _with(_between("MB", low, high), ())


def together(names: list[str], *each: str) -> Any:
    """Return beliefs of shares that make a whole."""
    seen = st.lists(st.integers(0, 40), min_size=len(names), max_size=len(names))
    counts = seen.filter(any).map(lambda n: {"seen": dict(zip(names, n, strict=True))})
    parts = st.lists(st.integers(1, 40), min_size=len(names), max_size=len(names))

    def about(weights: list[int], worth: float) -> dict[str, Any]:
        cuts = [round(1000 * weight / sum(weights)) / 10 for weight in weights]
        cuts[0] = round(cuts[0] + 100 - sum(cuts), 1)
        shown = {name: f"{cut} %" for name, cut in zip(names, cuts, strict=True)}
        return {"about": shown, "worth": worth}

    return _with(st.one_of(counts, st.builds(about, parts, worths)), each)


def laws(low: float, high: float, *each: str) -> Any:
    """Return beliefs of a law of durations, of its parameters, or of a sample."""
    number = durations(low, high, *each)
    middle = (low + high) / 2
    samples = st.lists(st.integers(1, 99), min_size=1, max_size=5).map(
        lambda values: {"sample": [f"{v} s" for v in values], "resampled": True}
    )
    return st.one_of(
        number,
        number.map(lambda mean: {"exponential": {"mean": mean}}),
        number.map(lambda b: {"lognormal": {"median": b, "p95": f"{2 * high:g} s"}}),
        st.builds(
            lambda a, b: {"uniform": {"low": a, "high": b}},
            durations(low, middle, *each),
            durations(middle, high, *each),
        ),
        durations(low, high).map(lambda b: {"gamma": {"a": {"between": [0.5, 3]}, "scale": b}}),
        _with(samples, each),
    )


BOTH = ("site", "unit")
ASSUMED = {
    "send_time": durations(0.01, 2),
    "ping_timeout": durations(0.1, 3),
    "connect_timeout": durations(1, 40),
    "wake_timeout": durations(20, 600),
    "wake_up_sites": shares(),
    "wake_up_devices": shares(),
    "provider_patience": durations(1, 200),
    "transfer_patience": durations(10, 300),
    "idf_size": sizes(0.01, 1),
    "idf_fetch_time": durations(0.5, 6),
    "package_check_time": durations(0.5, 6),
    "install_rate": rates(4, 60),
    "restart_time": laws(5, 90),
    "boot_time": laws(5, 90),
    "outage": laws(60, 900),
    "format_time": durations(1, 30),
    "halt_time": durations(1, 30),
    "resume_time": durations(1, 30),
    "system_partition": sizes(90, 3000),
    "device_rate": rates(2, 100),
    "lan_rate": rates(50, 1000),
    "flash": sizes(2000, 9000),
    "bricked": shares(),
}
STRUCTURE = ("idf_size", "system_partition", "device_rate", "flash")
ANSWERS = st.one_of(
    together(["now", "defer", "cancel", "ignored"], *BOTH),
    together(["now", "cancel", "ignored"], "site"),
    st.fixed_dictionaries({"now": _small(*BOTH), "defer": _small(*BOTH), "cancel": _small()}),
)
POWER = {
    "jitter": durations(1, 900, *BOTH),
    "left_on": shares(*BOTH),
    "unreported": shares(*BOTH),
    "suspends": shares(*BOTH),
    "mean_time_between_losses": durations(120, 9000, *BOTH),
}
FAULTS = ("idf", "idf_signature", "package", "transfer", "installation")


@st.composite
def _sections(draw, data: dict[str, Any]) -> None:
    """Put beliefs into what is not made of structure."""
    chosen = draw(st.lists(st.sampled_from(sorted(ASSUMED)), max_size=6, unique=True))
    for name in chosen:
        data["assumptions"][name] = draw(ASSUMED[name])
    for people in data["people"].values():
        if draw(st.booleans()):
            people["answer"] = draw(_answers())
    for power in data["power"].values():
        for name in draw(st.lists(st.sampled_from(sorted(POWER)), max_size=2, unique=True)):
            power[name] = draw(POWER[name])
    draw(_faults(data))
    for site in data["network"]["sites"].values():
        draw(_line(site, "site"))
    for hub in data["network"].get("hubs", {}).values():
        draw(_line(hub))
    if draw(st.booleans()):
        data["network"]["repository"]["uplink"] = draw(rates(3, 900))


@st.composite
def _faults(draw, data: dict[str, Any]) -> None:
    for phase in draw(st.lists(st.sampled_from(FAULTS), max_size=2, unique=True)):
        data["faults"][phase] = draw(shares(*BOTH))
    for failing in data["failing"]:
        failing["share"] = draw(shares())


@st.composite
def _answers(draw) -> dict[str, Any]:
    answer = dict(draw(ANSWERS))
    if draw(st.booleans()):
        answer["after"] = draw(laws(5, 300, *BOTH))
    if draw(st.booleans()):
        answer["picks"] = draw(together(["15 min", "4 h"], *BOTH))
    return answer


@st.composite
def _line(draw, line: dict[str, Any], *each: str) -> None:
    what = draw(st.sampled_from(["", "link", "line_factor", "busy", "goodput", "days"]))
    if "sites" not in line:
        what = draw(st.sampled_from([what, what, "latency", "loss"]))
    if what == "link":
        line["link"] = draw(rates(0.5, 60, *each))
    elif what == "line_factor":
        line["line_factor"] = draw(shares(*each).filter(lambda b: "0 of" not in str(b)))
    elif what == "busy":
        line["busy"] = {"daily 11:20-15:00": draw(shares(*each))}
    elif what == "goodput":
        line["goodput"] = {"about": "93 %", "worth": draw(st.integers(40, 200))}
    elif what == "latency":
        line["latency"] = draw(durations(0.001, 1, *each))
    elif what == "loss":
        line |= {"latency": "40 ms", "loss": draw(_with(_between("%", 0, 5), each))}
    else:
        line |= draw(_days()) if what == "days" else {}


def _days() -> Any:
    """Return beliefs of what others take, drawn for each day; over midnight, too."""
    return shares("day").map(
        lambda belief: {"busy": {"daily 11:20-15:00": belief, "mon-tue 22:00-02:00": "50 %"}}
    )


@st.composite
def _structure(draw, data: dict[str, Any]) -> None:
    """Put beliefs into what devices and images are made of."""
    for image in data["images"].values():
        if draw(st.booleans()):
            image["packages"][0] = image["packages"][0] | {"size": draw(sizes(20, 90))}
    for unit in data["fleet"]["units"].values():
        what = draw(st.sampled_from(["", "", "flash", "device_rate", "installed"]))
        if what == "installed":
            unit["installed"] = draw(together(["old", "new", "x.idf"]))
        elif what:
            unit[what] = draw(ASSUMED[what])
    for model in data.get("uefi", {}).values():
        model["size"] = draw(sizes(4, 40))


@st.composite
def rollouts_in_doubt(draw) -> dict[str, Any]:
    """Return a scenario with beliefs; what is not stated is in doubt by default, or not."""
    data = draw(rollouts())
    draw(_sections(data))
    if draw(st.integers(0, 3)) == 0:
        draw(_structure(data))
    else:
        for name in STRUCTURE:
            if isinstance(data["assumptions"].get(name), dict):
                del data["assumptions"][name]
    data["doubt"] = draw(st.sampled_from(["all", "all", "stated"]))
    if draw(st.booleans()):
        data["assumptions"]["between_rollouts"] = draw(st.sampled_from([0, 0.1, 1.0]))
    return data
