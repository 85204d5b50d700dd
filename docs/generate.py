"""Writes the pages of the docs that are made from the code: ``make docs``."""

from __future__ import annotations

import contextlib
import runpy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs.console import refreshed
from fwsim.commands.details import DETAIL_TEXTS
from fwsim.commands.lifecycle import OUTCOMES, TEXT_OF_STATE, State, Transition, fact_names
from fwsim.commands.lifecycle_table import TRANSITIONS
from fwsim.commands.marks import Mark
from fwsim.commands.scmd_options import OPTIONS, WORDLESS
from fwsim.commands.status_text import status_form
from fwsim.fleet.list_headers import FIELDS, HEADERS
from fwsim.measures.catalogue import DEFINITIONS
from fwsim.measures.outcomes import ALL_OUTCOMES
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.default_beliefs import DEFAULT_BELIEFS
from fwsim.scenario.load import schema

FOLDER = Path(__file__).parent
SCMD_EXAMPLE = (
    "scmd -u rollout -p *** -update -to DE/Branches -subous -inform 300 -cancel "
    "-deviceswait 250 -every -fri -day 1 15 -at 22:00:00"
)
NOTE = "<!-- Made by `make docs` from the code; changes here are lost. -->"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def assumptions() -> str:
    """Return the list of every named parameter with its mark and source."""
    defaults = Assumptions().model_dump(mode="json")
    rows = []
    for name, field in Assumptions.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        value = defaults[name]
        shown = ", ".join(map(str, value)) if isinstance(value, list) else _law(value)
        rows.append(
            [
                f"`{name}`",
                shown,
                f"[{extra['mark']}]",
                field.description or "",
                _belief(extra.get("belief"), is_law=field.annotation is Any),
                str(extra["source"]),
            ]
        )
    believed = [
        [f"`{place}`", belief, f"[{mark}]", source]
        for place, belief, mark, source in DEFAULT_BELIEFS
    ]
    return f"""# Assumptions

{NOTE}

Where the manual gives no number or leaves a choice open, fwsim assumes one. Every assumption is a
parameter with a name. A scenario changes it under `assumptions:`, for example

```yaml
assumptions: {{wake_timeout: 10 min, newer_only: true}}
```

Marks: **[S]** seen in the manual, **[I]** inferred from it, **[A]** assumed. *Facts* are the
house's notes on the manual, with the number of the section.

*Belief* is what is assumed of a number where a scenario does not mention it ([what you do not
know](doubt.md)): 90 % sure that it lies in a range, or a share known as from so many observations.
A range of factors is one on the whole law. All of them are [A]; `doubt: none` turns them off.

{table(["Parameter", "Default", "Mark", "What it means", "Belief", "Source"], rows)}

Beliefs about keys that are no assumptions, where a scenario does not mention them:

{table(["Key", "Belief", "Mark", "Source"], believed)}

Assumptions that are choices of form rather than numbers:

- the option words of `-update` in scmd are fwsim's own ([the scmd line](scmd.md)) [A];
- the image definition file is read in a stand-in form, the keys of `image:` ([the scenario
  file](scenario-file.md)) [A];
- two-digit years of scmd are 2000 to 2099 [A];
- details such as `cancelled by user` are fwsim's texts; Scout's were on no readable page [A];
- habits of people and power, unless a scenario gives them: everybody always there and everything
  always on; 55 % click now, 35 % defer, 5 % cancel, the rest ignores the notice; a click comes
  after 25 s in the median; in a story an answer has nothing to do with any before
  (`persistence: 0 %`) [A];
- deliveries turn to no proxy: each device fetches its packages itself
  ([proxies](scenario-file.md#proxies)) [A];
- a device that a delivery has woken, and that rejects it for what is open there or at work, stays
  on: a shutdown would start what waits ([how the model works](model.md)) [A];
- an OU that names no site is a site of its own, with the line of `default` [A];
- in a client group's filter AND binds closer than OR [A].
"""


def _belief(belief: object, *, is_law: bool) -> str:
    """Return what is believed of a number, or of a factor on a law, in few words."""
    if not isinstance(belief, dict):
        return ""
    if "between" in belief:
        low, high = belief["between"]
        return f"times {low} to {high}" if is_law else f"{low} to {high}"
    return f"as from {belief['worth']} observations"


