"""Where parcels are, what carriers said of them, and what is learned from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TrackState(models.TextChoices):
    """As :class:`hecang.shipping.carriers.base.TrackStatus`; transitions in ``shipping.tracking.machine``."""

    CREATED = "created", _("Waybill made")
    PICKED_UP = "picked_up", _("Picked up")
    IN_TRANSIT = "in_transit", _("In transit")
    CUSTOMS = "customs", _("At customs")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    AT_PICKUP_POINT = "at_pickup_point", _("At the pick-up point")
    DELIVERED = "delivered", _("Delivered")
    ATTEMPT_FAILED = "attempt_failed", _("Delivery failed")
    EXCEPTION = "exception", _("Exception")
    RETURNING = "returning", _("Coming back")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")
    UNKNOWN = "unknown", _("No news")


class Trouble(models.TextChoices):
    """What is wrong with a parcel on its way."""

    NONE = "", _("None")
    STALLED = "stalled", _("Stalled")
    RETURNED = "returned", _("Coming back")
    REFUSED = "refused", _("Refused by the recipient")
    DAMAGED = "damaged", _("Damaged")
    LOST = "lost", _("Lost")


class ParcelTrack(models.Model):
    """The present knowledge of one parcel on its way."""

    waybill = models.OneToOneField("Waybill", on_delete=models.CASCADE, related_name="track")
    # Of the waybill, for lists and measures that look at one table only.
    carrier = models.ForeignKey("Carrier", on_delete=models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey("CarrierService", on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    region_code = models.CharField(max_length=6, blank=True, default="")
    phone_tail = models.CharField(max_length=4, blank=True, default="")
    status = models.CharField(max_length=20, choices=TrackState, default=TrackState.CREATED)
    status_at = models.DateTimeField()
    last_event_at = models.DateTimeField(null=True, blank=True)
    event_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Milestones.
    handed_over_at = models.DateTimeField(null=True, blank=True)
    picked_up_at = models.DateTimeField(null=True, blank=True)
    out_for_delivery_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    #: What the customer was told, and what the lane lets expect.
    promised_at = models.DateTimeField(null=True, blank=True)
    expected_at = models.DateTimeField(null=True, blank=True)
    # Without another scan until then it counts as stalled, and as lost; null where nothing more is awaited.
    stall_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=8, choices=Trouble, blank=True, default=Trouble.NONE)
    trouble_at = models.DateTimeField(null=True, blank=True)
    #: Why: code and figures, put into words when shown.
    trouble_why = models.JSONField(default=dict)
    #: When the carrier is asked next; null: never again.
    pull_at = models.DateTimeField(null=True, blank=True)
    #: When a person had the carrier asked last.
    asked_at = models.DateTimeField(null=True, blank=True)
    is_subscribed = models.BooleanField(default=False)

    class Meta:
        db_table = "parcel_track"
        indexes = [
            models.Index(fields=["status", "-id"], name="parcel_track_status"),
            models.Index(fields=["trouble", "-id"], name="parcel_track_trouble", condition=~Q(trouble="")),
            models.Index(
                fields=["promised_at"],
                name="parcel_track_promised",
                condition=Q(promised_at__isnull=False, delivered_at__isnull=True, returned_at__isnull=True),
            ),
            models.Index(fields=["stall_at"], name="parcel_track_stall", condition=Q(stall_at__isnull=False)),
            models.Index(fields=["lost_at"], name="parcel_track_lost", condition=Q(lost_at__isnull=False)),
            models.Index(fields=["pull_at"], name="parcel_track_pull", condition=Q(pull_at__isnull=False)),
            models.Index(fields=["handed_over_at"], name="parcel_track_handed_over"),
            models.Index(fields=["service", "-id"], name="parcel_track_service"),
        ]


class TrackEvent(models.Model):
    """One scan, in the carrier's words and ours. Only ever added."""

    class Source(models.TextChoices):
        PULL = "pull", _("Asked for")
        PUSH = "push", _("Pushed")

    waybill = models.ForeignKey(
        "Waybill", on_delete=models.CASCADE, related_name="track_events", db_index=False
    )
    at = models.DateTimeField()
    status = models.CharField(max_length=20, choices=TrackState)
    raw_code = models.CharField(max_length=40, blank=True, default="")
    text = models.CharField(max_length=500, blank=True, default="")
    place = models.CharField(max_length=100, blank=True, default="")
    #: Of the text, so that the same scan told twice is one row.
    text_hash = models.CharField(max_length=16)
    source = models.CharField(max_length=4, choices=Source)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "track_event"
        constraints = [
            models.UniqueConstraint(
                fields=["waybill", "at", "raw_code", "text_hash"], name="track_event_unique"
            )
        ]
        indexes = [models.Index(fields=["received_at"], name="track_event_received")]


