"""The page on the `scmd` line and batch files of it."""

from __future__ import annotations

from docs.from_code.markdown import NOTE, table
from fwsim.commands.marks import Mark
from fwsim.commands.scmd_options import OPTIONS, WORDLESS

SCMD_EXAMPLE = (
    "scmd -u rollout -p *** -update -to DE/Branches -subous -inform 300 -cancel "
    "-deviceswait 250 -every -fri -day 1 15 -at 22:00:00"
)


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

- Words with blanks are put in quotation marks; a quotation mark inside is written twice.
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
