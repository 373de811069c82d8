"""What carrier connectors have in common: digests of Chinese gateways, forms, JSON and XML in texts, scans.

Like :mod:`hecang.integrations.channels.documents`: whatever an answer looks like, only
:class:`~hecang.kernel.connectors.OutsideError` is raised.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import parse_qsl
from xml.parsers import expat

from django.utils.translation import gettext_noop as _
from pydantic import Field

from hecang.integrations.channels.documents import clean, malformed
from hecang.kernel.connectors import BadSignature, Refused
from hecang.shipping.carriers.base import PartyAddress, TrackEvent, TrackStatus, WaybillOrder

#: No scan is older: zeros and the like are no times.
_FIRST_YEAR = 2000
#: The setting ``statuses`` of carriers whose tables of codes are not published in full.
STATUSES_FIELD: Any = Field(
    default_factory=dict,
    title=_("Meaning of scan codes"),
    description=_(
        "The carrier's code → picked_up, in_transit, out_for_delivery, delivered and so on: it adds to the"
        " connector's table, or overrules it."
    ),
)
#: Words by which carriers say that there is nothing to give back.
_GONE = ("不存在", "查询不到", "未找到", "已取消", "已消单", "已作废", "已撤销")


def md5_base64(text: str) -> str:
    """Base64 of the sixteen bytes of an MD5: the digest of most Chinese carriers."""
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


def md5_hex(text: str) -> str:
    """MD5 in lower-case hex."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def require_same(expected: str, given: str) -> None:
    """Raises :class:`BadSignature` where ``given`` is another; takes the same time wherever they differ."""
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise BadSignature("the message is not signed with our secret", code="bad_signature")


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a form; the last of equal names. What is none has none."""
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return {}


def json_in(value: Any, where: str) -> Any:
    """JSON inside a text of an answer; what is an object or list already stays."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=Decimal)
    except (ValueError, RecursionError):
        malformed(f"{where} is no JSON")


def keepable(value: Any) -> Any:
    """JSON from outside as it can be kept: no Decimal, no halves of characters."""
    return json.loads(clean(json.dumps(value, ensure_ascii=False, default=float)))


def xml_attributes(text: str, element: str) -> list[Mapping[str, str]]:
    """Attributes of every element of this name, without document types or entities (no “billion laughs”)."""
    found: list[Mapping[str, str]] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == element:
            found.append(attributes)

    def refuse(*_declaration: Any) -> NoReturn:
        malformed("the XML declares a document type or an entity")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        malformed("the message is no XML")
    return found


def scan(
    number: str,
    at: datetime | None,
    status: TrackStatus,
    *,
    code: str = "",
    text: str = "",
    place: str = "",
) -> list[TrackEvent]:
    """One scan, or none where nobody can say when it was."""
    if at is None or at.year < _FIRST_YEAR:
        return []
    return [TrackEvent(number, at, status, raw_code=code, text=text, place=place)]


def status_of(code: str, told: Mapping[str, TrackStatus], table: Mapping[str, TrackStatus]) -> TrackStatus:
    """What a code means: by the settings, by the table, else that the parcel moves."""
    return told.get(code) or table.get(code, TrackStatus.IN_TRANSIT)


def says_gone(message: str) -> bool:
    """Whether a refusal to cancel says that there is no such order (any more)."""
    return any(word in message for word in _GONE)


def refuse_cash(order: WaybillOrder) -> None:
    """Raises :class:`Refused` where cash is to be collected and the connector has no documented way to say so."""
    if order.cash_on_delivery:
        raise Refused("cash on delivery cannot be ordered through this connection", code="no_cash")


def kilograms(weight_g: int) -> float:
    """At least ten grams: carriers refuse nothing at all."""
    return max(weight_g, 10) / 1000


def goods_name(order: WaybillOrder, most: int = 60) -> str:
    """What is in the parcel, in one line."""
    return "、".join(one.name for one in order.goods)[:most] or "商品"


def goods_count(order: WaybillOrder) -> int:
    return sum(one.quantity for one in order.goods) or 1


def one_line(party: PartyAddress) -> str:
    """The whole address in one line, for those who take it so."""
    return f"{party.province}{party.city}{party.district}{party.address}"
