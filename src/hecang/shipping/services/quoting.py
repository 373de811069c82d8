"""What a parcel costs with each service, and which service to take.

Rates are read in three statements for any number of parcels and matched in memory. The longest region
prefix wins; at equal length the warehouse's own rule beats the one for all warehouses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from hecang.kernel import db
from hecang.kernel.errors import InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class ParcelSpec:
    """A parcel as a carrier sees it.

    :param region_code: GB/T 2260 code of the destination; empty where it is not known.
    :param weight_g: real weight with packing.
    :param volume_mm3: outer volume; 0 leaves volumetric weight out.
    """

    warehouse_id: int
    region_code: str
    weight_g: int
    volume_mm3: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of one service for one parcel (or, split, for ``parcel_count`` equal ones)."""

    service_id: int
    service_code: str
    carrier_id: int
    rate_id: int
    charged_weight_g: int
    price: Decimal
    currency: str
    lead_days: int
    priority: int
    parcel_count: int = 1

    @property
    def rank(self) -> tuple[Decimal, int, int, int]:
        """Cheapest first, then what is preferred, then what is faster; the id makes it stable."""
        return (self.price, self.priority, self.lead_days, self.service_id)


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    id: int
    code: str
    carrier_id: int
    volumetric_divisor: int
    max_weight_g: int
    lead_days: int
    priority: int

    def charged_weight_g(self, weight_g: int, volume_mm3: int) -> int:
        """The larger of real and volumetric weight. cm³ per kg is the same number as mm³ per g."""
        if self.volumetric_divisor == 0:
            return weight_g
        return max(weight_g, _ceil_div(volume_mm3, self.volumetric_divisor))


@dataclass(frozen=True, slots=True)
class RateTerms:
    id: int
    service_id: int
    warehouse_id: int | None
    region_prefix: str
    first_weight_g: int
    first_price: Decimal
    step_weight_g: int
    step_price: Decimal
    currency: str

    def price(self, charged_weight_g: int) -> Decimal:
        """First weight 首重, then every step begun 续重."""
        beyond = max(0, charged_weight_g - self.first_weight_g)
        return self.first_price + _ceil_div(beyond, self.step_weight_g) * self.step_price


class RateTable:
    """The rates that can matter to some parcels, ready to be asked about any of them."""

    def __init__(
        self,
        services: Sequence[ServiceTerms],
        rates: Iterable[RateTerms],
        unreached: Iterable[tuple[int, str]] = (),
    ) -> None:
        self.services = services
        self._unreached = frozenset(unreached)
        self._rates = {(rate.service_id, rate.warehouse_id, rate.region_prefix): rate for rate in rates}
        self._found: dict[tuple[int, int, str], RateTerms | None] = {}

    def rate(self, service_id: int, warehouse_id: int, region_code: str) -> RateTerms | None:
        """The rule in force, or ``None`` where the service does not reach."""
        key = (service_id, warehouse_id, region_code)
        if key not in self._found:
            self._found[key] = self._longest_match(*key)
        return self._found[key]

    def _longest_match(self, service_id: int, warehouse_id: int, region_code: str) -> RateTerms | None:
        if any((service_id, prefix) in self._unreached for prefix in _prefixes(region_code)):
            return None
        for prefix in reversed(_prefixes(region_code)):
            for origin in (warehouse_id, None):
                if rate := self._rates.get((service_id, origin, prefix)):
                    return rate
        return None

    def quote(self, service: ServiceTerms, parcel: ParcelSpec, *, allow_split: bool = False) -> Quote | None:
        """The price of ``service`` for ``parcel``; ``None`` if it does not reach or may not carry it."""
        count = (
            _ceil_div(parcel.weight_g, service.max_weight_g) if allow_split and service.max_weight_g else 1
        )
        count = max(1, count)
        weight_g = _ceil_div(parcel.weight_g, count)
        rate = self.rate(service.id, parcel.warehouse_id, parcel.region_code)
        if rate is None or weight_g > service.max_weight_g:
            return None
        charged = service.charged_weight_g(weight_g, _ceil_div(parcel.volume_mm3, count))
        return Quote(
            service_id=service.id,
            service_code=service.code,
            carrier_id=service.carrier_id,
            rate_id=rate.id,
            charged_weight_g=charged * count,
            price=rate.price(charged) * count,
            currency=rate.currency,
            lead_days=service.lead_days,
            priority=service.priority,
            parcel_count=count,
        )


