"""What will come: announcements 预到货通知, their lines and the logistic units they come in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class InboundKind(models.TextChoices):
    """Why goods come in."""

    PURCHASE = "purchase", _("Purchase")
    RETURN = "return", _("Return")
    OTHER = "other", _("Other")


class AsnState(models.TextChoices):
    """Progress of an announcement. The transitions are ``states_receiving.ASN_TRANSITIONS``."""

    ANNOUNCED = "announced", _("Announced")
    RECEIVING = "receiving", _("Being received")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


#: Something may still come.
ASN_STANDING = ("announced", "receiving")


class Asn(models.Model):
    """One delivery that somebody has announced for one warehouse and one owner 预到货通知."""

    class Origin(models.TextChoices):
        DESK = "desk", _("Entered by hand")
        API = "api", _("Another system")
        FILE = "file", _("File")
        SUPPLIER = "supplier", _("Supplier's page")

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=InboundKind, default=InboundKind.PURCHASE)
    state = models.CharField(max_length=16, choices=AsnState, default=AsnState.ANNOUNCED)
    origin = models.CharField(max_length=16, choices=Origin, default=Origin.DESK)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: Where all lines are of one order; each line says its own order line anyway.
    purchase_order = models.ForeignKey(
        "purchasing.PurchaseOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    appointment = models.ForeignKey(
        "inbound.Appointment", null=True, blank=True, on_delete=models.SET_NULL, related_name="asns"
    )
    #: The sender's number for it: announced again under it, the first answer is given (law 8).
    external_number = models.CharField(max_length=64, blank=True, default="")
    carrier_name = models.CharField(max_length=100, blank=True, default="")
    waybill_number = models.CharField(max_length=64, blank=True, default="")
    expected_at = models.DateTimeField(null=True, blank=True)
    pallet_count = models.PositiveIntegerField(default=0)
    carton_count = models.PositiveIntegerField(default=0)
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.PositiveBigIntegerField(default=0)
    received_units = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "asn"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "supplier", "external_number"],
                name="asn_external",
                condition=~Q(external_number="") & ~Q(state="cancelled"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="asn_received_at",
                condition=Q(state="received", received_at__isnull=False)
                | (~Q(state="received") & Q(received_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "expected_at", "id"], name="asn_expected"),
            models.Index(fields=["state", "-id"], name="asn_state"),
            models.Index(fields=["supplier", "-id"], name="asn_supplier"),
        ]


class AsnContainer(models.Model):
    """A pallet or carton that is announced by its code, an SSCC or one of the sender's own."""

    class Kind(models.TextChoices):
        PALLET = "pallet", _("Pallet")
        CARTON = "carton", _("Carton")

    asn = models.ForeignKey(Asn, on_delete=models.CASCADE, related_name="containers", db_index=False)
    #: Eighteen digits without the application identifier, or the sender's own code.
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.CARTON)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    weight_g = models.PositiveBigIntegerField(null=True, blank=True)
    #: May still come: no other standing announcement names the same code.
    is_standing = models.BooleanField(default=True)
    arrived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "asn_container"
        constraints = [
            models.UniqueConstraint(fields=["asn", "code"], name="asn_container_once"),
            models.UniqueConstraint(
                fields=["code"], name="asn_container_standing", condition=Q(is_standing=True)
            ),
        ]
        indexes = [models.Index(fields=["code"], name="asn_container_code")]


class AsnLine(models.Model):
    """Goods of one kind in an announcement. ``quantity`` = received + still to come, unless more came."""

    asn = models.ForeignKey(Asn, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(help_text="from 1")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.BigIntegerField(help_text="base units")
    purchase_line = models.ForeignKey(
        "purchasing.PurchaseOrderLine", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    container = models.ForeignKey(
        AsnContainer, null=True, blank=True, on_delete=models.CASCADE, related_name="lines"
    )
    lot_code = models.CharField(max_length=64, blank=True, default="")
    produced_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    serials = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    received = models.BigIntegerField(default=0)

    class Meta:
        db_table = "asn_line"
        constraints = [
            models.UniqueConstraint(fields=["asn", "number"], name="asn_line_number"),
            models.CheckConstraint(name="asn_line_quantities", condition=Q(quantity__gt=0, received__gte=0)),
        ]
        indexes = [models.Index(fields=["sku", "-id"], name="asn_line_sku")]


class SsccPrefix(models.Model):
    """From which numbers SSCCs are made: a GS1 company prefix and the next serial reference behind it.

    SSCC = extension digit, company prefix, serial reference (together seventeen digits), check digit; GS1 General
    Specifications, section 3.2, AI (00).
    """

    #: Whose goods are labelled under it; null for everybody else's.
    owner = models.ForeignKey(
        "partners.Owner", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    company_prefix = models.CharField(max_length=12)
    extension = models.PositiveSmallIntegerField(default=0)
    next_serial = models.PositiveBigIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "sscc_prefix"
        constraints = [
            models.UniqueConstraint(fields=["owner"], name="sscc_prefix_owner", nulls_distinct=False),
            # Two owners under one prefix would make the same numbers.
            models.UniqueConstraint(fields=["company_prefix", "extension"], name="sscc_prefix_once"),
            models.CheckConstraint(
                name="sscc_prefix_digits",
                condition=Q(company_prefix__regex=r"^[0-9]{4,12}$", extension__lte=9),
            ),
        ]


class InboundLink(models.Model):
    """A page without a login: a supplier announces and books, or a carrier books for one announcement.

    The token itself is not stored: it is made of our secret, the row and ``version``.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    version = models.PositiveIntegerField(default=1)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.CASCADE, related_name="+", db_index=False)
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    #: Only this announcement can be seen and booked for.
    asn = models.ForeignKey(
        Asn, null=True, blank=True, on_delete=models.CASCADE, related_name="links", db_index=False
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    #: Changes made through it on ``used_on``, of which a day has a most.
    uses = models.PositiveIntegerField(default=0)
    used_on = models.DateField(null=True, blank=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "inbound_link"
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "owner", "supplier", "asn"],
                name="inbound_link_subject",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="inbound_link_subject_given",
                condition=Q(supplier__isnull=False) | Q(asn__isnull=False),
            ),
        ]
