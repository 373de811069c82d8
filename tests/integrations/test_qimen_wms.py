"""Hecang as the warehouse of an ERP that speaks Qimen: ordered, shipped, told; once, in parts, cancelled anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog
from tests.factories.accounts import api_client
from tests.factories.orders import assert_lawful, life
from tests.factories.outbound import hold
from tests.integrations.qimen_world import Partner, partner

from hecang.catalog.models import Sku
from hecang.integrations.errors import ConnectionNotFound
from hecang.integrations.models import QimenDocument, QimenMessage, QimenSending
from hecang.integrations.services.connections import connection_activate, connection_check
from hecang.integrations.services.qimen.changes import changes_tell_all
from hecang.integrations.services.qimen.entries import Received, qimen_entry_receive
from hecang.integrations.services.qimen.sending import sendings_resend
from hecang.integrations.simulators.qimen import delivery_order, entry_order
from hecang.inventory.models import Movement
from hecang.inventory.services import AdjustIn, stock_adjust
from hecang.kernel import clock
from hecang.kernel.errors import InvalidInput, NotFound, StateConflict
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.outbound.models import Parcel


@pytest.fixture
def erp(db: None) -> Iterator[Partner]:
    with partner("erp") as made:
        yield made


def cancel(code: str) -> str:
    return f"<request><warehouseCode>WH01</warehouseCode><orderCode>{code}</orderCode></request>"


def order(code: str) -> SalesOrder:
    return SalesOrder.objects.get(external_number=code)


def sent(erp: Partner, method: str) -> list[dict[str, Any]]:
    """(document, outBizCode, confirmType, item → units) of the messages that the ERP has heard."""
    return [
        {
            "code": one.text("deliveryOrder/deliveryOrderCode"),
            "type": one.text("deliveryOrder/confirmType"),
            "units": {
                row.findtext("itemCode"): int(row.findtext("actualQty") or 0)
                for row in one.root.iterfind("orderLines/orderLine")
            },
        }
        for one in erp.sim.of(method)
    ]


# ------------------------------------------------------------------ the door


def test_the_door_answers_over_http(erp: Partner) -> None:
    """Signed messages are answered as XML, with and without the prefix; the address is the key."""
    body = b"<request><ownerCode>O1</ownerCode></request>"
    for prefix in ("", "taobao.qimen."):
        query = erp.sim.address("warehouseinfo.query", body, prefix=prefix)
        answer = Client().post(
            f"/api/v1/qimen/{erp.connection.inbox_key}", body, content_type="text/xml", query_params=query
        )
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/xml; charset=utf-8"
        assert b"<flag>success</flag>" in answer.content
        assert b"<warehouseCode>WH01</warehouseCode>" in answer.content
    connection_activate(connection_id=erp.connection.pk, is_active=False)
    with pytest.raises(ConnectionNotFound):
        erp.send("warehouseinfo.query", body)


def test_what_is_not_signed_or_not_known_is_refused_and_leaves_nothing(erp: Partner) -> None:
    body = "<request><ownerCode>O1</ownerCode></request>"
    assert (
        erp.refused("warehouseinfo.query", body, timestamp="2020-01-01 00:00:00") == "timestamp-out-of-range"
    )
    assert erp.refused("warehouseinfo.query", body, customerId="OTHER") == "unknown_customer"
    assert erp.refused("no.such.method", body) == "method_unknown"
    assert erp.refused("order.cancel", "<!DOCTYPE a><request/>") == "bad_xml"
    assert erp.refused("warehouseinfo.query", body.replace("O1", "O2")) == "unknown_owner"
    assert erp.refused("storeprocess.create", body) == "not_supported"
    assert erp.refused("transferorder.create", body) == "not_supported"
    assert QimenMessage.objects.filter(state="done").count() == 0


def test_check_proves_the_way(erp: Partner) -> None:
    assert connection_check(connection_id=erp.connection.pk).is_ok
    erp.sim.misbehaviour.refuse = 1
    assert connection_check(connection_id=erp.connection.pk).is_ok  # the ERP itself said no: the way works
    erp.sim.misbehaviour.down = 1
    assert not connection_check(connection_id=erp.connection.pk).is_ok


# ------------------------------------------------------------------ goods


def test_items_and_kits_become_skus(erp: Partner) -> None:
    """Sizes in centimetres, kilograms and hours; several barcodes; a kit of known items."""
    item = (
        "<request><actionType>add</actionType><warehouseCode>WH01</warehouseCode><ownerCode>O1</ownerCode><item>"
        "<itemCode>TEA</itemCode><itemName>龙井 &amp; 茶</itemName><barCode>690001;690002</barCode><length>10.5</length>"
        "<width>5</width><height>2</height><grossWeight>0.250</grossWeight><isShelfLifeMgmt>Y</isShelfLifeMgmt>"
        "<shelfLife>8760</shelfLife><isBatchMgmt>Y</isBatchMgmt></item></request>"
    )
    first = erp.ok("singleitem.synchronize", item).findtext("itemId")
    assert erp.ok("singleitem.synchronize", item).findtext("itemId") == first
    sku = Sku.objects.get(code="TEA")
    assert (sku.name, sku.length_mm, sku.width_mm, sku.weight_g) == ("龙井 & 茶", 105, 50, 250)
    assert (sku.is_lot_tracked, sku.is_expiry_tracked, sku.shelf_life_days) == (True, True, 365)
    assert sorted(sku.barcodes.values_list("code", flat=True)) == ["690001", "690002"]
    kit = (
        "<request><itemCode>BOX</itemCode><ownerCode>O1</ownerCode><items>"
        "<item><itemCode>SKU-1</itemCode><quantity>2</quantity></item>"
        "<comb_item><itemCode>SKU-2</itemCode><quantity>1</quantity></comb_item></items></request>"
    )
    erp.ok("combineitem.synchronize", kit)
    assert Sku.objects.get(code="BOX").kind == "kit"
    assert erp.refused("combineitem.synchronize", kit.replace("SKU-2", "NONE")) == "unknown_item"


def test_stock_is_asked_for_by_total_and_by_lot(erp: Partner) -> None:
    """Only goods of its owner; units that are promised are locked."""
    erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 3)]))
    rows = erp.ok(
        "inventory.query",
        "<request><criteriaList><criteria><warehouseCode>WH01</warehouseCode><ownerCode>O1</ownerCode>"
        "<itemCode>SKU-1</itemCode></criteria></criteriaList></request>",
    ).findall("items/item")
    assert [
        (r.findtext("inventoryType"), r.findtext("quantity"), r.findtext("lockQuantity")) for r in rows
    ] == [("ZP", "100", "3")]
    page = erp.ok(
        "stock.query", "<request><ownerCode>O1</ownerCode><page>2</page><pageSize>1</pageSize></request>"
    )
    assert page.findtext("totalCount") == "2"
    assert [r.findtext("itemCode") for r in page.findall("items/item")] == ["SKU-2"]
    lots = erp.ok(
        "inventorybatch.query",
        "<request><ownerCode>O1</ownerCode><warehouseCode>WH01</warehouseCode></request>",
    )
    assert lots.findtext("totalCount") == "0"
    carriers = erp.ok("expressinfo.query", "<request><ownerCode>O1</ownerCode></request>")
    assert [r.findtext("expressCode") for r in carriers.findall("expressInfos/expressInfo")] == ["SF"]


# ------------------------------------------------------------------ orders out


def test_order_is_shipped_and_confirmed(erp: Partner) -> None:
    """From create to confirm: steps on the way, the parcel, its waybill, and what the ERP wanted to find again."""
    answer = erp.ok(
        "deliveryorder.create", delivery_order("CK1", [("SKU-1", 2), ("SKU-2", 1)], logisticsCode="SF")
    )
    assert answer.findtext("deliveryOrderId") == order("CK1").number
    assert order("CK1").warehouses_only == [erp.world.warehouse.pk]
    assert order("CK1").service is not None
    drain()
    erp.world.released()
    erp.world.ship_all()
    erp.tell()
    [confirm] = erp.sim.of("deliveryorder.confirm")
    assert sent(erp, "deliveryorder.confirm") == [
        {"code": "CK1", "type": "0", "units": {"SKU-1": 2, "SKU-2": 1}}
    ]
    assert confirm.text("deliveryOrder/status") == "DELIVERED"
    assert confirm.text("deliveryOrder/extendProps/shelf") == "A&1"
    assert confirm.text("packages/package/logisticsCode") == "SF"
    assert confirm.text("packages/package/expressCode") != ""
    assert confirm.text("orderLines/orderLine/orderSourceCode") == "T-CK1"
    steps = [one.text("process/processStatus") for one in erp.sim.of("orderprocess.report")]
    assert steps == ["ACCEPT", "PICK", "PACKAGE", "DELIVERED"]
    asked = erp.ok("deliveryorder.query", "<request><orderCode>CK1</orderCode></request>")
    assert asked.findtext("deliveryOrder/status") == "DELIVERED"
    assert asked.findtext("packages/package/expressCode") == confirm.text("packages/package/expressCode")
    process = erp.ok("orderprocess.query", "<request><orderCode>CK1</orderCode></request>")
    assert [p.findtext("processStatus") for p in process.iter("process")] == steps
    erp.world.verify()
    assert_lawful()


def test_same_order_again_is_answered_alike(erp: Partner) -> None:
    body = delivery_order("CK1", [("SKU-1", 2)])
    first = erp.ok("deliveryorder.create", body)
    again = erp.ok("deliveryorder.create", body.replace("<planQty>2", "<planQty>9"))
    assert again.findtext("deliveryOrderId") == first.findtext("deliveryOrderId")
    assert SalesOrder.objects.count() == 1
    assert QimenMessage.objects.get().repeats == 1


def test_refused_order_may_be_mended_and_sent_again(erp: Partner) -> None:
    bad = delivery_order("CK1", [("NONE", 2)])
    assert erp.refused("deliveryorder.create", bad) == "order_rejected"
    assert (
        erp.refused("deliveryorder.create", delivery_order("CK1", [("SKU-1", 1)], warehouse="WH9"))
        == "unknown_warehouse"
    )
    assert (
        erp.refused("deliveryorder.create", delivery_order("CK1", [("SKU-1", 1)], owner="O9"))
        == "unknown_owner"
    )
    assert erp.refused("deliveryorder.create", delivery_order("CK1", [])) == "no_lines"
    assert SalesOrder.objects.count() == 0
    assert QimenMessage.objects.get().state == "failed"
    erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 2)]))
    assert QimenMessage.objects.get().state == "done"


def test_each_parcel_is_confirmed_with_its_own_units(erp: Partner) -> None:
    """Two parcels: increments, the first not final, the last final."""
    erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 3), ("SKU-2", 1)]))
    drain()
    world = erp.world
    world.released()
    world.pick_all()
    fulfilment = world.fulfilment(order("CK1"))
    world.box(fulfilment, {"SKU-1": 2})
    first = world.seal(fulfilment)
    [second] = world.pack_all()
    world.hand_over(Parcel.objects.get(pk=first.data["parcel_id"]))
    erp.tell()
    world.hand_over(second)
    erp.tell()
    assert sent(erp, "deliveryorder.confirm") == [
        {"code": "CK1", "type": "1", "units": {"SKU-1": 2}},
        {"code": "CK1", "type": "0", "units": {"SKU-1": 1, "SKU-2": 1}},
    ]
    world.verify()
    assert_lawful()


def test_kits_are_confirmed_as_kits(erp: Partner) -> None:
    erp.ok(
        "combineitem.synchronize",
        "<request><itemCode>BOX</itemCode><ownerCode>O1</ownerCode><items>"
        "<item><itemCode>SKU-1</itemCode><quantity>2</quantity></item>"
        "<item><itemCode>SKU-2</itemCode><quantity>1</quantity></item></items></request>",
    )
    erp.ok("deliveryorder.create", delivery_order("CK1", [("BOX", 3)]))
    drain()
    erp.world.released()
    erp.world.ship_all()
    erp.tell()
    assert sent(erp, "deliveryorder.confirm") == [{"code": "CK1", "type": "0", "units": {"BOX": 3}}]


def test_stockout_is_confirmed_as_such(erp: Partner) -> None:
    erp.ok("stockout.create", delivery_order("PT1", [("SKU-1", 5)], order_type="PTCK"))
    drain()
    erp.world.released()
    erp.world.ship_all()
    erp.tell()
    assert sent(erp, "stockout.confirm") == [{"code": "PT1", "type": "0", "units": {"SKU-1": 5}}]
    assert erp.sim.of("deliveryorder.confirm") == []


def test_parts_are_gathered_until_all_lines_are_there(erp: Partner) -> None:
    """A part that comes twice counts once, before and after the document is whole."""
    one = delivery_order("CK1", [("SKU-1", 1)], total=3)
    two = delivery_order("CK1", [("SKU-2", 1), ("SKU-1", 4)], total=3, first_line=2)
    erp.ok("deliveryorder.create", one)
    erp.ok("deliveryorder.create", one)
    assert SalesOrder.objects.count() == 0
    erp.ok("deliveryorder.create", two)
    assert order("CK1").unit_count == 6
    erp.ok("deliveryorder.create", two)
    assert SalesOrder.objects.count() == 1


def test_batch_takes_the_good_ones(erp: Partner) -> None:
    good, bad = delivery_order("CK1", [("SKU-1", 1)]), delivery_order("CK2", [("NONE", 1)])
    inner = "".join(f"<order>{one[one.index('<request>') + 9 : -10]}</order>" for one in (good, bad))
    answer = erp.send("deliveryorder.batchcreate", f"<request><orders>{inner}</orders></request>")
    assert answer.findtext("flag") == "failure"
    assert [one.text for one in answer.iter("deliveryOrderCode")] == ["CK2"]
    assert order("CK1").unit_count == 1


def test_pending_and_restore(erp: Partner) -> None:
    erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 1)]))
    body = "<request><actionType>{}</actionType><warehouseCode>WH01</warehouseCode><orderCode>CK1</orderCode></request>"
    erp.ok("order.pending", body.format("pending"))
    assert order("CK1").is_held
    erp.ok("order.pending", body.format("restore"))
    assert not order("CK1").is_held
    assert erp.refused("order.pending", body.format("other")) == "bad_action"
    assert (
        erp.refused("order.callback", "<request><deliveryOrderCode>CK1</deliveryOrderCode></request>")
        == "nothing_to_stop"
    )


@pytest.mark.parametrize("stage", ["intake", "held", "ready", "released", "picked", "packed"])
def test_cancelled_at_every_stage_before_it_leaves(erp: Partner, stage: str) -> None:
    """Cancelled: nothing is promised any more, the ERP is told, and the books are right."""
    erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 2)]))
    if stage != "intake":
        drain()
    if stage == "held":
        hold(order("CK1"))
    if stage in ("released", "picked", "packed"):
        erp.world.released()
    if stage in ("picked", "packed"):
        erp.world.pick_all()
    if stage == "packed":
        erp.world.pack_all()
    erp.ok("order.cancel", cancel("CK1"))
    erp.ok("order.cancel", cancel("CK1"))
    erp.tell()
    assert order("CK1").state == "cancelled"
    assert life(order("CK1")) == [(0, 0, 0, 0, 2)]
    assert erp.sim.of("orderprocess.report")[-1].text("process/processStatus") == "CANCELED"
    assert QimenDocument.objects.get().state == "cancelled"
    assert erp.sim.of("deliveryorder.confirm") == []
    erp.world.verify()
    assert_lawful()


def test_shipped_order_cannot_be_cancelled(erp: Partner) -> None:
    erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 2)]))
    drain()
    erp.world.released()
    erp.world.ship_all()
    assert erp.refused("order.cancel", cancel("CK1")) == "cancel_refused"
    assert erp.refused("order.cancel", cancel("CK9")) == "unknown_document"


def test_short_picks_are_told(erp: Partner) -> None:
    erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 5)]))
    drain()
    erp.world.released()
    [task] = erp.world.tasks()
    erp.world.pick(task, 2, "short")
    erp.tell()
    [lack] = erp.sim.of("itemlack.report")
    assert (lack.text("deliveryOrderCode"), lack.text("items/item/lackQty")) == ("CK1", "2")


# ------------------------------------------------------------------ the queue


@pytest.mark.parametrize("trouble", ["lost", "down", "busy", "garbage"])
def test_what_fails_on_the_way_is_told_again(erp: Partner, trouble: str) -> None:
    """Under the same key, so that the ERP books it once."""
    document = _entry(erp)
    qimen_entry_receive(document_id=document.pk, received=[Received(1, 1)], out_biz_code="R1", is_final=True)
    setattr(erp.sim.misbehaviour, trouble, 1)
    assert erp.tell() == 0
    assert QimenSending.objects.get().state == "pending"
    with clock.at(clock.now() + timedelta(hours=2)):
        assert erp.tell() == 1
    assert QimenSending.objects.get().state == "done"
    assert len(erp.sim.of("entryorder.confirm")) == 1
    assert erp.sim.repeats == (trouble == "lost")


def test_what_is_refused_stays_visible_and_can_be_sent_again(erp: Partner) -> None:
    erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 2)]))
    drain()
    erp.sim.misbehaviour.refuse = 1
    erp.tell()
    refused = QimenSending.objects.get()
    assert (refused.state, refused.error) == ("refused", "S001")
    assert sendings_resend(sending_ids=[refused.pk]) == [refused.pk]
    assert erp.tell() == 1
    assert QimenSending.objects.get().state == "done"


# ------------------------------------------------------------------ goods in


def _entry(erp: Partner, kind: Any = "entry") -> QimenDocument:
    erp.ok(f"{kind}order.create", entry_order("RK1", [("SKU-1", 10), ("SKU-2", 4)], kind=kind))
    return QimenDocument.objects.get(code="RK1")


def test_entry_is_received_in_parts_corrected_and_told(erp: Partner) -> None:
    """1 partly, 0 final, then what corrects it; every increment once; good and damaged units apart."""
    document = _entry(erp)

    def receive(key: str, *rows: Received, final: bool) -> bool:
        return qimen_entry_receive(document_id=document.pk, received=rows, out_biz_code=key, is_final=final)

    assert receive("R1", Received(1, 6), Received(1, 1, "CC"), final=False)
    assert not receive("R1", Received(1, 6), Received(1, 1, "CC"), final=False)
    with pytest.raises(InvalidInput):
        receive("R2", Received(1, -1), final=False)
    assert receive("R2", Received(1, 3), Received(2, 4), final=True)
    assert receive("R3", Received(2, -1), final=False)
    erp.tell()
    told = [
        (
            one.text("entryOrder/outBizCode"),
            one.text("entryOrder/confirmType"),
            one.text("entryOrder/status"),
            [
                (r.findtext("itemCode"), r.findtext("inventoryType"), r.findtext("actualQty"))
                for r in one.root.iterfind("orderLines/orderLine")
            ],
        )
        for one in erp.sim.of("entryorder.confirm")
    ]
    assert told == [
        ("R1", "1", "PARTFULFILLED", [("SKU-1", "CC", "1"), ("SKU-1", "ZP", "6")]),
        ("R2", "0", "FULFILLED", [("SKU-1", "ZP", "3"), ("SKU-2", "ZP", "4")]),
        ("R3", "1", "FULFILLED", [("SKU-2", "ZP", "-1")]),
    ]
    first = erp.sim.of("entryorder.confirm")[0]
    assert first.text("entryOrder/extendProps/po") == "77"
    assert first.text("entryOrder/remark") == "小心轻放"
    assert erp.world.stock("SKU-1", "DOCK-1") == (9, 0)
    assert erp.world.stock("SKU-1", "DAMAGED", condition="damaged") == (1, 0)
    assert erp.world.stock("SKU-2", "DOCK-1") == (3, 0)
    assert Movement.objects.filter(source_kind="qimen_document", reason="receipt").count() == 5
    asked = erp.ok("entryorder.query", "<request><entryOrderCode>RK1</entryOrderCode></request>")
    assert [r.findtext("actualQty") for r in asked.iter("orderLine")] == ["10", "3"]
    assert erp.refused("order.cancel", cancel("RK1")) == "cancel_refused"
    erp.world.verify()


def test_entry_onto_a_shelf_can_be_sold_at_once(erp: Partner) -> None:
    document = _entry(erp)
    before = erp.world.availability("SKU-1")[0]
    qimen_entry_receive(
        document_id=document.pk,
        received=[Received(1, 5)],
        out_biz_code="R1",
        is_final=True,
        location_code="A01-05-1",
    )
    assert erp.world.availability("SKU-1")[0] == before + 5
    erp.world.verify()


def test_lots_are_received_and_told(erp: Partner) -> None:
    catalog.sku("MILK", is_lot_tracked=True, is_expiry_tracked=True)
    erp.ok("entryorder.create", entry_order("RK2", [("MILK", 5)]))
    document = QimenDocument.objects.get(code="RK2")
    with pytest.raises(InvalidInput):
        qimen_entry_receive(
            document_id=document.pk, received=[Received(1, 5)], out_biz_code="R1", is_final=True
        )
    qimen_entry_receive(
        document_id=document.pk,
        received=[
            Received(1, 3, lot="L1", expires_on=date(2030, 1, 1)),
            Received(1, 2, lot="L2", expires_on=date(2031, 1, 1)),
        ],
        out_biz_code="R1",
        is_final=True,
    )
    erp.tell()
    [confirm] = erp.sim.of("entryorder.confirm")
    lots = [
        (b.findtext("batchCode"), b.findtext("expireDate"), b.findtext("actualQty"))
        for b in confirm.root.iter("batch")
    ]
    assert lots == [("L1", "2030-01-01", "3"), ("L2", "2031-01-01", "2")]
    assert confirm.text("orderLines/orderLine/actualQty") == "5"


def test_returns_come_from_the_customer(erp: Partner) -> None:
    document = _entry(erp, "return")
    qimen_entry_receive(
        document_id=document.pk,
        received=[Received(1, 1), Received(2, 1, "JS")],
        out_biz_code="B1",
        is_final=True,
    )
    erp.tell()
    [confirm] = erp.sim.of("returnorder.confirm")
    assert confirm.text("returnOrder/returnOrderCode") == "RK1"
    assert erp.world.stock("SKU-1", "RETURNS") == (1, 0)
    assert set(Movement.objects.filter(source_kind="qimen_document").values_list("reason", flat=True)) == {
        "return"
    }
    erp.world.verify()


def test_announced_goods_may_be_cancelled_before_they_come(erp: Partner) -> None:
    document = _entry(erp)
    erp.ok("order.cancel", cancel("RK1"))
    erp.ok("order.cancel", cancel("RK1"))
    with pytest.raises(StateConflict):
        qimen_entry_receive(
            document_id=document.pk, received=[Received(1, 5)], out_biz_code="R1", is_final=True
        )
    with pytest.raises(NotFound):
        qimen_entry_receive(document_id=0, received=[Received(1, 5)], out_biz_code="R1", is_final=True)


def test_changes_that_no_document_caused_are_told(erp: Partner) -> None:
    """Found, lost, counted, scrapped: each once. What was there before, parcels and receipts are not."""
    assert changes_tell_all() == 0
    place, sku = erp.world.at("A01-01-1").pk, erp.world.skus["SKU-1"].pk

    def adjust(change: int, reason: str) -> None:
        stock_adjust(adjustments=[AdjustIn(place, sku, erp.world.owner.pk, change=change)], reason=reason)

    adjust(-2, "count")
    adjust(5, "adjustment")
    document = _entry(erp)
    qimen_entry_receive(document_id=document.pk, received=[Received(1, 1)], out_biz_code="R1", is_final=True)
    with CaptureQueriesContext(connection) as few:
        assert changes_tell_all() == 2
    assert changes_tell_all() == 0
    adjust(-1, "scrap")
    for _n in range(6):
        adjust(1, "adjustment")
    with CaptureQueriesContext(connection) as many:
        assert changes_tell_all() == 7
    assert len(many) == len(few)
    erp.tell()
    told = [
        (one.text("adjustType"), one.text("items/item/inventoryType"), one.text("items/item/quantity"))
        for one in erp.sim.of("inventory.report")
    ]
    assert told[:3] == [("CHECK", "ZP", "-2"), ("ADJUST", "ZP", "5"), ("ADJUST", "ZP", "-1")]
    assert len(told) == 9


# ------------------------------------------------------------------ the API


def test_api_lists_receives_and_sends_again(erp: Partner) -> None:
    """Messages, what is told, and a document that is received by a person."""
    api = api_client()
    document = _entry(erp)
    erp.refused("deliveryorder.create", delivery_order("CK1", [("NONE", 1)]))
    path = f"/qimen-documents/{document.pk}"
    shown = api.get(path).json()
    assert (shown["code"], shown["planned"], [line["item_code"] for line in shown["lines"]]) == (
        "RK1",
        14,
        ["SKU-1", "SKU-2"],
    )
    body = {"out_biz_code": "R1", "is_final": True, "lines": [{"line_no": 1, "quantity": 10}]}
    assert api.post(f"{path}/receive", body).json() == {"is_new": True}
    assert api.post(f"{path}/receive", body).json() == {"is_new": False}
    assert (
        api.post(
            f"{path}/receive", {**body, "out_biz_code": "R2", "lines": [{"line_no": 9, "quantity": 1}]}
        ).status_code
        == 404
    )
    rows = api.get("/qimen-documents", {"kind": "entry"}).json()["items"]
    assert [(row["code"], row["state"], row["planned"], row["actual"]) for row in rows] == [
        ("RK1", "done", 14, 10)
    ]
    messages = api.get("/qimen-messages").json()["items"]
    assert [(row["method"], row["state"]) for row in messages] == [
        ("deliveryorder.create", "failed"),
        ("entryorder.create", "done"),
    ]
    [sending] = api.get("/qimen-sendings", {"q": "RK1"}).json()["items"]
    assert (sending["method"], sending["key"], sending["state"]) == ("entryorder.confirm", "R1", "pending")
    erp.tell()
    assert api.get("/qimen-sendings/counts").json()["counts"]["done"]["count"] == 1
    assert api.post("/qimen-sendings/resend", {"ids": [sending["id"]]}).json()["results"][0]["ok"]
    one = api.get(f"/connections/{erp.connection.pk}").json()
    assert one["push_path"] == f"/api/v1/qimen/{erp.connection.inbox_key}"
    assert api.post(f"/qimen-connections/{erp.connection.pk}/compare", {}).status_code == 404
