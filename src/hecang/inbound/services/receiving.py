"""Taking goods in: every scan is judged at the door, booked at once, and answered once (law 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import virtual_location
from hecang.inbound.door import GOOD, GoodsIn, Judgement, Part
from hecang.inbound.models import InboundKind
from hecang.inbound.services.arrival import Arrival, arrival_conditions, arrivals_follow
from hecang.inbound.services.receiving_answers import ReceiveResult, answer_of
from hecang.inbound.services.receiving_facts import ReceiptFacts, door_of, receipt_lock, require_open
from hecang.inbound.services.receiving_rows import (
    LineRow,
    asn_count,
    containers_arrive,
    containers_ensure,
    discrepancies_write,
    lines_write,
    receipt_count,
    scans_known,
)
from hecang.inbound.sscc import sscc_clean
from hecang.inventory.models import Movement
from hecang.inventory.services import LotIn, PostingIn, lot_get_or_create_many, stock_post
from hecang.kernel.db import transactional

#: The ledger's words for where goods come from, and why.
SOURCES: Final[Mapping[str, tuple[str, str]]] = {
    InboundKind.PURCHASE.value: ("supplier", Movement.Reason.RECEIPT.value),
    InboundKind.RETURN.value: ("customer", Movement.Reason.RETURN.value),
    InboundKind.OTHER.value: ("supplier", Movement.Reason.RECEIPT.value),
}


@transactional
def receipt_receive(*, receipt_id: int, goods: Sequence[GoodsIn]) -> list[ReceiveResult]:
    """Take goods in: the ledger has them at once. An answer for each scan, in the order of ``goods``.

    Each scan is judged by itself: one that makes no sense is refused and changes nothing. What may not come in (expired,
    too little life left, held, over, unannounced) is left at the door or taken into quarantine as the policy says, and
    a discrepancy is written. Inspection is asked for the condition before anything is posted, and told afterwards.

    Locks receipt → announcement → its lines (or those of the order) → what posting locks. The number of statements does
    not depend on the number of scans.

    :raises ReceiptNotFound: no such receipt in the actor's scope. ReceiptStateConflict: it is closed or cancelled.
    :raises PostingInvalid: somebody else has just brought in a lot with another date, or one of the serials.
    """
    goods = [_clean(one) for one in {one.scan_id: one for one in reversed(goods)}.values()][::-1]
    receipt = receipt_lock(receipt_id)
    known = scans_known(receipt_id, goods)
    fresh = [one for one in goods if one.scan_id not in known]
    if fresh:
        require_open(receipt)
        known |= _receive(receipt, fresh)
    return [known[one.scan_id] for one in goods]


def _clean(goods: GoodsIn) -> GoodsIn:
    """The codes as they are stored."""
    if not goods.container_code and not goods.lot_code:
        return goods
    return replace(
        goods, container_code=sscc_clean(goods.container_code).upper(), lot_code=goods.lot_code.strip()
    )


def _receive(receipt: ReceiptFacts, goods: Sequence[GoodsIn]) -> dict[UUID, ReceiveResult]:
    door, containers = door_of(receipt, goods)
    judgements = [door.judge(one) for one in goods]
    taken = [one for one in judgements if not one.is_refused]
    if taken:
        rows = _rows(receipt, taken, containers)
        _condition(receipt, rows)
        _post(receipt, rows)
        ids = lines_write(receipt.id, rows)
        discrepancies_write(receipt, rows, ids)
        asn_count(receipt, rows)
        receipt_count(receipt.id)
        audit_record(
            action="inbound.receipt.received",
            entity_kind="receipt",
            entity_id=receipt.id,
            after={
                "scans": len(taken),
                "units": sum(row.part.quantity for row in rows),
                "left_out": sum(row.part.refused for row in rows),
            },
        )
        arrivals_follow(
            arrivals=[
                replace(_arrival(receipt, row), receipt_line_id=line_id)
                for row, line_id in zip(rows, ids, strict=True)
                if row.part.quantity
            ]
        )
        answers = _answers(rows, ids)
    else:
        answers = {}
    for one in judgements:
        if one.is_refused:
            answers[one.goods.scan_id] = ReceiveResult(one.goods.scan_id, False, one.code, one.message)
    return answers


def _rows(receipt: ReceiptFacts, taken: Sequence[Judgement], containers: dict[str, int]) -> list[LineRow]:
    """One row for each part, with its lot and container, both made where they are new."""
    booked = [one for one in taken if any(part.quantity for part in one.parts)]
    containers = containers_ensure(receipt, containers, [one.goods.container_code for one in booked])
    lotted = [one for one in booked if one.lot_code]
    ids = lot_get_or_create_many(
        lots=[
            LotIn(one.goods.sku_id, one.lot_code, one.goods.produced_on, one.expires_on, receipt.supplier_id)
            for one in lotted
        ]
    )
    lots = {id(one): lot_id for one, lot_id in zip(lotted, ids, strict=True)}
    if arrived := {one.goods.container_code for one in booked if one.goods.container_code}:
        containers_arrive(receipt, arrived)
    return [
        LineRow(
            goods=one.goods,
            number=number,
            part=part,
            lot_id=lots.get(id(one)) if part.quantity else None,
            lot_code=one.lot_code,
            expires_on=one.expires_on,
            container_id=containers.get(one.goods.container_code) if part.quantity else None,
        )
        for one in taken
        for number, part in enumerate(one.parts)
    ]


def _condition(receipt: ReceiptFacts, rows: Sequence[LineRow]) -> None:
    """Ask inspection in which condition goods are booked that look good."""
    asked = [row for row in rows if row.part.quantity]
    conditions = arrival_conditions(arrivals=[_arrival(receipt, row) for row in asked])
    for row, condition in zip(asked, conditions, strict=True):
        if row.part.condition == GOOD:
            row.part.condition = condition


def _post(receipt: ReceiptFacts, rows: Sequence[LineRow]) -> None:
    """Write the ledger and note on each row which entry is its own."""
    booked = [row for row in rows if row.part.quantity]
    if not booked:
        return
    kind, reason = SOURCES[receipt.kind]
    outside = virtual_location(receipt.warehouse_id, kind)
    movements = stock_post(
        entries=[
            PostingIn(
                row.goods.sku_id,
                receipt.owner_id,
                row.part.quantity,
                outside,
                receipt.location_id,
                reason,
                lot_id=row.lot_id,
                from_condition=row.part.condition,
                to_condition=row.part.condition,
                to_container_id=row.container_id,
                source_kind="receipt",
                source_id=receipt.id,
                serials=row.part.serials,
            )
            for row in booked
        ]
    )
    for row, movement_id in zip(booked, movements, strict=True):
        row.movement_id = movement_id


def _arrival(receipt: ReceiptFacts, row: LineRow) -> Arrival:
    return Arrival(
        warehouse_id=receipt.warehouse_id,
        location_id=receipt.location_id,
        sku_id=row.goods.sku_id,
        owner_id=receipt.owner_id,
        quantity=row.part.quantity,
        supplier_id=receipt.supplier_id,
        lot_id=row.lot_id,
        container_id=row.container_id,
        condition=row.part.condition,
        receipt_id=receipt.id,
        purchase_line_id=row.part.purchase_line_id,
    )


def _answers(rows: Sequence[LineRow], ids: Sequence[int]) -> dict[UUID, ReceiveResult]:
    of: dict[UUID, list[tuple[Part, int, str]]] = defaultdict(list)
    for row, line_id in zip(rows, ids, strict=True):
        of[row.goods.scan_id].append((row.part, line_id, row.lot_code))
    return {scan_id: answer_of(scan_id, parts) for scan_id, parts in of.items()}
