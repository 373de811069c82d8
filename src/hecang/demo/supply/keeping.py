"""Stock between dock and picker: faces filled up, goods between warehouses, alerts, kits, changes of what goods are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from hecang.catalog.services import SkuRow, skus_upsert
from hecang.catalog.services.kits import kit_components_set
from hecang.demo.supply.house import Goods, House
from hecang.facility.selectors import staging_location
from hecang.inventory.services import PostingIn, stock_move
from hecang.kernel.db import fetch
from hecang.stockkeeping.models import StockAlert
from hecang.stockkeeping.services.alert_actions import alert_promote, alert_purchase
from hecang.stockkeeping.services.alerts import alerts_done, alerts_refresh, alerts_snooze
from hecang.stockkeeping.services.carrying import replenishment_confirm
from hecang.stockkeeping.services.changes import Becomes, Which, change_request
from hecang.stockkeeping.services.faces import FaceIn, pick_faces_save
from hecang.stockkeeping.services.kitting import KitJobIn, KitStepIn, kit_job_create, kit_job_do
from hecang.stockkeeping.services.replenishing import replenishments_plan
from hecang.stockkeeping.services.thresholds import ThresholdIn, thresholds_save
from hecang.stockkeeping.services.transfer_receiving import TransferReceiveIn, transfer_receive
from hecang.stockkeeping.services.transfer_shipping import (
    TransferPick,
    allocations_of,
    transfer_pick,
    transfer_ship,
)
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    lines_lock,
    transfer_approve,
    transfer_create,
    transfer_release,
)

# Pick faces whose goods stand in the reserve as well: (face, SKU, owner, units at it, units of a case).
_FACES = """
SELECT f.location_id, f.sku_id, f.owner_id, f.units, coalesce(c.quantity, 1) FROM (
    SELECT DISTINCT ON (s.sku_id) s.location_id, s.sku_id, s.owner_id, s.quantity AS units FROM stock s
    JOIN location l ON l.id = s.location_id AND l.kind = 'pick_face'
    WHERE s.warehouse_id = %s AND s.condition = 'good' AND s.quantity > 0
        AND EXISTS (SELECT 1 FROM stock r JOIN location p ON p.id = r.location_id AND p.kind = 'reserve'
            WHERE r.warehouse_id = s.warehouse_id AND r.sku_id = s.sku_id AND r.quantity - r.allocated > 2)
    ORDER BY s.sku_id, s.quantity DESC, s.location_id
) f LEFT JOIN packaging c ON c.sku_id = f.sku_id AND c.level = 'case' ORDER BY f.units, f.sku_id LIMIT 40
"""
# What lies there and was not sold on the day, the most of it first.
_STILL = """
SELECT a.sku_id, a.sellable FROM availability a WHERE a.warehouse_id = %s AND a.owner_id = %s AND a.sellable > 0
    AND NOT EXISTS (SELECT 1 FROM sales_order_line l WHERE l.sku_id = a.sku_id)
