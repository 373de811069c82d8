"""What came: receipts 收货单, what was scanned, and where it differs from what was expected."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hecang.inbound.models.announcements import InboundKind
from hecang.inventory.models import Condition


class ReceiptState(models.TextChoices):
    """Progress of a receipt. The transitions are ``states_receiving.RECEIPT_TRANSITIONS``."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Receipt(models.Model):
    """One delivery that is being received, or was 收货单; with or without announcement and order."""

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=InboundKind, default=InboundKind.PURCHASE)
    state = models.CharField(max_length=16, choices=ReceiptState, default=ReceiptState.OPEN)
    #: The caller's name for it: opened again under it, the first answer is given (law 8).
    key = models.CharField(max_length=64, blank=True, default="")
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asn = models.ForeignKey(
        "inbound.Asn", null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )
    purchase_order = models.ForeignKey(
        "purchasing.PurchaseOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    appointment = models.ForeignKey(
        "inbound.Appointment", null=True, blank=True, on_delete=models.SET_NULL, related_name="receipts"
    )
    #: Where goods are booked to: a dock or staging place.
    location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: The receiver does not see what is expected.
    is_blind = models.BooleanField(default=False)
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.BigIntegerField(default=0)
    refused_units = models.BigIntegerField(default=0)
    discrepancy_count = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_by = models.CharField(max_length=100, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "receipt"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="receipt_key", condition=~Q(key="")),
            models.CheckConstraint(
                name="receipt_closed_at",
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state__in=["closed", "cancelled"], closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "-id"], name="receipt_state"),
            models.Index(fields=["supplier", "-id"], name="receipt_supplier"),
            models.Index(fields=["-created_at", "-id"], name="receipt_newest"),
        ]


