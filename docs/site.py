"""The pages of the site that are made when it is built: commands, Python, figures."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path

import click

import fwsim
from docs.site_notebooks import made_of, write_notebooks
from fwsim.cli import main

NOTE = "<!-- Made by `make site` from the code. -->"


def write_pages(folder: Path) -> None:
    """Write what is made from the code; a page that has not changed stays as it is.

    Parameters
    ----------
    folder
        Made if it is not there.
    """
    folder.mkdir(exist_ok=True)
    pages = {
        "cli.md": command_line(),
        "python.md": python(),
        "gallery.md": gallery(folder),
        "notebooks.md": write_notebooks(folder / "notebooks"),
    }
    for name, text in pages.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


def command_line() -> str:
    """Return every command with its arguments and options."""
    parts = ["# Every command", NOTE, "`fwsim COMMAND --help` prints the same."]
    context = click.Context(main, info_name="fwsim")
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join(command.collect_usage_pieces(inner))
        parts += [f"## {name}", f"```text\nfwsim {name} {usage}\n```"]
        parts.append(inspect.cleandoc(command.help or ""))
        parts += [_option(*record) for record in _records(command, inner)]
    return "\n\n".join(parts) + "\n"


def _records(command: click.Command, context: click.Context) -> list[tuple[str, str]]:
    records = (parameter.get_help_record(context) for parameter in command.get_params(context))
    return [record for record in records if record is not None and record[1]]


def _option(names: str, told: str) -> str:
    return f"`{names}`\n: {_plain(told)}"


def _plain(text: str) -> str:
    """Return a help text as Markdown takes it for text."""
    return text.replace("*", "\\*").replace("<", "\\<").replace("[", "\\[")


def python() -> str:
    """Return what `import fwsim` gives, from the docstrings."""
    kinds: dict[str, list[str]] = {"Functions": [], "Classes": []}
    for name in fwsim.__all__:
        found = getattr(fwsim, name)
        if inspect.isclass(found):
            kinds["Classes"].append(name)
        elif inspect.isfunction(found):
            kinds["Functions"].append(name)
    parts = [
        "# Python",
        NOTE,
        "`import fwsim` itself costs next to nothing; each name is imported when it is first used.",
    ]
    for title, names in kinds.items():
        parts.append(f"## {title}")
        parts += [_documented(name) for name in names]
    return "\n\n".join(parts) + "\n"


def _documented(name: str) -> str:
    found = getattr(fwsim, name)
    home = f"fwsim.{name}"
    if inspect.isfunction(found):
        return _directive("autofunction", home, [])
    members = [
        member
        for member, value in vars(found).items()
        if not member.startswith("_") and inspect.getdoc(value) and not _is_a_field(found, member)
    ]
    inherited = ["to_pandas", "to_parquet", "to_excel"]
    members += [m for m in inherited if hasattr(found, m) and m not in members]
    options = [f":members: {', '.join(members)}"] if members and _is_short(found) else []
    return _directive("autoclass", home, options)


def _is_a_field(found: type, member: str) -> bool:
    return member in getattr(found, "model_fields", {}) or member.startswith("model_")


def _is_short(found: type) -> bool:
    return not issubclass(found, Warning | Exception)


def _directive(name: str, home: str, options: list[str]) -> str:
    inner = "\n".join([f".. {name}:: {home}", *(f"   {option}" for option in options)])
    return f"```{{eval-rst}}\n{inner}\n```"


def not_drawn(shown: Iterable[str]) -> list[str]:
    """Return the figures that none of the pictures shown is of."""
    drawn = tuple(name.replace("-", "_") for name in shown)
    every = [name for name in fwsim.figures.__all__ if name.islower() and name != "figure_writer"]
    return [name for name in every if not any(one.startswith(name) for one in drawn)]


def gallery(folder: Path) -> str:
    """Draw figures of a small rollout, and return the page that shows them."""
    from matplotlib import pyplot as plt

    from tests.results.figures import FIGURES

    plt.switch_backend("Agg")
    pictures = folder / "figures"
    pictures.mkdir(exist_ok=True)
    drawn_of, now = pictures / "drawn-of.txt", made_of()
    is_new = not drawn_of.is_file() or drawn_of.read_text(encoding="utf-8") != now
    parts = [
        "# Figures",
        NOTE,
        "Each is a function of `fwsim.figures` that draws on an Axes of matplotlib and returns it, "
        "such as `fwsim.figures.completion(answer)`. Most of them are drawn here, from a small "
        "rollout of 40 devices; those of plans, policies and scores show made-up numbers. "
        "Docstrings tell how to draw the others: "
        f"{', '.join(f'`{name}`' for name in not_drawn(FIGURES))}.",
    ]
    for name, draw in FIGURES.items():
        path = pictures / f"{name}.png"
        if is_new or not path.is_file():
            axes = draw()
            axes.figure.savefig(path, dpi=80)
            plt.close(axes.figure)
        title = name.replace("-", " ").capitalize()
        parts.append(f"## {title}\n\n![{title}](figures/{path.name})")
    drawn_of.write_text(now, encoding="utf-8")
    return "\n\n".join(parts) + "\n"