ORDER BY a.sellable DESC, a.sku_id LIMIT 20
"""
#: Faces that are below their minimum, and units in a transfer's line at most.
_NEEDY, _MOST = 14, 24


def work(house: House) -> str:
    """All of it."""
    _faces(house)
    _transfers(house)
    _alerts(house)
    _kits(house)
    _changes(house)
    open_alerts = StockAlert.objects.filter(state="open", gone_at__isnull=True).count()
    return f"{len(house.known('faces:tasks'))} replenishments, 6 transfers, {open_alerts} alerts"


# ---------------------------------------------------------------- faces


def _faces(house: House) -> None:
    with house.by("keeper-sha", house.ago(180)):
        house.once("faces", _faces_save, house=house)
        tasks: list[int] = house.once(
            "faces:tasks",
            lambda: replenishments_plan(warehouse_id=house.main, due_at=house.ago(-90)),
        )
    with house.by("forklift-sha", house.ago(90)):
        for key in tasks[:3]:
            house.once(f"faces:{key}", _carry, key=key)


def _faces_save(house: House) -> int:
    faces = [
        FaceIn(
            location,
            sku,
            owner,
            units + case if place < _NEEDY else max(1, units // 3),
            3 * (units + case),
            case,
        )
        for place, (location, sku, owner, units, case) in enumerate(fetch(_FACES, [house.main]))
    ]
    return len(pick_faces_save(faces=faces))


def _carry(key: int) -> int:
    [(left,)] = fetch("SELECT quantity - moved FROM replenishment WHERE id = %s", [key])
    return replenishment_confirm(replenishment_id=key, quantity=left).moved


# ---------------------------------------------------------------- transfers


def _transfers(house: House) -> None:
    """Asked for, promised, being picked, on the road, arriving short, arrived."""
    for place, stage in enumerate(("asked", "promised", "picking", "road", "arriving", "arrived")):
        _transfer(house, stage, house.some("ambient", 2, 40 + 3 * place))


def _transfer(house: House, stage: str, goods: list[Goods]) -> None:
    days = {"road": 1, "arriving": 2, "arrived": 4}.get(stage, 0)
    at = house.on(-days, 13) if days else house.ago(130)
    target = list(house.sites.values())[1 if stage != "arrived" else 2]
    with house.by("manager", at):
        made = house.once(
            f"transfer:{stage}",
            lambda: transfer_create(
                from_warehouse_id=house.main, to_warehouse_id=target, owner_id=house.owner,
                lines=[TransferLineIn(one.id, min(_MOST, max(1, one.free // 4))) for one in goods],
                note="门店活动备货" if stage == "asked" else "", expected_at=at + timedelta(days=2), key=f"demo:{stage}",
            ),
        )  # fmt: skip
        if stage == "asked":
            return
        house.once(f"transfer:{stage}:approved", lambda: transfer_approve(transfer_id=made, partial=True))
        if stage == "promised":
            return
        house.once(f"transfer:{stage}:released", lambda: transfer_release(transfer_id=made))
    with house.by("forklift-sha", at + timedelta(hours=1)):
        house.once(f"transfer:{stage}:picked", lambda: _pick(made, most=1 if stage == "picking" else None))
        if stage == "picking":
            return
        house.once(
            f"transfer:{stage}:shipped",
            lambda: transfer_ship(transfer_id=made, carrier="德邦快运", waybill=f"DPK36{made:08d}"),
        )
    if stage == "road":
        return
    who = "picker-can" if stage == "arriving" else "picker-ctu"
    with house.by(who, house.ago(50) if stage == "arriving" else house.on(-2, 9)):
        house.once(f"transfer:{stage}:received", lambda: _receive(house, made, short=stage == "arriving"))


def _pick(transfer: int, most: int | None) -> int:
    standing = allocations_of(lines_lock(transfer))[:most]
    return transfer_pick(
        transfer_id=transfer, picks=[TransferPick(one.allocation_id, one.quantity) for one in standing]
    )


def _receive(house: House, transfer: int, *, short: bool) -> int:
    """Take in what is on the road; ``short``: one unit broken, and the last goods not yet off the truck."""
    rows: list[Any] = fetch(
        "SELECT sku_id, lot_id, sum(quantity - received - lost)::bigint FROM transfer_unit WHERE transfer_id = %s"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        [transfer],
    )
    received = []
    for sku, lot, units in rows[:1] if short else rows:
        broken = 1 if short and units > 1 else 0
        received.append(
            TransferReceiveIn(house.scan("transfer", transfer, sku, lot), sku, units - broken, lot)
        )
        if broken:
            received.append(
                TransferReceiveIn(
                    house.scan("broken", transfer, sku, lot),
                    sku,
                    broken,
                    lot,
                    is_damaged=True,
                    note="托盘倾倒",
                )
            )
    return transfer_receive(transfer_id=transfer, received=received).units


# ---------------------------------------------------------------- alerts


def _alerts(house: House) -> None:
    with house.by("buyer", house.on(-10, 9)):
        house.once("thresholds", lambda: _thresholds(house))
    with house.by("admin", house.ago(30)):
        house.once("alerts", alerts_refresh)
    answers: tuple[tuple[str, str, Any], ...] = (
        ("below_safety", "buyer", lambda key: alert_purchase(alert_id=key, note="补到上限")),
        (
            "below_reorder",
            "buyer",
            lambda key: alerts_snooze(alert_ids=[key], until=house.on(3, 9), note="在途待到"),
        ),
        ("slow", "manager", lambda key: alert_promote(alert_id=key, discount=20, note="加入周末满减")),
        ("overstock", "manager", lambda key: alerts_done(alert_ids=[key], note="新店铺货，正常")),
        ("expiring", "manager", lambda key: alert_promote(alert_id=key, note="临期专区")),
    )
    for kind, who, answer in answers:
        found = StockAlert.objects.filter(
            kind=kind, warehouse_id=house.main, state="open", gone_at__isnull=True
        )
        with house.by(who, house.ago(20)):
            first = house.once(
                f"alert:{kind}",
                _first,
                found=found,
            )
            for key in first:
                house.once(f"alert:{kind}:answered", answer, key=key)


def _first(found: QuerySet[StockAlert]) -> list[int]:
    return list(found.order_by("id").values_list("id", flat=True)[:1])


def _thresholds(house: House) -> int:
    """For what sells: some are too low, some too high, most are well; for what stands still: since when that is slow."""
    sold = house.some("ambient", 24, 0)
    rows = []
    for place, goods in enumerate(sold):
        if place < 5:
            figures = (goods.free + 10, goods.free + 40, 3 * goods.free + 80)
        elif place < 9:
            figures = (max(1, goods.free // 4), goods.free + 15, 3 * goods.free + 60)
        elif place < 12:
            figures = (0, max(0, goods.free // 8), max(1, goods.free // 3))
        else:
            figures = (goods.free // 5, goods.free // 3, 4 * goods.free)
        rows.append(ThresholdIn(house.main, goods.id, house.owner, *figures))
    known = {row.sku_id for row in rows}
    for sku_id, _units in fetch(_STILL, [house.main, house.owner]):
        if sku_id not in known:
            rows.append(ThresholdIn(house.main, sku_id, house.owner, slow_days=14))
    rows += [
        ThresholdIn(house.main, goods.id, house.owner, expiry_warning_days=max(1, goods.shelf_days * 9 // 10))
        for goods in house.some("chilled", 8)
        if goods.shelf_days and goods.id not in {row.sku_id for row in rows}
    ]
    return len(thresholds_save(thresholds=rows))


# ---------------------------------------------------------------- kits and changes


def _kits(house: House) -> None:
    """A gift box that is being put together at a bench."""
    parts = house.some("ambient", 2, 55)
    if len(parts) < 2:
        return
    with house.by("admin", house.on(-20, 9)):
        kit = house.once("kit", lambda: _kit(parts))
    bench = staging_location(house.main)
    with house.by("keeper-sha", house.ago(140)):
        boxes = house.once("kit:parts", lambda: _fetch_parts(house, parts, bench))
        if boxes == 0:
            return
        job = house.once(
            "kit:job",
            lambda: (
                kit_job_create(
                    job=KitJobIn(
                        house.main, house.owner, kit, boxes, bench, note="企业礼品订单", due_at=house.ago(-180),
                        key=house.scan("kit"),
                    )
                ).job_id
            ),
        )  # fmt: skip
    with house.by("receiver-sha", house.ago(80)):
        if boxes > 1:
            house.once(
                "kit:half",
                lambda: kit_job_do(step=KitStepIn(job, boxes // 2, house.scan("kit", "half"))).done,
            )


def _kit(parts: list[Goods]) -> int:
    code = "GIFT-0001"
    made = skus_upsert(
        rows=[
            SkuRow(
                code=code, name="合仓优选伴手礼盒", name_en="Hecang gift box", kit_mode="keep", category="礼品", weight_g=900, length_mm=300,
                width_mm=220, height_mm=120, barcodes=(("2290000000015", 1),),
            )
        ]
    )  # fmt: skip
    kit_components_set(sku_id=made.ids[0], components={one.id: 1 for one in parts})
    return int(made.ids[0])


def _fetch_parts(house: House, parts: list[Goods], bench: int) -> int:
    """Bring what the boxes are made of to the bench; for how many it is enough."""
    found = []
    for one in parts:
        row = fetch(
            "SELECT location_id, lot_id, quantity - allocated FROM stock WHERE warehouse_id = %s AND sku_id = %s"
            " AND owner_id = %s AND condition = 'good' AND container_id IS NULL AND is_sellable AND location_id <> %s"
            " AND quantity > allocated ORDER BY quantity - allocated DESC, id LIMIT 1",
            [house.main, one.id, house.owner, bench],
        )
        if not row:
            return 0
        found.append((one.id, *row[0]))
    boxes: int = min(12, *(max(1, units // 2) for _sku, _location, _lot, units in found))
    stock_move(
        entries=[
            PostingIn(sku, house.owner, boxes, location, bench, "move", lot_id=lot)
            for sku, location, lot, _units in found
        ]
    )
    return boxes


def _changes(house: House) -> None:
    """A lot that is stopped, its release that waits for a yes, and goods that somebody wants to write down."""
    lots = fetch(
        "SELECT s.lot_id, s.id, s.quantity - s.allocated FROM stock s WHERE s.warehouse_id = %s AND s.lot_id IS NOT NULL"
        " AND s.sku_id = ANY(%s::bigint[]) AND s.is_sellable AND s.quantity - s.allocated > 1 ORDER BY s.quantity DESC, s.id LIMIT 3",
        [house.main, [one.id for one in house.goods]],
    )
    rows: list[list[int]] = house.once("changes", lambda: [list(row) for row in lots])
    if len(rows) < 3:
        return
    with house.by("keeper-sha", house.ago(110)):
        stopped = house.once(
            "change:hold",
            lambda: (
                change_request(
                    kind="hold",
                    which=Which(house.main, lot_id=rows[0][0]),
                    becomes=Becomes(),
                    reason="客诉：疑似胀包",
                ).id
            ),
        )
        house.once(
            "change:release",
            lambda: (
                change_request(
                    kind="release",
                    which=Which(),
                    becomes=Becomes(hold_id=_hold_of(stopped)),
                    reason="复检合格，申请恢复销售",
                ).id
            ),
        )
        house.once(
            "change:damaged",
            lambda: (
                change_request(
                    kind="condition", which=Which(stock={rows[1][1]: 1}), becomes=Becomes(condition="damaged"),
                    reason="货架漏水浸湿",
                ).id
            ),
        )  # fmt: skip


def _hold_of(change: int) -> int:
    return int(fetch("SELECT hold_id FROM stock_change WHERE id = %s", [change])[0][0])
