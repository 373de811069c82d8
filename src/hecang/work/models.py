"""The task pool: every thing that a person or a robot does in a warehouse, who does it, and since when."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaskKind(models.TextChoices):
    """What kind of work. Which app stands behind each kind is said by ``holders``."""

    PICK = "pick", _("Pick")
    PUTBACK = "putback", _("Putback")
    RECEIVE = "receive", _("Receive")
    INSPECT = "inspect", _("Inspect")
    PUTAWAY = "putaway", _("Putaway")
    MOVE = "move", _("Move")
    REPLENISH = "replenish", _("Replenish")
    COUNT = "count", _("Count")
    KIT = "kit", _("Kitting")
    TRANSFER = "transfer", _("Transfer")


class TaskState(models.TextChoices):
    """Progress of a task. The transitions are ``states.TRANSITIONS``."""

    OPEN = "open", _("Open")
    ASSIGNED = "assigned", _("Assigned")
    STARTED = "started", _("Started")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


#: Somebody has it.
HELD = ("assigned", "started", "paused")
#: It is still to be done.
STANDING = ("open", *HELD)


class Task(models.Model):
    """One unit of work that one worker takes as a whole: a batch to pick, a pallet to put away, a place to count."""

    kind = models.CharField(max_length=16, choices=TaskKind)
    state = models.CharField(max_length=16, choices=TaskState, default=TaskState.OPEN)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: Where most of the work is done.
    zone = models.ForeignKey(
        "facility.Zone", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    priority = models.PositiveSmallIntegerField(default=100, help_text="smaller is earlier")
    due_at = models.DateTimeField(null=True, blank=True)
    #: Not to be begun before.
    ready_at = models.DateTimeField(null=True, blank=True)
    from_location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sku = models.ForeignKey(
        "catalog.Sku", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    container = models.ForeignKey(
        "inventory.Container",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    quantity = models.BigIntegerField(default=0, help_text="base units to handle")
    #: What the worker has to be able to do and to have; empty for anybody. See ``Worker``.
    skill = models.CharField(max_length=32, blank=True, default="")
    equipment = models.CharField(max_length=32, blank=True, default="")
    #: How long it is expected to take, walk and hands together.
    est_seconds = models.PositiveIntegerField(default=0)
    #: The document behind it, such as ``batch`` or ``count_line``, and its id.
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True, default="")
    assignee = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", db_index=False
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    #: Until when it is its worker's without a sign of life; null while it is paused on purpose.
    lease_until = models.DateTimeField(null=True, blank=True)
    #: When it was begun for the first time.
    started_at = models.DateTimeField(null=True, blank=True)
    #: Since when it is being worked on without a break; null while nobody does.
    working_since = models.DateTimeField(null=True, blank=True)
    #: Worked on it before ``working_since``, by whomever.
    worked_seconds = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=100, blank=True, default="")
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "task"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                name="task_one_standing",
                condition=Q(state__in=STANDING),
            ),
            models.CheckConstraint(
                name="task_assignee",
                condition=Q(state__in=HELD, assignee__isnull=False)
                | Q(state="open", assignee__isnull=True)
                | Q(state__in=["done", "cancelled"]),
            ),
            models.CheckConstraint(name="task_quantity", condition=Q(quantity__gte=0)),
        ]
        indexes = [
            models.Index(
                fields=["warehouse", "priority", "due_at", "id"], name="task_queue", condition=Q(state="open")
            ),
            models.Index(fields=["assignee", "id"], name="task_held", condition=Q(state__in=HELD)),
            models.Index(fields=["lease_until"], name="task_lease", condition=Q(state__in=HELD)),
            models.Index(fields=["subject_kind", "subject_id"], name="task_subject"),
            models.Index(fields=["warehouse", "state", "-id"], name="task_state"),
            models.Index(fields=["warehouse", "done_at"], name="task_done", condition=Q(state="done")),
        ]


class TaskEvent(models.Model):
    """What happened to a task: the facts from which labour is measured. Only ever added to."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    #: ``created``, ``assigned``, ``started``, ``paused``, ``resumed``, ``released``, ``handed_over``, ``expired``,
    #: ``reprioritised``, ``done`` or ``cancelled``.
    event = models.CharField(max_length=16)
    actor = models.CharField(max_length=100)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "task_event"
        indexes = [
            models.Index(fields=["task", "id"], name="task_event_task"),
            models.Index(fields=["user", "at"], name="task_event_user", condition=Q(user__isnull=False)),
        ]


