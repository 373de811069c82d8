"""Pick faces and what brings goods to them; consolidation of scattered remains."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PickFace(models.Model):
    """A place from which one SKU of one owner is picked, and how full it is to be 拣货位设置.

    Set by people (``is_fixed``), or found by where the goods lie. Quantities are base units.
    """

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Below this it is filled again, up to ``max_quantity``.
    min_quantity = models.BigIntegerField(default=0)
    max_quantity = models.BigIntegerField()
    #: Base units that are brought at a time, such as those of a case; fewer only where the need is urgent.
    multiple = models.PositiveIntegerField(default=1)
    is_fixed = models.BooleanField(default=False, help_text="set by people; never changed by what is found")
    is_active = models.BooleanField(default=True)
    #: What the outflow of the last weeks speaks for; null until it has been looked at.
    suggested_min = models.BigIntegerField(null=True, blank=True)
    suggested_max = models.BigIntegerField(null=True, blank=True)
    #: Units picked of the SKU in a day, on average over ``outflow_days``.
    daily_outflow = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    suggested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "pick_face"
        constraints = [
            models.UniqueConstraint(fields=["location", "sku", "owner"], name="pick_face_place"),
            models.CheckConstraint(
                name="pick_face_quantities",
                condition=Q(min_quantity__gte=0, max_quantity__gt=0, max_quantity__gte=F("min_quantity"))
                & Q(multiple__gte=1),
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "sku", "owner"], name="pick_face_sku"),
            models.Index(fields=["sku"], name="pick_face_sku_only"),
        ]


class Replenishment(models.Model):
    """Units that are to be carried from one stock row to one place 补货: a claim, until it is done or dropped.

    What is open of it (``quantity - moved``) is claimed at ``stock``: no other replenishment takes these units. It is
    no allocation: an order may still take them, and always wins (``docs/explanation/replenishment.md``).
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    class Cause(models.TextChoices):
        BELOW_MIN = "below_min", _("Below the minimum")
        DEMAND = "demand", _("Demand of waves to come")
        TOP_UP = "top_up", _("Filled up in passing")
        MANUAL = "manual", _("Asked for")
        CONSOLIDATION = "consolidation", _("Consolidation")

    class End(models.TextChoices):
        MOVED = "moved", _("Moved")
        SHORT = "short", _("Not found")
        TAKEN = "taken", _("Orders took the units first")
        DROPPED = "dropped", _("Cancelled")

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    cause = models.CharField(max_length=16, choices=Cause)
    #: Null for consolidation.
    face = models.ForeignKey(
        PickFace, null=True, blank=True, on_delete=models.SET_NULL, related_name="replenishments"
    )
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    stock = models.ForeignKey("inventory.Stock", on_delete=models.PROTECT, related_name="+", db_index=False)
    from_location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.BigIntegerField()
    moved = models.BigIntegerField(default=0)
    #: How it ended; empty while it is open.
    ended_by = models.CharField(max_length=8, choices=End, default="", blank=True)
    #: When its goods are wanted at the face: the start of the wave.
    due_at = models.DateTimeField(null=True, blank=True)
    #: The wave whose demand made it, by its id in outbound.
    wave_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    done_by = models.CharField(max_length=100, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "replenishment"
        constraints = [
            models.CheckConstraint(
                name="replenishment_quantities",
                condition=Q(quantity__gt=0, moved__gte=0, moved__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name="replenishment_ended",
                condition=Q(state="open", done_at__isnull=True) | Q(~Q(state="open"), done_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["stock"], name="replenishment_claim", condition=Q(state="open")),
            models.Index(
                fields=["to_location", "sku"], name="replenishment_coming", condition=Q(state="open")
            ),
            models.Index(fields=["warehouse", "state", "-id"], name="replenishment_state"),
            models.Index(fields=["sku", "-id"], name="replenishment_sku"),
        ]
