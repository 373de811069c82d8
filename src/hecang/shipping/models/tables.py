"""How parcels travel: carriers and services, rates, cartons, waybill numbers, manifests."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Carrier(models.Model):
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "carrier"


class CarrierService(models.Model):
    """One product of a carrier, such as next-day air."""

    class Source(models.TextChoices):
        POOL = "pool", _("Our number pool")
        CARRIER = "carrier", _("The carrier's system")

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="services")
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    #: cm³ per kg; 0 means that size does not count.
    volumetric_divisor = models.PositiveIntegerField(default=0)
    max_weight_g = models.PositiveIntegerField(default=30_000)
    lead_days = models.PositiveSmallIntegerField(default=3)
    priority = models.PositiveSmallIntegerField(default=100, help_text="smaller is preferred at equal price")
    #: Where its waybill numbers come from; ``product`` is the carrier's own code of the service.
    source = models.CharField(max_length=8, choices=Source, default=Source.POOL, db_default="pool")
    product = models.CharField(max_length=40, blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "carrier_service"


class RateRule(models.Model):
    """What a service costs from a warehouse to the regions whose code starts with a prefix 首重续重."""

    service = models.ForeignKey(CarrierService, on_delete=models.CASCADE, related_name="rates")
    warehouse = models.ForeignKey("facility.Warehouse", null=True, blank=True, on_delete=models.CASCADE)
    region_prefix = models.CharField(max_length=6, blank=True, default="", help_text="longest match wins")
    first_weight_g = models.PositiveIntegerField(default=1000)
    first_price = models.DecimalField(max_digits=10, decimal_places=2)
    step_weight_g = models.PositiveIntegerField(default=1000)
    step_price = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        db_table = "rate_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["service", "warehouse", "region_prefix"],
                name="rate_rule_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="rate_rule_steps", condition=Q(step_weight_g__gte=1, first_weight_g__gte=1)
            ),
            models.CheckConstraint(
                name="rate_rule_prices", condition=Q(first_price__gte=0, step_price__gte=0)
            ),
        ]


class LeadTime(models.Model):
    """Hours that a service travels from a warehouse to the regions whose code starts with a prefix 时效.

    ``CarrierService.lead_days`` holds where there is no row. Of a configured and a measured row for the same
    place the measured one counts, once it stands on enough parcels.
    """

    class Source(models.TextChoices):
        CONFIGURED = "configured", _("Entered")
        MEASURED = "measured", _("Measured")

    service = models.ForeignKey(
        CarrierService, on_delete=models.CASCADE, related_name="lead_times", db_index=False
    )
    warehouse = models.ForeignKey(
        "facility.Warehouse", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    region_prefix = models.CharField(max_length=6, blank=True, default="", help_text="longest match wins")
    source = models.CharField(max_length=16, choices=Source, default=Source.CONFIGURED)
    hours = models.PositiveIntegerField(help_text="from departure to delivery")
    #: Measured ones: parcels they were learnt from, and the share of these that were as quick, in percent.
    parcels = models.PositiveIntegerField(default=0)
    percentile = models.PositiveSmallIntegerField(default=100)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "lead_time"
        constraints = [
            models.UniqueConstraint(
                fields=["service", "warehouse", "region_prefix", "source"],
                name="lead_time_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="lead_time_hours", condition=Q(hours__gte=1, hours__lte=2400)),
            models.CheckConstraint(name="lead_time_percentile", condition=Q(percentile__lte=100)),
        ]


class UnreachedRegion(models.Model):
    """Regions that a service does not deliver to, whatever its rates say 不可达."""

    service = models.ForeignKey(
        CarrierService, on_delete=models.CASCADE, related_name="unreached", db_index=False
    )
    region_prefix = models.CharField(max_length=6)
    note = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        db_table = "unreached_region"
        constraints = [
            models.UniqueConstraint(fields=["service", "region_prefix"], name="unreached_region_unique"),
            models.CheckConstraint(name="unreached_region_prefix", condition=~Q(region_prefix="")),
        ]


class ServiceCutoff(models.Model):
    """By when an order must be released in a warehouse to leave with a service on the same day 截单时间."""

    service = models.ForeignKey(
        CarrierService, on_delete=models.CASCADE, related_name="cutoffs", db_index=False
    )
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.CASCADE, related_name="+")
    cutoff_time = models.TimeField()

    class Meta:
        db_table = "service_cutoff"
        constraints = [models.UniqueConstraint(fields=["service", "warehouse"], name="service_cutoff_unique")]


class Carton(models.Model):
    """A box or bag that orders are shipped in. Inner size; a smaller volume is tried first."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    tare_g = models.PositiveIntegerField(default=0)
    max_weight_g = models.PositiveIntegerField()
    cost = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "carton"
        constraints = [
            models.CheckConstraint(
                name="carton_has_size",
                condition=Q(length_mm__gte=1, width_mm__gte=1, height_mm__gte=1, max_weight_g__gte=1),
            )
        ]


