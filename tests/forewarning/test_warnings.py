"""What is valid and hardly meant is warned of, with its place; what is meant is not."""

from __future__ import annotations

from pathlib import Path

import pytest

import fwsim
from fwsim.forewarning.whole import warnings_beside_commands
from fwsim.run import prepare, warnings_of
from tests.forewarning.sound_scenario import TWO, told

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ROWS = [
    # Names that no device has
    (
        "a site",
        {"network": "{sites: {default: {link: 1 Mbit/s}, Brnach 17: {link: 1 Mbit/s}}}"},
        "6:46: warning: network.sites.Brnach 17: no device is at site 'Brnach 17'",
    ),
    (
        "an OU",
        {"fleet": "{units: {DE: {devices: 3}, DE/Est: {zone: Asia/Tokyo}}}"},
        "5:35: warning: fleet.units.DE/Est: no device is in OU 'DE/Est' or below it",
    ),
    (
        "many OUs",
        {"fleet": "{units: {DE: {devices: 3}, FR/*: {sites: 3, zone: Asia/Tokyo}}}"},
        "5:35: warning: fleet.units.FR/*: no device is in OU 'FR/*' or below it",
    ),
    (
        "people",
        {"people": "{ofice: {present: always}}"},
        "8:10: warning: people.ofice: no device has 'ofice' for its people",
    ),
    (
        "a power habit",
        {"power": "{day: {on: always}}"},
        "8:9: warning: power.day: no device has 'day' for its power",
    ),
    (
        "an OU whose settings change",
        {"changes": "[{at: 2024-01-01 09:00, unit: DEE, firmware: {port: 81}}]"},
        "8:40: warning: changes.0.unit: no device is in OU 'DEE' or below it; did you mean 'DE'?",
    ),
    (
        "an update that formats devices which run the image already",
        {
            "commands": "[{update: DE, format_system_partition: true}]",
            "fleet": "{units: {DE: {devices: 3, installed: n.idf}}}",
        },
        "all 3 devices run the image that is sent already, so the update is not necessary",
    ),
    (
        "an image too large for the update partitions",
        {
            "image": "{name: new.idf, packages: [{name: base, size: 1.4 GB}]}",
            "network": "{sites: {default: {link: 1 Gbit/s}}}",
            "assumptions": "{flash: 4 GB}",
        },
        "3 devices lack more than fits on their update partitions, so their transfers fail",
    ),
    (
        "a delivery to devices with a proxy",
        {
            "firmware": "{proxy: {type: dynamic}}",
            "commands": "[{delivery: DE, once: 2024-01-01 20:00}]",
        },
        "commands.0.delivery: a delivery does not use proxies: each of 3 devices that have one",
    ),
    (
        "a delivery behind a proxy too large for the window",
        {
            "firmware": "{proxy: {type: dynamic}}",
            "commands": "[{delivery: DE, once: 2024-01-01 20:00}]",
            "window": "mon 20:00-20:15",
        },
        "but the line of DE needs 20 min 00 s if all its devices fetch what they lack",
    ),
    (
        "an outage's site",
        {
            "outages": "[{site: HQ, start: 2024-01-01 09:00, end: 2024-01-01 10:00}]",
            "network": "{sites: {default: {link: 1 Mbit/s}, HQ: {link: 1 Mbit/s}}}",
        },
        "8:18: warning: outages.0.site: no device is at site 'HQ'",
    ),
    (
        "a hub",
        {
            "network": "{sites: {default: {link: 9 Mbit/s}, A: {link: 9 Mbit/s}}, hubs: {South: "
            "{link: 8 Mbit/s, sites: [A]}}}"
        },
        "6:75: warning: network.hubs.South: no device is at a site of hub 'South'",
    ),
    (
        "a hub that carries nothing",
        {
            "network": "{sites: {default: {link: 9 Mbit/s}}, hubs: {South: {link: 0 bit/s, sites: [DE]}}"  # noqa: E501
            "}"
        },
        "warning: network.hubs.South.link: nothing gets through a line of 0 bit/s",
    ),
    (
        "a hub that others take",
        {
            "network": "{sites: {default: {link: 9 Mbit/s}}, hubs: {South: {link: 9 Mbit/s, busy: "
            "{mon 08:00-09:00: 100 %}, sites: [DE]}}}"
        },
        "at 100 % nothing is left for updates: mon 08:00-09:00",
    ),
    (
        "an image signed wrongly that nobody checks",
        {"image": "{name: n.idf, signed: false, packages: [{name: a, size: 500 MB}]}"},
        "4:30: warning: image.signed: no device checks this signature: firmware.security.idf is on"
        " nowhere",
    ),
    (
        "signatures that fail and nobody checks",
        {
            "faults": "{package_signature: 3 %}",
            "firmware": "{security: {idf: true}}",
        },
        "warning: faults.package_signature: no device checks this signature: "
        "firmware.security.packages is on nowhere",
    ),
    (
        "a bad image's signature that nobody checks",
        {"stages": "{bad_image: {share: 9 %, phase: idf_signature}}"},
        "warning: stages.bad_image.phase: no device checks this signature",
    ),
    (
        "a hub too thin for the window",
        {
            "network": "{sites: {default: {link: 1 Gbit/s}}, hubs: {South: {link: 1 Mbit/s, "
            "sites: [DE]}}}",
            "window": "mon 20:00-22:00",
        },
        "but the line of South needs 3 h 20 min if all its devices fetch what they lack; 1 site may",  # noqa: E501
    ),
    (
        "failing devices",
        {"failing": "[{phase: idf, share: 5 %, where: Device type = LES}]"},
        "8:43: warning: failing.0.where: 'Device type = LES' matches no device; "
        "no device reports 'Device type'",
    ),
    (
        "failing devices with a value that is nearly one",
        {
            "failing": "[{phase: idf, share: 5 %, where: Memory = Fuor}]",
            "fleet": "{units: {DE: {devices: 3, attributes: {Memory: Four}}}}",
        },
        "no Memory begins with 'Fuor'; did you mean 'Four'?",
    ),
    (
        "another spelling of what devices report",
        {
            "fleet": "{units: {DE: {devices: 2, attributes: {device_type: Futro}}}}",
            "failing": "[{phase: idf, share: 5 %, where: device_type = Fuxro}]",
        },
        "no Device type begins with 'Fuxro'; did you mean 'Futro'?",
    ),
    (
        "a group of nobody",
        {"commands": "[{update: {group: Device type = LES}, inform_user: 5 min}]"},
        "7:21: warning: commands.0.update: no device is targeted; no device reports 'Device type'",
    ),
    *(
        (
            f"a group of nobody at any time by {asked}",
            {"commands": f"[{{update: {{group: {asked}}}, inform_user: 5 min}}]"},
            f"7:21: warning: commands.0.update: no device is targeted{why}",
        )
        for asked, why in (
            ("IDF name = m.idf", "; no IDF name begins with 'm.idf'"),
            (
                "Update state = Sucessful",
                "; no Update state begins with 'Sucessful'; did you mean 'Successful'?",
            ),
            (
                "Update state = Unsuccessful",  # not: did you mean 'Successful'?
                "; no Update state begins with 'Unsuccessful'; expected one of: Update in"
                " progress, Successful, Not successful, Not necessary, Deferred",
            ),
            ("IDF name = n.idf AND Memory = 4", "; no device reports 'Memory'"),
        )
    ),
    (
        "a notification for nobody",
        {"notifications": "[{update: {group: Update state = Not successful}}]"},
        "warning: notifications.0: no device is targeted; its group is looked up at the start, "
        "when no device has an Update state",
    ),
    (
        "a notification for a group of nobody",
        {"notifications": "[{update: {group: Device type = LES}}]"},
        "warning: notifications.0: no device is targeted; no device reports 'Device type'",
    ),
    *(
        (
            f"a group of {key} by an image that is drawn",
            {
                "fleet": "{units: {DE: {devices: 3, installed: {o.idf: 40 %, n.idf: 60 %}}}}",
                key: f"[{text}]",
            },
            "the images of 3 devices are drawn in each run: for IDF name each counts as running "
            "the commonest one of its mix",
        )
        for key, text in (
            ("notifications", "{update: {group: IDF name = n.idf}}"),
            ("assignments", "{update: {group: IDF name = n.idf}}"),
            ("failing", "{phase: idf, share: 5 %, where: IDF name = n.idf}"),
        )
    ),
    (
        "a model",
        {"uefi": "{LES: {version: '1.1'}}"},
        "8:8: warning: uefi.LES: no device reports the Device type 'LES'",
    ),
    (
        "a model of a macro",
        {"firmware": "{image_file: __RM__.idf, release: {models: [S740], new: n, old: n}}"},
        "8:55: warning: firmware.release.models.0: no device reports the Device type 'S740'",
    ),
    (
        "an image",
        {"images": TWO, "image": None, "firmware": "{image_file: b.idf}"},
        "7:10: warning: images.a: no device runs this image, and no image_file leads to it",
    ),
    # Names that nothing describes, though one almost alike is
    (
        "an OU of a change that is nearly one",
        {"changes": "[{at: 2024-01-01 09:00, unit: de, firmware: {port: 81}}]"},
        "did you mean 'DE'?",
    ),
    # Commands
    (
        "no run before the horizon",
        {"commands": "[{update: DE, inform_user: 5 min, every: {days: [fri], at: 22:00}}]"},
        "7:52: warning: commands.0.every: it never runs: its first time is Fri 2024-01-05 22:00, "
        "after the horizon, Wed 2024-01-03 08:00",
    ),
    (
        "no run of an scmd line",
        {"commands": "[{scmd: -update -to DE -inform 300 -every -fri -at 22:00}]"},
        "7:19: warning: commands.0.scmd: it never runs",
    ),
    (
        "a click that nobody makes",
        {
            "commands": "[{update: DE, inform_user: until answered}]",
            "people": "{default: {present: never}}",
        },
        "7:38: warning: commands.0.inform_user: the notice stays until a button is clicked",
    ),
    (
        "people who never click",
        {
            "commands": "[{update: DE, inform_user: until answered}]",
            "people": "{default: {answer: {now: 0 %}}}",
        },
        "there it waits for ever",
    ),
    (
        "people who would click a button that is not there",
        {
            "commands": "[{update: DE, inform_user: until answered}]",
            "people": "{default: {answer: {defer: 100 %}}}",
            "assumptions": "{missing_button: ignored}",
        },
        "nobody ever clicks at 3 of these devices: there it waits for ever",
    ),
    (
        "people who are not there and are asked before the check",
        {
            "fleet": "{units: {DE: {devices: 3}, DE/A: {devices: 2, installed: n.idf, people: a}}}",
            "commands": "[{update: DE, subordinate_units: true, inform_user: until answered}]",
            "people": "{a: {present: never}}",
            "assumptions": "{idf_check_order: after}",
        },
        "nobody ever clicks at 2 of these devices: there it waits for ever",
    ),
    (
        "deferments beside a check at shutdown, which asks nobody",
        {
            "commands": "[]",
            "firmware": "{new_version: {at_shutdown: true, confirm: true}, "
            "reminder: {deferments: 2, delays: [1 h]}}",
        },
        "nobody can defer",
    ),
    (
        "people who come after the horizon",
        {
            "commands": "[{update: DE, inform_user: until answered}]",
            "people": "{default: {present: fri 08:00-10:00}}",
        },
        "there it waits for ever",
    ),
    (
        "devices off that only hear when on",
        {
            "commands": "[{update: DE, inform_user: 5 min, only_switched_on: true, "
            "once: 2024-01-01 20:00}]",
            "power": "{default: {on: mon-fri 08:00-18:00}}",
        },
        "7:63: warning: commands.0.only_switched_on: it goes only to devices that are switched on",
    ),
    (
        "devices that cannot be woken",
        {
            "fleet": "{units: {DE: {devices: 3, connection: vpn}}}",
            "power": "{default: {on: mon-fri 08:00-18:00}}",
        },
        "7:21: warning: commands.0.update: 3 devices on vpn are off by habit at that time, and only "  # noqa: E501
        "wired devices can be woken: they are missed",
    ),
    (
        "one device that cannot be woken",
        {
            "fleet": "{units: {DE: {devices: 1, connection: vpn}}}",
            "power": "{default: {on: mon-fri 08:00-18:00}}",
        },
        "1 device on vpn is off by habit at that time, and only wired devices can be woken: "
        "it is missed, unless it was left on",
    ),
    (
        "devices that cannot be woken any night",
        {
            "fleet": "{units: {DE: {devices: 3, connection: wlan}}}",
            "horizon": "7 d",
            "commands": "[{update: DE, inform_user: 5 min, every: {days: mon-fri, at: 20:00}}]",
            "power": "{default: {on: mon-fri 08:00-18:00}}",
        },
        "3 devices on wlan are off by habit each time it runs",
    ),
    (
        "an image that all run",
        {"fleet": "{units: {DE: {devices: 3, installed: n.idf}}}"},
        "7:21: warning: commands.0.update: all 3 devices run the image that is sent already",
    ),
    (
        "a window too short for a line",
        {"window": "mon 20:00-20:10", "network": "{sites: {default: {link: 1 Mbit/s}}}"},
        "the window mon 20:00-20:10 lasts 10 min 00 s, but the line of DE needs 3 h 20 min",
    ),
    (
        "a horizon too short for a line",
        {"horizon": "14 h", "network": "{sites: {default: {link: 1 Mbit/s}}}"},
        "every run ends 2 h 00 min after it (horizon), but the line of DE needs 3 h 20 min",
    ),
    (
        "a horizon too short for a hub, of a delivery",
        {
            "horizon": "14 h",
            "network": "{sites: {default: {link: 1 Gbit/s}}, hubs: {South: {link: 1 Mbit/s, "
            "sites: [DE]}}}",
            "commands": "[{delivery: DE, once: 2024-01-01 20:00}]",
        },
        "every run ends 2 h 00 min after it (horizon), but the line of South needs 3 h 20 min",
    ),
    (
        "a horizon too short for a line, of an assignment",
        {
            "horizon": "14 h",
            "network": "{sites: {default: {link: 1 Mbit/s}}}",
            "commands": "[]",
            "assignments": "[{update: DE, set: 2024-01-01 20:00, check_in: {every: 15 min}}]",
        },
        "assignments.0: every run ends 2 h 00 min after it (horizon), but the line of DE needs 3 h",
    ),
    (
        "a horizon too short for a line, of a notification",
        {
            "horizon": "3 h",
            "network": "{sites: {default: {link: 1 Mbit/s}}}",
            "commands": "[]",
            "notifications": "[{update: DE}]",
        },
        "notifications.0: every run ends 3 h 00 min after it (horizon), but the line of DE needs 3",
    ),
    (
        "a horizon too short for a line, of checks for a new version",
        {
            "horizon": "3 h",
            "network": "{sites: {default: {link: 1 Mbit/s}}}",
            "commands": "[]",
            "firmware": "{new_version: {at_start: true}}",
        },
        "firmware.new_version: every run ends 3 h 00 min after it (horizon), but the line of DE",
    ),
    (
        "a horizon too short for a line, of checks that a change brings",
        {
            "horizon": "14 h",
            "network": "{sites: {default: {link: 1 Mbit/s}}}",
            "commands": "[]",
            "changes": "[{at: 2024-01-01 20:00, unit: DE, firmware: {new_version: {at_start: true}}}]",  # noqa: E501
        },
        "changes.0.firmware.new_version: every run ends 2 h 00 min after it (horizon), but",
    ),
    (
        "a window too short for a line, after a delivery to others",
        {
            "window": "mon 20:00-20:10",
            "network": "{sites: {default: {link: 1 Mbit/s}, FR: {link: 1 Gbit/s}}}",
            "fleet": "{units: {DE: {devices: 3}, FR: {devices: 3}}}",
            "commands": "[{delivery: FR, once: 2024-01-01 19:00}, {update: DE, once: 2024-01-01 20:00}]",  # noqa: E501
        },
        "commands.1.update: the window mon 20:00-20:10 lasts 10 min 00 s, but the line of DE needs",
    ),
    (
        "a hub too thin for the window, most of whose sites have nothing to fetch",
        {
            "network": "{sites: {default: {link: 1 Gbit/s}}, hubs: {South: {link: 1 Mbit/s, "
            "sites: [DE, FR]}}}",
            "fleet": "{units: {DE: {devices: 3}, FR: {devices: 3}}}",
            "window": "mon 20:00-22:00",
        },
        "all its devices fetch what they lack; 1 site may not finish in it",
    ),
    (
        "a delivery that an update meets",
        {
            "network": "{sites: {default: {link: 1 Mbit/s}}}",
            "commands": "[{delivery: DE, once: 2024-01-01 18:00}, {update: DE, once: 2024-01-01 20:00}]",  # noqa: E501
        },
        "commands.0.delivery: an update of its devices comes 2 h 00 min later, but the line of DE "
        "needs 3 h 20 min",
    ),
    (
        "a static proxy that is off",
        {
            "firmware": "{proxy: {type: static, device: DE/P/P-1}}",
            "power": "{day: {on: 'daily 07:00-18:00'}}",
            "network": "{sites: {default: {link: 9 Mbit/s}, A: {link: 9 Mbit/s}}}",
            "fleet": "{units: {DE: {devices: 3, site: A}, DE/P: {devices: 1, power: day}}}",
        },
        "the static proxy DE/P/P-1 is off by habit at that time, unless it was left on, and "
        "nothing wakes it: 3 of these devices",
    ),
    (
        "a static proxy that only the command itself wakes, when its neighbours turn to it",
        {
            "firmware": "{proxy: {type: static, device: DE/P/P-1}}",
            "power": "{day: {on: 'daily 07:00-18:00'}}",
            "fleet": "{units: {DE: {devices: 3, site: A}, DE/P: {devices: 1, site: A, power: day}}}",  # noqa: E501
            "network": "{sites: {default: {link: 9 Mbit/s}, A: {link: 9 Mbit/s}}}",
            "commands": "[{update: DE, subordinate_units: true, once: 2024-01-01 20:00}]",
        },
        "the static proxy DE/P/P-1 is off by habit at that time, unless it was left on, and "
        "nothing wakes it beforehand: 3 of these devices use no other proxy, and the updates of "
        "those that ask while the proxy is still starting fail",
    ),
    (
        "a static proxy that has nothing to serve from",
        {
            "firmware": "{proxy: {type: static, device: DE/P/P-1}}",
            "fleet": "{units: {DE: {devices: 3, site: A}, DE/P: {devices: 1, flash: 2 GB}}}",
            "network": "{sites: {default: {link: 9 Mbit/s}, A: {link: 9 Mbit/s}}}",
            "assumptions": "{system_partition: 1 GB}",
        },
        "the static proxy DE/P/P-1 has no update partition to serve from: 3 of these devices",
    ),
    (
        "a static proxy that has nothing to serve itself from",
        {
            "firmware": "{proxy: {type: static, device: DE/P/P-1}}",
            "fleet": "{units: {DE/P: {devices: 1, flash: 2 GB}}}",
            "network": "{sites: {default: {link: 9 Mbit/s}}}",
            "assumptions": "{system_partition: 1 GB}",
            "commands": "[{update: DE/P, once: 2024-01-01 20:00}]",
        },
        "the static proxy DE/P/P-1 has no update partition to serve from: 1 of these devices",
    ),
    # Times
    (
        "a window without a command",
        {"window": "tue 20:00-23:00"},
        "8:9: warning: window: no command runs within 'tue 20:00-23:00'",
    ),
    (
        "a window beyond the horizon",
        {"window": "fri 20:00-23:00"},
        "8:9: warning: window: 'fri 20:00-23:00' does not occur between the start and the horizon",
    ),
    (
        "times of the week beyond the horizon",
        {"expect": [{"forced starts fri 20:00-23:00": "<= 0"}]},
        "expect.0: 'fri 20:00-23:00' does not occur between the start and the horizon",
    ),
    (
        "a window that the horizon cuts",
        {"window": "mon 06:00-07:00, wed 06:00-12:00"},
        "8:9: warning: window: 'mon 06:00-07:00, wed 06:00-12:00' is not over by the horizon",
    ),
    (
        "a start within a minute",
        {"start": "2024-01-01 08:00:30"},
        "2:8: warning: start: loads at times of the week, such as busy_hours, are not shown: lines "
        "are metered in minutes counted from the start, 2024-01-01 08:00:30, which are not those "
        "of the clock; they are shown with start: 2024-01-01 08:00",
    ),
    (
        "an expectation beyond the horizon",
        {"expect": "[{successful by 2024-01-05 06:00: '>= 95 %'}]"},
        "8:10: warning: expect.0: 2024-01-05 06:00 is after the horizon, 2024-01-03 08:00",
    ),
    (
        "a goal beyond the horizon",
        {"search": {"goals": ["successful by 2024-01-05 06:00"]}},
        "search.goals.0: 2024-01-05 06:00 is after the horizon, 2024-01-03 08:00",
    ),
    (
        "an expectation before the first command",
        {"expect": "[{successful by 2024-01-01 19:00: '>= 95 %'}]"},
        "8:10: warning: expect.0: 2024-01-01 19:00 is before the first command runs",
    ),
    (
        "an expectation before the first command in the hour that comes twice",
        {
            "horizon": "310 d",
            "commands": "[{update: DE, once: 2024-10-27 02:10}]",
            "assumptions": "{doubled_hour: second}",
            "expect": "[{successful by 2024-10-27 02:45: '>= 95 %'}]",
        },
        "2024-10-27 02:45+02:00 is before the first command runs, 2024-10-27 02:10+01:00",
    ),
    (
        "an expectation in the hour that comes twice",
        {
            "horizon": "310 d",
            "expect": "[{successful by 2024-10-27 02:30: '>= 95 %'}]",
        },
        "8:10: warning: expect.0: the clock shows 2024-10-27 02:30 twice; the first is meant, "
        "UTC+02:00",
    ),
    (
        "an expectation of devices that no command is for",
        {
            "fleet": "{units: {DE: {devices: 3}, AT: {devices: 3}}}",
            "expect": "[{successful in AT: '>= 95 %'}]",
        },
        "8:10: warning: expect.0: no device in AT is targeted: no command is for one, and none "
        "starts by itself",
    ),
    (
        "a notification nobody takes",
        {"notifications": "[{update: DE, set: 2024-02-01 08:00}]"},
        "8:35: warning: notifications.0.set: it is set after the horizon",
    ),
    (
        "an assignment nobody takes",
        {"assignments": "[{update: DE, set: 2024-02-01 08:00}]"},
        "8:33: warning: assignments.0.set: it is set after the horizon",
    ),
    (
        "windows that never open",
        {"assignments": "[{update: DE, windows: {times: 'sat 01:00-02:00'}}]"},
        "8:37: warning: assignments.0.windows: no window is open and long enough",
    ),
    (
        "windows shorter than the allowed run time",
        {"assignments": "[{update: DE, windows: {times: 'daily 01:00-02:00', run_time: 61 min}}]"},
        "8:37: warning: assignments.0.windows: no window is open and long enough",
    ),
    (
        "check-ins that never come",
        {"assignments": "[{update: DE, check_in: {every: 0 s, at_start: false}}]"},
        "8:38: warning: assignments.0.check_in: every is 0 s and at_start is false",
    ),
    (
        "hours of check-ins that never come",
        {"assignments": "[{update: DE, check_in: {within: 'sat 01:00-02:00'}}]"},
        "8:38: warning: assignments.0.check_in: there are no such times",
    ),
    (
        "a deadline after the horizon",
        {"assignments": "[{update: DE, deadline: 2024-02-01 08:00}]"},
        "8:38: warning: assignments.0.deadline: the deadline is after the horizon",
    ),
    (
        "an outage of yesterday",
        {"outages": "[{start: 2023-01-01 09:00, end: 2023-01-01 10:00}]"},
        "8:42: warning: outages.0.end: the outage is over before the start",
    ),
    (
        "an outage after the end",
        {"outages": "[{start: 2024-02-01 09:00, end: 2024-02-01 10:00}]"},
        "8:19: warning: outages.0.start: the outage begins after the horizon",
    ),
    (
        "deferments without a notice",
        {"firmware": "{reminder: {deferments: 3, delays: [30 min]}}", "commands": "[{update: DE}]"},
        "8:22: warning: firmware.reminder: nobody can defer: no update informs its user",
    ),
    (
        "a delay beyond the horizon",
        {"firmware": "{reminder: {deferments: 3, delays: [30 min, 24 h]}}", "horizon": "1 d"},
        "8:55: warning: firmware.reminder.delays.1: 1 d after the first command is beyond the "
        "horizon",
    ),
    # Settings
    (
        "a line of nothing",
        {"network": "{sites: {default: {link: 0 bit/s}}}"},
        "6:35: warning: network.sites.default.link: nothing gets through a line of 0 bit/s",
    ),
    (
        "a line that others fill",
        {"network": "{sites: {default: {link: 1 Mbit/s, busy: {mon-fri 08:00-18:00: 100 %}}}}"},
        "at 100 % nothing is left for updates: mon-fri 08:00-18:00",
    ),
    (
        "a partition as large as the flash",
        {"assumptions": "{system_partition: 8 GB}"},
        "8:33: warning: assumptions.system_partition: a system partition of 8 GB leaves no room for "  # noqa: E501
        "others on 3 devices with 8 GB of flash",
    ),
    (
        "a flash smaller than the partition",
        {"fleet": "{units: {DE: {devices: 3, flash: 2 GB}}}"},
        "5:41: warning: fleet.units.DE.flash: a system partition of 2.35 GB leaves no room",
    ),
    (
        "a flash assumed too small",
        {"assumptions": "{flash: 2 GB}"},
        "8:22: warning: assumptions.flash: a system partition of 2.35 GB leaves no room",
    ),
    (
        "no room for an update partition",
        {"assumptions": "{system_partition: 7.8 GB}"},
        "leaves no update partition on 3 devices with 8 GB of flash",
    ),
    (
        "an image too large",
        {"image": "{name: n.idf, packages: [{name: a, size: 5 GB}]}"},
        "4:8: warning: image: the packages of n.idf take 5 GB, more than the system partition",
    ),
    (
        "a file that lies nowhere",
        {"firmware": "{image_file: N.idf}"},
        "8:24: warning: firmware.image_file: no image 'N.idf' is ever in 'elias/UC_RP6_X64'; "
        "did you mean 'n.idf'?",
    ),
    (
        "a container without an image",
        {"fleet": "{units: {DE: {devices: 3, firmware: {path: wrong}}}}"},
        "fleet.units.DE.firmware.path: no image 'n.idf' is ever in 'wrong'",
    ),
    (
        "a container that no device is sent to",
        {"image": "{name: n.idf, container: x, packages: [{name: a, size: 5 MB}]}"},
        "4:8: warning: image: no image 'n.idf' is ever in 'elias/UC_RP6_X64'",
    ),
    (
        "a delay that is picked and not offered",
        {
            "firmware": "{reminder: {deferments: 3, delays: [30 min]}}",
            "people": "{default: {answer: {picks: {2 h: 100 %}}}}",
        },
        "no reminder offers 2 h; its delays are 30 min",
    ),
    (
        "users who answer as ever where nobody is asked",
        {"commands": "[{update: DE}]", "people": "{default: {persistence: 30 %}}"},
        "8:33: warning: people.default.persistence: nobody has to answer: no update informs its",
    ),
    (
        "a chance of their own for users who keep none",
        {"chances": "{own_answer: 0.3}", "doubt": "none"},
        "8:11: warning: chances.own_answer: it has no effect: nobody repeats an earlier answer",
    ),
    (
        "a chance for each notice where all keep their own",
        {"people": "{default: {persistence: 100 %}}", "chances": "{answer: 0.3}"},
        "9:11: warning: chances.answer: it has no effect: everybody repeats their own answer",
    ),
    # What was left out by mistake
    (
        "a time that was left out",
        {"commands": "\n  - update: DE\n    inform_user: 5 min\n    once:\n"},
        "10:5: warning: commands.0.once: this is empty and counts as left out",
    ),
    (
        "a value that is a comment",
        {"window": "#fri"},
        "8:1: warning: window: this is empty",
    ),
]


