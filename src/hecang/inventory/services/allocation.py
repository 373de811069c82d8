"""Hard promises 分配: these units, at this location and of this lot, are for this demand.

What is free at a stock row (``quantity - allocated``) changes only under the lock of its availability
row: picking and shipping carry allocated units and leave it as it is. So one lock per key guards the
choice among all rows of that key, and stock rows themselves are locked only to be written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from hecang.inventory.keys import AvailabilityKey, AvailabilityRow
from hecang.inventory.policies import AllocationPolicy, Candidate, policy_named
from hecang.inventory.selectors import candidates_of
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.availability import availability_change, availability_lock, reservations_cut
from hecang.kernel import clock
from hecang.kernel.db import columns, fetch, transactional
from hecang.kernel.errors import InvalidInput, Problem

_RESERVATIONS = """
SELECT r.id, r.source_kind, r.source_id, r.warehouse_id, r.sku_id, r.owner_id, r.quantity
FROM (
    SELECT DISTINCT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS d (source_kind, source_id, warehouse_id)
) d
JOIN reservation r USING (source_kind, source_id, warehouse_id)
WHERE r.state = 'active'
ORDER BY r.id
"""

_INSERT = """
INSERT INTO allocation (
    stock_id, quantity, state, source_kind, source_id, reserved_kind, reserved_id, created_at
)
SELECT stock_id, quantity, state, source_kind, source_id, reserved_kind, reserved_id, %s
FROM unnest(
    %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::bigint[]
) WITH ORDINALITY AS a (stock_id, quantity, state, source_kind, source_id, reserved_kind, reserved_id, place)
ORDER BY place
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class AllocationDemand:
    """What wants to be allocated.

    :param source_kind: the document line that it is for, with its id: ``fulfilment_line``.
    :param reservation_source_id: whose reservation it consumes; ``None`` takes units that nobody has
        reserved, to replace what was short or damaged in picking.
    :param min_remaining_days: days of life that the goods must have left today.
    :param from_location_id: where up to ``from_units`` of them were put aside for it: taken from there before the policy
        chooses, whatever it would choose.
    """

    source_id: int
    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int
    reservation_source_id: int | None = None
    min_remaining_days: int = 0
    source_kind: str = "fulfilment_line"
    reservation_source_kind: str = "sales_order_line"
    from_location_id: int | None = None
    from_units: int = 0

    @property
    def key(self) -> AvailabilityKey:
        return AvailabilityKey(self.warehouse_id, self.sku_id, self.owner_id)


@dataclass(frozen=True, slots=True)
class Allocated:
    """One standing allocation: where the units lie that are promised to a source."""

    id: int
    source_kind: str
    source_id: int
    stock_id: int
    warehouse_id: int
    location_id: int
    lot_id: int | None
    sku_id: int
    owner_id: int
    quantity: int
    state: str


@dataclass(frozen=True, slots=True)
class AllocationResult:
    """What was allocated, and units that were not, by source id.

    A short demand keeps its reservation, if it had one: the goods are there, but not as it wants them
    (too near their expiry, say). The caller decides whether to release it.
    """

    allocations: list[Allocated]
    short: dict[int, int]


@transactional
def stock_allocate(*, demands: Sequence[AllocationDemand], policy: str = "fefo") -> AllocationResult:
    """Allocate what these demands have reserved (or what is free), in the order of ``demands``.

    Partial: each gets what there is. Consumes reservations; ``sellable`` and ``reserved`` fall together.
    Locks: facts (shared), availability, stock. Eight statements for any number of demands.

    :param policy: name of an allocation policy; see :mod:`hecang.inventory.policies`.
    :raises InvalidInput: unknown policy, or a quantity that is not positive.
    """
    chosen = policy_named(policy)
    if not demands:
        return AllocationResult([], {})
    _check(demands)
    facts_lock()
    available = availability_lock(demand.key for demand in demands)
    run = _Run(
        policy=chosen,
        available=available,
        candidates=candidates_of(list(available), policy),
        reserved=_reserved(demands),
        today=clock.today(),
    )
    for demand in demands:
        run.serve(demand)
    return run.write()


