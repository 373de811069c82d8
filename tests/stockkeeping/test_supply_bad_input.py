"""Nonsense sent to faces, replenishments, transfers, alerts and thresholds: refused in words, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from tests.factories import accounts, partners
from tests.factories.stockkeeping import World, face, reserve, second, world

from hecang.inventory.models import Movement, Stock
from hecang.kernel.clock import now
from hecang.stockkeeping.models import (
    PickFace,
    Replenishment,
    StockAlert,
    Threshold,
    Transfer,
    TransferDiscrepancy,
    TransferLine,
)
from hecang.stockkeeping.selectors.floor_supply import dock_picks
from hecang.stockkeeping.services.alerts import alerts_refresh
from hecang.stockkeeping.services.replenishing import replenishments_plan
from hecang.stockkeeping.services.thresholds import ThresholdIn, thresholds_save
from hecang.stockkeeping.services.transfer_shipping import TransferPick, transfer_pick, transfer_ship
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    transfer_approve,
    transfer_create,
    transfer_release,
)
from hecang.work.models import Task

#: With real transactions: what is refused late has to leave nothing behind.
pytestmark = pytest.mark.django_db(transaction=True)

GONE = 999_999_999
HUGE = 10**20
NUL = "a\x00b"
#: What no id is. Null is left out where leaving an answer open is sensible.
KEYS = (GONE, HUGE, 0, -1, "x", [], NUL)

TABLES = (
    PickFace, Replenishment, StockAlert, Threshold, Transfer, TransferLine, TransferDiscrepancy, Movement, Task,
)  # fmt: skip


def rows() -> tuple[Any, ...]:
    """Everything that a request could have written: what lies where, who waits for it, and how many of each."""
    return (
        tuple(table.objects.count() for table in TABLES),  # type: ignore[attr-defined]
        list(Stock.objects.order_by("id").values_list("id", "quantity", "allocated")),
        list(Replenishment.objects.order_by("id").values_list("id", "state", "moved")),
        list(Transfer.objects.order_by("id").values_list("id", "state", "note")),
        list(TransferLine.objects.order_by("id").values_list("id", "quantity", "received", "lost")),
        list(StockAlert.objects.order_by("id").values_list("id", "state", "action")),
        list(PickFace.objects.order_by("id").values_list("id", "min_quantity", "max_quantity")),
        list(Threshold.objects.order_by("id").values_list("id", "safety_stock", "max_stock")),
    )


class Supply:
    """One of each: a face that wants goods, a transfer asked for, one at the dock, one on the road, an alert."""

    def __init__(self) -> None:
        self.shop: World = world(goods={"milk": 5, "tea": 60})
        reserve(self.shop, "R01-01-1")
        self.shop.put("milk", 60, "R01-01-1")
        self.face = face(self.shop, "milk", low=10, high=25)
        [self.replenishment] = replenishments_plan(warehouse_id=self.shop.warehouse.pk)
        self.other = second(self.shop)
        self.asked, self.picking, self.road = (self._transfer() for _ in range(3))
        for key in (self.picking, self.road):
            transfer_approve(transfer_id=key)
            transfer_release(transfer_id=key)
        transfer_pick(
            transfer_id=self.road,
            picks=[TransferPick(one.allocation_id, one.quantity) for one in dock_picks(self.road)],
        )
        transfer_ship(transfer_id=self.road)
        thresholds_save(
            thresholds=[
                ThresholdIn(
                    self.shop.warehouse.pk, self.shop.skus["tea"].pk, self.shop.owner.pk, safety_stock=500
                )
            ]
        )
        alerts_refresh()
        self.alert = StockAlert.objects.get().pk
        self.threshold = Threshold.objects.get().pk

    def _transfer(self) -> int:
        return transfer_create(
            from_warehouse_id=self.shop.warehouse.pk, to_warehouse_id=self.other.pk, owner_id=self.shop.owner.pk,
            lines=[TransferLineIn(self.shop.skus["tea"].pk, 10)],
        )  # fmt: skip


def faces_and_carrying(supply: Supply) -> Iterator[tuple[str, str, Any]]:
    shop, carry = supply.shop, f"/replenishments/{supply.replenishment}"
    given = {
        "location_id": shop.at("A01-01-1").pk, "sku_id": shop.skus["milk"].pk, "owner_id": shop.owner.pk,
        "min_quantity": 1, "max_quantity": 9,
    }  # fmt: skip
    for key in (*KEYS, None):
        for name in ("location_id", "sku_id", "owner_id"):
            yield "put", "/pick-faces", {"faces": [{**given, name: key}]}
        yield "post", "/pick-faces/find", {"warehouse_id": key}
        yield "post", "/replenishments/plan", {"warehouse_id": key}
        yield "post", "/replenishments/ask", {"face_id": key}
        yield "post", "/consolidation", {"warehouse_id": key, "stock_ids": [GONE]}
    for key in KEYS:
        yield "post", f"{carry}/confirm", {"quantity": 1, "from_stock_id": key}
    for change in (
        {"min_quantity": -1}, {"max_quantity": 0}, {"max_quantity": HUGE}, {"min_quantity": 10}, {"multiple": 0},
        {"min_quantity": "x"}, {"max_quantity": 1.5}, {"location_id": shop.at("V-SUPPLIER").pk},
    ):  # fmt: skip
        yield "put", "/pick-faces", {"faces": [{**given, **change}]}
    yield "put", "/pick-faces", {"faces": []}
    yield "put", "/pick-faces", {"faces": [given, {**given, "location_id": GONE}]}
    for units in (0, -1, HUGE, "x", None, 1.5):
        yield "post", f"{carry}/confirm", {"quantity": units}
    for units in (0, -1, HUGE, "x", 1.5):
        yield "post", "/replenishments/ask", {"face_id": supply.face, "quantity": units}
    yield "post", f"{carry}/confirm", {"quantity": 10**6}
    yield "post", f"{carry}/confirm", {"quantity": 1, "serials": ["S-1"]}
    yield "post", f"{carry}/confirm", {"quantity": 1, "serials": [NUL]}
    for key in (GONE, 0, -1, HUGE, "x"):
        yield "post", f"/replenishments/{key}/confirm", {"quantity": 1}
        yield "post", f"/replenishments/{key}/replan", {}
    yield (
        "post",
        "/consolidation",
        {"warehouse_id": shop.warehouse.pk, "stock_ids": [1], "least_places": 1},
    )


def transfers(supply: Supply) -> Iterator[tuple[str, str, Any]]:
    shop, sku = supply.shop, supply.shop.skus["tea"].pk
    given = {
        "from_warehouse_id": shop.warehouse.pk, "to_warehouse_id": supply.other.pk, "owner_id": shop.owner.pk,
        "lines": [{"sku_id": sku, "quantity": 1}],
    }  # fmt: skip
    come = {"scan_id": str(uuid4()), "sku_id": sku, "quantity": 1}
    pick, receive = f"/transfers/{supply.picking}/pick", f"/transfers/{supply.road}/receive"
    [allocation] = [one.allocation_id for one in dock_picks(supply.picking)]
    for key in (*KEYS, None):
        for name in ("from_warehouse_id", "to_warehouse_id", "owner_id"):
            yield "post", "/transfers", {**given, name: key}
        yield "post", "/transfers", {**given, "lines": [{"sku_id": key, "quantity": 1}]}
        yield (
            "post",
            "/transfers",
            {**given, "lines": [{"sku_id": sku, "quantity": key if key != GONE else HUGE}]},
        )
        yield "post", pick, {"picks": [{"allocation_id": key, "quantity": 1}]}
        yield "post", pick, {"container_ids": [key]}
        yield "post", receive, {"received": [{**come, "sku_id": key}]}
        yield (
            "post",
            f"/transfers/{supply.road}/receive-container",
            {"scan_id": str(uuid4()), "container_id": key},
        )
    for key in KEYS:
        yield "patch", f"/transfers/{supply.asked}", {"lines": [{"sku_id": key, "quantity": 1}]}
        yield "post", receive, {"received": [{**come, "lot_id": key}]}
        yield "post", receive, {"received": [{**come, "container_id": key}]}
        yield "post", receive, {"received": [come], "location_id": key}
    for units in (0, -1, HUGE, "x", None, 1.5, 11):
        yield "post", receive, {"received": [{**come, "quantity": units}]}
        yield "post", pick, {"picks": [{"allocation_id": allocation, "quantity": units}]}
    yield "post", "/transfers", {**given, "to_warehouse_id": shop.warehouse.pk}
    yield "post", "/transfers", {**given, "lines": []}
    yield "post", "/transfers", {**given, "note": NUL}
    yield "post", "/transfers", {**given, "expected_at": "tomorrow"}
    yield "post", "/transfers/from-suggestions", {"ids": []}
    yield "patch", f"/transfers/{supply.asked}", {"carrier": "x" * 101}
    yield "patch", f"/transfers/{supply.asked}", {"lines": []}
    yield "patch", f"/transfers/{supply.road}", {"lines": [{"sku_id": sku, "quantity": 1}]}
    yield "post", receive, {"received": []}
    yield "post", receive, {"received": [{**come, "scan_id": "x"}]}
    yield "post", receive, {"received": [come], "location_id": shop.at("A01-01-1").pk}
    yield "post", receive, {"received": [{**come, "serials": ["A", "B"]}]}
    yield "post", receive, {"received": [{**come, "serials": ["A"]}]}
    yield "post", f"/transfers/{supply.asked}/receive", {"received": [come]}
    yield "post", f"/transfers/{supply.asked}/ship", {}
    yield "post", f"/transfers/{supply.picking}/ship", {}
    for key in (GONE, 0, -1, HUGE, "x"):
        yield "patch", f"/transfers/{key}", {"note": "x"}
        yield "post", f"/transfers/{key}/ship", {}
        yield "post", f"/transfers/{key}/pick", {"picks": [{"allocation_id": allocation, "quantity": 1}]}
        yield "post", f"/transfers/{key}/receive", {"received": [come]}


def alerts(supply: Supply) -> Iterator[tuple[str, str, Any]]:
    shop, at = supply.shop, f"/stock-alerts/{supply.alert}"
    given = {"warehouse_id": shop.warehouse.pk, "sku_id": shop.skus["tea"].pk, "owner_id": shop.owner.pk}
    for key in (GONE, 0, -1, HUGE, "x"):
        for answer in ("purchase", "transfer", "hold", "promote", "count"):
            yield "post", f"/stock-alerts/{key}/{answer}", {}
    for key in KEYS:
        yield "post", f"{at}/transfer", {"other_warehouse_id": key}
        yield "put", "/thresholds", {"thresholds": [{**given, "sku_id": key, "safety_stock": 1}]}
        yield "put", "/thresholds", {"thresholds": [{**given, "owner_id": key, "safety_stock": 1}]}
    for key in (*KEYS, None):
        yield "put", "/thresholds", {"thresholds": [{**given, "warehouse_id": key, "safety_stock": 1}]}
    for units in (-1, HUGE, "x", 1.5, [], NUL):
        for name in ("safety_stock", "reorder_point", "max_stock", "expiry_warning_days", "slow_days"):
            yield "put", "/thresholds", {"thresholds": [{**given, name: units}]}
            yield "post", "/thresholds/change", {"ids": [supply.threshold], name: units}
    for units in (0, -1, HUGE, "x"):
        yield "post", f"{at}/purchase", {"quantity": units}
        yield "post", f"{at}/promote", {"discount": units}
    yield "post", f"{at}/transfer", {"other_warehouse_id": shop.warehouse.pk}
    yield "post", f"{at}/purchase", {"note": NUL}
    yield "post", f"{at}/promote", {}
    yield "put", "/thresholds", {"thresholds": []}
    yield "put", "/thresholds", {"thresholds": [{**given, "safety_stock": 9, "max_stock": 3}]}
    yield "post", "/thresholds/change", {"ids": []}
    yield "post", "/stock-alerts/snooze", {"ids": [supply.alert], "until": "soon"}
    yield "post", "/stock-alerts/snooze", {"ids": [supply.alert], "until": "2001-01-01T00:00:00Z"}
    yield "post", "/stock-alerts/snooze", {"ids": [], "until": now().isoformat()}
    for path in ("/stock-alerts/done", "/stock-alerts/reopen", "/pick-faces/drop", "/replenishments/cancel"):
        for ids in ([], ["x"], [HUGE], [-1], None, "x"):
            yield "post", path, {"ids": ids}


@pytest.mark.parametrize("bodies", [faces_and_carrying, transfers, alerts], ids=lambda one: one.__name__)
def test_nonsense_is_refused_in_words_and_changes_nothing(bodies: Any) -> None:
    supply = Supply()
    admin = accounts.ApiClient(accounts.key_make(accounts.user_make(roles=["admin"])))
    taken = []
    for verb, path, body in list(bodies(supply)):
        before = rows()
        answer = getattr(admin, verb)(path, body)
        if (
            not 400 <= answer.status_code < 500
            or "problem+json" not in answer["Content-Type"]
            or rows() != before
        ):
            taken.append((answer.status_code, verb, path, body, answer.content[:200]))
    assert taken == [], "\n".join(str(one) for one in taken)
    supply.shop.verify()


def test_queries_of_nonsense_are_refused_in_words() -> None:
    Supply()
    admin = accounts.ApiClient(accounts.key_make(accounts.user_make(roles=["admin"])))
    for path in ("/pick-faces", "/replenishments", "/transfers", "/stock-alerts", "/thresholds"):
        for query in (
            "warehouse=x",
            f"warehouse={HUGE}",
            "sort=nonsense",
            "cursor=nonsense",
            "limit=0",
            "q=%00",
        ):
            answer = admin.get(f"{path}?{query}")
            assert answer.status_code < 500, (path, query)
    for path in (
        f"/transfers/{GONE}", f"/transfers/{HUGE}", f"/transfers/{GONE}/picks", f"/consolidation?warehouse_id={GONE}",
        f"/replenishments/preview?warehouse_id={GONE}", f"/consolidation?warehouse_id={HUGE}",
    ):  # fmt: skip
        assert 400 <= admin.get(path).status_code < 500, path


def test_what_would_be_done_is_shown_of_ones_own_goods_only() -> None:
    supply = Supply()
    for number, units in ((2, 2), (3, 4), (4, 9)):
        reserve(supply.shop, f"R01-0{number}-1")
        supply.shop.put("bread", units, f"R01-0{number}-1")
    supply.shop.sku("bread")
    face(supply.shop, "tea", "A01-03-1", low=10, high=25)
    supply.shop.put("tea", 40, "R01-01-1")
    house = supply.shop.warehouse.pk

    def seen(**scope: Any) -> list[int]:
        one = accounts.ApiClient(accounts.key_make(accounts.user_make(roles=["warehouse_manager"], **scope)))
        paths = (f"/replenishments/preview?warehouse_id={house}", f"/consolidation?warehouse_id={house}")
        return [len(one.get(path).json()["items"]) for path in paths]

    assert seen(username="ours") == [1, 2]
    assert seen(username="theirs", owner_ids=[partners.owner("OTHER").pk]) == [0, 0]
