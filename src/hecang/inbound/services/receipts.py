"""The life of a receipt: opened, closed, cancelled; lines taken back while it is open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import locations_by_id, special_location
from hecang.inbound.door import REFUSE
from hecang.inbound.errors_receiving import (
    AsnNotFound,
    AsnStateConflict,
    ReceiptInvalid,
    ReceiptStateConflict,
    UnannouncedRefused,
)
from hecang.inbound.models import ASN_STANDING, InboundKind, Receipt, ReceiptState
from hecang.inbound.selectors.policies import door_policies
from hecang.inbound.services.receiving_facts import ReceiptFacts, receipt_lock
from hecang.inbound.services.receiving_rows import receipt_count
from hecang.inbound.services.undoing import lines_take_back
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound, Problem
from hecang.kernel.sequences import numbers
from hecang.purchasing.selectors import purchase_lines_open
from hecang.purchasing.services import PurchaseReceived, purchase_lines_receive

#: Where goods may be booked to when they come in.
_PLACES = frozenset({"dock", "staging", "returns", "quarantine"})

_SHORT = """
INSERT INTO discrepancy (receipt_id, kind, state, warehouse_id, owner_id, supplier_id, asn_line_id, purchase_line_id,
    sku_id, barcode, quantity, is_booked, detail, note, found_by, found_at, decision, decided_by)
SELECT %s, 'short', 'open', %s, %s, %s, l.id, l.purchase_line_id, l.sku_id, '', l.quantity - l.received - r.refused,
    false, jsonb_build_object('expected', l.quantity, 'received', l.received, 'refused', r.refused), '', %s, %s, '', ''
FROM asn_line l CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.refused), 0)::bigint AS refused FROM receipt_line x
    WHERE x.asn_line_id = l.id AND x.undone_at IS NULL
) r
WHERE l.asn_id = %s AND l.quantity > l.received + r.refused ORDER BY l.id
RETURNING quantity
"""
_PURCHASED = """
SELECT purchase_line_id, sum(quantity + refused)::bigint, sum(refused)::bigint, max(at) FROM receipt_line
WHERE receipt_id = %s AND undone_at IS NULL AND purchase_line_id IS NOT NULL
GROUP BY purchase_line_id ORDER BY purchase_line_id
"""
_ENDED = """
INSERT INTO discrepancy (receipt_id, kind, state, warehouse_id, owner_id, supplier_id, purchase_line_id, sku_id, barcode,
    quantity, is_booked, detail, note, found_by, found_at, decision, decided_by)
SELECT %s, 'unannounced', 'open', %s, %s, %s, l.id, l.sku_id, '', r.units, true,
    jsonb_build_object('ended_order', o.number), '', %s, %s, '', ''
FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
CROSS JOIN LATERAL (
    SELECT sum(x.quantity)::bigint AS units FROM receipt_line x
    WHERE x.purchase_line_id = l.id AND x.undone_at IS NULL AND x.receipt_id = %s
) r
WHERE l.id = ANY(%s::bigint[]) AND r.units > 0 ORDER BY l.id
"""
_OTHERS = "SELECT 1 FROM receipt WHERE asn_id = %s AND id <> %s AND state = 'open' LIMIT 1"


@dataclass(frozen=True, slots=True)
class ReceiptIn:
    """How a delivery is to be received.

    :param asn_id: what was announced; gives warehouse, owner, supplier and order.
    :param purchase_order_id: what was ordered, where nothing was announced; gives the same.
    :param location_id: where goods are booked to; by default the dock's place, else the first dock or staging place.
    :param is_blind: hide what is expected; by default what the policy says.
    :param key: the caller's name for it: asked again under it, the first answer is given.
    """

    warehouse_id: int | None = None
    owner_id: int | None = None
    supplier_id: int | None = None
    kind: str = InboundKind.PURCHASE.value
    asn_id: int | None = None
    purchase_order_id: int | None = None
    appointment_id: int | None = None
    location_id: int | None = None
    is_blind: bool | None = None
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptOpened:
    id: int
    number: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class ReceiptClosed:
    """What a receipt came to.

    :param found: kind of discrepancy → how many.
    :param repeated: it had been closed before.
    """

    id: int
    number: str
    lines: int
    units: int
    refused_units: int
    found: Mapping[str, int]
    asn_state: str
    repeated: bool = False


@transactional
def receipt_open(*, receipt: ReceiptIn) -> ReceiptOpened:
    """Begin to receive a delivery. Locks the announcement.

    :raises AsnNotFound, NotFound: no such document in the actor's scope.
    :raises AsnStateConflict: the announcement was received or cancelled.
    :raises ReceiptInvalid: documents, warehouse, owner or place do not fit together.
    :raises UnannouncedRefused: without a document, where the policy wants one.
    """
    if receipt.key and (found := _by_key(receipt.key)):
        return found
    facts = _facts(receipt)
    current_actor().scope.require(warehouse=facts["warehouse_id"], owner=facts["owner_id"])
    _require_known(receipt, facts)
    location_id = _place(receipt, facts)
    general, _own = door_policies(sku_ids=[], supplier_id=facts["supplier_id"], owner_id=facts["owner_id"])
    if receipt.asn_id is None and facts["purchase_order_id"] is None and general.unannounced_action == REFUSE:
        raise UnannouncedRefused(
            _(
                "Nothing is taken in without an announcement or an order here. Ask the purchaser for one, or send the"
                " truck away."
            )
        )
    now = clock.now()
    row = Receipt(
        number=numbers("receipt")[0], kind=facts["kind"], key=receipt.key, warehouse_id=facts["warehouse_id"],
        owner_id=facts["owner_id"], supplier_id=facts["supplier_id"], asn_id=receipt.asn_id,
        purchase_order_id=facts["purchase_order_id"], appointment_id=receipt.appointment_id or facts["appointment_id"],
        location_id=location_id, is_blind=general.is_blind if receipt.is_blind is None else receipt.is_blind,
        note=receipt.note[:500], created_by=current_actor().name[:100], created_at=now, updated_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the key came in elsewhere at the same moment
        if receipt.key and (found := _by_key(receipt.key)):
            return found
        raise
    audit_record(
        action="inbound.receipt.opened",
        entity_kind="receipt",
        entity_id=row.pk,
        after={"number": row.number, "asn_id": row.asn_id, "purchase_order_id": row.purchase_order_id},
    )
    return ReceiptOpened(row.pk, row.number, True)


@transactional
def receipt_close(*, receipt_id: int, more_comes: bool = False) -> ReceiptClosed:
    """Everything is in: note what is missing, tell purchasing, finish the announcement. A repetition changes nothing.

    Locks receipt → announcement → purchase orders and their lines.

    :param more_comes: the rest of the announcement comes with another truck, so nothing is missing yet.
    :raises ReceiptNotFound: no such receipt in the actor's scope. ReceiptStateConflict: it was cancelled.
    """
    receipt = receipt_lock(receipt_id)
    if receipt.state == ReceiptState.CLOSED:
        return _closed(receipt_id, repeated=True)
    if receipt.state == ReceiptState.CANCELLED:
        raise ReceiptStateConflict(
            _("Receipt %(number)s was cancelled; there is nothing to close.") % {"number": receipt.number},
            data={"number": receipt.number, "state": receipt.state},
        )
    now = clock.now()
    _purchasing_tell(receipt, now)
    if receipt.asn_id is not None and not more_comes:
        _asn_finish(receipt, now)
    execute(
        "UPDATE receipt SET state = 'closed', closed_at = %s, closed_by = %s WHERE id = %s",
        [now, current_actor().name[:100], receipt_id],
    )
    receipt_count(receipt_id)
    closed = _closed(receipt_id)
    audit_record(
        action="inbound.receipt.closed",
        entity_kind="receipt",
        entity_id=receipt_id,
        before={"state": "open"},
        after={"state": "closed", "units": closed.units, "found": dict(closed.found)},
    )
    return closed


@transactional
def receipt_cancel(*, receipt_id: int, reason: str = "") -> int:
    """Take back all that was received, and end the receipt; how many lines were taken back. A repetition changes nothing.

    Locks receipt → announcement → its lines → what posting locks.

    :raises ReceiptStateConflict: it is closed.
    :raises ReceiptLineGone: goods of it lie no more where they were received.
    """
    receipt = receipt_lock(receipt_id)
    if receipt.state == ReceiptState.CANCELLED:
        return 0
    if receipt.state == ReceiptState.CLOSED:
        raise ReceiptStateConflict(
            _("Receipt %(number)s is closed; correct the stock instead.") % {"number": receipt.number},
            data={"number": receipt.number, "state": receipt.state},
        )
    taken_back = lines_take_back(receipt)
    execute(
        "UPDATE receipt SET state = 'cancelled', closed_at = %s, closed_by = %s,"
        " note = left(concat_ws(' ', nullif(note, ''), %s::text), 500) WHERE id = %s",
        [clock.now(), current_actor().name[:100], reason or None, receipt_id],
    )
    receipt_count(receipt_id)
    audit_record(
        action="inbound.receipt.cancelled",
        entity_kind="receipt",
        entity_id=receipt_id,
        before={"state": "open"},
        after={"state": "cancelled", "lines": taken_back, "reason": reason},
    )
    return taken_back


# ---------------------------------------------------------------- opening


def _by_key(key: str) -> ReceiptOpened | None:
    row = fetch_one("SELECT id, number, warehouse_id, owner_id FROM receipt WHERE key = %s", [key])
    if row is None:
        return None
    current_actor().scope.require(warehouse=row[2], owner=row[3])
    return ReceiptOpened(row[0], row[1], False)


def _facts(receipt: ReceiptIn) -> dict[str, Any]:
    """Warehouse, owner, supplier, kind and order: of the document, else as given."""
    facts = {
        "warehouse_id": receipt.warehouse_id,
        "owner_id": receipt.owner_id,
        "supplier_id": receipt.supplier_id,
        "kind": receipt.kind,
        "purchase_order_id": receipt.purchase_order_id,
        "appointment_id": None,
    }
    if receipt.asn_id is not None:
        facts |= _of_asn(receipt.asn_id)
    elif receipt.purchase_order_id is not None:
        facts |= _of_order(receipt.purchase_order_id)
    missing = [name for name in ("warehouse_id", "owner_id") if facts[name] is None]
    if missing:
        raise ReceiptInvalid(
            _("A receipt without a document needs a warehouse and an owner. Name them."),
            problems=[Problem(_("Required."), code="required", loc=name, field=name) for name in missing],
        )
    if facts["kind"] not in InboundKind.values:
        raise ReceiptInvalid(
            _("Goods come in as a purchase, a return or something else."), code="unknown_kind"
        )
    return facts


_KNOWN = """
SELECT EXISTS (SELECT 1 FROM warehouse WHERE id = %s), EXISTS (SELECT 1 FROM owner WHERE id = %s),
    %s::bigint IS NULL OR EXISTS (SELECT 1 FROM supplier WHERE id = %s),
    %s::bigint IS NULL OR EXISTS (SELECT 1 FROM appointment WHERE id = %s AND warehouse_id = %s)
