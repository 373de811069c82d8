"""A small warehouse at work: orders come in through intake, everything else through outbound's services."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from tests.factories import catalog, facility, partners, shipping

from hecang.catalog.models import Sku
from hecang.facility.models import Location, Warehouse
from hecang.inventory.models import Availability, Stock
from hecang.inventory.services import PostingIn, stock_post
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.orders.models import Channel, SalesOrder, SalesOrderLine, Shop
from hecang.orders.services import (
    LineIn,
    OrderIn,
    RecipientIn,
    order_cancel,
    order_hold,
    order_hold_release,
    orders_intake,
)
from hecang.outbound.models import Batch, Fulfilment, FulfilmentLine, Parcel, ParcelLine, PickTask
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.services.handover import HandoverResult, LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.pick_judging import Outcome, PickScan
from hecang.outbound.services.picking import PickResult, batch_pick
from hecang.outbound.services.scans import ScanResult
from hecang.outbound.services.sealing import SealIn, parcels_seal
from hecang.outbound.services.wave import wave_create, wave_plan
from hecang.outbound.services.wave_release import WaveReleaseResult, wave_release
from hecang.partners.models import Owner
from hecang.shipping.models import Carrier
from hecang.shipping.services import manifest_open

_numbers = itertools.count(1)


@dataclass
class World:
    """One warehouse, one shop, one carrier, and goods by name."""

    warehouse: Warehouse
    owner: Owner
    shop: Shop
    carrier: Carrier
    skus: dict[str, Sku] = field(default_factory=dict)

    # ------------------------------------------------------------ goods

    def sku(self, name: str, **fields: Any) -> Sku:
        """The SKU of this name (its code and barcode too), made where it is missing."""
        if name not in self.skus:
            found = Sku.objects.filter(code=name).first()
            self.skus[name] = found or catalog.sku(name, barcode=f"69{next(_numbers):09}", **fields)
        return self.skus[name]

    def barcode(self, name: str) -> str:
        found: str = self.skus[name].barcodes.get(is_primary=True).code
        return found

    def at(self, code: str) -> Location:
        return Location.objects.get(warehouse=self.warehouse, code=code)

    def put(self, name: str, quantity: int, code: str = "A01-01-1", **fields: Any) -> None:
        """Goods come in from the supplier."""
        stock_post(
            entries=[
                PostingIn(
                    sku_id=self.sku(name).pk,
                    owner_id=self.owner.pk,
                    quantity=quantity,
                    from_location_id=self.at("V-SUPPLIER").pk,
                    to_location_id=self.at(code).pk,
                    reason="receipt",
                    **fields,
                )
            ]
        )

    def stock(self, name: str, code: str, **where: Any) -> tuple[int, int]:
        """(quantity, allocated) at a location."""
        rows = Stock.objects.filter(location=self.at(code), sku=self.skus[name], **where)
        return sum(row.quantity for row in rows), sum(row.allocated for row in rows)

    def availability(self, name: str) -> tuple[int, int]:
        """(sellable, reserved)."""
        row = Availability.objects.filter(warehouse=self.warehouse, sku=self.skus[name]).first()
        return (row.sellable, row.reserved) if row else (0, 0)

    # ------------------------------------------------------------ orders

    def order(self, lines: Mapping[str, int], *, deliver: bool = True, **fields: Any) -> SalesOrder:
        """An order through intake; with ``deliver`` its events are delivered, so that fulfilments exist."""
        return self.orders([lines], deliver=deliver, **fields)[0]

    def orders(
        self, orders: Sequence[Mapping[str, int]], *, deliver: bool = True, **fields: Any
    ) -> list[SalesOrder]:
        """Several orders in one call of intake."""
        given = [
            OrderIn(
                external_number=f"T{next(_numbers):06}",
                placed_at=clock.now(),
                lines=[LineIn(sku=name, quantity=quantity) for name, quantity in lines.items()],
                recipient=RecipientIn(
                    name="王小明",
                    phone=f"139{next(_numbers):08}",
                    region_code=partners.SHANGHAI_PUDONG,
                    address="世纪大道 100 号",
                ),
                **fields,
            )
            for lines in orders
        ]
        rows = orders_intake(shop_id=self.shop.pk, orders=given).results
        if deliver:
            drain()
        found = SalesOrder.objects.in_bulk([row.order_id for row in rows])
        return [found[row.order_id] for row in rows]

    def line(self, order: SalesOrder, name: str) -> dict[str, int]:
        """Where the units of an order line are in their life, without zeros."""
        row = SalesOrderLine.objects.values(
            "reserved", "backordered", "allocated", "shipped", "cancelled"
        ).get(order=order, sku=self.skus[name])
        return {key: value for key, value in row.items() if value}

    def fulfilments(self, order: SalesOrder) -> list[Fulfilment]:
        return list(Fulfilment.objects.filter(order=order).order_by("id"))

    def fulfilment(self, order: SalesOrder) -> Fulfilment:
        """The only one of an order."""
        return Fulfilment.objects.get(order=order)

    def fulfilment_line(self, fulfilment: Fulfilment, name: str) -> dict[str, int]:
        """Quantities of a fulfilment line, without zeros."""
        row = FulfilmentLine.objects.values(
            "quantity", "allocated", "picked", "packed", "shipped", "cut"
        ).get(fulfilment=fulfilment, sku=self.skus[name])
        return {key: value for key, value in row.items() if value}

    # ------------------------------------------------------------ floor

    def planned(self, **criteria: Any) -> int:
        """A stored wave over what is ready; its id."""
        return wave_create(draft=wave_plan(warehouse_id=self.warehouse.pk, criteria=WaveCriteria(**criteria)))

    def released(self, **criteria: Any) -> WaveReleaseResult:
        """A wave over what is ready, released."""
        return wave_release(wave_id=self.planned(**criteria))

    def tasks(self, *, batch: Batch | None = None, state: str = "open") -> list[PickTask]:
        """Pick tasks in walking order."""
        rows = PickTask.objects.filter(warehouse=self.warehouse, kind="pick", state=state)
        return list((rows.filter(batch=batch) if batch else rows).order_by("batch_id", "sequence"))

    def scan(
        self, task: PickTask, quantity: int | None = None, outcome: Outcome = "picked", **fields: Any
    ) -> PickScan:
        """The right scan for a task."""
        left = task.quantity - task.picked - task.short
        return PickScan(
            **{
                "scan_id": uuid4(),
                "task_id": task.pk,
                "location_code": task.from_location.code,
                "sku_barcode": task.sku.barcodes.get(is_primary=True).code,
                "quantity": left if quantity is None else quantity,
                "outcome": outcome,
                **fields,
            }
        )

    def pick(self, task: PickTask, quantity: int | None = None, outcome: Outcome = "picked") -> PickResult:
        """Scan one task right."""
        assert task.batch_id is not None
        return batch_pick(batch_id=task.batch_id, scans=[self.scan(task, quantity, outcome)])

    def pick_all(self) -> None:
        """Pick everything that is open, batch by batch."""
        by_batch: dict[int, list[PickScan]] = {}
        for task in self.tasks():
            assert task.batch_id is not None
            by_batch.setdefault(task.batch_id, []).append(self.scan(task))
        for batch_id, scans in by_batch.items():
            assert all(result.ok for result in batch_pick(batch_id=batch_id, scans=scans).results)

    def box(self, fulfilment: Fulfilment, units: Mapping[str, int]) -> list[ScanResult]:
        """Scan goods into the open parcel."""
        return packing_scan(
            scans=[
                PackScan(uuid4(), fulfilment.pk, self.barcode(name), quantity)
                for name, quantity in units.items()
            ]
        )

    def seal(self, fulfilment: Fulfilment, *, scan_id: UUID | None = None, **fields: Any) -> ScanResult:
        """Seal the open parcel."""
        return parcels_seal(seals=[SealIn(scan_id or uuid4(), fulfilment.pk, **fields)])[0]

    def pack_all(self, *orders: SalesOrder) -> list[Parcel]:
        """Pack and seal everything picked of these orders (of all without any) into one parcel each."""
        rows = Fulfilment.objects.filter(warehouse=self.warehouse, state="picked", is_stopped=False)
        if orders:
            rows = rows.filter(order__in=orders)
        made = []
        for fulfilment in rows.order_by("id"):
            lines = FulfilmentLine.objects.filter(fulfilment=fulfilment).select_related("sku")
            scanned = dict(
                ParcelLine.objects.filter(parcel__fulfilment=fulfilment, parcel__state="open").values_list(
                    "fulfilment_line_id", "quantity"
                )
            )
            units: dict[str, int] = {}
            for line in lines:  # a merged order has several lines of one SKU
                if left := line.picked - line.packed - scanned.get(line.pk, 0):
                    units[line.sku.code] = units.get(line.sku.code, 0) + left
            assert all(result.ok for result in self.box(fulfilment, units))
            result = self.seal(fulfilment)
            assert result.ok, result
            assert result.data["label_error"] == ""
            made.append(Parcel.objects.get(id=result.data["parcel_id"]))
        return made

    def manifest(self) -> int:
        """The open manifest of the carrier."""
        return manifest_open(warehouse_id=self.warehouse.pk, carrier_id=self.carrier.pk).id

    def load(self, manifest_id: int, *parcels: Parcel) -> list[ScanResult]:
        return parcels_load(manifest_id=manifest_id, scans=[LoadScan(uuid4(), p.number) for p in parcels])

    def hand_over(self, *parcels: Parcel) -> HandoverResult:
        """Load these parcels and let the carrier take them."""
        manifest_id = self.manifest()
        assert all(result.ok for result in self.load(manifest_id, *parcels))
        done = manifest_hand_over(manifest_id=manifest_id)
        drain()
        return done

    def ship_all(self) -> HandoverResult:
        """From tasks on the floor to the carrier."""
        self.pick_all()
        return self.hand_over(*self.pack_all())

    # ------------------------------------------------------------ proof

    def verify(self) -> None:
        """Assert that the books are right."""
        drain()
        report = inventory_verify()
        assert report.differences == 0, [check for check in report.checks if check.differences]


def world(
    *, goods: Mapping[str, int] | None = None, aisles: int = 2, bays: int = 5, **shop_fields: Any
) -> World:
    """A warehouse of two aisles in Shanghai, a shop, a carrier that reaches everywhere, three cartons.

    :param goods: SKU name → units, each at a location of its own: ``A01-01-1``, ``A01-02-1`` …
    """
    partners.regions()
    number = next(_numbers)
    warehouse = facility.warehouse(
        f"SH{number}", aisles=aisles, bays=bays, region_id=partners.SHANGHAI_PUDONG
    )
    owner = partners.owner()
    channel, _ = Channel.objects.get_or_create(code="WEB", defaults={"name": "Web"})
    shop = Shop.objects.create(
        channel=channel,
        code=f"SHOP{number}",
        name="Shop",
        owner=owner,
        **{"duplicate_hours": 0, **shop_fields},
    )
    service = shipping.service(f"EXP{number}")
    if not shipping.Carton.objects.exists():
        shipping.cartons()
    made = World(warehouse=warehouse, owner=owner, shop=shop, carrier=service.carrier)
    for at, (name, quantity) in enumerate((goods or {}).items(), start=1):
        made.put(name, quantity, f"A01-{at:02}-1")
    return made


def hold(order: SalesOrder) -> None:
    """A person holds the order; told to everybody."""
    assert order_hold(order_id=order.pk, note="test").ok
    drain()


def release_hold(order: SalesOrder) -> None:
    """The hold is gone; told to everybody."""
    assert order_hold_release(order_id=order.pk).ok
    drain()


def cancel(order: SalesOrder) -> None:
    """Somebody wants the order cancelled; told to everybody."""
    assert order_cancel(order_id=order.pk, reason="test").ok
    drain()
