"""Who is told what, where and when; and what became of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Team(models.Model):
    """People who answer for one kind of work; tickets queue at teams, and messages can go to one.

    The built-in teams have no name stored: they are shown by their code in the reader's language.
    """

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64, blank=True, default="")
    lead = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "team"


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="team_memberships")

    class Meta:
        db_table = "team_member"
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_member_once")]


class Way(models.TextChoices):
    """How a message reaches somebody outside of the desk."""

    EMAIL = "email", _("E-mail")
    WEBHOOK = "webhook", _("Webhook")
    DINGTALK = "dingtalk", _("DingTalk robot")
    FEISHU = "feishu", _("Feishu robot")
    WECOM = "wecom", _("WeCom robot")


class Target(models.Model):
    """A shared place that messages go to: a mailbox, an address of a program, a robot in a group chat."""

    way = models.CharField(max_length=16, choices=Way)
    name = models.CharField(max_length=64, unique=True)
    #: Address, secret and the like, encrypted as one JSON value.
    settings_cipher = models.BinaryField()
    #: Topics that it hears of; those sent to its team come besides.
    topics = ArrayField(models.CharField(max_length=64), default=list)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="targets")
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True, default="")
    last_sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "notification_target"


class Profile(models.Model):
    """When a person wants to be left alone, and when the digests come."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", primary_key=True)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_hour = models.PositiveSmallIntegerField(default=9)

    class Meta:
        db_table = "notification_profile"
        constraints = [
            models.CheckConstraint(name="notification_profile_hour", condition=Q(digest_hour__lte=23)),
            models.CheckConstraint(
                name="notification_profile_quiet",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]


class Preference(models.Model):
    """What a person has chosen for a topic and a way; where nothing is, the topic's own default holds."""

    class Timing(models.TextChoices):
        OFF = "off", _("Never")
        NOW = "now", _("At once")
        HOURLY = "hourly", _("Every hour")
        DAILY = "daily", _("Once a day")

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=64)
    way = models.CharField(max_length=16, help_text="in_app or email")
    timing = models.CharField(max_length=8, choices=Timing)

    class Meta:
        db_table = "notification_preference"
        constraints = [
            models.UniqueConstraint(fields=["user", "topic", "way"], name="notification_preference_once")
        ]


class Message(models.Model):
    """Something to tell. Title and text are English source strings with ``%(name)s`` places, translated when shown."""

    topic = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=1000, blank=True, default="")
    data = models.JSONField(default=dict)
    url_path = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "notification_message"
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="notification_message_once")]
        indexes = [models.Index(fields=["created_at"], name="notification_message_age")]


class Notification(models.Model):
    """A message in somebody's inbox."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "notification"
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_inbox"),
            models.Index(
                fields=["user", "-id"], name="notification_unread", condition=Q(read_at__isnull=True)
            ),
        ]


class Delivery(models.Model):
    """A message on its way out of the house, to one person or one shared target, once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        #: The process died between sending and writing that down: nobody knows, so it is not sent again.
        UNSURE = "unsure", _("Unknown whether sent")
        DROPPED = "dropped", _("Not needed any more")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    way = models.CharField(max_length=16, choices=Way)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    target = models.ForeignKey(
        Target, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    #: Goes out together with others of the same person.
    in_digest = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "notification_delivery"
        constraints = [
            models.UniqueConstraint(
                fields=["message", "user", "way", "target"],
                name="notification_delivery_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="notification_delivery_whom",
                condition=Q(user__isnull=False, target__isnull=True)
                | Q(user__isnull=True, target__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="notification_delivery_due", condition=Q(state="waiting")
            ),
            models.Index(
                fields=["claimed_at"], name="notification_delivery_claimed", condition=Q(state="sending")
            ),
            models.Index(fields=["state", "-id"], name="notification_delivery_state"),
            models.Index(
                fields=["target", "sent_at"],
                name="notification_delivery_rate",
                condition=Q(target__isnull=False),
            ),
            models.Index(fields=["-id"], name="notification_delivery_new"),
        ]
