"""What a company wants of its purchasing, and how it reaches its suppliers."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hecang.accounts.models import Role


class PurchasePolicy(models.Model):
    """One row (id 1)."""

    class Choice(models.TextChoices):
        """Whom to buy from, where nobody has said."""

        CHEAPEST = "cheapest", _("The cheapest")
        FASTEST = "fastest", _("The fastest")

    choice = models.CharField(max_length=8, choices=Choice, default=Choice.CHEAPEST)
    #: Limits and steps are in this currency; ``rates``: currency → how much of it one unit is worth.
    base_currency = models.CharField(max_length=3, default="CNY")
    rates = models.JSONField(default=dict)
    #: Up to this much whoever submitted an order may approve it as well.
    self_limit = models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(10_000))
    #: How far an invoice may lie above what was agreed, in percent, and in money for one whole invoice.
    quantity_tolerance = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    price_tolerance = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(1))
    amount_tolerance = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(1))
    #: Customers may be promised what was ordered before its supplier has confirmed it.
    announces_unconfirmed = models.BooleanField(default=False, db_default=False)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "purchase_policy"
        constraints = [
            models.CheckConstraint(
                name="purchase_policy_values",
                condition=Q(id=1, self_limit__gte=0, quantity_tolerance__gte=0)
                & Q(price_tolerance__gte=0, amount_tolerance__gte=0),
            )
        ]


class PurchaseApprovalStep(models.Model):
    """From this amount on somebody with this role has to say yes, too."""

    from_amount = models.DecimalField(max_digits=16, decimal_places=2)
    role = models.CharField(max_length=32, choices=Role, unique=True)

    class Meta:
        db_table = "purchase_approval_step"
        constraints = [
            models.CheckConstraint(name="purchase_approval_step_amount", condition=Q(from_amount__gte=0))
        ]


class SupplierLink(models.Model):
    """Where a supplier takes orders by program; encrypted, for secrets are among it."""

    supplier = models.OneToOneField(
        "partners.Supplier", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    way = models.CharField(max_length=8)
    settings_cipher = models.BinaryField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "supplier_link"


class PurchaseDispatch(models.Model):
    """A revision of an order on its way to the supplier."""

    class Kind(models.TextChoices):
        ORDER = "order", _("Order")
        CHANGE = "change", _("Changed order")
        CANCEL = "cancel", _("Cancellation")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    order = models.ForeignKey(
        "purchasing.PurchaseOrder", on_delete=models.CASCADE, related_name="dispatches", db_index=False
    )
    revision = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    way = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    #: Where it goes: an e-mail address, a folder, an address; for people to read.
    target = models.CharField(max_length=200, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "purchase_dispatch"
        indexes = [
            models.Index(fields=["order", "id"], name="purchase_dispatch_order"),
            models.Index(fields=["due_at", "id"], name="purchase_dispatch_due", condition=Q(state="waiting")),
            models.Index(
                fields=["claimed_at"], name="purchase_dispatch_sending", condition=Q(state="sending")
            ),
        ]
