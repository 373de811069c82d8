"""What judging has to know, read under the locks of the documents: a dozen statements for any number of scans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hecang.inbound.door import Door, Expected, GoodsIn, LotFacts, SkuFacts
from hecang.inbound.errors_receiving import ReceiptNotFound, ReceiptStateConflict
from hecang.inbound.models import ReceiptState
from hecang.inbound.selectors.policies import door_policies
from hecang.inbound.sscc import LENGTH as SSCC_LENGTH
from hecang.inbound.sscc import is_sscc
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, fetch, fetch_one

_RECEIPT = """
SELECT r.id, r.number, r.kind, r.state, r.warehouse_id, r.owner_id, r.supplier_id, r.asn_id, r.purchase_order_id,
    r.location_id, r.is_blind, w.timezone
FROM receipt r JOIN warehouse w ON w.id = r.warehouse_id WHERE r.id = %s FOR NO KEY UPDATE OF r
"""
_SKUS = """
SELECT id, code, is_lot_tracked, is_serial_tracked, is_expiry_tracked, shelf_life_days, min_remaining_days,
    kind = 'kit' AND kit_mode = 'explode'
FROM sku WHERE id = ANY(%s::bigint[])
"""
_LOTS = """
SELECT t.sku_id, t.code, t.id, t.expires_on, EXISTS (
    SELECT 1 FROM stock_hold h WHERE h.released_at IS NULL AND h.kind = 'lot' AND h.lot_id = t.id)
FROM unnest(%s::bigint[], %s::text[]) AS d (sku_id, code) JOIN lot t USING (sku_id, code)
"""
_HOLDS = """
SELECT sku_id FROM stock_hold
WHERE released_at IS NULL AND kind = 'sku' AND warehouse_id = %s AND sku_id = ANY(%s::bigint[])
"""
_SERIALS = """
SELECT s.sku_id, s.number FROM unnest(%s::bigint[], %s::text[]) AS d (sku_id, number)
JOIN serial s USING (sku_id, number) WHERE s.stock_id IS NOT NULL
"""
_ASN_LINES = """
SELECT l.id, l.sku_id, l.quantity, l.received, l.purchase_line_id, l.lot_code, coalesce(c.code, ''), l.serials
FROM asn_line l LEFT JOIN asn_container c ON c.id = l.container_id
WHERE l.asn_id = %s AND l.sku_id = ANY(%s::bigint[]) ORDER BY l.id FOR NO KEY UPDATE OF l
"""
_ORDER_LINES = """
SELECT id FROM purchase_order_line
WHERE order_id = %s AND sku_id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
# What is booked on receipts that are still open has not been told to purchasing yet. Read under the lock of the lines.
_ORDERED = """
SELECT l.id, l.sku_id, l.quantity - l.cancelled, l.received - l.rejected + coalesce((
    SELECT sum(r.quantity) FROM receipt_line r JOIN receipt d ON d.id = r.receipt_id
    WHERE r.purchase_line_id = l.id AND r.undone_at IS NULL AND d.state = 'open'), 0)::bigint
FROM purchase_order_line l WHERE l.id = ANY(%s::bigint[]) AND l.quantity > l.cancelled ORDER BY l.id
"""
_CONTAINERS = """
SELECT c.code, c.id, c.location_id, c.closed_at IS NOT NULL, l.code FROM container c
LEFT JOIN location l ON l.id = c.location_id WHERE c.code = ANY(%s::text[])
"""


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """A receipt as it was when it was locked."""

    id: int
    number: str
    kind: str
    state: str
    warehouse_id: int
    owner_id: int
    supplier_id: int | None
    asn_id: int | None
    purchase_order_id: int | None
    location_id: int
    is_blind: bool
    timezone: str

    @property
    def has_document(self) -> bool:
        return self.asn_id is not None or self.purchase_order_id is not None

    @property
    def today(self) -> date:
        return clock.today(self.timezone)


def receipt_lock(receipt_id: int) -> ReceiptFacts:
    """Lock a receipt within the actor's scope, and after it its announcement.

    :raises ReceiptNotFound: no such receipt, or outside the scope.
    """
    row = fetch_one(_RECEIPT, [receipt_id])
    if row is None:
        raise ReceiptNotFound(_("There is no such receipt."), data={"receipt_id": receipt_id})
    receipt = ReceiptFacts(*row)
    current_actor().scope.require(warehouse=receipt.warehouse_id, owner=receipt.owner_id)
    if receipt.asn_id is not None:
        fetch("SELECT id FROM asn WHERE id = %s FOR NO KEY UPDATE", [receipt.asn_id])
    return receipt


