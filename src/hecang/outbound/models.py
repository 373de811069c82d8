"""From a promise to a parcel: fulfilments, waves, batches, pick tasks, parcels."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FulfilmentState(models.TextChoices):
    """Progress of a fulfilment. The transitions are ``states.FULFILMENT_TRANSITIONS``."""

    READY = "ready", _("Ready")  # reserved, waits for a wave
    RELEASED = "released", _("Released")  # in a wave, hard-allocated
    PICKED = "picked", _("Picked")  # everything that can be picked is in staging
    PACKED = "packed", _("Packed")  # verified, sealed, labelled
    SHIPPED = "shipped", _("Shipped")  # handed over to the carrier
    CANCELLED = "cancelled", _("Cancelled")


class Fulfilment(models.Model):
    """What one warehouse ships in one go 发货单."""

    number = models.CharField(max_length=32, unique=True)
    order = models.ForeignKey("orders.SalesOrder", on_delete=models.PROTECT, related_name="fulfilments")
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey("orders.Shop", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=FulfilmentState, default=FulfilmentState.READY)
    #: The order is on hold or being cancelled: no wave takes it and nothing of it is packed, sealed or
    #: handed over until that is settled. A walk that has begun is finished; the goods wait in staging.
    is_stopped = models.BooleanField(default=False)
    region_code = models.CharField(max_length=6, blank=True, default="")
    service = models.ForeignKey(
        "shipping.CarrierService", null=True, on_delete=models.PROTECT, related_name="+"
    )
    priority = models.PositiveSmallIntegerField(default=100, help_text="smaller is earlier")
    ship_by = models.DateTimeField(null=True, blank=True)
    #: The coldest class that its goods need.
    temperature = models.CharField(max_length=16, default="ambient")
    # What is left to ship, kept with the lines: lines and units not cut.
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.PositiveBigIntegerField(default=0)
    weight_g = models.PositiveBigIntegerField(default=0)
    volume_mm3 = models.PositiveBigIntegerField(default=0)
    wave = models.ForeignKey(
        "Wave", null=True, blank=True, on_delete=models.PROTECT, related_name="fulfilments"
    )
    batch = models.ForeignKey(
        "Batch", null=True, blank=True, on_delete=models.PROTECT, related_name="fulfilments"
    )
    #: Compartment of the cart or put wall, from 1, where its goods are sorted to.
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "fulfilment"
        indexes = [
            models.Index(fields=["warehouse", "state", "priority", "id"], name="fulfilment_queue"),
            models.Index(fields=["state", "-id"], name="fulfilment_state"),
            models.Index(fields=["-id"], name="fulfilment_stopped", condition=Q(is_stopped=True)),
        ]


class FulfilmentLine(models.Model):
    """``quantity`` = units still to allocate + ``allocated`` (hard, in any place) + ``shipped`` + ``cut``.

    ``picked`` and ``packed`` count progress and include what has been shipped since:
    ``shipped <= packed <= picked <= allocated + shipped``.
    """

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("orders.SalesOrderLine", on_delete=models.PROTECT, related_name="+")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    #: Of one unit when the line was made; 0 where nobody knows.
    unit_weight_g = models.PositiveIntegerField(default=0)
    unit_volume_mm3 = models.PositiveBigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)
    picked = models.BigIntegerField(default=0)
    packed = models.BigIntegerField(default=0)
    shipped = models.BigIntegerField(default=0)
    #: Not to be shipped from here after all: short, damaged, or cancelled.
    cut = models.BigIntegerField(default=0)

    class Meta:
        db_table = "fulfilment_line"
        constraints = [
            models.UniqueConstraint(fields=["fulfilment", "order_line"], name="fulfilment_line_unique"),
            models.CheckConstraint(
                name="fulfilment_line_quantities",
                condition=Q(
                    quantity__gt=0, allocated__gte=0, picked__gte=0, packed__gte=0, shipped__gte=0, cut__gte=0
                )
                & Q(quantity__gte=models.F("allocated") + models.F("shipped") + models.F("cut"))
                & Q(
                    shipped__lte=models.F("packed"),
                    packed__lte=models.F("picked"),
                    picked__lte=models.F("allocated") + models.F("shipped"),
                ),
            ),
        ]
        indexes = [models.Index(fields=["order_line"], name="fulfilment_line_order_line")]


class WaveState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RELEASED = "released", _("Released")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Wave(models.Model):
    """A decision to release fulfilments to the floor together 波次."""

    number = models.CharField(max_length=32, unique=True)
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=WaveState, default=WaveState.PLANNED)
    #: What was asked for: cut-off, carrier, zone, size, strategy.
    criteria = models.JSONField(default=dict)
    fulfilment_count = models.PositiveIntegerField(default=0)
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.PositiveBigIntegerField(default=0)
    #: What the batches of this wave walk; what one order at a time would walk; and what the batches would
    #: walk in an S-shape (0 where nobody worked it out).
    walk_mm = models.PositiveBigIntegerField(default=0)
    single_walk_mm = models.PositiveBigIntegerField(default=0)
    s_shape_mm = models.PositiveBigIntegerField(default=0)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "wave"
        indexes = [models.Index(fields=["warehouse", "state", "-id"], name="wave_warehouse_state")]


class Batch(models.Model):
    """What one picker walks for 拣货单."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RELEASED = "released", _("Released")
        PICKING = "picking", _("Picking")
        PICKED = "picked", _("Picked")
        CANCELLED = "cancelled", _("Cancelled")

    class Kind(models.TextChoices):
        MULTI = "multi", _("Several lines, sorted into slots")
        SINGLE = "single", _("One unit an order, sorted by scanning")
        SINGLE_SKU = "single_sku", _("One unit of one SKU an order")

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="batches")
    number = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=16, choices=State, default=State.PLANNED)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.MULTI)
    #: Where its goods are brought to.
    staging = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    picker = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="picked_batches"
    )
    fulfilment_count = models.PositiveIntegerField(default=0)
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.PositiveBigIntegerField(default=0)
    walk_mm = models.PositiveBigIntegerField(default=0)
    single_walk_mm = models.PositiveBigIntegerField(default=0)
    s_shape_mm = models.PositiveBigIntegerField(default=0)
    #: [[x_mm, y_mm], …] from depot to depot, to draw.
    path = models.JSONField(default=list)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "batch"
        indexes = [models.Index(fields=["state", "id"], name="batch_state")]


