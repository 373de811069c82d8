"""Bills of carriers beside our own books: every line gets a verdict, every difference a figure.

All in statements over whole bills; a hundred thousand lines take seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import db
from hecang.kernel.clock import now
from hecang.shipping.errors import BillClosed, ShippingRecordMissing

Decision = Literal["", "accepted", "disputed"]


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a carrier's file; ``position`` is its row there."""

    position: int
    number: str
    billed_weight_g: int | None
    price: Decimal
    surcharge: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class BillSaved:
    bill_id: int
    created: int
    updated: int
    unchanged: int


#: What a line is compared with: its waybill, and the rate in force for the waybill's lane at the billed weight.
#:
#: Written so that no plan of it is quadratic, even where the planner knows nothing yet of lines that have just come:
#: earlier lines can only be found by their number (``id + 0`` and the subquery for the carrier keep it from walking
#: through the bill or the key), and rates come by a full join, which is never done row by row.
_RECONCILE = """
WITH line AS (
    SELECT l.id, l.number, l.billed_weight_g, l.price, l.surcharge, w.id AS waybill_id, w.charged_weight_g, w.freight,
           w.service_id, w.warehouse_id, w.region_code, w.state, s.carrier_id, b.carrier_id AS billed_by,
           EXISTS (SELECT 1 FROM carrier_bill_line e
                    WHERE e.number = l.number AND e.id + 0 < l.id
                      AND (SELECT eb.carrier_id FROM carrier_bill eb WHERE eb.id = e.bill_id) = b.carrier_id) AS is_double
      FROM carrier_bill_line l JOIN carrier_bill b ON b.id = l.bill_id
           LEFT JOIN waybill w ON w.number = l.number LEFT JOIN carrier_service s ON s.id = w.service_id
     WHERE {which}),
lane AS (SELECT DISTINCT service_id, warehouse_id, region_code FROM line WHERE waybill_id IS NOT NULL),
rate AS (
    SELECT lane.*, r.first_weight_g, r.first_price, r.step_weight_g, r.step_price
      FROM lane CROSS JOIN LATERAL (
           SELECT * FROM rate_rule r
            WHERE r.service_id = lane.service_id AND (r.warehouse_id = lane.warehouse_id OR r.warehouse_id IS NULL)
              AND starts_with(lane.region_code, r.region_prefix)
            ORDER BY length(r.region_prefix) DESC, r.warehouse_id IS NULL LIMIT 1) r),
priced AS MATERIALIZED (
    SELECT line.*, rate.first_price + ceil(greatest(line.billed_weight_g - rate.first_weight_g, 0)::numeric
                                           / rate.step_weight_g) * rate.step_price AS theirs
      FROM line FULL JOIN rate USING (service_id, warehouse_id, region_code)),
judged AS (
    SELECT *, CASE
               WHEN waybill_id IS NULL THEN 'unknown'
               WHEN carrier_id <> billed_by OR state <> 'handed_over' THEN 'not_ours'
               WHEN is_double THEN 'double'
               WHEN price + surcharge = freight THEN 'matched'
               WHEN surcharge = 0 AND billed_weight_g <> charged_weight_g AND price = theirs THEN 'weight'
               ELSE 'price' END AS verdict
      FROM priced)
UPDATE carrier_bill_line l SET waybill_id = j.waybill_id, our_weight_g = j.charged_weight_g, our_price = j.freight,
       price_at_theirs = j.theirs, verdict = j.verdict,
       difference = j.price + j.surcharge
                    - CASE WHEN j.verdict IN ('unknown', 'not_ours', 'double') THEN 0 ELSE j.freight END
  FROM judged j
 WHERE l.id = j.id AND (l.verdict, l.difference, l.waybill_id, l.our_price, l.price_at_theirs) IS DISTINCT FROM
       (j.verdict, j.price + j.surcharge - CASE WHEN j.verdict IN ('unknown', 'not_ours', 'double') THEN 0
                                                ELSE j.freight END, j.waybill_id, j.freight, j.theirs)
"""
_RECONCILE_BILL = _RECONCILE.format(which="l.bill_id = %s")
_RECONCILE_LINES = _RECONCILE.format(which="l.id = ANY(%s::bigint[])")


