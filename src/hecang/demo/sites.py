"""Warehouses, carriers, prices and cartons of the demo. Plain facts; ``seed`` writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hecang.facility.layouts import LayoutSpec, ZoneSpec
from hecang.shipping.services.tables import CartonRow

OWNER_CODE = "HECANG"
OWNER_NAME = "合仓优选供应链"


@dataclass(frozen=True, slots=True)
class Site:
    """A warehouse to be; coordinates in degrees."""

    code: str
    name: str
    region: str
    address: str
    latitude: Decimal
    longitude: Decimal
    layout: LayoutSpec

    @property
    def point(self) -> tuple[float, float]:
        return float(self.latitude), float(self.longitude)


#: Codes of storage zones: pallet racks, shelves for small slow goods, chilled, frozen.
RACKS, SHELVES, CHILLED, FROZEN = "A", "S", "C", "F"


def _layout(
    racks: int, shelves: int, chilled: int, frozen: int, *, blocks: int, docks: int, stations: int
) -> LayoutSpec:
    """A layout by its number of aisles: pallet racks of five levels (three to pick from), shelves of six."""
    return LayoutSpec(
        zones=(
            ZoneSpec(
                RACKS, "常温货架区", aisles=racks, blocks=blocks, bays_per_block=20, levels=5, pick_levels=3
            ),
            ZoneSpec(
                SHELVES, "常温隔板区", aisles=shelves, blocks=blocks, bays_per_block=24, levels=6, pick_levels=6,
                bay_width_mm=1000, rack_depth_mm=500, aisle_width_mm=1400, level_height_mm=400, max_weight_g=100_000,
            ),
            ZoneSpec(
                CHILLED, "冷藏区", temperature="chilled", aisles=chilled, blocks=blocks, bays_per_block=20, levels=4,
                pick_levels=4, level_height_mm=1200,
            ),
            ZoneSpec(
                FROZEN, "冷冻区", temperature="frozen", aisles=frozen, blocks=blocks, bays_per_block=20, levels=4,
                pick_levels=4, level_height_mm=1200,
            ),
        ),
        docks=docks,
        staging=4,
        pack_stations=stations,
    )  # fmt: skip


SITES: tuple[Site, ...] = (
    Site(
        "SHA", "上海松江仓", "310117", "洞泾镇长兴路 618 号", Decimal("31.083000"), Decimal("121.253000"),
        _layout(16, 24, 8, 4, blocks=3, docks=8, stations=16),
    ),
    Site(
        "CAN", "广州白云仓", "440111", "太和镇大源南路 118 号", Decimal("23.259000"), Decimal("113.340000"),
        _layout(10, 16, 6, 3, blocks=2, docks=4, stations=8),
    ),
    Site(
        "CTU", "成都龙泉驿仓", "510112", "大面街道经开区南路 99 号", Decimal("30.586000"), Decimal("104.214000"),
        _layout(10, 16, 6, 3, blocks=2, docks=4, stations=8),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A carrier's service with its prices.

    :param prices: for each distance band (0 same province … 4 remote) first and step price in yuan; a band
        that is missing is not reached.
    :param pool: prefix, digits and first number of its waybills.
    """

    carrier: str
    carrier_name: str
    code: str
    name: str
    divisor: int
    max_weight_g: int
    lead_days: int
    priority: int
    prices: Mapping[int, tuple[str, str]]
    pool: tuple[str, int, int]
    first_weight_g: int = 1000


POOL_SIZE = 1_000_000

