"""What suppliers sell, and for how much."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class DateRange(Func):
    """PostgreSQL's ``daterange``."""

    function = "daterange"
    output_field: Any = DateRangeField()


class SupplierItem(models.Model):
    """One SKU as one supplier sells it."""

    supplier = models.ForeignKey(
        "partners.Supplier", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Their own code and name of it.
    supplier_sku = models.CharField(max_length=64, blank=True, default="")
    supplier_name = models.CharField(max_length=200, blank=True, default="")
    #: The least that they deliver, and in steps of how many (a carton, say). Base units.
    min_order_quantity = models.BigIntegerField(default=1)
    order_multiple = models.BigIntegerField(default=1)
    #: Days from the order to the goods; null: as the supplier.
    lead_time_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "supplier_item"
        constraints = [
            models.UniqueConstraint(fields=["supplier", "sku"], name="supplier_item_once"),
            models.CheckConstraint(
                name="supplier_item_quantities", condition=Q(min_order_quantity__gte=1, order_multiple__gte=1)
            ),
        ]
        indexes = [models.Index(fields=["sku", "supplier"], name="supplier_item_sku")]


class SupplierPrice(models.Model):
    """A price from a quantity on, for a span of days. Of one quantity there is one price a day."""

    item = models.ForeignKey(SupplierItem, on_delete=models.CASCADE, related_name="prices", db_index=False)
    min_quantity = models.BigIntegerField(default=1)
    price = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    #: The last day; null: until further notice.
    valid_to = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "supplier_price"
        constraints = [
            ExclusionConstraint(
                name="supplier_price_no_overlap",
                expressions=[
                    (F("item"), RangeOperators.EQUAL),
                    (F("currency"), RangeOperators.EQUAL),
                    (F("min_quantity"), RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="supplier_price_values", condition=Q(min_quantity__gte=1, price__gte=0)
            ),
            models.CheckConstraint(
                name="supplier_price_span",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]
