"""Taking back what was received, while the receipt is open: by a reverse entry of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import virtual_location
from hecang.inbound.errors_receiving import ReceiptLineGone
from hecang.inbound.services.arrival import Arrival, arrivals_withdraw
from hecang.inbound.services.receiving import SOURCES
from hecang.inbound.services.receiving_facts import ReceiptFacts, receipt_lock, require_open
from hecang.inbound.services.receiving_rows import asn_add, receipt_count
from hecang.inventory.errors import InsufficientStock, PostingInvalid
from hecang.inventory.services import PostingIn, stock_post
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional

_LINES = """
SELECT l.id, l.sku_id, l.quantity, l.lot_id, l.condition, l.location_id, l.container_id, l.serials, l.asn_line_id,
    l.purchase_line_id
FROM receipt_line l
WHERE l.receipt_id = %s AND l.undone_at IS NULL AND (%s::uuid[] IS NULL OR l.scan_id = ANY(%s::uuid[]))
ORDER BY l.id
"""
_UNDONE = """
UPDATE receipt_line l SET undone_at = %s, undone_by = %s, undo_movement_id = n.movement_id
FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, movement_id) WHERE l.id = n.id
"""


@transactional
def receipt_undo(*, receipt_id: int, scan_ids: Sequence[UUID]) -> int:
    """Take scans back; how many lines. What was taken back before is passed over.

    Locks receipt → announcement → its lines → inspections and putaways of the goods with their tasks → what posting
    locks. The number of statements does not depend on the number of scans.

    :raises ReceiptStateConflict: the receipt is closed or cancelled.
    :raises ReceiptLineGone: goods of it lie no more where they were received.
    """
    receipt = receipt_lock(receipt_id)
    require_open(receipt)
    count = lines_take_back(receipt, scan_ids)
    if count:
        receipt_count(receipt_id)
        audit_record(
            action="inbound.receipt.undone",
            entity_kind="receipt",
            entity_id=receipt_id,
            after={"lines": count, "scans": [str(one) for one in scan_ids][:20]},
        )
    return count


def lines_take_back(receipt: ReceiptFacts, scan_ids: Sequence[UUID] | None = None) -> int:
    """Take lines of a locked, open receipt back, all where no scans are named; how many. Constant statements."""
    wanted = None if scan_ids is None else list(scan_ids)
    lines = fetch(_LINES, [receipt.id, wanted, wanted])
    if not lines:
        return 0
    booked = [line for line in lines if line[2]]
    units: Counter[int] = Counter()
    for line in booked:
        if line[8] is not None:
            units[line[8]] -= line[2]
    if units:
        fetch(
            "SELECT id FROM asn_line WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
            [sorted(units)],
        )
    arrivals_withdraw(arrivals=_arrivals(receipt, booked))
    movements = dict(zip((line[0] for line in booked), _post_back(receipt, booked), strict=True))
    execute(
        _UNDONE,
        [
            clock.now(),
            current_actor().name[:100],
            *columns(((line[0], movements.get(line[0])) for line in lines), 2),
        ],
    )
    if receipt.asn_id is not None:
        asn_add(receipt, units, -sum(line[2] for line in booked))
    # What nobody has decided about is gone with the line; what was decided stays as history.
    execute(
        "DELETE FROM discrepancy_photo p USING discrepancy d WHERE d.id = p.discrepancy_id"
        " AND d.receipt_line_id = ANY(%s::bigint[]) AND d.state = 'open'",
        [[line[0] for line in lines]],
    )
    execute(
        "DELETE FROM discrepancy WHERE receipt_line_id = ANY(%s::bigint[]) AND state = 'open'",
        [[line[0] for line in lines]],
    )
    return len(lines)


def _arrivals(receipt: ReceiptFacts, lines: Sequence[tuple[Any, ...]]) -> list[Arrival]:
    """What is taken back, units of one kind at one place together."""
    units: Counter[tuple[Any, ...]] = Counter()
    for (
        _id,
        sku_id,
        quantity,
        lot_id,
        condition,
        location_id,
        container_id,
        _serials,
        _line,
        order_line,
    ) in lines:
        units[location_id, sku_id, lot_id, container_id, condition, order_line] += quantity
    return [
        Arrival(
            receipt.warehouse_id, location_id, sku_id, receipt.owner_id, quantity, receipt.supplier_id, lot_id,
            container_id, condition, receipt.id, None, order_line,
        )
        for (location_id, sku_id, lot_id, container_id, condition, order_line), quantity in units.items()
    ]  # fmt: skip


def _post_back(receipt: ReceiptFacts, lines: Sequence[tuple[Any, ...]]) -> list[int]:
    if not lines:
        return []
    kind, reason = SOURCES[receipt.kind]
    outside = virtual_location(receipt.warehouse_id, kind)
    try:
        return stock_post(
            entries=[
                PostingIn(
                    sku_id, receipt.owner_id, quantity, location_id, outside, reason, lot_id=lot_id,
                    from_condition=condition, to_condition=condition, from_container_id=container_id,
                    source_kind="receipt", source_id=receipt.id, note="undo", serials=tuple(serials),
                )
                for _id, sku_id, quantity, lot_id, condition, location_id, container_id, serials, *_rest in lines
            ]
        )  # fmt: skip
    except (InsufficientStock, PostingInvalid) as error:
        raise ReceiptLineGone(
            _(
                "The goods lie no more where they were received, or are promised already, so they cannot be taken back."
                " Bring them back, or close the receipt and correct the stock."
            ),
            data=error.data,
        ) from error
