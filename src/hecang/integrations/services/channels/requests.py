"""What buyers want of orders on their platform: taken up, acted on while that is possible, and settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.integrations.channels.base import (
    AddressChange,
    CancelWish,
    ChannelRefund,
    Feature,
    RefundStatus,
)
from hecang.integrations.connectors import connector_class
from hecang.integrations.models import ChannelRules, Connection, PlatformOrder, PlatformRequest
from hecang.integrations.services.channels import updates
from hecang.integrations.services.channels.rules import rules_of
from hecang.integrations.services.channels.values import recipient_open, recipient_seal
from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import HecangError
from hecang.orders.selectors.orders import lines_bought
from hecang.orders.services import orders_hold_release

State = PlatformRequest.State
Kind = PlatformRequest.Kind
Answer = PlatformRequest.Answer
Wish = ChannelRefund | AddressChange | CancelWish

#: Of each request that waits: units open and gone of what it is about, and whether somebody is still at it.
_STANDING = """
SELECT r.id, coalesce(sum(l.quantity - l.shipped - l.cancelled), 0)::bigint, coalesce(sum(l.shipped), 0)::bigint,
    coalesce(bool_or(o.is_cancelling), false),
    coalesce(bool_or(EXISTS (
        SELECT FROM order_hold h WHERE h.order_id = o.id AND h.code = 'refund' AND h.released_at IS NULL)), false)
