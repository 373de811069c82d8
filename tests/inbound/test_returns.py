"""Goods that come back: found by what is written on the parcel, graded, and each way a movement."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.factories import catalog
from tests.factories.goods_in import dock, putaways, verify
from tests.factories.inventory import Place
from tests.factories.outbound import world

from hecang.inbound.errors_quality import GoodsGone, ReturnInvalid, ReturnStateConflict
from hecang.inbound.models import GoodsReturn, ReturnLine
from hecang.inbound.services.return_grading import (
    GradeIn,
    return_line_dispose,
    return_line_finish,
    return_line_grade,
)
from hecang.inbound.services.returns import (
    ExpectedLine,
    ReturnedIn,
    ReturnIn,
    return_cancel,
    return_open,
    return_open_by_scan,
    return_receive,
    return_receive_undo,
)
from hecang.inventory.errors import PostingInvalid
from hecang.inventory.models import Serial
from hecang.kernel.db import fetch
from hecang.kernel.outbox import drain
from hecang.outbound.models import Parcel

pytestmark = pytest.mark.django_db


def opened(here: Place, *, expected: int = 0, **fields: object) -> int:
    lines = (ExpectedLine(here.sku.pk, expected),) if expected else ()
    return return_open(opened=ReturnIn(here.warehouse.pk, owner_id=here.owner.pk, lines=lines, **fields))  # type: ignore[arg-type]


def received(here: Place, units: int = 4, **fields: object) -> tuple[int, int]:
    """(return, line) of units that have come back."""
    key = opened(here)
    return key, return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, units, **fields))  # type: ignore[arg-type]


def graded(here: Place, grade: str = "A", units: int = 4) -> tuple[int, int]:
    key, line = received(here, units)
    return key, return_line_grade(line_id=line, graded=GradeIn(grade))


# ---------------------------------------------------------------- coming in


def test_returned_units_lie_in_returns_and_cannot_be_sold() -> None:
    here = dock()

    key, _line = received(here)

    assert here.stock("RETURNS", condition="returned") == (4, 0)
    assert here.availability() == (0, 0)
    found = GoodsReturn.objects.get(pk=key)
    assert (found.state, found.unit_count) == ("receiving", 4)
    verify()


def test_what_was_expected_grows_first_and_more_is_seen() -> None:
    here = dock()
    key = opened(here, expected=3, rma="RMA-7")
    assert opened(here, rma="RMA-7") == key
    return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, 2))
    return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, 2))
    other = catalog.sku()
    return_receive(return_id=key, goods=ReturnedIn(other.pk, 1))

    rows = list(
        ReturnLine.objects.filter(goods_return=key).order_by("number").values_list("expected", "received")
    )
    assert rows == [(3, 4), (0, 1)]
    verify()


def test_a_parcel_that_came_back_is_known_by_its_waybill() -> None:
    shop = world(goods={"milk": 10})
    shop.orders([{"milk": 2}])
    shop.released()
    shop.ship_all()
    parcel = Parcel.objects.select_related("waybill", "fulfilment").get()
    assert parcel.waybill is not None

    key = return_open_by_scan(warehouse_id=shop.warehouse.pk, code=parcel.waybill.number)

    assert key is not None
    found = GoodsReturn.objects.get(pk=key)
    assert (found.kind, found.order_id) == ("refused", parcel.fulfilment.order_id)
    (line,) = ReturnLine.objects.filter(goods_return=found)
    assert (line.expected, line.order_line_id is not None) == (2, True)
    # scanned again, or by the parcel's number, it is the same return
    assert return_open_by_scan(warehouse_id=shop.warehouse.pk, code=parcel.number) == key
    return_receive(return_id=key, goods=ReturnedIn(line.sku_id, 2))
    return_line_grade(line_id=line.pk, graded=GradeIn("A"))
    return_line_dispose(line_id=line.pk, disposition="restock")
    found.refresh_from_db()
    assert found.state == "closed"
    drain()
    verify()


def test_an_unknown_code_is_nobodys_return() -> None:
    here = dock()
    assert return_open_by_scan(warehouse_id=here.warehouse.pk, code="SF000") is None


def test_a_scan_by_mistake_is_taken_back() -> None:
    here = dock()
    key, line = received(here, 4)

    return_receive_undo(return_id=key, line_id=line, quantity=4)

    assert here.stock("RETURNS") == (0, 0)
    assert not ReturnLine.objects.exists()
    verify()


def test_a_serial_comes_back_from_the_customer_and_no_other_way() -> None:
    here = dock(is_serial_tracked=True)
    here.put(1, "A01-01-1", serials=("SN-1",))
    key = opened(here)
    with pytest.raises(PostingInvalid), transaction.atomic():
        return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, 1, serials=("SN-1",)))
    here.take(1, to="V-CUSTOMER", reason="ship", serials=("SN-1",))

    return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, 1, serials=("SN-1",)))

    serial = Serial.objects.select_related("stock__location").get(number="SN-1")
    assert serial.stock is not None
    assert serial.stock.location.code == "RETURNS"
    verify()


def test_a_known_lot_comes_back_without_its_dates_being_named_again() -> None:
    here = dock(is_expiry_tracked=True)
    lot = here.lot("L1", 50)

    line = return_receive(return_id=opened(here), goods=ReturnedIn(here.sku.id, 2, lot_code="L1"))

    assert ReturnLine.objects.get(id=line).lot == lot
    assert here.stock("RETURNS", condition="returned", lot=lot) == (2, 0)
    verify()


def test_only_what_has_not_come_can_be_cancelled() -> None:
    here = dock()
    key = opened(here)
    return_cancel(return_id=key, reason="Customer keeps it")
    return_cancel(return_id=key, reason="Customer keeps it")
    with pytest.raises(ReturnStateConflict):
        return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, 1))
    with pytest.raises(ReturnStateConflict):
        return_cancel(return_id=received(here)[0], reason="x")


# ---------------------------------------------------------------- grading and ways


def test_a_part_is_graded_by_itself() -> None:
    here = dock()
    _key, line = received(here, 5)

    good = return_line_grade(line_id=line, graded=GradeIn("A", 3))
    bad = return_line_grade(line_id=line, graded=GradeIn("D"))

    assert bad == line != good
    rows = dict(ReturnLine.objects.values_list("grade", "received"))
    assert rows == {"A": 3, "D": 2}
    verify()


@pytest.mark.parametrize(
    ("disposition", "condition", "putaway"),
    [("restock", "good", "good"), ("refurbish", "damaged", "damaged"), ("vendor", "quarantine", "quarantine"),
     ("quarantine", "quarantine", "quarantine")],
)  # fmt: skip
def test_each_way_is_a_movement(disposition: str, condition: str, putaway: str) -> None:
    here = dock()
    key, line = graded(here, "B")

    return_line_dispose(line_id=line, disposition=disposition)

    assert here.stock("RETURNS", condition=condition) == (4, 0)
    assert [row.condition for row in putaways(here)] == [putaway]
    assert GoodsReturn.objects.get(pk=key).state == "closed"
    moved = fetch(
        "SELECT from_condition, to_condition, quantity FROM movement WHERE source_kind = 'return_line'"
    )
    assert moved == [("returned", condition, 4)]
    verify()


def test_scrapped_goods_leave_the_books() -> None:
    here = dock()
    _key, line = graded(here, "D")
    with pytest.raises(ReturnInvalid):
        return_line_dispose(line_id=line, disposition="restock")

    return_line_dispose(line_id=line, disposition="scrap")

    assert here.stock("RETURNS") == (0, 0)
    verify()


def test_restocked_goods_reach_a_shelf_and_can_be_sold() -> None:
    from hecang.inbound.services.putaways import putaway_confirm

    here = dock()
    _key, line = graded(here)
    return_line_dispose(line_id=line, disposition="restock")
    drain()

    putaway_confirm(putaway_id=putaways(here)[0].pk)

    assert here.availability() == (4, 0)
    verify()


def test_mended_goods_go_back_to_stock_and_others_to_the_supplier() -> None:
    here = dock()
    _key, line = graded(here, "C")
    return_line_dispose(line_id=line, disposition="refurbish")
    with pytest.raises(ReturnInvalid):
        return_line_finish(line_id=line, outcome="sent")
    return_line_finish(line_id=line, outcome="restock")
    assert here.stock("RETURNS", condition="good") == (4, 0)
    with pytest.raises(ReturnStateConflict):
        return_line_finish(line_id=line, outcome="restock")

    _key, line = graded(here, "C")
    return_line_dispose(line_id=line, disposition="vendor")
    return_line_finish(line_id=line, outcome="sent")
    assert here.stock("RETURNS", condition="quarantine") == (0, 0)
    verify()


def test_what_is_mended_before_it_was_put_away_is_put_away_once() -> None:
    here = dock()
    _key, line = graded(here, "C")
    return_line_dispose(line_id=line, disposition="refurbish")

    return_line_finish(line_id=line, outcome="restock")

    assert [(one.condition, one.state) for one in putaways(here)] == [
        ("damaged", "cancelled"),
        ("good", "waiting"),
    ]
    verify()


def test_it_is_decided_once_and_not_before_it_is_graded() -> None:
    here = dock()
    _key, line = received(here)
    with pytest.raises(ReturnStateConflict, match="Grade"):
        return_line_dispose(line_id=line, disposition="scrap")
    return_line_grade(line_id=line, graded=GradeIn("B"))
    return_line_dispose(line_id=line, disposition="quarantine")

    with pytest.raises(ReturnStateConflict):
        return_line_dispose(line_id=line, disposition="scrap")
    with pytest.raises(ReturnStateConflict):
        return_line_grade(line_id=line, graded=GradeIn("A"))


def test_goods_that_are_gone_are_not_disposed_of() -> None:
    here = dock()
    _key, line = graded(here)
    here.take(1, "RETURNS", from_condition="returned", to_condition="returned")

    with pytest.raises(GoodsGone):
        return_line_dispose(line_id=line, disposition="restock")
