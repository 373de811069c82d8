"""Counts: which places are looked at, what people found there, and what became of the differences.

``Count`` is a decision to look; ``CountPlace`` one location of it; ``CountLine`` one kind of goods that was found
there or should have been; ``CountReading`` what one person counted of it, with what the books had at that moment.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CountKind(models.TextChoices):
    """Why these places are looked at."""

    FULL = "full", _("Full")
    ZONE = "zone", _("By zone")
    SAMPLE = "sample", _("Sample")
    CYCLE = "cycle", _("Cycle by ABC class")
    RISK = "risk", _("By risk")
    EVENT = "event", _("On event")


class CountReason(models.TextChoices):
    """What made somebody suspect the books, of a count on event."""

    SHORT_PICK = "short_pick", _("Short pick")
    EMPTIED = "emptied", _("A pick emptied the place")
    DAMAGED = "damaged", _("Damage found")
    SUSPICION = "suspicion", _("Somebody doubts the books")


class CountState(models.TextChoices):
    """Progress of a count. The transitions are in ``states_counts``."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Being counted")
    COUNTED = "counted", _("Counted")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class CountPlaceState(models.TextChoices):
    """Progress of one place. The transitions are in ``states_counts``."""

    OPEN = "open", _("To count")
    COUNTING = "counting", _("Somebody is there")
    DONE = "done", _("Counted")
    SKIPPED = "skipped", _("Skipped")
    CANCELLED = "cancelled", _("Cancelled")


class CountLineState(models.TextChoices):
    """What has been decided about one kind of goods at one place. The transitions are in ``states_counts``."""

    MATCHED = "matched", _("Agrees with the books")
    RECOUNT = "recount", _("To be counted again")
    APPROVE = "approve", _("Waits for approval")
    ACCEPTED = "accepted", _("To be posted")
    POSTED = "posted", _("Posted")
    BLOCKED = "blocked", _("Posted in part: others hold the units")
    DISMISSED = "dismissed", _("Dismissed")
    SUPERSEDED = "superseded", _("Corrected by somebody else meanwhile")


class PostState(models.TextChoices):
    """Whether accepted differences are being posted."""

    NONE = "", _("Not asked for")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")


class CountPolicy(models.Model):
    """How a warehouse counts."""

    warehouse = models.OneToOneField(
        "facility.Warehouse", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    is_blind = models.BooleanField(default=True, help_text="counters do not see what the books say")
    recount_by_other = models.BooleanField(default=True)
    max_rounds = models.PositiveSmallIntegerField(default=3)
    #: A difference of at least so much waits for somebody else's word.
    approve_units = models.PositiveIntegerField(default=50)
    approve_value = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(1000))
    #: Movements so shortly before and after a count may be on the shelf but not in the books, or the other way.
    motion_seconds = models.PositiveIntegerField(default=120)
    #: Accepted differences are posted without being asked for.
    auto_post = models.BooleanField(default=True)
    stretch_size = models.PositiveSmallIntegerField(default=20, help_text="places in one task")
    on_short_pick = models.BooleanField(default=True)
    on_emptied = models.BooleanField(default=False)
    on_damaged = models.BooleanField(default=False)
    updated_by = models.CharField(max_length=100, blank=True, default="")
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "count_policy"
        constraints = [models.CheckConstraint(name="count_policy_rounds", condition=Q(max_rounds__gte=1))]


class CountTolerance(models.Model):
    """What is accepted at once for goods of one class, and how often their places are counted."""

    policy = models.ForeignKey(
        CountPolicy, on_delete=models.CASCADE, related_name="tolerances", db_index=False
    )
    abc_class = models.CharField(max_length=1)
    #: Within these percent of the book, or within so many units, whichever is more …
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    units = models.PositiveIntegerField(default=0)
    #: … and never more than this value.
    value = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    cycle_days = models.PositiveSmallIntegerField(default=90)

    class Meta:
        db_table = "count_tolerance"
        constraints = [
            models.UniqueConstraint(fields=["policy", "abc_class"], name="count_tolerance_class"),
            models.CheckConstraint(name="count_tolerance_days", condition=Q(cycle_days__gte=1)),
        ]


