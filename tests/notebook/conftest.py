"""A desk, and the screen that it is shown on."""

from __future__ import annotations

import pytest

from fwsim.engine import choose_engine
from fwsim.notebook.desk import Desk
from fwsim.notebook.plan import Plan
from tests.notebook.hands_on_the_desk import FLEET, Screen


@pytest.fixture
def screen():
    return Screen()


@pytest.fixture
def desk(scenario, screen):
    choose_engine()  # no desk compiles it beside
    plan = Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **FLEET))
    made = Desk(plan, screen, follows=False)
    made.open()
    return made
