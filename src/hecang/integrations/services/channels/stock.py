"""Telling platforms what may be sold: worked out right before it is sent, never by two at once for one shop.

``docs/explanation/channel-stock.md`` tells what that means for the last unit.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from hecang.catalog.selectors import kit_components, skus_by_id
from hecang.integrations.channels.base import Feature, StockLevel, StockOutcome
from hecang.integrations.connectors import connector_classes
from hecang.integrations.models import ChannelRules, Connection
from hecang.integrations.services.channels.marks import stock_mark_connection, stock_mark_skus
from hecang.integrations.services.channels.products import BY_CODE
from hecang.integrations.services.channels.rules import rules_of
from hecang.integrations.services.channels.sending import (
    CALLABLE,
    RUN_SECONDS,
    active_connection,
    each_connection,
    may_retry,
    try_again_at,
)
from hecang.integrations.services.leases import Lease, leased
from hecang.integrations.services.links import Calls, calls_open, error_facts, failure_note, ok_note
from hecang.inventory.selectors.availability import availability_summed
from hecang.inventory.selectors.changes import availability_changed, availability_has_changed
from hecang.kernel import clock
from hecang.kernel.connectors import AlreadyDone, OutsideError
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.ids import new_id
from hecang.kernel.stopping import stopping

WATCH = "availability"
#: How many times as long as it took, nobody looks again.
RARE = 20
#: Of this process: until when nobody looks.
_rest = {"until": 0.0}
#: Batches of one run; then others get their turn.
MOST_BATCHES = 500

_DUE = f"""
SELECT DISTINCT c.id FROM platform_stock s JOIN connection c ON c.id = s.connection_id
WHERE s.version > s.told_version AND (s.next_try_at IS NULL OR s.next_try_at <= %s) AND {CALLABLE}
"""  # noqa: S608 - constants
_NEXT = """
SELECT s.product_id, s.version, s.sent, p.product_id, p.variant_id, p.outer_sku, p.sku_id, p.units, p.stock_percent,
    p.stock_buffer, p.stock_quota, p.is_stock_off
FROM platform_stock s JOIN platform_product p ON p.id = s.product_id
WHERE s.connection_id = %s AND s.version > s.told_version AND (s.next_try_at IS NULL OR s.next_try_at <= %s)
ORDER BY s.changed_at, s.product_id LIMIT %s
"""
# Where it came into doubt while the number was on its way, it stays in doubt.
_TOLD = """
UPDATE platform_stock s SET told_version = d.version,
    sent = CASE WHEN s.sent IS NULL AND s.version > d.version THEN NULL ELSE d.quantity END, sent_at = %s::timestamptz, tries = 0,
    next_try_at = NULL, error = '', message = ''
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS d (product_id, version, quantity)
WHERE s.product_id = d.product_id
"""
#: From here on until the answer nobody knows what the platform shows: whoever dies or hears nothing must not take
#: the number before for it.
_TELLING = "UPDATE platform_stock SET sent = NULL WHERE product_id = ANY(%s::bigint[])"
#: Nothing to send: it is what was sent last, or nobody wants it told.
_SAME = """
UPDATE platform_stock s SET told_version = d.version, tries = 0, next_try_at = NULL, error = '', message = ''
FROM unnest(%s::bigint[], %s::bigint[]) AS d (product_id, version)
WHERE s.product_id = d.product_id
"""
_FAILED = """
UPDATE platform_stock s SET tries = s.tries + 1, next_try_at = d.next_try_at, error = d.error, message = d.message,
    told_version = CASE WHEN d.next_try_at IS NULL THEN d.version ELSE s.told_version END
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[], %s::text[])
    AS d (product_id, version, next_try_at, error, message)
