"""The yard: docks, announcements, trucks that come in time, late, or without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hecang.demo.calendar import ZONE
from hecang.demo.supply.buying import order_id, suppliers
from hecang.demo.supply.house import House
from hecang.inbound.models import Dock
from hecang.inbound.services.announcing import AsnContainerIn, AsnIn, AsnLineIn, asn_create
from hecang.inbound.services.appointments import (
    AppointmentIn,
    appointment_arrive,
    appointment_book,
    appointment_dock,
    appointment_leave,
    truck_arrive,
)
from hecang.inbound.services.docks import DockIn, HoursIn, dock_save
from hecang.inbound.services.sscc_numbers import sscc_prefix_save
from hecang.kernel.db import fetch
from hecang.purchasing.models import PurchaseOrder, PurchaseOrderLine

#: Docks of the first warehouse and of the others. Open round the clock, so that there is traffic whenever the demo runs.
DOCKS, FEW_DOCKS = 4, 2
_WEEK = tuple(HoursIn(day, time(0), time(23, 59)) for day in range(1, 8))


@dataclass(frozen=True, slots=True)
class Truck:
    """An announced delivery.

    :param order: key of the purchase order that it brings.
    :param dock: number of the dock that it has booked.
    :param start: minutes from now at which it was to come; of another day, from midnight of it.
    :param comes: how far it got: ``booked``, ``gate``, ``docked``, ``left``.
    :param days: the day, from day zero.
    """

    order: str
    dock: int
    start: int
    comes: str
    carrier: str
    plate: str
    driver: str
    days: int = 0
    pallets: int = 0


TRUCKS: tuple[Truck, ...] = (
    Truck("done", 1, 9 * 60, "left", "德邦快运", "沪A7K213", "马师傅", -2),
    Truck("partly", 2, 10 * 60, "left", "安能物流", "苏E83D06", "郑师傅", -1, 3),
    Truck("short", 3, 14 * 60, "left", "壹米滴答", "粤B5Q918", "黄师傅", -1),
    Truck("south", 1, 11 * 60, "left", "安能物流", "粤A2M557", "梁师傅", -1),
    Truck("judged", 1, -300, "left", "鲜达自有车队", "沪C61F83", "朱师傅"),
    Truck("frozen", 4, -420, "left", "荣庆冷链", "鲁B90L72", "孙师傅"),
    Truck("unloading", 1, -35, "docked", "鲜达自有车队", "沪C72G19", "胡师傅", pallets=2),
    Truck("gate", 2, -10, "gate", "德邦快运", "浙A3H688", "沈师傅"),
    Truck("late", 3, -55, "booked", "壹米滴答", "粤B7T402", "黎师傅"),
    Truck("later", 4, 110, "booked", "荣庆冷链", "鲁B18C35", "曲师傅"),
    Truck("coming", 2, 9 * 60, "booked", "安能物流", "苏E51P77", "吴师傅", 1, 6),
)


def work(house: House) -> str:
    """Docks, then every truck as far as it has come."""
    with house.by("manager", house.on(-30, 9)):
        house.once("docks", _docks, house=house)
        # Pallets that a supplier sends without numbers get ours.
        house.once("sscc", sscc_prefix_save, owner_id=None, company_prefix="6901234", extension=0)
    for truck in TRUCKS:
        _truck(house, truck)
    with house.by("receiver-sha", house.ago(6)):
        house.once(
            "truck:unannounced",
            truck_arrive,
            warehouse_id=house.main, plate="皖N6R331", carrier_name="货拉拉", supplier_id=suppliers()["SUP-JM"],
            driver_name="汪师傅", driver_phone="19900020099", note="司机称有 3 托百货，无预约",
        )  # fmt: skip
    here = [truck for truck in TRUCKS if truck.days == 0]
    return f"{len(TRUCKS)} deliveries announced, {len(here)} today: one unloading, two at the gate, one late"


def asn_id(house: House, order: str) -> int:
    """Id of the announcement of an order's delivery."""
    return int(house.known(f"asn:{order}"))


def appointment_id(house: House, order: str) -> int:
    """Id of the appointment of an order's delivery."""
    return int(house.known(f"truck:{order}:book"))


def docked_at(house: House, order: str) -> datetime:
    """When the truck of an order stood at its dock."""
    return _start(house, next(one for one in TRUCKS if one.order == order)) + timedelta(minutes=4)


