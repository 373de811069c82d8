"""Webhooks out: who wants to hear of what, and what became of every message."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WebhookEndpoint(models.Model):
    """An address of somebody's program that hears of events."""

    class Disabled(models.TextChoices):
        BY_HAND = "by_hand", _("Switched off by a person")
        GONE = "gone", _("The receiver said that it is gone (410)")
        FAILING = "failing", _("Failed for days")

    name = models.CharField(max_length=64, unique=True)
    url = models.CharField(max_length=500)
    #: Types it hears of; empty: all.
    event_types = ArrayField(models.CharField(max_length=48), default=list)
    #: Shops whose events it hears of; null: all, and what belongs to no shop.
    shop_ids = ArrayField(models.BigIntegerField(), null=True, blank=True, default=None)
    secret_cipher = models.BinaryField()
    #: The secret before, which signs too until then, so that receivers can change over in peace.
    old_secret_cipher = models.BinaryField(null=True, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=8, choices=Disabled, blank=True, default="")
    disabled_at = models.DateTimeField(null=True, blank=True)
    #: Since when every try has failed.
    failing_since = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_endpoint"


class WebhookMessage(models.Model):
    """One event as receivers get it; the same for all of them."""

    #: Sent as ``webhook-id``: the same at every try and replay.
    key = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=48)
    payload = models.JSONField()
    shop_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_message"
        indexes = [models.Index(fields=["created_at", "id"], name="webhook_message_at")]


class WebhookDelivery(models.Model):
    """A message on its way to one endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        DELIVERED = "delivered", _("Delivered")
        DEAD = "dead", _("Given up")

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    message = models.ForeignKey(
        WebhookMessage, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    #: 0 for the first time; each replay has the next number.
    replay = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_delivery"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "message", "replay"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "id"], name="webhook_delivery_due", condition=Q(state="waiting")
            ),
            models.Index(
                fields=["endpoint", "claimed_at"],
                name="webhook_delivery_sending",
                condition=Q(state="sending"),
            ),
            models.Index(fields=["endpoint", "state", "-id"], name="webhook_delivery_state"),
            models.Index(fields=["state", "-id"], name="webhook_delivery_states"),
            models.Index(fields=["message"], name="webhook_delivery_message"),
        ]


class WebhookAttempt(models.Model):
    """One try."""

    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.CASCADE, related_name="tries", db_index=False
    )
    endpoint_id = models.BigIntegerField()
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    ms = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    #: How the answer began.
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "webhook_attempt"
        indexes = [
            models.Index(fields=["delivery", "id"], name="webhook_attempt_delivery"),
            models.Index(fields=["endpoint_id", "-at"], name="webhook_attempt_endpoint"),
            models.Index(fields=["at"], name="webhook_attempt_age"),
        ]
