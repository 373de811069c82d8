"""Rules that people write, and every version that they ever had."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Rule(models.Model):
    """One rule of a kind: where and when it is in force; what it says is in its current version."""

    kind = models.CharField(max_length=32, help_text="who asks it, such as orders.audit")
    name = models.CharField(max_length=100)
    note = models.CharField(max_length=500, blank=True, default="")
    #: Shops that it is in force for; empty for all.
    shop_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    #: Smaller is asked earlier; equal ones by age.
    position = models.PositiveIntegerField(default=0)
    is_enabled = models.BooleanField(default=False)
    #: Where it matches, no later rule is asked.
    is_last = models.BooleanField(default=False)
    #: Put away: kept for the decisions that it made, never asked again.
    is_archived = models.BooleanField(default=False)
    #: Number of the version in force.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "rule"
        constraints = [
            models.CheckConstraint(
                name="rule_time",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lt=F("valid_to")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "position", "id"],
                name="rule_in_force",
                condition=Q(is_enabled=True, is_archived=False),
            ),
        ]


class RuleVersion(models.Model):
    """What a rule said from some moment on. Append-only: a trigger refuses UPDATE and DELETE."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    condition = models.TextField(max_length=2000)
    #: ``[{"action": code, "parameters": {name: value}}]``
    actions = models.JSONField(default=list)
    author = models.CharField(max_length=100)
    note = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "rule_version"
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_number"),
        ]