def _law(value: object) -> str:
    if isinstance(value, dict):
        ((name, parameters),) = value.items()
        return f"{name}, " + ", ".join(f"{key} {item}" for key, item in parameters.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def _guard(row: Transition) -> str:
    needed = [_words(name) for name in fact_names(row.needs)]
    barred = [f"not {_words(name)}" for name in fact_names(row.bars)]
    return ", ".join([*needed, *barred])


def diagram() -> str:
    """Return the lifecycle as a Mermaid state diagram; loops and epilogues are left out."""
    skipped = {State.HALTING, State.HALTED, State.SUPERSEDED, State.OUT_OF_CONTACT}
    edges: dict[tuple[State, State], dict[str, None]] = {}
    for row in TRANSITIONS:
        if row.to is not row.state and not {row.state, row.to} & skipped:
            edges.setdefault((row.state, row.to), {})[_words(row.event.name)] = None
    lines = ["stateDiagram-v2", "    [*] --> SCHEDULED"]
    lines += [f"    {a.name} --> {b.name}: {', '.join(words)}" for (a, b), words in edges.items()]
    lines += [f"    {state.name} --> [*]" for state in State if state in OUTCOMES - skipped]
    return "\n".join(lines)


def lifecycle() -> str:
    """Return the lifecycle table and its picture."""
    rows = [
        [
            row.state.name,
            _words(row.event.name),
            _guard(row),
            row.to.name,
            "" if row.action.name == "NOTHING" else _words(row.action.name),
            f"[{row.mark.value}]",
            row.source,
        ]
        for row in TRANSITIONS
    ]
    texts = [
        [
            state.name,
            f"`{status_form(text).replace('{}', '2018-08-20 11:34:23')}`" if text else "unchanged",
        ]
        for state, text in TEXT_OF_STATE.items()
    ]
    return f"""# The lifecycle of a device under one Update command

{NOTE}

```mermaid
{diagram()}
```

Left out of the picture: losing power in the middle leads to OUT_OF_CONTACT and, at the next
contact, to FAILED; a newer command ends a waiting one as SUPERSEDED; a device that was woken, or
that its user is shutting down, is switched off after the outcome (HALTING, HALTED).

## What the console shows

{table(["State", "Update State field"], texts)}

REBOOT after RESTART_PENDING leaves the field as it was: the installation was completed before.

## The table

Rows of a state and an event are tried from top to bottom; the first whose guard holds is taken. The
simulation follows this table and nothing else.

{table(["State", "Event", "Guard", "To", "Action", "Mark", "Source"], rows)}
"""


def scmd() -> str:
    """Return the page on the scmd line."""
    rows = [
        [
            f"`{option.word}`" + (f", `{option.long}`" if option.long else ""),
            option.takes,
            option.meaning,
            "Scout's" if option.mark is Mark.SEEN else "fwsim's own spelling [A]",
        ]
        for option in OPTIONS
    ]
    wordless = ", ".join(f"`{name}`" for name in WORDLESS.values())
    return f"""# The scmd line

{NOTE}

fwsim reads and writes the line an administrator types for the Scout Command Interface:

```
{SCMD_EXAMPLE}
```

{table(["Word", "Followed by", "Meaning", "Whose word"], rows)}

- Words with blanks stand in quotation marks; a quotation mark inside is written twice.
- Terms of `-every` are a union: each Friday, and each 1st and 15th. Where two meet the command runs
  once.
- A day that a month does not have is left out in that month.
- Dates with dots are day first, dates with dashes month first; `18` is 2018.
- `-mac`, `-list`, `-group` and `-devices` exclude each other and `-subous`.
- A password is never kept: fwsim remembers only that there was one and writes `-p ***`.
- {wordless}: an option of fwsim's own [A], for which Scout has no word. A line that names it is
  refused, and a command that has it is neither written as a line nor handed over, since it would
  be lost.
- Words are options in either case. Typographic quotation marks and dashes, as word processors put
  them in, options with `/` or `--` and German words are refused, and the message names the right
  spelling.

## Batch files

`fwsim run SCENARIO --commands FILE` reads the lines of a batch file as cmd.exe does:

- scmd may have a path, in quotation marks where it has blanks, and may stand behind `@`, `call`,
  `start /wait` or `cmd /c`.
- Redirections such as `>nul 2>&1` are left out; a `^` at the end joins the next line; `&` and `&&`
  separate commands; `%%` is a `%`, and `%~dp0` the file's own folder.
- Remarks, labels, `echo`, `setlocal`, `pause` and the like change nothing; behind `exit` nothing is
  run. What may change which commands are run, or when, such as `if`, `for`, `set`, `goto`, `call`
  of a label or `timeout`, is refused, as fwsim does not interpret it. So is a variable in a command
  (`!x!` is one under `EnableDelayedExpansion`), as fwsim does not know its value, and an scmd
  behind `find "x" &&`, as it does not know what is found.
- A list that a line names lies beside the batch file or in the scenario's folder.

In the batch files it writes, remarks are in quotation marks, inside which cmd.exe treats no
character specially; a `%` is written twice.

When the clocks change, a time that is skipped means the first moment after the gap, and a time that
comes twice means the first of the two; `skipped_hour` and `doubled_hour` in
[the assumptions](assumptions.md) choose otherwise. Devices that start by themselves
[behave as under systemd](scenario-file.md#when-the-clocks-change).
"""


def device_list() -> str:
    """Return the page on the device list."""
    headers = {
        field: ", ".join(f"`{name}`" for name, target in HEADERS.items() if target == field)
        for field in FIELDS
    }
    rows = [[field, names] for field, names in headers.items()]
    return f"""# The device list

{NOTE}

`fleet: {{inventory: devices.csv}}` reads a list as a management console exports it: a header line,
then one device a line. Cells are separated by semicolons, commas, tabs or pipes `|`, or by what a
first line `sep=;` names.

{table(["Field", "Headers (in any case; blanks, dashes or underlines; ä or ae, ß or ss)"], rows)}

- Only a name is needed. What a row leaves out comes from the scenario's entry for its OU, or for
  the nearest OU above.
- Other headers are mapped with `headers:`, as in
  `inventory: {{file: devices.csv, headers: {{Gerätename: name, Modell: Device type}}}}`. Fields and
  attributes may be named there in any of the spellings above; what is nearly a field is warned of.
- Columns that are not fields are kept as attributes, which a client group's filter can use. Names
  that only their case tells apart are one attribute, in a filter, too; so are `Device type` and
  `device_type`, and all spellings of what devices report. A list with two such columns is refused.
- The path of an OU may have backslashes in the place of strokes: `DE\\Karlsruhe` is `DE/Karlsruhe`.
- MACs are taken in any usual spelling. A device may have none: an empty cell, zeros, `-`, *n/a*
  or *NULL*; several without one are not
  duplicates.
- Cells that a spreadsheet keeps as text, `="00E0C5422A2E"`, are read as that text.
- A size or rate may have a decimal comma and separated thousands: `7,5 GB`, `1.234,5 MB`. What may
  be read as two numbers, `1,024 MB`, is refused; so is `1.024 MB` in a list with
  semicolons, or with a decimal comma in another size or rate.
- The size of a flash is also kept as it is written, as the attribute `Flash size`.
- A title above the header, empty rows and the header once more, as where two exports lie one below
  the other, are left out, with a warning.
- A cell in which a spreadsheet's formula failed (`#NV`, `#N/A`, `#REF!`) is taken as it stands,
  with a warning; so are devices that only a character nobody sees tells apart by name.
- A site or an OU called `-`, `n/a`, `NULL` or *unknown* is one of that name, with a warning: leave
  the cell empty.
- Bad rows are reported with line and reason, all of them at once; then nothing is imported.

## Encodings

UTF-8, or UTF-16 with its mark, is what the list should be in. A list in Windows-1252, DOS code page
850, Mac OS Roman or UTF-16 without its mark is accepted if there is no doubt which of them it is:
if every word with an umlaut or an accent reads as a word in that one and in none of the others.
fwsim then says which it took, with one of the words as an example. Otherwise the list is refused,
and the message names what it may be.

## Through a spreadsheet and back

A spreadsheet that opens a CSV file by a double click guesses from each cell's looks what it is:

| In the file | Becomes |
| --- | --- |
| `00012` | 12 |
| `1E5` | 100000 |
| `002240000000` (a MAC) | 2.24E+09 |
| `2026-11-23`, `SEP-01`, `1/2` | a date |
| `=1+1`, `+49 721 1`, `-x`, `@x` | a formula |

Quotation marks do not help: CSV has no types. To keep names as they are, import the file instead:
in Excel *Data > From Text/CSV > Transform Data*, and set the columns to *Text*; in LibreOffice
choose the column and *Text* in the dialog. Save as *CSV UTF-8*.

In its own CSV files fwsim puts a ' before a name of a device, an OU or a site that a spreadsheet
would change, and before any text that begins like a formula. When it reads a list it removes the '
exactly where it would have put it: `'00012` is read as `00012`, `'quoted` stays as it is. Only
where all filled cells of a field, two or more, begin with ', as other programs write texts, do all
of them lose it. So what fwsim wrote is read back as the same names. MACs get no mark: one that has
become a number is refused.
"""


_BELIEF = "[a belief](doubt.md)"
_ELSEWHERE = {
    "Assumptions": "[assumptions](assumptions.md)",
    "Belief": _BELIEF,
    "SharesBelief": _BELIEF,
    "InventorySection": "[a device list](device-list.md)",
    "ProxyType": "`none`, `static`, `dynamic`",
    "SchedulerSection": "[a scheduler's file](calendar-events.md)",
}
"""Definitions of the schema that have no table on the page of all keys."""
_KINDS = {"integer": "a whole number", "number": "a number", "boolean": "`true` or `false`"}


def _union(parts: list[dict[str, Any]]) -> str:
    forms = [_form(part) for part in parts if part.get("type") != "null"]
    return " or ".join(dict.fromkeys(forms))


def _reference(target: str) -> str:
    name = target.rsplit("/", 1)[1]
    return _ELSEWHERE.get(name, f"[{name}](#{name.lower()})")


def _form(field: dict[str, Any]) -> str:
    """Return how a value is written, in few words."""
    match field:
        case {"examples": examples}:
            form = " or ".join(f"`{_law_form(example)}`" for example in examples[:2])
        case {"anyOf": [{"type": "array"} as values, _, {"properties": {"from": _, "to": _}}]}:
            form = f"{_form(values)}, or `{{from, to, step}}`"
        case {"anyOf": parts} | {"oneOf": parts}:
            form = _union(parts)
        case {"enum": values}:
            form = ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            form = f"`{str(value).lower()}`"
        case {"$ref": target}:
            form = _reference(target)
        case {"type": "array", "items": items}:
            form = f"list of {_form(items)}"
        case {"additionalProperties": dict(entry)}:
            form = f"names, each with {_form(entry)}"
        case {"type": [*kinds]}:
            form = " or ".join(dict.fromkeys(_KINDS.get(kind, "text") for kind in kinds))
        case _:
            form = _plain_form(field)
    return form


def _plain_form(field: dict[str, Any]) -> str:
    if "resampled" in field.get("properties", {}):
        return _BELIEF
    kind = field.get("type", "")
    return "`60 %`" if isinstance(kind, list) else _KINDS.get(kind, "text")


def _law_form(example: object) -> str:
    if isinstance(example, dict):
        return "{" + ", ".join(f"{k}: {_law_form(v)}" for k, v in example.items()) + "}"
    return str(example)


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    if value in (None, "", [], {}) or isinstance(value, (list, dict)):
        return _law_form(value) if isinstance(value, dict) and len(value) == 1 else ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _keys(section: dict[str, Any]) -> str:
    rows = [
        [
            f"`{key}`",
            _form(field),
            field.get("description", ""),
            "needed" if key in section.get("required", []) else _default(field),
        ]
        for key, field in section["properties"].items()
    ]
    return table(["Key", "Written as", "Meaning", "Default"], rows)


def scenario_keys() -> str:
    """Return every key of the scenario file."""
    data = schema()
    sections = [
        f"## {name}\n\n{section.get('description', '').strip()}\n\n{_keys(section)}"
        for name, section in sorted(data["$defs"].items())
        if "properties" in section and name != "Assumptions"
    ]
    return f"""# Every key of the scenario file

{NOTE}

`fwsim schema` prints the same as JSON Schema, for editors. The parameters under `assumptions:` have
[a page of their own](assumptions.md).

## The file

{_keys(data)}

{(chr(10) * 2).join(sections)}
"""


def measures() -> str:
    """Return every measure with its unit, meaning and source."""
    rows = [
        [
            "`" + kind.value.replace("|", "\\|") + "`",
            f"{definition.noun}s" if definition.noun else definition.unit.value,
            definition.meaning,
            definition.source,
        ]
        for kind, definition in DEFINITIONS.items()
    ]
    outcomes = ", ".join(f"`{outcome}`" for outcome in ALL_OUTCOMES)
    details = ", ".join(f"`{text}`" for text in DETAIL_TEXTS.values() if text)
    return f"""# Measures

{NOTE}

What a rollout is judged by. The words work on the command line (`--precision`), in a scenario
(`expect:`, `precision:`) and in Python (`answer.forecast("time to 95 %")`). What stands in brackets
may be left out; `t95` is short for `time to 95 %`.

{table(["Words", "Unit", "What it is", "From"], rows)}

- `{{time}}` is a time on the server's wall clock, `2018-08-21 06:00`; what happens in that very
  second counts.
- `{{week}}` are times of the week on that clock, `mon-fri 08:00-18:00`. Lines are metered by the
  minute from the scenario's start on, so loads at such times need a start on a whole minute.
- `{{unit}}` is the path of an OU; those below it count. `{{site}}` is a site's name.
- `{{group}}` is `site Branch 17`, `model Futro S740` (the attribute *Device type*) or
  `people office`: only its devices count. `fwsim run --by site` and `Experiment(by="site")` look
  at each of them by itself ([Part by part](results.md#part-by-part)).
- A name is taken letter by letter, each blank in it, too. One that would be read as more than a
  name stands in quotes, those in it doubled: `successful in "Shop for site B"`.
- `{{share}}` is a share such as `95 %`.
- `{{outcome}}` is one of {outcomes}.
- `{{detail}}` is one of {details}.

A device counts once, as its outcome does: with the last of its commands that reached it and did
not give way to another. One that was successful and then found up to date, or was off, stays
successful; one on which a later command fails, is cancelled or is still at work does not, whatever
came before. Shares, times, curves and the table of outcomes all go by that.

*The update* is what is commanded: where that is only UEFI updates, or only deliveries, everything
is told of these, and the answer says so. What people bear (notices, clicks, forced starts, time
lost) counts whatever was commanded.

A start is *forced* only under a command or an assignment that asks, so one without a notice forces
none: `user time lost` tells what it costs. A try of an assignment that asks nobody any more, for
its deadline has come, forces none either where an earlier try had begun: it only goes on.

A device that does not start again after power loss in the installation (`bricked`) costs its user's
time until the horizon, or `--until`, as if nobody repaired or replaced it before [A]; an
installation that the end of the run cuts counts until then. Of a window that it cuts nobody knows
who would have been over in time, so nobody is counted, and an expectation that depends on it is
*not judged*.

A device is *targeted* once a command, or an assignment, is for it. What devices start by themselves
(notifications, jobs of the scheduler, checks for a new version) targets a device only when it gets
to it: one that is off when it is due, or does not start anew before the horizon, leaves no line in
the log and is in no share and in no time. Where there are such devices, the answer says behind
its shares how many it is for and how many came to it; `fwsim test` says so below its table.
Shares of those an assignment is for count everybody, come or not.
Where nothing is started so and a group is empty in some of the runs, the answer says in how many: a
share of nobody counts as 0 %, and a time to one as never reached.

Times count from the first thing that is due, the same moment in every run: a command is sent, a
notification or an assignment is set, a job of the scheduler comes round, or devices are to check
for a new version (from the scenario's start, unless a change brings it later). They do not count
from when the first device happens to start, nor from a command to those whose update was not
successful before any update is due: it means nobody.

Every answer holds the outcomes that occur, the time to 50, 90, 95 and 99 %, all counts, the loads
for all times and for the scenario's `busy_hours`, and, where it has a `window`, what was started
in it but not finished.
"""


PAGES: dict[str, Callable[[], str]] = {
    "assumptions.md": assumptions,
    "lifecycle.md": lifecycle,
    "scmd.md": scmd,
    "device-list.md": device_list,
    "scenario-keys.md": scenario_keys,
    "measures.md": measures,
}


def main() -> None:
    """Write every page that is made from the code, and what commands in the docs print."""
    root = FOLDER.resolve().parent
    # What is German in the docs would be English where the catalogue is not compiled.
    runpy.run_path(str(root / "hatch_build.py"))["compile_catalogues"](root)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8", newline="\n")
    # The first hour shows nothing of what it prints.
    shown = sorted({*(root / "docs").glob("*.md")} - {root / "docs" / "first-hour.md"})
    pages = [root / "README.md", *shown]
    # As in a fresh clone: results that lie about here change nothing.
    with tempfile.TemporaryDirectory() as clone, contextlib.chdir(clone):
        Path("scenarios").symlink_to(root / "scenarios")
        for path in pages:
            text = refreshed(path.read_text(encoding="utf-8"))
            path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
