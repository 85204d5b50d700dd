"""What a device list is refused for."""

from __future__ import annotations

import pytest

from fwsim.problems import InputError


def complaints(read, text, **options) -> list[tuple[int | None, str]]:
    with pytest.raises(InputError) as caught:
        read(text, **options)
    return [(problem.line, problem.message) for problem in caught.value.problems]
