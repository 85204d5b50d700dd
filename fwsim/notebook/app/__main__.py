"""``python -m fwsim.notebook.app NOTEBOOK``: serve the planner; see docs/planner.md."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from fwsim.messages import LANGUAGES, language, language_of, say, speak
from fwsim.notebook.writing_place import VARIABLE
from fwsim.problems import InputError, Problem

SHARE = Path(__file__).parent / "jupyter"
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; "
    "form-action 'self'; object-src 'none'"
)
"""What the page may ask: this server, nobody else. Widgets need scripts inside the page."""
LANGUAGE = "--lang="
LARGEST_MESSAGE = 60_000_000
"""Bytes of what a page sends at once, such as logs: Tornado would cut the connection at 10 MiB."""


def settings() -> dict[str, dict[str, Any]]:
    """Return how Voilà is set, class by class; options on the command line come first.

    Pages name the language that is spoken: screen readers read them out in it.
    """
    return {
        "HTMLExporter": {"language_code": language()},
        "VoilaConfiguration": {
            "template": "fwsim",
            "multi_kernel_manager_class": "fwsim.notebook.app.kernels.FewKernels",
            "file_allowlist": [],
        },
        "Voila": {
            "tornado_settings": {
                "headers": {"Content-Security-Policy": POLICY},
                "websocket_max_message_size": LARGEST_MESSAGE,
                "jinja_template_vars": {"language": language()},
            }
        },
    }


def writing_folder() -> Path:
    """Return the folder that visitors' files go to: the one that is named, or a fresh one."""
    named = os.environ.get(VARIABLE)
    if named and not Path(named).is_dir():
        raise InputError([Problem(say("writing.no_folder", folder=named), source=VARIABLE)])
    folder = Path(named) if named else Path(tempfile.mkdtemp(prefix="fwsim-app-"))
    return folder.resolve()


def main(arguments: Sequence[str]) -> None:
    """Serve a notebook.

    Parameters
    ----------
    arguments
        Its path, and options of Voilà; ``--lang=de`` goes before what the environment asks for.
    """
    spoken = {f"{LANGUAGE}{code}": code for code in LANGUAGES}
    asked = [spoken[one] for one in arguments if one in spoken]
    speak(asked[-1] if asked else language_of(os.environ))
    folder = writing_folder()

    from traitlets.config import Config
    from voila.app import Voila

    os.environ[VARIABLE] = str(folder)
    paths = [str(SHARE), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(paths)
    click.echo(say("writing.app_folder", folder=folder))
    Voila.launch_instance(
        [one for one in arguments if one not in spoken], config=Config(settings())
    )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
