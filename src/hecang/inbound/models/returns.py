"""Goods that customers (or carriers) send back 退货: received, graded, and what becomes of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ReturnKind(models.TextChoices):
    RMA = "rma", _("Announced return")
    REFUSED = "refused", _("Parcel that came back")
    UNKNOWN = "unknown", _("Nobody knows whose")


class ReturnState(models.TextChoices):
    """Progress of a return. The transitions are ``states_returns.TRANSITIONS``."""

    EXPECTED = "expected", _("Expected")
    RECEIVING = "receiving", _("Receiving")
    GRADING = "grading", _("To grade")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Grade(models.TextChoices):
    A = "A", _("A: as new")
    B = "B", _("B: opened, complete")
    C = "C", _("C: used or incomplete")
    D = "D", _("D: broken")


class Disposition(models.TextChoices):
    """What becomes of returned units; each is a movement of the ledger."""

    RESTOCK = "restock", _("Back to stock")
    REFURBISH = "refurbish", _("Refurbish")
    VENDOR = "vendor", _("Back to the supplier")
    SCRAP = "scrap", _("Scrap")
    QUARANTINE = "quarantine", _("Keep apart")


class GoodsReturn(models.Model):
    """One parcel or delivery of returned goods 退货入库单."""

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=8, choices=ReturnKind, default=ReturnKind.UNKNOWN)
    state = models.CharField(max_length=12, choices=ReturnState, default=ReturnState.EXPECTED)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: What the customer had bought; null while nobody knows.
    order = models.ForeignKey(
        "orders.SalesOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Number of the return at the shop or in after-sales.
    rma = models.CharField(max_length=64, blank=True, default="")
    #: Waybill that it came with.
    waybill = models.CharField(max_length=64, blank=True, default="")
    #: The waybill that it had gone out with, where a parcel came back as it was.
    sent_waybill = models.ForeignKey(
        "shipping.Waybill", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit_count = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "goods_return"
        constraints = [
            models.UniqueConstraint(
                fields=["rma"], name="goods_return_rma", condition=~Q(rma="") & ~Q(state="cancelled")
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="goods_return_state"),
            models.Index(fields=["warehouse", "state", "-id"], name="goods_return_queue"),
            models.Index(fields=["waybill"], name="goods_return_waybill", condition=~Q(waybill="")),
        ]


class ReturnLine(models.Model):
    """Units of one kind that came back and share one grade; grading a part of them splits the line."""

    goods_return = models.ForeignKey(
        GoodsReturn, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField(help_text="from 1")
    order_line = models.ForeignKey(
        "orders.SalesOrderLine", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    expected = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    serials = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    #: Where its units lie and in which condition, as the last movement left them.
    location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    condition = models.CharField(max_length=16, default="returned")
    grade = models.CharField(max_length=1, choices=Grade, blank=True, default="")
    disposition = models.CharField(max_length=12, choices=Disposition, blank=True, default="")
    disposed = models.BigIntegerField(default=0)
    #: Refurbishing and sending to the supplier take a second step.
    finished = models.BigIntegerField(default=0)
    reason = models.CharField(
        max_length=64, blank=True, default="", help_text="why the customer sent it back"
    )
    note = models.CharField(max_length=500, blank=True, default="")
    photos = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    graded_by = models.CharField(max_length=100, blank=True, default="")
    graded_at = models.DateTimeField(null=True, blank=True)
    disposed_by = models.CharField(max_length=100, blank=True, default="")
    disposed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "return_line"
        constraints = [
            models.UniqueConstraint(fields=["goods_return", "number"], name="return_line_number"),
            models.CheckConstraint(
                name="return_line_quantities",
                condition=Q(expected__gte=0, received__gte=0, disposed__gte=0, finished__gte=0)
                & Q(disposed__lte=F("received"), finished__lte=F("disposed")),
            ),
            models.CheckConstraint(
                name="return_line_disposition", condition=Q(disposed=0) | ~Q(disposition="")
            ),
        ]
        indexes = [models.Index(fields=["sku", "-id"], name="return_line_sku")]