FROM platform_request r
JOIN LATERAL (
    SELECT * FROM sales_order_line WHERE order_id = r.order_id AND source_order_id IS NULL
    UNION ALL SELECT * FROM sales_order_line WHERE source_order_id = r.order_id
) l ON r.external_line = '' OR l.external_line = r.external_line
JOIN sales_order o ON o.id = l.order_id
WHERE r.order_id IS NOT NULL AND r.state IN ('open', 'asked') AND r.kind <> 'address'
GROUP BY r.id ORDER BY r.id
"""
#: Requests that came before their order did.
_ORPHANS = """
SELECT r.id FROM platform_request r
JOIN platform_order p ON p.connection_id = r.connection_id AND p.number = r.order_number
WHERE r.state = 'open' AND r.order_id IS NULL AND p.order_id IS NOT NULL ORDER BY r.id
"""


def wishes_apply(*, connection: Connection, wishes: Sequence[Wish]) -> int:
    """Take up what buyers want, each in a transaction of its own; how many were new or changed."""
    return sum(_wish_apply(connection=connection, wish=wish) for wish in wishes)


@transactional
def _wish_apply(*, connection: Connection, wish: Wish) -> bool:
    """Note a wish and act on it; one that is known already, in this or a later version, changes nothing.

    Locks the request, then as the services of orders do. Requests whose order is not here yet wait for it.
    """
    request = _noted(connection, wish)
    if request is None:
        return False
    if request.order_id is None:
        request.order_id = (
            PlatformOrder.objects.filter(connection=connection, number=request.order_number)
            .values_list("order_id", flat=True)
            .first()
        )
    _act(connection, request)
    return True


def _noted(connection: Connection, wish: Wish) -> PlatformRequest | None:
    """The locked row of a wish that is to be acted on; ``None`` where that has been done."""
    kind = {ChannelRefund: Kind.REFUND, AddressChange: Kind.ADDRESS, CancelWish: Kind.CANCEL}[type(wish)]
    modified = wish.modified_at if isinstance(wish, ChannelRefund) else wish.requested_at
    now = clock.now()
    number = (wish.number or f"{wish.order_number}@{modified.isoformat()}")[:64]
    request, is_new = PlatformRequest.objects.get_or_create(
        connection=connection,
        kind=kind,
        number=number,
        defaults={
            "order_number": wish.order_number[:64], "requested_at": modified, "modified_at": modified, "updated_at": now,
        },
    )  # fmt: skip
    request = PlatformRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if not is_new and (kind != Kind.REFUND or modified <= request.modified_at):
        return None
    request.modified_at, request.updated_at = modified, now
    if isinstance(wish, AddressChange):
        request.payload_cipher = recipient_seal(wish.recipient)
    else:
        # A buyer's words: whatever they hold must not stop the stream that they come in.
        request.external_line, request.reason = wish.external_line[:64], wish.reason.replace("\0", "")[:300]
    if isinstance(wish, ChannelRefund):
        request.refund_kind, request.refund_status = wish.kind.value, wish.status.value
        request.quantity, request.amount = wish.quantity, wish.amount
        request.before_shipping, request.return_waybill = wish.before_shipping, wish.return_waybill[:64]
    return request


@transactional
def requests_join(*, connection_id: int, orders: Mapping[str, int]) -> None:
    """Act on wishes that came before the orders that have just been taken in. Locks them, in key order."""
    if orders:
        _join(connection_id=connection_id, order_number__in=list(orders), order__isnull=True)


def _join(**which: Any) -> int:
    requests = list(
        PlatformRequest.objects.select_for_update(no_key=True, of=("self",))
        .filter(state=State.OPEN, **which)
        .select_related("connection")
        .order_by("pk")
    )
    for request in requests:
        request.order_id = (
            PlatformOrder.objects.filter(connection=request.connection_id, number=request.order_number)
            .values_list("order_id", flat=True)
            .first()
        )
        _act(request.connection, request)
    return len(requests)


# ------------------------------------------------------------------ acting


def _act(connection: Connection, request: PlatformRequest) -> None:
    act: Mapping[str, Callable[[Connection, PlatformRequest], None]] = {
        Kind.CANCEL: _stop,
        Kind.ADDRESS: _redirect,
        Kind.REFUND: _refund,
    }
    before = request.state
    act[request.kind](connection, request)
    request.save()
    if request.order_id is not None and request.state != before:
        audit_record(
            action="integrations.request.acted",
            entity_kind="platform_request",
            entity_id=request.pk,
            before={"state": before},
            after={"state": request.state, "kind": request.kind, "order_id": request.order_id},
        )


def _refund(connection: Connection, request: PlatformRequest) -> None:
    if request.refund_status == RefundStatus.CLOSED:
        request.state = State.CLOSED
        request.save()
        _let_go(request)
    elif not request.before_shipping:
        request.state = State.RECORDED
    elif request.state not in {State.STOPPED, State.RECORDED}:
        _stop(connection, request)
        if request.state == State.TOO_LATE:
            request.state = State.RECORDED


def _let_go(request: PlatformRequest) -> None:
    """The wish is withdrawn: what it alone held goes on."""
    if request.order_id is None:
        return
    others = PlatformRequest.objects.filter(
        order=request.order_id, state__in=[State.OPEN, State.ASKED]
    ).exclude(pk=request.pk)
    if not others.exists():
        orders = sorted({line.order_id for line in lines_bought([request.order_id]) if line.open})
        orders_hold_release(order_ids=orders, codes=[updates.REFUND])


def _stop(connection: Connection, request: PlatformRequest) -> None:
    if request.order_id is None:
        return
    on_cancel = rules_of(connection).on_cancel
    if request.refund_status == RefundStatus.DONE:  # the money is back: there is nothing left to decide
        on_cancel = ChannelRules.OnCancel.CANCEL
    lines = {request.external_line} if request.external_line else None
    try:
        with transaction.atomic():
            stopped = updates.stop(
                request.order_id, lines, on_cancel=on_cancel, reason=_("The buyer wants to cancel")
            )
    except HecangError as error:
        request.state, request.message = State.OPEN, str(error)[:500]
        return
    request.state, request.message = State(stopped.state), stopped.message
    if stopped.state in {State.STOPPED, State.TOO_LATE}:
        _answer(connection, request, accepted=stopped.state == State.STOPPED)


def _redirect(connection: Connection, request: PlatformRequest) -> None:
    if request.order_id is None or request.payload_cipher is None:
        return
    try:
        with transaction.atomic():
            updates.recipient_change(request.order_id, recipient_open(request.payload_cipher))
    except HecangError as error:
        request.state, request.message = State.TOO_LATE, str(error)[:500]
    else:
        request.state, request.message = State.ACCEPTED, ""
    _answer(connection, request, accepted=request.state == State.ACCEPTED)


def _answer(connection: Connection, request: PlatformRequest, *, accepted: bool) -> None:
    """Have the platform told what became of a wish, where it wants to hear."""
    wanted = {Kind.CANCEL: Feature.ANSWER_CANCEL, Kind.ADDRESS: Feature.ANSWER_ADDRESS}.get(
        Kind(request.kind)
    )
    request.is_accepted = accepted
    if wanted is None or wanted not in connector_class("channel", connection.connector).features:
        request.payload_cipher = None
        return
    request.answer, request.next_try_at, request.tries = Answer.WAITING, clock.now(), 0


# ------------------------------------------------------------------ settling


@transactional
def requests_settle() -> int:
    """See what became of wishes that wait for the warehouse or for a person; how many have ended.

    A held order that a person cancels is stopped; one whose hold is released is to be shipped after all.
    Locks the requests that end, in key order. Three statements where nothing ends.
    """
    _join(pk__in=[row[0] for row in fetch(_ORPHANS)])
    ended = _ended()
    for key, state in ended:
        request = (
            PlatformRequest.objects.select_for_update(no_key=True, of=("self",))
            .select_related("connection")
            .get(pk=key)
        )
        if request.state not in {State.OPEN, State.ASKED}:
            continue
        request.state, request.updated_at = state, clock.now()
        _answer(request.connection, request, accepted=state == State.STOPPED)
        if request.kind == Kind.REFUND and state == State.TOO_LATE:
            request.state = State.RECORDED
        request.save()
    return len(ended)


def _ended() -> list[tuple[int, State]]:
    """Wishes that wait and need not any more, with what became of them."""
    return [
        (key, State.TOO_LATE if waiting or gone else State.STOPPED)
        for key, waiting, gone, is_asked, is_held in fetch(_STANDING)
        if not waiting or not (is_asked or is_held)
    ]


def settling_waits() -> bool:
    """Whether a wish that waited has been decided. Few wait at a time."""
    return bool(fetch(_ORPHANS)) or bool(_ended())
