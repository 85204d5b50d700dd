"""The images of a scenario by their short names, wherever they are written down."""

from __future__ import annotations

import re

from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.scenario.document_reading import LARGEST_FILE, read_document
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import ImageSection

_PACKAGES = re.compile(r"""(?:^|[\s{,])["']?packages["']?\s*:""")


def read_idf(scenario: Scenario, file: str) -> ImageSection:
    """Read an image definition file in fwsim's stand-in form [A]: the keys of ``image:``.

    Scout's own syntax was found on no readable page. YAML and JSON are both taken.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    text = scenario.files.read_text(file, largest=4 * LARGEST_FILE)
    if not _PACKAGES.search(text):
        # It may be any file: what it holds is not told.
        raise InputError([Problem(say("image.no_file"), source=file)])
    return ImageSection.described_in(read_document(text, file))


def catalogue(scenario: Scenario) -> dict[str, ImageSection]:
    """Return all images by their short names; a single image goes by its file name."""
    if scenario.images:
        return dict(scenario.images)
    image = scenario.image or read_idf(scenario, scenario.idf or "")
    return {image.name: image}
