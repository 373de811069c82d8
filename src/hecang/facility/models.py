"""Where goods lie: warehouse → zone → aisle → location, with real geometry.

Coordinates are millimetres in the warehouse's own frame: x to the right, y away from the front.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def every_day() -> list[int]:
    """Monday to Sunday."""
    return [1, 2, 3, 4, 5, 6, 7]


class Warehouse(models.Model):
    class Kind(models.TextChoices):
        WAREHOUSE = "warehouse", _("Warehouse")
        STORE = "store", _("Store")
        #: Ships in our name from stock that is not ours; its stock is told by the supplier.
        SUPPLIER = "supplier", _("Supplier (drop-ship)")

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=100)
    region = models.ForeignKey("partners.Region", null=True, blank=True, on_delete=models.PROTECT)
    address = models.CharField(max_length=200, blank=True, default="")
    #: Whom a carrier calls about a parcel; the sender on waybills.
    contact = models.CharField(max_length=50, blank=True, default="", db_default="")
    phone = models.CharField(max_length=32, blank=True, default="", db_default="")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    timezone = models.CharField(max_length=64, default="Asia/Shanghai")
    #: Wall-clock time by which an order must be released to leave today.
    cutoff_time = models.TimeField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(default=0)
    depth_mm = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    # What sourcing has to know of it.
    kind = models.CharField(
        max_length=16, choices=Kind, default=Kind.WAREHOUSE, db_default=Kind.WAREHOUSE.value
    )
    #: Days of the week on which it ships, 1 for Monday to 7 for Sunday.
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=every_day, db_default=[1, 2, 3, 4, 5, 6, 7]
    )
    #: Closed on the public holidays of China, open on the weekends that the State Council declares working days.
    keeps_holidays = models.BooleanField(default=False, db_default=False)
    #: From the release of an order to the parcel that the carrier can take.
    handling_minutes = models.PositiveIntegerField(default=120, db_default=120)
    #: What it can ship in a day; null where nothing limits it.
    daily_orders = models.PositiveIntegerField(null=True, blank=True)
    daily_units = models.PositiveIntegerField(null=True, blank=True)
    # Money for a parcel, a line and a unit that it handles; null for what the installation has set.
    parcel_cost = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    line_cost = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    unit_cost = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    #: Counts the changes of zones, aisles and locations, so that what is computed from them can be kept.
    layout_version = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "warehouse"
        constraints = [
            models.CheckConstraint(
                name="warehouse_costs",
                condition=(Q(parcel_cost=None) | Q(parcel_cost__gte=0))
                & (Q(line_cost=None) | Q(line_cost__gte=0))
                & (Q(unit_cost=None) | Q(unit_cost__gte=0)),
            ),
            models.CheckConstraint(
                name="warehouse_weekdays", condition=Q(weekdays__contained_by=every_day())
            ),
        ]


class WarehouseDay(models.Model):
    """A day on which a warehouse does not keep to its week: closed, open all the same, or with another cut-off."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    is_open = models.BooleanField()
    cutoff_time = models.TimeField(null=True, blank=True)
    note = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        db_table = "warehouse_day"
        constraints = [models.UniqueConstraint(fields=["warehouse", "day"], name="warehouse_day_unique")]


class Zone(models.Model):
    class Kind(models.TextChoices):
        STORAGE = "storage", _("Storage")
        STAGING = "staging", _("Staging")
        PACKING = "packing", _("Packing")
        DOCK = "dock", _("Dock")
        SPECIAL = "special", _("Returns, quarantine, damaged")
        VIRTUAL = "virtual", _("Outside the warehouse")

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="zones")
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.STORAGE)
    temperature = models.CharField(max_length=16, default="ambient")
    x_mm = models.IntegerField(default=0)
    y_mm = models.IntegerField(default=0)
    width_mm = models.PositiveIntegerField(default=0)
    depth_mm = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "zone"
        constraints = [models.UniqueConstraint(fields=["warehouse", "code"], name="zone_warehouse_code")]


