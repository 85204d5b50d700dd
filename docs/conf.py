"""How Sphinx makes the site (``make site``); what is made from the code is made first."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from build_version import version as built_version
from docs.site import write_pages

project = "fwsim"
author = "The fwsim authors"
copyright = author  # noqa: A001 - Sphinx calls it so
version = release = built_version()

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "examples", "Thumbs.db"]
nb_execution_mode = "off"
nb_code_prompt_show = "Code"
nb_code_prompt_hide = "Code"
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
suppress_warnings = ["myst.header", "misc.highlighting_failure"]
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
default_role = "code"
python_use_unqualified_type_names = True
linkcheck_ignore = [] if os.environ.get("FWSIM_SITE_LINKS") else [r"https?://.*"]

html_theme = "pydata_sphinx_theme"
html_title = "fwsim"
html_static_path: list[str] = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navigation_depth": 2,
    "header_links_before_dropdown": 5,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "first-hour": [], "for-whom": [], "compared": [], "install": []}

_ELSEWHERE = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+(?:scenarios|notebooks)/[^)]+\.(?:md|ipynb))\)")
_CODE = re.compile(r"(^```.*?^```|`[^`\n]*`)|((?:(?!^```|`).)+)", re.MULTILINE | re.DOTALL)
_UNIT = re.compile(r"(\d) (%|[kMGT]?B\b|[kMG]bit/s|min\b|h\b|s\b)")


def _name_what_is_in_the_clone(_app: object, _page: str, content: list[str]) -> None:
    """Take links to pages that are in the clone alone for what they are called there."""
    text = _ELSEWHERE.sub(lambda m: f"{m[1]} (`{m[2].replace('../', '')}`)", content[0])
    # A number and its unit stay on one line.
    content[0] = _CODE.sub(lambda m: m[1] or _UNIT.sub("\\1\u00a0\\2", m[2]), text)


def setup(app: Any) -> None:
    """Have Sphinx call what is above."""
    app.connect("source-read", _name_what_is_in_the_clone)


write_pages(Path(__file__).parent / "_generated")
