"""How suppliers did, line by line: a view over orders and what came of them."""

from __future__ import annotations

from django.db import models


class PurchasePerformance(models.Model):
    """One row for each line that a supplier was told of and that has a day; the id is that of the line.

    The view is made by the migration that brings it. ``wanted``: what was agreed last, with what had not come when the
    order was closed, without what we cancelled; ``in_time``: what of it had come by the day. Days are the warehouse's.
    """

    order = models.ForeignKey("purchasing.PurchaseOrder", on_delete=models.DO_NOTHING, related_name="+")
    supplier = models.ForeignKey("partners.Supplier", on_delete=models.DO_NOTHING, related_name="+")
    owner = models.ForeignKey("partners.Owner", on_delete=models.DO_NOTHING, related_name="+")
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.DO_NOTHING, related_name="+")
    sku = models.ForeignKey("catalog.Sku", on_delete=models.DO_NOTHING, related_name="+")
    due_on = models.DateField()
    month = models.DateField()
    ordered_on = models.DateField(null=True)
    arrived_on = models.DateField(null=True)
    wanted = models.BigIntegerField()
    received = models.BigIntegerField()
    rejected = models.BigIntegerField()
    in_time = models.BigIntegerField()
    is_complete = models.BooleanField()
    is_on_time = models.BooleanField()
    is_in_full = models.BooleanField()
    is_otif = models.BooleanField()
    lead_days = models.IntegerField(null=True)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    list_price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    currency = models.CharField(max_length=3)
    price_over = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    list_amount = models.DecimalField(max_digits=20, decimal_places=4, null=True)

    class Meta:
        managed = False
        db_table = "purchase_performance"
