"""The page on the device list."""

from __future__ import annotations

from docs.from_code.markdown import NOTE, table
from fwsim.fleet.list_headers import FIELDS, HEADERS

_SPELLINGS = "Headers (in any case; with blanks, dashes, underlines or none; ä or ae, ß or ss)"


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

{table(["Field", _SPELLINGS], rows)}

- Only a name is needed. What a row leaves out comes from the scenario's entry for its OU, or for
  the nearest OU above.
- Other headers are mapped with `headers:`, as in
  `inventory: {{file: devices.csv, headers: {{Gerätename: name, Modell: Device type}}}}`. Fields and
  attributes may be named there in any of the spellings above; what is nearly a field is warned of.
- Columns that are not fields are kept as attributes, which a client group's filter can use. Names
  that only their case tells apart are one attribute, in a filter, too; so are `Device type` and
  `device_type`, and all spellings of what devices report. A list with two such columns is refused.
- The path of an OU may have backslashes in place of slashes: `DE\\Karlsruhe` is `DE/Karlsruhe`.
- MACs are taken in any usual spelling. A device may have none: an empty cell, zeros, `-`, *n/a*,
  *NULL* or `#N/A`; several without one are not
  duplicates. Flash, rate and connection may be missing in the same words.
- Cells that a spreadsheet keeps as text, `="00E0C5422A2E"`, are read as that text.
- A size or rate may have a decimal comma and separated thousands: `7,5 GB`, `1.234,5 MB`. What may
  be read as two numbers, `1,024 MB`, is refused; so is `1.024 MB` in a list with
  semicolons, or with a decimal comma in another size or rate. In another list it is read as
  decimals, with a warning.
- The size of a flash is also kept as it is written, as the attribute `Flash size`.
- An OU as a directory writes it, `OU=Köln,OU=DE`, is one name, with a warning: write `DE/Köln`.
- Rows that are no devices are left out with a warning: a `sep=;` or a rule of dashes below the
  header, a remark alone in its row, and *Total*, *Summe* or *2 rows* as the name in up to three
  last ones without a MAC, or in their first column, with a number as the name. What
  else is wrong with such a row does not matter. A device called `-`, *NULL* or `# K1` is one of
  that name, with a warning.
- A title above the header, empty rows and the header once more, as where two exports lie one below
  the other, are left out, with a warning. So is a row that says the same as one above. One that
  names a device or a MAC again and differs in anything else is an error.
- A cell in which a spreadsheet's formula failed (`#NV`, `#N/A`, `#REF!`) is taken as it stands in
  any other column, with a warning; so are devices that only a character nobody sees tells apart by
  name.
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
