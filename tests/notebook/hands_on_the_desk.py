"""What hands do at the desk."""

from __future__ import annotations

FLEET = {"fleet": {"units": {"DE": {"devices": 30}}}}


class Screen:
    """Keeps what was shown last."""

    def __init__(self):
        self.shown = {}

    def __call__(self, name, data):
        self.shown[name] = data

    def __getattr__(self, name):
        return self.shown[name]


def drag(desk, value, *, part="start", final=False, sequence=1):
    desk.hear(
        {
            "do": "drag",
            "command": 0,
            "part": part,
            "value": value,
            "final": final,
            "sequence": sequence,
        }
    )


def fields(screen):
    return {one["name"]: one for one in [*screen.rail["fields"], *screen.rail["plan"]]}


def run(desk, runs=2):
    desk.plan.start(runs, workers=1)
    desk.plan.wait()
