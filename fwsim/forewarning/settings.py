"""Settings that cannot do what they are for: lines that carry nothing, images that lie nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import numpy as np

from fwsim.commands.image import SMALLEST_FLASH_WITH_UPDATE_PARTITION, partitions
from fwsim.forewarning.oddity import Oddity, Place, first_few
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.problems import nearest
from fwsim.quantities.units import read_duration, write_duration, write_size
from fwsim.scenario.checks import firmware_sections
from fwsim.scenario.excerpt import excerpt_of
from fwsim.scenario.network_section import LineSection
from fwsim.spelling import Spellings, meant

MOST_ADDRESSES = 100_000
_SIGNATURES = {"idf_signature": "idf", "package_signature": "packages"}
"""Phases in which a signature is checked, and the key of `security` that has it checked."""
_MACRO = re.compile(r"__[A-Z]+__")


def oddities_of_settings(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for every setting that leads to nothing."""
    kinds = (_lines, _flash, _images_too_large, _unused_images, _addresses, _unchecked, _picks)
    for kind in (*kinds, _chances):
        yield from first_few(kind(rollout))


def _lines(rollout: Rollout) -> Iterator[Oddity]:
    network = rollout.scenario.network
    lines: list[tuple[Place, LineSection]] = [
        *((("network", "sites", name), site) for name, site in network.sites.items()),
        *((("network", "hubs", name), hub) for name, hub in network.hubs.items()),
    ]
    for place, line in lines:
        if not line.link:
            yield Oddity((*place, "link"), say("warning.setting.no_line"))
        if line.holidays is not None and not line.shared_times:
            yield Oddity((*place, "holidays"), say("warning.setting.idle_holidays"))
        for text, share in line.busy.items():
            if share == 1 and line.link:
                yield Oddity((*place, "busy", text), say("warning.setting.all_busy", times=text))


def _flash(rollout: Rollout) -> Iterator[Oddity]:
    a = rollout.assumptions
    sizes, counts = np.unique(rollout.fleet.flash, return_counts=True)
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        halves = partitions(size, a.system_partition, a.other_partitions)
        words = {"system": write_size(a.system_partition), "flash": write_size(size)}
        if a.system_partition >= size:
            text = say("warning.setting.no_room", count=count, **words)
        elif size >= SMALLEST_FLASH_WITH_UPDATE_PARTITION and not halves.has_update_partition:
            text = say("warning.setting.no_update_partition", count=count, **words)
        else:
            continue
        yield Oddity(_place_of_flash(rollout, size), text)


def _place_of_flash(rollout: Rollout, size: int) -> Place:
    if "system_partition" in rollout.assumptions.model_fields_set:
        return ("assumptions", "system_partition")
    units = rollout.scenario.fleet.units.items()
    own = (path for path, unit in units if unit.flash == size)
    if "flash" in rollout.assumptions.model_fields_set and size == rollout.assumptions.flash:
        return ("assumptions", "flash")
    inventory: Place = ("fleet", "inventory") if rollout.scenario.fleet.inventory else ()
    return next((("fleet", "units", path, "flash") for path in own), inventory)


def _place_of_image(rollout: Rollout, number: int) -> Place:
    scenario = rollout.scenario
    if scenario.images:
        return ("images", rollout.image_labels[number])
    return ("image",) if scenario.image is not None else ("idf",)


def _images_too_large(rollout: Rollout) -> Iterator[Oddity]:
    room = rollout.assumptions.system_partition
    for number, image in enumerate(rollout.images):
        if image.size > room:
            sizes = {"size": write_size(image.size), "room": write_size(room)}
            text = say("warning.setting.image_too_large", image=image.name, **sizes)
            yield Oddity(_place_of_image(rollout, number), text)


def _unused_images(rollout: Rollout) -> Iterator[Oddity]:
    """Yield images that no device runs and nothing leads to."""
    scenario = rollout.scenario
    if len(rollout.images) < 2:
        return
    run = {number for choices in rollout.installed_choices() for number, _ in choices}
    changed = {name for c in scenario.changes for name in (c.offer, c.withdraw) if name}
    in_use = islice(rollout.configuration.settings_in_use(), MOST_ADDRESSES)
    wanted = [_pattern(file) for file in {settings.image_file or "" for _, settings in in_use}]
    for number, (label, image) in enumerate(zip(rollout.image_labels, rollout.images, strict=True)):
        is_wanted = any(pattern.fullmatch(image.name) for pattern in wanted)
        if number not in run and label not in changed and not is_wanted:
            text = say("warning.setting.unused_image")
            yield Oddity(("images", label), text, at_key=True)


def _pattern(image_file: str) -> re.Pattern[str]:
    """Return what an image file's name may become when its macros are resolved."""
    return re.compile(".*".join(re.escape(part) for part in _MACRO.split(image_file)))


