"""Quality of what comes in: plans, how severely each supplier is inspected, inspections, claims."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Sampling(models.TextChoices):
    """How many units of a lot are looked at."""

    ISO2859 = "iso2859", _("By AQL (ISO 2859-1)")
    FULL = "full", _("Every unit")
    FIXED = "fixed", _("A fixed number")


class Severity(models.TextChoices):
    """How strictly a supplier's lots are judged; moved by the record, see ``sampling.switching``."""

    NORMAL = "normal", _("Normal")
    TIGHTENED = "tightened", _("Tightened")
    REDUCED = "reduced", _("Reduced")
    STOPPED = "stopped", _("Stopped: every unit, until the supplier has improved")


class InspectionLevel(models.TextChoices):
    I = "I", "I"  # noqa: E741 - the standard's name
    II = "II", "II"
    III = "III", "III"
    S1 = "S-1", "S-1"
    S2 = "S-2", "S-2"
    S3 = "S-3", "S-3"
    S4 = "S-4", "S-4"


class DefectClass(models.TextChoices):
    CRITICAL = "critical", _("Critical")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


class InspectionPlan(models.Model):
    """What is inspected and how 检验方案. Of those that fit goods, the most specific holds: SKU, supplier, category."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    sku = models.ForeignKey("catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: With all categories below it.
    category = models.ForeignKey(
        "catalog.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sampling = models.CharField(max_length=8, choices=Sampling, default=Sampling.ISO2859)
    level = models.CharField(max_length=4, choices=InspectionLevel, default=InspectionLevel.II)
    #: Acceptance quality limits in per cent; 0: not one such defect.
    aql_critical = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    aql_major = models.DecimalField(max_digits=6, decimal_places=3, default="2.5")
    aql_minor = models.DecimalField(max_digits=6, decimal_places=3, default="4.0")
    fixed_size = models.PositiveIntegerField(null=True, blank=True)
    #: Move between normal, tightened and reduced by the record; otherwise always normal.
    switches = models.BooleanField(default=True)
    #: After so many accepted lots in a row only every ``skip_every``-th is inspected; null: every lot.
    skip_after = models.PositiveSmallIntegerField(null=True, blank=True)
    skip_every = models.PositiveSmallIntegerField(null=True, blank=True)
    #: See ``services.checklists``: [{code, label, kind, unit, low, high, defect_class, required}].
    checklist = models.JSONField(default=list, blank=True)
    instructions = models.CharField(max_length=1000, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "inspection_plan"
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "supplier", "category"],
                name="inspection_plan_scope",
                condition=Q(is_active=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="inspection_plan_fixed", condition=~Q(sampling="fixed") | Q(fixed_size__gt=0)
            ),
            models.CheckConstraint(
                name="inspection_plan_skip",
                condition=Q(skip_after=None, skip_every=None) | Q(skip_after__gte=1, skip_every__gte=2),
            ),
        ]


class InspectionRecord(models.Model):
    """How the lots of one supplier (and SKU) fared under a plan: what the next one is inspected by."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.CASCADE, related_name="records", db_index=False)
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(
        "partners.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    severity = models.CharField(max_length=12, choices=Severity, default=Severity.NORMAL)
    #: Whether each of the last lots under this severity was accepted, the newest last.
    recent = ArrayField(models.BooleanField(), default=list)
    #: Switching score of ISO 2859-1: 30 leads from normal to reduced.
    score = models.PositiveSmallIntegerField(default=0)
    #: Lots refused since inspection was tightened; the fifth stops it.
    refused_tightened = models.PositiveSmallIntegerField(default=0)
    accepted_in_row = models.PositiveIntegerField(default=0)
    skipped_in_row = models.PositiveSmallIntegerField(default=0)
    lots = models.PositiveIntegerField(default=0)
    lots_refused = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "inspection_record"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "sku", "supplier"], name="inspection_record_key", nulls_distinct=False
            ),
        ]


class InspectionState(models.TextChoices):
    """Progress of an inspection. The transitions are ``states_quality.INSPECTION_TRANSITIONS``."""

    WAITING = "waiting", _("Waiting")
    IN_PROGRESS = "in_progress", _("In progress")
    DECIDED = "decided", _("Decided")
    SKIPPED = "skipped", _("Skipped by record")
    CANCELLED = "cancelled", _("Cancelled")


class Decision(models.TextChoices):
    ACCEPT = "accept", _("Accepted")
    REJECT = "reject", _("Rejected")
    CONDITIONAL = "conditional", _("Accepted in part")


