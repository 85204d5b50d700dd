"""Names that meet nothing: described and borne by no device, or borne and described almost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np

from fwsim.commands.client_group import asks_what_changes
from fwsim.commands.image import image_stem
from fwsim.commands.targets import ClientGroupTarget
from fwsim.fleet.fleet import Column
from fwsim.fleet.list_cells import says_nothing
from fwsim.forewarning.groups import why_nobody
from fwsim.forewarning.oddity import Oddity, Place, first_few
from fwsim.messages import say
from fwsim.model.first_due import changing_attributes
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.problems import nearest_to
from fwsim.scenario.checks import firmware_sections
from fwsim.scenario.fleet_build import DEFAULT, expanded
from fwsim.scenario.fleet_section import UnitSection
from fwsim.spelling import Spellings, meant

MOST_COMPARED = 100_000
MOST_GUESSED_FROM = 1_000
MODEL = "Device type"


def oddities_of_names(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for every name that leads nowhere, and for those that just miss another."""
    names = _Names(rollout)
    for kind in (
        names.sites,
        names.hubs,
        names.units,
        names.habits,
        names.images_run,
        names.changes,
        names.outages,
        names.failing,
        names.models,
        names.sites_alike,
        names.sites_without_a_name,
        names.units_without_a_name,
    ):
        yield from first_few(kind())


