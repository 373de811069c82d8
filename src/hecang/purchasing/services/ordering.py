"""Making purchase orders: by hand, and out of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.kernel.sequences import numbers
from hecang.partners.selectors import SupplierRef, suppliers_by_id
from hecang.purchasing.errors import NoPrice, SupplierInactive
from hecang.purchasing.models import PurchaseRequestState
from hecang.purchasing.selectors.offers import list_prices
from hecang.purchasing.selectors.policy import policy_now
from hecang.purchasing.services.locking import totals_save
from hecang.purchasing.services.planning import PlannedOrder, Wish, purchase_plan
from hecang.purchasing.services.requests import requests_lock

_ORDERS = """
INSERT INTO purchase_order (number, state, supplier_id, owner_id, warehouse_id, currency, supplier_number,
    external_number, revision, ordered_on, expected_on, line_count, unit_count, amount, note, created_by, created_at,
    updated_at, submitted_by, approved_by, approval_round, end_reason)
SELECT o.number, 'draft', o.supplier_id, o.owner_id, o.warehouse_id, o.currency, '', o.external, 0, NULL, o.expected_on,
    0, 0, 0, o.note, %s, %s, %s, '', '', 0, ''
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::date[], %s::text[])
    AS o (number, supplier_id, owner_id, warehouse_id, currency, external, expected_on, note)
ORDER BY o.number RETURNING number, id
"""
_LINES = """
INSERT INTO purchase_order_line (order_id, number, sku_id, quantity, unit_price, list_price, supplier_sku, expected_on,
    received, rejected, cancelled, invoiced)
