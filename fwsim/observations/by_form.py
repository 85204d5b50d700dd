"""What files hold, by what kind of log each is: one kind is put together before it meets others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from fwsim.observations.complaints import Complaints
from fwsim.observations.context import Rows
from fwsim.observations.event_rows import read_event_rows
from fwsim.observations.job_rows import JobRows, joined_job_rows, read_job_rows
from fwsim.observations.observed import Account
from fwsim.observations.own_log import LogRows, joined_own_logs, read_own_log
from fwsim.observations.pieces import Piece
from fwsim.observations.snapshots import Look, joined_looks, read_look
from fwsim.observations.whereabouts import Whereabouts

_Part = TypeVar("_Part", Piece, Look, JobRows)


@dataclass
class ByForm:
    """What files hold, each by its number.

    Parameters
    ----------
    notice
        How long notices were shown, milliseconds.
    whereabouts
        Is told where devices stand in each file, and tells those of one name apart.
    accounts
        What each file was taken for, and what of it was read.
    """

    notice: int | None
    whereabouts: Whereabouts
    accounts: dict[int, Account] = field(default_factory=dict)
    _events: dict[int, Piece] = field(default_factory=dict)
    _looks: dict[int, Look] = field(default_factory=dict)
    _own: dict[int, LogRows] = field(default_factory=dict)
    _jobs: dict[int, JobRows] = field(default_factory=dict)

    def add(self, rows: Rows, form: str, number: int) -> None:
        """Read the rows of a file.

        Parameters
        ----------
        rows
            Its rows.
        form
            What kind of log it is.
        number
            Of the file.
        """
        if form == "snapshots":
            self._looks[number], self.accounts[number] = read_look(rows, number)
        elif form == "status log":
            self._own[number], self.accounts[number] = read_own_log(rows)
        elif form == "jobs":
            self._jobs[number], self.accounts[number] = read_job_rows(rows)
        else:
            self._events[number], self.accounts[number] = read_event_rows(rows, number)
        self.whereabouts.add(number, rows.shown)

    def pieces(self, complaints: Sequence[Complaints]) -> list[Piece]:
        """Return what was seen, once all files are read: logs of fwsim's own come first.

        Parameters
        ----------
        complaints
            Of all files, by number.
        """
        found = list(self._apart(self._events).values())
        if self._own:
            found.insert(0, joined_own_logs(self._own, self.accounts, complaints, self.notice))
        if self._jobs:
            found.append(joined_job_rows(self._apart(self._jobs), self.accounts, complaints))
        if self._looks:
            found.append(joined_looks(list(self._apart(self._looks).values())))
        return found

    def _apart(self, parts: Mapping[int, _Part]) -> dict[int, _Part]:
        """Return what was seen in files, with devices told apart by the OUs they stand in."""
        return {
            number: replace(part, device=self.whereabouts.names(number, part.device))
            for number, part in parts.items()
        }
