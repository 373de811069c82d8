"""Lots: found or made when goods come in, and expired when their day is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hecang.inventory.errors import PostingInvalid
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services.flags import flags_renew
from hecang.inventory.services.shorting import Shorting, shorting_service
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import Problem

#: Lots in one transaction of the expiry run.
_CHUNK = 500

# A lot that is over in every warehouse arrives expired; the hourly run knows those that are over in some.
_MAKE = """
INSERT INTO lot (sku_id, code, produced_on, expires_on, supplier_id, is_expired, created_at)
SELECT w.sku_id, w.code, w.produced_on, w.expires_on, w.supplier_id, coalesce(w.expires_on < o.day, w.is_unreadable),
    %s
FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::date[], %s::bigint[], %s::boolean[])
    AS w (sku_id, code, produced_on, expires_on, supplier_id, is_unreadable)
CROSS JOIN (SELECT min((%s::timestamptz AT TIME ZONE timezone)::date) AS day FROM warehouse) o
WHERE NOT EXISTS (SELECT 1 FROM lot t WHERE t.sku_id = w.sku_id AND t.code = w.code)
ON CONFLICT DO NOTHING
"""

_FIND = """
SELECT t.id, t.sku_id, t.code, t.produced_on, t.expires_on
FROM unnest(%s::bigint[], %s::text[]) AS w (sku_id, code) JOIN lot t USING (sku_id, code)
"""

_SKUS = """
SELECT id, code, is_lot_tracked, is_expiry_tracked, shelf_life_days FROM sku WHERE id = ANY(%s::bigint[])
"""

# A lot is one thing for all warehouses: it is over where its day is over first among those that have it.
_OVER = """
SELECT t.id FROM lot t
WHERE NOT t.is_expired AND t.expires_on < %s AND (
    NOT EXISTS (SELECT 1 FROM stock s WHERE s.lot_id = t.id AND s.quantity > 0)
    OR EXISTS (
        SELECT 1 FROM stock s JOIN warehouse w ON w.id = s.warehouse_id
        WHERE s.lot_id = t.id AND s.quantity > 0 AND t.expires_on < (%s::timestamptz AT TIME ZONE w.timezone)::date
    )
)
ORDER BY t.expires_on, t.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class LotIn:
    """A lot as a delivery note or a file names it.

    :param expires_on: last day on which the goods may be sold; worked out of ``produced_on`` and the
        SKU's shelf life where it is not given.
    :param supplier_id: who delivered it; kept with the lot when it is made.
    :param is_unreadable: nobody can read its date: it has none, and counts as over for good, so that it is never sold.
    """

    sku_id: int
    code: str
    produced_on: date | None = None
    expires_on: date | None = None
    supplier_id: int | None = None
    is_unreadable: bool = False


@transactional
def lot_get_or_create_many(*, lots: Sequence[LotIn]) -> list[int]:
    """Find lots by SKU and code, and make those that are missing. Three statements for any number.

    :return: ids, in the order of ``lots``.
    :raises PostingInvalid: a SKU is unknown or not kept by lot, an expiry date is missing, or a lot is
        known with other dates; names the lots by their index.
    """
    if not lots:
        return []
    skus = _skus(lots)
    wanted = {(lot.sku_id, lot.code): _dates(lot, skus.get(lot.sku_id)) for lot in lots}
    _refuse(_faults_of_skus(lots, skus, wanted))
    # Sorted: two callers that make the same lots never wait in a circle.
    more = {(lot.sku_id, lot.code): (lot.supplier_id, lot.is_unreadable) for lot in lots}
    rows = [(*key, *dates, *more[key]) for key, dates in sorted(wanted.items(), key=lambda item: item[0])]
    execute(_MAKE, [clock.now(), *columns(rows, 6), clock.now()])
    found = _found(wanted)
    _refuse(_faults_of_dates(lots, skus, wanted, found))
    return [found[(lot.sku_id, lot.code)][0] for lot in lots]


def lot_faults(lots: Sequence[LotIn]) -> list[Problem]:
    """What :func:`lot_get_or_create_many` would refuse, without making anything. Two statements.

    :return: problems, each with the index of its lot as ``row``.
    """
    if not lots:
        return []
    skus = _skus(lots)
    wanted = {(lot.sku_id, lot.code): _dates(lot, skus.get(lot.sku_id)) for lot in lots}
    return _faults_of_skus(lots, skus, wanted) + _faults_of_dates(lots, skus, wanted, _found(wanted))


