"""Differences between what should have come and what came: reported, decided, followed up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.inbound.errors_receiving import (
    DiscrepancyNotFound,
    DiscrepancyStateConflict,
    ReceiptInvalid,
)
from hecang.inbound.models import Discrepancy, DiscrepancyKind, DiscrepancyState
from hecang.inbound.services.differing_goods import (
    Locked,
    LotKey,
    differences_lock,
    differences_release,
    differences_return,
)
from hecang.inbound.services.receiving_facts import receipt_lock, require_open
from hecang.inbound.services.receiving_rows import photos_attach, receipt_count
from hecang.inbound.states_receiving import DISCREPANCY_TRANSITIONS, may_become
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput
from hecang.tickets.services import NewTicket, tickets_open

Decision = Discrepancy.Decision

#: Kind of ticket that a kind of discrepancy opens.
_TICKETS: Final = {
    DiscrepancyKind.SHORT.value: "shortage",
    DiscrepancyKind.DAMAGED.value: "damage",
}
#: What the system says in a ticket.
_REASON = gettext_noop(
    "Receipt %(receipt)s: %(quantity)s units of %(sku)s differ from what was expected (%(kind)s)."
)


@dataclass(frozen=True, slots=True)
class Reported:
    """Something that came and cannot be received: nobody knows it, or it is not what was ordered.

    :param scan_id: made by the reporter; a repetition changes nothing.
    :param barcode: what was read.
    """

    scan_id: UUID
    kind: str = DiscrepancyKind.WRONG_ITEM.value
    barcode: str = ""
    sku_id: int | None = None
    quantity: int = 1
    note: str = ""
    photo_ids: tuple[int, ...] = ()


@transactional
def discrepancy_report(*, receipt_id: int, reported: Reported) -> int:
    """Write down what came and is not taken in; its id. Locks the receipt.

    :raises ReceiptNotFound, ReceiptStateConflict: no such open receipt. ReceiptInvalid: kind or quantity makes no sense.
    """
    receipt = receipt_lock(receipt_id)
    known = fetch_one("SELECT id FROM discrepancy WHERE scan_id = %s", [reported.scan_id])
    if known is not None:
        return int(known[0])
    require_open(receipt)
    if reported.kind not in DiscrepancyKind.values or reported.quantity < 1:
        raise ReceiptInvalid(_("Say what is wrong and how many there are."), code="unknown_kind")
    if reported.sku_id is None and not reported.barcode.strip():
        raise ReceiptInvalid(_("Scan what came, or choose the SKU."), code="required")
    if reported.sku_id is not None and not fetch("SELECT 1 FROM sku WHERE id = %s", [reported.sku_id]):
        raise ReceiptInvalid(_("There is no such SKU. Scan the goods again."), code="unknown_sku")
    row = Discrepancy.objects.create(
        receipt_id=receipt_id, kind=reported.kind, warehouse_id=receipt.warehouse_id, owner_id=receipt.owner_id,
        supplier_id=receipt.supplier_id, scan_id=reported.scan_id, sku_id=reported.sku_id,
        barcode=reported.barcode.strip()[:128], quantity=reported.quantity, note=reported.note[:500],
        found_by=current_actor().name[:100], found_at=clock.now(),
    )  # fmt: skip
    photos_attach([(row.pk, photo) for photo in reported.photo_ids])
    receipt_count(receipt_id)
    audit_record(
        action="inbound.discrepancy.reported",
        entity_kind="discrepancy",
        entity_id=row.pk,
        after={"receipt": receipt.number, "kind": row.kind, "quantity": row.quantity},
    )
    return row.pk


@transactional
def discrepancies_decide(*, discrepancy_ids: Sequence[int], decision: str, note: str = "") -> None:
    """Decide what becomes of differences, all in the same way, all or nothing.

    ``accept``: they are as they are; units that the policy put into quarantine become good, but for those that an
    inspection has a word about (see ``differing_goods``). ``refuse``: what was left at
    the door goes back with the truck (goods that are booked have to be taken back or returned). ``return``: booked goods
    are to go back to the supplier; :func:`discrepancies_settle` says that they are gone. ``ticket``: somebody looks into
    it; the ticket's end settles it.

    Locks inspections of the goods → the discrepancies → putaways → what posting locks. Constant statements.

    :raises DiscrepancyNotFound, DiscrepancyStateConflict, InvalidInput: nothing has changed.
    """
    if decision not in Decision.values:
        raise InvalidInput(
            _("Accept, refuse, return to the supplier, or open a ticket."), code="unknown_decision"
        )
    rows, inspections = _lock(discrepancy_ids)
    for row in rows:
        _require(row, decision)
    settled = _settles(rows, decision)
    if decision == Decision.ACCEPT:
        differences_release(rows, inspections)
    if decision == Decision.TICKET:
        _tickets(rows, note)
    now = clock.now()
    execute(
        "UPDATE discrepancy SET state = CASE WHEN id = ANY(%s::bigint[]) THEN 'settled' ELSE 'decided' END,"
        " settled_at = CASE WHEN id = ANY(%s::bigint[]) THEN %s::timestamptz END, decision = %s, decided_at = %s,"
        " decided_by = %s, note = CASE WHEN %s::text = '' THEN note ELSE left(concat_ws(' ', nullif(note, ''), %s::text), 500) END"
        " WHERE id = ANY(%s::bigint[])",
        [
            settled,
            settled,
            now,
            decision,
            now,
            current_actor().name[:100],
            note,
            note,
            [row.id for row in rows],
        ],
    )
    audit_record_many(
        action="inbound.discrepancy.decided",
        entity_kind="discrepancy",
        entries=[
            (
                row.id,
                {"state": row.state, "decision": row.decision},
                {"decision": decision, "note": note[:200]},
            )
            for row in rows
        ],
    )


@transactional
def discrepancies_settle(*, discrepancy_ids: Sequence[int]) -> int:
    """What was decided is done: goods to be returned have left the house; how many were settled now.

    Posts the goods of ``return`` out from where they lie; other differences of the same goods are settled with them, and
    an open inspection does without them. Locks inspections → the discrepancies → putaways → what posting locks.

    :raises DiscrepancyStateConflict: nobody has decided. ReceiptLineGone: the goods are gone, or on a shelf.
    """
    locked, inspections = _lock(discrepancy_ids)
    rows = [row for row in locked if row.state != DiscrepancyState.SETTLED]
    for row in rows:
        if row.state != DiscrepancyState.DECIDED:
            raise DiscrepancyStateConflict(
                _("Nobody has decided about this difference of receipt %(number)s yet. Decide first.")
                % {"number": row.receipt_number},
                data={"id": row.id, "state": row.state},
            )
    gone = [row for row in rows if row.decision == Decision.RETURN and row.lies_here]
    differences_return(gone, inspections)
    _settled([row.id for row in rows])
    _settled_with({row.line_id for row in gone if row.line_id is not None})
    audit_record_many(
        action="inbound.discrepancy.settled",
        entity_kind="discrepancy",
        entries=[(row.id, {"state": row.state}, {"state": "settled"}) for row in rows],
    )
    return len(rows)


@transactional
def discrepancies_follow_tickets(*, ticket_ids: Sequence[int]) -> int:
    """Settle the differences whose tickets were resolved; how many."""
    rows = fetch(
        "SELECT id FROM discrepancy WHERE ticket_id = ANY(%s::bigint[]) AND state = 'decided' AND decision = 'ticket'"
        " ORDER BY id FOR NO KEY UPDATE",
        [list(ticket_ids)],
    )
    _settled([row[0] for row in rows])
    return len(rows)


def _settled(ids: Sequence[int]) -> None:
    if ids:
        execute(
            "UPDATE discrepancy SET state = 'settled', settled_at = %s WHERE id = ANY(%s::bigint[])",
            [clock.now(), list(ids)],
        )


def _settled_with(line_ids: Collection[int]) -> None:
    """Nothing is left to decide about goods that have gone back."""
    if not line_ids:
        return
    rows = fetch(
        "UPDATE discrepancy SET state = 'settled', settled_at = %s, decision = 'return', decided_at = %s, decided_by = %s"
        " WHERE receipt_line_id = ANY(%s::bigint[]) AND state = 'open' RETURNING id",
        [clock.now(), clock.now(), current_actor().name[:100], sorted(line_ids)],
    )
    audit_record_many(
        action="inbound.discrepancy.settled",
        entity_kind="discrepancy",
        entries=[(row[0], {"state": "open"}, {"state": "settled", "decision": "return"}) for row in rows],
    )


def _lock(discrepancy_ids: Sequence[int]) -> tuple[list[Locked], dict[LotKey, set[str]]]:
    ids = sorted(set(discrepancy_ids))
    rows, inspections = differences_lock(ids)
    scope = current_actor().scope
    if len(rows) != len(ids):
        raise DiscrepancyNotFound(
            _("There is no such difference any more. Load the list again."),
            data={"ids": sorted(set(ids) - {row.id for row in rows})},
        )
    for row in rows:
        scope.require(warehouse=row.warehouse_id, owner=row.owner_id)
    return rows, inspections


def _require(row: Locked, decision: str) -> None:
    if not may_become(DISCREPANCY_TRANSITIONS, row.state, DiscrepancyState.DECIDED) or row.ticket_id:
        raise DiscrepancyStateConflict(
            _(
                "The difference of receipt %(number)s is settled, or a ticket follows it. Open the ticket instead."
            )
            % {"number": row.receipt_number},
            data={"id": row.id, "state": row.state},
        )
    if decision == Decision.REFUSE and row.lies_here:
        raise DiscrepancyStateConflict(
            _(
                "The goods are booked already, so they cannot be refused at the door. Take the scan back while the receipt"
                " is open, or return them to the supplier."
            ),
            data={"id": row.id},
            code="goods_booked",
        )
    if decision == Decision.RETURN and not row.lies_here:
        raise DiscrepancyStateConflict(
            _("There is nothing of it in the house that could be returned. Refuse it, or open a ticket."),
            data={"id": row.id},
            code="goods_not_booked",
        )


def _settles(rows: Sequence[Locked], decision: str) -> list[int]:
    """Those that need nothing more."""
    return [row.id for row in rows] if decision in {Decision.ACCEPT, Decision.REFUSE} else []


def _tickets(rows: Sequence[Locked], note: str) -> None:
    """One ticket for each difference; the ids are written down."""
    ids = tickets_open(
        tickets=[
            NewTicket(
                kind=_TICKETS.get(row.kind, "other"),
                subject=note[:200],
                reason=_REASON,
                detail={
                    "receipt": row.receipt_number, "quantity": row.quantity, "sku": row.code, "kind": row.kind,
                },
                links=[("receipt", row.receipt_id, row.receipt_number)],
                key=f"discrepancy:{row.id}",
                team="purchasing" if row.kind == DiscrepancyKind.SHORT else "warehouse",
                warehouse_id=row.warehouse_id,
                owner_id=row.owner_id,
            )
            for row in rows
        ]
    )  # fmt: skip
    execute(
        "UPDATE discrepancy d SET ticket_id = n.ticket_id FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, ticket_id)"
        " WHERE d.id = n.id",
        [[row.id for row in rows], ids],
    )