@dataclass(slots=True)
class _Run:
    """One pass over the demands: decides in memory, then writes each table once."""

    policy: AllocationPolicy
    available: Mapping[AvailabilityKey, AvailabilityRow]
    candidates: dict[AvailabilityKey, list[Candidate]]
    #: (source kind, source id, key) → [[reservation id, units left], …], oldest first.
    reserved: Mapping[tuple[str, int, AvailabilityKey], list[list[int]]]
    today: date
    free: dict[AvailabilityKey, int] = field(default_factory=dict)
    taken: list[tuple[AllocationDemand, Candidate, int]] = field(default_factory=list)
    consumed: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    change: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    short: dict[int, int] = field(default_factory=dict)

    def serve(self, demand: AllocationDemand) -> None:
        promised = self._promised(demand)
        open_units = min(demand.quantity, promised)
        got = 0
        if open_units and demand.from_location_id is not None:
            aside = [c for c in self._suitable(demand) if c.location_id == demand.from_location_id]
            got = self._take(demand, aside, min(demand.from_units, open_units))
        if got < open_units:
            got += self._take(demand, self._suitable(demand), open_units - got)
        if got:
            self._account(demand, got)
        if got < demand.quantity:
            self.short[demand.source_id] = self.short.get(demand.source_id, 0) + demand.quantity - got

    def _take(self, demand: AllocationDemand, candidates: Sequence[Candidate], wanted: int) -> int:
        """Take units as the policy chooses; how many there were."""
        got = 0
        for candidate in self.policy.choose(candidates, wanted) if wanted else ():
            units = min(candidate.free, wanted - got)
            candidate.free -= units
            got += units
            self.taken.append((demand, candidate, units))
            if got == wanted:
                break
        return got

    def _suitable(self, demand: AllocationDemand) -> list[Candidate]:
        """Candidates with free units and enough life left. Used-up ones are dropped for good."""
        standing = [candidate for candidate in self.candidates.get(demand.key, ()) if candidate.free > 0]
        self.candidates[demand.key] = standing
        earliest = self.today + timedelta(days=demand.min_remaining_days)
        return [c for c in standing if c.expires_on is None or c.expires_on >= earliest]

    def _promised(self, demand: AllocationDemand) -> int:
        """Units that this demand may take: what it reserved, or what nobody has."""
        if demand.reservation_source_id is not None:
            return sum(units for _id, units in self.reserved.get(_source(demand), ()))
        if demand.key not in self.free:
            row = self.available.get(demand.key)
            self.free[demand.key] = row.free if row else 0
        return self.free[demand.key]

    def _account(self, demand: AllocationDemand, units: int) -> None:
        change = self.change[self.available[demand.key].id]
        change[0] -= units
        if demand.reservation_source_id is None:
            self.free[demand.key] -= units
            return
        change[1] -= units
        for entry in self.reserved[_source(demand)]:
            part = min(entry[1], units)
            entry[1] -= part
            units -= part
            if part:
                self.consumed[entry[0]] += part

    def write(self) -> AllocationResult:
        allocated: dict[int, int] = defaultdict(int)
        for _demand, candidate, units in self.taken:
            allocated[candidate.stock_id] += units
        reservations_cut([(row_id, units, "consumed") for row_id, units in self.consumed.items()])
        availability_change({row_id: (change[0], change[1]) for row_id, change in self.change.items()})
        books.stock_allocated_change(allocated)
        ids = allocations_insert(
            [
                (c.stock_id, units, "open", d.source_kind, d.source_id, *_reserved_for(d))
                for d, c, units in self.taken
            ]
        )
        return AllocationResult(
            [
                Allocated(
                    row_id,
                    d.source_kind,
                    d.source_id,
                    c.stock_id,
                    c.warehouse_id,
                    c.location_id,
                    c.lot_id,
                    c.sku_id,
                    c.owner_id,
                    units,
                    "open",
                )
                for row_id, (d, c, units) in zip(ids, self.taken, strict=True)
            ],
            self.short,
        )


def allocations_insert(rows: Sequence[tuple[int, int, str, str, int, str, int | None]]) -> list[int]:
    """Write allocations: (stock, quantity, state, source kind and id, reserved kind and id); ids in order."""
    return [row[0] for row in fetch(_INSERT, [clock.now(), *columns(rows, 7)])] if rows else []


def _source(demand: AllocationDemand) -> tuple[str, int, AvailabilityKey]:
    assert demand.reservation_source_id is not None
    return demand.reservation_source_kind, demand.reservation_source_id, demand.key


def _reserved_for(demand: AllocationDemand) -> tuple[str, int | None]:
    if demand.reservation_source_id is None:
        return "", None
    return demand.reservation_source_kind, demand.reservation_source_id


def _reserved(demands: Sequence[AllocationDemand]) -> dict[tuple[str, int, AvailabilityKey], list[list[int]]]:
    wanted = [
        (d.reservation_source_kind, d.reservation_source_id, d.warehouse_id)
        for d in demands
        if d.reservation_source_id is not None
    ]
    found: dict[tuple[str, int, AvailabilityKey], list[list[int]]] = defaultdict(list)
    for row_id, kind, source_id, warehouse_id, sku_id, owner_id, units in (
        fetch(_RESERVATIONS, columns(wanted, 3)) if wanted else ()
    ):
        found[(kind, source_id, AvailabilityKey(warehouse_id, sku_id, owner_id))].append([row_id, units])
    return found


def _check(demands: Sequence[AllocationDemand]) -> None:
    problems = [
        Problem(
            _("The quantity must be at least 1."),
            code="quantity_not_positive",
            loc=f"{index}.quantity",
            row=index,
        )
        for index, demand in enumerate(demands)
        if demand.quantity <= 0
    ]
    if problems:
        raise InvalidInput(_("Nothing was allocated: a quantity is not positive."), problems=problems)
