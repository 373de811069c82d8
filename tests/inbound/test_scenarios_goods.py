"""The handheld's jobs between the dock and the shelf: put away, inspect, returns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories import catalog, goods_in
from tests.factories.floor import Handheld
from tests.factories.goods_in import arrive, dock, inspections, plan, putaways, verify
from tests.factories.inventory import Place

from hecang.inbound.errors_quality import ReturnInvalid
from hecang.inbound.models import Claim, GoodsReturn, PutawayOverride, ReturnLine
from hecang.inbound.services.checklists import Item
from hecang.inbound.services.putaway_policies import PolicyIn, policy_save
from hecang.inbound.services.return_grading import return_line_finish
from hecang.inbound.services.returns import ExpectedLine, ReturnIn, return_open
from hecang.inventory.models import Serial
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


def mug(**fields: object) -> Place:
    return dock(code="MUG", barcode="6901234567892", **fields)


# ---------------------------------------------------------------- put away


def test_goods_are_scanned_carried_and_put_down() -> None:
    here = mug()
    arrive(here, 10)
    drain()
    (row,) = putaways(here)

    pda = Handheld(here.warehouse).begin("putaway").expect("scan_goods")
    pda.give("goods", "6901234567892").expect("scan_place", Place=row.to_location.code, From="DOCK-1")
    assert row.to_location.code in pda.prompt
    assert Task.objects.get(subject_id=row.pk).state == "started"
    pda.give("place", row.to_location.code).expect("scan_goods")

    assert "put to" in pda.said
    assert here.availability() == (10, 0)
    assert Task.objects.get(subject_id=row.pk).state == "done"
    pda.leave()
    verify()


def test_the_next_one_is_given_and_a_place_found_where_none_was() -> None:
    here = mug()
    arrive(here, 4)
    pda = Handheld(here.warehouse).begin("putaway")
    pda.refused("next", code="nothing_to_do")
    drain()

    pda.give("next").expect("scan_place")
    pda.give("otherwise", "part").expect("say_part").give("quantity", 3).give(
        "place", putaways(here)[0].to_location.code
    ).expect("scan_place")
    assert here.availability() == (3, 0)
    pda.give("place", putaways(here)[0].to_location.code).expect("scan_goods")
    assert here.availability() == (4, 0)
    verify()


def test_goods_that_nobody_planned_are_planned_when_they_are_scanned() -> None:
    here = mug()
    arrive(here, 4)

    Handheld(here.warehouse).begin("putaway").give("goods", "DOCK-1").expect("scan_place")

    assert putaways(here)[0].state == "planned"


def test_another_place_is_asked_about_and_a_wrong_one_refused() -> None:
    here = mug()
    arrive(here, 4)
    drain()
    pda = Handheld(here.warehouse).begin("putaway").give("goods", "MUG")

    pda.refused("place", "6901234567892", code="place_unknown")
    pda.give("place", "A02-09-1").expect("say_reason")
    pda.give("reason", "full").expect("scan_goods")

    assert PutawayOverride.objects.get().reason == "full"
    assert here.stock("A02-09-1") == (4, 0)
    arrive(here, 4)
    drain()
    pda.give("goods", "MUG").give("place", "DAMAGED").refused("reason", "better", code="place_unfit")
    verify()


def test_a_task_of_the_pool_is_begun_and_given_back() -> None:
    here = mug()
    arrive(here, 4)
    drain()
    task = Task.objects.get(kind="putaway")

    pda = Handheld(here.warehouse).begin("putaway", {"task_id": str(task.pk)}).expect("scan_place")
    pda.give("otherwise", "give_back").expect("scan_goods")

    task.refresh_from_db()
    assert task.state == "open"
    # and by leaving, too
    pda.give("goods", "MUG").leave()
    task.refresh_from_db()
    assert task.state == "open"


def test_goods_without_a_place_can_be_put_to_one_that_somebody_knows() -> None:
    here = mug(aisles=1, bays=1)
    for code in ("A01-01-1", "A01-02-1"):
        Place(here.warehouse, catalog.sku(), here.owner).put(1, code)
    arrive(here, 4)
    drain()
    pda = Handheld(here.warehouse).begin("putaway").give("goods", "MUG").expect("scan_place", Place="—")
    pda.refused("place", "A01-01-1", code="place_unfit")

    policy_save(warehouse_id=here.warehouse.pk, policy=PolicyIn(mix_skus=True))
    pda.give("place", "A01-01-1").expect("scan_goods")
    assert here.stock("A01-01-1") == (4, 0)
    verify()


def test_two_drivers_never_carry_the_same_goods() -> None:
    here = mug()
    arrive(here, 4)
    drain()
    Handheld(here.warehouse).begin("putaway").give("goods", "MUG")

    Handheld(here.warehouse).begin("putaway").refused("goods", "MUG", code="nothing_to_do")


def test_what_is_no_code_is_refused() -> None:
    here = mug()
    pda = Handheld(here.warehouse).begin("putaway")
    pda.refused("goods", "NONSENSE", code="code_unknown").refused("goods", "MUG", code="nothing_to_do")


# ---------------------------------------------------------------- inspect

LOOK = Item("look", "Looks as agreed", "yes_no")
LENGTH = Item("length", "Length", "measure", unit="mm", low="98", high="102", required=False)


def test_a_lot_is_inspected_item_by_item_and_accepted() -> None:
    here = mug()
    plan(checklist=(LOOK, LENGTH))
    arrive(here, 40)
    (found,) = inspections(here)

    pda = Handheld(here.warehouse).begin("inspect").give("lot", found.number).expect("answer")
    assert pda.prompt == "Looks as agreed"
    pda.give("answer", "yes").expect("answer")
    pda.refused("answer", "long", code="inspection_result_invalid")
    pda.give("answer", "100").expect("look")
    assert pda.options("act") == ["all", "other", "defect", "reject"]
    pda.give("act", "other").give("counted", 3)
    assert pda.options("act") == ["all", "other", "defect", "reject"]
    pda.give("act", "all")
    assert pda.options("act") == ["accept", "other", "defect", "reject"]
    pda.give("act", "accept").expect("scan_lot")

    assert here.stock("DOCK-1", condition="good") == (40, 0)
    assert Task.objects.get(kind="inspect").state == "done"
    verify()


def test_a_bad_lot_is_refused_and_claimed() -> None:
    here = mug()
    plan(checklist=(LOOK, LENGTH))
    supplier = goods_in.supplier()
    arrive(here, 40, supplier_id=supplier.pk)

    pda = Handheld(here.warehouse).begin("inspect").give("next").expect("answer")
    pda.give("answer", "no").expect("bad_units").give("units", 6).expect("answer")
    pda.give("skip").expect("look")
    pda.give("act", "defect").expect("defect_class").give("defect", "minor").give(
        "defect_text", "Scratch"
    ).expect("look")
    pda.give("act", "reject").give("rejected_to", "vendor").give("reason", "Broken").expect("scan_lot")

    assert here.stock("DOCK-1", condition="quarantine") == (40, 0)
    assert Claim.objects.get().quantity == 40
    (found,) = inspections(here)
    assert (found.major, found.minor, found.decision) == (6, 1, "reject")
    verify()


def test_who_leaves_gives_the_lot_back() -> None:
    here = mug()
    plan(checklist=(LOOK,))
    arrive(here, 40)
    Handheld(here.warehouse).begin("inspect").give("lot", "MUG").leave()

    assert Task.objects.get(kind="inspect").state == "open"
    Handheld(here.warehouse).begin("inspect").give("lot", "MUG").expect("answer")


# ---------------------------------------------------------------- returns


def test_a_parcel_is_received_graded_and_goes_its_ways() -> None:
    here = mug()
    key = return_open(
        opened=ReturnIn(
            here.warehouse.pk, owner_id=here.owner.pk, rma="RMA-1", lines=(ExpectedLine(here.sku.pk, 3),)
        )
    )
    pda = Handheld(here.warehouse).begin("returns")
    pda.refused("parcel", "NONSENSE", code="parcel_unknown")
    pda.give("parcel", "RMA-1").expect("scan_goods")
    pda.give("goods", "MUG").give("again").give("quantity", 2).expect("scan_goods")
    assert here.stock("RETURNS", condition="returned") == (3, 0)
    pda.undo()
    assert here.stock("RETURNS", condition="returned") == (1, 0)
    pda.give("goods", "6901234567892").give("goods", "MUG").give("done").expect("grade")
    pda.give("part").give("units", 2).give("grade", "A").expect("dispose")
    assert pda.options("disposition")[0] == "restock"
    pda.give("disposition", "restock").expect("grade")
    pda.give("grade", "D").expect("dispose")
    assert "restock" not in pda.options("disposition")
    pda.give("disposition", "scrap").expect("scan_parcel")

    assert GoodsReturn.objects.get(pk=key).state == "closed"
    assert {(row.grade, row.received) for row in ReturnLine.objects.all()} == {("A", 2), ("D", 1)}
    assert here.stock("RETURNS", condition="good") == (2, 0)
    verify()


def test_nothing_written_on_it_and_a_serial_inside() -> None:
    here = mug(is_serial_tracked=True)
    here.put(1, "A01-01-1", serials=("SN-77",))
    here.take(1, to="V-CUSTOMER", reason="ship", serials=("SN-77",))

    pda = Handheld(here.warehouse).begin("returns").give("unknown").expect("scan_goods")
    pda.give("goods", "MUG").expect("scan_serial").give("serial", "SN-77").expect("scan_goods")

    stock = Serial.objects.select_related("stock__location").get(number="SN-77").stock
    assert stock is not None
    assert stock.location.code == "RETURNS"
    verify()


def test_a_lot_is_asked_for_and_may_be_unreadable() -> None:
    here = mug(is_lot_tracked=True)
    pda = Handheld(here.warehouse).begin("returns").give("unknown")
    pda.give("goods", "MUG").expect("scan_lot").give("no_lot").expect("scan_goods")
    pda.give("goods", "MUG").give("lot", "L1").expect("scan_goods")

    codes = set(ReturnLine.objects.values_list("lot__code", flat=True))
    assert codes == {"L1", GoodsReturn.objects.get().number}
    verify()


def test_dated_goods_whose_lot_cannot_be_read_come_in_and_are_never_sold_again() -> None:
    here = mug(is_lot_tracked=True, is_expiry_tracked=True)
    pda = Handheld(here.warehouse).begin("returns").give("unknown")
    pda.give("goods", "MUG").give("no_lot").expect("say_date").give("no_date").expect("scan_goods")
    pda.give("again").give("quantity", 2).expect("scan_goods")

    pda.give("done").give("grade", "A").expect("dispose")
    assert pda.options("disposition")[0] == "scrap"
    assert "restock" not in pda.options("disposition")
    pda.give("disposition", "quarantine").expect("scan_parcel")

    line = ReturnLine.objects.select_related("lot").get()
    assert line.lot is not None
    assert (line.lot.code, line.lot.expires_on, line.lot.is_expired) == (
        GoodsReturn.objects.get().number, None, True,
    )  # fmt: skip
    with pytest.raises(ReturnInvalid) as refused:
        return_line_finish(line_id=line.pk, outcome="restock")
    assert refused.value.instance_code == "date_unreadable"
    return_line_finish(line_id=line.pk, outcome="scrap")
    assert here.availability() == (0, 0)
    verify()


def test_the_date_is_enough_where_the_lot_cannot_be_read_and_a_new_lot_wants_its_date() -> None:
    here = mug(is_lot_tracked=True, is_expiry_tracked=True)
    pda = Handheld(here.warehouse).begin("returns").give("unknown")
    day = clock.today() + timedelta(days=40)
    pda.give("goods", "MUG").give("no_lot").expect("say_date").give("expires_on", day).expect("scan_goods")
    pda.give("goods", "MUG").give("lot", "L9").expect("say_date").give("expires_on", day).expect("scan_goods")
    pda.give("goods", "MUG").give("lot", "L9").expect("scan_goods")

    found = set(ReturnLine.objects.values_list("lot__code", "lot__expires_on", "received"))
    assert found == {(f"{day:%Y%m%d}", day, 1), ("L9", day, 2)}
    pda.give("done").give("grade", "A").expect("dispose")
    assert pda.options("disposition")[0] == "restock"
    verify()
