"""What carriers ask for, line by line, beside what we reckoned."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CarrierBill(models.Model):
    """A bill of a carrier 对账单."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    carrier = models.ForeignKey("Carrier", on_delete=models.PROTECT, related_name="bills")
    number = models.CharField(max_length=64)
    currency = models.CharField(max_length=3, default="CNY")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    reconciled_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "carrier_bill"
        constraints = [models.UniqueConstraint(fields=["carrier", "number"], name="carrier_bill_number")]


class CarrierBillLine(models.Model):
    """One parcel of a bill, with what we say to it."""

    class Verdict(models.TextChoices):
        PENDING = "pending", _("Not compared yet")
        MATCHED = "matched", _("Agrees")
        WEIGHT = "weight", _("Weight differs")
        PRICE = "price", _("Price differs")
        UNKNOWN = "unknown", _("Unknown waybill")
        DOUBLE = "double", _("Billed before")
        NOT_OURS = "not_ours", _("Not shipped with this carrier")

    class Decision(models.TextChoices):
        OPEN = "", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DISPUTED = "disputed", _("Disputed")

    bill = models.ForeignKey(CarrierBill, on_delete=models.CASCADE, related_name="lines", db_index=False)
    #: Row of the carrier's file: the natural key within the bill.
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    billed_weight_g = models.PositiveIntegerField(null=True, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    surcharge = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    waybill = models.ForeignKey("Waybill", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.PENDING)
    # Ours: what was charged when it was shipped, and what the rate says for the weight that they billed.
    our_weight_g = models.PositiveIntegerField(null=True, blank=True)
    our_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    price_at_theirs = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    #: What they ask for beyond what we reckoned.
    difference = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    decision = models.CharField(max_length=8, choices=Decision, blank=True, default=Decision.OPEN)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "carrier_bill_line"
        constraints = [
            models.UniqueConstraint(fields=["bill", "position"], name="carrier_bill_line_position"),
            models.CheckConstraint(name="carrier_bill_line_price", condition=Q(price__gte=0)),
        ]
        indexes = [
            models.Index(fields=["bill", "verdict", "id"], name="carrier_bill_line_verdict"),
            models.Index(fields=["number"], name="carrier_bill_line_number"),
        ]
