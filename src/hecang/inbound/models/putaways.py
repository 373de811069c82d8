"""From the dock to the shelf: where goods go, what may lie together, and whose place it is meanwhile."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def default_strategies() -> list[str]:
    """Those that a warehouse without a policy of its own uses, the first asked first."""
    return ["fixed", "bulk", "same_lot", "same_sku", "class_zone", "nearest_empty"]


class PutawayPolicy(models.Model):
    """How one warehouse puts goods away. Where no row is, the defaults hold."""

    warehouse = models.OneToOneField(
        "facility.Warehouse", primary_key=True, on_delete=models.CASCADE, related_name="putaway_policy"
    )
    #: Codes of ``putting.base.strategies``, asked in this order.
    strategies = ArrayField(models.CharField(max_length=32), default=default_strategies)
    #: What of a place's volume is used: goods are no water.
    fill_percent = models.PositiveSmallIntegerField(default=85)
    # What may lie together in one place; a zone may say otherwise.
    mix_skus = models.BooleanField(default=False)
    mix_lots = models.BooleanField(default=True)
    mix_owners = models.BooleanField(default=False)
    #: From so many cases on goods are bulk and go to reserve; fewer go to the pick face.
    bulk_cases = models.PositiveSmallIntegerField(default=1)
    #: Goods that orders wait for go here first; null: to the pick face nearest to packing.
    crossdock_location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    crossdocks = models.BooleanField(default=True)
    #: Days of picks that turnover is measured by.
    turnover_days = models.PositiveSmallIntegerField(default=42)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "putaway_policy"
        constraints = [
            models.CheckConstraint(
                name="putaway_policy_numbers",
                condition=Q(
                    fill_percent__gte=1, fill_percent__lte=100, turnover_days__gte=1, bulk_cases__gte=1
                ),
            ),
        ]


class ZoneRule(models.Model):
    """What a zone takes beyond its temperature; nulls leave it to the warehouse's policy."""

    zone = models.OneToOneField(
        "facility.Zone", primary_key=True, on_delete=models.CASCADE, related_name="putaway_rule"
    )
    #: ABC classes that belong here; empty: all.
    abc_classes = ArrayField(models.CharField(max_length=1), default=list, blank=True)
    #: Hazards that are allowed here besides ``none``.
    hazards = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    #: Only goods of this owner.
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    mix_skus = models.BooleanField(null=True, blank=True)
    mix_lots = models.BooleanField(null=True, blank=True)
    mix_owners = models.BooleanField(null=True, blank=True)
    #: Nothing is put away here.
    is_closed = models.BooleanField(default=False)

    class Meta:
        db_table = "putaway_zone_rule"


class FixedPlace(models.Model):
    """A place that an SKU always goes to first."""

    sku = models.ForeignKey("catalog.Sku", on_delete=models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    location = models.ForeignKey("facility.Location", on_delete=models.CASCADE, related_name="+")
    #: The most that is put there; null: what fits.
    max_quantity = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        db_table = "putaway_fixed_place"
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "owner", "location"], name="putaway_fixed_place_once", nulls_distinct=False
            )
        ]


class PutawayState(models.TextChoices):
    """Progress of a putaway. The transitions are ``states_putaway.TRANSITIONS``."""

    WAITING = "waiting", _("Waits for a place")
    PLANNED = "planned", _("Planned")
    STUCK = "stuck", _("No place fits")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


#: There are units that still have to be carried.
STANDING = ("waiting", "planned", "stuck")


