"""Exception tickets 异常工单: what happened, who sees to it, until when, and how it ended."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TicketKind(models.TextChoices):
    """What kind of trouble. ``kinds.KINDS`` says what follows from each."""

    SHORTAGE = "shortage", _("Shortage")
    ADDRESS = "address", _("Address")
    DELAY = "delay", _("Delay")
    DAMAGE = "damage", _("Damage")
    LOST = "lost", _("Lost")
    RETURNED = "returned", _("Sent back")
    REFUSED = "refused", _("Refused by the recipient")
    BUYER_REQUEST = "buyer_request", _("Buyer's request")
    PRICE = "price", _("Price")
    CHANNEL = "channel", _("Channel")
    DUPLICATE = "duplicate", _("Duplicate")
    OTHER = "other", _("Other")


class TicketState(models.TextChoices):
    """Progress of a ticket. The transitions are ``states.TRANSITIONS``."""

    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


class Resolution(models.TextChoices):
    """How a ticket ended."""

    SOLVED = "solved", _("Solved")
    RESUPPLIED = "resupplied", _("Stock came in")
    CORRECTED = "corrected", _("Data corrected")
    REPLACED = "replaced", _("Sent again or exchanged")
    REFUNDED = "refunded", _("Refunded")
    CANCELLED = "cancelled", _("Order cancelled")
    COMPENSATED = "compensated", _("Compensated")
    NO_TROUBLE = "no_trouble", _("No trouble after all")
    UNSOLVABLE = "unsolvable", _("Could not be solved")
    MERGED = "merged", _("Merged into another ticket")


class TicketPolicy(models.Model):
    """What a company wants for a kind of trouble; where no row is, ``kinds.KINDS`` holds."""

    kind = models.CharField(max_length=16, choices=TicketKind, unique=True)
    team = models.ForeignKey(
        "notifications.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    due_hours = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField()
    #: Hours after the due time until the lead is told and the priority rises, again and again; 0: never.
    escalate_hours = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "ticket_policy"
        constraints = [
            models.CheckConstraint(
                name="ticket_policy_priority", condition=Q(priority__gte=1, priority__lte=4)
            ),
            models.CheckConstraint(name="ticket_policy_due", condition=Q(due_hours__gte=1)),
        ]


class Ticket(models.Model):
    """One piece of trouble.

    What the system opened says why by ``reason`` (an English source string with ``%(name)s`` places) and
    ``detail``; a person writes ``subject``.
    """

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=TicketKind)
    state = models.CharField(max_length=16, choices=TicketState, default=TicketState.OPEN)
    subject = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    detail = models.JSONField(default=dict)
    #: What it is about, where the system opened it: an open ticket of the same key is found again.
    key = models.CharField(max_length=128, blank=True, default="")
    occurrences = models.PositiveIntegerField(default=1)
    team = models.ForeignKey("notifications.Team", on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: 1 urgent, 2 high, 3 normal, 4 low.
    priority = models.PositiveSmallIntegerField(default=3)
    due_at = models.DateTimeField()
    escalation = models.PositiveSmallIntegerField(default=0)
    escalate_at = models.DateTimeField(null=True, blank=True)
    # What part of the data it belongs to, for data scopes. Plain numbers: the apps that know them are above.
    warehouse_id = models.BigIntegerField(null=True, blank=True)
    shop_id = models.BigIntegerField(null=True, blank=True)
    owner_id = models.BigIntegerField(null=True, blank=True)
    resolution = models.CharField(max_length=16, choices=Resolution, blank=True, default="")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    opened_by = models.CharField(max_length=100)
    opened_by_user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "ticket"
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="ticket_open_key",
                condition=Q(state__in=["open", "in_progress", "waiting"]) & ~Q(key=""),
            ),
            models.CheckConstraint(name="ticket_priority", condition=Q(priority__gte=1, priority__lte=4)),
            models.CheckConstraint(
                name="ticket_resolution",
                condition=Q(state__in=["resolved", "closed"], resolved_at__isnull=False) & ~Q(resolution="")
                | Q(state__in=["open", "in_progress", "waiting"], resolution="", resolved_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "priority", "due_at", "id"], name="ticket_queue"),
            models.Index(fields=["team", "state", "due_at", "id"], name="ticket_team"),
            models.Index(
                fields=["assignee", "state", "due_at", "id"],
                name="ticket_assignee",
                condition=Q(assignee__isnull=False),
            ),
            models.Index(fields=["kind", "-id"], name="ticket_kind"),
            models.Index(
                fields=["due_at", "id"],
                name="ticket_due",
                condition=Q(state__in=["open", "in_progress", "waiting"]),
            ),
            models.Index(
                fields=["escalate_at"],
                name="ticket_escalate",
                condition=Q(state__in=["open", "in_progress", "waiting"], escalate_at__isnull=False),
            ),
            models.Index(fields=["resolved_at"], name="ticket_resolved", condition=Q(state="resolved")),
            models.Index(fields=["-created_at", "-id"], name="ticket_newest"),
            models.Index(
                fields=["merged_into"], name="ticket_merged", condition=Q(merged_into__isnull=False)
            ),
        ]


class TicketLink(models.Model):
    """A document that a ticket is about, by kind, id and number."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links", db_index=False)
    entity_kind = models.CharField(max_length=32)
    entity_id = models.BigIntegerField()
    number = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "ticket_link"
        constraints = [
            models.UniqueConstraint(fields=["ticket", "entity_kind", "entity_id"], name="ticket_link_once")
        ]
        indexes = [models.Index(fields=["entity_kind", "entity_id"], name="ticket_link_entity")]


class TicketEntry(models.Model):
    """One line of a ticket's history: what was said or done. Never changed."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="entries", db_index=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: ``comment`` or what was done: opened, seen_again, taken, assigned, moved, escalated, resolved …
    action = models.CharField(max_length=24)
    body = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    mentions = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "ticket_entry"
        indexes = [models.Index(fields=["ticket", "id"], name="ticket_entry_order")]


class TicketFile(models.Model):
    """The bytes of attachments, each content once. In the database, so that backups and all servers have them."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "ticket_file"


class TicketAttachment(models.Model):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="attachments", db_index=False)
    file = models.ForeignKey(TicketFile, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=64)
    added_by = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "ticket_attachment"
        constraints = [
            models.UniqueConstraint(fields=["ticket", "file", "name"], name="ticket_attachment_once")
        ]
