"""The company that is measured: one owner, one shop, three warehouses, stock for every order.

Made by the services where they exist and cheaply where the making is not what is measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.dataset import REGIONS, Basket
from hecang.catalog.services import SkuRow, skus_upsert
from hecang.facility.layouts import LayoutSpec, ZoneSpec
from hecang.facility.models import Location
from hecang.facility.services import layout_generate, warehouse_create
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


def build(sku_codes: Sequence[str], *, units: dict[str, int] | int, warehouses: int = 3) -> Site:
    """Make the company with stock in every warehouse.

    :param units: pieces of each SKU in each warehouse, or one number for all.
    :param warehouses: the first so many of :data:`WAREHOUSES`.
    """
    owner = Owner.objects.create(code="BENCH", name="Bench")
    channel = Channel.objects.create(code="bench", name="Bench")
    shop = Shop.objects.create(channel=channel, code="bench", name="Bench", owner=owner, duplicate_hours=24)
    saved = skus_upsert(rows=[SkuRow(code=code, name=code, weight_g=500) for code in sku_codes])
    skus = dict(zip(sku_codes, saved.ids, strict=True))
    made = tuple(_warehouse(*row) for row in WAREHOUSES[:warehouses])
    wanted = units if isinstance(units, dict) else dict.fromkeys(sku_codes, units)
    for warehouse_id in made:
        _stock(warehouse_id, owner.pk, {skus[code]: count for code, count in wanted.items()})
    execute("ANALYZE")
    return Site(owner.pk, shop.pk, made, skus)


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


def _warehouse(code: str, name: str, latitude: str, longitude: str) -> int:
    """A warehouse of 20 aisles in two blocks, 8,000 pick faces; its id."""
    warehouse_id = warehouse_create(
        code=code, name=name, latitude=Decimal(latitude), longitude=Decimal(longitude)
    )
    zone = ZoneSpec(code="A", aisles=20, blocks=2, bays_per_block=25, levels=4, pick_levels=4)
    layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec(zones=(zone,)))
    return warehouse_id


def _stock(warehouse_id: int, owner_id: int, units: dict[int, int]) -> None:
    """Goods come in, each SKU to the next pick face."""
    places = list(
        Location.objects.filter(warehouse=warehouse_id, kind=Location.Kind.PICK_FACE)
        .order_by("id")
        .values_list("id", flat=True)
    )
    supplier = Location.objects.get(warehouse=warehouse_id, kind=Location.Kind.SUPPLIER).pk
    entries = [
        PostingIn(
            sku_id=sku,
            owner_id=owner_id,
            quantity=count,
            from_location_id=supplier,
            to_location_id=places[number * 37 % len(places)],
            reason=Movement.Reason.OPENING,
        )
        for number, (sku, count) in enumerate(units.items())
    ]
    for start in range(0, len(entries), POSTING_CHUNK):
        stock_post(entries=entries[start : start + POSTING_CHUNK])