def test_nothing_is_said_of_a_sound_scenario(tmp_path):
    assert told(tmp_path, {}) == []


def test_a_delivery_days_before_the_window_and_over_by_the_update_meets_no_word(tmp_path):
    changes = {
        "start": "2023-12-30 08:00",
        "horizon": "4 d",
        "commands": "[{delivery: DE, once: 2023-12-30 10:00}, "
        "{update: DE, once: 2024-01-01 20:00}]",
        "window": "mon 19:30-20:30",
        "network": "{sites: {default: {link: 1 Mbit/s}}}",
    }
    assert told(tmp_path, changes) == []


AT_ONCE = "{update: DE, once: 2024-01-01 20:00}, {delivery: DE, once: 2024-01-01"


def test_commands_to_the_same_devices_at_the_same_time_are_told_of(tmp_path):
    found = told(tmp_path, {"commands": f"[{AT_ONCE} 20:00}}]"})
    assert found == [
        "s.yaml:7:50: warning: commands.1: 3 devices are also targeted by commands.0 at the same "
        "time: as long as a device is at work or being asked, it does only one of the two, and the "
        "other is rejected or supersedes it"
    ]
    assert told(tmp_path, {"commands": f"[{AT_ONCE} 20:01}}]"}) == []
    every_day = "every: {days: [mon, tue], at: 20:00}"
    again = f"[{{update: DE, {every_day}}}, {{delivery: DE, {every_day}}}]"
    assert len(told(tmp_path, {"commands": again})) == 1


