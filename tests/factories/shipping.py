"""Carriers, rates, cartons and number pools for tests."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from hecang.facility.models import Warehouse
from hecang.shipping.models import Carrier, CarrierService, Carton, RateRule, WaybillPool
from hecang.shipping.services import IssuedWaybill, WaybillRequest, waybills_issue

_numbers = itertools.count(1)


def carrier(code: str | None = None, **fields: Any) -> Carrier:
    """The carrier with this code, made where it is missing."""
    code = code or f"C{next(_numbers)}"
    return Carrier.objects.get_or_create(code=code, defaults={"name": f"Carrier {code}", **fields})[0]


def service(
    code: str | None = None,
    *,
    of: str | Carrier | None = None,
    numbers: int = 100_000,
    rate: tuple[str, str] | None = ("10.00", "2.00"),
    **fields: Any,
) -> CarrierService:
    """A service that reaches everywhere and has waybill numbers.

    :param of: its carrier, or that one's code.
    :param numbers: size of its number pool (prefix = code, 12 digits from 1); 0: no pool.
    :param rate: first and step price (1 kg each) to everywhere from everywhere; ``None``: no rate.
    """
    code = code or f"S{next(_numbers)}"
    owner = of if isinstance(of, Carrier) else carrier(of)
    made = CarrierService.objects.create(
        **{"code": code, "name": f"Service {code}", "carrier": owner, **fields}
    )
    if rate:
        rate_rule(made, first=rate[0], step=rate[1])
    if numbers:
        pool(made, size=numbers)
    return made


def rate_rule(
    of: CarrierService,
    prefix: str = "",
    *,
    warehouse: Warehouse | None = None,
    first: str = "10.00",
    step: str = "2.00",
    **fields: Any,
) -> RateRule:
    return RateRule.objects.create(
        service=of,
        warehouse=warehouse,
        region_prefix=prefix,
        first_price=Decimal(first),
        step_price=Decimal(step),
        **fields,
    )


def pool(
    of: CarrierService, *, prefix: str | None = None, first: int = 1, size: int = 100, **fields: Any
) -> WaybillPool:
    """A number pool; its prefix is the code of the service."""
    return WaybillPool.objects.create(
        service=of,
        prefix=of.code if prefix is None else prefix,
        first_number=first,
        next_number=first,
        last_number=first + size - 1,
        **{"alert_below": 0, **fields},
    )


def carton(code: str, size: tuple[int, int, int], *, max_weight_g: int = 20_000, tare_g: int = 100) -> Carton:
    """A carton by its inner edges in mm."""
    return Carton.objects.create(
        code=code,
        name=f"Carton {code}",
        length_mm=size[0],
        width_mm=size[1],
        height_mm=size[2],
        max_weight_g=max_weight_g,
        tare_g=tare_g,
    )


def cartons() -> None:
    """Three cartons: S 200×150×100 mm, M 400×300×200 mm, L 600×400×400 mm."""
    carton("S", (200, 150, 100), max_weight_g=5_000, tare_g=50)
    carton("M", (400, 300, 200), max_weight_g=15_000, tare_g=200)
    carton("L", (600, 400, 400), max_weight_g=25_000, tare_g=500)


def waybill(
    warehouse: Warehouse, of: CarrierService, *, reference: str | None = None, weight_g: int = 1500
) -> IssuedWaybill:
    """A waybill issued to Shanghai Pudong."""
    request = WaybillRequest(reference or f"PC-{next(_numbers):06}", of.pk, warehouse.pk, "310115", weight_g)
    return waybills_issue(requests=[request])[0]
