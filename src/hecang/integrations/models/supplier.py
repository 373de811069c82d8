"""Files of suppliers that were read: remembered, so that none is applied twice."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SupplierFile(models.Model):
    """An interchange of a supplier with answers to our orders."""

    class State(models.TextChoices):
        TAKEN = "taken", _("Taken in")
        FAILED = "failed", _("Could not be read")

    supplier = models.ForeignKey(
        "partners.Supplier", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    #: Names the file for ever: the number of its interchange, or its digest where that cannot be read.
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=State)
    #: Numbers of the orders that were answered.
    orders = models.JSONField(default=list)
    #: [{code, message, row, field}]
    problems = models.JSONField(default=list)
    #: {number of a transaction set: [[code, message, row]]}, to be acknowledged.
    rejected = models.JSONField(default=dict)
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "supplier_file"
        constraints = [models.UniqueConstraint(fields=["supplier", "key"], name="supplier_file_key")]
        indexes = [models.Index(fields=["taken_at"], name="supplier_file_taken")]
