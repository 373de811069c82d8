"""Goods reach their shelf: confirming putaways, to the planned place or another; taking them back from the pool."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import LocationRef, locations_by_id, locations_resolve
from hecang.inbound.errors_quality import (
    GoodsGone,
    PlaceUnfit,
    PutawayInvalid,
    PutawayNotFound,
    PutawayStateConflict,
)
from hecang.inbound.events import PutawayDone
from hecang.inbound.models import PutawayState
from hecang.inbound.putting.fitting import REASONS
from hecang.inbound.putting.world import loads_of
from hecang.inbound.services.following import SUBJECT
from hecang.inbound.services.putaway_plans import place_check
from hecang.inventory.services import PostingIn, container_move, stock_post
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.outbox import emit
from hecang.work.services import tasks_cancel, tasks_done

#: Why goods went elsewhere than planned.
OVERRIDE_REASONS: Final = ("full", "blocked", "does_not_fit", "better", "other")
#: What no reason outweighs: goods would be lost, spoilt, mixed up between owners, or fall down.
HARD: Final = frozenset(
    {"kind", "temperature", "hazard", "hazard_mix", "owner_zone", "other_owner", "weight"}
)
STANDING: Final = (PutawayState.WAITING, PutawayState.PLANNED, PutawayState.STUCK)

_LOCK = """
SELECT id, kind, state, warehouse_id, sku_id, lot_id, owner_id, condition, container_id, is_whole, from_location_id,
    to_location_id, quantity, done, source_kind, source_id, receipt_id
FROM putaway WHERE id = %s FOR NO KEY UPDATE
"""
#: A container and all that stand in it.
_INSIDE = (
    "WITH RECURSIVE inside AS (SELECT %s::bigint AS id UNION ALL"
    " SELECT c.id FROM container c JOIN inside ON c.parent_id = inside.id)"
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A putaway that is locked."""

    id: int
    kind: str
    state: str
    warehouse_id: int
    sku_id: int | None
    lot_id: int | None
    owner_id: int | None
    condition: str
    container_id: int | None
    is_whole: bool
    from_location_id: int
    to_location_id: int | None
    quantity: int
    done: int
    source_kind: str
    source_id: int | None
    receipt_id: int | None

    @property
    def left(self) -> int:
        return self.quantity - self.done


