"""Kits made and taken apart: components become one piece with a SKU of its own, and the other way."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class KitDirection(models.TextChoices):
    ASSEMBLE = "assemble", _("Put together")
    DISMANTLE = "dismantle", _("Take apart")


class KitJobState(models.TextChoices):
    """Progress of a job. The transitions are in ``states_kitting``."""

    OPEN = "open", _("Open")
    STARTED = "started", _("Partly done")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class KitJob(models.Model):
    """So many kits to make (or take apart) of goods that lie at one place."""

    number = models.CharField(max_length=32, unique=True)
    direction = models.CharField(max_length=16, choices=KitDirection, default=KitDirection.ASSEMBLE)
    state = models.CharField(max_length=16, choices=KitJobState, default=KitJobState.OPEN)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    kit = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.PositiveBigIntegerField(help_text="kits")
    done = models.PositiveBigIntegerField(default=0)
    #: Where what is used up is taken from, and where what is made goes.
    from_location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    note = models.CharField(max_length=200, blank=True, default="")
    due_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(null=True, blank=True, unique=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kit_job"
        constraints = [
            models.CheckConstraint(name="kit_job_quantity", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="kit_job_done", condition=Q(done__lte=F("quantity"))),
        ]
        indexes = [models.Index(fields=["warehouse", "state", "-id"], name="kit_job_state")]


class KitJobComponent(models.Model):
    """What one kit is made of, as the catalogue said when the job was made."""

    job = models.ForeignKey(KitJob, on_delete=models.CASCADE, related_name="components", db_index=False)
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.PositiveIntegerField()

    class Meta:
        db_table = "kit_job_component"
        constraints = [models.UniqueConstraint(fields=["job", "sku"], name="kit_job_component_once")]


class KitStep(models.Model):
    """Kits that were made (or taken apart) in one go; its ledger entries name it (``kit_step``)."""

    job = models.ForeignKey(KitJob, on_delete=models.CASCADE, related_name="steps", db_index=False)
    #: Made by whoever asks, so that a repetition gets the first answer (law 8).
    key = models.UUIDField(unique=True)
    quantity = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        db_table = "kit_step"
        constraints = [models.CheckConstraint(name="kit_step_quantity", condition=Q(quantity__gt=0))]
        indexes = [models.Index(fields=["job", "-id"], name="kit_step_job")]
