"""Who we deal with: owners, customers, their addresses; and the regions of China."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """An administrative region by its six-digit code (GB/T 2260): province, city or district."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        CITY = "city", _("City")
        DISTRICT = "district", _("District")

    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=64)
    level = models.CharField(max_length=8, choices=Level)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        db_table = "region"
        indexes = [models.Index(fields=["level", "name"], name="region_level_name")]


class Owner(models.Model):
    """Whose goods they are 货主."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "owner"


class Customer(models.Model):
    """Who buys. Names and numbers are kept encrypted; what is searchable is a keyed hash."""

    code = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=64, blank=True, default="", help_text="masked, for lists")
    contact_cipher = models.BinaryField(null=True, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, default="")
    is_blocked = models.BooleanField(default=False)
    blocked_reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "customer"
        indexes = [
            models.Index(fields=["phone_hash"], name="customer_phone_hash", condition=~Q(phone_hash=""))
        ]


class CustomerAddress(models.Model):
    """Where a customer wants parcels. The readable part is encrypted; the region is not."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT)
    recipient_cipher = models.BinaryField()
    is_default = models.BooleanField(default=False)

    class Meta:
        db_table = "customer_address"


class CustomerCredit(models.Model):
    """How much a customer may owe, and for how long. Who has none pays at once.

    What is owed is not kept here: it is derived from the orders on account (``credit_open`` of orders).
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="credit"
    )
    limit_amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    #: Days after the order until it has to be paid; null for no term.
    term_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_blocked = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, default="")
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "customer_credit"
        constraints = [
            models.CheckConstraint(name="customer_credit_limit", condition=Q(limit_amount__gte=0)),
        ]


class BlockedContact(models.Model):
    """A phone number (as a keyed hash) that orders are held for 黑名单."""

    phone_hash = models.CharField(max_length=64, unique=True)
    display = models.CharField(max_length=32, help_text="masked, for lists")
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "blocked_contact"


class Supplier(models.Model):
    """Whom goods are bought from 供应商."""

    class SendBy(models.TextChoices):
        """How purchase orders reach them."""

        NONE = "none", _("By hand")
        EMAIL = "email", _("E-mail with PDF")
        EDI = "edi", _("EDI file (X12 850)")
        API = "api", _("Signed call to their address")

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    #: The person to talk to, and how; business data, yet masked for whoever may not see recipients.
    contact = models.CharField(max_length=50, blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    email = models.CharField(max_length=200, blank=True, default="")
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    address = models.CharField(max_length=200, blank=True, default="")
    currency = models.CharField(max_length=3, default="CNY")
    #: Days from the order to the goods where no price list says otherwise.
    lead_time_days = models.PositiveSmallIntegerField(default=7)
    payment_days = models.PositiveSmallIntegerField(default=30)
    #: Less than this in one order they do not deliver.
    min_order_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    send_by = models.CharField(max_length=8, choices=SendBy, default=SendBy.NONE)
    #: The number that they know us by.
    account_number = models.CharField(max_length=64, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "supplier"
        constraints = [
            models.CheckConstraint(
                name="supplier_min_order", condition=Q(min_order_amount=None) | Q(min_order_amount__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["name"], name="supplier_name")]
