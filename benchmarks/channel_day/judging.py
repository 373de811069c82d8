"""What the platforms know is laid beside what Hecang knows: every law a check, with its number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from benchmarks.channel_day.plan import LATE, Plan
from benchmarks.channel_day.street import OPEN
from benchmarks.channel_day.world import World
from hecang.integrations.models import Connection
from hecang.integrations.services.channels.confirms import WITH_THE_FIRST
from hecang.integrations.services.channels.rules import rules_of
from hecang.integrations.services.channels.stock import Offer, quantities_of
from hecang.inventory.verify import inventory_verify
from hecang.kernel import outbox
from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.pumps import pumps_waiting

#: What is still to be done, by queue.
QUEUES = {
    "messages": "SELECT count(*) FROM platform_message WHERE state = 'new'",
    "confirmations": "SELECT count(*) FROM shipment_confirm WHERE state = 'pending'",
    "answers": "SELECT count(*) FROM platform_request WHERE answer = 'waiting'",
    "stock": "SELECT count(*) FROM platform_stock WHERE version > told_version",
    "orders that wait or failed": "SELECT count(*) FROM platform_order WHERE state IN ('unmapped', 'failed')",
    "windows": "SELECT count(*) FROM pull_cursor WHERE window_since IS NOT NULL",
}
_PAID = OPEN | {"shipped", "done"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One law: how many cases were looked at, and those that break it."""

    law: str
    looked_at: int
    broken: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        return not self.broken


@dataclass
class Judgement:
    verdicts: list[Verdict] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def broken(self) -> list[Verdict]:
        return [one for one in self.verdicts if not one.is_kept]

    def add(self, law: str, looked_at: int, broken: list[str]) -> None:
        self.verdicts.append(Verdict(law, looked_at, tuple(broken[:20])))


def queues() -> dict[str, int]:
    """What still waits in each queue."""
    found = {name: _count(sql) for name, sql in QUEUES.items()}
    found["events"] = len(outbox.backlog())
    return found


def all_quiet() -> bool:
    """Nothing waits, and nobody is about to try something again, but for the next pull."""
    return not any(queues().values()) and not set(pumps_waiting()) - {"integrations.pull"}


def pulled_to(moment: datetime) -> bool:
    """Whether every shop has asked for everything that happened before (platforms' clocks may lag a little)."""
    row = fetch_one("SELECT min(high_water) FROM pull_cursor")
    return bool(row and row[0] and row[0] > moment + 2 * LATE)


def judge(plan: Plan, world: World, testimony: Mapping[str, Any]) -> Judgement:
    """Lay both sides beside each other when everything has come to rest."""
    judgement = Judgement()
    _orders(judgement, world, testimony)
    _parcels(judgement, world, testimony)
    _cancelled(judgement, world, testimony)
    _stock(judgement, plan, testimony)
    _told(judgement, world, testimony)
    _books(judgement)
    waiting = {name: count for name, count in queues().items() if count}
    judgement.add("nothing waits in any queue", len(QUEUES) + 1, [f"{k}: {v}" for k, v in waiting.items()])
    _figures(judgement, testimony)
    return judgement


# ------------------------------------------------------------------ orders


def _orders(judgement: Judgement, world: World, testimony: Mapping[str, Any]) -> None:
    ours: dict[str, Counter[str]] = defaultdict(Counter)
    codes = {one.shop_id: code for code, one in world.shops.items()}
    for shop_id, number, count in fetch(
        "SELECT shop_id, external_number, count(*) FROM sales_order GROUP BY 1, 2"
    ):
        ours[codes.get(shop_id, "?")][number] = count
    missing, doubled, unpaid, unknown = [], [], [], []
    payable = 0
    for code, there in testimony.items():
        for number, (status, is_paid, all_refunded, _any) in there["orders"].items():
            count = ours[code].get(number, 0)
            name = f"{code} {number} ({status})"
            must = status in _PAID and not all_refunded
            payable += must
            if must and not count:
                missing.append(name)
            if count > 1:
                doubled.append(name)
            if count and not is_paid:
                unpaid.append(name)
        unknown += [f"{code} {number}" for number in ours[code] if number not in there["orders"]]
    taken = sum(sum(counts.values()) for counts in ours.values())
    judgement.add("every order that was paid for and stands is a sales order", payable, missing)
    judgement.add("no order became two sales orders", taken, doubled)
    judgement.add("nothing was taken in that nobody has paid for or placed", taken, unpaid + unknown)


