"""What platforms tell, as bytes to keep: the values of ``channels.base`` to encrypted JSON and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from hecang.integrations.channels.base import (
    AddressChange,
    CancelWish,
    ChannelEvent,
    ChannelOrder,
    ChannelRefund,
    OrderTouched,
)
from hecang.kernel.crypto import decrypt, encrypt, keyed_hash
from hecang.orders.services import RecipientIn

_ORDER = TypeAdapter(ChannelOrder)
_RECIPIENT = TypeAdapter(RecipientIn)
_ADDRESS = TypeAdapter(AddressChange)
_KINDS: dict[str, TypeAdapter[Any]] = {
    "order": _ORDER,
    "refund": TypeAdapter(ChannelRefund),
    "address": _ADDRESS,
    "cancel": TypeAdapter(CancelWish),
    "touched": TypeAdapter(OrderTouched),
}
_NAMES: dict[type, str] = {
    ChannelOrder: "order",
    ChannelRefund: "refund",
    AddressChange: "address",
    CancelWish: "cancel",
    OrderTouched: "touched",
}


def order_seal(order: ChannelOrder) -> bytes:
    return encrypt(_ORDER.dump_json(order))


def order_open(cipher: bytes | memoryview) -> ChannelOrder:
    return _ORDER.validate_json(decrypt(cipher))


def recipient_seal(recipient: RecipientIn) -> bytes:
    return encrypt(_RECIPIENT.dump_json(recipient))


def recipient_open(cipher: bytes | memoryview) -> RecipientIn:
    return _RECIPIENT.validate_json(decrypt(cipher))


def events_seal(events: Sequence[ChannelEvent]) -> bytes:
    rows = [{"kind": _NAMES[type(one)], "value": _dumped(one)} for one in events]
    return encrypt(json.dumps(rows, ensure_ascii=False).encode())


def events_open(cipher: bytes | memoryview) -> list[ChannelEvent]:
    return [
        _KINDS[row["kind"]].validate_json(json.dumps(row["value"])) for row in json.loads(decrypt(cipher))
    ]


def _dumped(event: ChannelEvent) -> Any:
    return _KINDS[_NAMES[type(event)]].dump_python(event, mode="json")


def order_digest(order: ChannelOrder) -> str:
    """What distinguishes two versions of an order that were modified at one time."""
    return hashlib.sha256(_ORDER.dump_json(order)).hexdigest()


def order_parts(order: ChannelOrder) -> dict[str, Any]:
    """The parts of a version by which a later one is compared; keyed where they are personal."""
    return {
        "status": order.status.value,
        "recipient": keyed_hash(_RECIPIENT.dump_json(order.recipient).decode())[:32],
        "remarks": keyed_hash(f"{order.buyer_remark}\n{order.seller_remark}")[:32],
        "lines": sorted(
            [line.external_line, line.product_id, line.variant_id, line.quantity] for line in order.lines
        ),
        "refunding": sorted(line.external_line for line in order.lines if line.is_refunding),
    }
