"""``python -m fwsim`` is the same as ``fwsim``."""

from fwsim.cli import main

main(prog_name="fwsim")