def lots_expire(*, on: date | None = None) -> int:
    """Take lots whose last day is over off sale; reservations that relied on them are shorted.

    :param on: the day that it is now; by default that of each warehouse's own time zone.
    :return: how many lots expired.

    Five hundred lots a transaction. Each locks: documents of shorted reservations, facts (exclusive),
    availability, stock.
    """
    total = 0
    while count := _expire_some(on=on):
        total += count
    return total


@shorting_service
def _expire_some(shorting: Shorting, *, on: date | None) -> int:
    now = clock.now()
    facts_lock(exclusive=True)
    if on is None:
        # Nowhere on earth is it later than 14 hours after UTC; the query knows each warehouse's own day.
        found = fetch(_OVER, [(now + timedelta(hours=14)).date(), now, _CHUNK])
    else:
        found = fetch(
            "SELECT id FROM lot WHERE NOT is_expired AND expires_on < %s ORDER BY expires_on, id LIMIT %s",
            [on, _CHUNK],
        )
    lot_ids = [row[0] for row in found]
    if lot_ids:
        execute("UPDATE lot SET is_expired = true WHERE id = ANY(%s::bigint[])", [lot_ids])
        flags_renew(shorting, where="s.lot_id = ANY(%s::bigint[])", params=[lot_ids])
    return len(lot_ids)


def _skus(lots: Sequence[LotIn]) -> dict[int, tuple[Any, ...]]:
    return {row[0]: row for row in fetch(_SKUS, [list({lot.sku_id for lot in lots})])}


def _found(wanted: Mapping[tuple[int, str], Any]) -> dict[tuple[int, str], tuple[Any, ...]]:
    return {(row[1], row[2]): row for row in fetch(_FIND, columns(wanted, 2))}


def _dates(lot: LotIn, sku: tuple[Any, ...] | None) -> tuple[date | None, date | None]:
    expires_on = lot.expires_on
    if expires_on is None and lot.produced_on is not None and sku is not None and sku[4]:
        expires_on = lot.produced_on + timedelta(days=sku[4])
    return lot.produced_on, expires_on


def _faults_of_skus(
    lots: Sequence[LotIn],
    skus: dict[int, tuple[Any, ...]],
    wanted: dict[tuple[int, str], tuple[date | None, date | None]],
) -> list[Problem]:
    problems = []
    for index, lot in enumerate(lots):
        sku = skus.get(lot.sku_id)
        if sku is None:
            fault = ("unknown_sku", _("There is no such SKU."))
        elif not sku[2]:
            fault = ("not_lot_tracked", _("%(sku)s is not kept by lot; leave the lot out.") % {"sku": sku[1]})
        elif not lot.code:
            fault = ("lot_missing", _("%(sku)s is kept by lot; name the lot.") % {"sku": sku[1]})
        elif sku[3] and wanted[(lot.sku_id, lot.code)][1] is None and not lot.is_unreadable:
            fault = ("expiry_missing", _("%(sku)s has an expiry date; name it.") % {"sku": sku[1]})
        else:
            continue
        problems.append(Problem(fault[1], code=fault[0], loc=str(index), row=index))
    return problems


def _faults_of_dates(
    lots: Sequence[LotIn],
    skus: Mapping[int, tuple[Any, ...]],
    wanted: dict[tuple[int, str], tuple[date | None, date | None]],
    found: dict[tuple[int, str], tuple[Any, ...]],
) -> list[Problem]:
    problems = []
    for index, lot in enumerate(lots):
        key = (lot.sku_id, lot.code)
        expires_on = _dates(lot, skus.get(lot.sku_id))[1]
        # Not known yet: then the last one of this call counts, and the others must agree with it.
        known = found[key][4] if key in found else wanted[key][1]
        if expires_on is not None and known != expires_on:
            text = _("Lot %(lot)s is known with the expiry date %(known)s, not %(given)s.")
            values = {"lot": lot.code, "known": known or "–", "given": expires_on}
            problems.append(Problem(text % values, code="lot_differs", loc=str(index), row=index))
    return problems


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise PostingInvalid(
            _("%(count)s lots cannot be used. %(first)s")
            % {"count": len(problems), "first": problems[0].message},
            problems=problems,
        )
