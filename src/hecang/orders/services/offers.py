"""What shipping an order from each warehouse costs and how long it takes, as the tables say at this moment.

Tables that change rarely (warehouses, calendars, rates, lead times) are kept in memory as long as one small
statement says that nothing about them has changed.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from hecang.facility.selectors import WarehouseTerms, warehouse_candidates, warehouse_terms
from hecang.facility.selectors.calendars import STAMP as FACILITY_STAMP
from hecang.kernel import clock
from hecang.kernel.db import fetch, fetch_one
from hecang.orders.sourcing.base import Candidate, Offer
from hecang.orders.sourcing.costs import (
    FIRST_KG,
    FIRST_KG_PER_KM,
    NEXT_KG,
    NEXT_KG_PER_KM,
    UNKNOWN_KM,
    Costs,
    costs,
)
from hecang.shipping.services.tariffs import STAMP as SHIPPING_STAMP
from hecang.shipping.services.tariffs import Tariff, Travel, tariff_read

#: Grams by which the services of a region are compared: a usual parcel.
TYPICAL_G = 1500

_STAMP = f"SELECT {FACILITY_STAMP}, {SHIPPING_STAMP}, CURRENT_DATE::text"
_LOADS = "SELECT warehouse_id, orders, units FROM warehouse_load"


class Wish(NamedTuple):
    """What about an order decides from where it can come.

    :param service_id: the carrier service that a rule or a person has chosen.
    :param only: warehouses that it is held to, ``never`` those that it may not come from; empty: no such wish.
    """

    region_code: str
    service_id: int | None = None
    only: tuple[int, ...] = ()
    never: tuple[int, ...] = ()


#: Warehouse, cut-off of the service, moment, days that others' work fills.
_DepartureKey = tuple[int, time | None, datetime, int]


class _Fixed(NamedTuple):
    """The part of an offer that the time of the day does not change."""

    travel: Travel | None
    km: float | None
    lead_hours: int


class Book:
    """Warehouses and tariffs as they were read together. Reads only; shared between calls."""

    def __init__(self, warehouses: Mapping[int, WarehouseTerms], tariff: Tariff) -> None:
        self.warehouses = warehouses
        self.tariff = tariff
        self._routes: dict[tuple[str, int | None], list[tuple[int, _Fixed]]] = {}

    def routes(self, regions: Collection[str], service_id: int | None) -> dict[str, list[tuple[int, _Fixed]]]:
        """Region → the warehouses from which it is reached, nearest first.

        Where no service reaches it from anywhere, all of them, at prices by distance. A statement the first time.
        """
        missing = [region for region in regions if (region, service_id) not in self._routes]
        if missing:
            for region, found in warehouse_candidates(missing).items():
                made = [(key, self._fixed(key, region, km, service_id)) for key, km in found]
                reached = [(key, fixed) for key, fixed in made if fixed.travel is not None]
                self._routes[region, service_id] = reached or made
        return {region: self._routes[region, service_id] for region in regions}

    def limited(self) -> list[int]:
        """The warehouses that can ship only so much in a day."""
        return [
            key
            for key, one in self.warehouses.items()
            if one.daily_orders is not None or one.daily_units is not None
        ]

    def _fixed(self, warehouse_id: int, region: str, km: float | None, service_id: int | None) -> _Fixed:
        travels = [
            travel
            for travel in self.tariff.travels(warehouse_id, region)
            if service_id is None or travel.service.id == service_id
        ]
        best = min(
            travels,
            key=lambda t: (t.rate.price(TYPICAL_G), t.service.priority, t.lead_hours, t.service.id),
            default=None,
        )
        return _Fixed(best, km, best.lead_hours if best else 0)


@functools.lru_cache(maxsize=4)
def _book(_stamp: tuple[str, ...]) -> Book:
    return Book(warehouse_terms(), tariff_read())


def book() -> Book:
    """The tables as they are now; read anew only where something has changed. One statement."""
    stamp = fetch_one(_STAMP)
    assert stamp is not None
    return _book(tuple(stamp))


class Offers:
    """The offers of one moment. Candidates of equal wishes are one list, for strategies that know it again."""

    def __init__(self, tables: Book, moment: datetime, money: Costs, ahead: Mapping[int, int]) -> None:
        self.book = tables
        self.moment = moment
        self.money = money
        self._ahead = ahead
        self._departures: dict[_DepartureKey, tuple[datetime, datetime, bool] | None] = {}
        self._candidates: dict[Wish, list[Candidate]] = {}

    def candidates(self, wishes: Collection[Wish]) -> dict[Wish, list[Candidate]]:
        """The warehouses from which each wish can be met, nearest first."""
        by_service: dict[int | None, set[str]] = {}
        for wish in wishes:
            if wish not in self._candidates:
                by_service.setdefault(wish.service_id, set()).add(wish.region_code)
        routes = {
            service: self.book.routes(sorted(regions), service) for service, regions in by_service.items()
        }
        for wish in wishes:
            if wish not in self._candidates:
                self._candidates[wish] = self._made(wish, routes[wish.service_id][wish.region_code])
        return {wish: self._candidates[wish] for wish in wishes}

    def _made(self, wish: Wish, routes: Sequence[tuple[int, _Fixed]]) -> list[Candidate]:
        if wish.only or wish.never:
            plain = self.candidates([Wish(wish.region_code, wish.service_id)])
            return [
                candidate
                for candidate in plain[Wish(wish.region_code, wish.service_id)]
                if (not wish.only or candidate.warehouse_id in wish.only)
                and candidate.warehouse_id not in wish.never
            ]
        made = [
            (key, fixed.km, offer)
            for key, fixed in routes
            if (offer := self.offer(key, fixed.travel, fixed.km)) is not None
        ]
        if not made:
            return []
        quickest = min(offer.arrives_at for _key, _km, offer in made)
        return [
            Candidate(key, km, offer._replace(wait_cost=self._wait(offer.arrives_at, quickest)))
            for key, km, offer in made
        ]

    def _wait(self, arrives: datetime, quickest: datetime) -> float:
        return self.money.hour * (arrives - quickest).total_seconds() / 3600

    def offer(self, warehouse_id: int, travel: Travel | None, km: float | None) -> Offer | None:
        """What shipping from there costs and takes; ``None`` where the warehouse ships nothing."""
        terms = self.book.warehouses.get(warehouse_id)
        if terms is None or not terms.is_active:
            return None
        cutoff = travel.cutoff if travel else None
        departure = self._departure(warehouse_id, cutoff, self.moment)
        if departure is None:
            return None
        release_by, leaves_at, certain = departure
        lead = travel.lead_hours if travel else 0
        return Offer(
            travel.service.id if travel else None,
            *_prices(travel, km),
            *self.handling(warehouse_id),
            release_by,
            leaves_at,
            lead,
            leaves_at + timedelta(hours=lead),
            0.0,
            certain,
            cutoff,
        )

    def arrival(self, candidate: Candidate, since: datetime) -> datetime | None:
        """When what a candidate's warehouse can release at ``since`` will be there."""
        offer = candidate.offer
        if offer is None:
            return None
        found = self._departure(candidate.warehouse_id, offer.cutoff, since)
        return None if found is None else found[1] + timedelta(hours=offer.lead_hours)

    def departure(self, candidate: Candidate, since: datetime) -> tuple[datetime, datetime] | None:
        """(cut-off, when it leaves) of what a candidate's warehouse can release at ``since``."""
        cutoff = candidate.offer.cutoff if candidate.offer else None
        found = self._departure(candidate.warehouse_id, cutoff, since)
        return None if found is None else found[:2]

    def leg(
        self, warehouse_id: int, region: str, service_id: int | None, left_at: datetime | None
    ) -> datetime | None:
        """When goods arrive that were handed over at ``left_at``, or leave with the next carrier (``None``)."""
        travels = self.book.tariff.travels(warehouse_id, region)
        travel = next(
            (one for one in travels if one.service.id == service_id), travels[0] if travels else None
        )
        if travel is None or warehouse_id not in self.book.warehouses:
            return None
        if left_at is None:
            found = self._departure(warehouse_id, travel.cutoff, self.moment, ahead=0)
            left_at = found[1] if found else None
        return None if left_at is None else left_at + timedelta(hours=travel.lead_hours)

    def departures(self, warehouse_id: int, days: int) -> list[datetime]:
        """When parcels leave on the next ``days`` open days; far away where the warehouse ships nothing."""
        leaves = []
        for day in range(days):
            found = self._departure(warehouse_id, None, self.moment, ahead=day)
            leaves.append(found[1] if found else self.moment + timedelta(days=365 + day))
        return leaves

    def handling(self, warehouse_id: int) -> tuple[float, float, float]:
        """Money for a parcel, a line and a unit there."""
        terms, money = self.book.warehouses[warehouse_id], self.money
        return (
            money.parcel if terms.parcel_cost is None else float(terms.parcel_cost),
            money.line if terms.line_cost is None else float(terms.line_cost),
            money.unit if terms.unit_cost is None else float(terms.unit_cost),
        )

    def daily_limit(self, warehouse_id: int, units_an_order: float) -> int | None:
        """Orders that it can ship in a day; ``None`` without a limit."""
        terms = self.book.warehouses[warehouse_id]
        limits = [terms.daily_orders] if terms.daily_orders is not None else []
        if terms.daily_units is not None:
            limits.append(int(terms.daily_units / units_an_order))
        return min(limits) if limits else None

    def _departure(
        self, warehouse_id: int, cutoff: time | None, since: datetime, ahead: int | None = None
    ) -> tuple[datetime, datetime, bool] | None:
        """(cut-off, when it leaves, whether the calendar is sure of it) of what can be released at ``since``.

        :param ahead: days that others' work fills before; ``None``: as the last look at the book found it.
        """
        days = self._ahead.get(warehouse_id, 0) if ahead is None else ahead
        key = (warehouse_id, cutoff, since, days)
        if key not in self._departures:
            terms = self.book.warehouses[warehouse_id]
            nothing = terms.daily_orders == 0 or terms.daily_units == 0
            found = None if nothing else terms.calendar.departure(since, cutoff, days_later=days)
            self._departures[key] = (
                None if found is None else (found.release_by, found.leaves_at, found.is_certain)
            )
        return self._departures[key]