# ------------------------------------------------------------------ parcels


def _parcels(judgement: Judgement, world: World, testimony: Mapping[str, Any]) -> None:
    codes = {one.connection_id: code for code, one in world.shops.items()}
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    states: Counter[str] = Counter()
    refused = []
    for connection, number, waybill, state, message, error in fetch(
        "SELECT connection_id, order_number, waybill, state, message, error FROM shipment_confirm"
    ):
        code = codes[connection]
        states[state] += 1
        if state == "done" and message != WITH_THE_FIRST:
            told[code].add((number, waybill))
        if state == "refused":
            status, _paid, _all, any_refunded = testimony[code]["orders"][number]
            if status != "cancelled" and not any_refunded:
                refused.append(f"{code} {number}: {error} {message}")
    unconfirmed, twice, invented = [], [], []
    for code, there in testimony.items():
        heard = Counter((number, waybill) for number, waybill in there["shipments"])
        unconfirmed += [f"{code} {one}" for one in told[code] - heard.keys()]
        invented += [f"{code} {one}" for one in heard.keys() - told[code]]
        twice += [f"{code} {one}" for one, count in heard.items() if count > 1]
    unnoted = fetch(
        "SELECT DISTINCT p.number FROM parcel p JOIN parcel_line l ON l.parcel_id = p.id WHERE p.state = 'shipped'"
        " AND NOT EXISTS (SELECT FROM shipment_confirm s WHERE s.parcel_id = p.id)"
    )
    shipped = _count("SELECT count(*) FROM parcel WHERE state = 'shipped'")
    judgement.add(
        "every parcel that left is to be told to its platform", shipped, [row[0] for row in unnoted]
    )
    judgement.add("what counts as confirmed, the platform has heard", states["done"], unconfirmed)
    judgement.add("the platform has heard of no parcel twice", shipped, twice)
    judgement.add("the platform has heard of no parcel that we do not count as confirmed", shipped, invented)
    judgement.add(
        "a refused confirmation is one of an order that its buyer stopped", states["refused"], refused
    )
    judgement.figures |= {
        "parcels": shipped,
        "confirmed": states["done"],
        "confirms_refused": states["refused"],
    }


def _cancelled(judgement: Judgement, world: World, testimony: Mapping[str, Any]) -> None:
    """Cancelled orders stay here, or say that it was too late."""
    codes = {one.connection_id: code for code, one in world.shops.items()}
    rows = fetch(
        "SELECT p.connection_id, p.number, p.error,"
        " EXISTS (SELECT FROM shipment_confirm s WHERE s.order_id = p.order_id),"
        " coalesce((SELECT bool_and(quantity = cancelled) FROM sales_order_line l WHERE l.order_id = p.order_id), true)"
        " FROM platform_order p"
    )
    silent, alive = [], []
    cancelled = late = 0
    for connection, number, error, has_left, is_ended in rows:
        code = codes[connection]
        if testimony[code]["orders"][number][0] != "cancelled":
            continue
        cancelled += 1
        late += has_left
        if has_left and not error:
            silent.append(f"{code} {number}")
        if not has_left and not is_ended:
            alive.append(f"{code} {number}")
    judgement.add("a cancelled order that had left says so", cancelled, silent)
    judgement.add("every other cancelled order is cancelled here", cancelled, alive)
    judgement.figures |= {"cancelled": cancelled, "cancelled_too_late": late}


# ------------------------------------------------------------------ stock