class _Names:
    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        self._scenario = rollout.scenario
        self._fleet = rollout.fleet

    def _in_list(self, path: str = "") -> Place:
        """Return where devices come from: their entry under units, or the device list."""
        units = self._scenario.fleet.units
        if path in units:
            return ("fleet", "units", path)
        return ("fleet", "inventory") if self._scenario.fleet.inventory else ("fleet", "units")

    # Sites

    def sites(self) -> Iterator[Oddity]:
        """Yield sites without devices, and devices whose site is nearly one of the others."""
        described, column = self._scenario.network.sites, self._fleet.site
        present = set(column.values)
        borne = [v for v in column.values if v != DEFAULT]
        bare = _Bare((v for v in borne if v not in described), of=borne)
        for name in described:
            if name != DEFAULT and name not in present:
                near = bare.meant_by(name)
                text = say("warning.name.site", name=name, near=near)
                yield Oddity(("network", "sites", name), text, at_key=True)
        both = [name for name in described if name != DEFAULT and name in present]
        alike, same = Spellings(both), Spellings(both, typos=False)
        for name in bare.names:
            # An OU that is written out under units is a site of that name, no slip of the pen.
            other = (same if name in self._scenario.fleet.units else alike).nearest(name)
            if other is not None:
                count, near = _devices(column, name), meant(name, other)
                text = say("warning.name.bare_site", count=count, name=name, near=near)
                yield Oddity(self._in_list(name), text)

    def sites_alike(self) -> Iterator[Oddity]:
        """Yield sites of a list that nothing describes and only their spelling tells apart."""
        if not self._scenario.fleet.inventory:
            return
        described, values = self._scenario.network.sites, self._fleet.site.values
        written = {*described, *self._scenario.fleet.units}
        bare = [name for name in values if name and name not in written]
        alike = Spellings(bare, typos=False)
        for name in bare:
            other = alike.nearest(name)
            if other is not None:
                text = say("warning.name.sites_alike", name=name, near=meant(name, other))
                yield Oddity(("fleet", "inventory"), text)

    def hubs(self) -> Iterator[Oddity]:
        """Yield hubs that no device is behind."""
        used = set(self._rollout.hub_of.tolist())
        for number, name in enumerate(self._scenario.network.hubs):
            if number not in used:
                text = say("warning.name.hub", name=name)
                yield Oddity(("network", "hubs", name), text, at_key=True)

    def sites_without_a_name(self) -> Iterator[Oddity]:
        """Yield sites of a list called like the line of all others, or by what is no name."""
        own = {(unit.site or "").casefold() for unit in self._scenario.fleet.units.values()}
        own.update(name.casefold() for name in self._scenario.network.sites if name != DEFAULT)
        for name in self._fleet.site.values if self._scenario.fleet.inventory else ():
            if name.casefold() in own or not (name.casefold() == DEFAULT or says_nothing(name)):
                continue
            count = _devices(self._fleet.site, name)
            if count > 1:
                text = say("warning.name.site_is_no_name", count=count, name=name)
                yield Oddity(("fleet", "inventory"), text)

    def units_without_a_name(self) -> Iterator[Oddity]:
        """Yield OUs of a list called by what is no name."""
        for path in self._fleet.unit.values if self._scenario.fleet.inventory else ():
            if path and says_nothing(path) and path not in self._scenario.fleet.units:
                count = _devices(self._fleet.unit, path)
                text = say("warning.name.unit_is_no_name", count=count, name=path)
                yield Oddity(("fleet", "inventory"), text)

    # OUs

    def units(self) -> Iterator[Oddity]:
        """Yield OUs without devices, and devices whose OU is nearly one of the others."""
        entries = self._scenario.fleet.units
        empty = [path for path, unit in entries.items() if self._is_empty(path, unit)]
        for path in empty:
            near = self._bare_units.meant_by(path)
            text = say("warning.name.unit", name=path, near=near)
            yield Oddity(("fleet", "units", path), text, at_key=True)
        alike = Spellings(path for path in entries if path not in set(empty))
        for path in self._bare_units.names if entries else ():
            other = alike.nearest(path)
            if other is not None:
                count = len(self._fleet.in_unit(path, subordinate_units=True))
                near = meant(path, other)
                text = say("warning.name.bare_unit", count=count, name=path, near=near)
                yield Oddity(self._in_list(path), text)

    def _is_empty(self, path: str, unit: UnitSection) -> bool:
        return unit.devices is None and not any(
            self._fleet.has_unit(one) for one in expanded(path, unit)
        )

    @cached_property
    def _bare_units(self) -> _Bare:
        """The OUs of devices that no entry describes."""
        if len(self._fleet.unit.values) > MOST_COMPARED:
            return _Bare(())
        entries = self._scenario.fleet.units
        known = {one for path, unit in entries.items() for one in expanded(path, unit)}
        paths = self._fleet.unit_paths
        return _Bare((path for path in paths if path not in known), of=paths)

    def changes(self) -> Iterator[Oddity]:
        """Yield changes of firmware settings at OUs without devices."""
        for number, change in enumerate(self._scenario.changes):
            if change.unit and not self._fleet.has_unit(change.unit.strip("/")):
                near = _nearest_of(change.unit, self._fleet.unit_paths)
                text = say("warning.name.unit", name=change.unit, near=near)
                yield Oddity(("changes", number, "unit"), text)

    # Habits, images, models

    def habits(self) -> Iterator[Oddity]:
        """Yield habits that nobody has, and whose name theirs is nearly."""
        kinds = (
            ("people", self._scenario.people, self._fleet.people),
            ("power", self._scenario.power, self._fleet.power),
        )
        for section, described, column in kinds:
            present = set(column.values)
            alike = Spellings(present)
            for name in described:
                if name != DEFAULT and name not in present:
                    near = meant(name, alike.nearest(name))
                    text = say(f"warning.name.{section}", name=name, near=near)
                    yield Oddity((section, name), text, at_key=True)

    def images_run(self) -> Iterator[Oddity]:
        """Yield images that devices run and whose name is nearly one that is described."""
        rollout, column = self._rollout, self._fleet.installed
        known = [*rollout.image_labels, *(image.name for image in rollout.images)]
        alike = Spellings(known, typos=False)
        stems = {stem: name for name in reversed(known) if (stem := image_stem(name))}
        stems_alike = Spellings(stems, typos=False)
        for name in column.values:
            if rollout.image_number(name) != UNKNOWN_IMAGE:
                continue
            stem = image_stem(name)
            near = stem if stem in stems else stems_alike.nearest(stem) or ""
            other = alike.nearest(name) or stems.get(near)
            if other is not None:
                count, hint = _devices(column, name), meant(name, other)
                text = say("warning.name.image", count=count, name=name, near=hint)
                yield Oddity(self._where_installed(name), text)

    def _where_installed(self, name: str) -> Place:
        units = self._scenario.fleet.units.items()
        own = (path for path, unit in units if unit.installed == name)
        return next((("fleet", "units", path, "installed") for path in own), self._in_list())

    def outages(self) -> Iterator[Oddity]:
        """Yield outages of lines that no device uses."""
        present = set(self._fleet.site.values)
        for number, outage in enumerate(self._scenario.outages):
            if outage.site is not None and outage.site not in present:
                near = _nearest_of(outage.site, self._fleet.site.values)
                text = say("warning.name.site", name=outage.site, near=near)
                yield Oddity(("outages", number, "site"), text)

    def failing(self) -> Iterator[Oddity]:
        """Yield kinds of failing devices that no device is of."""
        for number, failing in enumerate(self._scenario.failing):
            if not len(self._rollout.find(ClientGroupTarget(failing.where))):
                where, why = failing.where, why_nobody(failing.where, self._rollout)
                text = say("warning.name.failing", where=where, why=why)
                if asks_what_changes(where, changing_attributes(self._rollout)):
                    text = say("warning.name.failing_at_start", where=where, why=why)
                yield Oddity(("failing", number, "where"), text)

    def models(self) -> Iterator[Oddity]:
        """Yield hardware models that no device reports."""
        column = self._fleet.attributes.get(MODEL)
        models = column.values if column is not None else ()
        places: list[tuple[Place, str]] = [(("uefi", name), name) for name in self._scenario.uefi]
        for place, section in firmware_sections(self._scenario):
            if section.release is not None:
                places += [
                    ((*place, "release", "models", number), model)
                    for number, model in enumerate(section.release.models)
                ]
        for place, name in places:
            if name not in models:
                near = _nearest_of(name, models)
                text = say("warning.name.model", attribute=MODEL, name=name, near=near)
                yield Oddity(place, text, at_key=place[0] == "uefi")


class _Bare:
    """Names of devices that nothing describes: what a name without devices may have meant.

    Parameters
    ----------
    names
        Those that nothing describes.
    of
        All names of devices, if something describes the others.
    """

    def __init__(self, names: Iterable[str], of: Sequence[str] = ()) -> None:
        self.names = list(names)
        self._of = of or self.names
        if len(self._of) > MOST_COMPARED:
            self.names, self._of = [], ()

    @cached_property
    def _spellings(self) -> tuple[Spellings, Spellings]:
        return Spellings(self.names), Spellings(self._of)

    def meant_by(self, name: str) -> str:
        """Return the nearest name as a hint.

        One that is described counts if it is written almost alike. If it is merely the closest
        there is no hint, for a worse guess would lead astray.
        """
        bare, of = self._spellings
        if near := bare.nearest(name) or of.nearest(name):
            return meant(name, near)
        guessed = self.names[:MOST_GUESSED_FROM]
        near = nearest_to(name, [*self._of[:MOST_GUESSED_FROM], *guessed])
        return meant(name, near) if near in guessed else ""


def _nearest_of(name: str, names: Iterable[str]) -> str:
    return _Bare(names).meant_by(name)


def _devices(column: Column, value: str) -> int:
    return int(np.count_nonzero(column.codes == column.values.index(value)))
