"""The tables that shipping lives on: carriers, services, rates, cartons and number pools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel import db
from hecang.kernel.errors import InvalidInput, Problem
from hecang.shipping.errors import WaybillPoolOverlap
from hecang.shipping.services.saving import (
    SaveResult,
    Table,
    change_one,
    create_one,
    delete_one,
    save_many,
    scope_require,
)


@dataclass(frozen=True, slots=True)
class CarrierRow:
    code: str
    name: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """``volumetric_divisor`` in cm³ per kg, 0 = size does not count; ``lead_days`` to the door.

    :param source: of waybill numbers: ``pool`` or ``carrier``; ``product`` the carrier's own code of the service.
    """

    carrier_id: int
    code: str
    name: str
    volumetric_divisor: int = 0
    max_weight_g: int = 30_000
    lead_days: int = 3
    priority: int = 100
    is_active: bool = True
    source: str = "pool"
    product: str = ""


@dataclass(frozen=True, slots=True)
class RateRow:
    """``warehouse_id`` ``None``: from any; ``region_prefix`` empty: to any."""

    service_id: int
    warehouse_id: int | None
    region_prefix: str
    first_price: Decimal
    step_price: Decimal
    first_weight_g: int = 1000
    step_weight_g: int = 1000
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class CartonRow:
    """Inner size in mm, weights in g, ``cost`` of one carton."""

    code: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_g: int
    tare_g: int = 0
    cost: Decimal = Decimal(0)
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class PoolRow:
    """Numbers ``first_number`` to ``last_number``, both included, behind ``prefix``, ``digits`` wide."""

    service_id: int
    prefix: str
    first_number: int
    last_number: int
    digits: int = 12
    alert_below: int = 500


CARRIERS = Table("carrier", "carrier", {"code": "text", "name": "text", "is_active": "boolean"}, ("code",))
SERVICES = Table(
    "carrier_service",
    "carrier_service",
    {
        "carrier_id": "bigint",
        "code": "text",
        "name": "text",
        "volumetric_divisor": "integer",
        "max_weight_g": "integer",
        "lead_days": "smallint",
        "priority": "smallint",
        "is_active": "boolean",
        "source": "text",
        "product": "text",
    },
    ("code",),
)
RATES = Table(
    "rate_rule",
    "rate_rule",
    {
        "service_id": "bigint",
        "warehouse_id": "bigint",
        "region_prefix": "text",
        "first_price": "numeric",
        "step_price": "numeric",
        "first_weight_g": "integer",
        "step_weight_g": "integer",
        "currency": "text",
    },
    ("service_id", "warehouse_id", "region_prefix"),
    frozenset({"warehouse_id"}),
)
CARTONS = Table(
    "carton",
    "carton",
    {
        "code": "text",
        "name": "text",
        "length_mm": "integer",
        "width_mm": "integer",
        "height_mm": "integer",
        "max_weight_g": "integer",
        "tare_g": "integer",
        "cost": "numeric",
        "is_active": "boolean",
    },
    ("code",),
)
POOLS = Table(
    "waybill_pool",
    "waybill_pool",
    {
        "service_id": "bigint",
        "prefix": "text",
        "first_number": "bigint",
        "next_number": "bigint",
        "last_number": "bigint",
        "digits": "smallint",
        "alert_below": "integer",
        "is_active": "boolean",
    },
    ("prefix", "first_number"),
)


@db.transactional
def carrier_save_many(*, rows: Sequence[CarrierRow]) -> SaveResult:
    """Insert or update carriers by code."""
    return save_many(CARRIERS, [asdict(row) for row in rows])


@db.transactional
def service_save_many(*, rows: Sequence[ServiceRow]) -> SaveResult:
    """Insert or update services by code."""
    return save_many(SERVICES, [asdict(row) for row in rows])


@db.transactional
def rate_save_many(*, rows: Sequence[RateRow]) -> SaveResult:
    """Insert or update rates by service, warehouse and region prefix.

    :raises InvalidInput: impossible weights or prices, or the same key twice.
    """
    problems = [
        Problem(message=problem, code="invalid_rate", loc=f"{index}")
        for index, row in enumerate(rows)
        if (problem := rate_problem(row))
    ]
    if problems:
        raise InvalidInput(_("Some rates are impossible."), problems=problems)
    return save_many(RATES, [asdict(row) for row in rows])


def rate_problem(row: RateRow) -> str:
    """What is impossible about a rate; empty if nothing."""
    if row.first_weight_g < 1 or row.step_weight_g < 1:
        return _("First and step weight must be at least 1 g.")
    if row.first_price < 0 or row.step_price < 0:
        return _("A price cannot be negative.")
    if row.region_prefix and not (row.region_prefix.isascii() and row.region_prefix.isdigit()):
        return _("The region prefix consists of digits of the region code.")
    return ""


@db.transactional
def carton_save_many(*, rows: Sequence[CartonRow]) -> SaveResult:
    """Insert or update cartons by code."""
    return save_many(CARTONS, [asdict(row) for row in rows])


@db.transactional
def pool_save_many(*, rows: Sequence[PoolRow]) -> tuple[int, ...]:
    """Enter number ranges; one that is there already (same prefix and start) is left as it is.

    Locks the table against other entries (not against issuing), since ranges must not overlap.

    :raises InvalidInput: a range is empty, or too wide for its digits.
    :raises WaybillPoolOverlap: a range shares numbers with another of the same prefix.
    """
    _require_ranges(rows)
    for service_id in {row.service_id for row in rows}:
        _require_known(carrier_service=service_id)
    db.execute("LOCK TABLE waybill_pool IN SHARE UPDATE EXCLUSIVE MODE")
    there = db.fetch("SELECT id, prefix, first_number, last_number, digits FROM waybill_pool ORDER BY id")
    ids: list[int] = []
    for row in rows:
        same = next((one for one in there if (one[1], one[2]) == (row.prefix, row.first_number)), None)
        if same is None:
            _require_apart(row, there)
            new_id = create_one(POOLS, {**asdict(row), "next_number": row.first_number, "is_active": True})
            same = (new_id, row.prefix, row.first_number, row.last_number, row.digits)
            there.append(same)
        ids.append(same[0])
    return tuple(ids)


def _require_ranges(rows: Sequence[PoolRow]) -> None:
    problems = [
        Problem(
            message=_("From %(first)s to %(last)s is no range of numbers with %(digits)s digits.")
            % {"first": row.first_number, "last": row.last_number, "digits": row.digits},
            code="invalid_range",
            loc=f"{index}",
        )
        for index, row in enumerate(rows)
        if not (0 <= row.first_number <= row.last_number and len(str(row.last_number)) <= row.digits <= 20)
    ]
    if problems:
        raise InvalidInput(_("Some number ranges are impossible."), problems=problems)


def _require_apart(row: PoolRow, there: Sequence[tuple[Any, ...]]) -> None:
    for _id, prefix, first, last, _digits in there:
        if prefix == row.prefix and first <= row.last_number and row.first_number <= last:
            raise WaybillPoolOverlap(
                _("Numbers %(prefix)s %(first)s–%(last)s are entered already; enter only what is new.")
                % {"prefix": prefix, "first": first, "last": last},
                data={"prefix": prefix, "first_number": first, "last_number": last},
            )


def _require_known(**ids: int | None) -> None:
    """Raise InvalidInput unless each table has a row with that id; ``None`` is not asked."""
    for table, row_id in ids.items():
        if row_id is not None and not db.fetch(f"SELECT 1 FROM {table} WHERE id = %s", (row_id,)):  # noqa: S608
            raise InvalidInput(
                _("There is no %(table)s with the id %(id)s.") % {"table": table, "id": row_id},
                code="unknown_reference",
                data={"table": table, "id": row_id},
            )


@db.transactional
def carrier_create(*, row: CarrierRow) -> int:
    """Enter one carrier. Raises Conflict if its code is taken."""
    return create_one(CARRIERS, asdict(row))


@db.transactional
def carrier_change(*, carrier_id: int, changes: Mapping[str, Any]) -> None:
    """Set name or activity of a carrier."""
    change_one(CARRIERS, carrier_id, changes)


@db.transactional
def service_create(*, row: ServiceRow) -> int:
    """Enter one service. Raises Conflict if its code is taken, InvalidInput for an unknown carrier."""
    _require_known(carrier=row.carrier_id)
    return create_one(SERVICES, asdict(row))


@db.transactional
def service_change(*, service_id: int, changes: Mapping[str, Any]) -> None:
    """Set some columns of a service (never its code or carrier)."""
    change_one(SERVICES, service_id, changes)


@db.transactional
def rate_create(*, row: RateRow) -> int:
    """Enter one rate. Raises Conflict if there is one for the same service, warehouse and prefix."""
    if problem := rate_problem(row):
        raise InvalidInput(problem)
    _require_known(carrier_service=row.service_id, warehouse=row.warehouse_id)
    return create_one(RATES, asdict(row))


@db.transactional
def rate_change(*, rate_id: int, changes: Mapping[str, Any]) -> None:
    """Set weights and prices of a rate (never its key)."""
    scope_require(RATES, rate_id)
    change_one(RATES, rate_id, changes)


@db.transactional
def rate_delete(*, rate_id: int) -> None:
    """Remove a rate: the next shorter prefix takes its place."""
    scope_require(RATES, rate_id)
    delete_one(RATES, rate_id)


@db.transactional
def carton_create(*, row: CartonRow) -> int:
    """Enter one carton. Raises Conflict if its code is taken."""
    return create_one(CARTONS, asdict(row))


@db.transactional
def carton_change(*, carton_id: int, changes: Mapping[str, Any]) -> None:
    """Set some columns of a carton (never its code)."""
    change_one(CARTONS, carton_id, changes)


@db.transactional
def pool_change(*, pool_id: int, changes: Mapping[str, Any]) -> None:
    """Set activity or alert threshold of a pool."""
    change_one(POOLS, pool_id, changes)