class LaneMeasure(models.Model):
    """What parcels of a lane took, learned from history. Wider lanes have fewer of their keys set.

    ``kind`` is ``lead`` (handed over to delivered) or ``gap:<status>`` (from a scan of that status to the next).
    """

    kind = models.CharField(max_length=24)
    service = models.ForeignKey("CarrierService", null=True, on_delete=models.CASCADE, related_name="+")
    warehouse = models.ForeignKey("facility.Warehouse", null=True, on_delete=models.CASCADE, related_name="+")
    region_prefix = models.CharField(max_length=2, blank=True, default="")
    samples = models.PositiveIntegerField()
    p50_min = models.PositiveIntegerField()
    p80_min = models.PositiveIntegerField()
    p95_min = models.PositiveIntegerField()
    p99_min = models.PositiveIntegerField()
    # Of ``lead`` only: parcels by what became of them.
    shipped = models.PositiveIntegerField(default=0)
    promised = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    damaged = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    measured_at = models.DateTimeField()

    class Meta:
        db_table = "lane_measure"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "service", "warehouse", "region_prefix"],
                name="lane_measure_unique",
                nulls_distinct=False,
            )
        ]


class TrackPolicy(models.Model):
    """When a parcel without news counts as stalled and as lost; for one service, or (null) for all others."""

    service = models.ForeignKey("CarrierService", null=True, on_delete=models.CASCADE, related_name="+")
    #: Stalled after ``stall_percent`` of the time in which 95 of 100 of its lane had their next scan, but
    #: within these hours.
    stall_percent = models.PositiveSmallIntegerField(default=150)
    stall_least_hours = models.PositiveSmallIntegerField(default=24)
    stall_most_hours = models.PositiveSmallIntegerField(default=120)
    lost_days = models.PositiveSmallIntegerField(default=10)

    class Meta:
        db_table = "track_policy"
        constraints = [
            models.UniqueConstraint(fields=["service"], name="track_policy_service", nulls_distinct=False),
            models.CheckConstraint(
                name="track_policy_bounds",
                condition=Q(
                    stall_least_hours__gte=1,
                    stall_most_hours__gte=models.F("stall_least_hours"),
                    stall_percent__gte=100,
                    lost_days__gte=1,
                ),
            ),
        ]


class ServicePolicy(models.Model):
    """How a carrier service is chosen: for one shop, for an owner, or (both null) for all others.

    ``shop_id`` is a plain number: shops belong to an app above.
    """

    class Rule(models.TextChoices):
        CHEAPEST_IN_TIME = "cheapest_in_time", _("Cheapest that keeps the promise")
        FASTEST_UNDER = "fastest_under", _("Fastest up to a price")
        PREFERRED = "preferred", _("Preferred services, then the cheapest")
        WEIGHTED = "weighted", _("Weighted price, speed and reliability")

    shop_id = models.BigIntegerField(null=True, blank=True)
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    rule = models.CharField(max_length=20, choices=Rule, default=Rule.CHEAPEST_IN_TIME)
    max_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    #: Codes of services, the best first.
    preferred = models.JSONField(default=list)
    weight_price = models.PositiveSmallIntegerField(default=60)
    weight_speed = models.PositiveSmallIntegerField(default=20)
    weight_reliability = models.PositiveSmallIntegerField(default=20)

    class Meta:
        db_table = "service_policy"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "owner"], name="service_policy_scope", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="service_policy_price",
                condition=Q(rule="fastest_under", max_price__isnull=False) | ~Q(rule="fastest_under"),
            ),
        ]
