"""A way to one system outside, with its settings and secrets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Connection(models.Model):
    """One account with one system outside: a shop's on its platform, a contract with a carrier, an ERP.

    Settings and token are encrypted as a whole: nothing of them can be searched, shown or dumped.
    """

    class Kind(models.TextChoices):
        CHANNEL = "channel", _("Channel")
        CARRIER = "carrier", _("Carrier")
        ERP = "erp", _("ERP")

    kind = models.CharField(max_length=16, choices=Kind)
    #: Code of the connector, as its registry knows it.
    connector = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    #: Whose orders a channel brings. Other kinds have none.
    shop = models.ForeignKey("orders.Shop", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settings_cipher = models.BinaryField()
    token_cipher = models.BinaryField(null=True, blank=True)
    #: In clear, for the health page: when the token ends, and when nothing but a person can renew it.
    token_expires_at = models.DateTimeField(null=True, blank=True)
    token_refresh_expires_at = models.DateTimeField(null=True, blank=True)
    #: Last part of the address that the other side pushes to: unguessable.
    inbox_key = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=False)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    last_error_code = models.CharField(max_length=100, blank=True, default="")
    last_error_at = models.DateTimeField(null=True, blank=True)
    #: Failed calls in a row, and until when it is left alone for them.
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "connection"
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="connection_name"),
            models.UniqueConstraint(
                fields=["shop"], condition=Q(shop__isnull=False, is_active=True), name="connection_one_a_shop"
            ),
            models.CheckConstraint(
                name="connection_shop_of_channel",
                condition=Q(kind="channel", shop__isnull=False) | (~Q(kind="channel") & Q(shop__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["kind", "connector"], name="connection_connector")]


class ConnectionPace(models.Model):
    """The token bucket of an account: how many calls it has left. Below zero they are taken in advance."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    class Meta:
        db_table = "connection_pace"
