"""What is asked of carriers' systems: numbers ordered, errands run, labels printed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WaybillOrder(models.Model):
    """A number that we want from a carrier's system.

    Written before the carrier is called and settled after: a process that dies in between leaves it
    ``ordering``, and somebody else asks again under the same ``carrier_reference``.
    """

    class State(models.TextChoices):
        ORDERING = "ordering", _("Being ordered")
        MADE = "made", _("Made")
        FAILED = "failed", _("Refused by the carrier")
        ABANDONED = "abandoned", _("Not wanted any more")

    #: The parcel's number, and what the carrier knows it by: another one for each new order of one parcel.
    reference = models.CharField(max_length=40)
    carrier_reference = models.CharField(max_length=48, unique=True)
    service = models.ForeignKey("CarrierService", on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField(max_length=6, blank=True, default="")
    weight_g = models.PositiveIntegerField()
    charged_weight_g = models.PositiveIntegerField()
    freight = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    state = models.CharField(max_length=12, choices=State, default=State.ORDERING)
    #: Sender, recipient and goods for the carrier, encrypted; erased as soon as the order is settled.
    payload_cipher = models.BinaryField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    #: Somebody is asking the carrier until then; after that (or a failure) it may be asked again.
    retry_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True, default="")
    waybill = models.ForeignKey(
        "Waybill", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "waybill_order"
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(state="ordering"), name="waybill_order_one_open"
            ),
            models.CheckConstraint(
                name="waybill_order_erased",
                condition=Q(state="ordering", payload_cipher__isnull=False)
                | (~Q(state="ordering") & Q(payload_cipher__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["retry_at"], name="waybill_order_due", condition=Q(state="ordering")),
            models.Index(fields=["reference", "-id"], name="waybill_order_reference"),
        ]


class CarrierErrand(models.Model):
    """Something that a carrier is to be told: cancel a number, stop a parcel, push its scans."""

    class Kind(models.TextChoices):
        CANCEL = "cancel", _("Cancel")
        INTERCEPT = "intercept", _("Stop and return")
        SUBSCRIBE = "subscribe", _("Subscribe to scans")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused by the carrier")

    kind = models.CharField(max_length=12, choices=Kind)
    carrier = models.ForeignKey("Carrier", on_delete=models.PROTECT, related_name="+", db_index=False)
    waybill = models.ForeignKey(
        "Waybill", null=True, blank=True, on_delete=models.PROTECT, related_name="errands"
    )
    number = models.CharField(max_length=40, blank=True, default="")
    carrier_reference = models.CharField(max_length=48, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "carrier_errand"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number", "carrier_reference"],
                condition=~Q(state="refused"),
                name="carrier_errand_once",
            )
        ]
        indexes = [models.Index(fields=["retry_at"], name="carrier_errand_due", condition=Q(state="waiting"))]


class PrintTask(models.Model):
    """A label that a local print component was given: who printed what, how often, and what came of it."""

    class State(models.TextChoices):
        SENT = "sent", _("Sent to the printer")
        PRINTED = "printed", _("Printed")
        FAILED = "failed", _("Failed")

    task_id = models.CharField(max_length=64)
    waybill = models.ForeignKey("Waybill", on_delete=models.CASCADE, related_name="+")
    component = models.CharField(max_length=32)
    printer = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.SENT)
    detail = models.CharField(max_length=200, blank=True, default="")
    printed_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        db_table = "print_task"
        constraints = [models.UniqueConstraint(fields=["task_id", "waybill"], name="print_task_unique")]
