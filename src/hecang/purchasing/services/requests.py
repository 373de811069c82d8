"""Purchase requests: wishes for goods, from shortages, from the watchers of stock, from people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.kernel.sequences import numbers
from hecang.purchasing.models import PurchaseRequest
from hecang.purchasing.models import PurchaseRequestState as State
from hecang.purchasing.selectors.suggestions import suggestions_uncovered
from hecang.purchasing.states import require

_WRITE = """
INSERT INTO purchase_request (number, state, source, sku_id, owner_id, warehouse_id, quantity, needed_on, supplier_id,
    suggestion_id, note, requested_by, created_at, updated_at)
SELECT r.number, 'open', r.source, r.sku_id, r.owner_id, r.warehouse_id, r.quantity, r.needed_on, r.supplier_id,
    r.suggestion_id, r.note, %s, %s, %s
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::bigint[],
    %s::bigint[], %s::text[])
    AS r (number, source, sku_id, owner_id, warehouse_id, quantity, needed_on, supplier_id, suggestion_id, note)
ORDER BY r.number
ON CONFLICT DO NOTHING RETURNING id, number
"""
_KNOWN = """
SELECT (SELECT count(*) FROM sku WHERE id = ANY(%s::bigint[])),
    (SELECT count(*) FROM owner WHERE id = ANY(%s::bigint[])),
    (SELECT count(*) FROM warehouse WHERE id = ANY(%s::bigint[])),
    (SELECT count(*) FROM supplier WHERE id = ANY(%s::bigint[]))
"""
_STANDING = """
UPDATE purchase_request r SET quantity = w.quantity, updated_at = %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
    AS w (sku_id, owner_id, warehouse_id, suggestion_id, source, quantity)
WHERE r.state = 'open' AND ((w.suggestion_id IS NOT NULL AND r.suggestion_id = w.suggestion_id)
    OR (w.source = 'reorder' AND r.source = 'reorder' AND r.sku_id = w.sku_id AND r.owner_id = w.owner_id
        AND r.warehouse_id = w.warehouse_id))
RETURNING r.id, r.suggestion_id, r.sku_id, r.owner_id, r.warehouse_id
"""


@dataclass(frozen=True, slots=True)
class RequestIn:
    """A wish for goods.

    :param quantity: base units that are needed; what is ordered may be more, by the supplier's minimum and multiple.
    :param source: ``manual``, ``reorder`` or ``suggestion`` (then with ``suggestion_id``).
    :param supplier_id: whom to buy from; ``None``: the best by the price lists.
    """

    sku_id: int
    owner_id: int
    warehouse_id: int
    quantity: int
    source: str = PurchaseRequest.Source.MANUAL.value
    needed_on: date | None = None
    supplier_id: int | None = None
    suggestion_id: int | None = None
    note: str = ""


@transactional
def requests_create(*, requests: Sequence[RequestIn]) -> list[int]:
    """Write wishes down; their ids, in the order given. Five statements for any number.

    An open request of the same suggestion, or of the watchers of stock for the same SKU, owner and warehouse, is found
    again and takes the new quantity. Raises :class:`InvalidInput` for what does not exist, :class:`NotFound` outside
    of the actor's scope.
    """
    if not requests:
        return []
    _require_sound(requests)
    now, actor = clock.now(), current_actor()
    standing = _standing(requests)
    fresh = [(place, one) for place, one in enumerate(requests) if _key(one) not in standing]
    rows = [
        (
            number, one.source, one.sku_id, one.owner_id, one.warehouse_id, one.quantity, one.needed_on,
            one.supplier_id, one.suggestion_id, one.note[:200],
        )
        for number, (_place, one) in zip(numbers("purchase_request", len(fresh)), fresh, strict=True)
    ]  # fmt: skip
    made = {number: pk for pk, number in fetch(_WRITE, [actor.name[:100], now, now, *columns(rows, 10)])}
    ids = {place: made[row[0]] for (place, _one), row in zip(fresh, rows, strict=True) if row[0] in made}
    if len(ids) < len(fresh):
        # Somebody else wrote one of them a moment ago, or it was given twice: it stands now.
        standing |= _standing([one for place, one in fresh if place not in ids])
    audit_record_many(
        action="purchasing.request.created",
        entity_kind="purchase_request",
        entries=[
            (pk, None, {"sku_id": one.sku_id, "quantity": one.quantity, "source": one.source})
            for pk, one in ((pk, requests[place]) for place, pk in ids.items())
        ],
    )
    return [ids[place] if place in ids else standing[_key(one)] for place, one in enumerate(requests)]


_Key = tuple[str, int, int, int, int]


def _key(one: RequestIn) -> _Key:
    """What makes two wishes the same; wishes of people never are."""
    if one.suggestion_id is not None:
        return ("suggestion", one.suggestion_id, 0, 0, 0)
    return (one.source, 0, one.sku_id, one.owner_id, one.warehouse_id)


def _standing(requests: Sequence[RequestIn]) -> dict[_Key, int]:
    """Open requests that are found again, with their new quantities."""
    wanted = [one for one in requests if one.source != PurchaseRequest.Source.MANUAL.value]
    if not wanted:
        return {}
    rows = fetch(
        _STANDING,
        [
            clock.now(),
            *columns(
                (
                    (one.sku_id, one.owner_id, one.warehouse_id, one.suggestion_id, one.source, one.quantity)
                    for one in wanted
                ),
                6,
            ),
        ],
    )
    found: dict[_Key, int] = {}
    for pk, suggestion, sku, owner, warehouse in rows:
        if suggestion is not None:
            found[("suggestion", suggestion, 0, 0, 0)] = pk
        else:
            found[(PurchaseRequest.Source.REORDER.value, 0, sku, owner, warehouse)] = pk
    return found


def _require_sound(requests: Sequence[RequestIn]) -> None:
    scope = current_actor().scope
    problems = []
    for index, one in enumerate(requests):
        scope.require(warehouse=one.warehouse_id, owner=one.owner_id)
        if not 0 < one.quantity <= 10**12:
            message = _("A request asks for at least one unit.")
            problems.append(Problem(message, code="bad_quantity", loc=f"requests.{index}.quantity"))
    if problems:
        raise InvalidInput(problems[0].message, problems=problems)
    wanted = [
        sorted({one.sku_id for one in requests}),
        sorted({one.owner_id for one in requests}),
        sorted({one.warehouse_id for one in requests}),
        sorted({one.supplier_id for one in requests if one.supplier_id is not None}),
    ]
    if list(fetch(_KNOWN, wanted)[0]) != [len(ids) for ids in wanted]:
        raise InvalidInput(
            _("A SKU, owner, warehouse or supplier does not exist; nothing was written."),
            code="unknown_reference",
        )


@transactional
def suggestions_request(*, suggestion_ids: Sequence[int], supplier_id: int | None = None) -> list[int]:
    """Make requests of open supply suggestions, for what of them is not on order yet; ids of the requests.

    Raises :class:`NotFound` for a suggestion that is gone or outside of the actor's scope; what is on order already is
    left out.
    """
    found = suggestions_uncovered(suggestion_ids)
    missing = set(suggestion_ids) - {one.id for one in found}
    if missing:
        raise NotFound(
            _("A suggestion is settled already, or lies outside your data scope. Load the list again."),
            data={"ids": sorted(missing)},
        )
    return requests_create(
        requests=[
            RequestIn(
                one.sku_id,
                one.owner_id,
                one.warehouse_id,
                one.uncovered,
                source=PurchaseRequest.Source.SUGGESTION.value,
                supplier_id=supplier_id,
                suggestion_id=one.id,
            )
            for one in found
            if one.uncovered > 0
        ]
    )


@dataclass(frozen=True, slots=True)
class LockedRequest:
    """A request under lock."""

    id: int
    number: str
    state: str
    sku_id: int
    owner_id: int
    warehouse_id: int
    quantity: int
    needed_on: date | None
    supplier_id: int | None


_LOCK = """
SELECT id, number, state, sku_id, owner_id, warehouse_id, quantity, needed_on, supplier_id
FROM purchase_request WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""


