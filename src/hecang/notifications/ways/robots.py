"""Robots in group chats, as DingTalk, Feishu and WeCom document them.

Signatures: DingTalk signs ``timestamp + "\\n" + secret`` (milliseconds) with the secret as the key and puts the sign
into the address; Feishu signs the empty text with ``timestamp + "\\n" + secret`` (seconds) as the key and puts the sign
into the body; WeCom has none, its key is the secret. Each says "too fast" by a code of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_noop
from pydantic import Field, SecretStr

from hecang.kernel import clock
from hecang.kernel.connectors import ConnectorSettings
from hecang.notifications.ways.base import Letter, Sender, SendFailed
from hecang.notifications.ways.posting import post_json

_PAUSE = timedelta(minutes=1)


def dingtalk_sign(secret: str, timestamp_ms: int) -> str:
    """The sign for the address, not yet percent-encoded."""
    text = f"{timestamp_ms}\n{secret}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def feishu_sign(secret: str, timestamp: int) -> str:
    """The sign for the body."""
    key = f"{timestamp}\n{secret}"
    return base64.b64encode(hmac.new(key.encode(), b"", hashlib.sha256).digest()).decode()


class DingTalkSettings(ConnectorSettings):
    access_token: SecretStr = Field(title=gettext_noop("Access token"))
    secret: SecretStr = Field(SecretStr(""), title=gettext_noop("Signing secret"))
    base_url: str = Field("https://oapi.dingtalk.com", title=gettext_noop("Address"), max_length=200)


class DingTalk(Sender):
    settings = DingTalkSettings
    per_minute = 20

    def send(self, settings: DingTalkSettings, letter: Letter) -> None:
        stamp = int(clock.now().timestamp() * 1000)
        url = f"{settings.base_url}/robot/send?access_token={quote(settings.access_token.get_secret_value(), safe='')}"
        if secret := settings.secret.get_secret_value():
            url += f"&timestamp={stamp}&sign={quote(dingtalk_sign(secret, stamp), safe='')}"
        body = {"msgtype": "markdown", "markdown": {"title": letter.title, "text": _markdown(letter)}}
        _accepted(post_json(url, body), "errcode", "errmsg", too_fast={130101, 660026})


class FeishuSettings(ConnectorSettings):
    token: SecretStr = Field(title=gettext_noop("Token of the address"))
    secret: SecretStr = Field(SecretStr(""), title=gettext_noop("Signing secret"))
    base_url: str = Field("https://open.feishu.cn", title=gettext_noop("Address"), max_length=200)


class Feishu(Sender):
    settings = FeishuSettings
    per_minute = 100

    def send(self, settings: FeishuSettings, letter: Letter) -> None:
        stamp = int(clock.now().timestamp())
        lines: list[list[dict[str, str]]] = [[{"tag": "text", "text": letter.text}]] if letter.text else []
        if letter.link:
            lines.append([{"tag": "a", "text": letter.link, "href": letter.link}])
        post = {
            "zh_cn": {"title": letter.title, "content": lines or [[{"tag": "text", "text": letter.title}]]}
        }
        body: dict[str, Any] = {"msg_type": "post", "content": {"post": post}}
        if secret := settings.secret.get_secret_value():
            body = {"timestamp": str(stamp), "sign": feishu_sign(secret, stamp), **body}
        url = f"{settings.base_url}/open-apis/bot/v2/hook/{quote(settings.token.get_secret_value(), safe='')}"
        _accepted(post_json(url, body), "code", "msg", too_fast={9499, 11232})


class WeComSettings(ConnectorSettings):
    key: SecretStr = Field(title=gettext_noop("Key of the address"))
    base_url: str = Field("https://qyapi.weixin.qq.com", title=gettext_noop("Address"), max_length=200)


class WeCom(Sender):
    settings = WeComSettings
    per_minute = 20

    def send(self, settings: WeComSettings, letter: Letter) -> None:
        url = (
            f"{settings.base_url}/cgi-bin/webhook/send?key={quote(settings.key.get_secret_value(), safe='')}"
        )
        body = {"msgtype": "markdown", "markdown": {"content": _markdown(letter)}}
        _accepted(post_json(url, body), "errcode", "errmsg", too_fast={45009})


def _markdown(letter: Letter) -> str:
    parts = [f"### {letter.title}", letter.text, f"[{letter.link}]({letter.link})" if letter.link else ""]
    return "\n\n".join(part for part in parts if part)


def _accepted(answer: dict[str, Any], code: str, message: str, *, too_fast: set[int]) -> None:
    """These platforms say no with HTTP 200 and a code."""
    value = answer.get(code)
    if value in (0, "0"):
        return
    words = f"{value}: {answer.get(message, '')}"
    if value in too_fast:
        raise SendFailed(words, retry_after=_PAUSE)
    raise SendFailed(words, may_retry=False)