def _docks(house: House) -> int:
    made = 0
    for warehouse_id in house.sites.values():
        places = house.docks[warehouse_id]
        for number in range(1, (DOCKS if warehouse_id == house.main else FEW_DOCKS) + 1):
            dock_save(
                warehouse_id=warehouse_id,
                dock=DockIn(
                    f"D{number}",
                    f"{number} 号月台",
                    location_id=places[(number - 1) % len(places)],
                    hours=_WEEK,
                ),
            )
            made += 1
    return made


def _truck(house: House, truck: Truck) -> None:
    start = _start(house, truck)
    with house.by("buyer", start - timedelta(hours=20)):
        asn = house.once(f"asn:{truck.order}", _announce, house=house, truck=truck, start=start)
    with house.by("receiver-sha" if truck.order != "south" else "picker-can", start - timedelta(hours=18)):
        booked = house.once(
            f"truck:{truck.order}:book", _book, house=house, truck=truck, asn=asn, start=start
        )
    stages = (
        ("gate", appointment_arrive, -5),
        ("docked", appointment_dock, 4),
        ("left", appointment_leave, 50),
    )
    if truck.comes == "booked":
        return
    for stage, service, minutes in stages:
        with house.by(
            "receiver-sha" if truck.order != "south" else "picker-can", start + timedelta(minutes=minutes)
        ):
            house.once(f"truck:{truck.order}:{stage}", service, appointment_id=booked)
        if stage == truck.comes:
            return


def _start(house: House, truck: Truck) -> datetime:
    """When a truck was to come: on a quarter of an hour, and not over midnight."""
    if truck.days:
        return house.on(truck.days, truck.start // 60, truck.start % 60)
    start = house.ago(-truck.start).astimezone(ZONE)
    start -= timedelta(minutes=start.minute % 15, seconds=start.second, microseconds=start.microsecond)
    midnight = datetime.combine((start + timedelta(minutes=46)).date(), time(), ZONE)
    return max(start, midnight) if start < midnight < start + timedelta(minutes=46) else start


def _announce(house: House, truck: Truck, start: datetime) -> int:
    order = PurchaseOrder.objects.get(pk=order_id(house, truck.order))
    by_id = {one.id: one for one in house.goods}
    pallets = tuple(AsnContainerIn(kind="pallet", key=f"P{number}") for number in range(truck.pallets))
    lines = []
    for place, line in enumerate(PurchaseOrderLine.objects.filter(order=order).order_by("number")):
        goods = by_id[line.sku_id]
        made_on = house.day(-max(1, goods.shelf_days // 20))
        lines.append(
            AsnLineIn(
                line.sku_id, line.quantity, line.pk, container=f"P{place % truck.pallets}" if truck.pallets else "",
                lot_code=f"L{made_on:%y%m%d}" if goods.is_lot else "",
                expires_on=made_on + timedelta(days=goods.shelf_days) if goods.shelf_days else None,
            )
        )  # fmt: skip
    made = asn_create(
        asn=AsnIn(
            order.warehouse_id, order.owner_id, tuple(lines), order.supplier_id, purchase_order_id=order.pk,
            external_number=f"DN-{truck.order}", carrier_name=truck.carrier, expected_at=start,
            pallet_count=truck.pallets, carton_count=0 if truck.pallets else 12 * len(lines), containers=pallets,
        )
    )  # fmt: skip
    return made.id


def _book(house: House, truck: Truck, asn: int, start: datetime) -> int:
    warehouse_id = house.sites["CAN"] if truck.order == "south" else house.main
    dock = Dock.objects.get(warehouse_id=warehouse_id, code=f"D{truck.dock}")
    return appointment_book(
        appointment=AppointmentIn(
            warehouse_id, dock.pk, start, minutes=45, asn_ids=(asn,), carrier_name=truck.carrier, plate=truck.plate,
            driver_name=truck.driver, driver_phone="19900020001",
        )
    ).pk  # fmt: skip


def lines_of(asn: int) -> list[tuple[int, int, str, date | None]]:
    """(SKU, units, lot, expiry) of an announcement's lines, in order."""
    return [
        (row[0], row[1], row[2], row[3])
        for row in fetch(
            "SELECT sku_id, quantity, lot_code, expires_on FROM asn_line WHERE asn_id = %s ORDER BY number",
            [asn],
        )
    ]