SERVICES: tuple[ServicePlan, ...] = (
    ServicePlan(
        "SF", "顺丰速运", "SF-STD", "顺丰标快", 6000, 50_000, 1, 10,
        {0: ("12", "2"), 1: ("16", "4"), 2: ("20", "8"), 3: ("23", "12"), 4: ("28", "20")}, ("SF", 13, 1_400_000_000_000),
    ),
    ServicePlan(
        "SF", "顺丰速运", "SF-ECO", "顺丰卡航", 12_000, 100_000, 4, 40,
        {0: ("11", "1"), 1: ("26", "2.4"), 2: ("34", "4"), 3: ("42", "5.5"), 4: ("60", "9")},
        ("SF", 13, 3_200_000_000_000), first_weight_g=5000,
    ),
    ServicePlan(
        "ZTO", "中通快递", "ZTO-STD", "中通标快", 8000, 30_000, 3, 50,
        {0: ("6", "1.2"), 1: ("7", "2"), 2: ("8.5", "4"), 3: ("10", "6")}, ("75", 12, 118_000_000_000),
    ),
    ServicePlan(
        "YTO", "圆通速递", "YTO-STD", "圆通快递", 8000, 20_000, 3, 60,
        {0: ("5.8", "1.3"), 1: ("6.8", "2.1"), 2: ("8.8", "3.8"), 3: ("10.5", "5.5"), 4: ("18", "13")},
        ("YT", 13, 8_800_000_000_000),
    ),
    ServicePlan(
        "JD", "京东物流", "JD-STD", "京东标快", 8000, 40_000, 2, 30,
        {0: ("8", "1.5"), 1: ("9.5", "2.2"), 2: ("12", "3.6"), 3: ("14", "5"), 4: ("20", "10")},
        ("JDVA", 11, 10_000_000_000),
    ),
    ServicePlan(
        "EMS", "中国邮政 EMS", "EMS-ECO", "邮政快递包裹", 6000, 30_000, 5, 70,
        {0: ("7", "2"), 1: ("8", "3"), 2: ("10", "5"), 3: ("11", "7"), 4: ("15", "9.5")},
        ("98", 11, 60_000_000_000),
    ),
)  # fmt: skip

#: Provinces that carriers count as remote, wherever a parcel starts.
_REMOTE = frozenset({"15", "62", "63", "64", "65", "54"})
#: Kilometres up to which a province is in band 1 and 2.
_BAND_KM = (500.0, 1100.0)


def band(site_region: str, province: str, km: float) -> int:
    """Distance band of a province seen from a warehouse, ``km`` between them."""
    if site_region[:2] == province[:2]:
        return 0
    if province[:2] in _REMOTE:
        return 4
    return 1 if km <= _BAND_KM[0] else 2 if km <= _BAND_KM[1] else 3


def rates(
    site: Site, service: ServicePlan, km: Mapping[str, float]
) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Region prefix, first and step price of a service from a warehouse to each province that it reaches.

    :param km: distance of each province by its code (six digits or two).
    """
    for province, distance in sorted(km.items()):
        price = service.prices.get(band(site.region, province, distance))
        if price is not None:
            yield province[:2], Decimal(price[0]), Decimal(price[1])


def _carton(number: str, length: int, width: int, height: int, kg: int, tare_g: int, cost: str) -> CartonRow:
    return CartonRow(
        f"BOX-{number}", f"{number} 号纸箱", length, width, height, kg * 1000, tare_g, Decimal(cost)
    )


#: The sizes that post offices and cartonmakers in China number from 1 to 12, and two larger ones.
CARTONS: tuple[CartonRow, ...] = (
    _carton("12", 130, 80, 90, 2, 40, "0.35"),
    _carton("10", 175, 95, 115, 3, 65, "0.50"),
    _carton("8", 210, 110, 140, 5, 95, "0.70"),
    _carton("7", 230, 130, 160, 6, 125, "0.90"),
    _carton("6", 260, 150, 180, 8, 165, "1.15"),
    _carton("5", 290, 170, 190, 10, 210, "1.45"),
    _carton("4", 350, 190, 230, 15, 300, "1.95"),
    _carton("3", 430, 210, 270, 18, 420, "2.60"),
    _carton("2", 530, 230, 290, 20, 560, "3.40"),
    _carton("1", 530, 290, 370, 25, 720, "4.30"),
    _carton("0", 600, 400, 400, 30, 980, "6.20"),
    _carton("00", 800, 500, 450, 40, 1500, "9.80"),
)

#: Users of the demo: name, shown name, roles, code of the warehouse that they are bound to.
USERS: tuple[tuple[str, str, tuple[str, ...], str | None], ...] = (
    ("admin", "系统管理员", ("admin",), None),
    ("desk", "订单审核员", ("order_desk",), None),
    ("manager", "仓库经理", ("warehouse_manager",), None),
    *(
        (f"picker-{site.code.lower()}", f"{site.name[:2]}仓作业员", ("operator",), site.code)
        for site in SITES
    ),
    ("service", "客服", ("customer_service",), None),
    ("buyer", "采购员", ("purchaser",), None),
    ("finance", "财务主管", ("finance",), None),
    ("keeper-sha", "上海仓库管", ("warehouse_manager",), "SHA"),
    ("receiver-sha", "上海仓收货员", ("operator",), "SHA"),
    ("forklift-sha", "上海仓叉车工", ("operator",), "SHA"),
    ("counter-sha", "上海仓盘点员", ("operator",), "SHA"),
)
#: Of all of them; only where ``hecang demo`` has made them.
PASSWORD = "Hecang-demo-2017"  # noqa: S105 - documented, for the demo's data only