class CountProgramme(models.Model):
    """A standing order to count something every day that a warehouse works."""

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=CountKind)
    #: ``zone_ids`` and ``location_kinds`` that it keeps to; empty for all storage.
    scope = models.JSONField(default=dict)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    at_hour = models.PositiveSmallIntegerField(
        default=6, help_text="hour of the day in the warehouse's time zone"
    )
    places_per_day = models.PositiveIntegerField(default=50)
    #: Of the places by risk: share chosen by lot, so that the model learns of those that it trusts.
    explore_percent = models.PositiveSmallIntegerField(default=10)
    is_blind = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    last_day = models.DateField(null=True, blank=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "count_programme"
        constraints = [
            models.CheckConstraint(
                name="count_programme_limits",
                condition=Q(at_hour__lte=23, explore_percent__lte=100, places_per_day__gte=1),
            ),
            models.CheckConstraint(
                name="count_programme_kind", condition=Q(kind__in=["cycle", "risk", "sample"])
            ),
        ]
        indexes = [models.Index(fields=["warehouse", "id"], name="count_programme_warehouse")]


class Count(models.Model):
    """A decision to look at places 盘点单."""

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=8, choices=CountKind)
    state = models.CharField(max_length=16, choices=CountState, default=CountState.DRAFT)
    reason = models.CharField(max_length=16, choices=CountReason, blank=True, default="")
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    programme = models.ForeignKey(
        CountProgramme, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    day = models.DateField(null=True, blank=True, help_text="of the programme")
    note = models.CharField(max_length=200, blank=True, default="")
    is_blind = models.BooleanField(default=True)
    #: What was asked for: ``zone_ids``, ``location_kinds``, ``abc_classes``, ``limit``; of a sample ``confidence`` and
    #: ``precision``; of the draw its ``seed``.
    scope = models.JSONField(default=dict)
    place_count = models.PositiveIntegerField(default=0)
    place_done = models.PositiveIntegerField(default=0, help_text="counted or skipped")
    created_by = models.CharField(max_length=100)
    created_by_user = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    post_state = models.CharField(max_length=8, choices=PostState, blank=True, default=PostState.NONE)
    post_asked_by = models.BigIntegerField(null=True, blank=True)
    post_total = models.PositiveIntegerField(default=0)
    post_done = models.PositiveIntegerField(default=0)
    post_error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "stock_count"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "day"],
                name="count_programme_day",
                condition=Q(programme__isnull=False),
            ),
            models.CheckConstraint(name="count_places", condition=Q(place_done__lte=models.F("place_count"))),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "-id"], name="count_state"),
            models.Index(fields=["state", "-id"], name="count_state_all"),
            models.Index(
                fields=["id"], name="count_posting", condition=Q(post_state__in=["queued", "running"])
            ),
        ]


