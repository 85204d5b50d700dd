"""One run of the compiled clock: its tables, its luck, and the Python it calls back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fwsim.commands.lifecycle import Event, State
from fwsim.commands.lifecycle_table import transition
from fwsim.compiled.addressed import Table
from fwsim.compiled.answering import Answering
from fwsim.compiled.checked import checked_if_interpreted
from fwsim.compiled.codes import EVENTS, Grows, Starts
from fwsim.compiled.counting import Counting
from fwsim.compiled.coupling import Division, division_of
from fwsim.compiled.growing_tables import LARGE
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.log_read import (
    read_load,
    read_load_with_past,
    read_log,
    read_proxy_load,
)
from fwsim.compiled.luck_tables import as_drawn
from fwsim.compiled.machine_code import MachineCode, machine_code
from fwsim.compiled.site_by_site import SiteBySite
from fwsim.compiled.started_orders import StartedOrders
from fwsim.compiled.tables import LINE, NOBODY
from fwsim.compiled.world_tables import WorldTables
from fwsim.interrupts import interrupts_held
from fwsim.messages import localised, say
from fwsim.model.draws import Draws
from fwsim.model.order import Order
from fwsim.model.played import Played
from fwsim.model.purposes import PURPOSES, Each, Purpose
from fwsim.model.silence import heard_next
from fwsim.model.status_log import (
    DevicesProgress,
    LinkLoad,
    LogColumns,
    ProxyLoad,
    RunOutput,
)
from fwsim.model.tally import Tally, Wanted


class MachineRun(Answering):
    """A rollout under one luck, from its beginning to its end.

    Parameters
    ----------
    inventory
        What is certain.
    draws
        What is not.
    end
        Milliseconds at which to stop at the latest.
    progress
        Told now and then how far the run is.
    wanted
        What it is counted by if nobody asks for its log.
    """

    def __init__(
        self,
        inventory: Inventory,
        draws: Draws,
        end: int,
        progress: DevicesProgress | None = None,
        wanted: Wanted | None = None,
    ) -> None:
        super().__init__()
        self._inventory = inventory
        self._draws = draws
        self._end = end
        self._progress = progress
        self._keeps_log = True
        self._orders = StartedOrders(inventory, draws.past)
        runs = self._orders.runs
        self._counting = None if wanted is None else Counting(inventory, runs, wanted)
        self._answers = [
            self._grow,
            self._draw,
            self._find_targets,
            self._add_order,
            self._report,
            self._refuse,
            self._add_order_as_told,
        ]
        self.division = division_of(inventory, end, has_past=draws.past is not None)
        self._apart: SiteBySite | None = None
        self._furthest = 0
        """Milliseconds on the clock of the part that came furthest."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._tables = WorldTables(
            self._inventory,
            self._draws,
            self._end,
            self._address,
            sum(part.devices for part in self.division.parts),
        )
        self._stopped = self._tables.world["stopped"]

    # What compiled code asks

    def _grow(self, kind: int, needed: int) -> None:
        self._tables.grow(Grows(kind), needed)

    def _draw(self, quantity: int, draw: int) -> None:
        if self._tables.luck.is_drawn(quantity, draw):
            return  # another part of the fleet has come to it meanwhile
        purpose = PURPOSES[quantity]
        row = self._draws[purpose].row(self._number_of(purpose, draw))
        self._tables.luck.put(quantity, draw, as_drawn(purpose, row))

    def _draw_some(self, quantity: int, draw: int, some: slice) -> Table:
        """Draw for some devices alone."""
        purpose = PURPOSES[quantity]
        row = self._draws.of_some(purpose, self._number_of(purpose, draw), some)
        return as_drawn(purpose, row)

    def _number_of(self, purpose: Purpose, draw: int) -> int:
        """Return the n-th draw of a quantity that compiled code means."""
        if purpose.each is Each.RUN:
            return self._orders.draw_of(draw)
        if purpose.each is Each.FIRING:
            return self._orders.draw_of_firing(draw)
        return draw

    def _find_targets(self, number: int, _: int) -> None:
        targets = self._inventory.targets(number)
        if targets is None:
            devices = self._tables.arrays["devices"]
            live = self._draws.live_attributes(
                devices["image"].astype(np.int64),
                devices["text"].astype(np.int64),
                devices["uefi_installed"].astype(np.bool_),
            )
            targets = np.array(
                self._inventory.rollout.targets(self._inventory.orders[number].run, live), np.int64
            )
        past = self._draws.past
        if past is not None:
            run = self._inventory.orders[number].run
            targets = np.ascontiguousarray(past.targets(run, targets), np.int64)
        self._tables.put("targets", targets if len(targets) else np.zeros(1, np.int64))
        self._tables.set(targets_count=len(targets))

    def _report(self, _: int, __: int) -> None:
        if self._progress is None:
            return
        w = self._tables.world[0]
        done, now = int(w["done"]), int(w["now"])
        if self._apart is not None:
            done, now = self._apart.done, self._apart.now
        self._progress(done, int(w["targeted"]), now)

    def _refuse(self, pair: int, facts: int) -> None:
        transition(State(pair // EVENTS), Event(pair % EVENTS), facts)

    def _add_order(self, kind: int, number: int) -> None:
        self._tables.set(answer=0)
        self._answer_with(self._orders.started(Starts(kind), number, self._now))

    def _add_order_as_told(self, place: int, _: int) -> None:
        self._tables.set(answer=NOBODY)
        order = self._orders.as_told(place, self._now)
        if order is not None:
            self._answer_with(order)

    def _answer_with(self, order: Order) -> None:
        before = self._tables.arrays["orders"]
        rows = self._orders.laid_in(before, order)
        if rows is not before:
            self._tables.put("orders", rows)
        self._tables.set(answer=order.number)

    # Playing

    def play(self) -> None:
        """Let the clock run until nothing is left to do, or the end.

        Raises
        ------
        BaseException
            Whatever happened meanwhile in Python, such as an interrupt from the keyboard.
        """
        code = machine_code()
        with interrupts_held(self._stop_for):
            if not self.division.parts or not self._play_apart(code):
                self._play_whole(code)
        if self._fault is None and self._stopped[0]:
            self._fault = MemoryError("Python could not even be asked")
        if isinstance(self._fault, MemoryError):
            raise MemoryError(self._how_far(self._fault)) from self._fault
        if self._fault is not None:
            raise self._fault
        self._take_bytes_of_the_past()
        self._report(0, 0)

    def _play_whole(self, code: MachineCode) -> None:
        address = self._tables.world.ctypes.data
        with checked_if_interpreted(self._tables):
            code.begin(address)
            if not self._stopped[0]:
                code.run(address)

    def _play_apart(self, code: MachineCode) -> bool:
        """Play site by site; where that did not come to one log, be as before and tell so."""
        counting = self._counting
        if counting is not None and counting.needs_log:
            counting = None
        try:
            self._apart = SiteBySite(
                self._inventory,
                self._tables,
                self.division.parts,
                self._answers,
                self._draw_some,
                counting,
            )
            with checked_if_interpreted(self._tables):
                if self._apart.play(code):
                    self._keeps_log = counting is None
                    return True
        except BaseException as fault:  # noqa: BLE001 - `play` raises it, and says how far it came
            self._fault = fault
            return True
        finally:
            if self._apart is not None:
                self._furthest = self._apart.now
            self._apart = None  # with it go the logs of all parts
        self.division = Division(played=Played.AT_ONCE)
        self._tables.close()
        self._lay_out()
        return False

    def _take_bytes_of_the_past(self) -> None:
        """Spread over their minutes what the lines have carried only by the log."""
        past = self._draws.past
        rows = self._tables.arrays["load"][: int(self._tables.world["load_count"][0])]
        if past is None or not (rows["minute"] < 0).any():
            return
        load = read_load_with_past(rows, past, self._inventory.rollout)
        count = len(load.minute)
        if count > len(self._tables.arrays["load"]):
            self._tables.grow(Grows.LOAD, count)
        table = self._tables.arrays["load"][:count]
        table["minute"], table["site"], table["size"] = load.minute, load.site, load.size
        self._tables.set(load_count=count)

    def _how_far(self, fault: MemoryError) -> str:
        w = self._tables.world[0]
        hours = max(int(w["now"]), self._furthest) / 3_600_000
        text = say("memory.ran_out", hours=localised(f"{hours:,.1f}"), updates=int(w["jobs_count"]))
        if not self.division.parts:
            text += say("memory.with_log", lines=int(w["log_count"]))
        return f"{text}: {fault}" if str(fault) else text

    def _stop_for(self, interrupt: BaseException) -> None:
        """Let the clock stop for an interrupt from the keyboard."""
        self._fault = interrupt
        self._tables.set(stopped=1)
        if self._apart is not None:
            self._apart.stop()

    def close(self) -> None:
        """Leave the memory to the next run, and let go of the rest at once."""
        if self._counting is not None:
            self._counting.close()
        self._tables.close(keeps_log=self._counting is None)
        self._forget()

    @property
    def _now(self) -> int:
        return int(self._tables.world["now"][0])

    @property
    def ended(self) -> int:
        """Milliseconds on the clock when nothing was left to do, or the end."""
        return self._now

    @property
    def corrected(self) -> int:
        """How often what a log tells of a rollout under way had to be brought about."""
        return int(self._tables.world["corrected"][0])

    def tally(self) -> Tally:
        """Return the run counted, without a log that Python could look at.

        Raises
        ------
        ValueError
            If nobody said by what.
        BaseException
            An interrupt from the keyboard meanwhile.
        """
        counting = self._counting
        if counting is None:
            raise ValueError("a run is counted by what is wanted of it")
        heard, silence = None, counting.wanted.silence
        if silence is not None:
            heard = heard_next(silence, self.log(silence.until))
        with interrupts_held():  # no thread may count what is gone
            found = counting.tally(machine_code(), self._tables, self.ended, self.sent)
        return replace(found, corrected=self.corrected, heard=heard)

    @property
    def sent(self) -> ProxyLoad:
        """What providers sent to neighbours, minute by minute."""
        return read_proxy_load(self._tables.proxy_load, self._draws.past, self._inventory.rollout)

    def log(self, after: int | None = None) -> LogColumns:
        """Return the status log, or its lines after a moment.

        Raises
        ------
        ValueError
            If none was kept.
        """
        self._must_have_kept()
        lines = self._tables.arrays["log"][: int(self._tables.world["log_count"][0])]
        if after is not None:
            lines = lines[np.searchsorted(lines["at"], after, side="right") :]
        return read_log(lines, self._orders.runs)

    def _must_have_kept(self) -> None:
        if not self._keeps_log:
            raise ValueError("the run was counted part by part, and its log was not kept")
        if "log" not in self._tables.arrays:
            raise ValueError("the run is closed: what it has left was taken before")

    def load(self) -> LinkLoad:
        """Return what every line carried, minute by minute.

        Raises
        ------
        ValueError
            If it was not kept.
        """
        self._must_have_kept()
        rows = self._tables.arrays["load"][: int(self._tables.world["load_count"][0])]
        return read_load(rows)

    def output(self) -> RunOutput:
        """Return what the run has left, and close it; a large log is read when all else is gone."""
        self._must_have_kept()
        sent, ended, corrected = self.sent, self.ended, self.corrected
        if int(self._tables.world["log_count"][0]) * LINE.itemsize < LARGE:
            log, load = self.log(), self.load()
            self.close()
        else:
            lines, rows = self._tables.taken("log"), self._tables.taken("load")
            self.close()
            log, load = read_log(lines, self._orders.runs), read_load(rows)
        return RunOutput(log, load, sent, ended, corrected, self.division.played)