class ShiftTemplate(models.Model):
    """Hours in which people of a warehouse work, by its own clock, as its manager has planned them."""

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=64)
    begins_at = models.TimeField()
    #: Not after ``begins_at`` where the shift goes over midnight.
    ends_at = models.TimeField()
    #: Begin, end, begin, end.
    breaks = ArrayField(models.TimeField(), default=list, blank=True)

    class Meta:
        db_table = "shift_template"
        constraints = [models.UniqueConstraint(fields=["warehouse", "name"], name="shift_template_name")]


class TaskDuration(models.Model):
    """How long tasks of a kind have taken in a warehouse lately: for those of which nobody has said it."""

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=16, choices=TaskKind)
    #: The median.
    seconds = models.PositiveIntegerField()
    #: Finished tasks that it was learned from.
    tasks = models.PositiveIntegerField()

    class Meta:
        db_table = "task_duration"
        constraints = [models.UniqueConstraint(fields=["warehouse", "kind"], name="task_duration_kind")]


class Worker(models.Model):
    """What assignment has to know of somebody who works on the floor."""

    user = models.OneToOneField(
        "accounts.User", primary_key=True, on_delete=models.CASCADE, related_name="worker"
    )
    warehouse = models.ForeignKey("facility.Warehouse", on_delete=models.PROTECT, related_name="workers")
    #: Codes such as ``forklift`` or ``hazard``; a task that asks for one goes to nobody else.
    skills = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    #: What they have with them.
    equipment = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    #: Kinds of tasks that they do; empty for all.
    kinds = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    home_zone = models.ForeignKey(
        "facility.Zone", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_on_shift = models.BooleanField(default=False)
    on_shift_since = models.DateTimeField(null=True, blank=True)
    #: The hours that they usually work; those of the warehouse that fit the moment at which they begin if not said.
    shift = models.ForeignKey(
        ShiftTemplate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    #: When the shift ends that they have begun; null where nobody has planned it.
    shift_ends_at = models.DateTimeField(null=True, blank=True)
    #: Its breaks: begin, end, begin, end.
    shift_breaks = ArrayField(models.DateTimeField(), default=list, blank=True, db_default=[])
    on_break_since = models.DateTimeField(null=True, blank=True)
    #: When they came back from their last break.
    break_ended_at = models.DateTimeField(null=True, blank=True)
    #: Where they scanned last.
    last_location = models.ForeignKey(
        "facility.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "worker"
        indexes = [
            models.Index(fields=["warehouse", "user"], name="worker_on_shift", condition=Q(is_on_shift=True)),
        ]


class FloorSession(models.Model):
    """One job at hand on one handheld: which scenario, at which step, with what in mind. See ``floor``."""

    id = models.UUIDField(primary_key=True, help_text="made by the handheld")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    scenario = models.CharField(max_length=32)
    #: How it was begun, such as ``{"task_id": "7"}``.
    given = models.JSONField(default=dict)
    #: What the scenario has to remember; only it knows the shape.
    memory = models.JSONField(default=dict)
    #: The step that was answered last, as the handheld shows it.
    step = models.JSONField(default=dict)
    #: Counts accepted entries; a handheld says which one it has seen.
    version = models.PositiveIntegerField(default=0)
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "floor_session"
        indexes = [
            models.Index(fields=["user", "-updated_at"], name="floor_session_open", condition=Q(is_open=True))
        ]


class FloorEntry(models.Model):
    """What a handheld sent, kept so that its repetition is answered and changes nothing (law 8)."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        #: Came for a step that is no longer shown; waits for its worker to say what to do with it.
        HELD = "held", _("To be decided")
        APPLIED = "applied", _("Applied later")
        DROPPED = "dropped", _("Dropped")

    scan_id = models.UUIDField(unique=True)
    session = models.ForeignKey(
        FloorSession, on_delete=models.CASCADE, related_name="entries", db_index=False
    )
    actor = models.CharField(max_length=100)
    #: When the server took it, and when the handheld says it happened (offline: earlier).
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True, blank=True)
    entry = models.JSONField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.REFUSED)
    answer = models.JSONField(default=dict)

    class Meta:
        db_table = "floor_entry"
        indexes = [
            models.Index(fields=["session", "-id"], name="floor_entry_session"),
            models.Index(fields=["session", "id"], name="floor_entry_held", condition=Q(outcome="held")),
        ]


class FloorPhoto(models.Model):
    """A picture taken on the floor, for whatever document it then belongs to. The bytes lie with the tickets' files."""

    warehouse = models.ForeignKey(
        "facility.Warehouse", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    file = models.ForeignKey("tickets.TicketFile", on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=64)
    added_by = models.CharField(max_length=100)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    added_at = models.DateTimeField()

    class Meta:
        db_table = "floor_photo"
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "file", "added_by"], name="floor_photo_once")
        ]
