"""Signatures of Qimen: MD5 over secret, sorted parameters, the body to the byte, and the secret again.

As the official kit's ``SpiUtils`` does it: headers that ``top-sign-list`` names are sorted in among the parameters.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from hecang.kernel.connectors import BadSignature, Incoming

BEIJING = timezone(timedelta(hours=8))
PREFIX = "taobao.qimen."


def sign(secret: str, parameters: Mapping[str, str], body: bytes) -> str:
    """The signature of a message with these parameters of its address (``sign`` left out)."""
    middle = "".join(
        f"{name}{value}" for name, value in sorted(parameters.items()) if name != "sign" and value is not None
    )
    text = secret.encode() + middle.encode() + body + secret.encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()


def verify(secret: str, message: Incoming, *, now: datetime, window: timedelta) -> None:
    """Raise :class:`BadSignature` unless the message is signed with the secret, and was so just now."""
    parameters = dict(message.query)
    given = parameters.pop("sign", "")
    listed = message.headers.get("top-sign-list", "")
    for name in filter(None, (one.strip() for one in listed.split(","))):
        if (value := message.headers.get(name.lower())) is not None:
            parameters[name] = value
    expected = sign(secret, parameters, message.body)
    if not hmac.compare_digest(expected.encode(), given.upper().encode()):
        raise BadSignature("Signature is invalid", code="sign-check-failure")
    if abs(now - moment(parameters.get("timestamp", ""))) > window:
        raise BadSignature("the timestamp is too old, or lies ahead", code="timestamp-out-of-range")


def moment(text: str) -> datetime:
    """A time as Qimen writes it. Raises :class:`BadSignature` where it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(UTC)
    except ValueError:
        raise BadSignature("there is no timestamp", code="timestamp-out-of-range") from None


def time_text(time: datetime | None) -> str:
    """A time as Qimen writes it."""
    return time.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S") if time is not None else ""


def method_of(name: str) -> str:
    """A method without its prefix: the gateway drops it on the way, direct partners do not."""
    return name.strip().removeprefix(PREFIX).removeprefix("qimen.")
