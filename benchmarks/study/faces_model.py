"""Some days of a warehouse whose pick faces run empty and are filled again, by the rules that Hecang itself goes by.

What goes where is decided by ``hecang.stockkeeping.replenishing`` (minimum and maximum, which units, which priority), the
order of the goods by ``hecang.inventory.policies``. Only what surrounds them is modelled here: when orders come and waves
go, and how long it takes to carry goods down.
"""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from benchmarks.study.faces_site import Site
from hecang.inventory.policies import Candidate
from hecang.stockkeeping.replenishing import PRIORITIES, Carry, Face, carries_of

DAY = 86_400
ROUND_SECONDS = 600
#: People who bring goods work, and waves are made, between these hours.
SHIFT = (7, 21)
WAVES = (8, 20)
#: A wave is picked within this time after its release; after that nobody picks.
PICK_SECONDS = 2700
SPEED_M_S = 1.2
#: Taking a load up and putting it down, without the walk.
HANDLING_SECONDS = 90
#: SKUs that are filled up in passing, and in a round while nobody picks.
NEAR_SKUS, QUIET_SKUS = 3, 20


@dataclass(frozen=True, slots=True)
class Way:
    """How faces are filled.

    :param ahead: below the minimum, in rounds and after each release; else only when somebody found too little.
    :param demand: and for what orders have reserved, and for each wave when it is made.
    :param top_up: and in passing, and while nobody picks.
    """

    name: str
    text: str
    ahead: bool = True
    demand: bool = True
    top_up: bool = True


