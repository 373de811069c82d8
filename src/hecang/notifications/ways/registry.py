"""The ways there are."""

from __future__ import annotations

from typing import Final

from hecang.notifications.models import Way
from hecang.notifications.ways.base import Sender
from hecang.notifications.ways.email import Email
from hecang.notifications.ways.robots import DingTalk, Feishu, WeCom
from hecang.notifications.ways.webhook import Webhook

SENDERS: Final[dict[str, Sender]] = {
    Way.EMAIL.value: Email(),
    Way.WEBHOOK.value: Webhook(),
    Way.DINGTALK.value: DingTalk(),
    Way.FEISHU.value: Feishu(),
    Way.WECOM.value: WeCom(),
}