def _prices(travel: Travel | None, km: float | None) -> tuple[float, float, int, int, int]:
    """First price, step price, first grams, step grams, grams of the heaviest parcel."""
    if travel is None:
        away = UNKNOWN_KM if km is None else km
        return FIRST_KG + FIRST_KG_PER_KM * away, NEXT_KG + NEXT_KG_PER_KM * away, 1000, 1000, 30_000
    rate = travel.rate
    return (
        float(rate.first_price),
        float(rate.step_price),
        rate.first_weight_g,
        rate.step_weight_g,
        max(1, travel.service.max_weight_g),
    )


def offers_now() -> Offers:
    """The offers of this moment. One statement, and another where a warehouse has a daily capacity."""
    tables = book()
    return Offers(tables, clock.now(), costs(), _ahead(tables))


def _ahead(tables: Book) -> dict[int, int]:
    """Warehouse → whole days that the orders which wait there will take it."""
    limited = {key: one for key, one in tables.warehouses.items() if one.daily_orders or one.daily_units}
    if not limited:
        return {}
    ahead = {}
    for warehouse_id, orders, units in fetch(_LOADS):
        if terms := limited.get(warehouse_id):
            by_orders = orders // terms.daily_orders if terms.daily_orders else 0
            by_units = units // terms.daily_units if terms.daily_units else 0
            ahead[warehouse_id] = max(by_orders, by_units)
    return ahead
