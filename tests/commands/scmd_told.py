"""What is told of an scmd line."""

from __future__ import annotations

from hypothesis import strategies as st

from fwsim.commands.scmd import read_scmd, write_scmd
from fwsim.commands.scmd_words import mask_scmd
from fwsim.problems import InputError


def told(line: str) -> str:
    """Return everything that is ever shown of a line."""
    try:
        read = read_scmd(line)
    except InputError as error:
        return f"{mask_scmd(line)}\n{error}\n{error.problems!r}"
    return f"{mask_scmd(line)}\n{read!r}\n{write_scmd(read)}"


others = st.lists(
    st.sampled_from(
        [
            "scmd",
            "-u me",
            "-update",
            "-deliver",
            "-to A",
            '-to "A B"',
            "-to A B",
            "-mac",
            "-now",
            "-once -at 1.1.18 1:00",
            "-every -fri",
            "-inform x",
            "-ping",
            "-switchedon",
            "-updte",
            "-day 40",
        ]
    ),
    max_size=5,
)
