"""Writes the demo's data through the services that the API uses. Everything has a natural key, so that a
second run, or one after a break-off, writes only what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

import numpy as np

from hecang.accounts.models import AuditEntry, User
from hecang.accounts.services.audit import audit_record
from hecang.accounts.services.users import user_create
from hecang.catalog.selectors import skus_by_code
from hecang.catalog.services import skus_upsert
from hecang.demo import people, products, sites, source, stock
from hecang.demo.calendar import ZONE, Calendar
from hecang.demo.progress import Board, Ticker
from hecang.demo.vocabulary import Profile
from hecang.facility.models import Location, Warehouse
from hecang.facility.selectors import layout_geometry, virtual_location, warehouses_by_code
from hecang.facility.services import layout_generate, warehouse_create
from hecang.inventory.services import LotIn, PostingIn, lot_get_or_create_many, stock_post_once
from hecang.kernel.db import fetch, run_in_transaction
from hecang.kernel.errors import Conflict
from hecang.kernel.outbox import drain
from hecang.orders.models import Shop
from hecang.orders.services.shops import shop_create
from hecang.partners.models import Region
from hecang.partners.selectors import owners_by_code, region_distances_km
from hecang.partners.services import AddressIn, CustomerRow, customers_upsert, owner_create
from hecang.shipping.services import (
    carrier_save_many,
    carton_save_many,
    pool_save_many,
    rate_save_many,
    service_save_many,
)
from hecang.shipping.services.tables import CarrierRow, PoolRow, RateRow, ServiceRow

#: Weeks before the first day whose demand fills the shelves, and whose lines make ABC classes.
DEMAND_WEEKS = 26
#: Goods that keep no longer are delivered every morning; nothing has lain in the house longer than the other.
FRESH_DAYS, LONGEST_STAY = 15, 30
SKU_CHUNK = 4000
STOCK_CHUNK = 5000
#: Marks in the audit log around the opening stock.
STOCK_BEGUN, STOCK_DONE = "demo.stock_begun", "demo.stock_done"
#: The user that is made first: its day is the day zero of the calendar.
ANCHOR_USER = "desk"


class ForeignData(Conflict):
    """The database holds shops that the demo did not make."""

    code = "not_a_demo_database"


def refuse_foreign_data() -> None:
    """Raise :class:`ForeignData` if this is somebody's real database."""
    ours = {shop.code for shop in people.shops()}
    others = sorted(set(Shop.objects.values_list("code", flat=True)) - ours)
    if others:
        raise ForeignData(
            f"This database has shops that the demo did not make ({', '.join(others[:3])})."
            " The demo would mix its orders with yours. Give it a database of its own: set DATABASE_URL or HECANG_HOME."
        )


