"""What customers bought, and what stands in the way of shipping it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Channel(models.Model):
    """A sales platform, such as Tmall or the own web site."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        db_table = "channel"


class Shop(models.Model):
    """One account on one channel, with the rules that its orders are audited by."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="shops")
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3, default="CNY")
    #: Ship what is there and backorder the rest; otherwise the order waits until it is complete.
    allow_partial = models.BooleanField(default=True)
    #: Orders above this are held for a person; null means no limit.
    amount_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    #: Orders of the same recipient and lines within these hours are held as possible duplicates; 0 is off.
    duplicate_hours = models.PositiveSmallIntegerField(default=24)
    #: Orders whose buyer wrote something wait until a person has read it.
    hold_remarks = models.BooleanField(default=True)
    #: Approve on arrival what no rule holds.
    auto_approve = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "shop"


class OrderState(models.TextChoices):
    """Progress of a sales order. The transitions are ``states.ORDER_TRANSITIONS``."""

    PENDING = "pending", _("To audit")
    APPROVED = "approved", _("Approved")
    FULFILLING = "fulfilling", _("In the warehouse")
    PARTIALLY_SHIPPED = "partially_shipped", _("Partially shipped")
    SHIPPED = "shipped", _("Shipped")
    CANCELLED = "cancelled", _("Cancelled")


class SalesOrder(models.Model):
    """What a customer bought in one go."""

    class Kind(models.TextChoices):
        SALE = "sale", _("Sale")
        PRESALE = "presale", _("Pre-sale")
        EXCHANGE = "exchange", _("Exchange")
        RESEND = "resend", _("Sent again")

    number = models.CharField(max_length=32)
    # The natural key begins with the shop, and an owner has nearly all rows or nearly none: no indexes.
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="orders", db_index=False)
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    external_number = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=OrderState, default=OrderState.PENDING)
    #: A hold stands (denormalised from OrderHold for lists).
    is_held = models.BooleanField(default=False)
    #: Units are backordered (denormalised from the lines for lists).
    is_short = models.BooleanField(default=False)
    #: Somebody asked to cancel what the warehouse already works on; outbound will answer.
    is_cancelling = models.BooleanField(default=False)
    customer = models.ForeignKey(
        "partners.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    buyer = models.CharField(
        max_length=100, blank=True, default="", help_text="the channel's id of the buyer"
    )
    # Personal data: encrypted blob, what lists may show, and keyed hashes for search.
    recipient_cipher = models.BinaryField(null=True, blank=True)
    recipient_masked = models.CharField(max_length=100, blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True, default="")
    phone_tail = models.CharField(max_length=4, blank=True, default="")
    name_hash = models.CharField(max_length=64, blank=True, default="")
    region_code = models.CharField(max_length=6, blank=True, default="")
    currency = models.CharField(max_length=3, default="CNY")
    goods_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    discount_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    freight_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    total_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.PositiveBigIntegerField(default=0)
    #: Keyed digest of who gets which goods (32 hex digits), for duplicate suspicion; empty where
    #: nothing is known of the recipient.
    content_hash = models.CharField(max_length=32, blank=True, default="")
    priority = models.PositiveSmallIntegerField(default=100, help_text="smaller is earlier")
    buyer_remark = models.CharField(max_length=500, blank=True, default="")
    seller_remark = models.CharField(max_length=500, blank=True, default="")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.SALE, db_default=Kind.SALE)
    #: Words that rules and people give an order, to find and to decide by.
    tags = ArrayField(models.CharField(max_length=32), default=list, db_default=[], blank=True)
    #: The carrier service that a rule or a person chose; null lets rate shopping choose.
    service = models.ForeignKey(
        "shipping.CarrierService",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    #: Warehouses that sourcing is held to, and those that it may not use; empty for no such wish.
    warehouses_only = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    warehouses_never = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    #: The order that this one was split from, or is sent in exchange for or again.
    origin = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="offspring", db_index=False
    )
    #: The order that took over all lines of this one, where two travel as one.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    #: The recipient is readable to the platform only: ``recipient_cipher`` carries its sealed tokens (OAID …).
    is_sealed = models.BooleanField(default=False, db_default=False)
    placed_at = models.DateTimeField()
    #: Not to be shipped before (pre-sale), and the latest that the platform allows.
    ship_after = models.DateTimeField(null=True, blank=True)
    ship_by = models.DateTimeField(null=True, blank=True)
    #: What we told the customer, and what we expect now.
    promised_at = models.DateTimeField(null=True, blank=True)
    expected_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "sales_order"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="sales_order_number"),
            models.UniqueConstraint(fields=["shop", "external_number"], name="sales_order_natural_key"),
        ]
        # Every list of the desk walks one of these from its newest end.
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="sales_order_placed"),
            models.Index(fields=["state", "-placed_at", "-id"], name="sales_order_state_placed"),
            models.Index(fields=["shop", "-placed_at", "-id"], name="sales_order_shop_placed"),
            models.Index(fields=["shop", "state", "-placed_at", "-id"], name="sales_order_shop_state"),
            models.Index(fields=["total_amount", "id"], name="sales_order_total"),
            models.Index(fields=["promised_at", "id"], name="sales_order_promised"),
            # What is late: the open ones of a state by their promise.
            models.Index(
                fields=["state", "promised_at", "id"],
                name="sales_order_due",
                condition=Q(state__in=["pending", "approved", "fulfilling", "partially_shipped"]),
            ),
            models.Index(
                fields=["-placed_at", "-id"], name="sales_order_urgent", condition=Q(priority__lt=100)
            ),
            models.Index(fields=["-placed_at", "-id"], name="sales_order_held", condition=Q(is_held=True)),
            models.Index(fields=["-placed_at", "-id"], name="sales_order_short", condition=Q(is_short=True)),
            models.Index(
                fields=["-placed_at", "-id"], name="sales_order_cancelling", condition=Q(is_cancelling=True)
            ),
            models.Index(fields=["external_number"], name="sales_order_external"),
            GinIndex(fields=["tags"], name="sales_order_tags", condition=~Q(tags=[])),
            models.Index(fields=["origin"], name="sales_order_origin", condition=Q(origin__isnull=False)),
            models.Index(
                fields=["merged_into"], name="sales_order_merged", condition=Q(merged_into__isnull=False)
            ),
            models.Index(
                fields=["ship_after"], name="sales_order_waiting", condition=Q(ship_after__isnull=False)
            ),
            models.Index(fields=["region_code", "-placed_at", "-id"], name="sales_order_region"),
            models.Index(
                fields=["customer", "-placed_at"],
                name="sales_order_customer",
                condition=Q(customer__isnull=False),
            ),
            models.Index(
                fields=["phone_hash", "-placed_at"], name="sales_order_phone", condition=~Q(phone_hash="")
            ),
            models.Index(
                fields=["phone_tail", "-placed_at"], name="sales_order_tail", condition=~Q(phone_tail="")
            ),
            models.Index(
                fields=["name_hash", "-placed_at"], name="sales_order_name", condition=~Q(name_hash="")
            ),
            models.Index(
                fields=["content_hash", "placed_at"],
                name="sales_order_content",
                condition=~Q(content_hash=""),
            ),
        ]


class SalesOrderLine(models.Model):
    """One SKU of an order. The check is law 7: every unit is in exactly one place of its life."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        GIFT = "gift", _("Gift")
        SUBSTITUTE = "substitute", _("Substitute")

    # The unique key begins with the order, and the index below with the SKU.
    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines", db_index=False)
    line_no = models.PositiveIntegerField()
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Set on a component that was sold as part of a kit.
    kit_sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.GOODS, db_default=Kind.GOODS)
    #: The channel's number of the line, which it wants to hear again when goods are shipped.
    external_line = models.CharField(max_length=64, blank=True, default="", db_default="")
    #: The order that the customer bought it with, where that has been merged into this one.
    source_order = models.ForeignKey(
        SalesOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.BigIntegerField(help_text="ordered")
    unit_price = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    reserved = models.BigIntegerField(default=0)
    backordered = models.BigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)
    shipped = models.BigIntegerField(default=0)
    cancelled = models.BigIntegerField(default=0)

    class Meta:
        db_table = "sales_order_line"
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="sales_order_line_no"),
            models.CheckConstraint(
                name="sales_order_line_adds_up",
                condition=Q(
                    quantity=F("reserved")
                    + F("backordered")
                    + F("allocated")
                    + F("shipped")
                    + F("cancelled"),
                    quantity__gt=0,
                    reserved__gte=0,
                    backordered__gte=0,
                    allocated__gte=0,
                    shipped__gte=0,
                    cancelled__gte=0,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["sku", "order"], name="sales_order_line_sku"),
            models.Index(
                fields=["sku", "id"], name="sales_order_line_backorder", condition=Q(backordered__gt=0)
            ),
        ]


class OrderHold(models.Model):
    """A fact about trouble, orthogonal to the state; several can stand at once 挂起."""

    class Code(models.TextChoices):
        STOCK_SHORT = "stock_short", _("Not enough stock")
        AMOUNT_LIMIT = "amount_limit", _("Amount above the limit")
        ADDRESS_INCOMPLETE = "address_incomplete", _("Address incomplete")
        BLOCKED_CUSTOMER = "blocked_customer", _("Customer on the black list")
        DUPLICATE_SUSPECTED = "duplicate_suspected", _("Possible duplicate")
        REMARK = "remark", _("Remark needs a person")
        MANUAL = "manual", _("Held by hand")
        DAMAGED = "damaged", _("Damaged in the warehouse")

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="holds")
    code = models.CharField(max_length=32, choices=Code)
    detail = models.JSONField(default=dict)
    placed_by = models.CharField(max_length=100)
    placed_at = models.DateTimeField()
    released_by = models.CharField(max_length=100, blank=True, default="")
    released_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "order_hold"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "code"], condition=Q(released_at__isnull=True), name="order_hold_standing"
            )
        ]
        indexes = [
            models.Index(
                fields=["code", "-order"], name="order_hold_code", condition=Q(released_at__isnull=True)
            ),
        ]