class Aisle(models.Model):
    """A straight corridor parallel to the y axis that people walk and pick from on both sides."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="aisles")
    number = models.PositiveIntegerField(help_text="from left to right, from 1")
    x_mm = models.IntegerField(help_text="centre line")
    y_from_mm = models.IntegerField()
    y_to_mm = models.IntegerField()
    width_mm = models.PositiveIntegerField(default=2500)
    #: Drawn from the locations beside it, and drawn anew when these change.
    is_inferred = models.BooleanField(default=False)

    class Meta:
        db_table = "aisle"
        constraints = [
            models.UniqueConstraint(fields=["zone", "number"], name="aisle_zone_number"),
            models.CheckConstraint(name="aisle_has_length", condition=Q(y_to_mm__gt=F("y_from_mm"))),
        ]


class CrossAisle(models.Model):
    """A corridor parallel to the x axis that joins the aisles; blocks lie between two of them."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="cross_aisles")
    number = models.PositiveIntegerField(help_text="from front to back, from 0")
    y_mm = models.IntegerField(help_text="centre line")
    #: Found between the locations, and looked for anew when these change.
    is_inferred = models.BooleanField(default=False)

    class Meta:
        db_table = "cross_aisle"
        constraints = [models.UniqueConstraint(fields=["zone", "number"], name="cross_aisle_zone_number")]


class Location(models.Model):
    """A place with a code that can be scanned."""

    class Kind(models.TextChoices):
        PICK_FACE = "pick_face", _("Pick face")
        RESERVE = "reserve", _("Reserve")
        STAGING = "staging", _("Staging")
        PACK_STATION = "pack_station", _("Pack station")
        DOCK = "dock", _("Dock")
        RETURNS = "returns", _("Returns")
        QUARANTINE = "quarantine", _("Quarantine")
        DAMAGED = "damaged", _("Damaged goods")
        # The other side of what enters or leaves: no stock rows, only ledger entries.
        SUPPLIER = "supplier", _("Supplier (virtual)")
        CUSTOMER = "customer", _("Customer (virtual)")
        ADJUSTMENT = "adjustment", _("Adjustment (virtual)")
        SCRAP = "scrap", _("Scrap (virtual)")
        TRANSIT = "transit", _("In transit (virtual)")

    VIRTUAL_KINDS = frozenset({Kind.SUPPLIER, Kind.CUSTOMER, Kind.ADJUSTMENT, Kind.SCRAP, Kind.TRANSIT})
    #: Goods here may be promised to customers.
    SELLABLE_KINDS = frozenset({Kind.PICK_FACE, Kind.RESERVE})

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="locations")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="locations")
    aisle = models.ForeignKey(
        Aisle, null=True, blank=True, on_delete=models.PROTECT, related_name="locations"
    )
    code = models.CharField(max_length=32)
    kind = models.CharField(max_length=16, choices=Kind)
    side = models.CharField(max_length=1, blank=True, default="", help_text="L or R of the aisle")
    level = models.PositiveSmallIntegerField(default=1, help_text="from the floor, from 1")
    x_mm = models.IntegerField(default=0, help_text="centre")
    y_mm = models.IntegerField(default=0, help_text="centre")
    width_mm = models.PositiveIntegerField(default=0, help_text="along x")
    depth_mm = models.PositiveIntegerField(default=0, help_text="along y")
    height_mm = models.PositiveIntegerField(default=0)
    max_weight_g = models.PositiveBigIntegerField(null=True, blank=True)
    pick_sequence = models.PositiveIntegerField(default=0)
    is_virtual = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "location"
        constraints = [models.UniqueConstraint(fields=["warehouse", "code"], name="location_warehouse_code")]
        indexes = [
            models.Index(fields=["warehouse", "kind", "pick_sequence"], name="location_kind_sequence"),
            models.Index(fields=["code"], name="location_code"),
        ]