WHERE s.product_id = d.product_id
"""
_FORGET = "UPDATE platform_stock SET sent = NULL WHERE connection_id = %s"


@dataclass(frozen=True, slots=True)
class Offer:
    """A product whose stock is to be told, with its own rules where it has any."""

    id: int
    version: int
    sent: int | None
    product_id: str
    variant_id: str
    outer_sku: str
    sku_id: int | None
    units: int
    percent: int | None
    buffer: int | None
    quota: int | None
    is_off: bool


# ------------------------------------------------------------------ noticing


@transactional
def stock_watch() -> int:
    """Note which products may have changed since the last look; their number. Never two looks at once.

    Locks its own mark. A pass over availability, and one statement for all that changed.
    """
    owners = _owners()
    rows = fetch("SELECT txid FROM stock_watch WHERE name = %s FOR NO KEY UPDATE SKIP LOCKED", [WATCH])
    if not rows:
        execute("INSERT INTO stock_watch (name, txid) VALUES (%s, 0) ON CONFLICT (name) DO NOTHING", [WATCH])
        rows = fetch("SELECT txid FROM stock_watch WHERE name = %s FOR NO KEY UPDATE SKIP LOCKED", [WATCH])
        if not rows:
            return 0
    mark, changed = availability_changed(rows[0][0] or None)
    marked = stock_mark_skus(owners, _with_kits(changed)) if owners else 0
    execute("UPDATE stock_watch SET txid = %s WHERE name = %s", [mark, WATCH])
    return marked


def stock_follow() -> int:
    """Notice what has changed and tell it at once; how many products may have changed."""
    marked = stock_watch()
    if marked:
        stock_push_all()
    return marked


def watching_waits() -> bool:
    """Whether something has changed since the last look, and some channel wants to know.

    Asked twice a second, yet never spends more than a twentieth of its time on it: the larger the book, the
    rarer the look.
    """
    started = time.monotonic()
    if started < _rest["until"] or not _owners():
        return False
    rows = fetch("SELECT txid FROM stock_watch WHERE name = %s", [WATCH])
    has_changed = not rows or availability_has_changed(rows[0][0])
    ended = time.monotonic()
    _rest["until"] = ended + RARE * (ended - started)
    return has_changed


def _owners() -> list[tuple[int, int]]:
    """(connection, owner) of every channel that is on and takes stock."""
    telling = [
        code for code, kind in connector_classes("channel").items() if Feature.PUSH_STOCK in kind.features
    ]
    return [
        (connection.pk, connection.shop.owner_id)
        for connection in Connection.objects.filter(
            kind=Connection.Kind.CHANNEL, is_active=True, connector__in=telling
        ).select_related("shop")
        if connection.shop is not None
    ]


def _with_kits(changed: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What changed, and the kits that it is part of."""
    if not changed:
        return []
    kits = fetch(
        "SELECT component_id, kit_id FROM kit_component WHERE component_id = ANY(%s::bigint[])",
        [sorted({sku for _owner, sku in changed})],
    )
    kits_of: dict[int, list[int]] = {}
    for component, kit in kits:
        kits_of.setdefault(component, []).append(kit)
    return sorted({*changed, *((owner, kit) for owner, sku in changed for kit in kits_of.get(sku, ()))})


# ------------------------------------------------------------------ telling


def stock_waits() -> bool:
    now = clock.now()
    return bool(fetch(f"{_DUE} LIMIT 1", [now, now]))


def stock_push_all() -> int:
    """Tell every channel that has something to hear, several at a time; how many."""
    now = clock.now()
    return each_connection(_DUE, [now, now], lambda key: stock_push(connection_id=key))


def stock_push(*, connection_id: int) -> int:
    """Tell one channel the stock of everything that may have changed; how many levels it has taken.

    One worker at a time for a channel, batch after batch; each batch is worked out after the one before has
    been answered, so that an older number never comes after a newer one. What changes while a batch is under
    way is told with the next.
    """
    connection = active_connection(connection_id)
    if connection is None or connection.shop is None:
        return 0
    told = 0
    with leased(connection_id, "stock") as lease:
        if lease is None:
            return 0
        rules = rules_of(connection)
        with calls_open(connection) as calls:
            if Feature.PUSH_STOCK not in calls.connector.features:
                return 0
            until = time.monotonic() + RUN_SECONDS
            for batch in range(MOST_BATCHES):
                offers = _next(connection_id, calls.connector.limits.stock_batch)
                if not offers or stopping.is_set() or (batch and time.monotonic() > until):
                    break
                taken = _tell(connection, rules, calls, lease, offers)
                if taken is None:
                    break
                told += taken
    return told


def _next(connection_id: int, most: int) -> list[Offer]:
    return [Offer(*row) for row in fetch(_NEXT, [connection_id, clock.now(), most])]


