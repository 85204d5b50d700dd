"""A saved log as a table of events, on whatever clock and with whatever names."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

WORDS = {
    "CHECKING": "checking",
    "TRANSFER": "fetching",
    "REBOOT": "restarting",
    "SUCCESS": "done",
}


def as_events(log: Path, path: Path, hours: int = 0, rename=str) -> Path:
    """Write a saved log as events whose times name no zone, some hours later."""
    lines = ["time,device,state"]
    with log.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if word := WORDS.get(row["state"]):
                at = datetime.fromisoformat(row["time"]) + timedelta(hours=hours)
                lines.append(f"{at:%Y-%m-%d %H:%M:%S},{rename(row['device'])},{word}")
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path
