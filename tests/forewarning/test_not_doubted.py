"""What may well be meant meets no word."""

from __future__ import annotations

import pytest

from tests.forewarning.sound_scenario import TWO, told


@pytest.mark.parametrize(
    "changes",
    [
        {
            "fleet": "{units: {DE: {installed: o.idf}, DE/A: {devices: 2}, "
            "DE/B/*: {sites: 2, devices: 1}}}",
            "commands": "[{update: DE, subordinate_units: true, inform_user: 5 min}]",
        },
        {"fleet": "{units: {DE: {devices: 2}, DE/Later: {devices: 0}}}"},
        {
            "commands": "[{update: DE}, {update: {group: Update state = Not successful}, "
            "once: 2024-01-01 22:00}]"
        },
        {
            "commands": "[{update: DE, inform_user: until answered}, {update: DE, "
            "once: 2024-01-01 22:00}]",
            "people": "{default: {present: never}}",
        },
        {
            "commands": "[{update: DE, inform_user: until answered}]",
            "people": "{default: {present: never}}",
            "power": "{default: {on: mon-fri 08:00-18:00}}",
        },
        {
            "fleet": "{units: {DE: {devices: 3, connection: vpn}}}",
            "power": "{default: {on: mon-fri 08:00-18:00}}",
            "commands": "[{update: DE, inform_user: 5 min, once: 2024-01-01 10:00}]",
        },
        {"fleet": "{units: {DE: {devices: 3, installed: {n.idf: 50 %, o.idf: 50 %}}}}"},
        {
            "image": None,
            "images": TWO,
            "firmware": "{image_file: a.idf}",
            "changes": "[{at: 2024-01-01 09:00, withdraw: b}]",
        },
        {
            "image": None,
            "images": TWO,
            "firmware": "{image_file: a.idf}",
            "fleet": "{units: {DE: {devices: 2, installed: b}}}",
        },
        {  # too large at once, but not in two steps
            "image": None,
            "images": "{a: {name: a.idf, packages: [{name: p, size: 800 MB}]}, b: {name: b.idf, "
            "packages: [{name: p, size: 800 MB}, {name: q, size: 800 MB}]}}",
            "network": "{sites: {default: {link: 1 Gbit/s}}}",
            "assumptions": "{flash: 4 GB}",
            "firmware": "{image_file: a.idf}",
            "changes": "[{at: 2024-01-01 09:00, unit: DE, firmware: {image_file: b.idf}}]",
            "commands": "[{update: DE}, {update: DE, once: 2024-01-01 10:00}]",
        },
        {  # too large as a whole, but the update before fetches half of it
            "image": None,
            "images": "{a: {name: a.idf, packages: [{name: p, size: 800 MB}]}, b: {name: b.idf, "
            "packages: [{name: p, size: 800 MB}, {name: q, size: 800 MB}]}}",
            "network": "{sites: {default: {link: 1 Gbit/s}}}",
            "assumptions": "{flash: 4 GB}",
            "firmware": "{image_file: b.idf}",
            "fleet": "{units: {DE: {devices: 2, installed: a}}}",
            "commands": "[{update: DE}, {update: DE, format_system_partition: true, "
            "once: 2024-01-01 22:00}]",
        },
        {
            "firmware": "{reminder: {deferments: 3, delays: [30 min]}}",
            "people": "{default: {answer: {picks: {30 min: 100 %}}}}",
        },
        {
            "people": "{default: {persistence: 30 %}}",
            "chances": "{answer: 0.3, own_answer: 0.2, persists: 0.1}",
            "doubt": "none",
        },
        {"chances": "{own_answer: 0.2}"},  # a forecast draws how persistent people are
        {
            "image": "{name: n.idf, offered: false, packages: [{name: a, size: 5 MB}]}",
            "changes": "[{at: 2024-01-01 09:00, offer: n.idf}]",
        },
        {
            "image": "{name: n.idf, container: x, packages: [{name: a, size: 5 MB}]}",
            "fleet": "{units: {DE: {devices: 3, firmware: {path: x}}}}",
        },
        {
            "fleet": "{units: {DE/Haus: {devices: 2}, DE/Maus: {devices: 2}}}",
            "network": "{sites: {default: {link: 10 Mbit/s}, DE/Haus: {link: 1 Mbit/s}}}",
            "commands": "[{update: DE/Haus}]",
        },
        *(
            {
                "fleet": "{units: {DE: {devices: 3}, AT: {devices: 3, installed: o.idf}}}",
                "expect": f"[{{{words}: '{condition}'}}]",
                **started,
            }
            for (words, condition), started in (
                (("devices successful in AT", "<= 0 devices"), {}),
                (("devices targeted in AT", "= 0 devices"), {}),
                (("successful in AT", ">= 95 %"), {"notifications": "[{update: AT}]"}),
                (
                    ("successful for site AT", ">= 95 %"),
                    {"commands": "[{update: {group: 'IDF name = \"o.idf\"'}}]"},
                ),
            )
        ),
        *(
            {
                "fleet": "{units: {DE: {devices: 3, installed: {o.idf: 90 %, p.idf: 10 %}}}}",
                "commands": f"[{{update: {{group: '{asked}'}}, inform_user: 5 min}}]",
            }
            for asked in (
                "IDF name = p",
                "IDF name = N.IDF OR Memory = 4",
                "Update state = Not successful",
            )
        ),
        {
            "commands": "[{update: DE, inform_user: until answered}]",
            "people": "{default: {present: never}}",
            "assumptions": "{unattended_policy: skip_dialog}",
        },
        {
            "fleet": "{units: {DE: {devices: 3}, DE/A: {devices: 2, installed: n.idf, people: a}}}",
            "commands": "[{update: DE, subordinate_units: true, inform_user: until answered}]",
            "people": "{a: {present: never}}",
        },
        {
            "firmware": "{proxy: {type: static, device: DE/P/P-1}}",
            "power": "{day: {on: 'daily 07:00-18:00'}}",
            "fleet": "{units: {DE: {devices: 3, site: A}, DE/P: {devices: 1, site: A, power: day}}}",  # noqa: E501
            "network": "{sites: {default: {link: 9 Mbit/s}, A: {link: 9 Mbit/s}}}",
            "commands": "[{update: DE/P, once: 2024-01-01 19:50}, {update: DE, once: 2024-01-01 20:00}]",  # noqa: E501
        },
        {"window": "mon 20:00-23:00", "expect": "[{successful by 2024-01-02 06:00: '>= 95 %'}]"},
        {
            "image": "{name: n.idf, signed: false, packages: [{name: a, size: 500 MB}]}",
            "fleet": "{units: {DE: {devices: 3, firmware: {security: {idf: true}}}}}",
        },
        {
            "fleet": "{units: {DE: {devices: 3, flash: 2 GB}}}",
            "assumptions": "{system_partition: 1.77 GB}",
        },
    ],
)
def test_what_may_well_be_meant_is_not_doubted(tmp_path, changes):
    assert told(tmp_path, changes) == []