@pytest.mark.parametrize("waits", [("1 s", "none"), ("none", "1 s"), ("1 s", "2 s")])
def test_commands_at_the_same_time_are_told_of_at_whatever_pace(tmp_path, waits):
    paces = ["" if wait == "none" else f", devices_wait: {wait}" for wait in waits]
    at = "once: 2024-01-01 20:00"
    both = f"[{{update: DE, {at}{paces[0]}}}, {{delivery: DE, {at}{paces[1]}}}]"
    (found,) = told(tmp_path, {"commands": both})
    assert "3 devices are also targeted by commands.0 at the same time" in found


def test_commands_to_different_devices_at_the_same_time_meet_no_word(tmp_path):
    fleet = "{units: {DE: {devices: 3, installed: o.idf}, FR: {devices: 2, installed: o.idf}}}"
    at_once = "[{update: DE, once: 2024-01-01 20:00}, {update: FR, once: 2024-01-01 20:00}]"
    assert told(tmp_path, {"fleet": fleet, "commands": at_once}) == []


@pytest.mark.parametrize(("changes", "text"), [pytest.param(*r[1:], id=r[0]) for r in ROWS])
def test_what_is_hardly_meant_is_told_with_its_place(tmp_path, changes, text):
    found = told(tmp_path, changes)
    assert any(text in line for line in found), found
    assert len(found) <= 2, found


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_is_said_of_the_worked_examples(path):
    assert [str(problem) for problem in warnings_of(path)] == []


