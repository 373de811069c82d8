"""Changes of what the books say goods are: asked for by one person, approved by another where much is at stake."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ChangeKind(models.TextChoices):
    """What is to become of the goods."""

    CONDITION = "condition", _("Change of condition")
    HOLD = "hold", _("Stop selling")
    RELEASE = "release", _("Sell again")
    OWNER = "owner", _("Change of owner")
    SKU = "sku", _("Change of SKU")
    LOT = "lot", _("Change of lot")
    ADJUST = "adjust", _("Found or lost")


class ChangeState(models.TextChoices):
    """Progress of a change. The transitions are in ``states_changes``."""

    REQUESTED = "requested", _("Waits for approval")
    APPLIED = "applied", _("Applied")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


class ChangePolicy(models.Model):
    """From which size on a kind of change needs the word of another person; without a row, the default does."""

    kind = models.CharField(max_length=16, choices=ChangeKind, primary_key=True)
    #: A change of more units, or of more value, waits for approval; 0 lets every one wait, null none.
    max_units = models.PositiveBigIntegerField(null=True, blank=True)
    max_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    updated_by = models.CharField(max_length=100)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "change_policy"


class StockChange(models.Model):
    """A decision about goods: which, what they become, why, who asked and who agreed."""

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=ChangeKind)
    state = models.CharField(max_length=16, choices=ChangeState, default=ChangeState.REQUESTED)
    warehouse = models.ForeignKey(
        "facility.Warehouse",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    # How the goods were named; all given ones together.
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    container = models.ForeignKey(
        "inventory.Container",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # What they become.
    to_condition = models.CharField(max_length=16, blank=True, default="")
    to_owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: Of a release: the hold that is lifted; of a hold: the one that was placed.
    hold = models.ForeignKey(
        "inventory.StockHold",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    #: Of goods found or lost: ``adjustment``, ``count`` or ``scrap``, as the ledger says it.
    adjust_reason = models.CharField(max_length=16, blank=True, default="", db_default="")
    reason = models.CharField(max_length=200)
    #: What it concerned when it was asked for.
    units = models.PositiveBigIntegerField(default=0)
    value = models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(0))
    #: Units that have become what they were to become; fewer where others had taken them meanwhile.
    applied_units = models.PositiveBigIntegerField(default=0)
    #: Client-made, so that a repetition gets the first answer (law 8).
    key = models.UUIDField(null=True, blank=True, unique=True)
    requested_by = models.CharField(max_length=100)
    requested_by_id = models.BigIntegerField(null=True, blank=True)
    requested_at = models.DateTimeField()
    decided_by = models.CharField(max_length=100, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "stock_change"
        constraints = [
            models.CheckConstraint(
                name="stock_change_decided",
                condition=Q(state="requested", decided_at__isnull=True)
                | (~Q(state="requested") & Q(decided_at__isnull=False)),
            )
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="stock_change_state"),
            models.Index(fields=["warehouse", "-id"], name="stock_change_warehouse"),
        ]


class StockChangeLine(models.Model):
    """One stock row of a change, and how many of its units have become what they were to become."""

    change = models.ForeignKey(StockChange, on_delete=models.CASCADE, related_name="lines")
    stock = models.ForeignKey("inventory.Stock", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveBigIntegerField()
    #: Of goods found (positive) or lost (negative).
    difference = models.BigIntegerField(null=True, blank=True)
    applied = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "stock_change_line"
        constraints = [
            models.UniqueConstraint(fields=["change", "stock"], name="stock_change_line_once"),
            models.CheckConstraint(name="stock_change_line_quantity", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="stock_change_line_applied",
                condition=Q(applied__isnull=True) | Q(applied__lte=models.F("quantity")),
            ),
        ]
