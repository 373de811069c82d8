"""Breaking promises in order: what happens to reservations, and to plans, when the goods behind them go away.

A loss is found under the lock of the balances, but the documents that must hear of it are locked before
balances (ADR 0003). So the first attempt, which found out whom it concerns, is undone, and repeated with
those documents locked first. Inside a caller's transaction nothing can be undone; there the documents are
locked late, and a deadlock that comes of it is repeated by whoever owns the transaction.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from django.db import connection

from hecang.inventory.errors import DocumentsNotLocked
from hecang.inventory.holders import ReservationShort, holder_for
from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.leaving import GoodsLeft, goods_followers
from hecang.inventory.services.availability import reservations_cut
from hecang.kernel.db import columns, fetch, run_in_transaction

P = ParamSpec("P")
R = TypeVar("R")

#: How often an attempt is undone for documents; after that they are locked late, as everybody changes them.
_ATTEMPTS = 3

#: Neighbours that are locked along with the victims, so that a second attempt rarely finds new ones.
_MARGIN = 20

_CANDIDATES = """
SELECT r.id, r.source_kind, r.source_id, r.warehouse_id, r.sku_id, r.owner_id, r.quantity
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k (warehouse_id, sku_id, owner_id)
JOIN reservation r USING (warehouse_id, sku_id, owner_id)
WHERE r.state = 'active'
ORDER BY r.id DESC
"""


@dataclass(slots=True)
class Shorting:
    """Which documents have been locked for the shorting of reservations; survives a repeated attempt."""

    owns_transaction: bool
    attempts: int = 0
    documents: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    #: Of each follower of goods, by its place in the list: documents that plan with goods which are taken.
    plans: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def lock_documents(self) -> None:
        """Lock what earlier attempts found to be concerned. Called before any balance is locked."""
        for index, ids in sorted(self.plans.items()):
            goods_followers()[index].lock(ids)
        for kind, source_ids in sorted(self.documents.items()):
            if holder := holder_for(kind):
                holder.lock(sorted(source_ids))

    def goods_left(self, left: Sequence[GoodsLeft]) -> None:
        """Tell those who mean to carry goods that these have gone. Called when the books are written.

        :raises DocumentsNotLocked: to undo and repeat the attempt with their documents locked.
        """
        for index, follower in enumerate(goods_followers() if left else ()):
            concerned = set(follower.concerned(left))
            if not concerned:
                continue
            if not concerned <= self.plans[index]:
                self.plans[index] |= concerned
                self.attempts += 1
                if self.owns_transaction and self.attempts <= _ATTEMPTS:
                    raise DocumentsNotLocked(
                        "plans with goods that go were found; repeating with these locked"
                    )
                follower.lock(concerned)
            follower.follow(left)

    def make_room(self, deficits: Mapping[AvailabilityKey, int]) -> tuple[dict[AvailabilityKey, int], Losses]:
        """Choose whose promises are broken. The caller holds the lock of these availability rows.

        :param deficits: key → units that are reserved beyond what will be sellable.
        :return: key → units no longer reserved, and the losses to hand to :func:`shorts_apply`.
        :raises DocumentsNotLocked: to undo and repeat the attempt with the documents locked.
        """
        wanted = {key: units for key, units in deficits.items() if units > 0}
        if not wanted:
            return {}, {}
        victims, near = _choose(wanted)
        missing = {
            kind: ids
            for kind, ids in _by_kind(victims).items()
            if holder_for(kind) and not ids <= self.documents.get(kind, set())
        }
        if missing:
            for kind, ids in _by_kind(near).items():
                self.documents[kind] |= ids
            self.attempts += 1
            if self.owns_transaction and self.attempts <= _ATTEMPTS:
                raise DocumentsNotLocked(
                    "reservations to short were found; repeating with their documents locked"
                )
            self.lock_documents()
        freed: dict[AvailabilityKey, int] = defaultdict(int)
        for _kind, short in victims:
            freed[AvailabilityKey(short.warehouse_id, short.sku_id, short.owner_id)] += short.quantity
        losses: Losses = defaultdict(list)
        for kind, short in victims:
            losses[kind].append(short)
        return dict(freed), dict(losses)


Losses = dict[str, list[ReservationShort]]


def shorts_apply(losses: Losses) -> None:
    """Write the losses into the reservations and tell their holders."""
    rows = [
        (short.reservation_id, short.quantity, "expired" if short.cause == "expired" else "released")
        for shorts in losses.values()
        for short in shorts
    ]
    if not rows:
        return
    reservations_cut(rows)
    for kind, shorts in sorted(losses.items()):
        if holder := holder_for(kind):
            holder.shorted(shorts)


def shorting_service(service: Callable[Concatenate[Shorting, P], R]) -> Callable[P, R]:
    """Like ``kernel.db.transactional``, for services that may have to short reservations."""

    @functools.wraps(service)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        shorting = Shorting(owns_transaction=not connection.in_atomic_block)

        def attempt() -> R:
            shorting.lock_documents()
            return service(shorting, *args, **kwargs)

        return run_in_transaction(attempt)

    return wrapper


def _choose(
    deficits: Mapping[AvailabilityKey, int],
) -> tuple[list[tuple[str, ReservationShort]], list[tuple[str, ReservationShort]]]:
    """The victims (least urgent first, then newest) and, beyond them, the next few that could become ones."""
    candidates = fetch(_CANDIDATES, columns(deficits, 3))
    urgency = _priorities((row[1], row[2]) for row in candidates)
    candidates.sort(key=lambda row: (urgency.get((row[1], row[2]), 0), row[0]), reverse=True)
    open_units = dict(deficits)
    margin = dict.fromkeys(deficits, _MARGIN)
    victims: list[tuple[str, ReservationShort]] = []
    near: list[tuple[str, ReservationShort]] = []
    for row_id, kind, source_id, warehouse_id, sku_id, owner_id, quantity in candidates:
        key = AvailabilityKey(warehouse_id, sku_id, owner_id)
        units = min(quantity, open_units[key])
        short = ReservationShort(row_id, source_id, warehouse_id, sku_id, owner_id, units)
        if units > 0:
            open_units[key] -= units
            victims.append((kind, short))
            near.append((kind, short))
        elif margin[key] > 0:
            margin[key] -= 1
            near.append((kind, short))
    assert not any(open_units.values()), f"more is reserved than there are reservations: {open_units}"
    return victims, near


def _priorities(sources: Iterable[tuple[str, int]]) -> dict[tuple[str, int], float]:
    """How late each source may be served; what nobody answers for (a checkout) can wait longest."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, source_id in sources:
        by_kind[kind].append(source_id)
    urgency: dict[tuple[str, int], float] = {}
    for kind, source_ids in by_kind.items():
        if holder := holder_for(kind):
            urgency |= {(kind, source): level for source, level in holder.priorities(source_ids).items()}
        else:
            urgency |= dict.fromkeys(((kind, source) for source in source_ids), float("inf"))
    return urgency


def _by_kind(items: Iterable[tuple[str, ReservationShort]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for kind, short in items:
        found[kind].add(short.source_id)
    return found