def requests_lock(request_ids: Sequence[int], target: str) -> list[LockedRequest]:
    """Lock requests that are to become ``target``. Raises NotFound, StateConflict."""
    wanted = sorted(set(request_ids))
    found = [LockedRequest(*row) for row in fetch(_LOCK, [wanted])]
    if len(found) < len(wanted):
        raise NotFound(_("There is no such record, or it lies outside your data scope."))
    scope = current_actor().scope
    for one in found:
        scope.require(warehouse=one.warehouse_id, owner=one.owner_id)
        require("purchase_request", one.state, target, what=one.number)
    return found


@transactional
def requests_cancel(*, request_ids: Sequence[int], note: str = "") -> None:
    """Give up open requests, all or none. Locks them. Raises NotFound, StateConflict."""
    locked = requests_lock(request_ids, State.CANCELLED)
    execute(
        "UPDATE purchase_request SET state = 'cancelled', updated_at = %s,"
        " note = CASE WHEN %s = '' THEN note ELSE %s END WHERE id = ANY(%s::bigint[])",
        [clock.now(), note[:200], note[:200], [one.id for one in locked]],
    )
    audit_record_many(
        action="purchasing.request.cancelled",
        entity_kind="purchase_request",
        entries=[(one.id, {"state": one.state}, {"state": "cancelled", "note": note}) for one in locked],
    )


def requests_reopen(line_ids: Sequence[int]) -> None:
    """Requests whose order lines are gone are open again, unless another open one has taken their place."""
    execute(
        """
        UPDATE purchase_request r SET state = CASE WHEN s.is_free THEN 'open' ELSE 'cancelled' END,
            order_line_id = NULL, updated_at = %s
        FROM (
            SELECT q.id, NOT EXISTS (SELECT FROM purchase_request o WHERE o.state = 'open' AND o.id <> q.id
                    AND ((q.suggestion_id IS NOT NULL AND o.suggestion_id = q.suggestion_id)
                        OR (q.source = 'reorder' AND o.source = 'reorder' AND o.sku_id = q.sku_id
                            AND o.owner_id = q.owner_id AND o.warehouse_id = q.warehouse_id)))
                AND row_number() OVER (
                    PARTITION BY q.suggestion_id, CASE WHEN q.source = 'manual' THEN q.id END, q.sku_id, q.owner_id,
                        q.warehouse_id ORDER BY q.id) = 1
                AND (q.suggestion_id IS NULL OR EXISTS (
                    SELECT FROM supply_suggestion u WHERE u.id = q.suggestion_id AND u.settled_at IS NULL)) AS is_free
            FROM purchase_request q WHERE q.order_line_id = ANY(%s::bigint[]) AND q.state = 'ordered'
        ) s WHERE r.id = s.id
        """,
        [clock.now(), sorted(set(line_ids))],
    )