def _stock(judgement: Judgement, plan: Plan, testimony: Mapping[str, Any]) -> None:
    rows = fetch(
        "SELECT s.code, coalesce(sum(l.quantity - l.cancelled), 0)::bigint, coalesce(sum(l.backordered), 0)::bigint,"
        " coalesce(sum(l.reserved + l.allocated + l.shipped), 0)::bigint"
        " FROM sku s LEFT JOIN sales_order_line l ON l.sku_id = s.id GROUP BY s.code"
    )
    units = {code: (count + 1) // 2 * 2 for code, count in plan.units().items()}
    over = [f"{code}: {held} of {units[code]}" for code, _wanted, _short, held in rows if held > units[code]]
    hidden = [
        f"{code}: {wanted} wanted, {held} promised, {short} short"
        for code, wanted, short, held in rows
        if wanted != held + short
    ]
    negative = fetch(
        "SELECT sku_id FROM availability WHERE sellable < 0 OR reserved < 0 OR reserved > sellable"
    )
    judgement.add("no more units promised and shipped than there were", len(rows), over)
    judgement.add("what was sold and is not there is backordered, to the unit", len(rows), hidden)
    judgement.add("no availability below zero", len(rows), [str(row[0]) for row in negative])
    paid: Counter[str] = Counter()
    for there in testimony.values():
        paid.update(there["paid"])
    judgement.figures |= {
        "units_paid": sum(paid.values()),
        "units_sold_when_gone": sum(max(count - units[code], 0) for code, count in paid.items()),
        "units_backordered": sum(row[2] for row in rows),
        "scarce_sold_out": sum(1 for code, _wanted, _short, held in rows if held == units[code]),
    }


def _told(judgement: Judgement, world: World, testimony: Mapping[str, Any]) -> None:
    wrong = []
    looked = 0
    for code, shop in world.shops.items():
        connection = Connection.objects.select_related("shop").get(pk=shop.connection_id)
        assert connection.shop is not None
        rows = fetch(
            "SELECT id, 0, NULL, product_id, variant_id, outer_sku, sku_id, units, stock_percent, stock_buffer,"
            " stock_quota, is_stock_off FROM platform_product WHERE connection_id = %s",
            [shop.connection_id],
        )
        offers = [Offer(*row) for row in rows]
        due = quantities_of(connection.shop.owner_id, rules_of(connection), offers)
        for offer in offers:
            looked += 1
            there = testimony[code]["stock"].get(f"{offer.product_id} {offer.variant_id}")
            if there != due[offer.id]:
                wrong.append(f"{code} {offer.outer_sku}: told {there}, may sell {due[offer.id]}")
    judgement.figures["stock_wrong"] = len(wrong)
    judgement.add("every platform shows what may be sold", looked, wrong)


def _books(judgement: Judgement) -> None:
    report = inventory_verify()
    broken = [f"{one.name}: {one.differences}" for one in report.checks if one.differences]
    judgement.add("the books add up (all laws of stock and orders)", len(report.checks), broken)


# ------------------------------------------------------------------ figures


def _figures(judgement: Judgement, testimony: Mapping[str, Any]) -> None:
    repeats = fetch_one("SELECT coalesce(sum(repeats), 0)::bigint, count(*) FROM platform_message")
    assert repeats is not None
    judgement.figures |= {
        "sales_orders": _count("SELECT count(*) FROM sales_order"),
        "lines": _count("SELECT count(*) FROM sales_order_line"),
        "messages": repeats[1],
        "messages_repeated": repeats[0],
        "messages_failed": _count("SELECT count(*) FROM platform_message WHERE state = 'failed'"),
        "requests": dict(
            fetch("SELECT kind || ' ' || state, count(*) FROM platform_request GROUP BY 1 ORDER BY 1")
        ),
        "duplicates_suspected": _count(
            "SELECT count(DISTINCT order_id) FROM order_hold WHERE code = 'duplicate_suspected'"
        ),
        "order_states": dict(fetch("SELECT state, count(*) FROM sales_order GROUP BY 1 ORDER BY 1")),
        "platform_order_notes": dict(
            fetch("SELECT error, count(*) FROM platform_order WHERE error <> '' GROUP BY 1 ORDER BY 1")
        ),
        "calls": {code: sum(there["calls"].values()) for code, there in testimony.items()},
        "throttled": {code: there["refusals"].get("throttled", 0) for code, there in testimony.items()},
        "placed": {code: there["placed"] for code, there in testimony.items()},
        "turned_away": sum(there["turned_away"] for there in testimony.values()),
        "pushed": sum(there["pushed"] for there in testimony.values()),
        "pushes_refused": sum(there["pushes_refused"] for there in testimony.values()),
        "wishes": dict(sum((Counter(there["wishes"]) for there in testimony.values()), Counter())),
    }


def _count(sql: str) -> int:
    row = fetch_one(sql)
    assert row is not None
    return int(row[0])
