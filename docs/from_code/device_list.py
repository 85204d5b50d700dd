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

How fwsim reads the list of your devices that you export from a management console, which headers it
knows, what it refuses, and how to edit the list in a spreadsheet without damage.

`fleet: {{inventory: devices.csv}}` names the file: a header line, then one device per line. Cells
are separated by semicolons, commas, tabs or pipes `|`, or by what a first line `sep=;` names.

{table(["Field", _SPELLINGS], rows)}

- Only a name is needed. What a row leaves out comes from the scenario's entry for its OU, or for
  the nearest OU above.
- Other headers are mapped with `headers:`, as in
  `inventory: {{file: devices.csv, headers: {{Gerätename: name, Modell: Device type}}}}`. Fields and
  attributes may have any of the spellings above there; a near miss of a field gives a warning.
- Other columns are kept as attributes, which a client group's filter can use. Names that differ
  only in case are one attribute, also in a filter; so are `Device type` and `device_type`, and all
  spellings of what devices report. A list with two such columns is refused.
- The path of an OU may have backslashes instead of slashes: `DE\\Karlsruhe` is `DE/Karlsruhe`.
- MACs may be in any usual notation. A device may have none: an empty cell, zeros, `-`, *n/a*,
  *NULL* or `#N/A`; several without one are not duplicates. A missing flash, rate or connection may
  be written in the same ways.
- In any other column a cell with a failed formula (`#NV`, `#N/A`, `#REF!`) is taken as it is, with
  a warning. Devices whose names differ only in an invisible character are accepted, with a warning.
- Cells that a spreadsheet keeps as text, `="00E0C5422A2E"`, are read as that text.
- A size or rate may have a decimal comma and thousands separators: `7,5 GB`, `1.234,5 MB`. A value
  with two possible meanings, `1,024 MB`, is refused; so is `1.024 MB` in a list with semicolons, or
  with a decimal comma in another size or rate. In another list it is read as decimals, with a
  warning.
- The size of a flash is also kept as written, as the attribute `Flash size`.
- An OU in directory notation, `OU=Köln,OU=DE`, is one name, with a warning: write `DE/Köln`.
- Rows that are not devices are left out with a warning: a `sep=;` or a line of dashes below the
  header, a remark alone in its row, and totals in up to three last rows: *Total*, *Summe* or
  *2 rows* as the name in a row without a MAC, or in the first column, with a number as the name.
  Other mistakes in such a row do not matter. `-`, *NULL* or `# K1` as a device's name is accepted,
  with a warning.
- A title above the header, empty rows and a repeated header, as when two exports are joined, are
  left out, with a warning. So is a row that repeats one above. A row that names a device or a MAC
  again and differs in anything else is an error.
- `-`, `n/a`, `NULL` or *unknown* as a site or an OU is taken as its name, with a warning: leave the
  cell empty.
- Bad rows are reported with line and reason, all at once; then nothing is imported.

## Encodings

Save the list as UTF-8, or as UTF-16 with a byte order mark. Windows-1252, DOS code page 850, Mac OS
Roman and UTF-16 without the mark are accepted if there is no doubt which it is: every word with an
umlaut or an accent must be a word in that encoding and in none of the others. fwsim then says which
it took, with one of the words as an example. Otherwise the list is refused, and the message names
the possible encodings.

## Through a spreadsheet and back

If you open a CSV file by a double click, a spreadsheet guesses what each cell is:

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
exactly where it would have put it: `'00012` is read as `00012`, `'quoted` stays as it is. Only if
all filled cells of a field, two or more, begin with ', as other programs write texts, is it removed
from all of them. So names that fwsim wrote are read back unchanged. MACs get no mark: one that has
become a number is refused.
"""
