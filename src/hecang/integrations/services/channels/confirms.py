"""Telling platforms which parcels have left: each parcel of each order once, however often it takes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from hecang.accounts.services.audit import audit_record_many
from hecang.integrations.channels.base import Feature, Shipment, ShippedLine
from hecang.integrations.connectors import connector_classes
from hecang.integrations.models import ShipmentConfirm
from hecang.integrations.services.channels.sending import (
    CALLABLE,
    RUN_SECONDS,
    active_connection,
    each_connection,
    may_retry,
    try_again_at,
)
from hecang.integrations.services.leases import leased
from hecang.integrations.services.links import calls_open, error_facts, failure_note, ok_note
from hecang.kernel import clock
from hecang.kernel.connectors import AlreadyDone, OutsideError
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.stopping import stopping
from hecang.orders.selectors.orders import LivingLine, homes_of_lines, lines_bought
from hecang.outbound.selectors.shipped import ShippedUnits, parcels_shipped

State = ShipmentConfirm.State
#: Confirmations of one run; then others get their turn.
MOST = 2000

_PLATFORM_ORDERS = """
SELECT p.order_id, p.connection_id, p.number, p.parts, c.connector FROM platform_order p
JOIN connection c ON c.id = p.connection_id WHERE p.order_id = ANY(%s::bigint[])
"""
_TOLD = "SELECT order_id, lines FROM shipment_confirm WHERE order_id = ANY(%s::bigint[])"
_WRITE = """
INSERT INTO shipment_confirm (connection_id, parcel_id, order_id, order_number, carrier, waybill, lines, completes_order,
    shipped_at, state, tries, next_try_at, error, message, done_at)
SELECT d.connection_id, d.parcel_id, d.order_id, d.order_number, d.carrier, d.waybill, d.lines, d.completes,
    d.shipped_at, d.state, 0, %s::timestamptz, '', d.message, CASE WHEN d.state = 'done' THEN %s::timestamptz END
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::jsonb[], %s::bool[],
    %s::timestamptz[], %s::text[], %s::text[])
    AS d (connection_id, parcel_id, order_id, order_number, carrier, waybill, lines, completes, shipped_at, state, message)
ORDER BY d.parcel_id, d.order_id
ON CONFLICT (parcel_id, order_id) DO NOTHING
"""
_DUE = f"""
SELECT DISTINCT c.id FROM shipment_confirm s JOIN connection c ON c.id = s.connection_id
WHERE s.state = 'pending' AND s.next_try_at <= %s AND {CALLABLE}
"""  # noqa: S608 - constants
#: With the first parcel of an order that its platform takes as a whole; found on later ones.
WITH_THE_FIRST = "told_with_first_parcel"


class Bought(NamedTuple):
    """A platform's order, as it was bought there."""

    connection_id: int
    number: str
    #: External line → (product, variant, quantity), as the platform counts.
    lines: Mapping[str, tuple[str, str, int]]
    takes_parts: bool


@dataclass(slots=True)
class Sent:
    """What became of one run."""

    done: int = 0
    refused: int = 0
    failed: int = 0


# ------------------------------------------------------------------ noting


@transactional
def confirms_note(*, parcel_ids: Iterable[int]) -> int:
    """Note for every parcel that has left which platform is to hear of it; how many are new.

    A parcel of merged orders brings several. Orders of no platform, and platforms that do not want to hear,
    bring none. Idempotent; five statements for any number of parcels.
    """
    units = parcels_shipped(sorted(set(parcel_ids)))
    homes = homes_of_lines([one.order_line_id for one in units])
    bought = _bought(set(homes.values()))
    units = [one for one in units if homes[one.order_line_id] in bought]
    if not units:
        return 0
    living: dict[int, list[LivingLine]] = {}
    for line in lines_bought(sorted(bought)):
        living.setdefault(line.home_id, []).append(line)
    told = _told(sorted(bought))
    by_parcel: dict[tuple[int, int], list[ShippedUnits]] = {}
    for one in units:
        by_parcel.setdefault((one.parcel_id, homes[one.order_line_id]), []).append(one)
    last = {home: parcel for parcel, home in sorted(by_parcel)}
    rows = []
    for (parcel, home), of_parcel in sorted(by_parcel.items()):
        row = _row(of_parcel, home, bought[home], living[home], told, is_last=last[home] == parcel)
        if row is not None:
            rows.append(row)
    now = clock.now()
    return execute(_WRITE, [now, now, *columns(rows, 11)]) if rows else 0


