"""Announcements 预到货通知: taken from systems, files, suppliers and people; changed and cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.inbound.errors_receiving import (
    AsnDiffers,
    AsnInvalid,
    AsnNotFound,
    AsnStateConflict,
    ContainerAnnounced,
)
from hecang.inbound.models import Asn, AsnContainer, AsnState
from hecang.inbound.services.announcing_checks import asn_problems, ready
from hecang.inbound.services.sscc_numbers import ssccs_draw
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.sequences import numbers

_SEPARATOR = "\x1f"

_ASNS = """
INSERT INTO asn (number, kind, state, origin, warehouse_id, owner_id, supplier_id, purchase_order_id, external_number,
    carrier_name, waybill_number, expected_at, pallet_count, carton_count, line_count, unit_count, received_units, note,
    created_by, created_at, updated_at)
SELECT n.number, n.kind, 'announced', n.origin, n.warehouse_id, n.owner_id, n.supplier_id, n.order_id, n.external_number,
    n.carrier_name, n.waybill_number, n.expected_at, n.pallets, n.cartons, n.lines, n.units, 0, n.note, %s, %s, %s
FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
    %s::text[], %s::text[], %s::timestamptz[], %s::integer[], %s::integer[], %s::integer[], %s::bigint[], %s::text[])
    WITH ORDINALITY AS n (number, kind, origin, warehouse_id, owner_id, supplier_id, order_id, external_number,
    carrier_name, waybill_number, expected_at, pallets, cartons, lines, units, note, position)
ORDER BY n.position RETURNING id, number
"""
_CONTAINERS = """
INSERT INTO asn_container (asn_id, code, kind, weight_g, is_standing)
SELECT n.asn_id, n.code, n.kind, n.weight_g, true
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) WITH ORDINALITY
    AS n (asn_id, code, kind, weight_g, position)
ORDER BY n.code RETURNING asn_id, code, id
"""
_PARENTS = """
UPDATE asn_container c SET parent_id = n.parent_id
FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, parent_id) WHERE c.id = n.id
"""
_LINES = """
INSERT INTO asn_line (asn_id, number, sku_id, quantity, purchase_line_id, container_id, lot_code, produced_on, expires_on,
    serials, received)
SELECT n.asn_id, n.number, n.sku_id, n.quantity, n.purchase_line_id, n.container_id, n.lot_code, n.produced_on,
    n.expires_on, CASE WHEN n.serials = '' THEN '{}' ELSE string_to_array(n.serials, chr(31)) END, 0
