"""Random sequences of everything that can be done with stock, checked against a model after each step.

The model is plain Python and knows no SQL: dictionaries of what lies where and who was promised what. After
every step the tables must say the same, and ``inventory_verify`` must find nothing (the laws of ADR 0002).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.factories import facility
from tests.factories import inventory as make

from hecang.inventory.errors import AllocationNotOpen, InsufficientStock
from hecang.inventory.models import Allocation, Availability, Reservation, Stock
from hecang.inventory.policies import policy_names
from hecang.inventory.services import (
    AdjustIn,
    DamagedIn,
    MissingIn,
    PickMove,
    PostingIn,
    ShipMove,
    allocations_damage,
    allocations_missing,
    allocations_pick,
    allocations_release,
    allocations_ship,
    hold_place,
    hold_release,
    lots_expire,
    reservations_create,
    reservations_expire,
    reservations_release,
    stock_adjust,
    stock_allocate,
    stock_move,
)
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.errors import HecangError, StockShort

SHELVES = ("A01-01-1", "A01-02-1", "A01-03-1")
PLACES = (*SHELVES, "STAGE-1", "DAMAGED")
UNITS = st.integers(1, 12)
PICK = st.integers(0, 1000)

#: Where a row of the model lies: (index of SKU, place code, lot code or None, condition).
Spot = tuple[int, str, str | None, str]


@dataclass
class Promise:
    sku: int
    units: int
    source: int
    expires: bool = False


@dataclass
class Claim:
    spot: Spot
    units: int
    source: int
    state: str
    reserved: int | None


@dataclass
class Model:
    """What should be true."""

    stock: dict[Spot, int] = field(default_factory=lambda: defaultdict(int))
    promises: dict[int, Promise] = field(default_factory=dict)
    claims: dict[int, Claim] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)
    #: id → (kind, subject)
    holds: dict[int, tuple[str, Any]] = field(default_factory=dict)

    def allocated(self, spot: Spot) -> int:
        return sum(c.units for c in self.claims.values() if c.spot == spot and c.state in {"open", "picked"})

    def free(self, spot: Spot) -> int:
        return self.stock[spot] - self.allocated(spot)

    def is_sellable(self, spot: Spot) -> bool:
        sku, code, lot, condition = spot
        stops = {("sku", sku), ("location", code), ("lot", lot)}
        return (
            condition == "good"
            and code in SHELVES
            and (lot is None or lot not in self.expired)
            and not stops & set(self.holds.values())
        )

    def sellable(self, sku: int) -> int:
        return sum(self.free(spot) for spot in list(self.stock) if spot[0] == sku and self.is_sellable(spot))

    def reserved(self, sku: int) -> int:
        return sum(p.units for p in self.promises.values() if p.sku == sku)

    def short(self) -> None:
        """Break the newest promises until what is left can be kept."""
        for sku in (0, 1):
            for key in sorted((k for k, p in self.promises.items() if p.sku == sku), reverse=True):
                excess = self.reserved(sku) - self.sellable(sku)
                if excess <= 0:
                    break
                self.lower(key, min(excess, self.promises[key].units))

    def lower(self, key: int, units: int) -> None:
        self.promises[key].units -= units
        if not self.promises[key].units:
            del self.promises[key]

    def consume(self, sku: int, source: int, units: int) -> None:
        for key in sorted(k for k, p in self.promises.items() if p.source == source and p.sku == sku):
            part = min(units, self.promises[key].units)
            units -= part
            self.lower(key, part)
        assert units == 0

    def leave(self, key: int, units: int, state: str) -> None:
        """Units leave a claim; without any left it is closed."""
        claim = self.claims[key]
        if claim.units == units:
            claim.state = state
        else:
            claim.units -= units


class Inventory(RuleBasedStateMachine):
    """One warehouse, a plain SKU and one kept by lot and expiry, an owner, three shelves."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        house = facility.warehouse(aisles=1, bays=2)
        self.goods = [
            make.place(warehouse=house),
            make.place(warehouse=house, is_expiry_tracked=True),
        ]
        self.lots = {code: self.goods[1].lot(code, days) for code, days in (("L1", 5), ("L2", 50))}
        self.location = {code: self.goods[0].at(code).id for code in (*PLACES, "V-SUPPLIER")}
        self.code = {value: key for key, value in self.location.items()}
        self.lot_code = {lot.id: code for code, lot in self.lots.items()}
        self.model = Model()
        self.sources = itertools.count(1)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # ------------------------------------------------------------ helpers

    def attempt(self, work: Callable[[], Any], *, fails: type[HecangError] | None = None) -> Any:
        """Run as a transaction of its own; it must fail exactly if the model says so."""
        if fails is None:
            with transaction.atomic():
                return work()
        with pytest.raises(fails), transaction.atomic():
            work()
        return None

    def spots(self, wanted: Callable[[Spot], bool]) -> list[Spot]:
        return sorted((s for s, units in self.model.stock.items() if units and wanted(s)), key=str)

    def claims(self, *states: str) -> list[int]:
        return sorted(key for key, claim in self.model.claims.items() if claim.state in states)

    def entry(self, spot: Spot, units: int, to: str) -> PostingIn:
        sku, code, lot, condition = spot
        return PostingIn(
            sku_id=self.goods[sku].sku.id,
            owner_id=self.goods[sku].owner.id,
            quantity=units,
            from_location_id=self.location[code],
            to_location_id=self.location[to],
            lot_id=self.lots[lot].id if lot else None,
            from_condition=condition,
            to_condition=condition,
            reason="move",
        )

    # ------------------------------------------------------------ goods

    @rule(
        sku=st.integers(0, 1), units=UNITS, shelf=st.sampled_from(SHELVES), lot=st.sampled_from(("L1", "L2"))
    )
    def receive(self, sku: int, units: int, shelf: str, lot: str) -> None:
        with transaction.atomic():
            self.goods[sku].put(units, shelf, lot=self.lots[lot] if sku else None)
        self.model.stock[(sku, shelf, lot if sku else None, "good")] += units

    @precondition(lambda self: any(self.model.stock.values()))
    @rule(pick=PICK, change=st.integers(-15, 5).filter(bool))
    def adjust(self, pick: int, change: int) -> None:
        spots = self.spots(lambda _spot: True)
        spot = spots[pick % len(spots)]
        sku, code, lot, condition = spot
        wish = AdjustIn(
            self.location[code],
            self.goods[sku].sku.id,
            self.goods[sku].owner.id,
            lot_id=self.lots[lot].id if lot else None,
            condition=condition,
            change=change,
        )
        refused = change < 0 and -change > self.model.free(spot)
        self.attempt(lambda: stock_adjust(adjustments=[wish]), fails=InsufficientStock if refused else None)
        if not refused:
            self.model.stock[spot] += change
            self.model.short()

    @precondition(lambda self: any(self.model.stock.values()))
    @rule(pick=PICK, counted=st.integers(0, 20))
    def count(self, pick: int, counted: int) -> None:
        spots = self.spots(lambda _spot: True)
        spot = spots[pick % len(spots)]
        sku, code, lot, condition = spot
        wish = AdjustIn(
            self.location[code],
            self.goods[sku].sku.id,
            self.goods[sku].owner.id,
            lot_id=self.lots[lot].id if lot else None,
            condition=condition,
            counted=counted,
        )
        refused = counted < self.model.allocated(spot)
        self.attempt(
            lambda: stock_adjust(adjustments=[wish], reason="count"),
            fails=InsufficientStock if refused else None,
        )
        if not refused:
            self.model.stock[spot] = counted
            self.model.short()

    @precondition(lambda self: any(self.model.stock.values()))
    @rule(pick=PICK, units=UNITS, to=st.sampled_from(PLACES))
    def move(self, pick: int, units: int, to: str) -> None:
        spots = self.spots(lambda spot: spot[1] != to)
        if not spots:
            return
        spot = spots[pick % len(spots)]
        refused = units > self.model.free(spot)
        self.attempt(
            lambda: stock_move(entries=[self.entry(spot, units, to)]),
            fails=InsufficientStock if refused else None,
        )
        if not refused:
            self.model.stock[spot] -= units
            self.model.stock[(spot[0], to, *spot[2:])] += units
            self.model.short()

    # ------------------------------------------------------------ promises

    @rule(
        sku=st.integers(0, 1),
        wishes=st.lists(UNITS, min_size=1, max_size=3),
        partial=st.booleans(),
        ttl=st.booleans(),
    )
    def reserve(self, sku: int, wishes: list[int], partial: bool, ttl: bool) -> None:
        expires = clock.now() + timedelta(minutes=5) if ttl else None
        source = next(self.sources)
        requests = [self.goods[sku].wish(units, source, expires_at=expires) for units in wishes]
        free = self.model.sellable(sku) - self.model.reserved(sku)
        refused = not partial and sum(wishes) > free
        outcome = self.attempt(
            lambda: reservations_create(requests=requests, partial=partial),
            fails=StockShort if refused else None,
        )
        if refused:
            return
        for units, granted, key in zip(wishes, outcome.granted, outcome.reservation_ids, strict=True):
            assert granted == min(units, free)
            free -= granted
            if granted:
                self.model.promises[key] = Promise(sku, granted, source, ttl)

    @precondition(lambda self: self.model.promises)
    @rule(pick=PICK, units=st.none() | UNITS)
    def release(self, pick: int, units: int | None) -> None:
        keys = sorted(self.model.promises)
        source = self.model.promises[keys[pick % len(keys)]].source
        mine = sorted((k for k, p in self.model.promises.items() if p.source == source), reverse=True)
        standing = sum(self.model.promises[key].units for key in mine)
        expected = standing if units is None else min(units, standing)
        released = self.attempt(
            lambda: reservations_release(
                source_kind="test", source_ids=[source], quantities=None if units is None else [units]
            )
        )
        assert released == {source: expected}
        for key in mine:
            part = min(expected, self.model.promises[key].units)
            expected -= part
            self.model.lower(key, part)

    @rule()
    def expire_reservations(self) -> None:
        with clock.shifted(timedelta(minutes=6)):
            ended = self.attempt(reservations_expire)
        over = [key for key, promise in self.model.promises.items() if promise.expires]
        assert ended == len(over)
        for key in over:
            del self.model.promises[key]

    # ------------------------------------------------------------ allocations

    @precondition(lambda self: self.model.promises)
    @rule(pick=PICK, units=UNITS, policy=st.sampled_from(policy_names()))
    def allocate_reserved(self, pick: int, units: int, policy: str) -> None:
        keys = sorted(self.model.promises)
        promise = self.model.promises[keys[pick % len(keys)]]
        sku, source = promise.sku, promise.source
        standing = sum(p.units for p in self.model.promises.values() if (p.source, p.sku) == (source, sku))
        self.allocate(sku, units, source, policy, at_most=standing)

    @rule(sku=st.integers(0, 1), units=UNITS, policy=st.sampled_from(policy_names()))
    def allocate_free(self, sku: int, units: int, policy: str) -> None:
        self.allocate(sku, units, None, policy, at_most=self.model.sellable(sku) - self.model.reserved(sku))

    def allocate(self, sku: int, units: int, reserved_by: int | None, policy: str, *, at_most: int) -> None:
        demand = self.goods[sku].demand(units, reserved_by)
        result = self.attempt(lambda: stock_allocate(demands=[demand], policy=policy))
        got = sum(allocated.quantity for allocated in result.allocations)
        # Sellable units always suffice for what is reserved: nothing but the promise limits it.
        assert got == min(units, at_most)
        assert result.short == ({demand.source_id: units - got} if got < units else {})
        for allocated in result.allocations:
            spot = (sku, self.code[allocated.location_id], self.lot_code.get(allocated.lot_id), "good")
            assert self.model.is_sellable(spot)
            assert allocated.quantity <= self.model.free(spot)
            self.model.claims[allocated.id] = Claim(
                spot, allocated.quantity, demand.source_id, "open", reserved_by
            )
        if reserved_by is not None:
            self.model.consume(sku, reserved_by, got)
        if policy == "fefo" and got:
            self.check_fefo(sku, {allocated.lot_id for allocated in result.allocations})

    def check_fefo(self, sku: int, used: set[int | None]) -> None:
        if sku == 1 and self.lots["L2"].id in used:
            left = [s for s in self.spots(lambda s: s[2] == "L1") if self.model.is_sellable(s)]
            assert sum(map(self.model.free, left)) == 0

    @precondition(lambda self: self.claims("open", "picked"))
    @rule(pick=PICK, units=UNITS, to=st.sampled_from(("STAGE-1", "A01-02-1")))
    def pick(self, pick: int, units: int, to: str) -> None:
        keys = self.claims("open", "picked")
        key = keys[pick % len(keys)]
        claim = self.model.claims[key]
        if claim.spot[1] == to:
            return
        refused = units > claim.units
        picked = self.attempt(
            lambda: allocations_pick(picks=[PickMove(key, units, self.location[to])]),
            fails=AllocationNotOpen if refused else None,
        )
        if refused:
            return
        target = (claim.spot[0], to, *claim.spot[2:])
        self.model.stock[claim.spot] -= units
        self.model.stock[target] += units
        if units == claim.units:
            assert picked[0].id == key
            claim.spot, claim.state = target, "picked"
        else:
            claim.units -= units
            self.model.claims[picked[0].id] = Claim(target, units, claim.source, "picked", claim.reserved)

    @precondition(lambda self: self.claims("picked"))
    @rule(pick=PICK, units=st.none() | UNITS)
    def ship(self, pick: int, units: int | None) -> None:
        keys = self.claims("picked")
        source = self.model.claims[keys[pick % len(keys)]].source
        mine = [key for key in keys if self.model.claims[key].source == source]
        standing = sum(self.model.claims[key].units for key in mine)
        gone = standing if units is None else units
        shipped = self.attempt(
            lambda: allocations_ship(ships=[ShipMove(source, gone)], source_kind="test"),
            fails=AllocationNotOpen if gone > standing else None,
        )
        if gone > standing:
            return
        assert shipped == {source: gone}
        for key in mine:
            claim = self.model.claims[key]
            part = min(gone, claim.units)
            gone -= part
            self.model.stock[claim.spot] -= part
            if part and part < claim.units:
                newest = Allocation.objects.order_by("-id")[0]
                self.model.claims[newest.id] = Claim(claim.spot, part, source, "shipped", claim.reserved)
            if part:
                self.model.leave(key, part, "shipped")

    @precondition(lambda self: self.claims("open", "picked"))
    @rule(pick=PICK, units=st.none() | UNITS, restore=st.booleans())
    def let_go(self, pick: int, units: int | None, restore: bool) -> None:
        keys = self.claims("open", "picked")
        key = keys[pick % len(keys)]
        claim = self.model.claims[key]
        refused = units is not None and units > claim.units
        outcome = self.attempt(
            lambda: allocations_release(
                allocation_ids=[key], quantities=None if units is None else [units], restore=restore
            ),
            fails=AllocationNotOpen if refused else None,
        )
        if refused:
            return
        gone = claim.units if units is None else units
        sellable = self.model.is_sellable(claim.spot)
        assert outcome.released == {key: gone}
        assert outcome.sellable == ({key: gone} if sellable else {})
        self.model.leave(key, gone, "released")
        if restore and sellable and claim.reserved is not None:
            assert outcome.restored == {("test", claim.reserved): gone}
            newest = Reservation.objects.order_by("-id")[0]
            self.model.promises[newest.id] = Promise(claim.spot[0], gone, claim.reserved)
        else:
            assert outcome.restored == {}

    @precondition(lambda self: self.claims("open", "picked"))
    @rule(pick=PICK, units=UNITS, elsewhere=st.booleans())
    def damage(self, pick: int, units: int, elsewhere: bool) -> None:
        keys = self.claims("open", "picked")
        key = keys[pick % len(keys)]
        claim = self.model.claims[key]
        refused = units > claim.units
        to = "DAMAGED" if elsewhere else claim.spot[1]
        self.attempt(
            lambda: allocations_damage(
                damages=[DamagedIn(key, units, self.location[to] if elsewhere else None)]
            ),
            fails=AllocationNotOpen if refused else None,
        )
        if not refused:
            self.model.stock[claim.spot] -= units
            self.model.stock[(claim.spot[0], to, claim.spot[2], "damaged")] += units
            self.model.leave(key, units, "released")

    @precondition(lambda self: self.claims("open", "picked"))
    @rule(pick=PICK, units=UNITS)
    def missing(self, pick: int, units: int) -> None:
        keys = self.claims("open", "picked")
        key = keys[pick % len(keys)]
        claim = self.model.claims[key]
        refused = units > claim.units
        self.attempt(
            lambda: allocations_missing(missing=[MissingIn(key, units)]),
            fails=AllocationNotOpen if refused else None,
        )
        if refused:
            return
        self.model.leave(key, units, "released")
        gone = self.model.free(claim.spot)
        self.model.stock[claim.spot] -= gone
        self.model.stock[(*claim.spot[:3], "quarantine")] += gone
        self.model.short()

    # ------------------------------------------------------------ stops

    @rule(subject=st.sampled_from((("sku", 0), ("sku", 1), ("location", "A01-01-1"), ("lot", "L2"))))
    def hold(self, subject: tuple[str, Any]) -> None:
        kind, what = subject
        named: dict[str, int] = {}
        if kind == "sku":
            named = {"warehouse_id": self.goods[what].warehouse.id, "sku_id": self.goods[what].sku.id}
        elif kind == "lot":
            named = {"lot_id": self.lots[what].id}
        else:
            named = {"location_id": self.location[what]}
        key = self.attempt(lambda: hold_place(kind=kind, reason="test", **named))
        self.model.holds[key] = subject
        self.model.short()

    @precondition(lambda self: self.model.holds)
    @rule(pick=PICK)
    def lift(self, pick: int) -> None:
        keys = sorted(self.model.holds)
        key = keys[pick % len(keys)]
        assert self.attempt(lambda: hold_release(hold_id=key)) is True
        del self.model.holds[key]

    @precondition(lambda self: "L1" not in self.model.expired)
    @rule()
    def expire_lot(self) -> None:
        over = clock.today() + timedelta(days=6)
        assert self.attempt(lambda: lots_expire(on=over)) == 1
        self.model.expired.add("L1")
        self.model.short()

    # ------------------------------------------------------------ laws

    @invariant()
    def tables_say_what_the_model_says(self) -> None:
        rows = {
            (
                self.index(row.sku_id),
                self.code[row.location_id],
                self.lot_code.get(row.lot_id),
                row.condition,
            ): (
                row.quantity,
                row.allocated,
            )
            for row in Stock.objects.filter(quantity__gt=0)
        }
        assert rows == {s: (units, self.model.allocated(s)) for s, units in self.model.stock.items() if units}
        promised = {
            row.id: (self.index(row.sku_id), row.quantity, row.source_id)
            for row in Reservation.objects.filter(state="active")
        }
        assert promised == {key: (p.sku, p.units, p.source) for key, p in self.model.promises.items()}
        claimed = {row.id: (row.quantity, row.state, row.source_id) for row in Allocation.objects.all()}
        assert claimed == {key: (c.units, c.state, c.source) for key, c in self.model.claims.items()}
        for row in Availability.objects.all():
            sku = self.index(row.sku_id)
            assert (row.sellable, row.reserved) == (self.model.sellable(sku), self.model.reserved(sku))

    @invariant()
    def books_are_right(self) -> None:
        report = inventory_verify(prefix="inventory.")
        assert report.differences == 0, report.as_dict()

    def index(self, sku_id: int) -> int:
        return 0 if sku_id == self.goods[0].sku.id else 1


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_the_laws_hold_under_any_sequence_of_operations() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Inventory,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