class CountStretch(models.Model):
    """Places of one count that one person walks in one go: the subject of a task of the pool."""

    count = models.ForeignKey(Count, on_delete=models.CASCADE, related_name="stretches", db_index=False)
    zone = models.ForeignKey("facility.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    round = models.PositiveSmallIntegerField(default=1)
    #: Who may not walk it, because they counted there before.
    barred = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "count_stretch"
        indexes = [models.Index(fields=["count", "id"], name="count_stretch_count")]


class CountPlace(models.Model):
    """One location to look at."""

    count = models.ForeignKey(Count, on_delete=models.CASCADE, related_name="places", db_index=False)
    stretch = models.ForeignKey(
        CountStretch, null=True, blank=True, on_delete=models.SET_NULL, related_name="places", db_index=False
    )
    location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    zone = models.ForeignKey("facility.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    sequence = models.PositiveIntegerField(help_text="in walking order, from 1")
    state = models.CharField(max_length=16, choices=CountPlaceState, default=CountPlaceState.OPEN)
    round = models.PositiveSmallIntegerField(default=1)
    #: Users who have counted here, and may be barred from counting again.
    counters = ArrayField(models.BigIntegerField(), default=list)
    user_id = models.BigIntegerField(null=True, blank=True, help_text="who is there, or was last")
    #: ``rule`` (it belongs to the count), ``risk``, ``explore`` (drawn by lot beside the risky ones) or ``draw``.
    chosen = models.CharField(max_length=8, default="rule")
    #: The classes of what lay there when it was chosen; the best one. Blank for an empty place.
    abc_class = models.CharField(max_length=1, blank=True, default="")
    #: What was known of it before it was counted; see ``hecang_optim.counting``. Null where nothing was computed.
    features = ArrayField(models.FloatField(), null=True, blank=True)
    #: How likely it seemed that the books are wrong there.
    risk = models.FloatField(null=True, blank=True)
    #: What the books had there when it was counted, and whether that was right, by the last reading.
    book_units = models.BigIntegerField(null=True, blank=True)
    book_value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    is_wrong = models.BooleanField(null=True, blank=True)
    has_to_post = models.BooleanField(default=False)
    skip_reason = models.CharField(max_length=200, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        db_table = "count_place"
        constraints = [
            models.UniqueConstraint(fields=["count", "location"], name="count_place_once"),
            models.UniqueConstraint(
                fields=["location"],
                name="count_place_one_standing",
                condition=Q(state__in=["open", "counting"]),
            ),
        ]
        indexes = [
            models.Index(fields=["count", "state", "sequence"], name="count_place_order"),
            models.Index(fields=["stretch", "sequence"], name="count_place_stretch"),
            models.Index(fields=["location", "-done_at"], name="count_place_history"),
            models.Index(fields=["count", "id"], name="count_place_post", condition=Q(has_to_post=True)),
            models.Index(fields=["done_at"], name="count_place_done", condition=Q(state="done")),
        ]


class CountLine(models.Model):
    """One kind of goods at one place, by its last reading. ``counted = book + difference`` at that moment."""

    count = models.ForeignKey(Count, on_delete=models.CASCADE, related_name="lines", db_index=False)
    place = models.ForeignKey(CountPlace, on_delete=models.CASCADE, related_name="lines", db_index=False)
    location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    condition = models.CharField(max_length=16)
    container = models.ForeignKey(
        "inventory.Container",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    state = models.CharField(max_length=16, choices=CountLineState)
    #: Why it waits or was decided so: ``tolerance``, ``in_motion``, ``readings_differ``, ``limit``, ``allocated`` …
    cause = models.CharField(max_length=24, blank=True, default="")
    round = models.PositiveSmallIntegerField(default=1)
    counted = models.BigIntegerField()
    book = models.BigIntegerField()
    difference = models.BigIntegerField()
    #: The last entry of the ledger that ``book`` contains; what comes after it is not part of the difference.
    position = models.BigIntegerField()
    counted_at = models.DateTimeField()
    counted_by = models.CharField(max_length=100)
    user_id = models.BigIntegerField(null=True, blank=True)
    #: Nothing of the kind was in the books there.
    is_found = models.BooleanField(default=False)
    #: Goods moved there so close to the count that shelf and books may have been apart.
    in_motion = models.BooleanField(default=False)
    serials_missing = ArrayField(models.CharField(max_length=64), default=list)
    serials_found = ArrayField(models.CharField(max_length=64), default=list)
    abc_class = models.CharField(max_length=1)
    unit_value = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    value_difference = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    decided_by = models.CharField(max_length=100, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=200, blank=True, default="")
    posted = models.BigIntegerField(default=0, help_text="units of the difference that are in the books now")
    posted_at = models.DateTimeField(null=True, blank=True)
    movement_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "count_line"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "sku", "lot", "owner", "condition", "container"],
                name="count_line_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="count_line_difference",
                condition=Q(difference=models.F("counted") - models.F("book"), counted__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["count", "state", "-id"], name="count_line_state"),
            models.Index(fields=["state", "-id"], name="count_line_state_all"),
            models.Index(fields=["location", "-counted_at"], name="count_line_location"),
            models.Index(fields=["sku", "-counted_at"], name="count_line_sku"),
            models.Index(fields=["counted_at"], name="count_line_at"),
        ]


class CountReading(models.Model):
    """What one person counted of one kind of goods, and what the books had at that moment. Only ever added to."""

    line = models.ForeignKey(CountLine, on_delete=models.CASCADE, related_name="readings", db_index=False)
    round = models.PositiveSmallIntegerField()
    counted = models.BigIntegerField()
    book = models.BigIntegerField()
    difference = models.BigIntegerField()
    position = models.BigIntegerField()
    #: When it was counted, and when it reached us (later, where the handheld had no network).
    counted_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    in_motion = models.BooleanField(default=False)
    serials = ArrayField(models.CharField(max_length=64), null=True, blank=True)
    counted_by = models.CharField(max_length=100)
    user_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "count_reading"
        constraints = [models.UniqueConstraint(fields=["line", "round"], name="count_reading_round")]


class CountModel(models.Model):
    """How the risk of a warehouse's places is told, and how well that went on counts that it had not seen."""

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    trained_at = models.DateTimeField()
    #: ``prior`` (a rule, for want of history) or ``logistic``.
    kind = models.CharField(max_length=16)
    #: As ``hecang_optim.counting`` writes it down.
    parameters = models.JSONField()
    places = models.PositiveIntegerField(help_text="counted places that it learned from")
    wrong = models.PositiveIntegerField(help_text="of these, where the books were wrong")
    #: On held-out time: places, wrong ones, hits of each order at each share, area under the curve.
    figures = models.JSONField(default=dict)

    class Meta:
        db_table = "count_model"
        indexes = [models.Index(fields=["warehouse", "-id"], name="count_model_newest")]


class LocationRisk(models.Model):
    """How likely the books are wrong at a place, by the newest model."""

    location = models.OneToOneField(
        "facility.Location", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    risk = models.FloatField()
    features = ArrayField(models.FloatField())
    scored_at = models.DateTimeField()

    class Meta:
        db_table = "location_risk"
        indexes = [models.Index(fields=["warehouse", "-risk"], name="location_risk_highest")]
