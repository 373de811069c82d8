"""Proving that the books are right: everything that can be recomputed is, and compared.

``inventory_verify`` runs every registered check. Apps above inventory add their own where the laws reach
into their tables (imported in their ``AppConfig.ready``)::

    @check("orders.line_reserved", title=_("…"))
    def line_reserved() -> Differences:
        return differences(SQL)

Each check is one statement, so it sees one moment and may run while people work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from hecang.inventory.sellability import IS_SELLABLE
from hecang.kernel.db import execute, transactional

#: Rows that a check shows; it counts all.
SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Differences:
    """What one check found.

    :param count: rows that differ.
    :param samples: the first of them, as column → value.
    """

    count: int
    samples: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One check that has been run; ``seconds`` by the wall clock."""

    name: str
    title: str
    differences: int
    samples: list[dict[str, Any]]
    seconds: float


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The whole proof. ``differences`` is zero if the books are right."""

    differences: int
    checks: list[CheckReport]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON: ``{"differences": 0, "checks": {name: {"differences": 0, "samples": []}}, …}``."""
        return {
            "differences": self.differences,
            "checks": {
                report.name: {
                    "differences": report.differences,
                    "samples": report.samples,
                    "seconds": round(report.seconds, 3),
                }
                for report in self.checks
            },
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class _Check:
    name: str
    title: Any
    run: Callable[[], Differences]


_checks: dict[str, _Check] = {}


def check(name: str, *, title: Any) -> Callable[[Callable[[], Differences]], Callable[[], Differences]]:
    """Register a check.

    :param name: ``<app>.<what>``, stable, for programs.
    :param title: what is compared, for people; a lazy translation.
    """

    def register(run: Callable[[], Differences]) -> Callable[[], Differences]:
        _checks[name] = _Check(name, title, run)
        return run

    return register


def check_names() -> list[str]:
    """All registered checks, in the order of running."""
    return list(_checks)


def differences(sql: str, params: Sequence[Any] = ()) -> Differences:
    """Run a query that yields one row for every difference; counts all, keeps the first few."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT d.*, count(*) OVER () FROM ({sql}) d LIMIT {SAMPLES}", params)  # noqa: S608
        names = [column.name for column in cursor.description][:-1]
        rows = cursor.fetchall()
    samples = [dict(zip(names, row[:-1], strict=True)) for row in rows]
    return Differences(rows[0][-1] if rows else 0, samples)


@transactional
def inventory_verify(*, prefix: str = "") -> VerifyReport:
    """Recompute every balance and flag from what it is made of, and compare. Changes and locks nothing.

    :param prefix: only the checks whose names begin so, such as ``inventory.``.
    """
    started = time.perf_counter()
    execute("SET LOCAL work_mem = '256MB'")  # millions of movements are summed in memory
    reports = []
    for item in [found for name, found in _checks.items() if name.startswith(prefix)]:
        begun = time.perf_counter()
        found = item.run()
        reports.append(
            CheckReport(item.name, str(item.title), found.count, found.samples, time.perf_counter() - begun)
        )
    return VerifyReport(sum(r.differences for r in reports), reports, time.perf_counter() - started)


@check("inventory.stock_from_ledger", title=_("Stock is the sum of its ledger entries"))
def stock_from_ledger() -> Differences:
    return differences(
        """
        SELECT location_id, sku_id, lot_id, owner_id, condition, container_id,
            sum(ledger)::bigint AS ledger, sum(stock)::bigint AS stock
        FROM (
            SELECT to_location_id AS location_id, sku_id, lot_id, owner_id, to_condition AS condition,
                to_container_id AS container_id, sum(quantity) AS ledger, 0 AS stock
            FROM movement WHERE to_location_id <> ALL (ARRAY(SELECT id FROM location WHERE is_virtual))
            GROUP BY 1, 2, 3, 4, 5, 6
            UNION ALL
            SELECT from_location_id, sku_id, lot_id, owner_id, from_condition, from_container_id, -sum(quantity), 0
            FROM movement WHERE from_location_id <> ALL (ARRAY(SELECT id FROM location WHERE is_virtual))
            GROUP BY 1, 2, 3, 4, 5, 6
            UNION ALL
            SELECT location_id, sku_id, lot_id, owner_id, condition, container_id, 0, quantity FROM stock
        ) both_sides
        GROUP BY 1, 2, 3, 4, 5, 6
        HAVING sum(ledger) <> sum(stock)
        """
    )


@check("inventory.availability_from_stock", title=_("Sellable is what is free at sellable places"))
def availability_from_stock() -> Differences:
    return differences(
        """
        SELECT warehouse_id, sku_id, owner_id, sum(stock)::bigint AS stock, sum(sellable)::bigint AS sellable
        FROM (
            SELECT warehouse_id, sku_id, owner_id, quantity - allocated AS stock, 0 AS sellable
            FROM stock WHERE is_sellable
            UNION ALL
            SELECT warehouse_id, sku_id, owner_id, 0, sellable FROM availability
        ) both_sides
        GROUP BY 1, 2, 3
        HAVING sum(stock) <> sum(sellable)
        """
    )


@check("inventory.reserved_from_reservations", title=_("Reserved is the sum of active reservations"))
def reserved_from_reservations() -> Differences:
    return differences(
        """
        SELECT warehouse_id, sku_id, owner_id, sum(promised)::bigint AS promised, sum(reserved)::bigint AS reserved
        FROM (
            SELECT warehouse_id, sku_id, owner_id, quantity AS promised, 0 AS reserved
            FROM reservation WHERE state = 'active'
            UNION ALL
            SELECT warehouse_id, sku_id, owner_id, 0, reserved FROM availability
        ) both_sides
        GROUP BY 1, 2, 3
        HAVING sum(promised) <> sum(reserved)
        """
    )


@check("inventory.allocated_from_allocations", title=_("Allocated is the sum of standing allocations"))
def allocated_from_allocations() -> Differences:
    return differences(
        """
        SELECT stock_id, sum(standing)::bigint AS standing, sum(allocated)::bigint AS allocated
        FROM (
            SELECT stock_id, quantity AS standing, 0 AS allocated
            FROM allocation WHERE state IN ('open', 'picked')
            UNION ALL
            SELECT id, 0, allocated FROM stock WHERE allocated <> 0
        ) both_sides
        GROUP BY 1
        HAVING sum(standing) <> sum(allocated)
        """
    )


@check(
    "inventory.sellable_from_facts", title=_("The sellable flag follows from condition, place, lot and holds")
)
def sellable_from_facts() -> Differences:
    return differences(
        f"""
        SELECT s.id AS stock_id, s.location_id, s.sku_id, s.lot_id, s.is_sellable, NOT s.is_sellable AS facts
        FROM stock s JOIN location l ON l.id = s.location_id LEFT JOIN lot t ON t.id = s.lot_id
        WHERE s.is_sellable <> {IS_SELLABLE}
        """  # noqa: S608 - put together from constants
    )


@check(
    "inventory.stock_placed", title=_("Stock lies at physical places of its warehouse, lots fit their SKUs")
)
def stock_placed() -> Differences:
    return differences(
        """
        SELECT s.id AS stock_id, s.warehouse_id, s.location_id, l.is_virtual, s.sku_id, s.lot_id
        FROM stock s JOIN location l ON l.id = s.location_id LEFT JOIN lot t ON t.id = s.lot_id
        WHERE l.is_virtual OR l.warehouse_id <> s.warehouse_id OR t.sku_id <> s.sku_id
        """
    )


@check(
    "inventory.bounds", title=_("No balance is negative, nothing is promised twice, no promise is orphaned")
)
def bounds() -> Differences:
    return differences(
        """
        SELECT 'stock' AS kind, id, quantity AS having, allocated AS promised
        FROM stock WHERE quantity < 0 OR allocated < 0 OR allocated > quantity
        UNION ALL
        SELECT 'availability', id, sellable, reserved
        FROM availability WHERE reserved < 0 OR reserved > sellable
        UNION ALL
        SELECT 'reservation', id, quantity, NULL
        FROM reservation WHERE quantity <= 0 OR (state = 'active') <> (closed_at IS NULL)
        UNION ALL
        SELECT 'allocation', id, quantity, NULL FROM allocation WHERE quantity <= 0
        UNION ALL
        SELECT 'movement', m.id, m.quantity, NULL
        FROM movement m WHERE m.quantity <= 0 OR (
            m.from_location_id = m.to_location_id AND m.from_condition = m.to_condition
            AND m.from_container_id IS NOT DISTINCT FROM m.to_container_id)
        """
    )