"""


def _require_known(receipt: ReceiptIn, facts: Mapping[str, Any]) -> None:
    """Whoever names ids without a document may be wrong about each."""
    house, owner, supplier, truck = (
        facts["warehouse_id"], facts["owner_id"], facts["supplier_id"], receipt.appointment_id,
    )  # fmt: skip
    found = fetch(_KNOWN, [house, owner, supplier, supplier, truck, truck, house])[0]
    names = ("warehouse_id", "owner_id", "supplier_id", "appointment_id")
    problems = [
        Problem(
            _("It does not exist, or nothing can come in for it."),
            code=f"unknown_{name[:-3]}",
            loc=name,
            field=name,
        )
        for name, known in zip(names, found, strict=True)
        if not known
    ]
    if problems:
        raise ReceiptInvalid(problems[0].message, problems=problems)


def _of_asn(asn_id: int) -> dict[str, Any]:
    row = fetch_one(
        "SELECT number, state, warehouse_id, owner_id, supplier_id, kind, purchase_order_id, appointment_id"
        " FROM asn WHERE id = %s FOR NO KEY UPDATE",
        [asn_id],
    )
    if row is None:
        raise AsnNotFound(_("There is no such announcement."), data={"asn_id": asn_id})
    names = (
        "warehouse_id", "owner_id", "supplier_id", "kind", "purchase_order_id", "appointment_id",
    )  # fmt: skip
    facts = dict(zip(names, row[2:], strict=True))
    current_actor().scope.require(warehouse=facts["warehouse_id"], owner=facts["owner_id"])
    if row[1] not in ASN_STANDING:
        raise AsnStateConflict(
            _("Announcement %(number)s was received or cancelled already. Receive the goods without it.")
            % {"number": row[0]},
            data={"number": row[0], "state": row[1]},
        )
    return facts


def _of_order(order_id: int) -> dict[str, Any]:
    row = fetch_one(
        "SELECT number, state, warehouse_id, owner_id, supplier_id FROM purchase_order WHERE id = %s",
        [order_id],
    )
    if row is None:
        raise NotFound(_("There is no such purchase order."), data={"purchase_order_id": order_id})
    current_actor().scope.require(warehouse=row[2], owner=row[3])
    if row[1] in {"draft", "submitted", "closed", "cancelled"}:
        raise ReceiptInvalid(
            _(
                "Nothing can be received for purchase order %(number)s: it is not released, or it has ended."
                " Release it first, or receive the goods without an order."
            )
            % {"number": row[0]},
            code="order_not_receivable",
            data={"number": row[0], "state": row[1]},
        )
    return {"warehouse_id": row[2], "owner_id": row[3], "supplier_id": row[4], "kind": "purchase"}


def _place(receipt: ReceiptIn, facts: Mapping[str, Any]) -> int:
    """Where goods are booked to."""
    location_id = receipt.location_id
    if location_id is None and (appointment := receipt.appointment_id or facts["appointment_id"]):
        row = fetch_one(
            "SELECT d.location_id FROM appointment a JOIN dock d ON d.id = a.dock_id WHERE a.id = %s",
            [appointment],
        )
        location_id = row[0] if row else None
    if location_id is None:
        kind = "returns" if facts["kind"] == InboundKind.RETURN else "dock"
        found = fetch_one(
            "SELECT 1 FROM location WHERE warehouse_id = %s AND kind = %s AND is_active LIMIT 1",
            [facts["warehouse_id"], kind],
        )
        return special_location(facts["warehouse_id"], kind if found else "staging")
    place = locations_by_id([location_id]).get(location_id)
    if place is None or place.warehouse_id != facts["warehouse_id"] or place.kind not in _PLACES:
        message = _(
            "Goods are received at a dock, a staging, returns or quarantine place of the same warehouse. Choose one."
        )
        raise ReceiptInvalid(
            message, problems=[Problem(message, code="wrong_place", loc="location_id", field="location_id")]
        )
    return location_id


# ---------------------------------------------------------------- closing


def _purchasing_tell(receipt: ReceiptFacts, now: datetime) -> None:
    """Book what came on the lines of purchase orders. What came for an order that has ended meanwhile is unannounced."""
    came = fetch(_PURCHASED, [receipt.id])
    standing = {
        line.line_id for line in purchase_lines_open(line_ids=[row[0] for row in came], complete=True)
    }
    purchase_lines_receive(
        received=[
            PurchaseReceived(line_id, quantity, refused, at, key=f"receipt:{receipt.id}")
            for line_id, quantity, refused, at in came
            if line_id in standing
        ]
    )
    ended = [row[0] for row in came if row[0] not in standing]
    if ended:
        execute(
            _ENDED,
            [
                receipt.id, receipt.warehouse_id, receipt.owner_id, receipt.supplier_id, current_actor().name[:100],
                now, receipt.id, ended,
            ],
        )  # fmt: skip


def _asn_finish(receipt: ReceiptFacts, now: datetime) -> None:
    """The announcement is received, unless another receipt still works on it. Writes what is short."""
    if fetch_one(_OTHERS, [receipt.asn_id, receipt.id]) is not None:
        return
    state = fetch_one("SELECT state FROM asn WHERE id = %s", [receipt.asn_id])
    if state is None or state[0] not in ASN_STANDING:
        return
    fetch(
        _SHORT,
        [
            receipt.id, receipt.warehouse_id, receipt.owner_id, receipt.supplier_id, current_actor().name[:100], now,
            receipt.asn_id,
        ],
    )  # fmt: skip
    execute(
        "UPDATE asn SET state = 'received', received_at = %s, updated_at = %s WHERE id = %s",
        [now, now, receipt.asn_id],
    )
    execute("UPDATE asn_container SET is_standing = false WHERE asn_id = %s", [receipt.asn_id])


_CLOSED = """
SELECT r.number, r.line_count, r.unit_count, r.refused_units, coalesce(a.state, ''), coalesce((
    SELECT jsonb_object_agg(d.kind, d.count) FROM (
        SELECT kind, count(*) FROM discrepancy WHERE receipt_id = r.id GROUP BY kind) d), '{}')
FROM receipt r LEFT JOIN asn a ON a.id = r.asn_id WHERE r.id = %s
"""


def _closed(receipt_id: int, *, repeated: bool = False) -> ReceiptClosed:
    row = fetch_one(_CLOSED, [receipt_id])
    assert row is not None
    found: Any = json.loads(row[5]) if isinstance(row[5], str) else row[5]
    return ReceiptClosed(receipt_id, row[0], row[1], row[2], row[3], found, row[4], repeated)


def receipt_summary(*, receipt_id: int) -> ReceiptClosed:
    """What a receipt has come to so far."""
    return _closed(receipt_id)
