"""Calls to the other side, through the Qimen gateway or directly."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext_noop
from pydantic import Field, SecretStr

from hecang.integrations.qimen.signing import PREFIX, sign, time_text
from hecang.integrations.qimen.xml import Node, XmlRefused, parse
from hecang.kernel.connectors import (
    AlreadyDone,
    ConnectorSettings,
    Link,
    OutsideError,
    Refused,
    Throttled,
    Unreachable,
)

GATEWAY = "https://qimen.api.taobao.com/router/qimen/service"
#: Codes of the gateway itself: nobody behind it has seen the message.
_GATEWAY_BUSY = frozenset({"TOP7", "7"})
_GATEWAY_FAILED = frozenset({"TOP1", "TOP15"})
#: What partners say to a message that they have had before.
_KNOWN = ("重复", "已存在", "duplicate", "already exist")


class QimenSettings(ConnectorSettings):
    """What both directions need."""

    base_url: str = Field(
        GATEWAY,
        title=gettext_noop("Address"),
        max_length=300,
        description=gettext_noop(
            "Of the Qimen gateway, or of the other system where it speaks Qimen directly."
        ),
    )
    app_key: str = Field(title=gettext_noop("App key"), max_length=64)
    app_secret: SecretStr = Field(title=gettext_noop("App secret"))
    customer_id: str = Field(title=gettext_noop("Customer id (customerId)"), max_length=64)
    shop: str = Field(
        title=gettext_noop("Shop"),
        max_length=64,
        description=gettext_noop("Code of our shop under which these orders run; its owner owns the goods."),
    )
    owner_code: str = Field(
        title=gettext_noop("Their owner code (ownerCode)"),
        max_length=64,
        description=gettext_noop("What the other side calls the owner of the goods. Others are refused."),
    )
    warehouses: dict[str, str] = Field(
        title=gettext_noop("Warehouses"),
        min_length=1,
        description=gettext_noop("Their warehouseCode → code of our warehouse. Others are refused."),
    )
    services: dict[str, str] = Field(
        default_factory=dict,
        title=gettext_noop("Carrier services"),
        description=gettext_noop("Their logisticsCode, such as SF → code of our carrier service."),
    )
    window_minutes: int = Field(
        10,
        ge=1,
        le=1440,
        title=gettext_noop("Oldest message in minutes"),
        description=gettext_noop("Messages whose timestamp differs more from our clock are refused."),
    )
    calls_per_second: int = Field(20, ge=1, le=1000, title=gettext_noop("Calls a second"))


class QimenConnector:
    """One side of the protocol: sends messages and hears what the other side says."""

    code: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[QimenSettings]] = QimenSettings
    features: ClassVar[frozenset[str]] = frozenset({"check", "receive"})

    def __init__(self, settings: QimenSettings, link: Link) -> None:
        self.settings = settings
        self.link = link
        self.calls_per_second = float(settings.calls_per_second)

    def send(self, method: str, body: bytes) -> Node:
        """Send one message; the answer where it is a success.

        :raises AlreadyDone: the other side has had it before.
        :raises Refused: it said no. :raises Throttled: :raises Unreachable: try again.
        """
        parameters = {
            "method": PREFIX + method,
            "timestamp": time_text(self.link.now()),
            "format": "xml",
            "app_key": self.settings.app_key,
            "v": "2.0",
            "sign_method": "md5",
            "customerId": self.settings.customer_id,
        }
        parameters["sign"] = sign(self.settings.app_secret.get_secret_value(), parameters, body)
        answer = self.link.send(
            "POST",
            self.settings.base_url,
            params=parameters,
            content=body,
            headers={"Content-Type": "text/xml;charset=utf-8"},
        )
        if answer.status_code >= 400:
            raise Unreachable(f"HTTP {answer.status_code}", code=str(answer.status_code))
        try:
            response = parse(answer.content)
        except XmlRefused as error:
            raise Unreachable("the answer is no XML", code="not_xml") from error
        if response.text("flag").lower() == "success":
            return response
        raise _refusal(response)

    def check(self) -> None:
        raise NotImplementedError


def _refusal(response: Node) -> OutsideError:
    code = response.text("code", "sub_code")
    message = response.text("message", "sub_message", "msg") or "the other side said no"
    if code in _GATEWAY_BUSY:
        return Throttled(message, code=code, retry_after=timedelta(seconds=5))
    if code in _GATEWAY_FAILED:
        return Unreachable(message, code=code)
    if any(word in message.lower() for word in _KNOWN):
        return AlreadyDone(message, code=code)
    return Refused(message, code=code or "failure")
