"""Invoices of suppliers: entered, compared with orders and receipts, released, handed over to accounting.

Locks: the orders, their lines, then the invoices; each in key order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.kernel.sequences import numbers
from hecang.partners.selectors import suppliers_by_id
from hecang.purchasing.errors import InvoiceKnown, InvoiceReasonMissing
from hecang.purchasing.models import SupplierInvoiceState as State
from hecang.purchasing.services.ending import orders_close
from hecang.purchasing.services.locking import lines_lock, orders_lock
from hecang.purchasing.services.matching import invoices_match, invoices_open_of
from hecang.purchasing.states import require

_WRITE = """
INSERT INTO supplier_invoice (number, invoice_number, state, supplier_id, owner_id, currency, invoiced_on, due_on,
    net_amount, tax_amount, difference, note, created_by, created_at, updated_at, approved_by)
SELECT n.number, n.invoice_number, 'differs', n.supplier_id, n.owner_id, n.currency, n.invoiced_on, n.due_on, n.net,
    n.tax, 0, n.note, %s, %s, %s, ''
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::date[], %s::numeric[],
    %s::numeric[], %s::text[])
    AS n (number, invoice_number, supplier_id, owner_id, currency, invoiced_on, due_on, net, tax, note)
ORDER BY n.number
ON CONFLICT (supplier_id, invoice_number) DO NOTHING RETURNING number, id
"""
_LINES = """
INSERT INTO supplier_invoice_line (invoice_id, number, order_line_id, description, quantity, unit_price, amount,
    payable_quantity, difference, differences)
SELECT l.invoice_id, l.number, l.order_line_id, l.description, l.quantity, l.unit_price, l.amount, 0, 0, '{}'
FROM unnest(%s::bigint[], %s::integer[], %s::bigint[], %s::text[], %s::bigint[], %s::numeric[], %s::numeric[])
    AS l (invoice_id, number, order_line_id, description, quantity, unit_price, amount)
ORDER BY l.invoice_id, l.number
"""
_INVOICED = """
UPDATE purchase_order_line l SET invoiced = coalesce((
    SELECT sum(n.quantity) FROM supplier_invoice_line n JOIN supplier_invoice i ON i.id = n.invoice_id
    WHERE n.order_line_id = l.id AND i.state <> 'cancelled'), 0)
WHERE l.order_id = ANY(%s::bigint[])
"""
_DONE = """
SELECT o.id FROM purchase_order o WHERE o.id = ANY(%s::bigint[]) AND o.state = 'received'
    AND NOT EXISTS (SELECT FROM purchase_order_line l WHERE l.order_id = o.id AND l.invoiced < l.received - l.rejected)
    AND NOT EXISTS (SELECT FROM supplier_invoice_line n JOIN supplier_invoice i ON i.id = n.invoice_id
        JOIN purchase_order_line l ON l.id = n.order_line_id
        WHERE l.order_id = o.id AND i.state IN ('matched', 'differs'))
