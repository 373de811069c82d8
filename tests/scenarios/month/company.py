"""The company that works through the month: two warehouses, two hundred SKUs, suppliers, shops, people.

Everything is found again by its code, so that a process which was killed is followed by one that goes on.
"""

from __future__ import annotations

import random
import time as wall
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from tests.factories import accounts, catalog, facility, partners, purchasing, shipping

from hecang.accounts.models import User
from hecang.catalog.models import Barcode, Sku
from hecang.config import api  # noqa: F401 - roles are patterns over what the operations declare
from hecang.facility.models import Location, Warehouse
from hecang.inbound.services.checklists import Item
from hecang.inbound.services.docks import DockIn, HoursIn, dock_save
from hecang.inbound.services.plans import PlanIn, plan_save
from hecang.inbound.services.putaway_policies import PolicyIn, policy_save
from hecang.inbound.services.receiving_policies import receiving_policy_save
from hecang.inbound.services.sscc_numbers import sscc_prefix_save
from hecang.inventory.services import LotIn, PostingIn, lot_get_or_create_many, stock_post
from hecang.kernel import clock
from hecang.kernel.db import transactional
from hecang.orders.models import Channel, Shop
from hecang.partners.models import Owner, Supplier
from hecang.purchasing.services import ItemRow, PriceRow, prices_save
from hecang.stockkeeping.services.changes import change_policy_set
from hecang.stockkeeping.services.counts import (
    Policy,
    ProgrammeIn,
    count_policy_save,
    count_programme_save,
)
from hecang.stockkeeping.services.faces import FaceIn, pick_faces_save
from hecang.stockkeeping.services.thresholds import ThresholdIn, thresholds_save

#: A Monday, eight o'clock in Shanghai.
START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
SITES = {"NORTH": ("31.23", "121.47", partners.SHANGHAI_PUDONG), "SOUTH": ("23.13", "113.26", partners.GUANGZHOU_TIANHE)}  # fmt: skip
RESERVES, FACES, SUPPLIERS = 30, 40, 6
#: One second of the machine is so many minutes of the warehouse.
MINUTES_A_SECOND = 10


@dataclass(frozen=True)
class Goods:
    """What people know of an SKU when they hold it."""

    id: int
    code: str
    barcode: str
    is_lot: bool
    is_expiry: bool
    is_serial: bool


@dataclass
class Company:
    """Everything by its code, and the time of day."""

    seed: int
    day: int = 0
    begun: float = field(default_factory=wall.monotonic)
    sites: dict[str, Warehouse] = field(default_factory=dict)
    owner: Owner = field(init=False)
    shops: list[Shop] = field(default_factory=list)
    suppliers: list[Supplier] = field(default_factory=list)
    goods: dict[int, Goods] = field(default_factory=dict)
    kits: list[int] = field(default_factory=list)
    bundles: list[int] = field(default_factory=list)
    places: dict[int, list[str]] = field(default_factory=dict)

    def now(self) -> datetime:
        """The time in the warehouse; it never goes back and no day is longer than ten hours."""
        passed = min((wall.monotonic() - self.begun) * MINUTES_A_SECOND, 600)
        return START + timedelta(days=self.day, minutes=passed)

    def morning(self, day: int) -> None:
        self.day, self.begun = day, wall.monotonic()

    def chance(self, *what: object) -> random.Random:
        """Chance that is the same whenever the same is asked of the same seed."""
        return random.Random(":".join(map(str, (self.seed, *what))))

    def user(self, name: str, roles: tuple[str, ...], site: Warehouse | None) -> User:
        """A person, made where they are missing."""
        found = User.objects.filter(username=name).first()
        return found or accounts.user_make(name, roles=roles, warehouse_ids=[site.pk] if site else None)


