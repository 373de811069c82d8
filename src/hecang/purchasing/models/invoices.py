"""What suppliers ask to be paid."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SupplierInvoiceState(models.TextChoices):
    """The transitions are ``states.INVOICE_TRANSITIONS``."""

    MATCHED = "matched", _("Fits what was ordered and received")
    DIFFERS = "differs", _("Differs")
    APPROVED = "approved", _("Released for payment")
    HANDED_OVER = "handed_over", _("Handed over to accounting")
    CANCELLED = "cancelled", _("Cancelled")


class SupplierInvoice(models.Model):
    """One invoice 供应商发票, of goods of one owner."""

    number = models.CharField(max_length=32, unique=True)
    #: The supplier's own number.
    invoice_number = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=SupplierInvoiceState)
    supplier = models.ForeignKey(
        "partners.Supplier", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    invoiced_on = models.DateField()
    due_on = models.DateField()
    #: Of the lines, without tax.
    net_amount = models.DecimalField(max_digits=16, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    #: What the lines ask for beyond what was received at the agreed prices.
    difference = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    note = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=100, blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "supplier_invoice"
        constraints = [
            models.UniqueConstraint(fields=["supplier", "invoice_number"], name="supplier_invoice_once"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="supplier_invoice_state"),
        ]


class SupplierInvoiceLine(models.Model):
    """``differences`` are codes: see ``services.matching``."""

    invoice = models.ForeignKey(
        SupplierInvoice, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField()
    order_line = models.ForeignKey(
        "purchasing.PurchaseOrderLine", null=True, blank=True, on_delete=models.PROTECT,
        related_name="invoice_lines",
    )  # fmt: skip
    description = models.CharField(max_length=200, blank=True, default="")
    quantity = models.BigIntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    #: What was received and not refused of its order line when it was compared, less what other invoices have.
    payable_quantity = models.BigIntegerField(default=0)
    difference = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    differences = ArrayField(models.CharField(max_length=24), default=list)

    class Meta:
        db_table = "supplier_invoice_line"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "number"], name="supplier_invoice_line_number"),
            models.CheckConstraint(
                name="supplier_invoice_line_values", condition=Q(quantity__gt=0, unit_price__gte=0)
            ),
        ]