class Putaway(models.Model):
    """Units of one kind at one place (or a container with all that is in it) that are to be put away 上架."""

    class Kind(models.TextChoices):
        SHELF = "shelf", _("Putaway")
        CROSSDOCK = "crossdock", _("Cross-docking")

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SHELF)
    state = models.CharField(max_length=12, choices=PutawayState, default=PutawayState.WAITING)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: Null for a container of several SKUs that goes as it is.
    sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    condition = models.CharField(max_length=16, default="good")
    container = models.ForeignKey(
        "inventory.Container",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    #: The container goes as a whole.
    is_whole = models.BooleanField(default=False)
    from_location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    #: Which strategy chose the place, and what it knew: see ``putting.explain``.
    strategy = models.CharField(max_length=32, blank=True, default="")
    why = models.JSONField(default=dict)
    #: What brought the goods, such as ``receipt_line`` or ``return_line``.
    source_kind = models.CharField(max_length=32, blank=True, default="")
    source_id = models.BigIntegerField(null=True, blank=True)
    receipt_id = models.BigIntegerField(null=True, blank=True)
    #: Of cross-docking: the lines that wait: [{order, number, units}].
    demand = models.JSONField(default=list)
    priority = models.PositiveSmallIntegerField(default=100)
    planned_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=100, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "putaway"
        constraints = [
            models.CheckConstraint(
                name="putaway_quantities", condition=Q(quantity__gt=0, done__gte=0, done__lte=F("quantity"))
            ),
            models.CheckConstraint(
                name="putaway_done_whole", condition=~Q(state="done") | Q(done=F("quantity"))
            ),
            models.CheckConstraint(
                name="putaway_planned_place", condition=~Q(state="planned") | Q(to_location__isnull=False)
            ),
            models.UniqueConstraint(
                fields=[
                    "from_location",
                    "sku",
                    "lot",
                    "owner",
                    "condition",
                    "container",
                    "source_kind",
                    "source_id",
                ],
                name="putaway_one_waiting",
                condition=Q(state="waiting", kind="shelf"),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                fields=["warehouse", "priority", "id"],
                name="putaway_queue",
                condition=Q(state__in=["waiting", "planned", "stuck"]),
            ),
            models.Index(fields=["warehouse", "state", "-id"], name="putaway_state"),
            models.Index(
                fields=["receipt_id"], name="putaway_receipt", condition=Q(receipt_id__isnull=False)
            ),
            models.Index(
                fields=["from_location", "sku"],
                name="putaway_from",
                condition=Q(state__in=["waiting", "planned", "stuck"]),
            ),
            models.Index(
                fields=["container"],
                name="putaway_container",
                condition=Q(state__in=["waiting", "planned", "stuck"], container__isnull=False),
            ),
            models.Index(
                fields=["sku", "kind"],
                name="putaway_crossdock",
                condition=Q(state__in=["waiting", "planned", "stuck"], kind="crossdock"),
            ),
        ]


class SpaceClaim(models.Model):
    """Room that is spoken for while goods are on their way to it."""

    putaway = models.OneToOneField(Putaway, primary_key=True, on_delete=models.CASCADE, related_name="claim")
    location = models.ForeignKey("facility.Location", on_delete=models.PROTECT, related_name="+")
    sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.BigIntegerField()
    volume_mm3 = models.BigIntegerField(default=0)
    weight_g = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "space_claim"
        constraints = [
            models.CheckConstraint(
                name="space_claim_numbers", condition=Q(quantity__gt=0, volume_mm3__gte=0, weight_g__gte=0)
            )
        ]


class PutawayOverride(models.Model):
    """Goods went elsewhere than planned, and why: what the policy may learn from."""

    putaway = models.ForeignKey(Putaway, on_delete=models.CASCADE, related_name="overrides", db_index=False)
    planned = models.ForeignKey("facility.Location", null=True, on_delete=models.PROTECT, related_name="+")
    placed = models.ForeignKey("facility.Location", on_delete=models.PROTECT, related_name="+")
    #: ``full``, ``blocked``, ``does_not_fit``, ``better`` or ``other``.
    reason = models.CharField(max_length=16)
    note = models.CharField(max_length=200, blank=True, default="")
    quantity = models.BigIntegerField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        db_table = "putaway_override"
        indexes = [models.Index(fields=["putaway", "id"], name="putaway_override_of")]