def found(seed: int) -> Company:
    """The company as it stands in the database."""
    made = Company(seed)
    made.owner = Owner.objects.get(code="OWNER")
    made.sites = {code: Warehouse.objects.get(code=code) for code in SITES}
    made.shops = list(Shop.objects.order_by("code"))
    made.suppliers = list(Supplier.objects.order_by("code"))
    barcodes = dict(Barcode.objects.filter(is_primary=True).values_list("sku_id", "code"))
    for sku in Sku.objects.order_by("id"):
        if sku.kind == Sku.Kind.KIT:
            (made.kits if sku.kit_mode == Sku.KitMode.KEEP else made.bundles).append(sku.pk)
        made.goods[sku.pk] = Goods(
            sku.pk, sku.code, barcodes[sku.pk], sku.is_lot_tracked, sku.is_expiry_tracked, sku.is_serial_tracked
        )  # fmt: skip
    for site in made.sites.values():
        made.places[site.pk] = list(
            Location.objects.filter(warehouse=site, kind=Location.Kind.PICK_FACE).order_by("id").values_list("code", flat=True)
        )  # fmt: skip
    return made


def build(seed: int, *, skus: int = 200) -> Company:
    """Found the company and fill its shelves; all or nothing."""
    with clock.at(START - timedelta(hours=1)):
        _build(random.Random(seed), skus)
    return found(seed)


@transactional
def _build(chance: random.Random, skus: int) -> None:
    partners.regions()
    purchasing.policy()
    owner = partners.owner()
    goods = _goods(skus)
    sellers = _suppliers(chance, goods)
    for code, (latitude, longitude, region) in SITES.items():
        site = facility.warehouse(
            code, aisles=6, bays=10, levels=2, latitude=latitude, longitude=longitude, region_id=region
        )
        _site(site, owner, goods, chance)
    channel, _ = Channel.objects.get_or_create(code="WEB", defaults={"name": "Web"})
    for code, partial in (("SHOP1", True), ("SHOP2", False)):
        Shop.objects.create(channel=channel, code=code, name=code, owner=owner, duplicate_hours=0, hold_remarks=False,
                            allow_partial=partial)  # fmt: skip
    shipping.service("EXPRESS", numbers=1_000_000)
    shipping.cartons()
    _quality(goods, sellers)
    sscc_prefix_save(owner_id=None, company_prefix="0614141", extension=0)
    receiving_policy_save(values={"over_percent": 10, "over_action": "quarantine", "unannounced_action": "accept",
                                  "short_life_action": "quarantine", "min_life_percent": 20,
                                  "expired_action": "refuse", "held_action": "quarantine"})  # fmt: skip
    for kind in ("condition", "hold", "release"):
        change_policy_set(kind=kind, max_units=15, max_value=None)


def _goods(count: int) -> list[Sku]:
    """Plain goods, goods by lot and date, goods by number, kits that are kept and bundles that are sold apart."""
    made: list[Sku] = []
    for number in range(1, count + 1):
        tracked: dict[str, object] = {}
        if number % 5 == 0:
            tracked = {
                "is_lot_tracked": True,
                "is_expiry_tracked": True,
                "shelf_life_days": 90,
                "min_remaining_days": 10,
            }
        elif number % 10 == 1:
            tracked = {"is_serial_tracked": True}
        elif number % 10 == 3:
            tracked = {"is_lot_tracked": True}
        made.append(
            catalog.sku(f"G{number:03}", barcode=f"69{number:011}", abc_class="ABC"[number % 3], **tracked)
        )
    plain = [sku for sku in made if not (sku.is_lot_tracked or sku.is_serial_tracked)]
    for number in range(5):
        parts = [(plain[2 * number], 1), (plain[2 * number + 1], 2)]
        catalog.kit(parts, f"KIT{number}", kit_mode=Sku.KitMode.KEEP, barcode=f"68{number:011}")
        catalog.kit(parts, f"BUNDLE{number}", barcode=f"67{number:011}")
    return made


