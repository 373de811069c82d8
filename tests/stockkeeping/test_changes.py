"""Stock changes: small ones apply at once, large ones wait for another person; what is promised stays."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import accounts, catalog, facility, partners
from tests.factories import inventory as make

from hecang.accounts.models import User
from hecang.inventory.models import Lot, Serial, Stock, StockHold
from hecang.inventory.services import (
    ContainerIn,
    LotIn,
    PickMove,
    allocations_pick,
    containers_make,
    lot_get_or_create_many,
)
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.actor import Actor, Scope, acting
from hecang.kernel.errors import NotFound, StateConflict
from hecang.partners.models import Supplier
from hecang.stockkeeping.errors_changes import ChangeBySame, ChangeEmpty, ChangeInvalid
from hecang.stockkeeping.models import StockChange, StockChangeLine
from hecang.stockkeeping.services.changes import (
    Becomes,
    Which,
    change_approve,
    change_cancel,
    change_policy_set,
    change_reject,
    change_request,
)

pytestmark = pytest.mark.django_db


def person(name: str) -> Actor:
    """Somebody who may do everything."""
    user = User.objects.filter(username=name).first() or accounts.user_make(username=name)
    return Actor(kind="user", name=name, user_id=user.id, permissions=frozenset({"*"}))


def row(place: make.Place, code: str = "A01-01-1") -> Stock:
    return Stock.objects.get(location=place.at(code), sku=place.sku, condition="good")


def test_a_small_change_of_condition_applies_at_once() -> None:
    place = make.place(quantity=10)
    with acting(person("lin")):
        done = change_request(
            kind="condition",
            which=Which(stock={row(place).id: 3}),
            becomes=Becomes(condition="damaged"),
            reason="wet",
        )
    assert (done.state, done.units, done.applied_units) == ("applied", 3, 3)
    assert place.stock(condition="damaged") == (3, 0)
    assert place.availability() == (7, 0)
    assert inventory_verify().differences == 0


def test_a_large_one_waits_for_another_person() -> None:
    place = make.place(quantity=500)
    with acting(person("lin")):
        asked = change_request(
            kind="condition",
            which=Which(sku_id=place.sku.id, warehouse_id=place.warehouse.id),
            becomes=Becomes(condition="quarantine"),
            reason="smell",
        )
        assert (asked.state, asked.units) == ("requested", 500)
        with pytest.raises(ChangeBySame):
            change_approve(change_id=asked.id)
    assert place.stock(condition="quarantine") == (0, 0)
    with acting(person("wang")):
        assert change_approve(change_id=asked.id).applied_units == 500
        assert change_approve(change_id=asked.id).applied_units == 500, "a repetition changes nothing"
        with pytest.raises(StateConflict):
            change_reject(change_id=asked.id, note="no")
    change = StockChange.objects.get(id=asked.id)
    assert (change.requested_by, change.decided_by) == ("lin", "wang")
    assert inventory_verify().differences == 0


def test_what_was_picked_meanwhile_stays_as_it_was_promised() -> None:
    place = make.place(quantity=500)
    with acting(person("lin")):
        asked = change_request(
            kind="condition",
            which=Which(sku_id=place.sku.id),
            becomes=Becomes(condition="damaged"),
            reason="x",
        )
    allocation = place.allocate(120)[0]
    allocations_pick(picks=[PickMove(allocation.id, 20, place.at("STAGE-1").id)])
    with acting(person("wang")):
        assert change_approve(change_id=asked.id).applied_units == 380
    assert place.stock(condition="damaged") == (380, 0)
    assert place.stock(condition="good") == (100, 100)
    assert StockChangeLine.objects.get().applied == 380
    assert inventory_verify().differences == 0


def test_promises_that_relied_on_it_are_shorted() -> None:
    place = make.place(quantity=10)
    place.reserve(8)
    with acting(person("lin")):
        change_request(
            kind="condition",
            which=Which(sku_id=place.sku.id),
            becomes=Becomes(condition="damaged"),
            reason="x",
        )
    assert place.availability() == (0, 0)
    assert inventory_verify().differences == 0


def test_a_hold_stands_at_once_and_ends_with_another_persons_word() -> None:
    place = make.place(is_lot_tracked=True)
    supplier = Supplier.objects.create(code="S1", name="Mill", created_at=clock.now(), updated_at=clock.now())
    lots = lot_get_or_create_many(
        lots=[
            LotIn(place.sku.id, "L1", supplier_id=supplier.id),
            LotIn(place.sku.id, "L2", supplier_id=supplier.id),
        ]
    )
    for key in lots:
        place.put(300, lot=Lot.objects.get(id=key))
    with acting(person("lin")):
        held = change_request(
            kind="hold", which=Which(supplier_id=supplier.id), becomes=Becomes(), reason="recall"
        )
        assert (held.state, held.units) == ("applied", 600)
        assert place.availability() == (0, 0)
        hold = StockHold.objects.get()
        assert (hold.kind, hold.source_kind, hold.source_id) == ("supplier", "stock_change", held.id)
        asked = change_request(
            kind="release", which=Which(), becomes=Becomes(hold_id=hold.id), reason="tested"
        )
        assert asked.state == "requested"
    with acting(person("wang")):
        change_approve(change_id=asked.id)
    assert place.availability() == (600, 0)
    assert inventory_verify().differences == 0


def test_a_container_with_all_in_it_is_held() -> None:
    place = make.place()
    base, inner = containers_make(
        specs=[ContainerIn("pallet", location_id=place.at("A01-01-1").id), ContainerIn(parent_index=0)]
    )
    place.put(5, to_container_id=inner.id)
    place.put(4)
    with acting(person("lin")):
        change_request(kind="hold", which=Which(container_id=base.id), becomes=Becomes(), reason="crushed")
    assert place.availability() == (4, 0)
    assert inventory_verify().differences == 0


@pytest.mark.parametrize("kind", ["owner", "sku"])
def test_owner_and_sku_change_through_two_entries_and_keep_serials(kind: str) -> None:
    place = make.place(is_serial_tracked=True)
    other = make.place(warehouse=place.warehouse, owner=partners.owner("OTHER"), is_serial_tracked=True)
    place.put(3, serials=("A", "B", "C"))
    place.put(2)
    becomes = Becomes(owner_id=other.owner.id) if kind == "owner" else Becomes(sku_id=other.sku.id)
    with acting(person("lin")):
        asked = change_request(
            kind=kind, which=Which(stock={row(place).id: 4}), becomes=becomes, reason="sold"
        )
    with acting(person("wang")):
        assert change_approve(change_id=asked.id).applied_units == 4
    target = make.Place(place.warehouse, place.sku if kind == "owner" else other.sku,
                        other.owner if kind == "owner" else place.owner)  # fmt: skip
    assert (place.availability(), target.availability()) == ((1, 0), (4, 0))
    found = Serial.objects.filter(stock__owner=target.owner, stock__sku=target.sku).order_by("number")
    assert [serial.number for serial in found] == ["A", "B"]
    assert inventory_verify().differences == 0


def test_a_lot_is_set_right() -> None:
    place = make.place(is_lot_tracked=True)
    wrong, right = place.lot("L1"), place.lot("L2")
    place.put(20, lot=wrong)
    with acting(person("lin")):
        done = change_request(
            kind="lot", which=Which(lot_id=wrong.id), becomes=Becomes(lot_id=right.id), reason="misread"
        )
    assert done.applied_units == 20
    assert place.stock(lot=right) == (20, 0)
    assert inventory_verify().differences == 0


@pytest.mark.parametrize(
    ("kind", "which", "becomes", "code"),
    [
        ("condition", Which(), Becomes(condition="damaged"), "goods_missing"),
        ("condition", Which(sku_id=1), Becomes(), "target_missing"),
        ("condition", Which(sku_id=1), Becomes(condition="shiny"), "target_missing"),
        ("hold", Which(sku_id=1), Becomes(), "warehouse_missing"),
        ("hold", Which(lot_id=1, location_id=1), Becomes(), "subject_count"),
        ("release", Which(), Becomes(), "hold_missing"),
        ("release", Which(), Becomes(hold_id=10**12), "hold_missing"),
    ],
)
def test_what_is_not_said_is_asked_for(kind: str, which: Which, becomes: Becomes, code: str) -> None:
    with pytest.raises(ChangeInvalid) as refused:
        change_request(kind=kind, which=which, becomes=becomes, reason="x")
    assert refused.value.instance_code == code


def test_a_change_of_single_rows_says_where_they_lie() -> None:
    place = make.place(quantity=5)
    with acting(person("lin")):
        change_request(
            kind="sku",
            which=Which(stock={row(place).id: 2}),
            becomes=Becomes(sku_id=catalog.sku().id),
            reason="x",
        )
    change = StockChange.objects.get()
    assert (change.warehouse_id, change.sku_id, change.location_id) == (
        place.warehouse.id,
        place.sku.id,
        place.at("A01-01-1").id,
    )


def test_nothing_that_fits_is_refused_and_so_is_what_lies_outside_of_ones_scope() -> None:
    place = make.place(quantity=5)
    with pytest.raises(ChangeEmpty):
        change_request(
            kind="condition", which=Which(sku_id=10**12), becomes=Becomes(condition="damaged"), reason="x"
        )
    blind = Actor(kind="user", name="x", user_id=3, scope=Scope(warehouses=frozenset({0})))
    with acting(blind), pytest.raises(ChangeEmpty):
        change_request(
            kind="condition",
            which=Which(stock={row(place).id: 1}),
            becomes=Becomes(condition="damaged"),
            reason="x",
        )
    with pytest.raises(NotFound):
        change_approve(change_id=10**12)


def test_a_repetition_gets_the_first_answer_and_a_change_can_be_taken_back() -> None:
    place = make.place(quantity=500)
    key = uuid4()
    asked = [
        change_request(
            kind="condition",
            which=Which(sku_id=place.sku.id),
            becomes=Becomes(condition="damaged"),
            reason="x",
            key=key,
        )
        for _time in range(2)
    ]
    assert asked[0] == asked[1]
    assert StockChange.objects.count() == 1
    assert change_cancel(change_id=asked[0].id).state == "cancelled"
    with pytest.raises(StateConflict):
        change_approve(change_id=asked[0].id)


def test_the_limits_are_data() -> None:
    place = make.place(quantity=5)
    change_policy_set(kind="condition", max_units=2, max_value=None)
    with acting(person("lin")):
        ask = {"kind": "condition", "becomes": Becomes(condition="damaged"), "reason": "x"}
        assert change_request(which=Which(stock={row(place).id: 3}), **ask).state == "requested"  # type: ignore[arg-type]
        change_policy_set(kind="condition", max_units=3, max_value=Decimal(1))
        assert change_request(which=Which(stock={row(place).id: 3}), **ask).state == "applied"  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [10, 100])
def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(count: int) -> None:
    house = facility.warehouse(aisles=1, bays=3)
    places = [make.place(warehouse=house, is_serial_tracked=True) for _place in range(count)]
    for place in places:
        place.put(2, serials=("A", "B"))
    stock = {row(place).id: 2 for place in places}
    owner = partners.owner("OTHER")
    with acting(person("lin")):
        asked = change_request(
            kind="owner", which=Which(stock=stock), becomes=Becomes(owner_id=owner.id), reason="x"
        )
    wang = person("wang")
    with acting(wang), CaptureQueriesContext(connection) as captured:
        change_approve(change_id=asked.id)
    assert len(captured) == 28
    assert inventory_verify().differences == 0
