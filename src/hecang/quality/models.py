"""What is odd about master data, and what codes have to look like."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")


class QualityFinding(models.Model):
    """One thing that a check found about one record. Kept after it is gone, to tell what became of it."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        IGNORED = "ignored", _("Accepted as it is")
        FIXED = "fixed", _("Mended")

    check_code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=Severity)
    entity_kind = models.CharField(max_length=32)
    entity_id = models.BigIntegerField()
    #: How people know the record: its code or number. Never a person's name.
    label = models.CharField(max_length=128)
    field = models.CharField(max_length=40, blank=True, default="")
    #: Facts for the message.
    data = models.JSONField(default=dict)
    related_id = models.BigIntegerField(null=True, blank=True)
    related_label = models.CharField(max_length=128, blank=True, default="")
    #: What a fix would write, where the check can tell; empty where a person has to.
    suggestion = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=100, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "quality_finding"
        constraints = [
            models.UniqueConstraint(
                fields=["check_code", "entity_id", "field", "related_id"],
                name="quality_finding_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["check_code", "-id"], name="quality_finding_open", condition=Q(state="open")
            ),
            models.Index(fields=["state", "-id"], name="quality_finding_state"),
            models.Index(fields=["entity_kind", "entity_id"], name="quality_finding_entity"),
        ]


class CodingRule(models.Model):
    """What codes of one kind look like in this company; see ``quality.coding``."""

    entity_kind = models.CharField(max_length=32)
    #: A mask such as ``AAA-9999``.
    mask = models.CharField(max_length=100)
    note = models.CharField(max_length=200, blank=True, default="")
    #: Errors are refused by imports and forms, warnings are told.
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.WARNING)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "coding_rule"
        constraints = [models.UniqueConstraint(fields=["entity_kind", "mask"], name="coding_rule_once")]