@db.transactional
def bill_lines_save(
    *, carrier_id: int, number: str, lines: Sequence[BillLine], currency: str = "CNY"
) -> BillSaved:
    """Take lines of a carrier's bill in, by their position, and compare them at once. Idempotent.

    Whoever accepted or disputed a line did so with other figures: where they change, it is to be decided anew.
    Locks the bill. Constant number of statements.

    :raises BillClosed: the bill is closed.
    """
    db.execute(
        "INSERT INTO carrier_bill (carrier_id, number, currency, state, created_at) VALUES (%s, %s, %s, 'open', %s)"
        " ON CONFLICT (carrier_id, number) DO NOTHING",
        (carrier_id, number, currency, now()),
    )
    row = db.fetch_one(
        "SELECT id, state FROM carrier_bill WHERE carrier_id = %s AND number = %s FOR NO KEY UPDATE",
        (carrier_id, number),
    )
    assert row is not None
    _require_open(row[1], number)
    written = db.fetch(
        """
        INSERT INTO carrier_bill_line AS l (bill_id, position, number, billed_weight_g, price, surcharge, verdict,
                                            difference, decision, note)
        SELECT %s, n.position, n.number, n.weight, n.price, n.surcharge, 'pending', 0, '', ''
          FROM unnest(%s::integer[], %s::text[], %s::integer[], %s::numeric[], %s::numeric[])
               AS n (position, number, weight, price, surcharge) ORDER BY n.position
        ON CONFLICT (bill_id, position) DO UPDATE SET number = excluded.number, price = excluded.price,
               billed_weight_g = excluded.billed_weight_g, surcharge = excluded.surcharge, verdict = 'pending',
               decision = '', note = ''
         WHERE (l.number, l.price, l.billed_weight_g, l.surcharge) IS DISTINCT FROM
               (excluded.number, excluded.price, excluded.billed_weight_g, excluded.surcharge)
        RETURNING id, xmax = 0
        """,
        [
            row[0],
            *db.columns(
                ((one.position, one.number, one.billed_weight_g, one.price, one.surcharge) for one in lines),
                5,
            ),
        ],
    )
    if written:
        db.execute(_RECONCILE_LINES, ([one[0] for one in written],))
        db.execute("UPDATE carrier_bill SET reconciled_at = %s WHERE id = %s", (now(), row[0]))
    created = sum(1 for one in written if one[1])
    return BillSaved(row[0], created, len(written) - created, len(lines) - len(written))


@db.transactional
def bill_reconcile(*, bill_id: int) -> int:
    """Compare all lines of a bill anew (rates or waybills changed); how many changed. Locks the bill.

    Decisions stay as they are.

    :raises ShippingRecordMissing: no such bill.
    :raises BillClosed: it is closed.
    """
    _lock(bill_id)
    changed = db.execute(_RECONCILE_BILL, (bill_id,))
    db.execute("UPDATE carrier_bill SET reconciled_at = %s WHERE id = %s", (now(), bill_id))
    audit_record(
        action="reconcile", entity_kind="carrier_bill", entity_id=bill_id, after={"changed": changed}
    )
    return changed


@db.transactional
def bill_lines_decide(
    *,
    bill_id: int,
    decision: Decision,
    line_ids: Collection[int] | None = None,
    verdicts: Collection[str] | None = None,
    note: str = "",
) -> int:
    """Accept or dispute lines of a bill: these, or all open ones of some verdicts; how many changed.

    Locks the bill. Raises like :func:`bill_reconcile`.
    """
    _lock(bill_id)
    ids = None if line_ids is None else sorted(line_ids)
    kinds = None if verdicts is None else sorted(verdicts)
    changed = db.execute(
        "UPDATE carrier_bill_line SET decision = %s, note = %s WHERE bill_id = %s"
        " AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))"
        " AND (%s::text[] IS NULL OR (verdict = ANY(%s::text[]) AND decision = ''))"
        " AND (decision, note) IS DISTINCT FROM (%s::text, %s::text)",
        (decision, note[:200], bill_id, ids, ids, kinds, kinds, decision, note[:200]),
    )
    audit_record(
        action="decide",
        entity_kind="carrier_bill",
        entity_id=bill_id,
        after={"decision": decision, "lines": changed, "verdicts": kinds, "note": note[:200]},
    )
    return changed


@db.transactional
def bill_close(*, bill_id: int) -> None:
    """Nothing of a bill changes any more: it goes to finance. Locks it.

    Lines that agree count as accepted; every difference has to be decided before.

    :raises BillClosed: there are undecided differences, or it is closed.
    """
    number = _lock(bill_id)
    row = db.fetch_one(
        "SELECT count(*) FROM carrier_bill_line WHERE bill_id = %s AND verdict <> 'matched' AND decision = ''",
        (bill_id,),
    )
    if row and row[0]:
        raise BillClosed(
            _("%(count)s lines of bill %(number)s differ and are not decided: accept or dispute them first.")
            % {"count": row[0], "number": number},
            code="bill_undecided",
            data={"undecided": row[0]},
        )
    db.execute(
        "UPDATE carrier_bill_line SET decision = 'accepted' WHERE bill_id = %s AND decision = ''", (bill_id,)
    )
    db.execute("UPDATE carrier_bill SET state = 'closed', closed_at = %s WHERE id = %s", (now(), bill_id))
    audit_record(action="close", entity_kind="carrier_bill", entity_id=bill_id, after={"number": number})


def _lock(bill_id: int) -> str:
    row = db.fetch_one("SELECT number, state FROM carrier_bill WHERE id = %s FOR NO KEY UPDATE", (bill_id,))
    if row is None:
        raise ShippingRecordMissing(_("There is no bill with the id %(id)s.") % {"id": bill_id})
    _require_open(row[1], row[0])
    return str(row[0])


def _require_open(state: str, number: str) -> None:
    if state != "open":
        raise BillClosed(_("Bill %(number)s is closed; nothing of it changes any more.") % {"number": number})
