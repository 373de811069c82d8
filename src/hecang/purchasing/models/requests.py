"""Wishes for goods, before they are an order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PurchaseRequestState(models.TextChoices):
    """The transitions are ``states.REQUEST_TRANSITIONS``."""

    OPEN = "open", _("Open")
    ORDERED = "ordered", _("Ordered")
    CANCELLED = "cancelled", _("Cancelled")


class PurchaseRequest(models.Model):
    """So many units of a SKU are to be bought for a warehouse 请购单."""

    class Source(models.TextChoices):
        SUGGESTION = "suggestion", _("Orders wait for it")
        REORDER = "reorder", _("Below the reorder point")
        MANUAL = "manual", _("By hand")

    number = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=12, choices=PurchaseRequestState, default=PurchaseRequestState.OPEN)
    source = models.CharField(max_length=12, choices=Source)
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.BigIntegerField(help_text="base units")
    needed_on = models.DateField(null=True, blank=True)
    #: Whom to buy it from; null: the best by price list.
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    suggestion = models.ForeignKey(
        "inventory.SupplySuggestion", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        db_index=False,
    )  # fmt: skip
    order_line = models.ForeignKey(
        "purchasing.PurchaseOrderLine", null=True, blank=True, on_delete=models.SET_NULL,
        related_name="requests",
    )  # fmt: skip
    note = models.CharField(max_length=200, blank=True, default="")
    requested_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "purchase_request"
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion"],
                name="purchase_request_suggestion",
                condition=Q(state="open", suggestion__isnull=False),
            ),
            # One open wish of the watchers of stock for one thing, so that a repeat finds it.
            models.UniqueConstraint(
                fields=["sku", "owner", "warehouse"],
                name="purchase_request_reorder",
                condition=Q(state="open", source="reorder"),
            ),
            models.CheckConstraint(name="purchase_request_quantity", condition=Q(quantity__gt=0)),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="purchase_request_state"),
            models.Index(fields=["sku", "-id"], name="purchase_request_sku"),
        ]