class WaybillPool(models.Model):
    """A range of numbers that a carrier gave us, handed out in order 号段.

    A service may have several; the oldest that still has numbers is used up first. Ranges of one prefix
    never overlap (``pool_create`` refuses it, and ``waybill.number`` is unique).
    """

    service = models.ForeignKey(CarrierService, on_delete=models.PROTECT, related_name="pools")
    prefix = models.CharField(max_length=16)
    first_number = models.PositiveBigIntegerField()
    next_number = models.PositiveBigIntegerField()
    last_number = models.PositiveBigIntegerField()
    digits = models.PositiveSmallIntegerField(default=12)
    #: Tell somebody (``WaybillPoolLow``) when fewer than so many numbers are left for the service.
    alert_below = models.PositiveIntegerField(default=500)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "waybill_pool"
        constraints = [
            models.CheckConstraint(
                name="waybill_pool_range",
                condition=Q(next_number__gte=F("first_number"), next_number__lte=F("last_number") + 1),
            ),
            models.UniqueConstraint(fields=["prefix", "first_number"], name="waybill_pool_start"),
        ]


class Waybill(models.Model):
    """The carrier's number for one parcel 运单."""

    class State(models.TextChoices):
        ISSUED = "issued", _("Issued")
        HANDED_OVER = "handed_over", _("Handed over")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(max_length=40, unique=True)
    service = models.ForeignKey(CarrierService, on_delete=models.PROTECT, related_name="waybills")
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT)
    #: The number of the parcel it was issued for: asking again gives the same waybill.
    reference = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=State, default=State.ISSUED)
    region_code = models.CharField(max_length=6, blank=True, default="")
    weight_g = models.PositiveIntegerField()
    charged_weight_g = models.PositiveIntegerField()
    freight = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    #: What the carrier sorts by, large on the label; our own region code until a carrier says otherwise.
    routing_code = models.CharField(max_length=40, blank=True, default="")
    manifest = models.ForeignKey(
        "Manifest", null=True, blank=True, on_delete=models.PROTECT, related_name="waybills"
    )
    #: What the carrier's system knows it by; empty for numbers of our own pools.
    carrier_reference = models.CharField(max_length=48, blank=True, default="", db_default="")
    #: What a local print component prints, encrypted: some of it names the recipient.
    print_cipher = models.BinaryField(null=True, blank=True)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "waybill"
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(state="cancelled"), name="waybill_one_per_reference"
            )
        ]
        indexes = [models.Index(fields=["warehouse", "state", "-id"], name="waybill_warehouse_state")]


class Manifest(models.Model):
    """The list of parcels that a carrier takes over at one time 交接单."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Handed over")

    number = models.CharField(max_length=32, unique=True)
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT)
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="manifests")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    # Totals, written once when it is closed.
    parcel_count = models.PositiveIntegerField(default=0)
    weight_g = models.PositiveBigIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    driver = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        db_table = "manifest"
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "carrier"], condition=Q(state="open"), name="manifest_one_open"
            )
        ]
        indexes = [models.Index(fields=["warehouse", "-id"], name="manifest_warehouse")]
