"""Goods on their way from one warehouse to another 调拨单."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hecang.inventory.models import Condition


class TransferState(models.TextChoices):
    """Progress of a transfer. The transitions are ``states_transfers.TRANSITIONS``."""

    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    PICKING = "picking", _("Picking")
    IN_TRANSIT = "in_transit", _("In transit")
    RECEIVING = "receiving", _("Being received")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Transfer(models.Model):
    """A decision to bring goods of one owner from one warehouse to another."""

    number = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=16, choices=TransferState, default=TransferState.REQUESTED)
    from_warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: The caller's name for it: asked again under it, the first answer is given (law 8).
    key = models.CharField(max_length=100, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    #: Who drives, and their number for it.
    carrier = models.CharField(max_length=100, blank=True, default="")
    waybill = models.CharField(max_length=64, blank=True, default="")
    expected_at = models.DateTimeField(null=True, blank=True)
    #: Where the picked goods wait for the truck; set with the release.
    staging = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.BigIntegerField(default=0)
    #: What is (or was) on the road is worth so much, by the unit values of the lines.
    value = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="CNY")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    approved_by = models.CharField(max_length=100, blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    shipped_by = models.CharField(max_length=100, blank=True, default="")
    shipped_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=100, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "transfer"
        constraints = [
            models.CheckConstraint(
                name="transfer_two_places", condition=~Q(from_warehouse=F("to_warehouse"))
            ),
            models.UniqueConstraint(fields=["key"], name="transfer_key", condition=~Q(key="")),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="transfer_state"),
            models.Index(fields=["from_warehouse", "state", "-id"], name="transfer_from"),
            models.Index(fields=["to_warehouse", "state", "-id"], name="transfer_to"),
        ]


class TransferLine(models.Model):
    """One SKU of a transfer.

    ``quantity`` = units waiting for approval + ``reserved`` + ``allocated`` (picked ones included) + ``shipped`` +
    ``cut``; of what was shipped, ``received`` and ``lost`` are no longer on the road. ``damaged`` are among the received.
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(help_text="from 1")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.BigIntegerField(help_text="base units")
    reserved = models.BigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)
    picked = models.BigIntegerField(default=0)
    shipped = models.BigIntegerField(default=0)
    #: Not to be sent after all: short at the source, or cancelled.
    cut = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    damaged = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0)
    #: Came in beyond what was shipped.
    over = models.BigIntegerField(default=0)
    #: Of the reserved ones, came in for it before it was released and lie at ``kept_location``, to be taken from there.
    kept = models.BigIntegerField(default=0, db_default=0)
    kept_location = models.ForeignKey(
        "facility.Location",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    #: Of one unit, from what it cost last, else from what it is sold for; null where nobody knows.
    unit_value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    #: The supply suggestion that it answers.
    suggestion = models.ForeignKey(
        "inventory.SupplySuggestion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "transfer_line"
        constraints = [
            models.UniqueConstraint(fields=["transfer", "number"], name="transfer_line_number"),
            models.CheckConstraint(
                name="transfer_line_quantities",
                condition=Q(quantity__gt=0, reserved__gte=0, allocated__gte=0, picked__gte=0, shipped__gte=0)
                & Q(cut__gte=0, received__gte=0, damaged__gte=0, lost__gte=0, over__gte=0)
                & Q(quantity__gte=F("reserved") + F("allocated") + F("shipped") + F("cut"))
                & Q(picked__lte=F("allocated"), damaged__lte=F("received") + F("over"))
                & Q(shipped__gte=F("received") + F("lost")),
            ),
        ]
        indexes = [models.Index(fields=["sku", "-id"], name="transfer_line_sku")]


class TransferUnit(models.Model):
    """Goods of one kind that left with a transfer: what lies on the road until it is accounted for."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="units", db_index=False)
    line = models.ForeignKey(TransferLine, on_delete=models.CASCADE, related_name="units")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    container = models.ForeignKey(
        "inventory.Container",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    condition = models.CharField(max_length=16, choices=Condition, default=Condition.GOOD)
    #: The virtual place where they are while on the road.
    transit = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0)
    serials = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    #: Since when the goods had been in the house, for FIFO at the other end.
    received_at = models.DateTimeField()

    class Meta:
        db_table = "transfer_unit"
        constraints = [
            models.CheckConstraint(
                name="transfer_unit_quantities",
                condition=Q(quantity__gt=0, received__gte=0, lost__gte=0)
                & Q(quantity__gte=F("received") + F("lost")),
            ),
        ]
        indexes = [
            models.Index(fields=["transfer", "sku"], name="transfer_unit_sku"),
            models.Index(
                fields=["transit", "sku"],
                name="transfer_unit_road",
                condition=Q(quantity__gt=F("received") + F("lost")),
            ),
        ]


class TransferReceipt(models.Model):
    """One posting of received goods; under the id that the receiver's device gave it (law 8)."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="receipts")
    scan_id = models.UUIDField()
    #: Place in the scan; one scan may take units of several kinds.
    part = models.PositiveSmallIntegerField(default=0)
    line = models.ForeignKey(TransferLine, on_delete=models.CASCADE, related_name="+", db_index=False)
    #: Null where more came than was shipped.
    unit = models.ForeignKey(
        TransferUnit, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    container = models.ForeignKey(
        "inventory.Container",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    condition = models.CharField(max_length=16, choices=Condition, default=Condition.GOOD)
    quantity = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        db_table = "transfer_receipt"
        constraints = [models.UniqueConstraint(fields=["scan_id", "part"], name="transfer_receipt_scan")]


class TransferDiscrepancy(models.Model):
    """Where what came is not what was sent."""

    class Kind(models.TextChoices):
        SHORT = "short", _("Did not arrive")
        OVER = "over", _("More than was shipped")
        DAMAGED = "damaged", _("Damaged on the way")

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="discrepancies")
    line = models.ForeignKey(TransferLine, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.BigIntegerField()
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "transfer_discrepancy"
        constraints = [
            models.CheckConstraint(name="transfer_discrepancy_positive", condition=Q(quantity__gt=0))
        ]
