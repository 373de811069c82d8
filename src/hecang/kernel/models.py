"""Tables of the ground: events to deliver, answers to repeat, files being imported."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """A fact to tell upwards, written in the transaction that made it true.

    ``txid`` orders events so that a reader that stops at the oldest running transaction misses none:
    sequence values alone become visible out of order.
    """

    txid = models.BigIntegerField(
        db_default=models.expressions.RawSQL("pg_current_xact_id()::text::bigint", ())
    )
    name = models.CharField(max_length=64)
    payload = models.JSONField()
    at = models.DateTimeField()
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "outbox_event"
        indexes = [models.Index(fields=["txid", "id"], name="outbox_event_order")]


class OutboxCursor(models.Model):
    """How far one consumer has read."""

    consumer = models.CharField(max_length=64, unique=True)
    txid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "outbox_cursor"


class IdempotencyRecord(models.Model):
    """The first answer under an ``Idempotency-Key``, to be given again."""

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    content_type = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "idempotency_record"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_record_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_record_age")]


class ImportJob(models.Model):
    """One file on its way in."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        READING = "reading", _("Reading")
        VALIDATED = "validated", _("Validated")  # dry run done, or waits for a person's word
        APPLYING = "applying", _("Applying")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class OnError(models.TextChoices):
        STOP = "stop", _("Import nothing if any row is wrong")
        SKIP = "skip", _("Leave out what is wrong, import the rest")

    kind = models.CharField(max_length=32)
    file_name = models.CharField(max_length=255)
    file_path = models.CharField(max_length=500)
    file_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    dry_run = models.BooleanField(default=False)
    on_error = models.CharField(max_length=8, choices=OnError, default=OnError.STOP)
    #: {"columns": {our column: their heading}, "constants": {our column: value}, "options": {…}}
    mapping = models.JSONField(default=dict)
    rows_total = models.PositiveBigIntegerField(default=0)
    rows_read = models.PositiveBigIntegerField(default=0)
    rows_bad = models.PositiveBigIntegerField(default=0)
    groups_checked = models.PositiveBigIntegerField(default=0)
    #: Findings beyond what is kept (``imports.findings.MAX_KEPT``): only counted.
    findings_left_off = models.PositiveBigIntegerField(default=0)
    #: Groups are what is written in one piece: an order with its lines, one SKU.
    groups_total = models.PositiveBigIntegerField(default=0)
    groups_done = models.PositiveBigIntegerField(default=0)
    created_count = models.PositiveBigIntegerField(default=0)
    updated_count = models.PositiveBigIntegerField(default=0)
    unchanged_count = models.PositiveBigIntegerField(default=0)
    skipped_count = models.PositiveBigIntegerField(default=0)
    warning_count = models.PositiveBigIntegerField(default=0)
    message = models.TextField(blank=True, default="")
    cancel_requested = models.BooleanField(default=False)
    created_by = models.CharField(max_length=100)
    user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "import_job"
        indexes = [
            models.Index(fields=["user_id", "-id"], name="import_job_user"),
            models.Index(
                fields=["state"],
                name="import_job_open",
                condition=Q(state__in=["queued", "reading", "applying"]),
            ),
        ]


class ImportMemory(models.Model):
    """How somebody matched the headings of a file, to be proposed when such a file comes again."""

    kind = models.CharField(max_length=32)
    #: Of the headings, as they are compared: the same columns in any order.
    signature = models.CharField(max_length=64)
    headings = models.JSONField()
    #: As :attr:`ImportJob.mapping`, without how the file is read.
    mapping = models.JSONField()
    used = models.PositiveIntegerField(default=1)
    used_at = models.DateTimeField()

    class Meta:
        db_table = "import_memory"
        constraints = [models.UniqueConstraint(fields=["kind", "signature"], name="import_memory_once")]
        indexes = [models.Index(fields=["kind", "-used_at"], name="import_memory_recent")]


class ImportRow(models.Model):
    """A row waiting to be applied. Removed group by group as they are applied, so a restart goes on.

    Bad rows (``data`` is null) are kept until it is decided what becomes of their group.
    """

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveBigIntegerField(help_text="as the person's program numbers it")
    group_key = models.CharField(max_length=200)
    data = models.JSONField(null=True)

    class Meta:
        db_table = "import_row"
        indexes = [models.Index(fields=["job", "group_key", "row"], name="import_row_group")]


class ImportGroup(models.Model):
    """Rows that are written in one piece, in the order in which the file names them first."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="groups")
    first_row = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200)
    row_count = models.PositiveIntegerField()
    is_bad = models.BooleanField(default=False)

    class Meta:
        db_table = "import_group"
        constraints = [models.UniqueConstraint(fields=["job", "first_row"], name="import_group_order")]


class ImportFinding(models.Model):
    """Something wrong or odd in the file, with its place."""

    class Severity(models.TextChoices):
        ERROR = "error", _("Error")
        WARNING = "warning", _("Warning")

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="findings")
    severity = models.CharField(max_length=8, choices=Severity)
    row = models.PositiveBigIntegerField(null=True)
    field = models.CharField(max_length=64, blank=True, default="")
    code = models.CharField(max_length=64)
    message = models.TextField()
    value = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "import_finding"
        indexes = [
            models.Index(fields=["job", "row", "id"], name="import_finding_row"),
            models.Index(
                fields=["job", "severity"], name="import_finding_errors", condition=Q(severity="error")
            ),
        ]
