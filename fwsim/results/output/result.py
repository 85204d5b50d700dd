"""What one run came to: log, devices, summary; as tables, as files, as a view in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwsim.arguments import a, a_function, a_path, one_or_several, taking, word_of
from fwsim.fleet.grouping import Grouping
from fwsim.measures.outcomes import is_under_way
from fwsim.messages import say
from fwsim.model.first_due import what_is_due
from fwsim.results.export.tables import Tables
from fwsim.results.output.folder.writing import NewPart, write_parts
from fwsim.results.output.one_run_in_words import headline, result_html
from fwsim.results.output.table_files import RowsProgress, ToWrite, writers
from fwsim.results.output.writing import (
    ANSWER,
    FORMATS,
    REPORT,
    SAMPLE_RUN,
    Format,
    frame_writer,
    json_writer,
    origin_of,
)
from fwsim.results.run.absentees import absentees
from fwsim.results.run.by_group import group_table
from fwsim.results.run.record import RunRecord
from fwsim.results.run.server_record import job_table, notes_at_most, update_log
from fwsim.results.run.summary import Summary, summarise
from fwsim.results.run.tables import device_table, load_table, log_table, proxy_load_table
from fwsim.results.statistics.answer_tables import read_grouping
from fwsim.results.statistics.prompts_by_hour import NAME as PROMPTS_BY_HOUR
from fwsim.results.statistics.prompts_by_people import prompts_of_people_in_run, tables_of_run
from fwsim.results.statistics.who_came import came_in_words

if TYPE_CHECKING:
    import pandas as pd


class Result(Tables):
    """One run of a rollout.

    Parameters
    ----------
    record
        The run as data.
    provenance
        What it takes to run it again.
    """

    def __init__(self, record: RunRecord, *, provenance: dict[str, Any]) -> None:
        self.record = record
        self.rollout = record.rollout
        self.columns = record.log
        self.load = record.load
        self.ended = record.ended
        self.provenance = provenance

    @cached_property
    def log(self) -> pd.DataFrame:
        """The status log: time, device, command, status, state, detail, amount; one row a line."""
        return log_table(self.rollout, self.columns).frame()

    @cached_property
    def devices(self) -> pd.DataFrame:
        """One row a device: final state, detail, the four stamps, deferments, bytes."""
        return device_table(self.record).frame()

    @cached_property
    def measures(self) -> Summary:
        """The measures as objects."""
        return summarise(self.record)

    @property
    def summary(self) -> pd.DataFrame:
        """The measures: measure, value, unit; one row each."""
        return self.measures.table()

    @cached_property
    def jobs(self) -> pd.DataFrame:
        """The server's record of each job, in its own codes."""
        return job_table(self.record).frame()

    @cached_property
    def update_log(self) -> pd.DataFrame:
        """What devices note of their updates, the checks' results among it."""
        return update_log(self.record).frame()

    @cached_property
    def link_load(self) -> pd.DataFrame:
        """What every link carried: minute (ISO 8601), site, bytes."""
        return load_table(self.rollout, self.load).frame()

    @cached_property
    def proxy_load(self) -> pd.DataFrame:
        """What every proxy sent to its neighbours: minute (ISO 8601), device, site, bytes."""
        return proxy_load_table(self.rollout, self.record.sent).frame()

    @cached_property
    def _prompts(self) -> dict[str, pd.DataFrame]:
        """Notices by the hour; where several kinds of people were asked, by these, too."""
        return tables_of_run(self.record)

    @property
    def prompts_by_hour(self) -> pd.DataFrame:
        """How many notices came up in each hour from the start on: from, until, prompts."""
        return self._prompts[PROMPTS_BY_HOUR]

    @cached_property
    def prompts_by_hour_by_people(self) -> pd.DataFrame:
        """The same for each kind of people: from, until, people, prompts."""
        return prompts_of_people_in_run(self.record)

    @taking(group=a("text", str))
    def by(self, group: str) -> pd.DataFrame:
        """Return what each site, model, unit or kind of people came to, one row each.

        Columns: the group; devices, targeted, needed, successful; last_success; prompts,
        times_deferred, forced_starts, user_time_lost (seconds) and bytes over its devices.

        Parameters
        ----------
        group
            ``site``, ``model``, ``unit`` or ``people``.

        Raises
        ------
        InputError
            If it is none of them.
        """
        return group_table(self.record, read_grouping(group))

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return the summary, devices, what groups came to, the log and all records."""
        return {
            "summary": self.summary,
            "devices": self.devices,
            **{f"by-{by}": self.by(by) for by in Grouping},
            "jobs": self.jobs,
            "update-log": self.update_log,
            "link-load": self.link_load,
            **self._prompts,
            **({"proxy-load": self.proxy_load} if self.rollout.configuration.has_proxies else {}),
            "status-log": self.log,
        }

    @taking(
        folder=a_path,
        form=word_of(*FORMATS),
        progress=a_function,
        by=one_or_several("groups", a("text", str)),
    )
    def save(
        self,
        folder: str | Path,
        form: Format = "csv",
        progress: RowsProgress | None = None,
        by: str | Iterable[str] = (),
    ) -> list[Path]:
        """Write all tables and the summary into a folder, all or none.

        They take the place of whatever run fwsim wrote there before.

        Parameters
        ----------
        folder
            Made if it is not there.
        form
            Of the tables: ``csv``, ``parquet`` or ``jsonl``. The summary is JSON.
        progress
            Is called with the rows written and those of all tables, after each part of one.
        by
            What groups came to is written, too: ``site``, ``model``, ``unit`` or ``people``, one
            table each; one of them or several.

        Raises
        ------
        InputError
            If the folder cannot be written to, or there is no such group.
        """
        groupings = [by] if isinstance(by, str) else by
        tables = {f"by-{one}.{form}": frame_writer(self.by(one), form) for one in groupings}
        data = {**self.measures.as_data(), "provenance": self.provenance}
        prompts = self._prompts.items()
        tables |= {f"{name}.{form}": frame_writer(table, form) for name, table in prompts}
        files = {**self.tables(form, progress), **tables, "summary.json": json_writer(data)}
        sample_run = {SAMPLE_RUN: NewPart(files, origin_of(self.provenance))}
        return write_parts(Path(folder), sample_run, without=(ANSWER, REPORT))

    @taking(form=word_of(*FORMATS), progress=a_function)
    def tables(
        self, form: Format = "csv", progress: RowsProgress | None = None
    ) -> dict[str, Callable[[Path], None]]:
        """Return how to write each table, by the name of its file; in parts, as `save` tells."""
        rollout, record, keep = self.rollout, self.record, self.rollout.scenario.log
        tables = {
            "status-log": ToWrite(
                len(self.columns), lambda: log_table(rollout, self.columns, keep)
            ),
            "devices": ToWrite(len(rollout.fleet), lambda: device_table(record)),
            "jobs": ToWrite(len(record.jobs), lambda: job_table(record)),
            "update-log": ToWrite(notes_at_most(self.columns), lambda: update_log(record)),
            "link-load": ToWrite(len(self.load.size), lambda: load_table(rollout, self.load)),
        }
        if rollout.configuration.has_proxies:
            sent = record.sent
            tables["proxy-load"] = ToWrite(len(sent.size), lambda: proxy_load_table(rollout, sent))
        return {f"{name}.{form}": write for name, write in writers(tables, form, progress).items()}

    def __repr__(self) -> str:
        return f"<Result of {self.rollout.scenario.name!r}: {self.headline}>"

    @property
    def headline(self) -> str:
        """The run in one sentence."""
        return headline(self)

    @property
    def stopped(self) -> str:
        """When the run was stopped with something left to do; empty if it was not.

        At the horizon that is where a device is under way, for nothing that comes later is a part
        of the scenario; somebody who stops a run before it does so whatever is left.
        """
        judged, horizon = self.measures.judged, self.rollout.horizon
        under_way = sum(count.devices for count in judged.outcomes if is_under_way(count.outcome))
        if self.ended < self.record.end or (self.record.end == horizon and not under_way):
            return ""
        at = self.measures.ended
        if not judged.targeted:
            return say("story.stopped_before_any", at=at)
        if not under_way:
            return say("story.stopped", at=at)
        return say("story.stopped_under_way", at=at, count=under_way)

    @property
    def who_came(self) -> str:
        """How many came of the devices that start by themselves; empty if all did."""
        missing = absentees(self.rollout, self.record.judged.ends)
        return came_in_words(len(what_is_due(self.rollout).starters), [missing])

    def _repr_html_(self) -> str:
        return result_html(self)