def _suppliers(chance: random.Random, goods: list[Sku]) -> list[Supplier]:
    sellers = [purchasing.supplier(f"SUP{number}") for number in range(SUPPLIERS)]
    prices_save(
        rows=[
            PriceRow(
                ItemRow(seller.pk, sku.pk, min_order_quantity=5, lead_time_days=chance.randint(1, 4)),
                Decimal(chance.randint(100, 9000)) / 100, "CNY", (START - timedelta(days=60)).date(),
            )
            for number, seller in enumerate(sellers)
            for at, sku in enumerate(goods)
            if (at % SUPPLIERS) in (number, (number + 1) % SUPPLIERS)
        ]
    )  # fmt: skip
    return sellers


def _site(site: Warehouse, owner: Owner, goods: list[Sku], chance: random.Random) -> None:
    """Places, docks, rules and what lies on the shelves."""
    for number in range(RESERVES):
        facility.location(site, f"R{number:02}", kind="reserve", width_mm=2000, depth_mm=1200, height_mm=1800)
    facility.location(site, "DOCK-2", kind="dock")
    hours = tuple(HoursIn(day, time(0, 0), time(23, 59)) for day in range(1, 8))
    places = dict(Location.objects.filter(warehouse=site).values_list("code", "id"))
    for number in (1, 2):
        dock_save(
            warehouse_id=site.pk, dock=DockIn(f"D{number}", location_id=places[f"DOCK-{number}"], hours=hours)
        )
    policy_save(warehouse_id=site.pk, policy=PolicyIn(mix_skus=True))
    count_policy_save(policy=Policy(site.pk, approve_units=3, stretch_size=6, on_damaged=True))
    count_programme_save(
        programme=ProgrammeIn(
            site.pk, "Daily", "cycle", weekdays=(1, 2, 3, 4, 5, 6, 7), at_hour=6, places_per_day=6
        )
    )
    faces = [code for code in places if code.startswith("A")]
    reserves = [code for code in places if code.startswith("R") and code[1:].isdigit()]
    entries, described = [], []
    for at, sku in enumerate(goods):
        lot = None
        if sku.is_lot_tracked:
            expires = (START + timedelta(days=20 + at % 60)).date() if sku.is_expiry_tracked else None
            [lot] = lot_get_or_create_many(lots=[LotIn(sku.pk, f"OPEN-{sku.code}", None, expires)])
        amounts = [(faces[at % len(faces)], 20)]
        if at < FACES:
            amounts.append((reserves[at % len(reserves)], 80))
            described.append(FaceIn(places[faces[at]], sku.pk, owner.pk, 12, 40))
        for code, units in amounts:
            numbers = (
                tuple(f"{sku.code}-{site.code}-{code}-{unit}" for unit in range(units))
                if sku.is_serial_tracked
                else ()
            )
            entries.append(PostingIn(sku.pk, owner.pk, units, places["V-SUPPLIER"], places[code], "opening", lot_id=lot,
                                     serials=numbers))  # fmt: skip
    stock_post(entries=entries)
    pick_faces_save(faces=described)
    thresholds_save(
        thresholds=[
            ThresholdIn(site.pk, sku.pk, owner.pk, safety_stock=5, reorder_point=14, max_stock=60)
            for sku in goods
        ]
    )


def _quality(goods: list[Sku], sellers: list[Supplier]) -> None:
    """One supplier is inspected with a list of questions, another by looking, with lots let through by record."""
    questions = (
        Item("whole", "Is the carton whole?", "yes_no"),
        Item("weight", "Weight", "measure", "g", "400", "600"),
    )
    plan_save(
        plan=PlanIn(
            "QA1", "With questions", supplier_id=sellers[0].pk, sampling="iso2859", checklist=questions
        )
    )
    plan_save(
        plan=PlanIn(
            "QA2", "By looking", supplier_id=sellers[1].pk, sampling="iso2859", skip_after=5, skip_every=3
        )
    )
