"""The page on every named parameter, with its mark and source."""

from __future__ import annotations

from typing import Any

from docs.from_code.markdown import NOTE, table
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.default_beliefs import DEFAULT_BELIEFS


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

*Belief* is what is assumed about a number that a scenario does not mention ([what you do not
know](doubt.md)): 90 % sure that it lies in a range, or a share known as from so many observations.
A range of factors applies to the whole distribution. All are [A]; `doubt: none` turns them off.

{table(["Parameter", "Default", "Mark", "What it means", "Belief", "Source"], rows)}

Beliefs about keys that are not assumptions, if a scenario does not mention them:

{table(["Key", "Belief", "Mark", "Source"], believed)}

Assumptions that are choices of form rather than numbers:

- the option words of `-update` in scmd are fwsim's own ([the scmd line](scmd.md)) [A];
- the image definition file is read in a stand-in form, the keys of `image:` ([the scenario
  file](scenario-file.md)) [A];
- two-digit years of scmd are 2000 to 2099 [A];
- details such as `cancelled by user` are fwsim's texts; no readable page showed Scout's [A];
- habits of people and power, unless a scenario gives them: everybody always there and everything
  always on; 55 % click now, 35 % defer, 5 % cancel, the rest ignores the notice; a click comes
  after 25 s in the median; in a single example run an answer does not depend on earlier ones
  (`persistence: 0 %`) [A];
- deliveries use no proxy: each device fetches its packages itself
  ([proxies](scenario-file.md#proxies)) [A];
- a device that a delivery has woken, and that rejects it because of something open there or at
  work, stays on: a shutdown would start what waits ([how the model works](model.md)) [A];
- an OU without a site is a site of its own, with the line of `default` [A];
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
