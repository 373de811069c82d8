"""How long services travel, where they do not go, and until when they take parcels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel import clock, db
from hecang.kernel.errors import InvalidInput, Problem
from hecang.shipping.services.saving import (
    SaveResult,
    Table,
    change_one,
    create_one,
    delete_one,
    save_many,
    scope_require,
)

MAX_HOURS = 2400

LEAD_TIMES = Table(
    "lead_time",
    "lead_time",
    {
        "service_id": "bigint",
        "warehouse_id": "bigint",
        "region_prefix": "text",
        "source": "text",
        "hours": "integer",
        "parcels": "integer",
        "percentile": "smallint",
        "updated_at": "timestamptz",
    },
    ("service_id", "warehouse_id", "region_prefix", "source"),
    frozenset({"warehouse_id"}),
)
UNREACHED = Table(
    "unreached_region",
    "unreached_region",
    {"service_id": "bigint", "region_prefix": "text", "note": "text"},
    ("service_id", "region_prefix"),
)
CUTOFFS = Table(
    "service_cutoff",
    "service_cutoff",
    {"service_id": "bigint", "warehouse_id": "bigint", "cutoff_time": "time"},
    ("service_id", "warehouse_id"),
)


@dataclass(frozen=True, slots=True)
class LeadTimeRow:
    """Hours from departure to delivery.

    :param warehouse_id: ``None``: from any; ``region_prefix`` empty: to any.
    :param parcels: that it was measured on; 0 for what somebody entered.
    :param percentile: share of these that were as quick, in percent.
    """

    service_id: int
    warehouse_id: int | None
    region_prefix: str
    hours: int
    parcels: int = 0
    percentile: int = 100


@db.transactional
def lead_times_save(*, rows: Sequence[LeadTimeRow]) -> SaveResult:
    """Insert or update what people entered, by service, warehouse and region prefix. Raises InvalidInput."""
    return _save(rows, "configured")


@db.transactional
def lead_times_save_measured(*, rows: Sequence[LeadTimeRow]) -> SaveResult:
    """Insert or update what our own parcels took, beside what people entered. Raises InvalidInput.

    From ``tariffs.MEASURED_FROM`` parcels on it counts before what was entered for the same place.
    """
    return _save(rows, "measured")


def _save(rows: Sequence[LeadTimeRow], source: str) -> SaveResult:
    problems = [
        Problem(message=problem, code="invalid_lead_time", loc=f"{index}")
        for index, row in enumerate(rows)
        if (problem := lead_time_problem(row))
    ]
    if problems:
        raise InvalidInput(_("Some lead times are impossible."), problems=problems)
    now = clock.now()
    return save_many(LEAD_TIMES, [_values(row, source, now) for row in rows])


def _values(row: LeadTimeRow, source: str, at: Any) -> dict[str, Any]:
    return {
        "service_id": row.service_id,
        "warehouse_id": row.warehouse_id,
        "region_prefix": row.region_prefix,
        "source": source,
        "hours": row.hours,
        "parcels": row.parcels,
        "percentile": row.percentile,
        "updated_at": at,
    }


def lead_time_problem(row: LeadTimeRow) -> str:
    """What is impossible about a lead time; empty if nothing."""
    if not 1 <= row.hours <= MAX_HOURS:
        return _("A lead time lies between 1 and %(most)s hours.") % {"most": MAX_HOURS}
    if not 0 <= row.percentile <= 100 or row.parcels < 0:
        return _("A share lies between 0 and 100 %%, and a count is not negative.")
    if row.region_prefix and not (row.region_prefix.isascii() and row.region_prefix.isdigit()):
        return _("The region prefix consists of digits of the region code.")
    return ""


@db.transactional
def lead_time_create(*, row: LeadTimeRow) -> int:
    """Enter one lead time. Raises Conflict if there is one for the same service, warehouse and prefix."""
    if problem := lead_time_problem(row):
        raise InvalidInput(problem)
    return create_one(LEAD_TIMES, _values(row, "configured", clock.now()))


@db.transactional
def lead_time_change(*, lead_time_id: int, hours: int) -> None:
    """Set the hours of a lead time that was entered."""
    scope_require(LEAD_TIMES, lead_time_id)
    change_one(LEAD_TIMES, lead_time_id, {"hours": hours, "updated_at": clock.now()})


@db.transactional
def lead_time_delete(*, lead_time_id: int) -> None:
    """Remove a lead time: the next shorter prefix takes its place."""
    scope_require(LEAD_TIMES, lead_time_id)
    delete_one(LEAD_TIMES, lead_time_id)


@db.transactional
def unreached_create(*, service_id: int, region_prefix: str, note: str = "") -> int:
    """Say that a service does not deliver to the regions of a prefix. Raises Conflict if that is known."""
    return create_one(
        UNREACHED, {"service_id": service_id, "region_prefix": region_prefix, "note": note[:100]}
    )


@db.transactional
def unreached_delete(*, unreached_id: int) -> None:
    """Say that a service delivers there again."""
    delete_one(UNREACHED, unreached_id)


@db.transactional
def cutoff_set(*, service_id: int, warehouse_id: int, cutoff_time: time | None) -> None:
    """Set by when an order must be released to leave with a service; ``None``: as the warehouse has it."""
    if cutoff_time is not None:
        row: Mapping[str, Any] = {
            "service_id": service_id, "warehouse_id": warehouse_id, "cutoff_time": cutoff_time,
        }  # fmt: skip
        save_many(CUTOFFS, [row])
        return
    found = db.fetch_one(
        "SELECT id FROM service_cutoff WHERE service_id = %s AND warehouse_id = %s",
        [service_id, warehouse_id],
    )
    if found is not None:
        delete_one(CUTOFFS, found[0])
