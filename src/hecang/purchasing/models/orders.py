"""Purchase orders, their lines, and what became of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class PurchaseOrderState(models.TextChoices):
    """Progress of a purchase order. The transitions are ``states.TRANSITIONS``."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent")
    CONFIRMED = "confirmed", _("Confirmed by the supplier")
    RECEIVING = "receiving", _("Partly received")
    RECEIVED = "received", _("Received")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class PurchaseOrder(models.Model):
    """What is bought from one supplier for one warehouse 采购单."""

    number = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=16, choices=PurchaseOrderState, default=PurchaseOrderState.DRAFT)
    supplier = models.ForeignKey(
        "partners.Supplier", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    currency = models.CharField(max_length=3, default="CNY")
    #: Their number for it, and ours in another system it came from.
    supplier_number = models.CharField(max_length=64, blank=True, default="")
    external_number = models.CharField(max_length=64, blank=True, default="")
    #: Counts the changes after it was sent; see ``PurchaseOrderChange``.
    revision = models.PositiveSmallIntegerField(default=0)
    #: What the supplier was told last; less than ``revision``: it has to be told again.
    sent_revision = models.PositiveSmallIntegerField(null=True, blank=True)
    ordered_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.PositiveBigIntegerField(default=0)
    amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    note = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=100, blank=True, default="")
    submitted_by_user_id = models.BigIntegerField(null=True, blank=True)
    approved_by = models.CharField(max_length=100, blank=True, default="")
    #: Up to this much it may grow by changes without being approved again.
    approved_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    #: How often it was submitted; approvals of earlier rounds do not count.
    approval_round = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    #: Why it was closed short, or cancelled.
    end_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "purchase_order"
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "external_number"],
                name="purchase_order_external",
                condition=~Q(external_number=""),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="purchase_order_state"),
            models.Index(fields=["supplier", "-id"], name="purchase_order_supplier"),
            models.Index(fields=["warehouse", "state", "expected_on"], name="purchase_order_expected"),
        ]


class PurchaseOrderLine(models.Model):
    """``quantity`` = units still to come + ``received`` + ``cancelled``, unless more came than was ordered."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(help_text="from 1")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.BigIntegerField(help_text="base units")
    unit_price = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    #: What the price list said on the day of the order; null where there was none.
    list_price = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    #: Their article code, as the price list had it.
    supplier_sku = models.CharField(max_length=64, blank=True, default="")
    expected_on = models.DateField(null=True, blank=True)
    #: What the supplier said; null until it said anything.
    confirmed_quantity = models.BigIntegerField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    #: Another price that the supplier asks for; what is agreed changes only with a revision. Null: as ordered.
    confirmed_price = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    received = models.BigIntegerField(default=0)
    #: Of those received: refused at the door or by inspection.
    rejected = models.BigIntegerField(default=0)
    cancelled = models.BigIntegerField(default=0)
    #: Of those cancelled: what had not come when the order was closed; it counts against the supplier.
    short = models.BigIntegerField(default=0, db_default=0)
    invoiced = models.BigIntegerField(default=0)
    first_received_at = models.DateTimeField(null=True, blank=True)
    last_received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "purchase_order_line"
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="purchase_order_line_number"),
            models.CheckConstraint(
                name="purchase_order_line_quantities",
                condition=Q(quantity__gt=0, received__gte=0, cancelled__gte=0, invoiced__gte=0)
                & Q(rejected__gte=0, rejected__lte=F("received"), cancelled__lte=F("quantity"))
                & Q(short__gte=0, short__lte=F("cancelled")),
            ),
            models.CheckConstraint(name="purchase_order_line_price", condition=Q(unit_price__gte=0)),
        ]
        indexes = [
            models.Index(fields=["sku", "-id"], name="purchase_order_line_sku"),
            models.Index(Coalesce("confirmed_on", "expected_on"), "id", name="purchase_order_line_due"),
        ]


class PurchaseArrival(models.Model):
    """Units of a line that came in, or were refused later; what scorecards count. Never changed."""

    order_line = models.ForeignKey(
        PurchaseOrderLine, on_delete=models.CASCADE, related_name="arrivals", db_index=False
    )
    at = models.DateTimeField()
    #: Negative where a receipt was taken back.
    quantity = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    #: What it was booked by, such as a line of a receipt; the same key counts once.
    key = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        db_table = "purchase_arrival"
        constraints = [
            models.UniqueConstraint(
                fields=["order_line", "key"], name="purchase_arrival_key", condition=~Q(key="")
            )
        ]
        indexes = [models.Index(fields=["order_line", "at"], name="purchase_arrival_line")]


class PurchaseOrderChange(models.Model):
    """What a revision changed, before and after. Never changed itself."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="changes", db_index=False)
    revision = models.PositiveSmallIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=200, blank=True, default="")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        db_table = "purchase_order_change"
        constraints = [
            models.UniqueConstraint(fields=["order", "revision"], name="purchase_order_change_once")
        ]


class PurchaseApproval(models.Model):
    """Somebody's yes or no to an order, in the round that began when it was submitted."""

    order = models.ForeignKey(
        PurchaseOrder, on_delete=models.CASCADE, related_name="approvals", db_index=False
    )
    #: 1 for the first time that it was submitted.
    round = models.PositiveSmallIntegerField(default=1)
    #: The step that it answers; empty where the amount asks for none.
    role = models.CharField(max_length=32, blank=True, default="")
    is_approved = models.BooleanField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    note = models.CharField(max_length=200, blank=True, default="")
    by = models.CharField(max_length=100)
    user_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "purchase_approval"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "round", "role"],
                name="purchase_approval_once",
                condition=Q(is_approved=True),
            )
        ]
        indexes = [models.Index(fields=["order", "id"], name="purchase_approval_order")]
