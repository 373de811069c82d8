"""What goes to and fro by the Qimen protocol: messages, parts of messages, what is still to be told, documents."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class QimenMessage(models.Model):
    """Something that the other side told or ordered. Its first good answer is kept and given again."""

    class State(models.TextChoices):
        DONE = "done", _("Done")
        PARTIAL = "partial", _("Parts are missing")
        FAILED = "failed", _("Refused")

    connection = models.ForeignKey(
        "integrations.Connection", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    #: Without the prefix ``taobao.qimen.``.
    method = models.CharField(max_length=64)
    #: What makes it one and the same: ``outBizCode``, else the code of its document, else its digest.
    key = models.CharField(max_length=200)
    document_code = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=8, choices=State)
    code = models.CharField(max_length=64, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    #: The request as it came, encrypted: it names people.
    body_cipher = models.BinaryField()
    #: The answer as it was sent, encrypted likewise.
    answer_cipher = models.BinaryField(null=True, blank=True)
    #: How often it came again after it was done.
    repeats = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "qimen_message"
        constraints = [
            models.UniqueConstraint(fields=["connection", "method", "key"], name="qimen_message_once")
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="qimen_message_newest"),
            models.Index(fields=["document_code"], name="qimen_message_document"),
        ]


class QimenPart(models.Model):
    """A part of a document that comes in several messages. Kept, so that it is known when it comes again."""

    connection = models.ForeignKey(
        "integrations.Connection", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    method = models.CharField(max_length=64)
    document_code = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    line_count = models.PositiveIntegerField()
    body_cipher = models.BinaryField()
    received_at = models.DateTimeField()
    #: When all parts were there and the document was taken in.
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "qimen_part"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "method", "document_code", "digest"], name="qimen_part_once"
            )
        ]


class QimenSending(models.Model):
    """Something that the other side is to be told, once, however often it takes."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    connection = models.ForeignKey(
        "integrations.Connection", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    method = models.CharField(max_length=64)
    #: ``outBizCode``: under it the other side knows the message again.
    key = models.CharField(max_length=100)
    document_code = models.CharField(max_length=100, blank=True, default="")
    body_cipher = models.BinaryField()
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.CharField(max_length=100, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "qimen_sending"
        constraints = [
            models.UniqueConstraint(fields=["connection", "method", "key"], name="qimen_sending_once")
        ]
        indexes = [
            models.Index(
                fields=["connection", "next_try_at"], name="qimen_sending_due", condition=Q(state="pending")
            ),
            models.Index(fields=["-created_at", "-id"], name="qimen_sending_newest"),
            models.Index(fields=["document_code"], name="qimen_sending_document"),
        ]


class QimenDocument(models.Model):
    """A document that both sides know by its code: goods to ship, or goods to receive."""

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Delivery order")
        STOCKOUT = "stockout", _("Stock-out order")
        ENTRY = "entry", _("Entry order")
        RETURN = "return", _("Return order")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PARTLY = "partly", _("Partly done")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    connection = models.ForeignKey(
        "integrations.Connection", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=16, choices=Kind)
    code = models.CharField(max_length=100)
    order_type = models.CharField(max_length=16, blank=True, default="")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    warehouse = models.ForeignKey(
        "facility.Warehouse",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(
        "orders.SalesOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The fulfilment that the other side's warehouse is to ship for us.
    fulfilment = models.ForeignKey(
        "outbound.Fulfilment", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The number that the other side's warehouse gave it.
    outside_id = models.CharField(max_length=100, blank=True, default="")
    #: What is echoed: ``extendProps``, ``remark``, codes as they were told. Nothing about people.
    head = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "qimen_document"
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind", "code"], name="qimen_document_code")
        ]
        indexes = [models.Index(fields=["kind", "state", "-id"], name="qimen_document_state")]


class QimenLine(models.Model):
    """One line of a document."""

    document = models.ForeignKey(
        QimenDocument, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    line_no = models.PositiveIntegerField()
    #: ``orderLineNo`` as it was told; empty where it was not.
    external_line = models.CharField(max_length=64, blank=True, default="")
    item_code = models.CharField(max_length=64)
    sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    inventory_type = models.CharField(max_length=8, blank=True, default="")
    planned = models.BigIntegerField()
    #: What has been received, or was told to have been shipped.
    actual = models.BigIntegerField(default=0)
    head = models.JSONField(default=dict)

    class Meta:
        db_table = "qimen_line"
        constraints = [
            models.UniqueConstraint(fields=["document", "line_no"], name="qimen_line_number"),
            models.CheckConstraint(name="qimen_line_quantities", condition=Q(planned__gte=0, actual__gte=0)),
        ]


class QimenMark(models.Model):
    """Up to which entry of the ledger an ERP was told of changes that its documents did not cause."""

    connection = models.OneToOneField(
        "integrations.Connection", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    movement_id = models.BigIntegerField()

    class Meta:
        db_table = "qimen_mark"