def _tell(
    connection: Connection, rules: ChannelRules, calls: Calls, lease: Lease, offers: Sequence[Offer]
) -> int | None:
    """One batch; how many levels were taken, ``None`` where the channel is to be left alone for a while."""
    lease.keep()
    assert connection.shop is not None
    quantities = quantities_of(connection.shop.owner_id, rules, offers)
    untold = [offer for offer in offers if quantities[offer.id] in (None, offer.sent)]
    execute(_SAME, columns([(offer.id, offer.version) for offer in untold], 2))
    telling = [offer for offer in offers if offer not in untold]
    if not telling:
        return 0
    execute(_TELLING, [sorted(offer.id for offer in telling)])
    levels = {str(offer.id): _level(offer, quantities[offer.id] or 0) for offer in telling}
    try:
        outcomes = calls.make(lambda connector: connector.push_stock(list(levels.values())))
    except OutsideError as error:
        outcomes = [StockOutcome(level, error) for level in levels.values()]
    return _note(connection, telling, outcomes)


def _level(offer: Offer, quantity: int) -> StockLevel:
    """A level under a key of its own: platforms with idempotency keys must not take it for an older one."""
    return StockLevel(
        f"{offer.id}-{offer.version}-{new_id().hex[:8]}",
        "" if offer.product_id.startswith(BY_CODE) else offer.product_id,
        offer.variant_id,
        offer.outer_sku,
        quantity,
    )


def _note(connection: Connection, offers: Sequence[Offer], outcomes: Sequence[StockOutcome]) -> int | None:
    by_id = {offer.id: offer for offer in offers}
    good: list[tuple[int, int, int]] = []
    bad: list[tuple[int, int, Any, str, str]] = []
    passing: Exception | None = None
    for outcome in outcomes:
        offer = by_id[int(outcome.level.key.partition("-")[0])]
        if outcome.error is None or isinstance(outcome.error, AlreadyDone):
            good.append((offer.id, offer.version, outcome.level.quantity))
            continue
        again = may_retry(outcome.error)
        passing = outcome.error if again else passing
        code, message = error_facts(outcome.error)
        bad.append(
            (offer.id, offer.version, try_again_at(1, outcome.error) if again else None, code, message)
        )
    with transaction.atomic():
        execute(_TOLD, [clock.now(), *columns(sorted(good), 3)])
        execute(_FAILED, columns(sorted(bad), 5))
    if passing is not None:
        failure_note(connection, passing)
        return None
    ok_note(connection)
    return len(good)


# ------------------------------------------------------------------ what may be sold


def quantities_of(owner_id: int, rules: ChannelRules, offers: Sequence[Offer]) -> dict[int, int | None]:
    """What a platform is to be told of each offer now; ``None`` where nothing is. Four statements at most."""
    free = sellable(owner_id, {offer.sku_id for offer in offers if offer.sku_id is not None})
    return {
        offer.id: None
        if offer.sku_id is None or offer.is_off or not rules.is_stock_on
        else allotted(free.get(offer.sku_id, 0), rules, offer)
        for offer in offers
    }


def allotted(free: int, rules: ChannelRules, offer: Offer) -> int:
    """The share of a shop: so many percent, less the buffer, at most the quota, in whole products."""
    percent = rules.stock_percent if offer.percent is None else offer.percent
    buffer = rules.stock_buffer if offer.buffer is None else offer.buffer
    quota = rules.stock_quota if offer.quota is None else offer.quota
    units = max(free, 0) * percent // 100 - buffer
    products = max(units, 0) // offer.units
    return products if quota is None else min(products, quota)


def sellable(owner_id: int, sku_ids: set[int]) -> Mapping[int, int]:
    """SKU → units that can be promised over all warehouses; kits as many as their components make up."""
    skus = skus_by_id(sku_ids)
    kits = {key for key, sku in skus.items() if sku.kind == "kit"}
    components = kit_components(kits) if kits else {}
    wanted = sku_ids | {part for parts in components.values() for part, _units in parts}
    free = availability_summed(owner_id=owner_id, sku_ids=sorted(wanted))
    found = {key: free.get(key, 0) for key in sku_ids - kits}
    for kit in kits:
        made = min((free.get(part, 0) // units for part, units in components.get(kit, ())), default=0)
        whole = 0 if skus[kit].is_exploded else free.get(kit, 0)
        found[kit] = whole + max(made, 0) if skus[kit].kit_mode != "keep" else whole
    return found


# ------------------------------------------------------------------ all of it


@transactional
def stock_reconcile(*, connection_id: int) -> int:
    """Have all stock of a channel told anew, also what is thought to be known there; the number of products."""
    execute(_FORGET, [connection_id])
    return stock_mark_connection(connection_id)


def stock_reconcile_all() -> int:
    """The daily pass: whatever a platform has lost or somebody typed there is put right."""
    return sum(stock_reconcile(connection_id=connection_id) for connection_id, _owner in _owners())
