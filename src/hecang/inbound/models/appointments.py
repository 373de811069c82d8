"""When trucks come: docks, their hours, appointments 预约."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Dock(models.Model):
    """A door at which one truck is unloaded at a time 月台."""

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100, blank=True, default="")
    #: Where goods lie after they were unloaded here.
    location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "dock"
        constraints = [models.UniqueConstraint(fields=["warehouse", "code"], name="dock_warehouse_code")]


class DockHours(models.Model):
    """When a dock can be booked on a day of the week; a day without a row is closed."""

    dock = models.ForeignKey(Dock, on_delete=models.CASCADE, related_name="hours", db_index=False)
    weekday = models.PositiveSmallIntegerField(help_text="1 for Monday to 7 for Sunday")
    #: Wall-clock time of the warehouse.
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        db_table = "dock_hours"
        constraints = [
            models.UniqueConstraint(fields=["dock", "weekday", "opens"], name="dock_hours_once"),
            models.CheckConstraint(
                name="dock_hours_order",
                condition=Q(closes__gt=F("opens"), weekday__gte=1, weekday__lte=7),
            ),
        ]


class DockPolicy(models.Model):
    """How long unloading takes in a warehouse, and how much it takes in a day."""

    warehouse = models.OneToOneField(
        "facility.Warehouse", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    #: An appointment takes base + pallets × … + cartons × … + lines × …, rounded up to whole steps.
    base_minutes = models.PositiveSmallIntegerField(default=15)
    seconds_per_pallet = models.PositiveIntegerField(default=180)
    seconds_per_carton = models.PositiveIntegerField(default=20)
    seconds_per_line = models.PositiveIntegerField(default=60)
    step_minutes = models.PositiveSmallIntegerField(default=15)
    max_minutes = models.PositiveSmallIntegerField(default=240)
    #: Most in one day over all docks; null where nothing limits it.
    daily_appointments = models.PositiveIntegerField(null=True, blank=True)
    daily_pallets = models.PositiveIntegerField(null=True, blank=True)
    daily_units = models.PositiveBigIntegerField(null=True, blank=True)
    #: Suppliers and carriers book by themselves at least, and at most, so long before.
    lead_hours = models.PositiveSmallIntegerField(default=4)
    horizon_days = models.PositiveSmallIntegerField(default=21)
    #: Who has not come so long after the beginning does not come.
    no_show_minutes = models.PositiveSmallIntegerField(default=120)

    class Meta:
        db_table = "dock_policy"
        constraints = [
            models.CheckConstraint(
                name="dock_policy_steps",
                condition=Q(step_minutes__gte=5, step_minutes__lte=240, max_minutes__gte=F("step_minutes")),
            ),
        ]


class AppointmentState(models.TextChoices):
    """Progress of an appointment. The transitions are ``states_receiving.APPOINTMENT_TRANSITIONS``."""

    BOOKED = "booked", _("Booked")
    ARRIVED = "arrived", _("At the gate")
    DOCKED = "docked", _("At the dock")
    LEFT = "left", _("Left")
    NO_SHOW = "no_show", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")


#: Its time at the dock is taken.
APPOINTMENT_STANDING = ("booked", "arrived", "docked")


class Appointment(models.Model):
    """One truck, or one closure, at one dock for a span of time.

    Two standing ones never overlap at a dock, and two trucks are never at it at once: the database sees to both. A
    truck that comes without an appointment waits without dock and span until it is sent to one.
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Delivery")
        #: Nobody can be unloaded: maintenance, stock-taking, a holiday.
        CLOSURE = "closure", _("Closed")

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.DELIVERY)
    state = models.CharField(max_length=16, choices=AppointmentState, default=AppointmentState.BOOKED)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    dock = models.ForeignKey(
        Dock, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    #: From when to when the dock is theirs, the end outside of it.
    during = DateTimeRangeField(null=True, blank=True)
    #: When they were to come. ``during`` follows what really happens at the dock.
    planned_at = models.DateTimeField(null=True, blank=True)
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    carrier_name = models.CharField(max_length=100, blank=True, default="")
    plate = models.CharField(max_length=16, blank=True, default="", help_text="capitals, no blanks")
    #: Name and phone of the driver, encrypted.
    driver_cipher = models.BinaryField(null=True, blank=True)
    pallet_count = models.PositiveIntegerField(default=0)
    carton_count = models.PositiveIntegerField(default=0)
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True, default="")
    #: Booked through a link, by its holder.
    link = models.ForeignKey(
        "inbound.InboundLink", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    docked_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "appointment"
        constraints = [
            ExclusionConstraint(
                name="appointment_no_overlap",
                expressions=[("dock", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(state__in=APPOINTMENT_STANDING, dock__isnull=False, during__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["dock"], name="appointment_one_docked", condition=Q(state="docked")
            ),
            models.CheckConstraint(
                name="appointment_times",
                condition=Q(state__in=["no_show", "cancelled"])
                | Q(state="booked", dock__isnull=False, during__isnull=False, arrived_at__isnull=True)
                | Q(state="arrived", arrived_at__isnull=False, docked_at__isnull=True)
                | Q(
                    state="docked",
                    dock__isnull=False,
                    arrived_at__isnull=False,
                    docked_at__isnull=False,
                    left_at__isnull=True,
                )
                | Q(state="left", arrived_at__isnull=False, left_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "-id"], name="appointment_state"),
            models.Index(fields=["warehouse", "arrived_at"], name="appointment_arrived"),
            models.Index(fields=["plate", "-id"], name="appointment_plate", condition=~Q(plate="")),
            models.Index(fields=["supplier", "-id"], name="appointment_supplier"),
        ]
