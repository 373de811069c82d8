"""What goes through the connection of a channel: orders, products, wishes, confirmations, stock, messages."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hecang.integrations.models.connection import Connection


class ChannelRules(models.Model):
    """How one shop wants its platform to be served."""

    class OnCancel(models.TextChoices):
        HOLD = "hold", _("Hold the order until a person decides")
        CANCEL = "cancel", _("Cancel what has not left")

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="rules"
    )
    #: What a buyer's wish to cancel, or a refund asked for before shipping, does.
    on_cancel = models.CharField(max_length=8, choices=OnCancel, default=OnCancel.CANCEL)
    pull_seconds = models.PositiveIntegerField(default=30)
    #: Days that the last message of an order is kept, encrypted, after it has been taken in.
    payload_days = models.PositiveSmallIntegerField(default=30)
    is_stock_on = models.BooleanField(default=True)
    #: Of what can be sold: so many percent, less so many units, at most so many.
    stock_percent = models.PositiveSmallIntegerField(default=100)
    stock_buffer = models.PositiveIntegerField(default=0)
    stock_quota = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        db_table = "channel_rules"
        constraints = [
            models.CheckConstraint(name="channel_rules_percent", condition=Q(stock_percent__lte=100)),
            models.CheckConstraint(name="channel_rules_pull_seconds", condition=Q(pull_seconds__gte=1)),
        ]


class PullCursor(models.Model):
    """How far a stream of a connection has been pulled.

    A window is worked through page by page; whoever dies in between leaves ``page_cursor`` behind, from
    which the next one goes on.
    """

    class Stream(models.TextChoices):
        ORDERS = "orders", _("Orders")
        REFUNDS = "refunds", _("Refunds")

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="cursors", db_index=False
    )
    stream = models.CharField(max_length=16, choices=Stream)
    #: Everything modified until then has been pulled.
    high_water = models.DateTimeField()
    window_since = models.DateTimeField(null=True, blank=True)
    window_until = models.DateTimeField(null=True, blank=True)
    page_cursor = models.TextField(blank=True, default="")
    next_at = models.DateTimeField()
    ok_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "pull_cursor"
        constraints = [models.UniqueConstraint(fields=["connection", "stream"], name="pull_cursor_stream")]
        indexes = [models.Index(fields=["next_at"], name="pull_cursor_due")]


class WorkLease(models.Model):
    """Who works on what of a connection: one at a time, until then at the latest."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    work = models.CharField(max_length=16)
    holder = models.CharField(max_length=36)
    until = models.DateTimeField()

    class Meta:
        db_table = "work_lease"
        constraints = [models.UniqueConstraint(fields=["connection", "work"], name="work_lease_one")]


