"""Links that nobody can guess, and the one thing that a holder has to know before changing anything."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import Actor, Scope, current_actor
from hecang.kernel.crypto import keyed_hash
from hecang.kernel.db import columns, fetch, fetch_one, transactional
from hecang.orders.selectors.desk import order_require
from hecang.portal.errors import LinkLocked, LinkUnknown, NotYou
from hecang.portal.models import PortalLink

#: How long a link lives: as long as somebody may ask where the parcel is or send it back.
LIFE: Final = timedelta(days=180)
#: Wrong answers in a row before a link takes none for a while.
PATIENCE: Final = 5
PAUSE: Final = timedelta(hours=1)
_TOKEN_BYTES: Final = 20


@dataclass(frozen=True, slots=True)
class Held:
    """A valid link: the order behind it and the shop that sells."""

    order_id: int
    shop_id: int
    phone_tail: str
    is_sealed: bool

    @property
    def actor(self) -> Actor:
        """The buyer, as services and the audit log see them: nothing but this shop's orders."""
        return Actor(kind="buyer", name="buyer", scope=Scope(shops=frozenset({self.shop_id})))


def _token(order_id: int, version: int) -> str:
    """160 bits of HMAC-SHA256 in 32 letters and digits."""
    key = hashlib.sha256(b"hecang portal v1|" + settings.SECRET_KEY.encode()).digest()
    mac = hmac.new(key, f"{order_id}|{version}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:_TOKEN_BYTES]).decode().lower()


def link_address(token: str) -> str:
    """Where the buyer's page is: whole where ``HECANG_PUBLIC_URL`` is set, else a path."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/t/{token}"


_ENSURE = """
INSERT INTO portal_link (order_id, version, token_hash, created_at, expires_at, failures)
SELECT d.order_id, 1, d.token_hash, %s, %s, 0 FROM unnest(%s::bigint[], %s::text[]) AS d (order_id, token_hash)
ON CONFLICT (order_id) DO UPDATE SET expires_at = greatest(portal_link.expires_at, excluded.expires_at)
RETURNING order_id, version
"""


@transactional
def links_ensure(*, order_ids: Sequence[int]) -> dict[int, str]:
    """The address of each order's page, made where it is new; asking again gives the same one. One statement.

    For services that tell buyers; the API checks who asks.
    """
    ids = sorted(set(order_ids))
    now = clock.now()
    rows = fetch(_ENSURE, [now, now + LIFE, *columns([(one, keyed_hash(_token(one, 1))) for one in ids], 2)])
    return {order_id: link_address(_token(order_id, version)) for order_id, version in rows}


@transactional
def link_make(*, order_id: int) -> str:
    """The address of one order's page, for a person to pass on.

    :raises OrderNotFound: no such order in the actor's scope.
    """
    order_require(current_actor(), order_id)
    return links_ensure(order_ids=[order_id])[order_id]


@transactional
def link_revoke(*, order_id: int) -> str:
    """Make the present link worthless and give the address of a new one. Locks the link."""
    order_require(current_actor(), order_id)
    links_ensure(order_ids=[order_id])
    link = PortalLink.objects.select_for_update(no_key=True).get(order_id=order_id)
    link.version += 1
    token = _token(order_id, link.version)
    link.token_hash = keyed_hash(token)
    link.failures, link.locked_until = 0, None
    link.save()
    audit_record(action="portal.link.revoked", entity_kind="sales_order", entity_id=order_id)
    return link_address(token)


_HELD = """
SELECT l.order_id, o.shop_id, o.phone_tail, o.is_sealed FROM portal_link l
JOIN sales_order o ON o.id = l.order_id LEFT JOIN portal_shop p ON p.shop_id = o.shop_id
WHERE l.token_hash = %s AND l.expires_at > %s AND coalesce(p.is_on, true)
"""


def link_open(token: str) -> Held:
    """What a link leads to. One statement.

    :raises LinkUnknown: it leads nowhere.
    """
    row = fetch_one(_HELD, [keyed_hash(token.lower()), clock.now()])
    if row is None:
        raise LinkUnknown(_("This link leads nowhere any more. Ask the shop for a new one."))
    return Held(*row)


def phone_prove(*, held: Held, tail: str) -> None:
    """Let go on whoever knows the last four digits of the phone. Locks the link; counts wrong answers.

    :raises NotYou: other digits, or the order has none that anybody could know.
    :raises LinkLocked: too many wrong answers; says when to come back.
    """
    right, locked = _prove(held=held, tail=tail)
    if locked:
        raise LinkLocked(_("Too many wrong answers. Try again in an hour."))
    if not right:
        raise NotYou(
            _("These are not the last four digits of the phone that the parcel goes to. Check them.")
        )


@transactional
def _prove(*, held: Held, tail: str) -> tuple[bool, bool]:
    """(right, locked); commits what it counted, whatever the answer."""
    link = PortalLink.objects.select_for_update(no_key=True).get(order_id=held.order_id)
    now = clock.now()
    if link.locked_until is not None and link.locked_until > now:
        return False, True
    if held.phone_tail and hmac.compare_digest(held.phone_tail.encode(), tail.strip().encode()):
        if link.failures:
            link.failures = 0
            link.save(update_fields=["failures"])
        return True, False
    link.failures += 1
    if link.failures >= PATIENCE:
        link.failures, link.locked_until = 0, now + PAUSE
    link.save(update_fields=["failures", "locked_until"])
    return False, False