class PickTask(models.Model):
    """One unit of work: take so many of this from there, for that fulfilment line; or put it back."""

    class Kind(models.TextChoices):
        PICK = "pick", _("Pick")
        PUTBACK = "putback", _("Putback")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        SHORT = "short", _("Short")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PICK)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks")
    fulfilment_line = models.ForeignKey(FulfilmentLine, on_delete=models.PROTECT, related_name="tasks")
    allocation = models.ForeignKey(
        "inventory.Allocation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    from_location = models.ForeignKey("facility.Location", on_delete=models.PROTECT, related_name="+")
    to_location = models.ForeignKey("facility.Location", on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    picked = models.BigIntegerField(default=0)
    #: Units that were not there or not good; ``quantity - picked - short`` are still to do.
    short = models.BigIntegerField(default=0)
    #: What was wrong with them: ``missing``, ``damaged`` or empty.
    problem = models.CharField(max_length=16, blank=True, default="")
    #: Order of the walk within the batch, from 1.
    sequence = models.PositiveIntegerField(default=0)
    done_by = models.CharField(max_length=100, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "pick_task"
        constraints = [
            models.CheckConstraint(
                name="pick_task_quantities",
                condition=Q(quantity__gt=0, picked__gte=0, short__gte=0)
                & Q(quantity__gte=models.F("picked") + models.F("short")),
            )
        ]
        indexes = [
            models.Index(fields=["batch", "sequence"], name="pick_task_walk"),
            models.Index(
                fields=["warehouse", "kind", "id"], name="pick_task_open", condition=Q(state="open")
            ),
        ]


class Parcel(models.Model):
    """One box that travels 包裹."""

    class State(models.TextChoices):
        OPEN = "open", _("Packing")
        SEALED = "sealed", _("Sealed")
        LABELLED = "labelled", _("Labelled")
        SHIPPED = "shipped", _("Shipped")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(max_length=32, unique=True)
    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="parcels")
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    carton = models.ForeignKey(
        "shipping.Carton", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    waybill = models.ForeignKey(
        "shipping.Waybill", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit_count = models.PositiveBigIntegerField(default=0)
    expected_weight_g = models.PositiveIntegerField(default=0)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    packed_by = models.CharField(max_length=100, blank=True, default="")
    sealed_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "parcel"
        constraints = [
            models.UniqueConstraint(
                fields=["fulfilment"], condition=Q(state="open"), name="parcel_one_open_per_fulfilment"
            )
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "-id"], name="parcel_warehouse_state"),
            models.Index(fields=["state", "-id"], name="parcel_state"),
            models.Index(fields=["shipped_at"], name="parcel_shipped", condition=Q(shipped_at__isnull=False)),
        ]


class ParcelLine(models.Model):
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="lines")
    fulfilment_line = models.ForeignKey(FulfilmentLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()

    class Meta:
        db_table = "parcel_line"
        constraints = [
            models.UniqueConstraint(fields=["parcel", "fulfilment_line"], name="parcel_line_unique"),
            models.CheckConstraint(name="parcel_line_quantity_positive", condition=Q(quantity__gt=0)),
        ]


class Scan(models.Model):
    """A message from the floor, kept so that its repetition is answered and changes nothing (law 8)."""

    scan_id = models.UUIDField(unique=True)
    #: ``pick``, ``putback``, ``pack``, ``seal`` or ``load``.
    kind = models.CharField(max_length=16)
    #: The batch, fulfilment or manifest that was worked on.
    subject_id = models.BigIntegerField(null=True, blank=True)
    actor = models.CharField(max_length=100)
    at = models.DateTimeField()
    payload = models.JSONField()
    result = models.JSONField(default=dict)

    class Meta:
        db_table = "scan"
        indexes = [models.Index(fields=["kind", "subject_id", "-id"], name="scan_subject")]


class PromiseOutcome(models.Model):
    """Whether a fulfilment arrived when the customer had been told: the measure of kept promises."""

    class Basis(models.TextChoices):
        #: Shipped, and expected to arrive by the carrier's lead time.
        EXPECTED = "expected", _("Expected")
        DELIVERED = "delivered", _("Delivered")

    fulfilment = models.OneToOneField(
        Fulfilment, primary_key=True, on_delete=models.CASCADE, related_name="promise_outcome"
    )
    order = models.ForeignKey("orders.SalesOrder", on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey("orders.Shop", on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    service = models.ForeignKey(
        "shipping.CarrierService", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    promised_at = models.DateTimeField()
    shipped_at = models.DateTimeField()
    arrives_at = models.DateTimeField(help_text="delivered, or expected to be")
    basis = models.CharField(max_length=16, choices=Basis)
    is_kept = models.BooleanField()

    class Meta:
        db_table = "promise_outcome"
        indexes = [
            models.Index(fields=["-promised_at"], name="promise_outcome_promised"),
            models.Index(fields=["-promised_at"], name="promise_outcome_broken", condition=Q(is_kept=False)),
        ]