def putaway_lock(putaway_id: int) -> Locked:
    """Lock one. Raises :class:`PutawayNotFound`, also outside the actor's scope."""
    row = fetch_one(_LOCK, [putaway_id])
    if row is None:
        raise PutawayNotFound(_("There is no such putaway, or it lies outside your data scope."))
    found = Locked(*row)
    current_actor().scope.require(warehouse=found.warehouse_id, owner=found.owner_id)
    return found


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation did.

    :param left: units of the putaway that are still to carry.
    :param overridden: they went elsewhere than planned.
    """

    location: LocationRef
    quantity: int
    left: int
    overridden: bool = False
    repeated: bool = False


@transactional
def putaway_confirm(
    *,
    putaway_id: int,
    location_code: str = "",
    quantity: int | None = None,
    reason: str = "",
    note: str = "",
) -> Confirmed:
    """Units lie on their shelf: post the move, give the claimed room back, tell who waits.

    Repeating the last confirmation of a finished putaway changes nothing. Locks the putaway (of a whole container also
    those of what is in it), the place (where it is not the planned one), the task, then stock. Emits ``PutawayDone``.

    :param location_code: where they were put; empty means where planned.
    :param quantity: units put there; by default all that are left. A whole container goes as a whole.
    :param reason: of :data:`OVERRIDE_REASONS`; needed for another place than the planned one.
    :raises PutawayStateConflict: done or cancelled.
    :raises PutawayInvalid: unknown place, too many units, or another place without a reason.
    :raises PlaceUnfit: the place may not hold these goods.
    :raises InsufficientStock: the units do not lie any more where they were.
    """
    found = putaway_lock(putaway_id)
    target = _target(found, location_code)
    if found.state == PutawayState.DONE and target.id == found.to_location_id:
        return Confirmed(target, 0, 0, repeated=True)
    if found.state not in STANDING:
        raise PutawayStateConflict(
            _("This putaway is %(state)s already. Take the next one.")
            % {"state": PutawayState(found.state).label},
            data={"state": found.state},
        )
    units = _units(found, quantity)
    if found.is_whole:
        _contents_lock(found)
    overridden = target.id != found.to_location_id
    if overridden:
        _require_place(found, target, units, reason)
        _override_write(found, target, units, reason, note)
    left = found.left - units
    execute(
        "UPDATE putaway SET done = done + %s, state = CASE WHEN %s = 0 THEN 'done' ELSE state END,"
        " to_location_id = CASE WHEN %s = 0 THEN %s ELSE to_location_id END,"
        " done_by = %s, done_at = %s WHERE id = %s",
        [units, left, left, target.id, current_actor().name[:100], clock.now(), putaway_id],
    )
    _claim_shrink(found, left, overridden)
    if left == 0:
        tasks_done(subjects=[(SUBJECT, putaway_id)], kind="putaway")
    _post(found, target, units)
    audit_record(
        action="inbound.putaway.confirmed",
        entity_kind="putaway",
        entity_id=putaway_id,
        before={"state": found.state, "done": found.done},
        after={"done": found.done + units, "location": target.code, "left": left}
        | ({"planned_location_id": found.to_location_id, "reason": reason} if overridden else {}),
    )
    emit(
        PutawayDone(
            putaway_id=putaway_id,
            kind=found.kind,
            warehouse_id=found.warehouse_id,
            location_id=target.id,
            quantity=units,
            source_kind=found.source_kind,
            source_id=found.source_id or 0,
        )
    )
    return Confirmed(target, units, left, overridden)


def _target(found: Locked, code: str) -> LocationRef:
    if code:
        target = locations_resolve(found.warehouse_id, [code]).get(code)
        if target is None or target.is_virtual or not target.is_active:
            raise PutawayInvalid(
                _("“%(code)s” is no place of this warehouse. Scan the label of the place.")
                % {"code": code[:64]}
            )
        return target
    if found.to_location_id is None:
        raise PutawayInvalid(_("No place is planned yet. Scan the place where the goods were put."))
    return locations_by_id([found.to_location_id])[found.to_location_id]


def _units(found: Locked, quantity: int | None) -> int:
    units = found.left if quantity is None else quantity
    if not 1 <= units <= found.left or (found.is_whole and units != found.left):
        if found.is_whole:
            raise PutawayInvalid(_("The container goes as a whole; unpack it first to put away a part."))
        raise PutawayInvalid(
            _("%(left)s units are left to put away; key between 1 and that.") % {"left": found.left},
            data={"left": found.left},
        )
    return units


def _require_place(found: Locked, target: LocationRef, units: int, reason: str) -> None:
    """Refuse a place that may not hold the goods; another place than the planned one needs a reason."""
    if found.to_location_id is not None and reason not in OVERRIDE_REASONS:
        raise PutawayInvalid(
            _("%(code)s is not the planned place. Go to the planned one, or say why it has to be another.")
            % {"code": target.code},
            code="reason_missing",
            data={"reasons": list(OVERRIDE_REASONS)},
        )
    load = loads_of([found.id], STANDING).get(found.id)
    if load is None:
        raise GoodsGone(_("The container is empty; there is nothing to put away."))
    piece = load if units == load.quantity or load.whole else load.taken(units)
    fault, _spot = place_check(piece, warehouse_id=found.warehouse_id, location_id=target.id)
    if fault in HARD or (fault and found.to_location_id is None and not reason):
        raise PlaceUnfit(
            _("The goods cannot lie in %(code)s. %(why)s Choose another place.")
            % {"code": target.code, "why": translation.gettext(REASONS[fault])},
            data={"location": target.code, "reason": fault},
        )


def _override_write(found: Locked, target: LocationRef, units: int, reason: str, note: str) -> None:
    if found.to_location_id is None:
        return
    execute(
        "INSERT INTO putaway_override (putaway_id, planned_id, placed_id, reason, note, quantity, by, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            found.id, found.to_location_id, target.id, reason, note[:200], units, current_actor().name[:100],
            clock.now(),
        ],
    )  # fmt: skip


def _contents_lock(found: Locked) -> None:
    """Lock what was to be put away out of this container by itself: it goes with the container."""
    fetch(
        _INSIDE  # noqa: S608 - a constant
        + " SELECT p.id FROM putaway p JOIN inside ON inside.id = p.container_id"
        " WHERE p.state IN ('waiting', 'planned', 'stuck') ORDER BY p.id FOR NO KEY UPDATE OF p",
        [found.container_id],
    )


def _claim_shrink(found: Locked, left: int, overridden: bool) -> None:
    """Give back the room of what has been put away; what is left keeps its own."""
    if left == 0:
        execute("DELETE FROM space_claim WHERE putaway_id = %s", [found.id])
        return
    del overridden  # elsewhere or not: these units need the planned room no more
    execute(
        "UPDATE space_claim SET volume_mm3 = volume_mm3 * %s / quantity, weight_g = weight_g * %s / quantity,"
        " quantity = %s WHERE putaway_id = %s",
        [left, left, left, found.id],
    )


def _post(found: Locked, target: LocationRef, units: int) -> None:
    if found.is_whole:
        assert found.container_id is not None
        _require_one_condition(found)
        container_move(
            container_id=found.container_id,
            to_location_id=target.id,
            reason="putaway",
            source_kind=SUBJECT,
            source_id=found.id,
        )
        return
    assert found.sku_id is not None
    assert found.owner_id is not None
    stock_post(
        entries=[
            PostingIn(
                sku_id=found.sku_id,
                owner_id=found.owner_id,
                lot_id=found.lot_id,
                quantity=units,
                from_location_id=found.from_location_id,
                to_location_id=target.id,
                from_condition=found.condition,
                to_condition=found.condition,
                from_container_id=found.container_id,
                reason="putaway",
                source_kind=SUBJECT,
                source_id=found.id,
            )
        ]
    )


def _require_one_condition(found: Locked) -> None:
    """A container that holds goods in other conditions too does not go to a shelf as it is."""
    rows = fetch(
        _INSIDE  # noqa: S608 - a constant
        + " SELECT DISTINCT s.condition FROM stock s JOIN inside ON inside.id = s.container_id WHERE s.quantity > 0",
        [found.container_id],
    )
    others = sorted({row[0] for row in rows} - {found.condition})
    if others:
        raise GoodsGone(
            _("The container also holds goods that are %(others)s. Take them out first.")
            % {"others": ", ".join(others)},
            data={"conditions": others},
        )


@transactional
def putaway_cancel(*, putaway_id: int, reason: str) -> None:
    """The goods are not to be put away: moved otherwise, or gone. They stay where they are. Locks the putaway.

    Repeating it changes nothing. Raises :class:`PutawayStateConflict` where they have been put away.
    """
    found = putaway_lock(putaway_id)
    if found.state == PutawayState.CANCELLED:
        return
    if found.state == PutawayState.DONE:
        raise PutawayStateConflict(_("The goods have been put away. Move them instead."))
    if found.done:
        # What was carried stays carried: the rest is cut off.
        execute(
            "UPDATE putaway SET state = 'done', quantity = done, done_at = coalesce(done_at, %s) WHERE id = %s",
            [clock.now(), putaway_id],
        )
    else:
        execute("UPDATE putaway SET state = 'cancelled' WHERE id = %s", [putaway_id])
    execute("DELETE FROM space_claim WHERE putaway_id = %s", [putaway_id])
    tasks_cancel(subjects=[(SUBJECT, putaway_id)], kind="putaway", note=reason[:200])
    audit_record(
        action="inbound.putaway.cancelled",
        entity_kind="putaway",
        entity_id=putaway_id,
        before={"state": found.state, "done": found.done},
        after={"reason": reason[:200]},
    )


@transactional
def putaways_unplan(*, putaway_ids: list[int]) -> int:
    """Give claimed places back; the putaways wait for new ones. Those whose task somebody has are left alone."""
    rows = fetch(
        "SELECT p.id, p.warehouse_id FROM putaway p WHERE p.id = ANY(%s::bigint[]) AND p.state = 'planned' AND p.done = 0"
        " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.subject_kind = 'putaway' AND t.subject_id = p.id"
        "  AND t.state IN ('assigned', 'started', 'paused')) ORDER BY p.id FOR NO KEY UPDATE OF p",
        [sorted(set(putaway_ids))],
    )
    for _key, warehouse_id in rows:
        current_actor().scope.require(warehouse=warehouse_id)
    ids = [row[0] for row in rows]
    if ids:
        _to_waiting(ids)
        tasks_cancel(subjects=[(SUBJECT, key) for key in ids], kind="putaway", note="planned anew")
    return len(ids)


def putaways_drop_places(putaway_ids: list[int]) -> None:
    """Their tasks were taken out of the pool: the goods still have to go somewhere. The putaways are locked."""
    rows = fetch(
        "SELECT id FROM putaway WHERE id = ANY(%s::bigint[]) AND state = 'planned' AND done = 0 ORDER BY id",
        [putaway_ids],
    )
    _to_waiting([row[0] for row in rows])


def _to_waiting(ids: list[int]) -> None:
    """Back to waiting; where goods of the same kind wait already they become one."""
    if not ids:
        return
    execute("DELETE FROM space_claim WHERE putaway_id = ANY(%s::bigint[])", [ids])
    # One row of each kind of goods may wait; further pieces are stuck until the next run, which takes both.
    execute(
        """
        WITH ranked AS (
            SELECT p.id, row_number() OVER (PARTITION BY p.from_location_id, p.sku_id, p.lot_id, p.owner_id, p.condition,
                p.container_id, p.source_kind, p.source_id ORDER BY p.id) AS place,
                EXISTS (SELECT 1 FROM putaway q WHERE q.state = 'waiting' AND q.kind = 'shelf'
                    AND q.from_location_id = p.from_location_id AND q.sku_id IS NOT DISTINCT FROM p.sku_id
                    AND q.lot_id IS NOT DISTINCT FROM p.lot_id AND q.owner_id IS NOT DISTINCT FROM p.owner_id
                    AND q.condition = p.condition AND q.container_id IS NOT DISTINCT FROM p.container_id
                    AND q.source_kind = p.source_kind AND q.source_id IS NOT DISTINCT FROM p.source_id) AS has
            FROM putaway p WHERE p.id = ANY(%s::bigint[])
        )
        UPDATE putaway p SET state = CASE WHEN p.kind = 'crossdock' OR (r.place = 1 AND NOT r.has) THEN 'waiting'
                ELSE 'stuck' END, to_location_id = NULL, strategy = '', why = '{}', planned_at = NULL
        FROM ranked r WHERE r.id = p.id
        """,
        [ids],
    )


def why_of(value: Any) -> dict[str, Any]:
    """``Putaway.why`` as a dictionary, however the driver gave it."""
    return dict(json.loads(value)) if isinstance(value, str) else dict(value or {})


def demand_of(value: Any) -> list[dict[str, Any]]:
    """``Putaway.demand`` as a list, however the driver gave it."""
    return list(json.loads(value)) if isinstance(value, str) else list(value or [])
