"""Everything that decides how a parcel could travel, in memory: for those who ask about very many of them.

Read once and kept as long as :data:`STAMP` says that nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from hecang.kernel import db
from hecang.shipping.services.quoting import ParcelSpec, Quote, RateTable, RateTerms, ServiceTerms

#: Parcels from which on a measured lead time counts before an entered one.
MEASURED_FROM: Final = 20

#: A scalar subquery whose text differs after every change of what this module reads.
STAMP: Final = """(
    SELECT string_agg(stamp, ',') FROM (
        SELECT sum(xmin::text::bigint * 65536 + cmin::text::bigint)::text || ':' || count(*) AS stamp FROM carrier
        UNION ALL SELECT sum(xmin::text::bigint * 65536 + cmin::text::bigint)::text || ':' || count(*) FROM carrier_service
        UNION ALL SELECT sum(xmin::text::bigint * 65536 + cmin::text::bigint)::text || ':' || count(*) FROM rate_rule
        UNION ALL SELECT sum(xmin::text::bigint * 65536 + cmin::text::bigint)::text || ':' || count(*) FROM lead_time
        UNION ALL SELECT sum(xmin::text::bigint * 65536 + cmin::text::bigint)::text || ':' || count(*) FROM unreached_region
        UNION ALL SELECT sum(xmin::text::bigint * 65536 + cmin::text::bigint)::text || ':' || count(*) FROM service_cutoff
    ) stamps
)"""

_SERVICES = """
SELECT s.id, s.code, s.carrier_id, s.volumetric_divisor, s.max_weight_g, s.lead_days, s.priority
FROM carrier_service s JOIN carrier c ON c.id = s.carrier_id WHERE s.is_active AND c.is_active ORDER BY s.id
"""
_RATES = """
SELECT id, service_id, warehouse_id, region_prefix, first_weight_g, first_price, step_weight_g, step_price, currency
FROM rate_rule
"""
# A measured row that stands on enough parcels comes last, and so wins.
_LEADS = """
SELECT service_id, warehouse_id, region_prefix, hours, source FROM lead_time
WHERE source = 'configured' OR parcels >= %s ORDER BY source = 'measured', id
"""


@dataclass(frozen=True, slots=True)
class Travel:
    """One service from one warehouse to one region.

    :param lead_source: ``measured``, ``configured``, or ``service`` where its usual days hold.
    :param cutoff: of this service at the warehouse; ``None``: as the warehouse has it.
    """

    service: ServiceTerms
    rate: RateTerms
    lead_hours: int
    lead_source: str
    cutoff: time | None


class Tariff:
    """Services with their rates, reach, lead times and cut-offs."""

    def __init__(
        self,
        rates: RateTable,
        leads: Iterable[tuple[int, int | None, str, int, str]] = (),
        cutoffs: Iterable[tuple[int, int, time]] = (),
    ) -> None:
        self._rates = rates
        self._leads = {
            (service, origin, prefix): (hours, source) for service, origin, prefix, hours, source in leads
        }
        self._cutoffs = {(service, warehouse): cutoff for service, warehouse, cutoff in cutoffs}

    @property
    def services(self) -> Sequence[ServiceTerms]:
        return self._rates.services

    def travels(self, warehouse_id: int, region_code: str) -> list[Travel]:
        """The services that reach a region from a warehouse, by id."""
        return [
            Travel(
                service,
                rate,
                *self.lead(service, warehouse_id, region_code),
                self.cutoff(service.id, warehouse_id),
            )
            for service in self._rates.services
            if (rate := self._rates.rate(service.id, warehouse_id, region_code)) is not None
        ]

    def lead(self, service: ServiceTerms, warehouse_id: int, region_code: str) -> tuple[int, str]:
        """(hours, where they come from): the longest prefix wins, then the warehouse's own row."""
        for length in range(len(region_code), -1, -1):
            for origin in (warehouse_id, None):
                if found := self._leads.get((service.id, origin, region_code[:length])):
                    return found
        return max(1, service.lead_days * 24), "service"

    def quote(self, service: ServiceTerms, parcel: ParcelSpec, *, allow_split: bool = False) -> Quote | None:
        """The price of a service for a parcel; ``None`` if it does not reach or may not carry it."""
        return self._rates.quote(service, parcel, allow_split=allow_split)

    def cutoff(self, service_id: int, warehouse_id: int) -> time | None:
        return self._cutoffs.get((service_id, warehouse_id))


def tariff_read() -> Tariff:
    """Read all of it. Five statements."""
    services = [ServiceTerms(*row) for row in db.fetch(_SERVICES)]
    rates = [RateTerms(*row) for row in db.fetch(_RATES)]
    unreached = [
        (row[0], row[1]) for row in db.fetch("SELECT service_id, region_prefix FROM unreached_region")
    ]
    leads = [(row[0], row[1], row[2], row[3], row[4]) for row in db.fetch(_LEADS, [MEASURED_FROM])]
    cutoffs = [
        (row[0], row[1], row[2])
        for row in db.fetch("SELECT service_id, warehouse_id, cutoff_time FROM service_cutoff")
    ]
    return Tariff(RateTable(services, rates, unreached), leads, cutoffs)