class PlatformProduct(models.Model):
    """A product or variant that a shop offers, and which of our SKUs it is."""

    class MappedBy(models.TextChoices):
        NOBODY = "", _("Not mapped")
        CODE = "code", _("By its code")
        HAND = "hand", _("By hand")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    #: The platform's; the merchant's code there where the platform numbers nothing.
    product_id = models.CharField(max_length=64)
    variant_id = models.CharField(max_length=64, blank=True, default="")
    outer_sku = models.CharField(max_length=64, blank=True, default="")
    title = models.CharField(max_length=300, blank=True, default="")
    barcode = models.CharField(max_length=64, blank=True, default="")
    sku = models.ForeignKey("catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    #: Units of the SKU in one of it: a listing of two in a pack has 2.
    units = models.PositiveIntegerField(default=1)
    mapped_by = models.CharField(max_length=8, choices=MappedBy, blank=True, default=MappedBy.NOBODY)
    #: Nobody wants to sell or map it: it is on no list of what is to be done.
    is_ignored = models.BooleanField(default=False)
    #: Instead of the shop's rules; null for as the shop.
    stock_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    stock_buffer = models.PositiveIntegerField(null=True, blank=True)
    stock_quota = models.PositiveIntegerField(null=True, blank=True)
    is_stock_off = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "platform_product"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "product_id", "variant_id"], name="platform_product_key"
            ),
            models.CheckConstraint(name="platform_product_units", condition=Q(units__gte=1)),
            models.CheckConstraint(
                name="platform_product_percent",
                condition=Q(stock_percent__isnull=True) | Q(stock_percent__lte=100),
            ),
            models.CheckConstraint(
                name="platform_product_mapped",
                condition=(Q(sku__isnull=True) & Q(mapped_by="")) | (Q(sku__isnull=False) & ~Q(mapped_by="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "-id"],
                name="platform_product_unmapped",
                condition=Q(sku__isnull=True, is_ignored=False),
            ),
        ]


class PlatformOrder(models.Model):
    """An order on its platform, and the sales order that it became."""

    class State(models.TextChoices):
        REMEMBERED = "remembered", _("Not to be shipped yet")
        UNMAPPED = "unmapped", _("Waits for a mapping")
        FAILED = "failed", _("Could not be taken in")
        IMPORTED = "imported", _("Taken in")
        IGNORED = "ignored", _("Not taken in")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=64)
    #: As the platform says, in the words of ``channels.base.OrderStatus``.
    status = models.CharField(max_length=16)
    #: Of the last version that was applied, and what distinguishes it.
    modified_at = models.DateTimeField()
    digest = models.CharField(max_length=64, blank=True, default="")
    #: Part of the version (recipient, remarks, lines, lines under refund) → its digest or list.
    parts = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State, default=State.REMEMBERED)
    order = models.ForeignKey(
        "orders.SalesOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    error = models.CharField(max_length=64, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    #: [{code, field, message}] of a refused order.
    problems = models.JSONField(default=list)
    #: Products whose mapping it waits for.
    waits_for = ArrayField(models.BigIntegerField(), default=list, blank=True)
    #: The last version, encrypted: needed to take it in later; erased some time after.
    payload_cipher = models.BinaryField(null=True, blank=True)
    placed_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "platform_order"
        constraints = [
            models.UniqueConstraint(fields=["connection", "number"], name="platform_order_key"),
            models.CheckConstraint(
                name="platform_order_imported",
                condition=(Q(state="imported") & Q(order__isnull=False))
                | (~Q(state="imported") & Q(order__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="platform_order_placed"),
            models.Index(fields=["connection", "-placed_at", "-id"], name="platform_order_connection"),
            models.Index(fields=["state", "-placed_at", "-id"], name="platform_order_state"),
            models.Index(fields=["number"], name="platform_order_number"),
            models.Index(fields=["order"], name="platform_order_order", condition=Q(order__isnull=False)),
            models.Index(
                fields=["updated_at"],
                name="platform_order_erasable",
                condition=Q(state__in=["imported", "remembered", "ignored"], payload_cipher__isnull=False),
            ),
            GinIndex(fields=["waits_for"], name="platform_order_waits_for", condition=Q(state="unmapped")),
        ]


class PlatformRequest(models.Model):
    """What a buyer wants of an order on its platform: to cancel, another address, money or goods back."""

    class Kind(models.TextChoices):
        CANCEL = "cancel", _("Cancel")
        ADDRESS = "address", _("Change of address")
        REFUND = "refund", _("Refund")

    class State(models.TextChoices):
        OPEN = "open", _("Open")  # to be decided by a person, or the order is not here yet
        ASKED = "asked", _("Asked of the warehouse")
        STOPPED = "stopped", _("Stopped")
        ACCEPTED = "accepted", _("Accepted")
        TOO_LATE = "too_late", _("Too late")
        RECORDED = "recorded", _("For after-sales")
        CLOSED = "closed", _("Closed on the platform")

    class Answer(models.TextChoices):
        NONE = "", _("None")
        WAITING = "waiting", _("To be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Refused by the platform")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.CharField(max_length=64)
    order_number = models.CharField(max_length=64)
    order = models.ForeignKey(
        "orders.SalesOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    external_line = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    #: Of refunds, as the platform says.
    refund_kind = models.CharField(max_length=16, blank=True, default="")
    refund_status = models.CharField(max_length=16, blank=True, default="")
    quantity = models.PositiveBigIntegerField(default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    reason = models.CharField(max_length=300, blank=True, default="")
    before_shipping = models.BooleanField(default=True)
    return_waybill = models.CharField(max_length=64, blank=True, default="")
    #: The new address, encrypted; erased when the request has ended.
    payload_cipher = models.BinaryField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True, default=Answer.NONE)
    is_accepted = models.BooleanField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    message = models.CharField(max_length=500, blank=True, default="")
    requested_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "platform_request"
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind", "number"], name="platform_request_key")
        ]
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="platform_request_newest"),
            models.Index(fields=["state", "-requested_at", "-id"], name="platform_request_state"),
            models.Index(fields=["connection", "order_number"], name="platform_request_order"),
            models.Index(
                fields=["order"],
                name="platform_request_standing",
                condition=Q(order__isnull=False, state__in=["open", "asked"]),
            ),
            models.Index(
                fields=["connection", "next_try_at"],
                name="platform_request_answer",
                condition=Q(answer="waiting"),
            ),
        ]


class ShipmentConfirm(models.Model):
    """A parcel that a platform has to be told of. One row for each order that the parcel brings."""

    class State(models.TextChoices):
        PENDING = "pending", _("To be sent")
        DONE = "done", _("Confirmed")
        REFUSED = "refused", _("Refused by the platform")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    parcel = models.ForeignKey("outbound.Parcel", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: The order that the customer placed, whatever it was merged into or split into.
    order = models.ForeignKey("orders.SalesOrder", on_delete=models.PROTECT, related_name="+", db_index=False)
    order_number = models.CharField(max_length=64)
    carrier = models.CharField(max_length=16)
    waybill = models.CharField(max_length=40)
    #: [{external_line, product_id, variant_id, quantity}]
    lines = models.JSONField(default=list)
    completes_order = models.BooleanField()
    shipped_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.CharField(max_length=100, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "shipment_confirm"
        constraints = [
            models.UniqueConstraint(fields=["parcel", "order"], name="shipment_confirm_key"),
            models.CheckConstraint(
                name="shipment_confirm_done",
                condition=(Q(state="done") & Q(done_at__isnull=False))
                | (~Q(state="done") & Q(done_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["-shipped_at", "-id"], name="shipment_confirm_newest"),
            models.Index(fields=["state", "-shipped_at", "-id"], name="shipment_confirm_state"),
            models.Index(fields=["order"], name="shipment_confirm_order"),
            models.Index(
                fields=["connection", "next_try_at"],
                name="shipment_confirm_due",
                condition=Q(state="pending"),
            ),
        ]


class PlatformStock(models.Model):
    """What a platform was told of one product last, and whether it is to be told anew."""

    product = models.OneToOneField(
        PlatformProduct, on_delete=models.CASCADE, primary_key=True, related_name="stock"
    )
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    sent = models.PositiveBigIntegerField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    #: Counts up whenever it may have changed; what has been told is true of ``told_version``.
    version = models.BigIntegerField(default=1, db_default=1)
    told_version = models.BigIntegerField(default=0, db_default=0)
    #: Since when there is something to tell.
    changed_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=100, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "platform_stock"
        indexes = [
            models.Index(
                fields=["connection", "changed_at"],
                name="platform_stock_waiting",
                condition=Q(version__gt=models.F("told_version")),
            ),
            models.Index(fields=["sent_at", "product"], name="platform_stock_sent"),
        ]


class StockWatch(models.Model):
    """Up to which transaction changes of availability have been looked at; one row."""

    name = models.CharField(max_length=16, primary_key=True)
    txid = models.BigIntegerField()

    class Meta:
        db_table = "stock_watch"


class PlatformMessage(models.Model):
    """A verified message of a platform, on its way to be worked on."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    #: What it says, encrypted; erased when it is done.
    events_cipher = models.BinaryField(null=True, blank=True)
    event_count = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    repeats = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    message = models.CharField(max_length=500, blank=True, default="")
    received_at = models.DateTimeField()

    class Meta:
        db_table = "platform_message"
        constraints = [models.UniqueConstraint(fields=["connection", "digest"], name="platform_message_key")]
        indexes = [
            models.Index(fields=["id"], name="platform_message_new", condition=Q(state="new")),
            models.Index(fields=["received_at"], name="platform_message_age"),
        ]


class ChannelFile(models.Model):
    """A file that orders came in: remembered, so that none is applied twice."""

    class State(models.TextChoices):
        TAKEN = "taken", _("Taken in")
        FAILED = "failed", _("Could not be read")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    #: Names the file for ever: its digest, the number of an interchange, a mail and its attachment.
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=State)
    orders = models.PositiveIntegerField(default=0)
    #: [{code, message, row, field}]
    problems = models.JSONField(default=list)
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "channel_file"
        constraints = [models.UniqueConstraint(fields=["connection", "key"], name="channel_file_key")]
        indexes = [models.Index(fields=["taken_at"], name="channel_file_taken")]