SELECT l.order_id, l.number, l.sku_id, l.quantity, l.unit_price, l.list_price, l.supplier_sku, l.expected_on, 0, 0, 0, 0
FROM unnest(%s::bigint[], %s::integer[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::text[],
    %s::date[]) AS l (order_id, number, sku_id, quantity, unit_price, list_price, supplier_sku, expected_on)
ORDER BY l.order_id, l.number RETURNING order_id, sku_id, id
"""
_ITEMS = """
SELECT i.supplier_id, i.sku_id, i.supplier_sku, i.lead_time_days
FROM supplier_item i JOIN unnest(%s::bigint[], %s::bigint[]) AS w (supplier_id, sku_id)
    ON w.supplier_id = i.supplier_id AND w.sku_id = i.sku_id
"""
_KNOWN = """
SELECT (SELECT count(*) FROM sku WHERE id = ANY(%s::bigint[])),
    (SELECT count(*) FROM owner WHERE id = ANY(%s::bigint[])),
    (SELECT count(*) FROM warehouse WHERE id = ANY(%s::bigint[]))
"""
MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class OrderLineIn:
    """One line.

    :param unit_price: by default what the price list asks for today.
    :param expected_on: by default today and the lead time.
    """

    sku_id: int
    quantity: int
    unit_price: Decimal | None = None
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrderIn:
    """An order to write, a draft at first. ``currency`` is by default the supplier's."""

    supplier_id: int
    owner_id: int
    warehouse_id: int
    lines: Sequence[OrderLineIn]
    currency: str = ""
    note: str = ""
    external_number: str = ""


@dataclass(frozen=True, slots=True)
class OrdersMade:
    """:param lines: (order id, SKU) → ids of its lines."""

    ids: list[int]
    numbers: list[str]
    lines: Mapping[tuple[int, int], list[int]]


@transactional
def orders_create(*, orders: Sequence[PurchaseOrderIn]) -> OrdersMade:
    """Write drafts. Eight statements for any number of orders and lines.

    Raises :class:`InvalidInput` (naming every line that is wrong), :class:`SupplierInactive`, :class:`NoPrice` where a
    line names no price and the list has none, NotFound outside of the actor's scope.
    """
    if not orders:
        return OrdersMade([], [], {})
    suppliers = _suppliers(orders)
    _require_sound(orders)
    currencies = [order.currency or suppliers[order.supplier_id].currency for order in orders]
    flat = [
        (place, number, line)
        for place, order in enumerate(orders)
        for number, line in enumerate(order.lines, 1)
    ]
    prices = list_prices(
        [
            (orders[place].supplier_id, line.sku_id, line.quantity, currencies[place])
            for place, _no, line in flat
        ]
    )
    _require_prices(flat, prices)
    items = {
        (row[0], row[1]): row[2:]
        for row in fetch(
            _ITEMS, columns({(orders[place].supplier_id, line.sku_id) for place, _no, line in flat}, 2)
        )
    }
    now, actor, today = clock.now(), current_actor(), clock.today()
    drawn = numbers("purchase_order", len(orders))
    made = dict(
        fetch(
            _ORDERS,
            [
                actor.name[:100], now, now,
                *columns(
                    (
                        (
                            number, order.supplier_id, order.owner_id, order.warehouse_id, currency,
                            order.external_number, None, order.note[:500],
                        )
                        for number, order, currency in zip(drawn, orders, currencies, strict=True)
                    ),
                    8,
                ),
            ],
        )
    )  # fmt: skip
    ids: list[int] = [made[number] for number in drawn]
    rows = []
    for index, (place, number, line) in enumerate(flat):
        order = orders[place]
        code, lead = items.get((order.supplier_id, line.sku_id), ("", None))
        days = suppliers[order.supplier_id].lead_time_days if lead is None else lead
        price = prices.get(index)
        rows.append(
            (
                ids[place], number, line.sku_id, line.quantity,
                price if line.unit_price is None else line.unit_price, price, code,
                line.expected_on or today + timedelta(days=days),
            )
        )  # fmt: skip
    lines: dict[tuple[int, int], list[int]] = {}
    for order_id, sku_id, line_id in fetch(_LINES, columns(rows, 8)):
        lines.setdefault((order_id, sku_id), []).append(line_id)
    totals_save(ids)
    audit_record_many(
        action="purchasing.order.created",
        entity_kind="purchase_order",
        entries=[
            (
                pk,
                None,
                {"number": number, "supplier": suppliers[order.supplier_id].code, "lines": len(order.lines)},
            )
            for pk, number, order in zip(ids, drawn, orders, strict=True)
        ],
    )
    return OrdersMade(ids, drawn, lines)


def _suppliers(orders: Sequence[PurchaseOrderIn]) -> dict[int, SupplierRef]:
    found = suppliers_by_id({order.supplier_id for order in orders})
    for order in orders:
        supplier = found.get(order.supplier_id)
        if supplier is None:
            raise InvalidInput(_("There is no such supplier."), code="unknown_supplier")
        if not supplier.is_active:
            raise SupplierInactive(
                _("Supplier %(code)s is not in use; nothing can be ordered there. Switch it on first.")
                % {"code": supplier.code}
            )
    return found


def _require_sound(orders: Sequence[PurchaseOrderIn]) -> None:
    scope = current_actor().scope
    problems = []
    for place, order in enumerate(orders):
        scope.require(warehouse=order.warehouse_id, owner=order.owner_id)
        if len(order.lines) > MOST_LINES:
            text = _("An order holds at most %(most)s lines. Make two of it.") % {"most": MOST_LINES}
            problems.append(Problem(text, code="too_many_lines", loc=f"orders.{place}.lines"))
        for index, line in enumerate(order.lines):
            if not 0 < line.quantity <= 10**12:
                text = _("A line asks for at least one unit.")
                problems.append(
                    Problem(text, code="bad_quantity", loc=f"lines.{index}.quantity", field="quantity")
                )
            if line.unit_price is not None and not 0 <= line.unit_price < 10**9:
                text = _("A price is not below zero, and below a thousand million.")
                problems.append(
                    Problem(text, code="bad_price", loc=f"lines.{index}.unit_price", field="unit_price")
                )
    if problems:
        raise InvalidInput(problems[0].message, problems=problems)
    wanted = [
        sorted({line.sku_id for order in orders for line in order.lines}),
        sorted({order.owner_id for order in orders}),
        sorted({order.warehouse_id for order in orders}),
    ]
    if list(fetch(_KNOWN, wanted)[0]) != [len(ids) for ids in wanted]:
        raise InvalidInput(
            _("A SKU, an owner or a warehouse does not exist; nothing was written."), code="unknown_reference"
        )


def _require_prices(flat: Sequence[tuple[int, int, OrderLineIn]], prices: Mapping[int, Decimal]) -> None:
    text = _(
        "There is no price of this article that holds today. Enter a price, or add it to the price list."
    )
    problems = [
        Problem(text, code="no_price", loc=f"lines.{number - 1}.unit_price", field="unit_price")
        for index, (_place, number, line) in enumerate(flat)
        if line.unit_price is None and index not in prices
    ]
    if problems:
        raise NoPrice(text, problems=problems)


@transactional
def requests_order(
    *, request_ids: Sequence[int], choice: str | None = None, suppliers: Mapping[int, int] | None = None
) -> OrdersMade:
    """Turn open requests into drafts, one for each supplier, owner, warehouse and currency.

    Quantities are rounded up to the supplier's minimum and multiple once for all requests of a SKU. Locks the requests:
    one that another has ordered meanwhile is refused (StateConflict). Raises :class:`NoPrice` naming the requests that
    nobody has a price for; then nothing is ordered.

    :param choice: ``cheapest`` or ``fastest``; by default the policy's.
    :param suppliers: SKU → supplier that a person chose.
    """
    locked = {one.id: one for one in requests_lock(request_ids, PurchaseRequestState.ORDERED)}
    plan = purchase_plan(
        wishes=[
            Wish(
                one.id,
                one.sku_id,
                one.owner_id,
                one.warehouse_id,
                one.quantity,
                one.supplier_id,
                one.needed_on,
            )
            for one in locked.values()
        ],
        policy=policy_now(),
        choice=choice,
        suppliers=suppliers,
    )
    if plan.unplanned:
        text = _(
            "No supplier has a price for it that holds today. Add it to a price list, or enter an order by hand."
        )
        raise NoPrice(
            text,
            problems=[
                Problem(text, code="no_price", field=locked[key].number, loc=f"requests.{key}")
                for key in plan.unplanned
            ],
        )
    made = orders_create(orders=[_order_of(order) for order in plan.orders])
    rows = [
        (key, made.lines[order_id, line.sku_id][0])
        for order_id, order in zip(made.ids, plan.orders, strict=True)
        for line in order.lines
        for key in line.keys
    ]
    execute(
        "UPDATE purchase_request r SET state = 'ordered', order_line_id = s.line_id, updated_at = %s"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS s (id, line_id) WHERE r.id = s.id",
        [clock.now(), *columns(rows, 2)],
    )
    audit_record_many(
        action="purchasing.request.ordered",
        entity_kind="purchase_request",
        entries=[
            (key, {"state": "open"}, {"state": "ordered", "order_line_id": line})
            for key, line in sorted(rows)
        ],
    )
    return made


def _order_of(order: PlannedOrder) -> PurchaseOrderIn:
    return PurchaseOrderIn(
        supplier_id=order.supplier_id,
        owner_id=order.owner_id,
        warehouse_id=order.warehouse_id,
        currency=order.currency,
        lines=[
            OrderLineIn(line.sku_id, line.offer.quantity, line.offer.price, line.offer.arrives_on)
            for line in order.lines
        ],
    )
