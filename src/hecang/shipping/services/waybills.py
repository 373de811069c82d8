"""Waybill numbers: taken from the carriers' ranges, one for each parcel, never twice.

A pool's row is locked until the transaction ends, so a transaction that fails gives its numbers back.
Numbers can still be skipped (two parcels asking under one reference at the same moment): a hole costs
nothing, a number used twice would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import db
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.errors import InvalidInput, Problem, StateConflict
from hecang.kernel.outbox import emit
from hecang.shipping.errors import (
    ServiceDoesNotReach,
    ShippingRecordMissing,
    WaybillPoolEmpty,
    WaybillReferenceTaken,
)
from hecang.shipping.events import WaybillPoolLow
from hecang.shipping.models import Waybill
from hecang.shipping.services.errands import errands_add
from hecang.shipping.services.quoting import ParcelSpec, Quote, rate_table
from hecang.shipping.services.tracks import tracks_end


@dataclass(frozen=True, slots=True)
class WaybillRequest:
    """A parcel that needs a number.

    :param reference: number of the parcel: asking again under it gives the same waybill.
    :param weight_g: gross; ``volume_mm3`` outer, 0 where it does not count.
    """

    reference: str
    service_id: int
    warehouse_id: int
    region_code: str
    weight_g: int
    volume_mm3: int = 0


@dataclass(frozen=True, slots=True)
class IssuedWaybill:
    """A waybill in answer to a request; ``created`` is false where it was there before."""

    id: int
    number: str
    reference: str
    service_id: int
    carrier_id: int
    state: str
    charged_weight_g: int
    freight: Decimal
    currency: str
    created: bool


@db.transactional
def waybills_issue(*, requests: Sequence[WaybillRequest]) -> list[IssuedWaybill]:
    """Give every request its waybill, in the order of the requests; the same statements for one or a thousand.

    Idempotent by reference. Locks the pools of the services concerned, by id, until the transaction ends.

    :raises InvalidInput: a reference occurs twice or is empty.
    :raises WaybillReferenceTaken: a reference has a waybill of another service.
    :raises ServiceDoesNotReach: no rate for a region, or too heavy; nothing is issued at all.
    :raises WaybillPoolEmpty: fewer numbers are left than are needed; nothing is issued at all.
    """
    if not requests:
        return []
    _require_distinct(requests)
    _require_scope(requests)
    known = _standing(requests)
    if len(known) < len(requests):
        services = sorted({one.service_id for one in requests if one.reference not in known})
        pools = _pools_lock(services)
        # Somebody may have been faster while this waited for the pools.
        known = _standing(requests)
        missing = [one for one in requests if one.reference not in known]
        quotes = requests_quote(missing)
        numbers = _numbers_take(missing, pools)
        created = _insert(missing, quotes, numbers)
        known = _standing(requests)
    else:
        created = set()
    return [_answer(known[one.reference], created) for one in requests]


@db.transactional
def waybills_cancel(*, waybill_ids: Collection[int]) -> int:
    """Cancel waybills that are not handed over and take them off an open manifest; how many changed.

    Cancelled ones stay cancelled: a repeat changes nothing. The number is not used again; one that a
    carrier's system gave is cancelled there, too, by an errand. Locks the waybills by id.

    :raises ShippingRecordMissing: an id is unknown or outside the caller's scope.
    :raises StateConflict: one is already with the carrier; nothing is cancelled.
    """
    ids = sorted(set(waybill_ids))
    rows = db.fetch(
        "SELECT w.id, w.number, w.state, w.warehouse_id, w.manifest_id, w.carrier_reference, s.carrier_id"
        " FROM waybill w JOIN carrier_service s ON s.id = w.service_id WHERE w.id = ANY(%s)"
        " ORDER BY w.id FOR NO KEY UPDATE OF w",
        (ids,),
    )
    _require_found(ids, [row[0] for row in rows])
    scope = current_actor().scope
    for warehouse_id in {row[3] for row in rows}:
        scope.require(warehouse=warehouse_id)
    gone = [row for row in rows if row[2] == Waybill.State.HANDED_OVER]
    if gone:
        raise StateConflict(
            _(
                "Waybill %(number)s is already with the carrier and cannot be cancelled; ask for its return instead."
            )
            % {"number": gone[0][1]},
            data={"waybill_ids": [row[0] for row in gone]},
        )
    issued = [row for row in rows if row[2] == Waybill.State.ISSUED]
    if issued:
        db.execute(
            "UPDATE waybill SET state = 'cancelled', manifest_id = NULL WHERE id = ANY(%s)",
            ([row[0] for row in issued],),
        )
        errands_add(kind="cancel", rows=[(row[6], row[0], row[1], row[5]) for row in issued if row[5]])
        tracks_end(waybill_ids=[row[0] for row in issued])
        audit_record_many(
            action="cancel",
            entity_kind="waybill",
            entries=[
                (row[0], {"state": row[2], "manifest_id": row[4]}, {"state": "cancelled"}) for row in issued
            ],
        )
    return len(issued)


def _require_distinct(requests: Sequence[WaybillRequest]) -> None:
    seen: set[str] = set()
    problems = []
    for index, one in enumerate(requests):
        if not one.reference or one.reference in seen:
            problems.append(
                Problem(
                    message=_("Every request needs a reference of its own."),
                    code="duplicate_reference",
                    loc=f"requests.{index}.reference",
                )
            )
        seen.add(one.reference)
    if problems:
        raise InvalidInput(_("Some references are empty or occur twice."), problems=problems)


def _require_scope(requests: Sequence[WaybillRequest]) -> None:
    scope = current_actor().scope
    for warehouse_id in {one.warehouse_id for one in requests}:
        scope.require(warehouse=warehouse_id)


def _require_found(asked: Sequence[int], found: Sequence[int]) -> None:
    if missing := sorted(set(asked) - set(found)):
        raise ShippingRecordMissing(
            _("There is no waybill with the id %(id)s.") % {"id": missing[0]}, data={"waybill_ids": missing}
        )


def _standing(requests: Sequence[WaybillRequest]) -> dict[str, tuple[Any, ...]]:
    """The waybills that stand under these references, refusing those of another service."""
    rows = db.fetch(
        """
        SELECT w.id, w.number, w.reference, w.service_id, s.carrier_id, w.state, w.charged_weight_g, w.freight,
               w.currency
          FROM waybill w JOIN carrier_service s ON s.id = w.service_id
         WHERE w.reference = ANY(%s) AND w.state <> 'cancelled'
        """,
        ([one.reference for one in requests],),
    )
    found = {row[2]: row for row in rows}
    for one in requests:
        row = found.get(one.reference)
        if row is not None and row[3] != one.service_id:
            raise WaybillReferenceTaken(
                _(
                    "Parcel %(reference)s already has waybill %(number)s of another service; cancel that one first."
                )
                % {"reference": one.reference, "number": row[1]},
                data={"reference": one.reference, "waybill_id": row[0]},
            )
    return found


def requests_quote(requests: Sequence[WaybillRequest]) -> dict[str, Quote]:
    """Charged weight and freight of each request, by reference. Raises :class:`ServiceDoesNotReach`."""
    parcels = [
        ParcelSpec(one.warehouse_id, one.region_code, one.weight_g, one.volume_mm3) for one in requests
    ]
    table = rate_table(parcels=parcels, service_ids={one.service_id for one in requests})
    services = {service.id: service for service in table.services}
    quotes: dict[str, Quote] = {}
    problems = []
    for index, (one, parcel) in enumerate(zip(requests, parcels, strict=True)):
        service = services.get(one.service_id)
        quote = table.quote(service, parcel) if service else None
        if quote is None:
            problems.append(
                Problem(
                    message=_("%(reference)s: the service has no rate to region %(region)s for %(weight)s g.")
                    % {"reference": one.reference, "region": one.region_code or "?", "weight": one.weight_g},
                    code="does_not_reach",
                    loc=f"requests.{index}",
                )
            )
        else:
            quotes[one.reference] = quote
    if problems:
        raise ServiceDoesNotReach(
            _("A carrier service cannot take some parcels; choose another service, or split the parcel."),
            problems=problems,
        )
    return quotes


@dataclass(frozen=True, slots=True)
class _Pool:
    id: int
    service_id: int
    prefix: str
    next_number: int
    last_number: int
    digits: int
    alert_below: int

    @property
    def left(self) -> int:
        return self.last_number - self.next_number + 1


def _pools_lock(service_ids: Sequence[int]) -> dict[int, list[_Pool]]:
    """Lock the pools of these services, by id; those of each service, oldest first."""
    pools: dict[int, list[_Pool]] = defaultdict(list)
    for row in db.fetch(
        """
        SELECT id, service_id, prefix, next_number, last_number, digits, alert_below
          FROM waybill_pool
         WHERE service_id = ANY(%s) AND is_active AND next_number <= last_number
         ORDER BY id FOR NO KEY UPDATE
        """,
        (service_ids,),
    ):
        pool = _Pool(*row)
        pools[pool.service_id].append(pool)
    return pools


def _numbers_take(requests: Sequence[WaybillRequest], pools: Mapping[int, Sequence[_Pool]]) -> dict[str, str]:
    """Take a number for each request out of the locked pools, and write how far each pool is used."""
    wanted: dict[int, list[str]] = defaultdict(list)
    for one in requests:
        wanted[one.service_id].append(one.reference)
    taken: dict[str, str] = {}
    moved: dict[int, int] = {}
    for service_id, references in wanted.items():
        own = pools.get(service_id, ())
        left = sum(pool.left for pool in own)
        if left < len(references):
            raise _pool_empty(service_id, len(references), left)
        waiting = iter(references)
        for pool in own:
            number = pool.next_number
            while number <= pool.last_number and (reference := next(waiting, None)) is not None:
                taken[reference] = f"{pool.prefix}{number:0{pool.digits}d}"
                number += 1
            if number > pool.next_number:
                moved[pool.id] = number
        _alert(own, left, left - len(references))
    db.execute(
        "UPDATE waybill_pool SET next_number = taken.next_number"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS taken (id, next_number) WHERE waybill_pool.id = taken.id",
        db.columns(moved.items(), 2),
    )
    return taken


def _alert(pools: Sequence[_Pool], before: int, after: int) -> None:
    threshold = max((pool.alert_below for pool in pools), default=0)
    if after < threshold <= before:
        last = pools[-1]
        emit(WaybillPoolLow(pool_id=last.id, service_id=last.service_id, remaining=after))


def _pool_empty(service_id: int, wanted: int, left: int) -> WaybillPoolEmpty:
    row = db.fetch_one("SELECT code FROM carrier_service WHERE id = %s", (service_id,))
    code = row[0] if row else str(service_id)
    return WaybillPoolEmpty(
        _(
            "%(wanted)s waybill numbers of service %(service)s are needed and %(left)s are left;"
            " ask the carrier for a new range and enter it."
        )
        % {"wanted": wanted, "service": code, "left": left},
        data={"service": code, "service_id": service_id, "wanted": wanted, "left": left},
    )


def _insert(
    requests: Sequence[WaybillRequest], quotes: Mapping[str, Quote], numbers: Mapping[str, str]
) -> set[int]:
    """Write the waybills; ids of those that are new (a reference that appeared meanwhile stays the first's)."""
    if not requests:
        return set()
    moment = now()
    rows = db.fetch(
        """
        INSERT INTO waybill (number, service_id, warehouse_id, reference, state, region_code, weight_g,
                             charged_weight_g, freight, currency, routing_code, issued_at)
        SELECT number, service_id, warehouse_id, reference, 'issued', region_code, weight_g,
               charged_weight_g, freight, currency, routing_code, %s
          FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
                      %s::numeric[], %s::text[], %s::text[])
               AS new (number, service_id, warehouse_id, reference, region_code, weight_g, charged_weight_g,
                       freight, currency, routing_code)
        ON CONFLICT (reference) WHERE NOT (state = 'cancelled') DO NOTHING
        RETURNING id, number, reference
        """,
        [
            moment,
            *db.columns(
                (
                    (
                        numbers[one.reference],
                        one.service_id,
                        one.warehouse_id,
                        one.reference,
                        one.region_code,
                        one.weight_g,
                        quotes[one.reference].charged_weight_g,
                        quotes[one.reference].price,
                        quotes[one.reference].currency,
                        routing_code(one.region_code),
                    )
                    for one in requests
                ),
                10,
            ),
        ],
    )
    audit_record_many(
        action="issue",
        entity_kind="waybill",
        entries=[(row[0], None, {"number": row[1], "reference": row[2]}) for row in rows],
    )
    return {row[0] for row in rows}


def routing_code(region_code: str) -> str:
    """What parcels are sorted by until a carrier's own code is known: province, city, district ``31-01-15``."""
    return "-".join(part for part in (region_code[:2], region_code[2:4], region_code[4:6]) if part)


def _answer(row: tuple[Any, ...], created: set[int]) -> IssuedWaybill:
    waybill_id, number, reference, service_id, carrier_id, state, charged_weight_g, freight, currency = row
    return IssuedWaybill(
        id=waybill_id,
        number=number,
        reference=reference,
        service_id=service_id,
        carrier_id=carrier_id,
        state=state,
        charged_weight_g=charged_weight_g,
        freight=freight,
        currency=currency,
        created=waybill_id in created,
    )
