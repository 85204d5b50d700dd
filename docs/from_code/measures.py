"""The page on the measures."""

from __future__ import annotations

from docs.from_code.markdown import NOTE, table
from fwsim.commands.details import DETAIL_TEXTS
from fwsim.measures.catalogue import DEFINITIONS
from fwsim.measures.outcomes import ALL_OUTCOMES


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

The numbers by which a rollout is judged. Their names work on the command line (`--precision`), in a
scenario (`expect:`, `precision:`) and in Python (`answer.forecast("time to 95 %")`). Parts in
brackets are optional; `t95` is short for `time to 95 %`.

{table(["Words", "Unit", "What it is", "From"], rows)}

- `{{time}}` and `{{since}}` are times on the server's wall clock, `2018-08-21 06:00`; what happens
  in that very second counts.
- `{{week}}` are times of the week on that clock, `mon-fri 08:00-18:00`. Lines are metered by the
  minute from the scenario's start, so loads at such times need a start on a whole minute.
  Measures of people can be limited to such times, too: `forced starts for people Counters mon-fri
  08:00-18:00`. A notice, a click or a start counts at its own moment, so a start at 18:00 sharp is
  not among them; of time lost, only what falls within them counts. A name in front of them that
  contains such words is put in quotes; of two groups *Shift* and *Shift 06:00-14:00* either one is.
- `{{unit}}` is the path of an OU; those below it count. `{{site}}` is a site's name.
- `{{group}}` is `site Branch 17`, `model Futro S740` (the attribute *Device type*) or
  `people office`: only its devices count. `fwsim run --by site` and `Experiment(by="site")` look
  at each of them by itself ([Part by part](results.md#part-by-part)).
- A name must match in every letter and blank. Put a name in quotes if more than a name would be
  read in it, and double the quotes within: `successful in "Shop for site B"`.
- `{{share}}` is a share such as `95 %`.
- `{{outcome}}` is one of {outcomes}.
- `{{detail}}` is one of {details}.

A device counts once, with its outcome: that of the last of its commands that reached it and did not
give way to another. If it was successful and was then found up to date, or was off, it stays
successful. If a later command fails, is cancelled or is still at work, it does not count as
successful, whatever came before. This applies to shares, times, curves and the table of outcomes.

*The update* means whatever is commanded: if that is only UEFI updates, or only deliveries,
everything refers to these, and the answer says so. What concerns people (notices, clicks, forced
starts, time lost) counts whatever was commanded, on every device of the named OU or group, targeted
or not: all kinds of people, or all sites, add up to the whole.

A start is *forced* only under a command or an assignment that asks, so one without a notice forces
none: `user time lost` shows its cost. A try of an assignment that asks nobody because its deadline
has passed forces none either if an earlier try had begun: it only continues.

A device that does not start again after power loss in the installation (`bricked`) costs its user's
time until the horizon, or `--until`, as if nobody repaired or replaced it before [A]; an
installation that is cut off by the end of the run counts until then. If the end of the run cuts a
window, nobody knows who would have been over in time, so nobody is counted, and an expectation that
depends on it is *not judged*. So is whatever `--until` leaves open: success and the times to it
while commands are still to come or devices begin updates by themselves, for what comes later may
undo a success and target more devices; a mean time while a run may still lengthen it; a count or a
load while more of it would change the verdict.

A device is *targeted* once a command, or an assignment, is for it. What devices start by themselves
(notifications, jobs of the scheduler, checks for a new version) targets a device only when the
device gets to it: one that is off when it is due, or does not start again before the horizon,
leaves no line in the log and is in no share and no time. If there are such devices, the answer says
after its shares how many it is for and how many came to it; `fwsim test` says so below its table.
Shares of an assignment's devices include all of them, whether they came or not. If nothing is
started this way and a group is empty in some of the runs, the answer says in how many: a share of
nobody counts as 0 %, and a time to one as never reached.

Times count from the first thing that is due, the same moment in every run: a command is sent, a
notification or an assignment is set, a job of the scheduler is due, or devices should check for a
new version (from the scenario's start, unless a change brings it later). They do not count from
when the first device happens to start, nor from a command to devices whose update was not
successful before any update is due: it reaches nobody.

Every answer contains the outcomes that occur, the time to 50, 90, 95 and 99 %, all counts, the
loads for all times and for the scenario's `busy_hours`, and, if it has a `window`, what was started
in it but not finished.
"""
