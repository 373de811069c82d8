"""Who may do what: users, roles, data scopes, API keys; and the audit log."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles of ARCHITECTURE §5; ``roles.PERMISSIONS`` says what each may do."""

    ADMIN = "admin", _("Administrator")
    ORDER_DESK = "order_desk", _("Order desk")
    CUSTOMER_SERVICE = "customer_service", _("Customer service")
    WAREHOUSE_MANAGER = "warehouse_manager", _("Warehouse manager")
    OPERATOR = "operator", _("Operator")
    PURCHASER = "purchaser", _("Purchaser")
    FINANCE = "finance", _("Finance")
    AUDITOR = "auditor", _("Auditor")
    INTEGRATOR = "integrator", _("Integrator")


class UserManager(BaseUserManager["User"]):
    pass


class User(AbstractBaseUser):
    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=64, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=8, default="light")
    roles = models.JSONField(default=list, help_text="role codes")
    is_active = models.BooleanField(default=True)
    #: The password was made by an administrator; the desk asks for an own one at once.
    must_change_password = models.BooleanField(default=False)
    # Data scopes: null means all.
    warehouse_ids = models.JSONField(null=True, blank=True, default=None)
    owner_ids = models.JSONField(null=True, blank=True, default=None)
    shop_ids = models.JSONField(null=True, blank=True, default=None)
    created_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        db_table = "user"
        # names that differ in case only would be mistaken for each other
        constraints = [models.UniqueConstraint(Upper("username"), name="user_username_any_case")]


class SignInThrottle(models.Model):
    """Failed tries to sign in, counted by what was tried and from where.

    Names that do not exist are counted like those that do, so that a refusal tells nothing. Keys are
    keyed hashes: somebody may have typed a password into the wrong field.
    """

    key = models.CharField(max_length=80, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sign_in_throttle"
        indexes = [models.Index(fields=["last_at"], name="sign_in_throttle_age")]


class ApiKey(models.Model):
    """A program's key. Only its SHA-256 is kept: the key itself has 256 random bits."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=64)
    prefix = models.CharField(max_length=12, help_text="shown in lists to tell keys apart")
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "api_key"


class AuditEntry(models.Model):
    """Who changed what, when, from where, and what it was before and after. Append-only."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor = models.CharField(max_length=100)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    #: Code such as ``orders.order.approved``; shown translated.
    action = models.CharField(max_length=64)
    entity_kind = models.CharField(max_length=32)
    entity_id = models.BigIntegerField()
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["entity_kind", "entity_id", "id"], name="audit_entry_entity"),
            models.Index(fields=["at", "id"], name="audit_entry_at"),
            models.Index(
                fields=["user", "at", "id"], name="audit_entry_user", condition=Q(user__isnull=False)
            ),
        ]
