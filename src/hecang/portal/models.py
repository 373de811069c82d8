"""Links that buyers hold, what a shop lets them do, and what they wished."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PortalShop(models.Model):
    """What a shop lets buyers do on their page. A shop without a row has the defaults."""

    shop = models.OneToOneField("orders.Shop", primary_key=True, on_delete=models.CASCADE, related_name="+")
    is_on = models.BooleanField(default=True)
    #: Off unless the shop says so: orders of a platform are cancelled and changed on the platform.
    may_cancel = models.BooleanField(default=False)
    may_change_address = models.BooleanField(default=False)
    may_wish = models.BooleanField(default=True)
    #: How buyers reach somebody, shown as it stands.
    contact = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "portal_shop"


class PortalLink(models.Model):
    """A link to one order. The token itself is not stored: it is made of our secret, the order and ``version``."""

    order = models.OneToOneField("orders.SalesOrder", on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    #: Wrong answers to “the last four digits of the phone” since the last right one.
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "portal_link"


class DeliveryWish(models.Model):
    """How the buyer would like to get the parcel. The last word counts."""

    class Code(models.TextChoices):
        NONE = "none", _("No preference")
        HOME = "home", _("To the door, call first")
        DOORSTEP = "doorstep", _("Leave at the door")
        PICKUP_POINT = "pickup_point", _("To a pick-up point or locker")
        WORKDAY = "workday", _("On working days")
        WEEKEND = "weekend", _("At the weekend")

    order = models.OneToOneField(
        "orders.SalesOrder", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    code = models.CharField(max_length=16, choices=Code)
    note = models.CharField(max_length=100, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "delivery_wish"