WAYS = (
    Way("a", "on call only", ahead=False, demand=False, top_up=False),
    Way("b", "minimum and maximum", demand=False, top_up=False),
    Way("c", "+ demand of waves to come", top_up=False),
    Way("d", "+ filled up in passing"),
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Pick lines by the time at which their order came.

    :param second: seconds since the first midnight, ascending, shape (n,).
    :param sku: shape (n,).
    :param units: shape (n,).
    """

    second: npt.NDArray[np.int64]
    sku: npt.NDArray[np.int64]
    units: npt.NDArray[np.int64]


@dataclass(slots=True)
class Tally:
    """What was counted after the warm-up.

    :param empty: lines that the faces could not serve in full when their wave took its goods: the picker is sent to reserve.
    :param beyond: of these, lines of SKUs of which the wave wants more than all their faces hold when full.
    :param metres: walked by those who bring goods, empty ways included.
    :param busy: seconds that they walked and handled.
    """

    lines: int = 0
    empty: int = 0
    beyond: int = 0
    tasks: int = 0
    units: int = 0
    metres: float = 0.0
    busy: float = 0.0
    paid: float = 0.0
    by_cause: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(slots=True)
class _Carrier:
    at: tuple[float, float]
    busy: bool = False


class Days:
    """One run. Times are seconds since the first midnight.

    :param lead: seconds between the making of a wave and its release.
    """

    def __init__(
        self, site: Site, lines: Lines, way: Way, *, carriers: int, lead: int, days: int, warm_up: int
    ) -> None:
        self.site, self.lines, self.way, self.lead = site, lines, way, lead
        self.end, self.counted_from = days * DAY, warm_up * DAY
        self.faces = [replace(face) for face in site.faces]
        self.rows = {row.stock_id: replace(row) for rows in site.reserve.values() for row in rows}
        self.of_sku = {sku: [self.faces[index] for index in mine] for sku, mine in site.faces_of.items()}
        self.most = {sku: sum(face.max_quantity for face in mine) for sku, mine in self.of_sku.items()}
        self.claimed: dict[int, int] = defaultdict(int)
        self.waiting: dict[int, int] = defaultdict(int)
        self.taken = 0
        self.open: list[int] = []
        self.picking_until = 0
        self.pool: list[Carry] = []
        self.carriers = [_Carrier(site.floor.depot) for _ in range(carriers)]
        self.visits: dict[int, int] = defaultdict(int)
        self.tally = Tally()
        self.events: list[tuple[float, int, str, tuple[object, ...]]] = []
        self._number = itertools.count()

    def run(self) -> Tally:
        """Live all days."""
        for day in range(self.end // DAY):
            for at in range(day * DAY, (day + 1) * DAY, ROUND_SECONDS):
                self._at(at, "round")
            for hour in range(*WAVES):
                self._at(day * DAY + hour * 3600, "wave")
            if day * DAY >= self.counted_from:
                self.tally.paid += len(self.carriers) * (SHIFT[1] - SHIFT[0]) * 3600
        while self.events and self.events[0][0] < self.end:
            at, _number, name, data = heapq.heappop(self.events)
            getattr(self, f"_{name}")(at, *data)
            self._send(at)
        return self.tally

    def _at(self, at: float, name: str, *data: object) -> None:
        heapq.heappush(self.events, (at, next(self._number), name, data))

    # ------------------------------------------------------------ orders and waves

    def _reserve(self, at: float) -> None:
        """Lines that came since the last look are reserved, and wait for a wave."""
        first, self.taken = self.taken, int(np.searchsorted(self.lines.second, at))
        for line in range(first, self.taken):
            self.waiting[int(self.lines.sku[line])] += int(self.lines.units[line])
            self.open.append(line)

    def _wave(self, at: float) -> None:
        """Everything that waits becomes a wave; its release follows."""
        self._reserve(at)
        members, self.open = self.open, []
        if self.way.demand:
            wanted: dict[int, int] = defaultdict(int)
            for line in members:
                wanted[int(self.lines.sku[line])] += int(self.lines.units[line])
            self._plan(wanted, wanted)
        self._at(at + self.lead, "release", members)

    def _release(self, at: float, members: Sequence[int]) -> None:
        """Each line takes its goods from the faces and, for what they lack, from reserve."""
        touched: dict[int, bool] = {}
        wanted: dict[int, int] = defaultdict(int)
        for line in members:
            wanted[int(self.lines.sku[line])] += int(self.lines.units[line])
        for line in members:
            sku, units = int(self.lines.sku[line]), int(self.lines.units[line])
            self.waiting[sku] -= units
            lacking = self._take(sku, units)
            touched[sku] = touched.get(sku, False) or lacking > 0
            if at >= self.counted_from:
                self.tally.lines += 1
                self.tally.empty += lacking > 0
                self.tally.beyond += lacking > 0 and wanted[sku] > self.most[sku]
        self.picking_until = int(at) + PICK_SECONDS
        if self.way.ahead:
            self._plan(touched, {})
        else:
            self._call([sku for sku, fell_short in touched.items() if fell_short])

    def _take(self, sku: int, units: int) -> int:
        """Units that had to come from reserve; the order takes what is claimed, too."""
        for face in self.of_sku[sku]:
            taken = min(face.free, units)
            face.free -= taken
            units -= taken
        lacking = units
        for row in self.site.reserve[sku]:
            mine = self.rows[row.stock_id]
            taken = min(mine.free, units)
            mine.free -= taken
            units -= taken
        if units:
            raise RuntimeError(f"reserve of SKU {sku} ran dry")
        return lacking

    # ------------------------------------------------------------ planning

    def _round(self, at: float) -> None:
        self._reserve(at)
        if not self.way.ahead:
            return
        demand = self.waiting if self.way.demand else {}
        self._plan(self.of_sku, demand)
        if self.way.top_up and at >= self.picking_until:
            self._top_up(self.faces, QUIET_SKUS)

    def _plan(self, skus: Collection[int], demand: dict[int, int], *, top_up: bool = False) -> None:
        for sku in skus:
            mine = self.of_sku[sku]
            wanted = demand.get(sku, 0)
            have, is_low = 0, False
            for face in mine:  # most of the time of a run is spent here
                there = face.free + face.coming
                have += there
                is_low = is_low or there < face.min_quantity
            if is_low or top_up or wanted > have:
                self._claim(carries_of(mine, self._sources(sku), demand=wanted, top_up=top_up))

    def _call(self, skus: Collection[int]) -> None:
        """Pickers who found too little call for goods: what fits."""
        for sku in skus:
            mine = self.of_sku[sku]
            wanted = {face.id: face.max_quantity for face in mine}
            self._claim(carries_of(mine, self._sources(sku), wanted=wanted))

    def _top_up(self, faces: Sequence[Face], most: int) -> bool:
        chosen = sorted(
            (face for face in faces if face.room >= face.multiple),
            key=lambda one: one.have / one.max_quantity,
        )
        skus = list(dict.fromkeys(face.sku_id for face in chosen))[:most]
        before = len(self.pool)
        self._plan(skus, {}, top_up=True)
        return len(self.pool) > before

    def _sources(self, sku: int) -> list[Candidate]:
        rows = (self.rows[row.stock_id] for row in self.site.reserve[sku])
        free = (replace(row, free=row.free - self.claimed[row.stock_id]) for row in rows)
        return [row for row in free if row.free > 0]

    def _claim(self, carries: Sequence[Carry]) -> None:
        for carry in carries:
            carry.face.coming += carry.units
            self.claimed[carry.source.stock_id] += carry.units
            self.pool.append(carry)

    # ------------------------------------------------------------ carrying

    def _send(self, at: float) -> None:
        if not SHIFT[0] * 3600 <= at % DAY < SHIFT[1] * 3600:
            return
        for carrier in self.carriers:
            if not carrier.busy and self.pool:
                self._carry(at, carrier)

    def _carry(self, at: float, carrier: _Carrier) -> None:
        """The most urgent kind first, of it the nearest."""
        urgency = min(PRIORITIES[one.cause] for one in self.pool)
        near = [index for index, one in enumerate(self.pool) if PRIORITIES[one.cause] == urgency]
        places = self.site.points[[self.pool[index].source.location_id for index in near]]
        metres = self.site.floor.distances(np.array([carrier.at]), places)[0]
        best = int(metres.argmin())
        carry = self.pool.pop(near[best])
        goal = self.site.points[carry.face.location_id]
        walked = float(metres[best]) + float(
            self.site.floor.distances(places[best : best + 1], goal[None])[0, 0]
        )
        visit = self.visits[carry.face.id]
        self.visits[carry.face.id] += 1
        pace = self.site.pace[carry.face.id, visit % self.site.pace.shape[1]]
        seconds = walked / SPEED_M_S + HANDLING_SECONDS * pace
        carrier.busy, carrier.at = True, (float(goal[0]), float(goal[1]))
        if at >= self.counted_from:
            self.tally.tasks += 1
            self.tally.metres += walked
            self.tally.busy += seconds
            self.tally.by_cause[carry.cause] += 1
        self._at(at + seconds, "arrive", carrier, carry)

    def _arrive(self, at: float, carrier: _Carrier, carry: Carry) -> None:
        carrier.busy = False
        row = self.rows[carry.source.stock_id]
        self.claimed[row.stock_id] -= carry.units
        carry.face.coming -= carry.units
        moved = min(carry.units, row.free)
        row.free -= moved
        carry.face.free += moved
        if at >= self.counted_from:
            self.tally.units += moved
        if moved < carry.units and self.way.ahead:  # orders took the units first
            self._plan([carry.face.sku_id], self.waiting if self.way.demand else {})
        if self.way.top_up and not self.pool:
            self._top_up([self.faces[index] for index in self.site.beside(carry.face)], NEAR_SKUS)


def lives(
    site: Site, lines: Lines, ways: Sequence[Way], *, carriers: int, lead: int, days: int, warm_up: int
) -> Iterator[Tally]:
    """The same days under each way."""
    for way in ways:
        yield Days(site, lines, way, carriers=carriers, lead=lead, days=days, warm_up=warm_up).run()