def _bought(order_ids: Iterable[int]) -> dict[int, Bought]:
    kinds = connector_classes("channel")
    found = {}
    for order_id, connection_id, number, parts, connector in fetch(_PLATFORM_ORDERS, [sorted(order_ids)]):
        features = kinds[connector].features if connector in kinds else frozenset()
        if Feature.CONFIRM_SHIPMENT not in features:
            continue
        facts = json.loads(parts) if isinstance(parts, str) else parts
        lines = {line: (product, variant, units) for line, product, variant, units in facts.get("lines", ())}
        found[order_id] = Bought(connection_id, number, lines, Feature.CONFIRM_PARTS in features)
    return found


def _told(order_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Order → external line → units that were told already."""
    told: dict[int, dict[str, int]] = {}
    for order_id, lines in fetch(_TOLD, [list(order_ids)]):
        known = told.setdefault(order_id, {})
        for line in json.loads(lines) if isinstance(lines, str) else lines:
            known[line["external_line"]] = known.get(line["external_line"], 0) + line["quantity"]
    return told


def _row(
    units: Sequence[ShippedUnits],
    home: int,
    bought: Bought,
    living: Sequence[LivingLine],
    told: dict[int, dict[str, int]],
    *,
    is_last: bool,
) -> tuple[Any, ...] | None:
    """What a platform is told of a parcel; ``None`` where nothing in it was bought there (a gift of ours)."""
    left = {line.id: line for line in living}
    shipped: dict[str, int] = {}
    for one in units:
        external = left[one.order_line_id].external_line
        if external in bought.lines:
            shipped[external] = shipped.get(external, 0) + one.quantity
    if not shipped:
        return None
    is_first = home not in told
    known = told.setdefault(home, {})
    lines = []
    for external, quantity in sorted(shipped.items()):
        product, variant, sold = bought.lines[external]
        ordered = sum(line.quantity for line in living if line.external_line == external)
        count = _as_sold(quantity, ordered, sold, known.get(external, 0), only=len(shipped) == 1)
        if count:
            known[external] = known.get(external, 0) + count
            lines.append(
                {"external_line": external, "product_id": product, "variant_id": variant, "quantity": count}
            )
    completes = is_last and not any(line.open for line in living)
    is_told = not bought.takes_parts and not is_first
    first = units[0]
    return (
        bought.connection_id, first.parcel_id, home, bought.number, first.carrier, first.waybill,
        json.dumps(lines), completes or not bought.takes_parts, first.shipped_at,
        State.DONE.value if is_told else State.PENDING.value, WITH_THE_FIRST if is_told else "",
    )  # fmt: skip


def _as_sold(quantity: int, ordered: int, sold: int, told: int, *, only: bool) -> int:
    """Base units as the platform counts: kits and packs by their share, never more than were bought there."""
    share = round(quantity * sold / ordered) if ordered else 0
    return min(max(share, 1 if only else 0), max(sold - told, 0))


# ------------------------------------------------------------------ sending


def confirms_wait() -> bool:
    now = clock.now()
    return bool(fetch(f"{_DUE} LIMIT 1", [now, now]))


def confirms_send_all() -> int:
    """Send what waits for all connections, several at a time; how many had something."""
    now = clock.now()
    return each_connection(_DUE, [now, now], lambda key: confirms_send(connection_id=key))


def confirms_send(*, connection_id: int) -> Sent:
    """Tell one platform of parcels that have left, oldest first.

    One worker at a time for a connection, no lock held while it calls. Whoever is killed between the call and
    its note leaves the row as it was: the next one tells the platform again, under the same key, and hears that it
    was done. What is refused stays visible and can be sent again; everything else is tried again by itself.
    """
    sent = Sent()
    connection = active_connection(connection_id)
    if connection is None:
        return sent
    with leased(connection_id, "confirms") as lease:
        if lease is None:
            return sent
        with calls_open(connection) as calls:
            until = time.monotonic() + RUN_SECONDS
            for number, confirm in enumerate(_due(connection_id)):
                if stopping.is_set() or (number and time.monotonic() > until):
                    break
                lease.keep()
                error: OutsideError | None = None
                try:
                    calls.make(lambda connector, one=confirm: connector.confirm_shipment(_shipment(one)))  # type: ignore[misc]
                except AlreadyDone:
                    pass
                except OutsideError as failed:
                    error = failed
                _note(confirm, error, sent)
                if error is not None and may_retry(error):
                    failure_note(connection, error)
                    break
                ok_note(connection)
    return sent


def _due(connection_id: int) -> list[ShipmentConfirm]:
    due = ShipmentConfirm.objects.filter(
        connection=connection_id, state=State.PENDING, next_try_at__lte=clock.now()
    )
    return list(due.order_by("pk")[:MOST])


def _shipment(confirm: ShipmentConfirm) -> Shipment:
    return Shipment(
        key=f"hecang-{confirm.pk}",
        order_number=confirm.order_number,
        carrier=confirm.carrier,
        waybill=confirm.waybill,
        lines=[ShippedLine(**line) for line in confirm.lines],
        completes_order=confirm.completes_order,
        shipped_at=confirm.shipped_at,
    )


def _note(confirm: ShipmentConfirm, error: OutsideError | None, sent: Sent) -> None:
    state, done_at, next_try = State.DONE, clock.now(), confirm.next_try_at
    code, message = "", ""
    if error is None:
        sent.done += 1
    elif may_retry(error):
        sent.failed += 1
        state, done_at, next_try = State.PENDING, None, try_again_at(confirm.tries + 1, error)  # type: ignore[assignment]
        code, message = error_facts(error)
    else:
        sent.refused += 1
        state, done_at = State.REFUSED, None  # type: ignore[assignment]
        code, message = error_facts(error)
    _settle(confirm.pk, state, done_at, next_try, code, message)


def _settle(
    key: int, state: State, done_at: datetime | None, next_try: datetime, code: str, message: str
) -> None:
    execute(
        "UPDATE shipment_confirm SET state = %s, done_at = %s::timestamptz, next_try_at = %s, error = %s, message = %s,"
        " tries = tries + 1 WHERE id = %s AND state = 'pending'",
        [state.value, done_at, next_try, code, message, key],
    )


@transactional
def confirms_resend(*, confirm_ids: Sequence[int]) -> list[int]:
    """Send confirmations again that were refused, or at once those that wait; the ids that will be.

    Those that the platform has taken stay as they are. Locks them, in key order.
    """
    from hecang.integrations.selectors.scope import visible_connections

    rows = list(
        ShipmentConfirm.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=confirm_ids, connection__in=visible_connections())
        .exclude(state=State.DONE)
        .order_by("pk")
    )
    now = clock.now()
    for row in rows:
        row.state, row.next_try_at, row.tries = State.PENDING, now, 0
        row.save(update_fields=["state", "next_try_at", "tries"])
    audit_record_many(
        action="integrations.confirm.sent_again",
        entity_kind="shipment_confirm",
        entries=[(row.pk, None, {"waybill": row.waybill, "order": row.order_number}) for row in rows],
    )
    return [row.pk for row in rows]
