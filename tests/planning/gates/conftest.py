"""Groups, gates and rates, played."""

from __future__ import annotations

import pytest

from fwsim.engine import Engine
from fwsim.planning.gates.sending import Setup
from fwsim.planning.gates.staging import play_staged
from fwsim.run import play_once, prepare


@pytest.fixture
def staging(scenario):
    """Return a way to stage ten devices that each take the same time alone on a fast line."""

    def build(
        policy,
        *,
        update=None,
        devices=10,
        units=None,
        shares=2,
        mixed=False,
        engine=Engine.COMPILED,
        seed=0,
        **changes,
    ):
        options = {
            key: changes.pop(key)
            for key in ("person_takes", "goes_on_after_errors")
            if key in changes
        }
        model = scenario(
            update,
            fleet={"units": units or {"DE": {"devices": devices}}},
            network={
                "sites": {"default": {"link": "10 Gbit/s"}},
                "repository": {"uplink": "100 Gbit/s"},
            },
            **changes,
        )
        setup = Setup(prepare(model), shares, mixed, **options)
        return setup, play_staged(
            setup, policy, lambda rollout: play_once(rollout, seed, 0, engine=engine)
        )

    return build
