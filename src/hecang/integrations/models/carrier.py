"""Which connection does what for which carrier."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CarrierLink(models.Model):
    """A carrier is served by at most one connection for its waybills and one for its scans.

    Both may be the same; scans may also come through an aggregator that serves many carriers.
    """

    class Role(models.TextChoices):
        SHIP = "ship", _("Orders waybills")
        TRACK = "track", _("Follows parcels")

    carrier = models.ForeignKey("shipping.Carrier", on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=8, choices=Role)
    connection = models.ForeignKey("Connection", on_delete=models.CASCADE, related_name="carrier_links")
    #: The connector's code of the carrier, where it serves several.
    code = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        db_table = "carrier_link"
        constraints = [models.UniqueConstraint(fields=["carrier", "role"], name="carrier_link_role")]