def rates_quote(
    *, parcels: Sequence[ParcelSpec], service_ids: Collection[int] | None = None
) -> list[list[Quote]]:
    """Quote every active service for every parcel; three statements for any number of them.

    :param service_ids: only these services; ``None`` asks all.
    :returns: one list a parcel, in the same order, best first; an empty list where no service reaches
        the region or may carry the weight.
    :raises InvalidInput: negative weight or volume; names the parcel by its index.
    """
    table = rate_table(parcels=parcels, service_ids=service_ids)
    return [
        sorted(
            (quote for service in table.services if (quote := table.quote(service, parcel))),
            key=lambda quote: quote.rank,
        )
        for parcel in parcels
    ]


def service_choose_many(*, parcels: Sequence[ParcelSpec], allow_split: bool = False) -> list[Quote | None]:
    """The service to take for each parcel: the cheapest that reaches and carries, then by priority and
    lead time. ``None`` where there is none.

    :param allow_split: what is heavier than a service carries is priced as several equal parcels, for
        deciding before it is known how an order will be packed.
    """
    table = rate_table(parcels=parcels)
    chosen: list[Quote | None] = []
    for parcel in parcels:
        quotes = [
            quote
            for service in table.services
            if (quote := table.quote(service, parcel, allow_split=allow_split))
        ]
        chosen.append(min(quotes, key=lambda quote: quote.rank, default=None))
    return chosen


def rate_table(*, parcels: Sequence[ParcelSpec], service_ids: Collection[int] | None = None) -> RateTable:
    """Read what can matter to ``parcels``: active services, and the rules of their warehouses and prefixes."""
    _require_sane(parcels)
    wanted = None if service_ids is None else sorted(service_ids)
    services = [
        ServiceTerms(*row)
        for row in db.fetch(
            """
            SELECT s.id, s.code, s.carrier_id, s.volumetric_divisor, s.max_weight_g, s.lead_days, s.priority
              FROM carrier_service s JOIN carrier c ON c.id = s.carrier_id
             WHERE s.is_active AND c.is_active AND (%s::bigint[] IS NULL OR s.id = ANY(%s::bigint[]))
             ORDER BY s.id
            """,
            (wanted, wanted),
        )
    ]
    prefixes = {prefix for code in {parcel.region_code for parcel in parcels} for prefix in _prefixes(code)}
    rates = db.fetch(
        """
        SELECT id, service_id, warehouse_id, region_prefix,
               first_weight_g, first_price, step_weight_g, step_price, currency
          FROM rate_rule
         WHERE service_id = ANY(%s) AND region_prefix = ANY(%s) AND (warehouse_id IS NULL OR warehouse_id = ANY(%s))
        """,
        (
            [service.id for service in services],
            sorted(prefixes),
            sorted({parcel.warehouse_id for parcel in parcels}),
        ),
    )
    unreached = db.fetch(
        "SELECT service_id, region_prefix FROM unreached_region WHERE region_prefix = ANY(%s)",
        (sorted(prefixes),),
    )
    return RateTable(services, (RateTerms(*row) for row in rates), ((row[0], row[1]) for row in unreached))


def _require_sane(parcels: Sequence[ParcelSpec]) -> None:
    problems = [
        Problem(message=_("Weight and volume cannot be negative."), code="negative", loc=f"parcels.{index}")
        for index, parcel in enumerate(parcels)
        if parcel.weight_g < 0 or parcel.volume_mm3 < 0
    ]
    if problems:
        raise InvalidInput(_("A parcel to quote is impossible."), problems=problems)


def _prefixes(region_code: str) -> list[str]:
    return [region_code[:length] for length in range(len(region_code) + 1)]


def _ceil_div(value: int, divisor: int) -> int:
    return -(-value // divisor)