class Inspection(models.Model):
    """One lot of goods to be judged 检验单: its units lie in quarantine until it is decided."""

    number = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=12, choices=InspectionState, default=InspectionState.WAITING)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(
        "inventory.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    supplier = models.ForeignKey(
        "partners.Supplier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    plan = models.ForeignKey(
        InspectionPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    #: The receipt that brought it; ids, since the receipt may be archived before the record of quality is.
    receipt_id = models.BigIntegerField(null=True, blank=True)
    receipt_line_id = models.BigIntegerField(null=True, blank=True)
    purchase_line_id = models.BigIntegerField(null=True, blank=True)
    #: Units of the lot; what of them became good; what was refused.
    quantity = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    #: Of the accepted ones, those that stay in quarantine until a difference of their receipt is decided.
    held = models.PositiveBigIntegerField(default=0, db_default=0)
    # How it is inspected.
    severity = models.CharField(max_length=12, choices=Severity, default=Severity.NORMAL)
    sample_size = models.PositiveBigIntegerField(default=0)
    #: {class: {aql, letter, size, accept, reject}}
    limits = models.JSONField(default=dict)
    checklist = models.JSONField(default=list)
    # What was found.
    inspected = models.PositiveBigIntegerField(default=0)
    critical = models.PositiveBigIntegerField(default=0, help_text="units with a critical defect")
    major = models.PositiveBigIntegerField(default=0)
    minor = models.PositiveBigIntegerField(default=0)
    inspector = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    started_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=12, choices=Decision, blank=True, default="")
    #: ``damaged`` or ``vendor``: what becomes of refused units.
    rejected_to = models.CharField(max_length=8, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    decided_by = models.CharField(max_length=100, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "inspection"
        constraints = [
            models.UniqueConstraint(
                fields=["receipt_id", "sku", "lot", "owner", "state"],
                name="inspection_of_receipt",
                condition=Q(receipt_id__isnull=False, state__in=["waiting", "skipped"]),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="inspection_quantities",
                condition=Q(quantity__gte=0, accepted__gte=0, rejected__gte=0)
                & Q(quantity__gte=F("accepted") + F("rejected")),
            ),
            models.CheckConstraint(
                name="inspection_decided_whole",
                condition=~Q(state="decided") | Q(quantity=F("accepted") + F("rejected")),
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "-id"], name="inspection_queue"),
            models.Index(fields=["state", "-id"], name="inspection_state"),
            models.Index(fields=["sku", "-id"], name="inspection_sku"),
            models.Index(fields=["supplier", "decided_at"], name="inspection_supplier"),
            models.Index(
                fields=["receipt_id"], name="inspection_receipt", condition=Q(receipt_id__isnull=False)
            ),
        ]


class InspectionPart(models.Model):
    """Where units of an inspection were received."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="parts", db_index=False)
    location = models.ForeignKey(
        "facility.Location", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    container = models.ForeignKey(
        "inventory.Container",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    quantity = models.BigIntegerField()

    class Meta:
        db_table = "inspection_part"
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "location", "container"],
                name="inspection_part_place",
                nulls_distinct=False,
            ),
        ]


class InspectionResult(models.Model):
    """One answer of the checklist, or one defect that was found besides. ``unit`` 0 means the lot as a whole."""

    inspection = models.ForeignKey(
        Inspection, on_delete=models.CASCADE, related_name="results", db_index=False
    )
    #: Code of the checklist's item; blank for a defect besides.
    item = models.CharField(max_length=32, blank=True, default="")
    unit = models.PositiveIntegerField(default=0)
    is_good = models.BooleanField()
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    text = models.CharField(max_length=500, blank=True, default="")
    photo = models.CharField(max_length=64, blank=True, default="", help_text="id of an uploaded photo")
    #: Of what is not good, and how many units have it.
    defect_class = models.CharField(max_length=8, choices=DefectClass, blank=True, default="")
    defect_units = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        db_table = "inspection_result"
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "item", "unit"],
                name="inspection_result_once",
                condition=~Q(item=""),
            ),
            models.CheckConstraint(
                name="inspection_result_defect",
                condition=Q(is_good=True, defect_units=0)
                | Q(is_good=False, defect_units__gt=0) & ~Q(defect_class=""),
            ),
        ]
        indexes = [models.Index(fields=["inspection", "id"], name="inspection_result_of")]


class ClaimState(models.TextChoices):
    """Progress of a claim. The transitions are ``states_quality.CLAIM_TRANSITIONS``."""

    OPEN = "open", _("Open")
    SENT = "sent", _("Sent to the supplier")
    AGREED = "agreed", _("Agreed")
    SETTLED = "settled", _("Settled")
    REFUSED = "refused", _("Refused by the supplier")
    CANCELLED = "cancelled", _("Cancelled")


class Settlement(models.TextChoices):
    CREDIT = "credit", _("Credit note")
    REFUND = "refund", _("Money back")
    REPLACEMENT = "replacement", _("Replacement")
    REWORK = "rework", _("Rework paid")


class Claim(models.Model):
    """What a supplier owes us for goods that were not as agreed 索赔单."""

    number = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=12, choices=ClaimState, default=ClaimState.OPEN)
    supplier = models.ForeignKey(
        "partners.Supplier", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("partners.Owner", on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.ForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False)
    inspection = models.ForeignKey(
        Inspection, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    receipt_id = models.BigIntegerField(null=True, blank=True)
    purchase_line_id = models.BigIntegerField(null=True, blank=True)
    quantity = models.BigIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="CNY")
    reason = models.CharField(max_length=500)
    #: How it ended.
    settlement = models.CharField(max_length=12, choices=Settlement, blank=True, default="")
    settled_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    note = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "claim"
        constraints = [
            models.UniqueConstraint(
                fields=["inspection"],
                name="claim_of_inspection",
                condition=Q(inspection__isnull=False) & ~Q(state="cancelled"),
            ),
            models.CheckConstraint(
                name="claim_amounts", condition=Q(quantity__gt=0, amount__gte=0, settled_amount__gte=0)
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="claim_state"),
            models.Index(fields=["supplier", "-id"], name="claim_supplier"),
        ]
