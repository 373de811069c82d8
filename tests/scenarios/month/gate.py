"""Who takes goods in: trucks, receiving, differences, inspection, putting away, returns."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from tests.scenarios.month.people import Pda, Person

from hecang.inbound.errors_quality import PlaceUnfit
from hecang.inbound.models import (
    Appointment,
    Asn,
    AsnLine,
    Discrepancy,
    GoodsReturn,
    Inspection,
    Putaway,
    Receipt,
    ReturnLine,
)
from hecang.inbound.services.appointments import AppointmentIn, appointment_book
from hecang.inbound.services.discrepancies import discrepancies_decide, discrepancies_settle
from hecang.inbound.services.putaways import putaway_cancel, putaway_confirm
from hecang.inbound.services.receipts import receipt_close
from hecang.inbound.services.return_grading import return_line_finish
from hecang.inbound.services.returns import return_cancel
from hecang.inventory.models import Lot, MovementSerial, Serial
from hecang.kernel import clock
from hecang.kernel.errors import HecangError
from hecang.outbound.models import Parcel
from hecang.purchasing.models import PurchaseOrder


class DockClerk(Person):
    """Books docks for what is announced, lets trucks in, sends them to docks and away."""

    job = "dock_clerk"
    roles = ("warehouse_manager",)
    deeds = ("booked", "checked in", "docked", "left")

    def work(self) -> bool:
        return self._leave() or self._book() or self._arrive()

    def _book(self) -> bool:
        asn = (
            Asn.objects.filter(warehouse=self.site, state="announced", appointment=None)
            .order_by("expected_at", "id")
            .first()
        )
        if asn is None:
            return False
        from hecang.inbound.models import Dock

        docks = list(Dock.objects.filter(warehouse=self.site).order_by("id"))
        appointment_book(
            appointment=AppointmentIn(
                self.site.pk, self.chance.choice(docks).pk,
                clock.now() + timedelta(minutes=self.chance.randint(1, 60)), minutes=15,
                asn_ids=(asn.pk,), supplier_id=asn.supplier_id, plate=f"沪A{asn.pk:05}",
            )
        )  # fmt: skip
        self.did("booked")
        return True

    def _arrive(self) -> bool:
        rows = Appointment.objects.filter(
            warehouse=self.site, kind="delivery", state__in=("booked", "arrived", "no_show")
        )
        found = rows.order_by("planned_at", "id").first()
        if found is None:
            return False
        pda = self.pda().begin("check_in")
        pda.enter("truck", found.number)
        if pda.has("arrive"):
            pda.enter("arrive")
            self.did("checked in")
        if pda.has("dock"):
            free = [
                one["value"]
                for one in next(i for i in pda.step["inputs"] if i["name"] == "dock")["options"]
                if one["tone"] != "bad"
            ]
            if free and pda.enter("dock", free[0]).ok:
                self.did("docked")
        pda.away()
        return True

    def _leave(self) -> bool:
        rows = Appointment.objects.filter(warehouse=self.site, state="docked")
        found = rows.exclude(asns__state__in=("announced", "receiving")).order_by("id").first()
        if found is None:
            return False
        pda = self.pda().begin("check_in", {"appointment_id": str(found.pk)})
        if pda.has("leave_dock") and pda.enter("leave_dock").ok:
            self.did("left")
        pda.away()
        return True


class Receiver(Person):
    """Takes off the truck what is announced or ordered, with what goes wrong at doors, and closes."""

    job = "receiver"
    deeds = ("lines received", "receipts closed", "damaged", "wrong items", "undone", "received on orders")

    def work(self) -> bool:
        asn = Asn.objects.filter(
            Q(appointment=None) | Q(appointment__state__in=("docked", "left", "no_show", "cancelled")),
            warehouse=self.site, state__in=("announced", "receiving"), expected_at__lte=clock.now(),
        ).order_by("-state", "id")  # fmt: skip
        rows = list(asn[:2])
        if rows:
            self._asn(self.chance.choice(rows))
            return True
        order = PurchaseOrder.objects.filter(
            warehouse=self.site, note="unannounced", state__in=("confirmed", "receiving")
        ).first()
        if order is not None:
            return self._order(order)
        stale = Receipt.objects.filter(
            warehouse=self.site, state="open", updated_at__lt=clock.now() - timedelta(hours=10)
        )
        found = (
            Receipt.objects.filter(warehouse=self.site, state="open").first()
            if self.is_closing
            else stale.first()
        )
        if found is not None:
            receipt_close(receipt_id=found.pk)
            self.did("receipts closed")
        return found is not None

    def _asn(self, asn: Asn) -> None:
        pda = self.pda().begin("receive", {"asn_id": str(asn.pk)})
        for line in AsnLine.objects.filter(asn=asn).select_related("container").order_by("id"):
            if line.received:
                continue
            truth = self.company.chance("truth", asn.number, line.number)
            draw = truth.random()
            if draw < 0.04:
                continue
            units = (
                line.quantity
                + (truth.choice((1, 9)) if draw > 0.95 else 0)
                - (1 if 0.04 < draw < 0.08 else 0)
            )
            if line.container is not None:
                pda.enter("goods", line.container.code)
            self._line(pda, line.sku_id, max(units, 1), line.lot_code, line.expires_on, f"{asn.number}-{line.number}",
                       damaged=0.1 < draw < 0.15)  # fmt: skip
        if pda.state == "goods" and self.now_and_then(0.1):
            pda.enter("goods", f"NOBODY{self.chance.randint(1, 999)}")
            if pda.has("wrong_item") and pda.enter("wrong_item", 2).ok:
                self.did("wrong items")
        self._close(pda)

    def _order(self, order: PurchaseOrder) -> bool:
        pda = self.pda().begin("receive", {"purchase_order_id": str(order.pk)})
        for line in order.lines.order_by("number"):
            if line.received == 0:
                expires = clock.today() + timedelta(days=70) if self.goods(line.sku_id).is_expiry else None
                self._line(
                    pda, line.sku_id, line.quantity, f"B{order.pk}", expires, f"{order.number}-{line.number}"
                )
        self._close(pda)
        self.did("received on orders")
        return True

    def _line(  # noqa: C901
        self,
        pda: Pda,
        sku_id: int,
        units: int,
        lot: str,
        expires: object,
        number: str,
        *,
        damaged: bool = False,
    ) -> None:
        goods = self.goods(sku_id)
        if pda.state != "goods" or not pda.enter("goods", goods.barcode).ok:
            return
        units = min(units, 12) if goods.is_serial else units
        numbers = [f"{goods.code}-{number}-{unit}" for unit in range(units)]
        for _step in range(units + 8):
            match pda.state:
                case "lot":
                    answer = pda.enter("lot", lot or "NOLOT")
                case "expiry":
                    answer = pda.enter("expires_on", str(expires))
                case "serials" if numbers:
                    answer = pda.enter("serial", numbers.pop())
                case "serials":
                    answer = pda.enter("damaged" if damaged else "enough")
                case "quantity" if damaged and pda.has("damaged"):
                    answer = pda.enter("damaged")
                case "quantity":
                    answer = pda.enter("quantity", units)
                case "photo":
                    answer = pda.enter("no_photo")
                    self.did("damaged")
                case _:
                    break
            if not answer.ok:
                break
        if pda.state != "goods":
            for _step in range(units + 2):
                if pda.state == "goods" or not pda.enter("undo").ok:
                    break
            return
        self.did("lines received")
        if self.now_and_then(0.04) and pda.step["can_undo"] and pda.enter("undo").ok:
            self.did("undone")

    def _close(self, pda: Pda) -> None:
        if pda.state == "goods":
            pda.enter("close")
        if pda.state == "summary":
            more = self.now_and_then(0.1) and pda.has("more_comes")
            if pda.enter("more_comes" if more else "yes").ok:
                self.did("receipts closed")
        pda.away()


class Inspector(Person):
    """Answers the questions of plans, notes defects, decides lots."""

    job = "inspector"
    deeds = ("accepted", "rejected", "defects")

    def work(self) -> bool:  # noqa: C901
        if not Inspection.objects.filter(warehouse=self.site, state__in=("waiting", "in_progress")).exists():
            return False
        pda = self.pda().begin("inspect")
        if not pda.enter("next").ok:
            pda.away()
            return False
        bad = self.now_and_then(0.2)
        for _step in range(14):
            match pda.state:
                case "answer":
                    choice = any(one["kind"] == "choice" for one in pda.step["inputs"])
                    answer = pda.enter("answer", ("no" if bad else "yes") if choice else "500")
                case "bad_units":
                    answer = pda.enter("units", 1)
                case "look" if bad and self.now_and_then(0.3):
                    pda.enter("act", "defect")
                    pda.enter("defect", "major")
                    answer = pda.enter("defect_text", "scratched")
                    self.did("defects")
                case "look":
                    options = pda.options("act")
                    if "all" in options and not bad and pda.enter("act", "all").ok:
                        options = pda.options("act")
                    accept = "accept" in options and not bad
                    answer = pda.enter("act", "accept" if accept else "reject")
                    if accept and answer.ok:
                        self.did("accepted")
                        break
                case "rejected_to":
                    answer = pda.enter("rejected_to", self.chance.choice(("vendor", "damaged")))
                case "reason":
                    answer = pda.enter("reason", "not as agreed")
                    if answer.ok:
                        self.did("rejected")
                        break
                case _:
                    break
            if not answer.ok:
                break
        pda.away()
        return True


class Driver(Person):
    """Puts away what waits, mostly where it was planned."""

    job = "putaway_driver"
    deeds = ("put away", "put elsewhere", "put in parts")
    #: The last walk came to something; at the end of a month the office sees to the rest.
    can = True
    turns = 6

    def work(self) -> bool:
        standing = Putaway.objects.filter(warehouse=self.site, state__in=("waiting", "planned", "stuck"))
        if not standing.exists() or (self.is_closing and not self.can):
            return False
        before = standing.count()
        pda = self.pda().begin("putaway")
        for _walk in range(4):
            if not pda.enter("next").ok:
                break
            if not self._carry(pda):
                break
        pda.away()
        self.can = standing.count() < before
        return True

    def _carry(self, pda: Pda) -> bool:
        place = next((one["value"] for one in pda.step["facts"] if one["label"] == "Place"), "—")
        if place == "—":
            place = self.chance.choice(self.company.places[self.site.pk])
        if self.now_and_then(0.06) and "part" in pda.options("otherwise"):
            pda.enter("otherwise", "part")
            if pda.enter("quantity", 1).ok and pda.enter("place", place).ok:
                self.did("put in parts")
        elsewhere = self.now_and_then(0.05)
        answer = pda.enter(
            "place", self.chance.choice(self.company.places[self.site.pk]) if elsewhere else place
        )
        if answer.ok and pda.state == "say_reason":
            answer = pda.enter("reason", "better")
            if answer.ok:
                self.did("put elsewhere")
        if answer.ok and pda.state == "scan_goods":
            self.did("put away")
            return True
        if pda.has("otherwise"):
            pda.enter("otherwise", "give_back")
        return False


class Returns(Person):
    """Takes back what customers send: scans the parcel, grades, decides; ends what was begun."""

    job = "returns_clerk"
    roles = ("operator", "warehouse_manager")
    deeds = ("returns received", "restocked", "scrapped", "finished")
    turns = 4

    def work(self) -> bool:
        return self._finish() or self._parcel()

    def _parcel(self) -> bool:
        pda = self.pda().begin("returns")
        standing = self._standing()
        if standing is not None:
            pda.enter("parcel", standing)
        elif self.is_closing:
            pda.away()
            return False
        elif self.now_and_then(0.2):
            pda.enter("unknown")
        else:
            parcels = list(
                Parcel.objects.filter(warehouse=self.site, state="shipped", waybill__isnull=False).order_by(
                    "-id"
                )[:30]
            )
            if not parcels:
                pda.away()
                return False
            pda.enter("parcel", self.chance.choice(parcels).waybill.number)
        self._unpack(pda)
        pda.away()
        return True

    def _standing(self) -> str | None:
        rows = GoodsReturn.objects.filter(warehouse=self.site).order_by("id")
        empty = rows.filter(state="expected").first() if self.is_closing else None
        if empty is not None:
            return_cancel(return_id=empty.pk, reason="nothing in it")
        row = rows.filter(state__in=("expected", "receiving", "grading")).first()
        return row.number if row else None

    def _unpack(self, pda: Pda) -> None:  # noqa: C901
        expected = [self.goods(sku) for sku in self.company.goods if pda.state == "scan_goods" and any(
            one["label"].startswith(self.goods(sku).code + " ") for one in pda.step["facts"])]  # fmt: skip
        plain = [one for one in self.company.goods.values() if not one.is_serial and one.code.startswith("G")]
        found = [] if self.is_closing and pda.has("done") else (expected or [self.chance.choice(plain)])
        for goods in found[:2]:
            if pda.state != "scan_goods" or not pda.enter("goods", goods.barcode).ok:
                break
            if pda.state == "scan_serial":
                sent = self._sent(goods.id)
                if not sent or not pda.enter("serial", self.chance.choice(sent)).ok:
                    return
            if pda.state == "scan_lot":
                known = Lot.objects.filter(sku=goods.id, is_expired=False).order_by("-id").first()
                if known is not None and not self.now_and_then(0.3):
                    pda.enter("lot", known.code)
                elif pda.enter("no_lot").ok:
                    self.did("lots unreadable")
                if pda.state == "say_date":
                    pda.enter("no_date")
            if pda.state != "scan_goods":
                return
        if pda.has("done") and pda.enter("done").ok:
            self.did("returns received")
        for _step in range(12):
            if pda.state == "grade":
                answer = pda.enter("grade", self.chance.choice("AABCD"))
            elif pda.state == "dispose":
                way = (
                    pda.options("disposition")[0]
                    if self.now_and_then(0.8)
                    else self.chance.choice(pda.options("disposition"))
                )
                answer = pda.enter("disposition", way)
                if answer.ok:
                    self.did({"restock": "restocked", "scrap": "scrapped"}.get(way, way))
            else:
                break
            if not answer.ok:
                break

    def _sent(self, sku_id: int) -> list[str]:
        """Numbers of units that customers have: the last that happened to them is that they were shipped."""
        last = MovementSerial.objects.filter(serial=OuterRef("pk")).order_by("-movement_id")
        rows = Serial.objects.filter(sku=sku_id, stock=None).annotate(
            last=Subquery(last.values("movement__reason")[:1])
        )
        return list(rows.filter(last="ship").order_by("-id").values_list("number", flat=True)[:30])

    def _finish(self) -> bool:
        rows = ReturnLine.objects.filter(
            goods_return__warehouse=self.site, disposition__in=("refurbish", "vendor", "quarantine")
        )
        line = rows.extra(where=["finished < disposed"]).order_by("id").first()
        if line is None:
            return False
        # Dated goods without a date are not sold again, mended or not.
        is_unreadable = line.lot is not None and line.lot.is_expired and line.lot.expires_on is None
        end = "scrap" if is_unreadable else "restock"
        return_line_finish(
            line_id=line.pk,
            outcome={"refurbish": end, "vendor": "sent", "quarantine": "scrap"}[line.disposition],
        )
        self.did("finished")
        return True


class Dispatcher(Person):
    """The office of the dock: decides differences, clears putaways whose goods have gone another way."""

    job = "dock_office"
    roles = ("warehouse_manager",)
    deeds = ("accepted", "settled")

    def work(self) -> bool:
        rows = Discrepancy.objects.filter(warehouse=self.site).order_by("id")
        if decided := list(
            rows.filter(state="decided").exclude(decision="ticket").values_list("id", flat=True)[:1]
        ):
            try:
                discrepancies_settle(discrepancy_ids=decided)
            except HecangError as error:  # its goods lie elsewhere by now: somebody looks into it
                self.refused(error.instance_code)
                discrepancies_decide(discrepancy_ids=decided, decision="ticket", note="where are they?")
            self.did("settled")
            return True
        found = rows.filter(state="open").first()
        if found is not None:
            ways = ["accept"]
            if found.is_booked:
                ways.append("return")
            else:
                ways.append("refuse")
            way = "accept" if self.is_closing else self.chance.choice(ways)
            discrepancies_decide(discrepancy_ids=[found.pk], decision=way, note="month")
            self.did({"accept": "accepted", "refuse": "refused", "return": "sent back"}[way])
            return True
        return self._putaways()

    def _putaways(self) -> bool:
        """At the end of the month whatever still waits is put down by hand."""
        rows = Putaway.objects.filter(warehouse=self.site, state__in=("waiting", "planned", "stuck"))
        found = rows.order_by("id").first() if self.is_closing else None
        if found is None:
            return False
        try:
            place = "" if found.to_location_id else self.chance.choice(self.company.places[self.site.pk])
            putaway_confirm(
                putaway_id=found.pk, location_code=place, reason="" if found.to_location_id else "other"
            )
            self.did("put down")
        except PlaceUnfit:  # where no place was planned, that was a place by chance
            putaway_cancel(putaway_id=found.pk, reason="they stay where they are")
            self.did("left where they are")
        return True


GATE = (DockClerk, Receiver, Receiver, Inspector, Driver, Driver, Returns, Dispatcher)
