"""The company that is measured: one owner, one shop, three warehouses, stock for every order.

Made by the services where they exist and cheaply where the making is not what is measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.dataset import REGIONS, Basket
from hecang.catalog.services import SkuRow, skus_upsert
from hecang.facility.models import Location, Warehouse, Zone
from hecang.inventory.models import Movement
from hecang.inventory.services import PostingIn, stock_post
from hecang.kernel.db import execute
from hecang.orders.models import Channel, Shop
from hecang.orders.services import LineIn, OrderIn, RecipientIn
from hecang.partners.models import Owner

#: code, name, latitude, longitude
WAREHOUSES = (
    ("SH", "上海", "31.230400", "121.473700"),
    ("GZ", "广州", "23.129100", "113.264400"),
    ("CD", "成都", "30.572800", "104.066800"),
)
POSTING_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """Ids of what was made."""

    owner_id: int
    shop_id: int
    warehouse_ids: tuple[int, ...]
    #: SKU code → id.
    skus: dict[str, int]


def build(sku_codes: Sequence[str], *, units: dict[str, int] | int) -> Site:
    """Make the company with stock in every warehouse.

    :param units: pieces of each SKU in each warehouse, or one number for all.
    """
    owner = Owner.objects.create(code="BENCH", name="Bench")
    channel = Channel.objects.create(code="bench", name="Bench")
    shop = Shop.objects.create(channel=channel, code="bench", name="Bench", owner=owner, duplicate_hours=24)
    saved = skus_upsert(rows=[SkuRow(code=code, name=code, weight_g=500) for code in sku_codes])
    skus = dict(zip(sku_codes, saved.ids, strict=True))
    warehouses = tuple(_warehouse(*row) for row in WAREHOUSES)
    for warehouse in warehouses:
        wanted = units if isinstance(units, dict) else dict.fromkeys(sku_codes, units)
        _stock(warehouse, owner.id, {skus[code]: count for code, count in wanted.items()})
    execute("ANALYZE")
    return Site(owner.id, shop.id, tuple(warehouse.id for warehouse in warehouses), skus)


def demand(baskets: Iterable[Basket]) -> Counter[str]:
    """Units of each SKU that the baskets ask for."""
    units: Counter[str] = Counter()
    for basket in baskets:
        for code, quantity, _price in basket.lines:
            units[code] += quantity
    return units


def order_in(basket: Basket) -> OrderIn:
    """A basket as an order, of a buyer somewhere in China."""
    return OrderIn(
        external_number=basket.number,
        placed_at=basket.placed_at,
        buyer=f"h{basket.household}",
        recipient=RecipientIn(
            name="张伟",
            phone=f"139{basket.household % 10**8:08d}",
            region_code=REGIONS[basket.household % len(REGIONS)],
            address=f"人民路{basket.household % 997 + 1}号",
        ),
        lines=[LineIn(sku=code, quantity=units, unit_price=price) for code, units, price in basket.lines],
    )


def _warehouse(code: str, name: str, latitude: str, longitude: str) -> Warehouse:
    warehouse = Warehouse.objects.create(code=code, name=name, latitude=latitude, longitude=longitude)
    zone = Zone.objects.create(warehouse=warehouse, code="A", name="A", kind=Zone.Kind.STORAGE)
    outside = Zone.objects.create(warehouse=warehouse, code="OUT", name="OUT", kind=Zone.Kind.VIRTUAL)
    Location.objects.create(warehouse=warehouse, zone=zone, code="BULK", kind=Location.Kind.RESERVE)
    Location.objects.bulk_create(
        Location(warehouse=warehouse, zone=outside, code=f"V-{kind.upper()}", kind=kind, is_virtual=True)
        for kind in sorted(Location.VIRTUAL_KINDS)
    )
    return warehouse


def _stock(warehouse: Warehouse, owner_id: int, units: dict[int, int]) -> None:
    bulk = Location.objects.get(warehouse=warehouse, code="BULK").id
    supplier = Location.objects.get(warehouse=warehouse, kind=Location.Kind.SUPPLIER).id
    entries = [
        PostingIn(
            sku_id=sku,
            owner_id=owner_id,
            quantity=count,
            from_location_id=supplier,
            to_location_id=bulk,
            reason=Movement.Reason.OPENING,
        )
        for sku, count in units.items()
    ]
    for start in range(0, len(entries), POSTING_CHUNK):
        stock_post(entries=entries[start : start + POSTING_CHUNK])