def _addresses(rollout: Rollout) -> Iterator[Oddity]:
    """Yield settings that send devices where no image ever lies."""
    places = _places_of_addresses(rollout)
    names = [image.name for image in rollout.images]
    warned: set[Place] = set()
    for chain, settings in islice(rollout.configuration.settings_in_use(), MOST_ADDRESSES):
        container, file = settings.path or "", settings.image_file or ""
        if _MACRO.search(file) or rollout.configuration.is_ever_offered(container, file):
            continue
        wrong = file if file not in names else container
        entries = [path for unit in reversed(chain) for path in (unit, _entry_of_many(unit))]
        known = (places.get((path, wrong)) for path in entries)
        place = next((one for one in known if one is not None), _place_of_image(rollout, 0))
        if place not in warned:
            warned.add(place)
            words = {"name": file, "near": _nearest_image(file, names)}
            shown = excerpt_of(container)  # it may hold an account
            yield Oddity(place, say("warning.setting.no_image_there", container=shown, **words))


def _entry_of_many(unit: str) -> str:
    """Return the entry that describes an OU together with its neighbours: ``DE/Branches/*``."""
    return f"{unit.rpartition('/')[0]}/*"


def _places_of_addresses(rollout: Rollout) -> dict[tuple[str, str], Place]:
    """Return where an OU is given an image file or a container."""
    places: dict[tuple[str, str], Place] = {}
    for place, section in firmware_sections(rollout.scenario):
        for key in ("image_file", "path"):
            value = getattr(section, key)
            if value is not None:
                places[_unit_of(rollout, place), value] = (*place, key)
    return places


def _nearest_image(file: str, names: list[str]) -> str:
    if file in names:
        return ""
    alike = Spellings(names).nearest(file)
    return meant(file, alike) if alike else nearest(file, names)


def _unit_of(rollout: Rollout, place: Place) -> str:
    if place[0] == "changes":
        return rollout.scenario.changes[int(place[1])].unit
    return str(place[2]) if place[0] == "fleet" else ""


def _unchecked(rollout: Rollout) -> Iterator[Oddity]:
    """Yield signatures that are wrong and that no device ever checks."""
    wrong = list(_wrong_signatures(rollout))
    if not wrong:
        return
    in_use = rollout.configuration.settings_in_use()
    used = {(s.check_idf_signature, s.check_package_signatures) for _, s in in_use}
    checked = {name: any(pair[n] for pair in used) for n, name in enumerate(("idf", "packages"))}
    for place, check in wrong:
        if not checked[check]:
            yield Oddity(place, say("warning.setting.unchecked", check=check))


def _wrong_signatures(rollout: Rollout) -> Iterator[tuple[Place, str]]:
    """Yield where a scenario says that a signature is wrong, and what would check it."""
    scenario = rollout.scenario
    for number, image in enumerate(rollout.images):
        place = _place_of_image(rollout, number)
        for key, check in (("signed", "idf"), ("packages_signed", "packages")):
            if not getattr(image, key):
                yield (place if place == ("idf",) else (*place, key)), check
    for phase, check in _SIGNATURES.items():
        if getattr(scenario.faults, phase):
            yield ("faults", phase), check
        for number, failing in enumerate(scenario.failing):
            if failing.phase == phase:
                yield ("failing", number, "phase"), check
        bad = scenario.stages.bad_image if scenario.stages is not None else None
        if bad is not None and bad.phase == phase:
            yield ("stages", "bad_image", "phase"), check


def _picks(rollout: Rollout) -> Iterator[Oddity]:
    """Yield delays that people pick and nothing offers."""
    offered = {
        delay
        for _, section in firmware_sections(rollout.scenario)
        if section.reminder is not None
        for delay in section.reminder.delays
    }
    for name, people in rollout.scenario.people.items() if offered else ():
        for text in people.answer.picks:
            if read_duration(text) not in offered:
                choices = ", ".join(write_duration(delay) for delay in sorted(offered))
                yield Oddity(
                    ("people", name, "answer", "picks", text),
                    say("warning.setting.not_offered", delay=text, offered=choices),
                    at_key=True,
                )


def _chances(rollout: Rollout) -> Iterator[Oddity]:
    """Yield chances of answers that decide nothing."""
    kept = [people.persistence for people in rollout.people()]
    doubted = any(doubt.place.endswith(".persistence") for doubt in rollout.doubts)
    idle = {
        "own_answer": (not doubted and not any(kept), say("warning.setting.own_answer_idle")),
        "persists": (not doubted and not any(kept), say("warning.setting.own_answer_idle")),
        "answer": (min(kept, default=0) == 1, say("warning.setting.answer_idle")),
    }
    for name, (is_idle, text) in idle.items():
        if is_idle and name in rollout.scenario.chances:
            yield Oddity(("chances", name), text, at_key=True)
