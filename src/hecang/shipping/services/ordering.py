"""Waybill numbers from carriers' systems: written down, asked for without a lock, written in.

Three steps, so that nothing is lost when a process dies between them:

1. :func:`waybill_orders_prepare` in the transaction that seals the parcel: the order stands as ``ordering``,
   with what the carrier must know encrypted beside it.
2. :func:`waybill_orders_place` calls the carrier, holding no lock. The carrier knows the order by its
   ``carrier_reference`` and gives the same number however often it is asked.
3. The answer is written in: a waybill, or why there is none. An order that meanwhile is not wanted any more
   is cancelled at the carrier instead.

``shipping.waybill_orders`` asks again, minute by minute, for what is left over.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import db
from hecang.kernel.clock import now
from hecang.kernel.connectors import OutsideError, Refused
from hecang.kernel.crypto import decrypt_json, encrypt_json
from hecang.kernel.outbox import emit
from hecang.shipping.carriers.base import Goods, PartyAddress, WaybillMade
from hecang.shipping.carriers.base import WaybillOrder as CarrierOrder
from hecang.shipping.carriers.gateway import CarrierCalls, registered
from hecang.shipping.events import WaybillsOrdered
from hecang.shipping.services.errands import errands_add
from hecang.shipping.services.waybills import WaybillRequest, requests_quote, routing_code, waybills_cancel

#: How long one try may take before somebody else may ask again.
LEASE = timedelta(minutes=3)
LONGEST_PAUSE = timedelta(minutes=15)
#: Orders of one carrier that one round takes.
ROUND = 200

logger = structlog.get_logger("hecang.shipping")


@dataclass(frozen=True, slots=True)
class CarrierRequest:
    """A parcel that needs a number of the carrier: ``request`` for us, ``order`` for the carrier.

    ``order.reference`` and ``order.product`` are filled in here.
    """

    request: WaybillRequest
    order: CarrierOrder


@dataclass(frozen=True, slots=True)
class OrderStanding:
    """How the order for a parcel stands: ``ordering`` (with the last error), ``failed``, or nothing of it."""

    reference: str
    service_id: int
    state: str
    error: str


@db.transactional
def waybill_orders_prepare(*, requests: Sequence[CarrierRequest]) -> list[int]:
    """Write down that these parcels need numbers of their carriers' systems; ids of the orders to place.

    A parcel that has a waybill is left out. One whose order stands with the same service keeps it (with the
    present address); with another service that one is abandoned first. Expects the parcels to be locked by their owner.

    :raises ServiceDoesNotReach: no rate for a region, or too heavy; nothing is written.
    """
    if not requests:
        return []
    quotes = requests_quote([one.request for one in requests])
    references = [one.request.reference for one in requests]
    open_orders = _open_lock(references)
    # One that was made while this waited for the lock: its waybill is there now.
    made = {
        row[0]
        for row in db.fetch(
            "SELECT reference FROM waybill WHERE reference = ANY(%s) AND state <> 'cancelled'", (references,)
        )
    }
    requests = [one for one in requests if one.request.reference not in made]
    moved = [
        one.request.reference
        for one in requests
        if one.request.reference in open_orders
        and open_orders[one.request.reference][1] != one.request.service_id
    ]
    _abandon([open_orders[reference] for reference in moved])
    kept = {key: row for key, row in open_orders.items() if key not in set(moved)}
    products = _products([one.request.service_id for one in requests])
    generations = dict(
        db.fetch(
            "SELECT reference, count(*) FROM waybill_order WHERE reference = ANY(%s) GROUP BY reference",
            (references,),
        )
    )
    moment = now()
    rows = []
    for one in requests:
        reference = one.request.reference
        number = generations.get(reference, 0)
        name = kept[reference][2] if reference in kept else reference + (f"-{number + 1}" if number else "")
        order = dataclasses.replace(one.order, reference=name, product=products[one.request.service_id])
        quote = quotes[reference]
        rows.append(
            (
                reference, name, one.request.service_id, one.request.warehouse_id, one.request.region_code,
                one.request.weight_g, quote.charged_weight_g, quote.price, quote.currency,
                encrypt_json(_payload(order)),
            )
        )  # fmt: skip
    written = db.fetch(
        """
        INSERT INTO waybill_order (reference, carrier_reference, service_id, warehouse_id, region_code, weight_g,
                                   charged_weight_g, freight, currency, payload_cipher, state, attempts,
                                   retry_at, error, created_at)
        SELECT r.*, 'ordering', 0, %s, '', %s
          FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[],
                      %s::numeric[], %s::text[], %s::bytea[]) AS r
        ON CONFLICT (carrier_reference) DO UPDATE SET payload_cipher = excluded.payload_cipher,
               weight_g = excluded.weight_g, charged_weight_g = excluded.charged_weight_g,
               freight = excluded.freight, region_code = excluded.region_code, retry_at = excluded.retry_at
         WHERE waybill_order.state = 'ordering'
        RETURNING id
        """,
        [moment, moment, *db.columns(rows, 10)],
    )
    return [row[0] for row in written]


def waybill_orders_place(*, order_ids: Collection[int] | None = None, limit: int = ROUND) -> int:
    """Ask the carriers for the numbers of orders that are due (of these, or of all); how many got one.

    Holds no lock while it asks. Every order is claimed for some minutes, so that two processes do not ask
    for one; a claim that nobody settled runs out.
    """
    gateway = registered()
    placed = 0
    for carrier_id, ids in _due(order_ids, limit).items():
        if gateway is None:
            for order_id in ids:
                _settle_failure(order_id, Refused(_("No carrier's system is connected.")))
            continue
        try:
            with gateway.shipping(carrier_id) as calls:
                placed += _place_all(ids, calls)
        except Exception as error:  # the connection itself could not be opened; the other carriers' can
            if not isinstance(error, OutsideError):
                logger.exception("carrier_not_opened", carrier_id=carrier_id)
            for order_id in ids:
                _settle_failure(order_id, error)
    return placed


@db.transactional
def waybill_orders_abandon(*, references: Collection[str]) -> int:
    """The parcels need no number any more (opened again, other service, cancelled); how many orders ended.

    What a carrier may have made of them is cancelled there, and so are waybills that have come in this very moment
    and are on no parcel yet. Expects the parcels to be locked. Locks the orders by id, then the waybills.
    """
    rows = list(_open_lock(references).values())
    _abandon(rows)
    come = db.fetch(
        "SELECT w.id FROM waybill_order o JOIN waybill w ON w.id = o.waybill_id"
        " WHERE o.reference = ANY(%s) AND o.state = 'made' AND w.state = 'issued'",
        (sorted(set(references)),),
    )
    if come:
        waybills_cancel(waybill_ids=[row[0] for row in come])
    return len(rows)


def waybill_orders_standing(references: Collection[str]) -> dict[str, OrderStanding]:
    """The latest order of each of these parcels that has no waybill (yet), by reference."""
    rows = db.fetch(
        "SELECT DISTINCT ON (reference) reference, service_id, state, error FROM waybill_order"
        " WHERE reference = ANY(%s) ORDER BY reference, id DESC",
        (sorted(references),),
    )
    return {row[0]: OrderStanding(*row) for row in rows if row[2] in ("ordering", "failed")}


def waybill_orders_retry() -> int:
    """Periodic: place what is due, a round at a time."""
    return waybill_orders_place()


# ---------------------------------------------------------------- before the call


def _open_lock(references: Collection[str]) -> dict[str, tuple[Any, ...]]:
    rows = db.fetch(
        "SELECT o.id, o.service_id, o.carrier_reference, o.reference, o.attempts, s.carrier_id"
        " FROM waybill_order o JOIN carrier_service s ON s.id = o.service_id"
        " WHERE o.reference = ANY(%s) AND o.state = 'ordering' ORDER BY o.id FOR NO KEY UPDATE OF o",
        (sorted(set(references)),),
    )
    return {row[3]: row for row in rows}


def _abandon(rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    db.execute(
        "UPDATE waybill_order SET state = 'abandoned', payload_cipher = NULL, settled_at = %s WHERE id = ANY(%s)",
        (now(), [row[0] for row in rows]),
    )
    # Never asked for: nothing to cancel. Asked: it may have been made though no answer came.
    errands_add(
        kind="cancel", rows=[(row[5], None, "", row[2]) for row in rows if row[4] > 0], reason="not wanted"
    )


def _products(service_ids: Sequence[int]) -> dict[int, str]:
    rows = db.fetch("SELECT id, product FROM carrier_service WHERE id = ANY(%s)", (sorted(set(service_ids)),))
    return dict(rows)


def _payload(order: CarrierOrder) -> dict[str, Any]:
    plain = dataclasses.asdict(order)
    for field in ("declared_value", "cash_on_delivery"):
        plain[field] = None if plain[field] is None else str(plain[field])
    return plain


def _order(payload: dict[str, Any]) -> CarrierOrder:
    money = {
        field: None if payload[field] is None else Decimal(payload[field])
        for field in ("declared_value", "cash_on_delivery")
    }
    return CarrierOrder(
        **{
            **payload,
            **money,
            "sender": PartyAddress(**payload["sender"]),
            "recipient": PartyAddress(**payload["recipient"]),
            "goods": tuple(Goods(**one) for one in payload["goods"]),
        }
    )


def _due(order_ids: Collection[int] | None, limit: int) -> dict[int, list[int]]:
    """Due orders by carrier. Those that a person waits for are due whenever nobody else asks for them."""
    wanted = None if order_ids is None else sorted(order_ids)
    rows = db.fetch(
        """
        SELECT carrier_id, id FROM (
            SELECT s.carrier_id, o.id, o.retry_at,
                   row_number() OVER (PARTITION BY s.carrier_id ORDER BY o.retry_at, o.id) AS place
              FROM waybill_order o JOIN carrier_service s ON s.id = o.service_id
             WHERE o.state = 'ordering' AND o.retry_at <= %s AND (%s::bigint[] IS NULL OR o.id = ANY(%s::bigint[])))
            AS due WHERE place <= %s ORDER BY retry_at, id
        """,
        (now(), wanted, wanted, limit),
    )
    found: dict[int, list[int]] = defaultdict(list)
    for carrier_id, order_id in rows:
        found[carrier_id].append(order_id)
    return found


# ---------------------------------------------------------------- the call


def _place_all(order_ids: Sequence[int], calls: CarrierCalls) -> int:
    """One after the other, until the carrier does not answer: the rest stays due, and other carriers have their turn."""
    placed = 0
    for order_id in order_ids:
        try:
            placed += _place(order_id, calls)
        except OutsideError as error:
            _settle_failure(order_id, error)
            if error.may_retry:
                break
    return placed


def _place(order_id: int, calls: CarrierCalls) -> bool:
    order = _claim(order_id)
    if order is None:
        return False
    try:
        made = calls.make(lambda connector: connector.order(order))
    except OutsideError:
        raise
    except Exception as error:
        # A connector that stumbles over an answer must not keep the other parcels waiting.
        logger.exception("waybill_order_failed", order_id=order_id)
        _settle_failure(order_id, error)
        return False
    return _settle_made(order_id, made)


@db.transactional
def _claim(order_id: int) -> CarrierOrder | None:
    moment = now()
    row = db.fetch_one(
        "UPDATE waybill_order SET attempts = attempts + 1, retry_at = %s"
        " WHERE id = %s AND state = 'ordering' AND retry_at <= %s RETURNING payload_cipher",
        (moment + LEASE, order_id, moment),
    )
    return None if row is None else _order(decrypt_json(row[0]))


# ---------------------------------------------------------------- after the call


@db.transactional
def _settle_made(order_id: int, made: WaybillMade) -> bool:
    row = db.fetch_one(
        "SELECT o.state, o.reference, o.carrier_reference, o.region_code, o.waybill_id, s.carrier_id"
        " FROM waybill_order o JOIN carrier_service s ON s.id = o.service_id WHERE o.id = %s"
        " FOR NO KEY UPDATE OF o",
        (order_id,),
    )
    assert row is not None
    state, reference, carrier_reference, region_code, _waybill, carrier_id = row
    if state == "made":
        return True
    if state != "ordering":  # not wanted any more: give the number back
        errands_add(
            kind="cancel", rows=[(carrier_id, None, made.number, carrier_reference)], reason="not wanted"
        )
        return False
    moment = now()
    written = db.fetch_one(
        """
        INSERT INTO waybill (number, service_id, warehouse_id, reference, state, region_code, weight_g,
                             charged_weight_g, freight, currency, routing_code, carrier_reference, print_cipher,
                             issued_at)
        SELECT %s, service_id, warehouse_id, reference, 'issued', region_code, weight_g, charged_weight_g, freight,
               currency, %s, carrier_reference, %s, %s
          FROM waybill_order WHERE id = %s
        ON CONFLICT DO NOTHING RETURNING id
        """,
        (
            made.number[:40],
            (made.routing_code or routing_code(region_code))[:40],
            encrypt_json(dict(made.print_data)) if made.print_data else None,
            moment,
            order_id,
        ),
    )
    if written is None:
        _settle_surplus(order_id, carrier_id, made.number, carrier_reference)
        return False
    db.execute(
        "UPDATE waybill_order SET state = 'made', payload_cipher = NULL, waybill_id = %s, settled_at = %s, error = ''"
        " WHERE id = %s",
        (written[0], moment, order_id),
    )
    audit_record_many(
        action="issue",
        entity_kind="waybill",
        entries=[(written[0], None, {"number": made.number, "reference": reference, "source": "carrier"})],
    )
    emit(WaybillsOrdered(waybill_ids=(written[0],), references=(reference,)))
    return True


def _settle_surplus(order_id: int, carrier_id: int, number: str, carrier_reference: str) -> None:
    """The number cannot be written in: another parcel has it, or the parcel has another one. The latter is given back."""
    if db.fetch_one("SELECT 1 FROM waybill WHERE number = %s", (number,)):
        _fail(order_id, _("The carrier gave a number that another parcel has. Ask the carrier."))
        return
    errands_add(kind="cancel", rows=[(carrier_id, None, number, carrier_reference)], reason="not wanted")
    db.execute(
        "UPDATE waybill_order SET state = 'abandoned', payload_cipher = NULL, settled_at = %s WHERE id = %s",
        (now(), order_id),
    )


@db.transactional
def _settle_failure(order_id: int, error: Exception) -> None:
    """Ask again later, or (the carrier said no) leave it to a person."""
    text = error.message if isinstance(error, OutsideError) else type(error).__name__
    if isinstance(error, Refused):
        _fail(order_id, text)
        return
    row = db.fetch_one("SELECT attempts FROM waybill_order WHERE id = %s FOR NO KEY UPDATE", (order_id,))
    assert row is not None
    db.execute(
        "UPDATE waybill_order SET error = %s, retry_at = %s WHERE id = %s AND state = 'ordering'",
        (text[:500], now() + pause(row[0]), order_id),
    )


def _fail(order_id: int, text: str) -> None:
    db.execute(
        "UPDATE waybill_order SET state = 'failed', payload_cipher = NULL, error = %s, settled_at = %s"
        " WHERE id = %s AND state = 'ordering'",
        (text[:500], now(), order_id),
    )


def pause(attempts: int) -> timedelta:
    """Half a minute after the first failure, then twice as long each time, a quarter of an hour at most."""
    return min(timedelta(seconds=30 * 2 ** min(max(attempts - 1, 0), 10)), LONGEST_PAUSE)
