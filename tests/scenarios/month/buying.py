"""Who buys: the purchaser, those who say yes, the suppliers, and accounting."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.month.people import Person

from hecang.inbound.models import Asn, Claim
from hecang.inbound.services.announcing import AsnContainerIn, AsnIn, AsnLineIn, asn_cancel, asn_create
from hecang.inbound.services.claims import claim_move
from hecang.kernel import clock
from hecang.purchasing.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseRequest,
    SupplierInvoice,
    SupplierItem,
)
from hecang.purchasing.services import (
    InvoiceIn,
    InvoiceLineIn,
    LineChange,
    LineConfirmed,
    OrderLineIn,
    PurchaseOrderIn,
    invoice_create,
    invoices_approve,
    invoices_hand_over,
    order_approve,
    order_cancel,
    order_change,
    order_confirm,
    order_send,
    order_submit,
    orders_close,
    orders_create,
    requests_cancel,
    requests_order,
)
from hecang.stockkeeping.models import StockAlert
from hecang.stockkeeping.services.alert_actions import alert_count, alert_purchase, alert_transfer
from hecang.stockkeeping.services.alerts import alerts_done

OPEN_DAYS = 5


class Purchaser(Person):
    """Turns alerts into requests, requests into orders; orders by plan as well; sends, changes, cancels, closes."""

    job = "purchaser"
    roles = ("purchaser",)
    deeds = ("ordered", "submitted", "sent", "requested", "orders from requests")
    turns = 26
    #: Orders of a day by plan.
    orders = 6

    def morning(self) -> None:
        super().morning()
        self.wanted = 0 if self.is_closing else self.orders

    def work(self) -> bool:
        return (
            self._plan() or self._submit() or self._send() or self._requests() or self._alert() or self._old()
        )

    def _plan(self) -> bool:
        if self.wanted <= 0:
            return False
        self.wanted -= 1
        external = f"D{self.company.day}-{self.wanted}"
        if PurchaseOrder.objects.filter(external_number=external).exists():
            return True
        seller = self.chance.choice(self.company.suppliers)
        site = self.chance.choice(list(self.company.sites.values()))
        sold = list(
            SupplierItem.objects.filter(supplier=seller).order_by("id").values_list("sku_id", flat=True)
        )
        lines = [
            OrderLineIn(sku, self.chance.choice((5, 10, 20, 40, 200)))
            for sku in sorted(self.chance.sample(sold, 4))
        ]
        orders_create(
            orders=[
                PurchaseOrderIn(seller.pk, self.company.owner.pk, site.pk, lines, external_number=external)
            ]
        )
        self.did("ordered")
        return True

    def _submit(self) -> bool:
        order = PurchaseOrder.objects.filter(state="draft").order_by("id").first()
        if order is None:
            return False
        if self.now_and_then(0.05):
            order_cancel(order_id=order.pk, reason="month")
            self.did("cancelled")
            return True
        order_submit(order_id=order.pk)
        self.did("submitted")
        return True

    def _send(self) -> bool:
        order = PurchaseOrder.objects.filter(state="approved").order_by("id").first()
        if order is not None:
            order_send(order_id=order.pk)
            self.did("sent")
            if self.now_and_then(0.1):
                line = order.lines.order_by("id").first()
                assert line is not None
                order_change(
                    order_id=order.pk, lines=[LineChange(line.pk, quantity=line.quantity + 5)], reason="more"
                )
                order_send(order_id=order.pk)
                self.did("changed")
        return order is not None

    def _alert(self) -> bool:
        rows = StockAlert.objects.filter(state="open", gone_at__isnull=True, action="").order_by("id")
        alert = None if self.is_closing else rows.first()
        if alert is None:
            return False
        draw = self.chance.random()
        if alert.kind not in ("below_safety", "below_reorder"):
            alerts_done(alert_ids=[alert.pk], note="seen")
        elif draw < 0.6:
            alert_purchase(alert_id=alert.pk)
            self.did("requested")
        elif draw < 0.8:
            alert_transfer(alert_id=alert.pk)
            self.did("transfers asked for")
        else:
            alert_count(alert_id=alert.pk)
            self.did("counts asked for")
        return True

    def _requests(self) -> bool:
        ids = list(
            PurchaseRequest.objects.filter(state="open").order_by("id").values_list("id", flat=True)[:12]
        )
        if not ids or (len(ids) < 6 and not self.now_and_then(0.4) and not self.is_closing):
            return False
        if self.is_closing:
            requests_cancel(request_ids=ids, note="end of the month")
        else:
            requests_order(request_ids=ids)
            self.did("orders from requests")
        return True

    def _old(self) -> bool:
        """What has not come for days does not come any more."""
        before = clock.now() - timedelta(days=0 if self.is_closing else OPEN_DAYS)
        rows = PurchaseOrder.objects.filter(state__in=("sent", "confirmed", "receiving"), sent_at__lte=before)
        order = rows.exclude(id__in=Asn.objects.filter(state__in=("announced", "receiving"), purchase_order__isnull=False)
                             .values("purchase_order")).order_by("id").first()  # fmt: skip
        if order is None:
            return False
        orders_close(order_ids=[order.pk], reason="it does not come")
        self.did("closed")
        return True


class Approver(Person):
    """Says yes to what is too much for one: finance from ten thousand on, the head from a hundred thousand."""

    job = "approver"
    roles = ("finance", "admin")
    deeds = ("approved",)

    def work(self) -> bool:
        order = PurchaseOrder.objects.filter(state="submitted").order_by("id").first()
        if order is None:
            return False
        order_approve(order_id=order.pk)
        self.did("approved")
        return True


class Seller(Person):
    """All suppliers: confirm, announce what they send, now and then less, some of it on pallets."""

    job = "supplier"
    roles = ("purchaser",)
    deeds = ("confirmed", "announced")
    turns = 20

    def work(self) -> bool:
        order = PurchaseOrder.objects.filter(state="sent").order_by("id").first()
        if order is not None:
            lines = None
            if self.now_and_then(0.15):
                lines = [LineConfirmed(one.pk, max(1, one.quantity - 1)) for one in order.lines.all()]
            order_confirm(order_id=order.pk, lines=lines)
            self.did("confirmed")
            return True
        return self._announce() or self._drop()

    def _announce(self) -> bool:
        rows = PurchaseOrder.objects.filter(state="confirmed").exclude(id__in=Asn.objects.exclude(purchase_order=None)
                                                                      .exclude(state="cancelled").values("purchase_order"))  # fmt: skip
        order = None if self.is_closing else rows.exclude(note="unannounced").order_by("id").first()
        if order is None:
            return False
        chance = self.company.chance("asn", order.number)
        if chance.random() < 0.12:  # comes without a word
            PurchaseOrder.objects.filter(pk=order.pk).update(note="unannounced")
            return True
        pallets = chance.random() < 0.3
        containers = (
            (AsnContainerIn(kind="pallet", key="P"), AsnContainerIn(key="C", parent="P")) if pallets else ()
        )
        lines = []
        for line in order.lines.order_by("number"):
            goods = self.goods(line.sku_id)
            units = max(1, line.confirmed_quantity or line.quantity)
            if chance.random() < 0.05:
                continue
            lines.append(
                AsnLineIn(
                    line.sku_id, units, line.pk, container="C" if pallets and not goods.is_serial else "",
                    lot_code=f"L{self.company.day:02}-{order.pk}" if goods.is_lot else "",
                    expires_on=clock.today() + timedelta(days=chance.choice((5, 60, 85))) if goods.is_expiry else None,
                )
            )  # fmt: skip
        if not lines:
            return True
        turn = Asn.objects.filter(purchase_order=order).count() + 1
        self.again(lambda: asn_create(asn=AsnIn(
            order.warehouse_id, order.owner_id, tuple(lines), order.supplier_id, purchase_order_id=order.pk,
            external_number=f"DN-{order.number}-{turn}", expected_at=clock.now() + timedelta(hours=chance.choice((0, 1, 24))),
            containers=containers,
        )))  # fmt: skip
        self.did("announced")
        return True

    def _drop(self) -> bool:
        """A truck that never came."""
        asn = Asn.objects.filter(state="announced", expected_at__lte=clock.now()).order_by("id").first()
        if asn is None or not self.now_and_then(0.04):
            return False
        asn_cancel(asn_id=asn.pk, reason="lost")
        self.did("withdrawn")
        return True


class Accountant(Person):
    """Enters what suppliers want to be paid, releases it, hands it over; follows up claims."""

    job = "accountant"
    roles = ("finance", "purchaser")
    deeds = ("invoiced", "released", "handed over", "claims moved")
    turns = 20

    def work(self) -> bool:
        return self._invoice() or self._release() or self._hand_over() or self._claim()

    def _invoice(self) -> bool:
        rows = PurchaseOrderLine.objects.filter(
            order__state__in=("received", "closed"), received__gt=0, invoiced=0
        )
        line = rows.exclude(id__in=SupplierInvoice.objects.exclude(state="cancelled").values("lines__order_line_id")
                            .exclude(lines__order_line=None)).order_by("id").first()  # fmt: skip
        if line is None:
            return False
        lines = PurchaseOrderLine.objects.filter(order=line.order_id, received__gt=0).order_by("id")
        factor = 2 if self.now_and_then(0.1) else 1
        invoice_create(
            invoice=InvoiceIn(
                line.order.supplier_id, f"INV-{line.order.number}", clock.today(),
                [InvoiceLineIn(one.pk, one.received, one.unit_price * factor) for one in lines], owner_id=line.order.owner_id,
            )
        )  # fmt: skip
        self.did("invoiced")
        return True

    def _release(self) -> bool:
        found = SupplierInvoice.objects.filter(state__in=("matched", "differs")).order_by("id").first()
        if found is not None:
            invoices_approve(
                invoice_ids=[found.pk], reason="agreed by telephone" if found.state == "differs" else ""
            )
            self.did("released")
        return found is not None

    def _hand_over(self) -> bool:
        found = SupplierInvoice.objects.filter(state="approved").order_by("id").first()
        if found is not None:
            invoices_hand_over(invoice_ids=[found.pk])
            self.did("handed over")
        return found is not None

    def _claim(self) -> bool:
        steps = {"open": "sent", "sent": "agreed", "agreed": "settled", "refused": "cancelled"}
        found = Claim.objects.filter(state__in=list(steps)).order_by("id").first()
        if found is not None:
            following = steps[found.state]
            claim_move(
                claim_id=found.pk, state=following, settlement="credit" if following == "settled" else ""
            )
            self.did("claims moved")
        return found is not None


BUYERS = (Purchaser, Approver, Seller, Accountant)
