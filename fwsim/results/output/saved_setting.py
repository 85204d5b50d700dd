"""The setting and the provenance of an answer on disk, checked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from fwsim.fleet.grouping import MOST_GROUPS
from fwsim.messages import say
from fwsim.quantities.calendar import in_range
from fwsim.quantities.counts import LARGEST_SEED
from fwsim.results.output.folder.manifest import told_of
from fwsim.results.statistics.setting import Setting
from fwsim.scenario.schema import LONGEST_HORIZON

_MOST = 10**15
Model = TypeVar("Model", bound=BaseModel)


def _zone(name: str) -> str:
    ZoneInfo(name)
    return name


def _start(text: str) -> str:
    at = in_range(datetime.fromisoformat(text))
    if at.tzinfo is None:
        raise ValueError("a start without a zone")
    return text


class _Saved(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Assumption(_Saved):
    name: str
    value: str
    mark: str
    meaning: str
    set_here: bool


class _Doubt(_Saved):
    place: str
    believed: str
    rollouts: str
    source: str
    mark: str


Amount = Annotated[int, Field(ge=0, le=_MOST)]


class _SavedSetting(_Saved):
    name: str
    story: str
    start_stamp: Annotated[str, AfterValidator(_start)]
    zone_name: Annotated[str, AfterValidator(_zone)]
    horizon: Annotated[int, Field(ge=1, le=LONGEST_HORIZON)]
    devices: Amount
    uplink: Amount
    sites: tuple[str, ...]
    links: tuple[Amount, ...]
    lan_rate: Amount
    busy_hours: str
    plan: tuple[str, ...]
    assumptions: tuple[_Assumption, ...]
    expect: tuple[tuple[str, str], ...] = ()
    hubs: Amount = 0
    doubts: tuple[_Doubt, ...] = ()
    lines: str = ""
    until: Annotated[int, Field(ge=0, le=LONGEST_HORIZON)] | None = None
    judged: Literal["", "uefi", "delivery"] = ""
    starters: Amount = 0
    windows: bool = False
    proxies_by_minute: bool = False
    shared_lines: tuple[Amount, ...] = ()
    people: Annotated[tuple[str, ...], Field(max_length=MOST_GROUPS)] = ()
    held_lines: tuple[Amount, ...] = ()
    more_due: bool = False


class _Provenance(BaseModel):
    model_config = ConfigDict(extra="allow")

    scenario_sha256: str
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)]
    versions: dict[str, str]


def read_setting(data: dict[str, Any]) -> Setting:
    """Return a setting.

    Raises
    ------
    ValueError
        If it is none.
    """
    saved = _checked(_SavedSetting, data)
    if len(saved.sites) != len(saved.links) or saved.hubs > len(saved.sites):
        raise ValueError(say("saved.sites"))
    return Setting.of_data(saved.model_dump())


def read_provenance(data: Any) -> dict[str, Any]:
    """Return a provenance as it stands.

    Raises
    ------
    ValueError
        If it is none.
    """
    saved = _checked(_Provenance, data)
    if "fwsim" not in saved.versions:
        raise ValueError(say("saved.no_maker"))
    return dict(data)


def _checked(model: type[Model], data: Any) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ValueError(told_of(error)) from None
