"""Units kept for a buyer at the till of a channel, until the payment comes or the time is over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from hecang.inventory.errors import KeyReused
from hecang.inventory.services.reservation import ReservationIn, reservations_create, reservations_release
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, StockShort

CHECKOUT = "checkout"
LONGEST = timedelta(days=7)

_CLAIM = """
INSERT INTO checkout (key, fingerprint, expires_at, created_by, created_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (key) DO NOTHING RETURNING id
"""

_LINES = """
SELECT warehouse_id, sku_id, owner_id, quantity, state FROM reservation
WHERE source_kind = 'checkout' AND source_id = %s ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One SKU of one owner to keep in one warehouse; ``quantity`` in base units."""

    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int
    state: str = "active"


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """A checkout and what it keeps.

    :param created: whether this call made it, or an earlier one under the same key.
    """

    id: int
    key: str
    expires_at: datetime
    lines: list[CheckoutLine]
    created: bool


@transactional
def checkout_reserve(*, key: str, lines: Sequence[CheckoutLine], ttl: timedelta) -> CheckoutView:
    """Keep units for a buyer for a while: all of them, or none.

    The same key is answered with the first answer. Locks: the key, availability. Two statements.

    :param key: the channel's own name for it.
    :param ttl: time to live, more than nothing and at most seven days.
    :raises StockShort: not enough; nothing is kept, and the key stays free.
    :raises KeyReused: the key came with other lines before.
    """
    if not timedelta(0) < ttl <= LONGEST or not lines:
        raise InvalidInput(
            _("A checkout needs lines, and a time to live of at most seven days."), code="bad_checkout"
        )
    now = clock.now()
    fingerprint = _fingerprint(lines)
    row = fetch_one(_CLAIM, [key, fingerprint, now + ttl, current_actor().name[:100], now])
    if row is None:
        return _first_answer(key, fingerprint)
    requests = [
        ReservationIn(
            line.warehouse_id,
            line.sku_id,
            line.owner_id,
            line.quantity,
            CHECKOUT,
            row[0],
            expires_at=now + ttl,
        )
        for line in lines
    ]
    try:
        reservations_create(requests=requests)
    except StockShort:
        # The caller's transaction may go on; the key must not stay taken by nothing.
        execute("DELETE FROM checkout WHERE id = %s", [row[0]])
        raise
    return CheckoutView(row[0], key, now + ttl, list(lines), created=True)


@transactional
def checkout_release(*, key: str) -> int:
    """Give back what a checkout keeps: the buyer left, or the order comes now (in one transaction with it).

    :return: units released; a repetition releases none.
    :raises NotFound: no checkout under this key.
    """
    row = fetch_one("SELECT id FROM checkout WHERE key = %s FOR NO KEY UPDATE", [key])
    if row is None:
        raise NotFound(_("There is no checkout under this key."), data={"key": key})
    return sum(reservations_release(source_kind=CHECKOUT, source_ids=[row[0]]).values())


def checkout_known(key: str) -> list[CheckoutLine]:
    """What the checkout under this key was given; nothing if there is none."""
    row = fetch_one("SELECT id FROM checkout WHERE key = %s", [key])
    return checkout_lines(row[0]) if row else []


def checkout_lines(checkout_id: int) -> list[CheckoutLine]:
    """What a checkout was given, with what became of it."""
    return [CheckoutLine(*row) for row in fetch(_LINES, [checkout_id])]


def _first_answer(key: str, fingerprint: str) -> CheckoutView:
    row = fetch_one("SELECT id, fingerprint, expires_at FROM checkout WHERE key = %s", [key])
    assert row is not None
    if row[1] != fingerprint:
        raise KeyReused(
            _("The key “%(key)s” was used for another checkout. Use a new key.") % {"key": key},
            data={"key": key},
        )
    return CheckoutView(row[0], key, row[2], checkout_lines(row[0]), created=False)


def _fingerprint(lines: Sequence[CheckoutLine]) -> str:
    rows = sorted((line.warehouse_id, line.sku_id, line.owner_id, line.quantity) for line in lines)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