# Who is told


def test_a_scenario_made_in_python_has_warnings_without_a_place(scenario):
    (found,) = warnings_of(scenario(people={"ofice": {}}))
    assert str(found) == "warning: people.ofice: no device has 'ofice' for its people"


def test_the_planner_is_told_what_is_not_about_a_command(scenario):
    rollout = prepare(scenario({"every": {"days": [31], "at": "22:00"}}, people={"ofice": {}}))
    assert warnings_beside_commands(rollout) == [
        "The scenario, people.ofice: No device has 'ofice' for its people."
    ]


def test_what_may_have_been_thousands_is_told_with_both_numbers():
    text = """\
zone: UTC
start: 2024-01-01 08:00
image: {name: n.idf, packages: [{name: a, size: 1.536 MB}, {name: 1.024 MB, size: 5 MB}]}
fleet: {units: {DE: {devices: 3, flash: "2.048 MB", attributes: {Flash size: 2.048 MB}}}}
network: {repository: {uplink: 2.048 Mbit/s}}
commands: [{update: DE}]
"""
    told = [str(one) for one in fwsim.warnings_of(fwsim.loads(text)) if "decimals" in one.message]
    assert [one.splitlines()[0] for one in told] == [
        "scenario:3:49: warning: image.packages.0.size: '1.536 MB' is read with a point before "
        "decimals; write 1.5360 MB to be plain, or 1536 MB if that is meant",
        "scenario:4:41: warning: fleet.units.DE.flash: '2.048 MB' is read with a point before "
        "decimals; write 2.0480 MB to be plain, or 2048 MB if that is meant",
    ]
    plain = fwsim.dumps(fwsim.loads(text))
    assert "1536 kB" in plain
    assert not [w for w in fwsim.warnings_of(fwsim.loads(plain)) if "decimals" in w.message]
