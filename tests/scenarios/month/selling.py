"""Who sells: the order desk, planners, pickers, packers, the dock; and buyers at the till."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tests.factories import partners
from tests.scenarios.month.people import Person

from hecang.catalog.models import Barcode
from hecang.inventory.services.checkout import CheckoutLine, checkout_release, checkout_reserve
from hecang.kernel import clock
from hecang.orders.models import OrderHold, SalesOrder
from hecang.orders.services import (
    LineIn,
    OrderIn,
    RecipientIn,
    order_cancel,
    order_hold,
    order_hold_release,
    orders_intake,
)
from hecang.outbound.errors import WaveEmpty, WaveStarted
from hecang.outbound.models import Fulfilment, FulfilmentLine, Parcel, ParcelLine, PickTask, Wave
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.services.handover import LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.labelling import parcels_label
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.pick_judging import PickScan
from hecang.outbound.services.picking import batch_claim_next, batch_give_back, batch_pick
from hecang.outbound.services.putback import putback_confirm
from hecang.outbound.services.sealing import SealIn, parcel_cancel, parcels_seal
from hecang.outbound.services.wave import wave_cancel, wave_create, wave_plan
from hecang.outbound.services.wave_release import wave_release
from hecang.shipping.models import Manifest
from hecang.shipping.services import manifest_open

CHUNK = 10


class OrderDesk(Person):
    """Takes orders in, each message now and then twice; holds some, cancels some, lets held ones go."""

    job = "order_desk"
    roles = ("order_desk",)
    deeds = ("orders", "held", "released", "cancelled", "sent twice")
    turns = 30
    #: Orders of a day.
    orders = 50

    def morning(self) -> None:
        super().morning()
        self.wanted = 0 if self.is_closing else self.orders
        self.skus = sorted(
            sku for sku in self.company.goods if self.goods(sku).code.startswith(("G", "BUNDLE", "KIT"))
        )

    def work(self) -> bool:
        if self.wanted > 0:
            self.wanted -= CHUNK
            self._take_in()
            return True
        hold = OrderHold.objects.filter(
            released_at=None, placed_at__lt=clock.now() - timedelta(minutes=0 if self.is_closing else 10)
        )
        held = hold.exclude(order__state__in=("cancelled", "shipped", "merged")).order_by("id").first()
        if held is not None and (self.is_closing or self.now_and_then(0.7)):
            if self.is_closing and held.code == "stock_short":
                answer = order_cancel(order_id=held.order_id, reason="never came")
            else:
                answer = order_hold_release(order_id=held.order_id)
            if not answer.ok:
                self.refused(answer.error.instance_code if answer.error else "not done")
            self.did("released")
            return True
        return False if self.is_closing else self._minds()

    def _minds(self) -> bool:
        rows = list(
            SalesOrder.objects.filter(state__in=("approved", "fulfilling"))
            .order_by("-id")
            .values_list("id", flat=True)[:60]
        )
        if not rows or self.chance.random() < 0.4:
            return False
        order_id = self.chance.choice(rows)
        if self.now_and_then(0.5):
            answer = order_hold(order_id=order_id, note="asks")
            self.did("held")
        else:
            answer = order_cancel(order_id=order_id, reason="changed their mind")
            self.did("cancelled")
        if not answer.ok:
            self.refused(answer.error.instance_code if answer.error else "not done")
        return True

    def _take_in(self) -> None:
        shop = self.chance.choice(self.company.shops)
        given = []
        for number in range(CHUNK):
            chance = self.company.chance("order", self.company.day, self.wanted, number)
            lines = {
                self.skus[int(len(self.skus) * chance.random() ** 1.6)]: chance.choice((1, 1, 1, 2, 3))
                for _ in range(chance.randint(1, 3))
            }
            given.append(
                OrderIn(
                    external_number=f"D{self.company.day:02}-{self.wanted + number:04}", placed_at=clock.now(),
                    lines=[LineIn(sku=self.goods(sku).code, quantity=units) for sku, units in lines.items()],
                    recipient=RecipientIn(name="王小明", phone=f"139{chance.randint(0, 99_999_999):08}", address="世纪大道 100 号",
                                          region_code=chance.choice((partners.SHANGHAI_PUDONG, partners.GUANGZHOU_TIANHE))),
                )
            )  # fmt: skip
        rows = self.again(lambda: orders_intake(shop_id=shop.pk, orders=given)).results
        self.did("orders", len(rows))
        if self.now_and_then(0.15):
            again = orders_intake(shop_id=shop.pk, orders=given).results
            assert [one.order_id for one in again] == [one.order_id for one in rows]
            self.did("sent twice")


class Buyer(Person):
    """Somebody at the till of a channel: units are kept for a while, then given back or left to expire."""

    job = "buyer"
    roles = ("integrator", "order_desk")
    deeds = ("kept", "given back")
    turns = 4

    def work(self) -> bool:
        if self.is_closing:
            return False
        site = self.chance.choice(list(self.company.sites.values()))
        sku = self.chance.choice(list(self.company.goods))
        key = f"till-{uuid4()}"
        lines = [CheckoutLine(site.pk, sku, self.company.owner.pk, 1)]
        self.again(lambda: checkout_reserve(key=key, lines=lines, ttl=timedelta(minutes=30)))
        self.did("kept")
        if self.now_and_then(0.6):
            checkout_release(key=key)
            self.did("given back")
        return True


class Planner(Person):
    """Plans waves, undoes some before anybody picks, releases the others."""

    job = "wave_planner"
    roles = ("warehouse_manager",)
    deeds = ("planned", "released", "undone")

    def work(self) -> bool:
        planned = Wave.objects.filter(warehouse=self.site, state="planned").order_by("id").first()
        if planned is not None:
            if self.now_and_then(0.04):
                wave_cancel(wave_id=planned.pk)
                self.did("undone")
                return True
            wave_release(wave_id=planned.pk)
            self.did("released")
            if self.now_and_then(0.05):
                try:
                    wave_cancel(wave_id=planned.pk)
                    self.did("undone")
                except WaveStarted:
                    self.refused("wave_started")
            return True
        if not Fulfilment.objects.filter(
            warehouse=self.site, state="ready", is_stopped=False, wave=None
        ).exists():
            return False
        try:
            wave_create(draft=wave_plan(warehouse_id=self.site.pk, criteria=WaveCriteria(max_orders=20)))
        except WaveEmpty:
            return False
        self.did("planned")
        return True


class Picker(Person):
    """Walks batches; finds too little, finds broken goods, gives a batch back; puts back what was picked in vain."""

    job = "picker"
    deeds = ("batches", "units picked", "short", "damaged", "put back", "sent twice")
    turns = 14

    def work(self) -> bool:
        batch = batch_claim_next(warehouse_id=self.site.pk)
        if batch is None:
            return self._put_back()
        self.did("batches")
        if self.now_and_then(0.05):
            batch_give_back(batch_id=batch)
            self.did("given back")
            return True
        tasks = (
            PickTask.objects.filter(batch_id=batch, kind="pick", state="open")
            .select_related("from_location")
            .order_by("sequence", "id")
        )
        scans = []
        for task in tasks:
            left, draw = task.quantity - task.picked - task.short, self.chance.random()
            outcome = (
                "picked"
                if draw > 0.03 or self.is_closing or task.problem
                else ("short" if draw > 0.015 else "damaged")
            )
            scans.append(
                PickScan(uuid4(), task.pk, task.from_location.code, self.goods(task.sku_id).barcode,
                         left if outcome != "damaged" else 1, outcome)  # type: ignore[arg-type]
            )  # fmt: skip
            if outcome != "picked":
                self.did(outcome)
        if not scans:
            return False
        answers = self.again(lambda: batch_pick(batch_id=batch, scans=scans)).results
        for scan, answer in zip(scans, answers, strict=True):
            if answer.ok:
                self.did("units picked", scan.quantity if scan.outcome == "picked" else 0)
            else:
                self.refused(answer.code)
        if self.now_and_then(0.1):
            again = batch_pick(batch_id=batch, scans=scans).results
            assert all(one.repeated for one, first in zip(again, answers, strict=True) if first.ok)
            self.did("sent twice")
        return True

    def _put_back(self) -> bool:
        task = (
            PickTask.objects.filter(warehouse=self.site, kind="putback", state="open").order_by("id").first()
        )
        if task is None:
            return False
        putback_confirm(task_id=task.pk)
        self.did("put back")
        return True


class Packer(Person):
    """Packs what is picked, seals it, opens a parcel again now and then."""

    job = "packer"
    deeds = ("parcels", "opened again")
    turns = 14

    def work(self) -> bool:
        rows = list(
            Fulfilment.objects.filter(warehouse=self.site, state="picked", is_stopped=False)
            .order_by("id")
            .values_list("id", flat=True)[:8]
        )
        if not rows:
            late = list(
                Parcel.objects.filter(warehouse=self.site, state="sealed").values_list("id", flat=True)[:20]
            )
            if late and self.is_closing:
                parcels_label(parcel_ids=late)
            return False
        boxed = dict(
            ParcelLine.objects.filter(parcel__fulfilment__in=rows, parcel__state="open").values_list(
                "fulfilment_line_id", "quantity"
            )
        )
        barcodes = dict(Barcode.objects.filter(is_primary=True).values_list("sku_id", "code"))
        lines = FulfilmentLine.objects.filter(fulfilment__in=rows).order_by("id")
        scans = [
            PackScan(uuid4(), line.fulfilment_id, barcodes[line.sku_id], left)
            for line in lines
            if (left := line.picked - line.packed - boxed.get(line.pk, 0))
        ]
        for answer in self.again(lambda: packing_scan(scans=scans)):
            if not answer.ok:
                self.refused(answer.code)
        seals = [SealIn(uuid4(), key) for key in rows]
        for sealed in self.again(lambda: parcels_seal(seals=seals)):
            if not sealed.ok:
                self.refused(sealed.code)
                continue
            self.did("parcels")
            if self.now_and_then(0.03):
                parcel_cancel(parcel_id=sealed.data["parcel_id"])
                self.did("opened again")
        return True


class Loader(Person):
    """Loads parcels and lets the carrier go."""

    job = "loader"
    deeds = ("loaded", "handed over", "shipped")
    turns = 6

    def work(self) -> bool:
        rows = Parcel.objects.filter(
            warehouse=self.site, state="labelled", fulfilment__is_stopped=False
        ).exclude(waybill=None)
        first = rows.select_related("waybill__service").order_by("id").first()
        if first is None or (rows.count() < 8 and not self.is_closing and self.now_and_then(0.7)):
            return False
        assert first.waybill is not None
        manifest = manifest_open(warehouse_id=self.site.pk, carrier_id=first.waybill.service.carrier_id)
        scans = [LoadScan(uuid4(), one.number) for one in rows.order_by("id")[:30]]
        for answer in self.again(lambda: parcels_load(manifest_id=manifest.id, scans=scans)):
            if not answer.ok:
                self.refused(answer.code)
        self.did("loaded", len(scans))
        done = self.again(lambda: manifest_hand_over(manifest_id=manifest.id))
        self.did("handed over")
        self.did("shipped", len(done.shipped))
        for one in done.refused:
            self.refused(one.code)
        return True


SELLERS = (OrderDesk, Buyer)
SHIPPERS = (Planner, Picker, Picker, Packer, Loader)
__all__ = ["SELLERS", "SHIPPERS", "Manifest"]
