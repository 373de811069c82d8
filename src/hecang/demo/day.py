"""The demo day: seed, then one or more days of real orders from intake to handover.

Every stage asks the database what is still to do. A run that was killed is finished by the next one; a run
after a finished one finds nothing to do and tells the same report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from hecang.demo import desk, dock, floor, history, source, supply
from hecang.demo.calendar import Calendar
from hecang.demo.context import DayContext, Tally
from hecang.demo.progress import Board
from hecang.demo.report import DayReport, collect
from hecang.demo.seed import Seed, warehouse_ids
from hecang.kernel.outbox import drain


@dataclass(slots=True)
class Demo:
    """A whole run.

    :param days: days that end with the busiest one.
    :param limit: only so many orders of each day; ``None``: all.
    :param history: also load the rest of the year as orders that were shipped before.
    :param output: folder of labels and manifests.
    :param only: products and households to seed; ``None``: all.
    """

    board: Board
    output: Path
    days: int = 1
    limit: int | None = None
    history: bool = False
    only: tuple[frozenset[int], frozenset[int]] | None = None
    tally: Tally = field(default_factory=Tally)

    def run(self) -> DayReport:
        """Seed and work; the report of all days together."""
        seed = Seed(self.board, days=self.days, only=self.only)
        calendar = seed.run()
        drain()  # what an earlier run left undelivered
        externals: list[str] = []
        for back in range(self.days - 1, -1, -1):
            externals += self._day(source.BUSIEST_DAY - timedelta(days=back), seed, calendar)
        supply.live(self.board, calendar, warehouse_ids())
        if self.history:
            history.load(
                self.board,
                calendar,
                seed.people,
                fuel=seed.fuel,
                live_from=source.BUSIEST_DAY - timedelta(days=self.days - 1),
            )
        with self.board.stage("The books are proved"):
            return collect(externals, tally=self.tally, stages=self.board.stages)

    def _day(self, day: date, seed: Seed, calendar: Calendar) -> tuple[str, ...]:
        baskets = list(source.baskets(first=day, last=day, fuel=seed.fuel))[: self.limit]
        context = DayContext(
            day=day,
            board=self.board,
            calendar=calendar,
            sites=warehouse_ids(),
            output=self.output,
            externals=tuple(str(basket.id) for basket in baskets),
            tally=self.tally,
        )
        if not context.is_today:
            seed.deliver(day, calendar)
        desk.take_in(context, baskets, seed.people)
        desk.audit(context)
        floor.work(context)
        dock.pack(context)
        dock.hand_over(context)
        return context.externals