class ReceiptLine(models.Model):
    """One scan that was answered. What was booked is ``quantity``, what was left at the door ``refused``.

    Several parts where one scan went to several places, such as the units beyond what was ordered.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines", db_index=False)
    #: Made by the handheld or the caller: a repetition is answered and changes nothing (law 8).
    scan_id = models.UUIDField()
    part = models.PositiveSmallIntegerField(default=0)
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.BigIntegerField(help_text="base units booked")
    refused = models.BigIntegerField(default=0, help_text="base units not taken in")
    #: As it was counted: so many packages of so many base units.
    packages = models.PositiveIntegerField(null=True, blank=True)
    per_package = models.PositiveIntegerField(default=1)
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: As they were read, also where the goods were refused and no lot was made.
    lot_code = models.CharField(max_length=64, blank=True, default="")
    produced_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    #: In which condition and where they were booked.
    condition = models.CharField(max_length=16, choices=Condition, default=Condition.GOOD)
    location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    container = models.ForeignKey(
        "inventory.Container",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    serials = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    asn_line = models.ForeignKey(
        "inbound.AsnLine", null=True, blank=True, on_delete=models.PROTECT, related_name="receipt_lines"
    )
    purchase_line = models.ForeignKey(
        "purchasing.PurchaseOrderLine", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    movement = models.ForeignKey(
        "inventory.Movement",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=100, blank=True, default="")
    undo_movement = models.ForeignKey(
        "inventory.Movement",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        db_table = "receipt_line"
        constraints = [
            models.UniqueConstraint(fields=["scan_id", "part"], name="receipt_line_scan"),
            models.CheckConstraint(
                name="receipt_line_quantities",
                condition=Q(quantity__gte=0, refused__gte=0) & (Q(quantity__gt=0) | Q(refused__gt=0)),
            ),
            # What was booked has its ledger entry.
            models.CheckConstraint(
                name="receipt_line_movement",
                condition=Q(quantity=0, movement__isnull=True) | Q(quantity__gt=0, movement__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["receipt", "-id"], name="receipt_line_receipt"),
            models.Index(fields=["sku", "-id"], name="receipt_line_sku"),
            models.Index(fields=["lot"], name="receipt_line_lot", condition=Q(lot__isnull=False)),
        ]


class DiscrepancyKind(models.TextChoices):
    """How what came differs from what should have come."""

    SHORT = "short", _("Short")
    OVER = "over", _("Over")
    DAMAGED = "damaged", _("Damaged")
    WRONG_ITEM = "wrong_item", _("Wrong item")
    UNANNOUNCED = "unannounced", _("Not announced")
    EXPIRED = "expired", _("Expired")
    SHORT_LIFE = "short_life", _("Too little life left")
    HELD = "held", _("Lot is held")


class DiscrepancyState(models.TextChoices):
    OPEN = "open", _("Open")
    DECIDED = "decided", _("Decided")
    SETTLED = "settled", _("Settled")


class Discrepancy(models.Model):
    """One difference, what was decided, and what follows."""

    class Decision(models.TextChoices):
        ACCEPT = "accept", _("Accept as it is")
        REFUSE = "refuse", _("Refuse")
        RETURN = "return", _("Return to the supplier")
        TICKET = "ticket", _("Look into it")

    receipt = models.ForeignKey(
        Receipt, on_delete=models.CASCADE, related_name="discrepancies", db_index=False
    )
    kind = models.CharField(max_length=16, choices=DiscrepancyKind)
    state = models.CharField(max_length=16, choices=DiscrepancyState, default=DiscrepancyState.OPEN)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    receipt_line = models.ForeignKey(
        ReceiptLine, null=True, blank=True, on_delete=models.CASCADE, related_name="discrepancies"
    )
    asn_line = models.ForeignKey(
        "inbound.AsnLine", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    purchase_line = models.ForeignKey(
        "purchasing.PurchaseOrderLine",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    #: Of what was reported without a line, such as something that nobody knows: a repetition changes nothing (law 8).
    scan_id = models.UUIDField(null=True, blank=True, unique=True)
    #: Null where nobody knows what it is; ``barcode`` then says what was read.
    sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    barcode = models.CharField(max_length=128, blank=True, default="")
    quantity = models.BigIntegerField()
    #: The goods are in the house, booked; else they were left at the door, or never came.
    is_booked = models.BooleanField(default=False)
    #: Facts for the message: ``expected``, ``received``, ``expires_on``, ``remaining_days`` …
    detail = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True, default="")
    found_by = models.CharField(max_length=100)
    found_at = models.DateTimeField()
    decision = models.CharField(max_length=16, choices=Decision, blank=True, default="")
    decided_by = models.CharField(max_length=100, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    #: What follows it up: plain numbers, for the ticket's life is its own.
    ticket_id = models.BigIntegerField(null=True, blank=True)
    claim_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "discrepancy"
        constraints = [
            models.CheckConstraint(name="discrepancy_quantity", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="discrepancy_decision",
                condition=Q(state="open", decision="", decided_at__isnull=True)
                | (Q(state__in=["decided", "settled"], decided_at__isnull=False) & ~Q(decision="")),
            ),
            models.UniqueConstraint(
                fields=["receipt", "asn_line"], name="discrepancy_short_asn", condition=Q(kind="short")
            ),
            # Found once per scan and kind.
            models.UniqueConstraint(
                fields=["receipt_line", "kind"],
                name="discrepancy_line_kind",
                condition=Q(receipt_line__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "-id"], name="discrepancy_state"),
            models.Index(fields=["receipt", "id"], name="discrepancy_receipt"),
            models.Index(fields=["supplier", "-id"], name="discrepancy_supplier"),
        ]


class DiscrepancyPhoto(models.Model):
    """A picture of what is wrong."""

    discrepancy = models.ForeignKey(
        Discrepancy, on_delete=models.CASCADE, related_name="photos", db_index=False
    )
    photo = models.ForeignKey("work.FloorPhoto", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "discrepancy_photo"
        constraints = [
            models.UniqueConstraint(fields=["discrepancy", "photo"], name="discrepancy_photo_once")
        ]


class ReceivingPolicy(models.Model):
    """What is taken in at the door. The row that names most of SKU, supplier and owner says each value; null asks the
    next one, and at last ``receiving.DEFAULTS``.
    """

    class Action(models.TextChoices):
        REFUSE = "refuse", _("Leave at the door")
        QUARANTINE = "quarantine", _("Take into quarantine")
        ACCEPT = "accept", _("Take in and note it")

    sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    is_blind = models.BooleanField(null=True, blank=True)
    #: Percent above what was announced or ordered that is taken in without a word.
    over_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    over_action = models.CharField(max_length=16, choices=Action, blank=True, default="")
    unannounced_action = models.CharField(max_length=16, choices=Action, blank=True, default="")
    #: Percent of the shelf life that must remain.
    min_life_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    short_life_action = models.CharField(max_length=16, choices=Action, blank=True, default="")
    expired_action = models.CharField(max_length=16, choices=Action, blank=True, default="")
    held_action = models.CharField(max_length=16, choices=Action, blank=True, default="")
    updated_by = models.CharField(max_length=100)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "receiving_policy"
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "supplier", "owner"], name="receiving_policy_subject", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="receiving_policy_percent",
                condition=(Q(min_life_percent=None) | Q(min_life_percent__lte=100)),
            ),
            # Expired goods never become sellable by a rule.
            models.CheckConstraint(name="receiving_policy_expired", condition=~Q(expired_action="accept")),
        ]
