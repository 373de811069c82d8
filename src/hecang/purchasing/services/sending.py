"""Orders on their way to suppliers: released to be sent, and sent by whatever way the supplier takes them.

A row is claimed in a transaction of its own before anything is sent, so two workers never send one order twice. Where a
worker dies in between, ways that recognise a second copy try again; a mail does not, and is left to a person.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final

import structlog
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.crypto import Undecryptable, decrypt_json
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import Conflict
from hecang.kernel.outbox import emit
from hecang.kernel.stopping import stopping
from hecang.partners.selectors import SupplierRef, suppliers_by_id
from hecang.purchasing.errors import NotReachable
from hecang.purchasing.events import PurchaseSupplyChanged
from hecang.purchasing.models import PurchaseOrderState as State
from hecang.purchasing.models import SupplierLink
from hecang.purchasing.selectors.documents import document_of
from hecang.purchasing.services.locking import LockedOrder, order_lock
from hecang.purchasing.states import RUNNING
from hecang.purchasing.ways import DispatchFailed, page_of, way_of

#: Pauses before the second, third … try.
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360))
#: A claim older than this belongs to a worker that is gone.
LOST_AFTER: Final = timedelta(minutes=10)
BATCH: Final = 20
RUN_SECONDS: Final = 40.0

logger = structlog.get_logger("hecang.purchasing")

_CLAIM = """
UPDATE purchase_dispatch SET state = 'sending', claimed_at = %s, attempts = attempts + 1 WHERE id IN (
    SELECT d.id FROM purchase_dispatch d WHERE d.state = 'waiting' AND d.due_at <= %s
        AND NOT EXISTS (SELECT FROM purchase_dispatch e WHERE e.order_id = d.order_id AND e.id < d.id
            AND e.state IN ('waiting', 'sending'))
    ORDER BY d.due_at, d.id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, order_id, way, attempts
"""


@transactional
def order_send(*, order_id: int, way: str | None = None) -> str:
    """Release an approved order to its supplier, or send again what was changed since; the way that it takes.

    What has been sent in this revision already is left alone: sending twice changes nothing. Locks the order. Raises
    StateConflict, :class:`NotReachable` where the supplier's way lacks an address.

    :param way: another than the supplier's own, for this once.
    """
    order = order_lock(order_id)
    if order.state in RUNNING and order.sent_revision == order.revision:
        return ""
    supplier = suppliers_by_id([order.supplier_id])[order.supplier_id]
    taken = way or supplier.send_by
    target = way_target(taken, supplier)
    now, before = clock.now(), order.state
    kind = "order" if order.sent_revision is None else "change"
    if order.state not in RUNNING:
        order.go(State.SENT)
    execute(
        "UPDATE purchase_order SET state = %s, sent_at = coalesce(sent_at, %s), sent_revision = revision,"
        " ordered_on = coalesce(ordered_on, %s::date), updated_at = %s WHERE id = %s",
        [order.state, now, clock.today(), now, order.id],
    )
    dispatch_write(order, kind, taken, target)
    audit_record(
        action="purchasing.order.sent",
        entity_kind="purchase_order",
        entity_id=order.id,
        before={"state": before},
        after={"state": order.state, "way": taken, "revision": order.revision},
    )
    emit(PurchaseSupplyChanged((order.id,)))
    return taken


def dispatch_write(order: LockedOrder, kind: str, way: str, target: str) -> int:
    """Note that the supplier is to be told; what a person carries is done by that."""
    now = clock.now()
    by_hand = way_of(way) is None
    row = fetch_one(
        "INSERT INTO purchase_dispatch (order_id, revision, kind, way, state, target, attempts, due_at, sent_at,"
        " last_error, created_by, created_at) VALUES (%s, %s, %s, %s, %s, %s, 0, %s, %s, '', %s, %s) RETURNING id",
        [
            order.id, order.revision, kind, way, "sent" if by_hand else "waiting", target[:200], now,
            now if by_hand else None, current_actor().name[:100], now,
        ],
    )  # fmt: skip
    assert row is not None
    return int(row[0])


def way_target(way: str, supplier: SupplierRef) -> str:
    """Where a way leads for a supplier. Raises :class:`NotReachable`."""
    if way == "none":
        return ""
    found = way_of(way)
    if found is None:
        raise NotReachable(
            _(
                "Orders cannot be sent by “%(way)s” in this installation. Choose another way for supplier %(code)s."
            )
            % {"way": way, "code": supplier.code}
        )
    if found.Settings is None:
        if not supplier.email:
            raise NotReachable(
                _("Supplier %(code)s has no e-mail address. Enter it, or choose another way of sending.")
                % {"code": supplier.code}
            )
        return supplier.email
    try:
        return found.target(_settings(supplier.id, way))
    except DispatchFailed as error:
        raise NotReachable(str(error)) from None


def _settings(supplier_id: int, way: str) -> Any:
    found = way_of(way)
    if found is None:
        raise DispatchFailed(_("this way is not installed any more"), may_retry=False)
    if found.Settings is None:
        return None
    link = SupplierLink.objects.filter(supplier_id=supplier_id, way=way).first()
    if link is None:
        raise DispatchFailed(
            _("The supplier's connection is not set up. Enter it on the supplier's page."), may_retry=False
        )
    try:
        return found.Settings.model_validate(decrypt_json(link.settings_cipher))
    except Undecryptable:
        raise DispatchFailed(_("the settings cannot be read"), may_retry=False) from None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A dispatch that is ours to send."""

    id: int
    order_id: int
    way: str
    attempts: int


def dispatches_send() -> int:
    """Send what is due; how many got there. Holds no lock while it sends."""
    sent = 0
    until = time.monotonic() + RUN_SECONDS
    while claimed := _claim():
        for place, one in enumerate(claimed):
            if stopping.is_set() or time.monotonic() > until:
                _put_back([rest.id for rest in claimed[place:]])
                return sent
            error, may_retry = _send(one)
            _settle(one, error, may_retry=may_retry)
            sent += not error
    return sent


@transactional
def _claim() -> list[Claimed]:
    """The next ones, of each order in turn. Locks these."""
    now = clock.now()
    return [Claimed(*row) for row in sorted(fetch(_CLAIM, [now, now, BATCH]))]


def _send(one: Claimed) -> tuple[str, bool]:
    try:
        way = way_of(one.way)
        document, to = document_of(one.id)
        settings = _settings(to.supplier_id, one.way)
        assert way is not None
        if way.is_read and document.kind != "cancel":
            document = replace(document, page=page_of(**asdict(to)))
        way.send(document, settings)
    except DispatchFailed as error:
        return str(error) or "failed", error.may_retry
    except Exception as error:  # one odd supplier must not keep the orders of others
        logger.exception("purchase_dispatch_failed", dispatch=one.id)
        return type(error).__name__, False
    return "", False


@transactional
def _put_back(ids: Sequence[int]) -> None:
    execute(
        "UPDATE purchase_dispatch SET state = 'waiting', claimed_at = NULL, attempts = attempts - 1"
        " WHERE id = ANY(%s::bigint[]) AND state = 'sending'",
        [list(ids)],
    )


@transactional
def _settle(one: Claimed, error: str, *, may_retry: bool) -> None:
    """Write down how it went."""
    now = clock.now()
    if not error:
        execute(
            "UPDATE purchase_dispatch SET state = 'sent', sent_at = %s, last_error = '', claimed_at = NULL WHERE id = %s",
            [now, one.id],
        )
        return
    again = may_retry and one.attempts <= len(PAUSES)
    execute(
        "UPDATE purchase_dispatch SET state = %s, due_at = %s, last_error = %s, claimed_at = NULL WHERE id = %s",
        [
            "waiting" if again else "failed",
            now + PAUSES[one.attempts - 1] if again else now,
            error[:300],
            one.id,
        ],
    )


@transactional
def dispatch_retry(*, dispatch_id: int) -> None:
    """Try again what failed. Locks it. Raises NotFound, Conflict."""
    row = fetch_one(
        "SELECT order_id, state FROM purchase_dispatch WHERE id = %s FOR NO KEY UPDATE", [dispatch_id]
    )
    order_lock(row[0] if row else 0)
    assert row is not None
    if row[1] != "failed":
        raise Conflict(_("Only what failed can be sent again. Load the order again."))
    execute(
        "UPDATE purchase_dispatch SET state = 'waiting', attempts = 0, due_at = %s WHERE id = %s",
        [clock.now(), dispatch_id],
    )
    audit_record(
        action="purchasing.order.send_again",
        entity_kind="purchase_order",
        entity_id=row[0],
        after={"dispatch": dispatch_id},
    )


@transactional
def dispatches_recover() -> int:
    """See to what workers that are gone had claimed; how many. Locks these."""
    rows = fetch(
        "SELECT id, way FROM purchase_dispatch WHERE state = 'sending' AND claimed_at < %s"
        " ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
        [clock.now() - LOST_AFTER],
    )
    again = [row[0] for row in rows if (way := way_of(row[1])) is not None and way.is_repeatable]
    unsure = [row[0] for row in rows if row[0] not in again]
    execute(
        "UPDATE purchase_dispatch SET state = 'waiting', claimed_at = NULL WHERE id = ANY(%s::bigint[])",
        [again],
    )
    execute(
        "UPDATE purchase_dispatch SET state = 'failed', claimed_at = NULL, last_error = %s WHERE id = ANY(%s::bigint[])",
        ["nobody knows whether it was sent", unsure],
    )
    return len(rows)