"""


@dataclass(frozen=True, slots=True)
class InvoiceLineIn:
    """:param order_line_id: what it charges for; ``None`` for something that nobody ordered (freight, say)."""

    order_line_id: int | None
    quantity: int
    unit_price: Decimal
    description: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceIn:
    """An invoice as it came.

    :param owner_id: whose goods; by default that of the orders.
    :param due_on: by default the supplier's days after the invoice.
    """

    supplier_id: int
    invoice_number: str
    invoiced_on: date
    lines: Sequence[InvoiceLineIn]
    currency: str = ""
    owner_id: int | None = None
    due_on: date | None = None
    tax_amount: Decimal = Decimal(0)
    note: str = ""


@transactional
def invoice_create(*, invoice: InvoiceIn) -> int:
    """Enter an invoice and compare it; its id. Locks its orders.

    Raises :class:`InvoiceKnown` for a number that this supplier has used, and like :func:`invoices_create`.
    """
    (made,) = invoices_create(invoices=[invoice])
    if made is None:
        raise InvoiceKnown(
            _("Invoice %(number)s of this supplier is there already; it was not entered again.")
            % {"number": invoice.invoice_number}
        )
    return made


@transactional
def invoices_create(*, invoices: Sequence[InvoiceIn]) -> list[int | None]:
    """Enter invoices and compare them; their ids, ``None`` for one that is there already. Locks their orders.

    A dozen statements for any number. Raises :class:`InvalidInput` for lines of other suppliers or owners, NotFound
    outside of the actor's scope; then none is entered.
    """
    orders_of = _orders_of_lines(
        [line.order_line_id for one in invoices for line in one.lines if line.order_line_id is not None]
    )
    orders = orders_lock(set(orders_of.values()))
    lines_lock(orders)
    suppliers = suppliers_by_id({one.supplier_id for one in invoices})
    now, rows = clock.now(), []
    for number, one in zip(numbers("supplier_invoice", len(invoices)), invoices, strict=True):
        supplier = suppliers.get(one.supplier_id)
        if supplier is None:
            raise InvalidInput(_("There is no such supplier."), code="unknown_supplier")
        mine = [orders[orders_of[line.order_line_id]] for line in one.lines if line.order_line_id is not None]
        owner_id = _require_sound(
            one,
            orders_of,
            {pk: order.supplier_id for pk, order in orders.items()},
            {order.owner_id for order in mine},
        )
        current_actor().scope.require(owner=owner_id)
        rows.append(
            (
                number, one.invoice_number[:64], one.supplier_id, owner_id, one.currency or supplier.currency,
                one.invoiced_on, one.due_on or one.invoiced_on + timedelta(days=supplier.payment_days),
                sum((_money(line.unit_price * line.quantity) for line in one.lines), Decimal(0)), one.tax_amount,
                one.note[:500],
            )
        )  # fmt: skip
    made: dict[str, int] = dict(fetch(_WRITE, [current_actor().name[:100], now, now, *columns(rows, 10)]))
    ids = [made.get(row[0]) for row in rows]
    execute(
        _LINES,
        columns(
            (
                (
                    pk, place, line.order_line_id, line.description[:200], line.quantity, line.unit_price,
                    _money(line.unit_price * line.quantity),
                )
                for pk, one in zip(ids, invoices, strict=True)
                if pk is not None
                for place, line in enumerate(one.lines, 1)
            ),
            7,
        ),
    )  # fmt: skip
    execute(_INVOICED, [sorted(orders)])
    invoices_match(list(made.values()))
    _audit(
        "created",
        [
            (pk, None, {"invoice_number": row[1], "net": row[7]})
            for pk, row in zip(ids, rows, strict=True)
            if pk is not None
        ],
    )
    return ids


def _orders_of_lines(line_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = dict(
        fetch(
            "SELECT id, order_id FROM purchase_order_line WHERE id = ANY(%s::bigint[])",
            [sorted(set(line_ids))],
        )
    )
    missing = set(line_ids) - found.keys()
    if missing:
        text = _("There is no such line of a purchase order. Load the order again.")
        raise InvalidInput(
            text, problems=[Problem(text, code="unknown_line", field=str(one)) for one in sorted(missing)]
        )
    return found


def _require_sound(
    invoice: InvoiceIn, orders_of: dict[int, int], suppliers: dict[int, int], owners: set[int]
) -> int:
    problems = []
    if not invoice.lines:
        problems.append(Problem(_("An invoice has at least one line."), code="no_lines", loc="lines"))
    for index, one in enumerate(invoice.lines):
        if not 0 < one.quantity <= 10**12 or not 0 <= one.unit_price < 10**9:
            text = _("A line asks for at least one unit, at a price that is not below zero.")
            problems.append(Problem(text, code="bad_quantity", loc=f"lines.{index}.quantity"))
        if one.order_line_id is not None and suppliers[orders_of[one.order_line_id]] != invoice.supplier_id:
            text = _("This line belongs to an order of another supplier.")
            problems.append(Problem(text, code="other_supplier", loc=f"lines.{index}.order_line_id"))
    named = owners | ({invoice.owner_id} if invoice.owner_id is not None else set())
    if len(named) != 1:
        text = (
            _("An invoice is about the goods of one owner. Enter one for each of them.")
            if named
            else _("Say whose goods it is about, or name the lines of orders.")
        )
        problems.append(Problem(text, code="one_owner", loc="owner_id"))
    if problems:
        raise InvalidInput(problems[0].message, problems=problems)
    return named.pop()


@dataclass(frozen=True, slots=True)
class LockedInvoice:
    """An invoice under lock, with the orders that it names."""

    id: int
    number: str
    state: str


def _lock(invoice_ids: Collection[int]) -> tuple[list[LockedInvoice], list[int]]:
    """Lock invoices behind the orders that they name. Raises NotFound."""
    wanted = sorted(set(invoice_ids))
    orders = [
        row[0]
        for row in fetch(
            "SELECT DISTINCT l.order_id FROM supplier_invoice_line n"
            " JOIN purchase_order_line l ON l.id = n.order_line_id WHERE n.invoice_id = ANY(%s::bigint[])",
            [wanted],
        )
    ]
    lines_lock(orders_lock(orders))
    rows = fetch(
        "SELECT id, number, state, owner_id FROM supplier_invoice WHERE id = ANY(%s::bigint[])"
        " ORDER BY id FOR NO KEY UPDATE",
        [wanted],
    )
    if len(rows) < len(wanted):
        raise NotFound(_("There is no such record, or it lies outside your data scope."))
    for row in rows:
        current_actor().scope.require(owner=row[3])
    return [LockedInvoice(*row[:3]) for row in rows], sorted(orders)


@transactional
def invoices_approve(*, invoice_ids: Sequence[int], reason: str = "") -> None:
    """Release invoices for payment, all or none; compared once more before. Orders that are done by it are closed.

    Locks the orders, the invoices. Raises NotFound, StateConflict, :class:`InvoiceReasonMissing` where one differs and
    nobody says why it is paid all the same.
    """
    locked, orders = _lock(invoice_ids)
    for one in locked:
        require("supplier_invoice", one.state, State.APPROVED, what=one.number)
    ids = [one.id for one in locked]
    invoices_match(ids)
    differing = [
        row[0]
        for row in fetch(
            "SELECT number FROM supplier_invoice WHERE id = ANY(%s::bigint[]) AND state = 'differs' ORDER BY id",
            [ids],
        )
    ]
    if differing and not reason.strip():
        raise InvoiceReasonMissing(
            _("%(numbers)s differ from what was ordered and received. Say why they are paid all the same.")
            % {"numbers": ", ".join(differing[:10])},
            data={"numbers": differing},
        )
    now = clock.now()
    execute(
        "UPDATE supplier_invoice SET state = 'approved', approved_by = %s, approved_at = %s, updated_at = %s,"
        " note = CASE WHEN %s::text = '' THEN note ELSE left(concat_ws(' / ', nullif(note, ''), %s::text), 500) END"
        " WHERE id = ANY(%s::bigint[])",
        [current_actor().name[:100], now, now, reason.strip(), reason.strip()[:200], ids],
    )
    _audit(
        "approved",
        [(one.id, {"state": one.state}, {"state": "approved", "reason": reason}) for one in locked],
    )
    done = [row[0] for row in fetch(_DONE, [orders])]
    if done:
        orders_close(order_ids=done, reason="")


@transactional
def invoices_hand_over(*, invoice_ids: Sequence[int]) -> None:
    """Note that accounting has released invoices, all or none. Locks them. Raises NotFound, StateConflict."""
    locked, _orders = _lock(invoice_ids)
    for one in locked:
        require("supplier_invoice", one.state, State.HANDED_OVER, what=one.number)
    now = clock.now()
    execute(
        "UPDATE supplier_invoice SET state = 'handed_over', handed_over_at = %s, updated_at = %s"
        " WHERE id = ANY(%s::bigint[])",
        [now, now, [one.id for one in locked]],
    )
    _audit("handed_over", [(one.id, {"state": one.state}, {"state": "handed_over"}) for one in locked])


@transactional
def invoice_cancel(*, invoice_id: int, reason: str) -> None:
    """Take an invoice out: entered by mistake, or replaced. Later ones of the same orders are compared anew.

    Locks the orders, the invoice. Raises NotFound, StateConflict.
    """
    locked, orders = _lock([invoice_id])
    require("supplier_invoice", locked[0].state, State.CANCELLED, what=locked[0].number)
    execute(
        "UPDATE supplier_invoice SET state = 'cancelled', updated_at = %s,"
        " note = left(concat_ws(' / ', nullif(note, ''), %s::text), 500) WHERE id = %s",
        [clock.now(), reason[:200], invoice_id],
    )
    execute(_INVOICED, [orders])
    _audit("cancelled", [(invoice_id, {"state": locked[0].state}, {"state": "cancelled", "reason": reason})])
    invoices_rematch(order_ids=orders)


@transactional
def invoices_rematch(*, order_ids: Collection[int]) -> int:
    """Compare the unreleased invoices of orders anew, since goods came or prices changed; how many. Locks them."""
    ids = invoices_open_of(order_ids)
    if ids:
        execute(
            "SELECT id FROM supplier_invoice WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
            [ids],
        )
        invoices_match(ids)
    return len(ids)


def _audit(what: str, entries: Sequence[tuple[int, dict[str, Any] | None, dict[str, Any] | None]]) -> None:
    audit_record_many(action=f"purchasing.invoice.{what}", entity_kind="supplier_invoice", entries=entries)


def _money(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
