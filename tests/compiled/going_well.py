"""Random scenarios in which most goes well, so that devices come as far as an installation.

Where anything may go wrong, nearly everything does: few images are found, and hardly one is
delivered ahead and then installed.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Draw = Any
MORE_PACKAGES = [{"name": f"package-{number}", "size": "1 MB"} for number in range(62)]
"""With them a set of packages fills a word of 64 bits up to its end."""
HOURS = ["11:05", "12:40", "14:10", "15:50"]
STEPS = {
    "update": st.sampled_from(
        [
            {},
            {},
            {"inform_user": "1 min"},
            {"format_system_partition": True},
            {"devices_wait": "1 min"},
        ]
    ),
    "delivery": st.sampled_from([{}, {}, {"format_update_partition": True}]),
}


def let_go_well(draw: Draw, data: dict[str, Any]) -> None:
    """Take most of what ends an update early out of a scenario."""
    for image in data["images"].values():
        image |= {"signed": True, "packages_signed": True, "certificate": "", "missing": []}
        image["offered"] = True
    data["failing"] = []
    data["faults"] = draw(
        st.sampled_from(
            [{}, {}, {"transfer": "40 %"}, {"installation": "40 %"}, {"package": "40 %"}]
        )
    )
    data["firmware"]["image_file"] = "new.idf"
    data["changes"] = [change for change in data["changes"] if "withdraw" not in change]
    data["outages"] = data["outages"][:1]
    data["power"]["default"] |= {"on": draw(st.sampled_from(["always", "mon-fri 11:20-23:30"]))}
    if draw(st.booleans()):
        data["power"]["default"]["mean_time_between_losses"] = None
    for name in ("system_partition", "other_partitions"):
        if draw(st.booleans()):
            data["assumptions"].pop(name, None)
    for unit in data["fleet"]["units"].values():
        unit["power"] = "default"
        unit["installed"] = draw(st.sampled_from(["old", "old", "new"]))
        for name in ("path", "image_file"):
            unit.get("firmware", {}).pop(name, None)


def deliver_ahead(draw: Draw, data: dict[str, Any]) -> None:
    """Deliver and update in turns: each step finds what the one before has left."""
    kinds = [
        "delivery",
        *draw(st.lists(st.sampled_from(["update", "update", "delivery"]), min_size=1, max_size=3)),
    ]
    data["commands"] = [
        {kind: "DE", "subordinate_units": True, "once": f"2018-08-20 {hour}"} | draw(STEPS[kind])
        for kind, hour in zip(kinds, HOURS, strict=False)
    ]
    data["notifications"] = []
    for unit in data["fleet"]["units"].values():
        unit["flash"] = draw(st.sampled_from(["4 GB", "8 GB", "8 GB"]))
    new = data["images"]["new"]
    if len(new["packages"]) < len(MORE_PACKAGES) and draw(st.booleans()):  # none that devices have
        new["packages"] = [*new["packages"], *MORE_PACKAGES]
    if draw(st.booleans()):
        image = draw(st.sampled_from(["old.idf", "large.idf"]))
        data["changes"].append(
            {"at": "2018-08-20 13:30", "firmware": {"image_file": image} | _path_of(image)}
        )


def _path_of(image: str) -> dict[str, str]:
    return {"path": "elias/other"} if image == "large.idf" else {}