FROM unnest(%s::bigint[], %s::integer[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[],
    %s::date[], %s::text[]) AS n (asn_id, number, sku_id, quantity, purchase_line_id, container_id, lot_code,
    produced_on, expires_on, serials)
"""
_KNOWN = """
SELECT a.id, a.number, a.owner_id, a.supplier_id, a.external_number, (
    SELECT array_agg(g.sku_id || ':' || g.units ORDER BY g.sku_id) FROM (
        SELECT sku_id, sum(quantity) AS units FROM asn_line WHERE asn_id = a.id GROUP BY sku_id) g)
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS d (owner_id, supplier_id, external_number)
JOIN asn a ON a.owner_id = d.owner_id AND a.supplier_id IS NOT DISTINCT FROM d.supplier_id
    AND a.external_number = d.external_number AND a.state <> 'cancelled'
"""


@dataclass(frozen=True, slots=True)
class AsnContainerIn:
    """A pallet or carton.

    :param code: SSCC or the sender's own; an SSCC is made where it is blank.
    :param key: what lines of the same announcement call it, where it has no code yet.
    """

    code: str = ""
    kind: str = "carton"
    key: str = ""
    parent: str = ""
    weight_g: int | None = None


@dataclass(frozen=True, slots=True)
class AsnLineIn:
    """Goods that come.

    :param container: code or key of one of the containers.
    :param purchase_line_id: what they were ordered with; found by SKU where the announcement names the order.
    """

    sku_id: int
    quantity: int
    purchase_line_id: int | None = None
    container: str = ""
    lot_code: str = ""
    produced_on: date | None = None
    expires_on: date | None = None
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AsnIn:
    """One delivery."""

    warehouse_id: int
    owner_id: int
    lines: tuple[AsnLineIn, ...]
    supplier_id: int | None = None
    kind: str = "purchase"
    purchase_order_id: int | None = None
    external_number: str = ""
    carrier_name: str = ""
    waybill_number: str = ""
    expected_at: datetime | None = None
    pallet_count: int = 0
    carton_count: int = 0
    note: str = ""
    origin: str = "api"
    containers: tuple[AsnContainerIn, ...] = ()


@dataclass(frozen=True, slots=True)
class AsnMade:
    """:param is_new: false where the same number with the same goods was known."""

    id: int
    number: str
    is_new: bool


def asn_create(*, asn: AsnIn) -> AsnMade:
    """Take one announcement; see :func:`asns_create`."""
    return asns_create(asns=[asn])[0]


@transactional
def asns_create(*, asns: Sequence[AsnIn]) -> list[AsnMade]:
    """Take announcements, all or nothing; the answer for each, in order. Constant statements.

    The same external number of the same owner and supplier is answered with what it made the first time, unless that
    was cancelled: then it is announced anew. Makes SSCCs for containers without a code.

    :raises AsnInvalid: names announcements, lines and fields. AsnDiffers: the number is known with other goods.
    :raises ContainerAnnounced: a code stands in another announcement that is still to come.
    """
    for asn in asns:
        current_actor().scope.require(warehouse=asn.warehouse_id, owner=asn.owner_id)
    if problems := asn_problems(asns):
        raise AsnInvalid(
            _("Nothing was taken: %(count)s places are wrong. %(first)s")
            % {"count": len(problems), "first": problems[0].message},
            problems=problems,
        )
    asns = ready(asns)
    try:
        with transaction.atomic():
            return _create(asns)
    except IntegrityError as error:
        if "asn_external" in str(error):  # the same number came in elsewhere at the same moment
            return _create(asns)
        if "asn_container_standing" in str(error) or "asn_container_once" in str(error):
            raise ContainerAnnounced(
                _(
                    "A pallet or carton number stands in another announcement that is still to come, or twice in this"
                    " one. Each number belongs to one logistic unit: check them, or cancel the other announcement."
                )
            ) from error
        raise


@transactional
def asn_change(*, asn_id: int, changes: Mapping[str, Any]) -> None:
    """Change when and how an announcement comes: ``expected_at``, ``carrier_name``, ``waybill_number``, ``pallet_count``,
    ``carton_count``, ``note``. Locks it.

    :raises AsnNotFound, AsnStateConflict: not in scope, or it has ended.
    """
    asn = asn_lock(asn_id)
    if asn.state not in {AsnState.ANNOUNCED, AsnState.RECEIVING}:
        raise _ended(asn)
    known = ("expected_at", "carrier_name", "waybill_number", "pallet_count", "carton_count", "note")
    before = {name: getattr(asn, name) for name in known if name in changes}
    for name in before:
        setattr(asn, name, changes[name])
    after = {name: getattr(asn, name) for name in before}
    if before == after:
        return
    asn.updated_at = clock.now()
    asn.save(update_fields=[*before, "updated_at"])
    audit_record(
        action="inbound.asn.changed", entity_kind="asn", entity_id=asn_id, before=before, after=after
    )


@transactional
def asn_cancel(*, asn_id: int, reason: str = "") -> bool:
    """It will not come; whether it stood. Its numbers may be announced again. Locks it.

    :raises AsnNotFound, AsnStateConflict: not in scope, or goods of it have come in.
    """
    asn = asn_lock(asn_id)
    if asn.state == AsnState.CANCELLED:
        return False
    if asn.state != AsnState.ANNOUNCED:
        raise _ended(asn)
    if fetch("SELECT 1 FROM receipt WHERE asn_id = %s AND state = 'open' LIMIT 1", [asn_id]):
        raise AsnStateConflict(
            _("Announcement %(number)s is being received. Cancel the receipt first.")
            % {"number": asn.number},
            data={"number": asn.number, "state": asn.state},
        )
    asn.state, asn.updated_at, asn.appointment_id = AsnState.CANCELLED, clock.now(), None
    asn.save(update_fields=["state", "updated_at", "appointment"])
    AsnContainer.objects.filter(asn_id=asn_id).update(is_standing=False)
    audit_record(
        action="inbound.asn.cancelled",
        entity_kind="asn",
        entity_id=asn_id,
        before={"state": "announced"},
        after={"state": "cancelled", "reason": reason},
    )
    return True


@transactional
def asn_containers_add(*, asn_id: int, count: int, kind: str = "carton") -> list[str]:
    """Make so many numbers for an announcement, to label what has none; the SSCCs. Locks it."""
    asn = asn_lock(asn_id)
    if asn.state not in {AsnState.ANNOUNCED, AsnState.RECEIVING}:
        raise _ended(asn)
    codes = ssccs_draw(owner_id=asn.owner_id, count=count)
    fetch(_CONTAINERS, columns(((asn_id, code, kind, None) for code in codes), 4))
    audit_record(
        action="inbound.asn.labelled",
        entity_kind="asn",
        entity_id=asn_id,
        after={"count": count, "kind": kind},
    )
    return codes


def asn_lock(asn_id: int) -> Asn:
    """Lock an announcement within the actor's scope. Raises :class:`AsnNotFound`."""
    asn = Asn.objects.select_for_update(no_key=True).filter(pk=asn_id).first()
    if asn is None:
        raise AsnNotFound(_("There is no such announcement."), data={"asn_id": asn_id})
    current_actor().scope.require(warehouse=asn.warehouse_id, owner=asn.owner_id)
    return asn


def _ended(asn: Asn) -> AsnStateConflict:
    return AsnStateConflict(
        _("Announcement %(number)s is %(state)s; it cannot be changed any more.")
        % {"number": asn.number, "state": str(AsnState(asn.state).label).lower()},
        data={"number": asn.number, "state": asn.state},
    )


def _create(asns: Sequence[AsnIn]) -> list[AsnMade]:
    known = _known(asns)
    fresh = [asn for asn in asns if _key(asn) not in known]
    # The same number twice in one call is one announcement.
    seen: set[tuple[int, int | None, str]] = set()
    first = []
    for asn in fresh:
        if not asn.external_number or _key(asn) not in seen:
            first.append(asn)
        seen.add(_key(asn))
    fresh = first
    made = dict(zip(map(id, fresh), _write(fresh), strict=True)) if fresh else {}
    by_key = {_key(asn): made[id(asn)] for asn in fresh if asn.external_number}
    answers = []
    for asn in asns:
        if id(asn) in made:
            answers.append(made[id(asn)])
        elif _key(asn) in known:
            answers.append(known[_key(asn)])
        else:
            answers.append(replace(by_key[_key(asn)], is_new=False))
    return answers


def _key(asn: AsnIn) -> tuple[int, int | None, str]:
    return asn.owner_id, asn.supplier_id, asn.external_number


def _known(asns: Sequence[AsnIn]) -> dict[tuple[int, int | None, str], AsnMade]:
    named = {_key(asn): asn for asn in asns if asn.external_number}
    if not named:
        return {}
    known = {}
    for asn_id, number, owner, supplier, external, goods in fetch(_KNOWN, columns(sorted(named, key=str), 3)):
        asked = named[owner, supplier, external]
        units: dict[int, int] = {}
        for line in asked.lines:
            units[line.sku_id] = units.get(line.sku_id, 0) + line.quantity
        if sorted(goods or []) != sorted(f"{sku}:{quantity}" for sku, quantity in units.items()):
            raise AsnDiffers(
                _(
                    "Number %(external)s is known as announcement %(number)s with other goods. Cancel that one first, or"
                    " send this under another number."
                )
                % {"external": external, "number": number},
                data={"external_number": external, "number": number},
            )
        known[owner, supplier, external] = AsnMade(asn_id, number, False)
    return known


def _write(asns: Sequence[AsnIn]) -> list[AsnMade]:
    now = clock.now()
    drawn = numbers("asn", len(asns))
    rows = [
        (
            number, asn.kind, asn.origin, asn.warehouse_id, asn.owner_id, asn.supplier_id, asn.purchase_order_id,
            asn.external_number, asn.carrier_name[:100], asn.waybill_number[:64], asn.expected_at,
            asn.pallet_count or sum(one.kind == "pallet" for one in asn.containers),
            asn.carton_count or sum(one.kind == "carton" for one in asn.containers),
            len(asn.lines), sum(line.quantity for line in asn.lines), asn.note[:500],
        )
        for number, asn in zip(drawn, asns, strict=True)
    ]  # fmt: skip
    written = fetch(_ASNS, [current_actor().name[:100], now, now, *columns(rows, 16)])
    ids = {number: asn_id for asn_id, number in written}
    made = [AsnMade(ids[number], number, True) for number in drawn]
    containers = _containers_write(asns, made)
    lines = [
        (
            one.id, index, line.sku_id, line.quantity, line.purchase_line_id,
            containers[one.id, line.container] if line.container else None, line.lot_code[:64], line.produced_on,
            line.expires_on, _SEPARATOR.join(line.serials),
        )
        for one, asn in zip(made, asns, strict=True)
        for index, line in enumerate(asn.lines, 1)
    ]  # fmt: skip
    execute(_LINES, columns(lines, 10))
    audit_record_many(
        action="inbound.asn.announced",
        entity_kind="asn",
        entries=[
            (one.id, None, {"number": one.number, "origin": asn.origin, "lines": len(asn.lines)})
            for one, asn in zip(made, asns, strict=True)
        ],
    )
    return made


def _containers_write(asns: Sequence[AsnIn], made: Sequence[AsnMade]) -> dict[tuple[int, str], int]:
    """(announcement, code or key) → id; draws SSCCs where there is no code: one statement for each owner."""
    blank: dict[int, int] = {}
    for asn in asns:
        blank[asn.owner_id] = blank.get(asn.owner_id, 0) + sum(not one.code for one in asn.containers)
    drawn = {owner: iter(ssccs_draw(owner_id=owner, count=count)) for owner, count in sorted(blank.items())}
    rows = [
        (one.id, spec.code or next(drawn[asn.owner_id]), spec)
        for one, asn in zip(made, asns, strict=True)
        for spec in asn.containers
    ]
    if not rows:
        return {}
    written = fetch(
        _CONTAINERS, columns(((asn, code, spec.kind, spec.weight_g) for asn, code, spec in rows), 4)
    )
    ids = {(row[0], row[1]): row[2] for row in written}
    named = {(asn, name): ids[asn, code] for asn, code, spec in rows for name in (code, spec.key) if name}
    parents = [(ids[asn, code], named[asn, spec.parent]) for asn, code, spec in rows if spec.parent]
    if parents:
        execute(_PARENTS, columns(parents, 2))
    return named
