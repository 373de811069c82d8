"""A month of days: people on several threads at once, the clockwork beside them, nights between."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from django.db import connection
from tests.scenarios.month.buying import BUYERS
from tests.scenarios.month.company import Company
from tests.scenarios.month.gate import GATE
from tests.scenarios.month.keeping import HOUSE, KEEPERS
from tests.scenarios.month.people import Doings, Person
from tests.scenarios.month.selling import SELLERS, SHIPPERS

from hecang.kernel import clock, outbox, periodic, pumps
from hecang.kernel.actor import SYSTEM, acting
from hecang.stockkeeping.models import CountProgramme
from hecang.stockkeeping.services.counts import count_programme_delete
from hecang.work.floor.engine import sessions_close_idle

#: What comes round while people work, and at night besides.
MINUTELY = (
    "inventory.reservations_expire", "work.leases_expire", "inbound.no_shows", "inbound.putaways", "stockkeeping.replenish",
    "stockkeeping.alerts_quantities", "stockkeeping.count_programmes", "orders.backorders_fill", "orders.book_resource",
    "purchasing.recover", "tickets.escalate",
)  # fmt: skip
NIGHTLY = (
    "inventory.lots_expire", "work.sessions_close_idle", "stockkeeping.pick_faces", "stockkeeping.alerts",
    "stockkeeping.count_models", "stockkeeping.count_risks", "purchasing.overdue",
)  # fmt: skip
THREADS = 16
#: Rounds in which nobody found anything, before a thread goes home.
PATIENCE = 6
MOST_ROUNDS = 14


class Month:
    """The company at work.

    :param rate: share of turns that a fault strikes in.
    :param keep: folder for what has to outlive the process: finished days, doings.
    """

    def __init__(self, company: Company, *, rate: float = 0.15, keep: Path | None = None) -> None:
        self.company, self.rate, self.keep = company, rate, keep
        self.doings = Doings()
        self.people: list[Person] = [job(company, self.doings) for job in (*BUYERS, *HOUSE, *SELLERS)]
        for site in company.sites.values():
            seen: dict[type[Person], int] = {}
            for job in (*GATE, *KEEPERS, *SHIPPERS):
                seen[job] = seen.get(job, 0) + 1
                self.people.append(job(company, self.doings, site, seen[job]))

    # ------------------------------------------------------------ days

    def run(self, days: Sequence[int], *, after: Callable[[int], None] = lambda day: None) -> None:
        """Work these days, a night after each."""
        for day in days:
            self.day(day)
            self.night()
            after(day)
            self._note(day)

    def day(self, day: int, *, is_closing: bool = False) -> int:
        """One day; how many turns found something to do."""
        self.company.morning(day)
        for person in self.people:
            person.is_closing = is_closing
            person.morning()
        hands = [self.people[number::THREADS] for number in range(THREADS)]
        busy: list[int] = []
        over = threading.Event()
        workers = [threading.Thread(target=self._hands, args=(mine, busy)) for mine in hands]
        clockwork = threading.Thread(target=self._clockwork, args=(over,))
        for thread in (*workers, clockwork):
            thread.start()
        for thread in workers:
            thread.join()
        over.set()
        clockwork.join()
        self._require_right()
        return sum(busy)

    def night(self) -> None:
        """What is left lying goes back to the pool, lots expire, everything told is delivered."""
        moment = self.company.now() + timedelta(hours=9)
        with clock.at(moment), acting(SYSTEM):
            for name in (*NIGHTLY, *MINUTELY):
                periodic.declared()[name].work()
            sessions_close_idle(timedelta(minutes=30))
            self.deliver()

    def deliver(self) -> None:
        """Everything told reaches everybody, and what waits for a pump is pumped."""
        for _round in range(20):
            handled = outbox.drain()
            waiting = [
                name for name in pumps.pumps_waiting() if name.startswith(("stockkeeping", "purchasing"))
            ]
            for name in waiting:
                pumps.pump_run(name)
            if not handled and not waiting:
                return

    def close(self) -> int:
        """The end of the month: no new plans, no faults, until nobody finds anything to do; how many rounds."""
        self.rate = 0.0
        for key in CountProgramme.objects.values_list("id", flat=True):
            count_programme_delete(programme_id=key)
        for number in range(MOST_ROUNDS):
            busy = self.day(self.company.day + 1, is_closing=True)
            self.night()
            if not busy:
                return number
        return MOST_ROUNDS

    # ------------------------------------------------------------ threads

    def _hands(self, people: Sequence[Person], busy: list[int]) -> None:
        """One thread: its people work in turn until each has done a day's work, or there is none."""
        left = {person: person.turns * (3 if person.is_closing else 1) for person in people}
        pause, idle = threading.Event(), 0
        try:
            while left and idle < PATIENCE and not self.doings.wrong:
                before = len(busy)
                for person in list(left):
                    if person.turn(rate=self.rate):
                        busy.append(1)
                        left[person] -= 1
                        if not left[person]:
                            del left[person]
                # Nobody anywhere found anything: perhaps somebody is in the middle of something that makes work.
                idle = idle + 1 if len(busy) == before else 0
                if idle:
                    pause.wait(0.1)
        except Exception:
            self.doings.is_wrong(f"{person.name} on day {self.company.day}:\n{traceback.format_exc()}")
        finally:
            connection.close()

    def _clockwork(self, over: threading.Event) -> None:
        """What a worker process does: events, pumps, periodic work."""
        try:
            turn = 0
            while not over.is_set():
                with clock.at(self.company.now()), acting(SYSTEM):
                    for name in outbox.backlog():
                        outbox.deliver(name, raise_errors=True)
                    for name in pumps.pumps_waiting():
                        if name.startswith(("stockkeeping", "purchasing")):
                            pumps.pump_run(name)
                    periodic.declared()[MINUTELY[turn % len(MINUTELY)]].work()
                turn += 1
                over.wait(0.1)
        except Exception:
            self.doings.is_wrong(f"clockwork on day {self.company.day}:\n{traceback.format_exc()}")
        finally:
            connection.close()

    # ------------------------------------------------------------ notes

    def _require_right(self) -> None:
        if self.doings.wrong:
            raise AssertionError("\n\n".join(self.doings.wrong))

    def _note(self, day: int) -> None:
        if self.keep is None:
            return
        facts = {
            name: [
                [*key, count] if isinstance(key, tuple) else [key, count] for key, count in counter.items()
            ]
            for name, counter in (
                ("done", self.doings.done),
                ("refused", self.doings.refused),
                ("faults", self.doings.faults),
            )
        }
        partial = self.keep / "partial"
        partial.write_text(json.dumps(facts))
        partial.replace(self.keep / f"day-{day:03}.json")
        for counter in (self.doings.done, self.doings.refused, self.doings.faults):
            counter.clear()


def days_done(keep: Path) -> int:
    """How many days are over."""
    return len(list(keep.glob("day-*.json")))


def notes_read(keep: Path, doings: Doings) -> None:
    """Add what was noted of finished days."""
    for path in sorted(keep.glob("day-*.json")):
        for name, rows in json.loads(path.read_text()).items():
            for row in rows:
                getattr(doings, name)[row[0] if name == "faults" else (row[0], row[1])] += row[-1]