@dataclass
class Seed:
    """Seeds step by step.

    :param days: how many days end with the busiest one; stock is what lay there before the first.
    :param only: products and households to write; ``None``: all of them (tests need few).
    """

    board: Board
    days: int = 1
    only: tuple[frozenset[int], frozenset[int]] | None = None

    def run(self) -> Calendar:
        """Everything, in order; the calendar that the day's orders are placed by."""
        calendar = self._step("Day zero", self._calendar)
        self._step("Warehouses and layouts", self._sites)
        self._step("Users, owner and shops", self._house)
        self._step("Carriers, rates and cartons", self._carriers)
        self._step("Customers", self._customers)
        self._step("Products", self._products)
        self._step("Opening stock", lambda ticker: self._stock(ticker, calendar))
        return calendar

    def _step(self, title: str, step: Callable[[Ticker], Calendar | None]) -> Calendar:
        with self.board.stage(title) as ticker:
            return step(ticker)  # type: ignore[return-value]

    # ---------------------------------------------------------------- what the source says

    @cached_property
    def range(self) -> list[source.Product]:
        return [one for one in source.products() if self.only is None or one.id in self.only[0]]

    @cached_property
    def fuel(self) -> frozenset[int]:
        return frozenset(product.id for product in self.range if product.is_fuel)

    @cached_property
    def profiles(self) -> dict[int, Profile]:
        return {product.id: products.profile_of(product) for product in self.range}

    @cached_property
    def first_day(self) -> date:
        """The day before which the demand fills the shelves: the first run decides, whatever later ones ask for."""
        begun = AuditEntry.objects.filter(action=STOCK_BEGUN).order_by("id").first()
        if begun is not None and begun.after:
            return date.fromisoformat(begun.after["first_day"])
        return source.BUSIEST_DAY - timedelta(days=self.days - 1)

    @cached_property
    def demand(self) -> source.Demand:
        last = self.first_day - timedelta(days=1)
        first = last - timedelta(weeks=DEMAND_WEEKS) + timedelta(days=1)
        return source.demand(first=first, last=last, fuel=self.fuel)

    @cached_property
    def classes(self) -> dict[int, str]:
        return products.abc_classes(self.demand.product_id)

    @cached_property
    def people(self) -> dict[int, people.Person]:
        districts = list(
            Region.objects.filter(level=Region.Level.DISTRICT).order_by("code").values_list("code", flat=True)
        )
        households = source.households() if self.only is None else sorted(self.only[1])
        return people.people(households, districts)

    # ---------------------------------------------------------------- steps

    def _calendar(self, ticker: Ticker) -> Calendar:
        refuse_foreign_data()
        user = User.objects.filter(username=ANCHOR_USER).first() or self._user(ANCHOR_USER)
        calendar = Calendar(user.created_at)
        ticker.note(f"{source.BUSIEST_DAY} is {calendar.today}")
        return calendar

    def _user(self, username: str) -> User:
        _name, shown, roles, site = next(row for row in sites.USERS if row[0] == username)
        warehouses = None if site is None else [warehouses_by_code([site])[site].id]
        return user_create(
            username=username,
            roles=roles,
            password=sites.PASSWORD,
            display_name=shown,
            warehouse_ids=warehouses,
        )[0]

    def _sites(self, ticker: Ticker) -> None:
        ticker.total(len(sites.SITES))
        known = warehouses_by_code([site.code for site in sites.SITES])
        for site in ticker.each(sites.SITES):
            if site.code in known:
                warehouse_id = known[site.code].id
            else:
                warehouse_id = warehouse_create(
                    code=site.code, name=site.name, region_id=site.region, address=site.address,
                    latitude=site.latitude, longitude=site.longitude, cutoff_time=time(20),
                )  # fmt: skip
            if not Location.objects.filter(warehouse_id=warehouse_id, is_virtual=False).exists():
                layout_generate(warehouse_id=warehouse_id, spec=site.layout)
        count = Location.objects.filter(
            warehouse__code__in=[site.code for site in sites.SITES], is_virtual=False
        )
        ticker.note(f"{len(sites.SITES)} warehouses, {count.count():,} locations")

    def _house(self, ticker: Ticker) -> None:
        if not owners_by_code([sites.OWNER_CODE]):
            owner_create(code=sites.OWNER_CODE, name=sites.OWNER_NAME)
        there = set(Shop.objects.values_list("code", flat=True))
        for shop in people.shops():
            if shop.code not in there:
                shop_create(
                    code=shop.code, name=shop.name, channel=shop.channel, owner=sites.OWNER_CODE,
                    channel_name=people.CHANNELS[shop.channel], allow_partial=shop.allow_partial,
                    amount_limit=shop.amount_limit, hold_remarks=shop.hold_remarks,
                )  # fmt: skip
        users = set(User.objects.values_list("username", flat=True))
        for username, *_rest in sites.USERS:
            if username not in users:
                self._user(username)
        ticker.note(f"{len(people.shops())} shops, {len(sites.USERS)} users")

    def _carriers(self, ticker: Ticker) -> None:
        carriers = {plan.carrier: CarrierRow(plan.carrier, plan.carrier_name) for plan in sites.SERVICES}
        ids = dict(zip(carriers, carrier_save_many(rows=list(carriers.values())).ids, strict=True))
        services = service_save_many(
            rows=[
                ServiceRow(
                    ids[plan.carrier],
                    plan.code,
                    plan.name,
                    plan.divisor,
                    plan.max_weight_g,
                    plan.lead_days,
                    plan.priority,
                )
                for plan in sites.SERVICES
            ]
        ).ids
        rates = rate_save_many(rows=self._rates(services))
        carton_save_many(rows=sites.CARTONS)
        pool_save_many(
            rows=[
                PoolRow(service, prefix, first, first + sites.POOL_SIZE - 1, digits)
                for service, (prefix, digits, first) in zip(
                    services, (plan.pool for plan in sites.SERVICES), strict=True
                )
            ]
        )
        ticker.note(f"{len(services)} services, {len(rates.ids)} rates, {len(sites.CARTONS)} cartons")

    def _rates(self, services: Sequence[int]) -> list[RateRow]:
        provinces = Region.objects.filter(level=Region.Level.PROVINCE).values_list("code", flat=True)
        distances = region_distances_km([site.point for site in sites.SITES])
        warehouses = warehouses_by_code([site.code for site in sites.SITES])
        rows = []
        for position, site in enumerate(sites.SITES):
            km = {
                code: float(distances.km[position, distances.index[code]])
                for code in provinces
                if code in distances.index and code[:2] not in {"71", "81", "82"}
            }
            for service_id, plan in zip(services, sites.SERVICES, strict=True):
                rows += [
                    RateRow(
                        service_id,
                        warehouses[site.code].id,
                        prefix,
                        first,
                        step,
                        first_weight_g=plan.first_weight_g,
                    )
                    for prefix, first, step in sites.rates(site, plan, km)
                ]
        return rows

    def _customers(self, ticker: Ticker) -> None:
        rows = [
            CustomerRow(
                code=one.code,
                name=one.name,
                phone=one.phone,
                is_blocked=one.is_blocked,
                blocked_reason="多次拒收" if one.is_blocked else "",
                addresses=(
                    (
                        AddressIn(
                            one.name, one.phone, one.address, region_code=one.region_code, is_default=True
                        ),
                    )
                    if one.address
                    else ()
                ),
            )
            for one in self.people.values()
        ]
        for chunk in ticker.chunks(rows, 1000):
            customers_upsert(rows=chunk)
        ticker.note(f"{len(rows):,} customers")

    def _products(self, ticker: Ticker) -> None:
        there = {row[0] for row in fetch("SELECT code FROM sku WHERE code LIKE %s", ("CJ%",))}
        missing = [product for product in self.range if products.sku_code(product.id) not in there]
        classes = self.classes
        ticker.spread(missing, SKU_CHUNK, lambda chunk: skus_upsert(rows=products.sku_rows(chunk, classes)))
        ticker.note(f"{len(self.range):,} products, {len(missing):,} of them new")

    def _stock(self, ticker: Ticker, calendar: Calendar) -> None:
        if AuditEntry.objects.filter(action=STOCK_DONE).exists():
            ticker.note("there already")
            return
        _remember(STOCK_BEGUN, {"first_day": self.first_day.isoformat()})
        entries = [entry for position in range(len(sites.SITES)) for entry in self._placements(position)]
        fresh = self._post(ticker, entries, first=calendar.day(self.first_day), reason="opening")
        _remember(STOCK_DONE, {"places": len(entries)})
        units = sum(one.quantity for _key, one, _supplier in entries)
        ticker.note(f"{len(entries):,} places, {units:,} units, {fresh:,} posted now")

    def deliver(self, day: date, calendar: Calendar) -> None:
        """The morning's delivery of what does not keep: a day and a half of it, made on that day."""
        with self.board.stage(f"{calendar.day(day):%m-%d} Fresh goods arrive") as ticker:
            entries = [
                (f"demo:delivery:{site.code}:{one.product_id}:{day}", one, supplier_id)
                for position, site in enumerate(sites.SITES)
                for one, supplier_id in self._delivery(position)
            ]
            fresh = self._post(ticker, entries, first=calendar.day(day), reason="receipt")
            ticker.note(f"{len(entries):,} products, {fresh:,} posted now")
            drain()

    def _delivery(self, position: int) -> list[tuple[stock.Placement, int]]:
        """What is delivered to one warehouse every morning, to the place where it lies anyway."""
        there = {
            one.product_id: (one.location_id, supplier_id)
            for _key, one, supplier_id in self._placements(position)
        }
        found = []
        for product_id, (location_id, supplier_id) in there.items():
            rates = self._weekly.get(product_id)
            if rates is None or not 0 < self.profiles[product_id].shelf_days <= FRESH_DAYS:
                continue
            units = round(float(rates[position]) / 7 * 1.5)
            if units:
                found.append((stock.Placement(product_id, location_id, units, 0), supplier_id))
        return found

    def _post(
        self, ticker: Ticker, entries: Sequence[tuple[str, stock.Placement, int]], *, first: date, reason: str
    ) -> int:
        """Post what has not been posted under its key; how many entries are new.

        :param first: the day that ages count back from.
        """
        codes = {products.sku_code(one.product_id) for _key, one, _supplier in entries}
        sku_ids = {code: ref.id for code, ref in skus_by_code(codes).items()}
        owner_id = owners_by_code([sites.OWNER_CODE])[sites.OWNER_CODE].id

        def post(chunk: Sequence[tuple[str, stock.Placement, int]]) -> int:
            lots = _lots(chunk, sku_ids, first)
            posted = stock_post_once(
                entries=[
                    (
                        key,
                        PostingIn(
                            sku_id=sku_ids[products.sku_code(one.product_id)],
                            owner_id=owner_id,
                            quantity=one.quantity,
                            from_location_id=supplier_id,
                            to_location_id=one.location_id,
                            reason=reason,
                            lot_id=lots.get((one.product_id, one.age_days)),
                            received_at=datetime.combine(first - _stay(one.age_days), time(6), ZONE),
                        ),
                    )
                    for key, one, supplier_id in chunk
                ]
            )
            return sum(row.created for row in posted)

        return sum(ticker.spread(entries, STOCK_CHUNK, post))

    def _placements(self, position: int) -> list[tuple[str, stock.Placement, int]]:
        """Key, placement and supplier location of everything that one warehouse holds."""
        site = sites.SITES[position]
        warehouse_id = warehouses_by_code([site.code])[site.code].id
        held = stock.quantities(
            self._weekly, self._listings, self.profiles, site=position, weeks=DEMAND_WEEKS
        )
        placed = stock.placements(
            held,
            self.classes,
            self.profiles,
            _faces(warehouse_id),
            {product_id: float(rates[position]) for product_id, rates in self._weekly.items()},
        )
        supplier_id = virtual_location(warehouse_id, "supplier")
        return [
            (f"demo:opening:{site.code}:{one.product_id}:{one.location_id}:{one.age_days}", one, supplier_id)
            for one in placed
        ]

    @cached_property
    def _weekly(self) -> dict[int, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
        distances = region_distances_km([site.point for site in sites.SITES])
        nearest = {
            one.household_id: int(np.nanargmin(distances.km[:, distances.index[one.region_code]]))
            for one in self.people.values()
        }
        weekly = stock.weekly_demand(self.demand, nearest, len(sites.SITES))
        return {product_id: rates for product_id, rates in weekly.items() if product_id in self.profiles}

    @cached_property
    def _listings(self) -> frozenset[int]:
        """Products that come new into the range: never bought before the first day, bought from then on."""
        before = source.demand(first=source.FIRST_DAY, last=self.first_day - timedelta(days=1))
        known = set(np.unique(before.product_id).tolist())
        return frozenset(product.id for product in self.range if product.id not in known)


def _stay(age_days: int | None) -> timedelta:
    """How long goods of that age have been in the house."""
    return timedelta(days=LONGEST_STAY if age_days is None else min(age_days, LONGEST_STAY))


def _remember(action: str, facts: dict[str, object]) -> None:
    """Leave a mark in the audit log, once."""
    if not AuditEntry.objects.filter(action=action).exists():
        run_in_transaction(lambda: audit_record(action=action, entity_kind="demo", entity_id=0, after=facts))


def _lots(
    chunk: Sequence[tuple[str, stock.Placement, int]], sku_ids: Mapping[str, int], first: date
) -> dict[tuple[int, int | None], int]:
    """Lot ids by product and age; made where they are missing."""
    kept = sorted(
        {(one.product_id, one.age_days) for _key, one, _supplier in chunk if one.age_days is not None}
    )
    made = [first - timedelta(days=age) for _product, age in kept]
    ids = lot_get_or_create_many(
        lots=[
            LotIn(sku_ids[products.sku_code(product_id)], f"L{day:%y%m%d}", produced_on=day)
            for (product_id, _age), day in zip(kept, made, strict=True)
        ]
    )
    return dict(zip(kept, ids, strict=True))


def _faces(warehouse_id: int) -> dict[str, stock.Faces]:
    """Storage locations of a warehouse by zone, the shortest way from the depot first, then from the floor up."""
    rows = fetch(
        "SELECT l.id, z.code, l.kind, l.level FROM location l JOIN zone z ON z.id = l.zone_id"
        " WHERE l.warehouse_id = %s AND z.kind = 'storage' AND l.is_active ORDER BY l.id",
        (warehouse_id,),
    )
    metres = layout_geometry(warehouse_id).depot_distances_mm([row[0] for row in rows])
    ordered = sorted(
        zip(metres.tolist(), rows, strict=True), key=lambda pair: (pair[0] + 400 * pair[1][3], pair[1][0])
    )
    faces: dict[str, stock.Faces] = {}
    for zone in {row[1] for row in rows}:
        of_kind = {
            kind: [row[0] for _mm, row in ordered if row[1] == zone and row[2] == kind]
            for kind in ("pick_face", "reserve")
        }
        faces[zone] = stock.Faces(of_kind["pick_face"], of_kind["reserve"])
    return faces


def warehouse_ids() -> dict[str, int]:
    """Ids of the demo's warehouses by code."""
    return dict(
        Warehouse.objects.filter(code__in=[site.code for site in sites.SITES]).values_list("code", "id")
    )
