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

- Put words with blanks in quotation marks, and write a quotation mark inside twice.
- Terms of `-every` are a union: each Friday, and each 1st and 15th. If two coincide the command
  runs once.
- A day that a month does not have is left out in that month.
- Dates with dots are day first, dates with dashes month first; `18` is 2018.
- `-mac`, `-list`, `-group` and `-devices` exclude each other and `-subous`.
- A password is never kept: fwsim remembers only that there was one and writes `-p ***`.
- {wordless}: fwsim's own option [A]; Scout does not have it. A line that names it is refused, and a
  command that has it is neither written as a line nor handed over, because the option would be
  lost.
- Options may be in upper or lower case. Typographic quotation marks and dashes, as inserted by word
  processors, options with `/` or `--` and German words are refused, and the message names the right
  spelling.

## Batch files

`fwsim run SCENARIO --commands FILE` reads the lines of a batch file as cmd.exe does:

- scmd may have a path, in quotation marks if it has blanks, and may follow `@`, `call`, `start
  /wait` or `cmd /c`.
- Redirections such as `>nul 2>&1` are left out; a `^` at the end joins the next line; `&` and `&&`
  separate commands; `%%` is a `%`, and `%~dp0` the file's own folder.
- Remarks, labels, `echo`, `setlocal`, `pause` and the like change nothing; nothing runs after
  `exit`. What may change which commands are run, or when, such as `if`, `for`, `set`, `goto`,
  `call` of a label or `timeout`, is refused, because fwsim does not interpret it. So is a variable
  in a command (`!x!` is one under `EnableDelayedExpansion`), because fwsim does not know its value,
  and an scmd after `find "x" &&`, because it does not know what is found.
- A list that a line names must be beside the batch file or in the scenario's folder.

In the batch files it writes, remarks are in quotation marks, inside which cmd.exe treats no
character specially; a `%` is written twice.

When the clocks change, a skipped time means the first moment after the gap, and a time that occurs
twice means the first of the two; `skipped_hour` and `doubled_hour` in
[the assumptions](assumptions.md) choose otherwise. Devices that start by themselves
[behave as under systemd](scenario-file.md#when-the-clocks-change).
"""
