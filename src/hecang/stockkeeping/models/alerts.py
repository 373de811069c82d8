"""How much there should be, and what is told when there is not."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Threshold(models.Model):
    """What a warehouse wants of one SKU of one owner 库存阈值; of all that have none, where ``sku`` is null."""

    class Source(models.TextChoices):
        MANUAL = "manual", _("By hand")
        IMPORT = "import", _("From a file")
        FORECAST = "forecast", _("From a forecast")

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    #: Null: nobody has said, and nothing is told.
    safety_stock = models.BigIntegerField(null=True, blank=True)
    reorder_point = models.BigIntegerField(null=True, blank=True)
    max_stock = models.BigIntegerField(null=True, blank=True)
    #: Warn so many days before the goods can no longer be sold.
    expiry_warning_days = models.PositiveIntegerField(null=True, blank=True)
    #: Slow after so many days without a unit going out; dead after three times as many.
    slow_days = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.MANUAL)
    updated_by = models.CharField(max_length=100)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "threshold"
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "sku", "owner"], name="threshold_key", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="threshold_subject",
                condition=Q(sku__isnull=False, owner__isnull=False) | Q(sku__isnull=True, owner__isnull=True),
            ),
            models.CheckConstraint(
                name="threshold_order",
                condition=(Q(safety_stock=None) | Q(safety_stock__gte=0))
                & (Q(reorder_point=None) | Q(reorder_point__gte=0))
                & (Q(max_stock=None) | Q(max_stock__gte=0))
                & (Q(safety_stock=None) | Q(reorder_point=None) | Q(reorder_point__gte=F("safety_stock")))
                & (Q(reorder_point=None) | Q(max_stock=None) | Q(max_stock__gte=F("reorder_point")))
                & (Q(safety_stock=None) | Q(max_stock=None) | Q(max_stock__gte=F("safety_stock"))),
            ),
        ]
        indexes = [models.Index(fields=["sku"], name="threshold_sku")]


class AlertKind(models.TextChoices):
    """What is told."""

    BELOW_SAFETY = "below_safety", _("Below safety stock")
    BELOW_REORDER = "below_reorder", _("Below the reorder point")
    EXPIRING = "expiring", _("Expires soon")
    EXPIRED = "expired", _("Expired")
    SLOW = "slow", _("Slow mover")
    DEAD = "dead", _("Dead stock")
    OVERSTOCK = "overstock", _("Too much")


class StockAlert(models.Model):
    """A fact about stock that somebody should look at 库存预警; it closes by itself when the fact is gone.

    At most one for each fact at a time: done by a person, it stays (quiet) until the fact is gone.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SNOOZED = "snoozed", _("Snoozed")
        DONE = "done", _("Done")

    class Action(models.TextChoices):
        PURCHASE = "purchase", _("Purchase requested")
        TRANSFER = "transfer", _("Transfer requested")
        HOLD = "hold", _("Put on hold")
        PROMOTION = "promotion", _("Promotion proposed")
        COUNT = "count", _("Count asked for")
        DONE = "done", _("Looked at")
        GONE = "gone", _("The fact is gone")

    kind = models.CharField(max_length=16, choices=AlertKind)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sku = models.ForeignKey("catalog.Sku", on_delete=models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey("partners.Owner", on_delete=models.CASCADE, related_name="+", db_index=False)
    #: Of alerts about expiry.
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    #: Units concerned, and the threshold that they crossed (units or days by the kind).
    quantity = models.BigIntegerField()
    threshold = models.BigIntegerField(default=0)
    #: Remaining days in which it can be sold, or days since a unit went out.
    days = models.IntegerField(null=True, blank=True)
    #: Units announced to come in.
    expected = models.BigIntegerField(default=0)
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    #: Per cent off that the rule of thumb of ``docs/reference/stockkeeping-supply.md`` advises.
    advised_discount = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")
    action = models.CharField(max_length=12, choices=Action, default="", blank=True)
    #: What the action made, such as ``transfer`` and its id.
    document_kind = models.CharField(max_length=32, blank=True, default="")
    document_id = models.BigIntegerField(null=True, blank=True)
    document_number = models.CharField(max_length=32, blank=True, default="")
    snoozed_until = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    done_by = models.CharField(max_length=100, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    #: Since when the fact is no longer so.
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "stock_alert"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "warehouse", "sku", "owner", "lot"],
                name="stock_alert_standing",
                nulls_distinct=False,
                condition=Q(gone_at__isnull=True),
            ),
            models.CheckConstraint(
                name="stock_alert_done",
                condition=Q(state="done", done_at__isnull=False) | Q(~Q(state="done"), done_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="stock_alert_state"),
            models.Index(fields=["warehouse", "state", "kind"], name="stock_alert_inbox"),
            models.Index(fields=["sku", "-id"], name="stock_alert_sku"),
            models.Index(fields=["snoozed_until"], name="stock_alert_snoozed", condition=Q(state="snoozed")),
        ]