def require_open(receipt: ReceiptFacts) -> None:
    """:raises ReceiptStateConflict: it is closed or cancelled."""
    if receipt.state != ReceiptState.OPEN:
        raise ReceiptStateConflict(
            _("Receipt %(number)s is %(state)s: nothing can be received or taken back. Begin a new receipt.")
            % {"number": receipt.number, "state": str(ReceiptState(receipt.state).label).lower()},
            data={"number": receipt.number, "state": receipt.state},
        )


def door_of(receipt: ReceiptFacts, goods: Sequence[GoodsIn]) -> tuple[Door, dict[str, int]]:
    """What the scans are judged by, and code → id of the containers that are known. Locks the expected lines."""
    sku_ids = sorted({one.sku_id for one in goods})
    skus = {row[0]: SkuFacts(*row) for row in fetch(_SKUS, [sku_ids])}
    general, own = door_policies(sku_ids=sku_ids, supplier_id=receipt.supplier_id, owner_id=receipt.owner_id)
    containers, elsewhere = _containers(receipt, {one.container_code for one in goods})
    door = Door(
        today=receipt.today,
        has_document=receipt.has_document,
        skus=skus,
        policies={sku_id: own.get(sku_id, general) for sku_id in sku_ids},
        lots=_lots(goods, skus),
        expected=_expected(receipt, sku_ids),
        containers=elsewhere,
        serials=_serials(goods, skus),
        holds={row[0] for row in fetch(_HOLDS, [receipt.warehouse_id, sku_ids])},
    )
    return door, containers


def _lots(goods: Sequence[GoodsIn], skus: dict[int, SkuFacts]) -> dict[tuple[int, str], LotFacts]:
    """Lots under the codes given, and under those that dates make."""
    wanted = {
        (one.sku_id, code)
        for one in goods
        if one.sku_id in skus and skus[one.sku_id].is_lot_tracked
        for code in (one.lot_code, *(f"{day:%Y%m%d}" for day in (one.expires_on, one.produced_on) if day))
        if code
    }
    if not wanted:
        return {}
    rows = fetch(_LOTS, columns(sorted(wanted), 2))
    return {(row[0], row[1]): LotFacts(*row[2:]) for row in rows}


def _serials(goods: Sequence[GoodsIn], skus: dict[int, SkuFacts]) -> set[tuple[int, str]]:
    wanted = sorted(
        {
            (one.sku_id, number)
            for one in goods
            if one.sku_id in skus and skus[one.sku_id].is_serial_tracked
            for number in one.serials
        }
    )
    return {(row[0], row[1]) for row in fetch(_SERIALS, columns(wanted, 2))} if wanted else set()


def _expected(receipt: ReceiptFacts, sku_ids: Collection[int]) -> dict[int, list[Expected]]:
    lines: dict[int, list[Expected]] = defaultdict(list)
    if receipt.asn_id is not None:
        for line_id, sku_id, quantity, taken, purchase_line, lot, container, serials in fetch(
            _ASN_LINES, [receipt.asn_id, list(sku_ids)]
        ):
            lines[sku_id].append(
                Expected(sku_id, quantity, taken, line_id, purchase_line, container, lot, frozenset(serials))
            )
    elif receipt.purchase_order_id is not None:
        locked = [row[0] for row in fetch(_ORDER_LINES, [receipt.purchase_order_id, list(sku_ids)])]
        for line_id, sku_id, quantity, taken in fetch(_ORDERED, [locked]):
            lines[sku_id].append(Expected(sku_id, quantity, taken, None, line_id))
    return lines


def _containers(receipt: ReceiptFacts, codes: set[str]) -> tuple[dict[str, int], dict[str, str]]:
    """(code → id of those that goods can go into, code → what is wrong with those that they cannot)."""
    wanted = sorted(codes - {""})
    usable: dict[str, int] = {}
    wrong = {
        code: _("%(code)s is not a valid SSCC: its check digit is wrong. Read it again.") % {"code": code}
        for code in wanted
        if len(code) == SSCC_LENGTH and code.isascii() and code.isdigit() and not is_sscc(code)
    }
    rows: list[tuple[Any, ...]] = fetch(_CONTAINERS, [wanted]) if wanted else []
    for code, container_id, location_id, is_closed, place in rows:
        if is_closed:
            wrong[code] = _("Container %(code)s is out of use. Take another one.") % {"code": code}
        elif location_id is not None and location_id != receipt.location_id:
            wrong[code] = _(
                "Container %(code)s stands at %(place)s, not here. Check the label, or move the container first."
            ) % {"code": code, "place": place}
        else:
            usable[code] = container_id
    return usable, wrong
