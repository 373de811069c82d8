"""Hecang as the ERP of a warehouse that speaks Qimen: ordered there, and booked out as that warehouse tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.factories.orders import assert_lawful
from tests.factories.outbound import cancel
from tests.integrations.qimen_world import Partner, partner

from hecang.catalog.models import Sku
from hecang.integrations.models import QimenDocument, QimenMessage
from hecang.integrations.services.qimen import sending
from hecang.integrations.services.qimen.outside import items_tell, stock_compare
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.outbound.models import Fulfilment, Parcel
from hecang.outbound.services.outside import OutsideParcel, fulfilment_ship_outside


@pytest.fixture
def wms(db: None) -> Iterator[Partner]:
    with partner("wms") as made:
        yield made


def confirm(
    code: str,
    packages: list[tuple[str, dict[str, int]]],
    *,
    key: str = "K1",
    final: bool = True,
    total: int | None = None,
    lines: dict[str, int] | None = None,
) -> str:
    """``deliveryorder.confirm`` as a warehouse writes it."""
    boxes = "".join(
        f"<package><logisticsCode>SF</logisticsCode><expressCode>{waybill}</expressCode><weight>1.2</weight><items>"
        + "".join(
            f"<item><itemCode>{item}</itemCode><quantity>{units}</quantity></item>"
            for item, units in content.items()
        )
        + "</items></package>"
        for waybill, content in packages
    )
    told = lines or {}
    for _waybill, content in [] if lines else packages:
        for item, units in content.items():
            told[item] = told.get(item, 0) + units
    rows = "".join(
        f"<order_line><itemCode>{item}</itemCode><actualQty>{units}</actualQty></order_line>"
        for item, units in told.items()
    )
    parts = f"<totalOrderLines>{total}</totalOrderLines>" if total else ""
    return (
        f"<request><deliveryOrder>{parts}<deliveryOrderCode>{code}</deliveryOrderCode>"
        f"<warehouseCode>WH01</warehouseCode><orderType>JYCK</orderType><outBizCode>{key}</outBizCode>"
        f"<confirmType>{0 if final else 1}</confirmType></deliveryOrder><packages>{boxes}</packages>"
        f"<orderLines>{rows}</orderLines></request>"
    )


def ordered(wms: Partner, lines: dict[str, int]) -> tuple[SalesOrder, Fulfilment]:
    """An order whose fulfilment the warehouse has been told of."""
    made = wms.world.order(lines)
    wms.tell()
    return made, wms.world.fulfilment(made)


def test_fulfilment_is_ordered_there_once(wms: Partner) -> None:
    """With lines, recipient in clear and the carrier; the number that the warehouse gives is remembered."""
    wms.sim.answers["deliveryorder.create"] = {"deliveryOrderId": "W-77"}
    _order, fulfilment = ordered(wms, {"SKU-1": 2, "SKU-2": 1})
    wms.tell()
    [told] = wms.sim.of("deliveryorder.create")
    assert told.text("deliveryOrder/deliveryOrderCode") == fulfilment.number
    assert told.text("deliveryOrder/warehouseCode") == "WH01"
    assert told.text("deliveryOrder/logisticsCode") == "SF"
    assert told.text("deliveryOrder/receiverInfo/name") == "王小明"
    assert told.text("deliveryOrder/receiverInfo/detailAddress") == "世纪大道 100 号"
    rows = told.root.findall("orderLines/orderLine")
    assert [(r.findtext("itemCode"), r.findtext("planQty")) for r in rows] == [("SKU-1", "2"), ("SKU-2", "1")]
    assert QimenDocument.objects.get().outside_id == "W-77"


def test_slow_warehouse_is_left_after_a_while_and_gone_on_with(
    wms: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "RUN_SECONDS", -1.0)
    for _n in range(3):
        wms.world.order({"SKU-1": 1})

    counts = [wms.tell() for _n in range(4)]

    assert counts == [1, 1, 1, 0]
    assert len(wms.sim.of("deliveryorder.create")) == 3


def test_confirmed_parcel_leaves_our_books(wms: Partner) -> None:
    order, fulfilment = ordered(wms, {"SKU-1": 2, "SKU-2": 1})
    body = confirm(fulfilment.number, [("SF100", {"SKU-1": 2, "SKU-2": 1})])
    wms.ok("deliveryorder.confirm", body)
    wms.ok("deliveryorder.confirm", body)
    drain()
    order.refresh_from_db()
    assert order.state == "shipped"
    parcel = Parcel.objects.get()
    assert parcel.waybill is not None
    assert (parcel.state, parcel.waybill.number, parcel.weight_g) == ("shipped", "SF100", 1200)
    assert wms.world.availability("SKU-1") == (98, 0)
    assert [line.actual for line in QimenDocument.objects.get().lines.order_by("line_no")] == [2, 1]
    assert QimenMessage.objects.get().repeats == 1
    wms.world.verify()
    assert_lawful()


def test_parts_of_an_order_are_increments(wms: Partner) -> None:
    """1 and then 0; the same number twice books once; more than was ordered is refused."""
    order, fulfilment = ordered(wms, {"SKU-1": 3})
    wms.ok("deliveryorder.confirm", confirm(fulfilment.number, [("SF1", {"SKU-1": 1})], key="A", final=False))
    wms.ok("deliveryorder.confirm", confirm(fulfilment.number, [("SF1", {"SKU-1": 1})], key="A", final=False))
    drain()
    assert wms.world.line(order, "SKU-1") == {"allocated": 2, "shipped": 1}
    too_many = confirm(fulfilment.number, [("SF2", {"SKU-1": 3})], key="B")
    assert wms.refused("deliveryorder.confirm", too_many) == "too_many_units"
    taken = confirm(fulfilment.number, [("SF1", {"SKU-1": 2})], key="B")
    assert wms.refused("deliveryorder.confirm", taken) == "waybill_taken"
    wms.ok("deliveryorder.confirm", confirm(fulfilment.number, [("SF2", {"SKU-1": 2})], key="B"))
    drain()
    order.refresh_from_db()
    assert order.state == "shipped"
    wms.world.verify()
    assert_lawful()


def test_several_packages_in_one_message(wms: Partner) -> None:
    order, fulfilment = ordered(wms, {"SKU-1": 3, "SKU-2": 1})
    packages = [("SF1", {"SKU-1": 2}), ("SF2", {"SKU-1": 1, "SKU-2": 1})]
    wms.ok("deliveryorder.confirm", confirm(fulfilment.number, packages))
    drain()
    order.refresh_from_db()
    assert order.state == "shipped"
    assert sorted(Parcel.objects.values_list("waybill__number", "unit_count")) == [("SF1", 2), ("SF2", 2)]
    wms.world.verify()


def test_split_confirmation_is_booked_when_it_is_whole(wms: Partner) -> None:
    order, fulfilment = ordered(wms, {"SKU-1": 3, "SKU-2": 1})
    one = confirm(fulfilment.number, [("SF1", {"SKU-1": 3})], total=2)
    two = confirm(fulfilment.number, [("SF2", {"SKU-2": 1})], total=2)
    wms.ok("deliveryorder.confirm", one)
    wms.ok("deliveryorder.confirm", one)
    assert Parcel.objects.count() == 0
    wms.ok("deliveryorder.confirm", two)
    wms.ok("deliveryorder.confirm", one)
    drain()
    order.refresh_from_db()
    assert order.state == "shipped"
    assert Parcel.objects.count() == 2
    wms.world.verify()


def test_less_than_ordered_holds_the_order(wms: Partner) -> None:
    """The parcel is booked; what the warehouse will not ship waits for a person."""
    order, fulfilment = ordered(wms, {"SKU-1": 3})
    wms.ok("deliveryorder.confirm", confirm(fulfilment.number, [("SF1", {"SKU-1": 2})]))
    drain()
    order.refresh_from_db()
    assert order.is_held
    assert wms.world.line(order, "SKU-1") == {"allocated": 1, "shipped": 2}
    cancel(order)
    order.refresh_from_db()
    assert wms.world.line(order, "SKU-1") == {"shipped": 2, "cancelled": 1}
    wms.world.verify()
    assert_lawful()


def test_cancelled_here_is_cancelled_there(wms: Partner) -> None:
    order, fulfilment = ordered(wms, {"SKU-1": 3})
    cancel(order)
    wms.tell()
    [told] = wms.sim.of("order.cancel")
    assert told.text("orderCode") == fulfilment.number
    late = confirm(fulfilment.number, [("SF1", {"SKU-1": 3})])
    assert wms.refused("deliveryorder.confirm", late) == "cannot_ship"
    wms.world.verify()


def test_goods_that_arrive_there_are_in_our_books(wms: Partner) -> None:
    """Receipts, returns, counts and changes: each once under its number, good and damaged apart."""
    row = "<orderLine><itemCode>SKU-1</itemCode><actualQty>{}</actualQty><inventoryType>{}</inventoryType></orderLine>"

    def entry(key: str, *rows: tuple[int, str]) -> str:
        lines = "".join(row.format(*one) for one in rows)
        return (
            f"<request><entryOrder><entryOrderCode>RK1</entryOrderCode><warehouseCode>WH01</warehouseCode>"
            f"<outBizCode>{key}</outBizCode></entryOrder><orderLines>{lines}</orderLines></request>"
        )

    wms.ok("entryorder.confirm", entry("E1", (10, "ZP"), (2, "CC")))
    wms.ok("entryorder.confirm", entry("E1", (10, "ZP"), (2, "CC")))
    assert wms.world.availability("SKU-1") == (110, 0)
    assert wms.world.stock("SKU-1", "DAMAGED", condition="damaged") == (2, 0)
    wms.ok("entryorder.confirm", entry("E2", (-4, "ZP")))
    assert wms.world.availability("SKU-1") == (106, 0)
    report = (
        "<request><totalPage>2</totalPage><currentPage>{}</currentPage><warehouseCode>WH01</warehouseCode>"
        "<checkOrderCode>PD1</checkOrderCode><outBizCode>P1</outBizCode><adjustType>CHECK</adjustType><items><item>"
        "<itemCode>SKU-1</itemCode><inventoryType>ZP</inventoryType><quantity>{}</quantity></item></items></request>"
    )
    wms.ok("inventory.report", report.format(1, -6))
    wms.ok("inventory.report", report.format(1, -6))
    wms.ok("inventory.report", report.format(2, 1))
    assert wms.world.availability("SKU-1") == (101, 0)
    assert wms.refused("inventory.report", report.format(3, -500)) == "not_in_books"
    change = (
        "<request><items><item><ownerCode>O1</ownerCode><warehouseCode>WH01</warehouseCode><outBizCode>S1</outBizCode>"
        "<itemCode>SKU-1</itemCode><quantity>-1</quantity></item></items></request>"
    )
    wms.ok("stockchange.report", change)
    wms.ok("stockchange.report", change)
    assert wms.world.availability("SKU-1") == (100, 0)
    returned = (
        "<request><returnOrder><returnOrderCode>TH1</returnOrderCode><warehouseCode>WH01</warehouseCode></returnOrder>"
        "<orderLines><orderLine><itemCode>SKU-2</itemCode><actualQty>1</actualQty></orderLine></orderLines></request>"
    )
    wms.ok("returnorder.confirm", returned)
    assert wms.world.availability("SKU-2") == (101, 0)
    wms.world.verify()


def test_lack_holds_and_steps_are_kept(wms: Partner) -> None:
    order, fulfilment = ordered(wms, {"SKU-1": 3})
    step = (
        f"<request><order><orderCode>{fulfilment.number}</orderCode></order>"
        "<process><processStatus>PICK</processStatus></process></request>"
    )
    wms.ok("orderprocess.report", step)
    lack = (
        f"<request><warehouseCode>WH01</warehouseCode><deliveryOrderCode>{fulfilment.number}</deliveryOrderCode>"
        "<outBizCode>L1</outBizCode><items><item><itemCode>SKU-1</itemCode><lackQty>2</lackQty></item></items></request>"
    )
    wms.ok("itemlack.report", lack)
    order.refresh_from_db()
    assert order.is_held
    assert QimenMessage.objects.filter(document_code=fulfilment.number, state="done").count() == 2
    assert wms.refused("deliveryorder.create", lack) == "method_unknown"


def test_items_are_told_when_asked(wms: Partner) -> None:
    keys = list(Sku.objects.filter(code="SKU-1").values_list("pk", flat=True))
    assert items_tell(connection_id=wms.connection.pk, sku_ids=keys) == 1
    assert items_tell(connection_id=wms.connection.pk, sku_ids=keys) == 0
    wms.tell()
    [told] = wms.sim.of("singleitem.synchronize")
    assert told.text("item/itemCode") == "SKU-1"


def test_stock_is_compared(wms: Partner) -> None:
    assert stock_compare(connection_id=wms.connection.pk) == [
        {"warehouse": wms.world.warehouse.code, "sku": code, "ours": 100, "theirs": 0}
        for code in ("SKU-1", "SKU-2")
    ]


def test_shipping_outside_is_idempotent_by_key(wms: Partner) -> None:
    """The same key is the same parcel, whatever else is said."""
    _order, fulfilment = ordered(wms, {"SKU-1": 3})
    service = wms.world.carrier.services.get()
    sku = Sku.objects.get(code="SKU-1").pk

    def ship(waybill: str) -> int:
        parcel = OutsideParcel("key", {sku: 3}, service.pk, wms.world.carrier.pk, waybill)
        return fulfilment_ship_outside(fulfilment_id=fulfilment.pk, parcel=parcel)

    assert ship("SF1") == ship("SF1") == ship("SF2")
    assert Parcel.objects.count() == 1
    wms.world.verify()
