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


class Freedom(models.TextChoices):
    """How far a shop lets things happen by themselves."""

    OFF = "off", _("Never")
    ASK = "ask", _("By hand")
    AUTO = "auto", _("By itself")


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
    #: Orders of one recipient that may travel as one: not, shown to the desk, or joined as soon as approved.
    merge_policy = models.CharField(
        max_length=4, choices=Freedom, default=Freedom.ASK, db_default=Freedom.ASK
    )
    #: Orders placed further apart than this are not brought together unless by hand.
    merge_hours = models.PositiveSmallIntegerField(default=24, db_default=24)
    #: What approved orders are split by without being asked; see ``services.split_policies``.
    split_by = ArrayField(models.CharField(max_length=16), default=list, db_default=[], blank=True)
    #: The most that one order may weigh or take up where it is split by ``size``; null for no limit.
    split_weight_g = models.PositiveIntegerField(null=True, blank=True)
    split_volume_mm3 = models.PositiveBigIntegerField(null=True, blank=True)
    #: Gifts that are missing are backordered; otherwise they are left out.
    gifts_wait = models.BooleanField(default=False, db_default=False)
    #: What is short is replaced by an allowed substitute: not, by hand, or as soon as it is short.
    substitute_policy = models.CharField(
        max_length=4, choices=Freedom, default=Freedom.ASK, db_default=Freedom.ASK
    )
    #: Incomplete addresses, and wishes of buyers on the platform that wait for a person, open tickets.
    ticket_address = models.BooleanField(default=False, db_default=False)
    ticket_requests = models.BooleanField(default=True, db_default=True)
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
    MERGED = "merged", _("Merged")


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
    #: Keyed digest of who gets it and where (32 hex digits): equal for orders that may travel as one.
    recipient_digest = models.CharField(max_length=32, blank=True, default="", db_default="")
    #: Of a pre-sale: what was paid beforehand, what is still to be paid, and when it was.
    deposit_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    balance_due = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    balance_paid_at = models.DateTimeField(null=True, blank=True)
    #: A pre-sale that has not been released: its units are backordered, and take part in nothing.
    awaits_release = models.BooleanField(default=False, db_default=False)
    #: The recipient is readable to the platform only: ``recipient_cipher`` carries its sealed tokens (OAID …).
    is_sealed = models.BooleanField(default=False, db_default=False)
    placed_at = models.DateTimeField()
    #: Not to be shipped before (pre-sale), and the latest that the platform allows.
    ship_after = models.DateTimeField(null=True, blank=True)
    ship_by = models.DateTimeField(null=True, blank=True)
    #: What we told the customer, and what we expect now.
    promised_at = models.DateTimeField(null=True, blank=True)
    expected_at = models.DateTimeField(null=True, blank=True)
    #: Approved on the customer's credit, and paid since when.
    on_account = models.BooleanField(default=False, db_default=False)
    settled_at = models.DateTimeField(null=True, blank=True)
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
            # Who gets several parcels: open orders that no wave has taken, by recipient.
            models.Index(
                fields=["recipient_digest", "owner"],
                name="sales_order_mergeable",
                condition=Q(state__in=["pending", "approved"]) & ~Q(recipient_digest=""),
            ),
            models.Index(
                fields=["ship_after", "id"], name="sales_order_presale", condition=Q(awaits_release=True)
            ),
            models.Index(fields=["region_code", "-placed_at", "-id"], name="sales_order_region"),
            models.Index(
                fields=["customer", "-placed_at"],
                name="sales_order_customer",
                condition=Q(customer__isnull=False),
            ),
            # What customers owe.
            models.Index(
                fields=["customer", "placed_at"],
                name="sales_order_unsettled",
                condition=Q(on_account=True, settled_at__isnull=True),
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
    #: The order that the customer bought it with, where that is not this one: merged into it, or split.
    source_order = models.ForeignKey(
        SalesOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: Why it was added to what the customer bought, such as the rule behind a gift.
    reason = models.CharField(max_length=64, blank=True, default="", db_default="")
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
            models.Index(
                fields=["source_order"],
                name="sales_order_line_source",
                condition=Q(source_order__isnull=False),
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
        RULE = "rule", _("Held by a rule")
        CREDIT = "credit", _("Customer's credit used up")
        PRESALE_LIMIT = "presale_limit", _("Beyond the limit of the pre-sale")
        PLATFORM = "platform", _("Stopped by the platform")
        REFUND = "refund", _("Buyer wants to cancel")

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


class OrderSourcing(models.Model):
    """Why an order comes from where it comes: what was known and chosen when it was last sourced 寻源."""

    class Reason(models.TextChoices):
        INTAKE = "intake", _("Order taken in")
        CHANGED = "changed", _("Order changed")
        FILLED = "filled", _("Backorder filled")
        RESOURCED = "resourced", _("Whole book sourced again")

    order = models.OneToOneField(
        SalesOrder, primary_key=True, on_delete=models.CASCADE, related_name="sourcing"
    )
    reason = models.CharField(max_length=16, choices=Reason)
    decided_at = models.DateTimeField()
    #: As ``sourcing.record`` writes it.
    decision = models.JSONField()

    class Meta:
        db_table = "order_sourcing"


class SourcingRun(models.Model):
    """One look at the whole open book: what was moved, and what that saved."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    started_by = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    orders = models.PositiveIntegerField(default=0, help_text="looked at")
    proposed = models.PositiveIntegerField(default=0, help_text="worth moving")
    moved = models.PositiveIntegerField(default=0)
    units = models.PositiveBigIntegerField(default=0, help_text="moved")
    #: Worth moving, but the stock or the order had gone on meanwhile.
    lost = models.PositiveIntegerField(default=0)
    cost_before = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    cost_after = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    #: What the moves save: freight, handling, splits and lateness.
    saved = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    gap = models.FloatField(null=True, blank=True, help_text="proven distance from the best, of its cost")
    seconds = models.FloatField(default=0)

    class Meta:
        db_table = "sourcing_run"
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="sourcing_run_one")
        ]
        indexes = [models.Index(fields=["-started_at"], name="sourcing_run_started")]


class ScarcityPrice(models.Model):
    """What the others would pay for a unit: single orders that can do without it leave it to them."""

    sku = models.ForeignKey("catalog.Sku", on_delete=models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey("partners.Owner", on_delete=models.CASCADE, related_name="+", db_index=False)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    price = models.FloatField()

    class Meta:
        db_table = "scarcity_price"
        constraints = [
            models.UniqueConstraint(fields=["sku", "owner", "warehouse"], name="scarcity_price_key"),
            models.CheckConstraint(name="scarcity_price_positive", condition=Q(price__gt=0)),
        ]


class WarehouseLoad(models.Model):
    """Open orders and units that wait in a warehouse with a daily capacity, as the last look at the book found."""

    warehouse = models.OneToOneField(
        "facility.Warehouse", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    orders = models.PositiveIntegerField()
    units = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "warehouse_load"


class ExpectedSupply(models.Model):
    """Units that are to come in, for the promise of what waits for them."""

    sku = models.ForeignKey("catalog.Sku", on_delete=models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey("partners.Owner", on_delete=models.CASCADE, related_name="+", db_index=False)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    #: What tells it: a purchase order's or a supplier's number; saying it again changes what was said.
    reference = models.CharField(max_length=64)
    quantity = models.BigIntegerField()
    expected_at = models.DateTimeField()

    class Meta:
        db_table = "expected_supply"
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "owner", "warehouse", "reference"], name="expected_supply_key"
            ),
            models.CheckConstraint(name="expected_supply_positive", condition=Q(quantity__gt=0)),
        ]


class OrderMerge(models.Model):
    """One order that has gone into another, and what it takes to part them again."""

    target = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: The lines that moved.
    line_ids = ArrayField(models.BigIntegerField())
    #: State of the source, and what the target was told to take over: ``{field: [before, after]}``.
    source_state = models.CharField(max_length=20, choices=OrderState)
    taken_over = models.JSONField(default=dict)
    merged_by = models.CharField(max_length=100)
    merged_at = models.DateTimeField()
    undone_by = models.CharField(max_length=100, blank=True, default="")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "order_merge"
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at__isnull=True), name="order_merge_standing"
            ),
            models.CheckConstraint(condition=~Q(target=F("source")), name="order_merge_not_itself"),
        ]
        indexes = [models.Index(fields=["target"], name="order_merge_target")]


class SkuSubstitute(models.Model):
    """What may be sent in place of a SKU 替代品."""

    sku = models.ForeignKey("catalog.Sku", on_delete=models.CASCADE, related_name="+", db_index=False)
    substitute = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Only in orders of this shop; null means in all.
    shop = models.ForeignKey(
        Shop, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    #: Units of the substitute for one unit of the SKU.
    ratio = models.PositiveIntegerField(default=1)
    priority = models.PositiveSmallIntegerField(default=100, help_text="smaller is earlier")
    #: The customer has to agree each time, so it is never done by itself.
    needs_consent = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "sku_substitute"
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "substitute", "shop"], name="sku_substitute_unique", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(sku=F("substitute")), name="sku_substitute_not_itself"),
            models.CheckConstraint(condition=Q(ratio__gte=1), name="sku_substitute_ratio_positive"),
        ]


class PresaleCampaign(models.Model):
    """Units of a SKU that a shop sells before they are there 预售."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="presales", db_index=False)
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity_limit = models.BigIntegerField()
    #: Units taken so far; counted anew from the orders when it seems to be used up.
    claimed = models.BigIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: Not to be shipped before.
    ship_after = models.DateTimeField()
    #: Paid beforehand for each unit; 0 where the whole price is.
    deposit = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "presale_campaign"
        constraints = [
            models.CheckConstraint(condition=Q(quantity_limit__gt=0), name="presale_campaign_limit_positive"),
            models.CheckConstraint(
                condition=Q(claimed__gte=0, claimed__lte=F("quantity_limit")),
                name="presale_campaign_not_oversold",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="presale_campaign_window"),
        ]
        indexes = [
            models.Index(
                fields=["shop", "sku", "starts_at"], name="presale_campaign_shop", condition=Q(is_active=True)
            )
        ]


class PresaleClaim(models.Model):
    """A line of an order that counts against the limit of a campaign."""

    campaign = models.ForeignKey(
        PresaleCampaign, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    line = models.OneToOneField(SalesOrderLine, on_delete=models.CASCADE, related_name="+")
    claimed_at = models.DateTimeField()

    class Meta:
        db_table = "presale_claim"
        indexes = [models.Index(fields=["campaign", "line"], name="presale_claim_campaign")]


class OrderDecision(models.Model):
    """What a rule, a built-in check or a person decided on an order, and on which facts. Append-only by use."""

    class Stage(models.TextChoices):
        INTAKE = "intake", _("On arrival")
        STOCK = "stock", _("After sourcing")
        CHANGE = "change", _("After a change")
        APPROVAL = "approval", _("On approval")
        RELEASE = "release", _("Released by hand")

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    stage = models.CharField(max_length=16, choices=Stage)
    #: The rule and its version; null for built-in checks.
    rule = models.ForeignKey(
        "rules.Rule", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(null=True, blank=True)
    #: Code of a built-in check, or ``rule``.
    code = models.CharField(max_length=32)
    #: ``[{"action": code, …}]``: what came of it.
    outcome = models.JSONField(default=list)
    #: The facts that the condition mentions, without personal data.
    facts = models.JSONField(default=dict)
    actor = models.CharField(max_length=100)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "order_decision"
        indexes = [
            models.Index(fields=["order", "id"], name="order_decision_order"),
            models.Index(
                fields=["rule", "decided_at"], name="order_decision_rule", condition=Q(rule__isnull=False)
            ),
        ]


class DryRun(models.Model):
    """Draft rules asked about orders that exist; nothing of the orders changes."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    #: The rules that are tried, as they were asked for.
    drafts = models.JSONField(default=list)
    order_ids = ArrayField(models.BigIntegerField(), default=list)
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True, default="")
    user_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "order_dry_run"
        indexes = [models.Index(fields=["created_at"], name="order_dry_run_created")]
