"""Planning replenishment: claims on reserve stock, and the tasks that carry it to the faces.

What is planned is worked out twice by the same rule: first without locks over all faces, to find those in need; then
again for these, some hundred SKUs at a time, under the lock of their availability, which every change of what is free
at a place has to win. So two planners never claim the same unit. Claims bind replenishment only: an order may
allocate claimed units, and wins (``docs/explanation/replenishment.md``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.services import availability_lock
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, fetch, transactional
from hecang.stockkeeping.replenishing import PRIORITIES, Carry, carries_of
from hecang.stockkeeping.selectors.faces import (
    demand_of_warehouse,
    faces_at,
    faces_by_key,
    faces_of_keys,
    faces_of_warehouse,
    sources_of,
)
from hecang.work.services import TaskIn, tasks_create

SUBJECT = "replenishment"
#: SKUs whose faces are planned in one transaction.
CHUNK = 500
#: What the minimum asks for is wanted within this time.
_SOON = timedelta(hours=2)
#: Taking a load up and putting it down, without the walk.
_HANDLING_SECONDS = 90

_INSERT = """
INSERT INTO replenishment (warehouse_id, state, cause, face_id, sku_id, owner_id, stock_id, from_location_id,
    to_location_id, lot_id, quantity, moved, ended_by, due_at, wave_id, created_by, created_at, done_by)
SELECT r.warehouse_id, 'open', r.cause, r.face_id, r.sku_id, r.owner_id, r.stock_id, r.from_id, r.to_id, r.lot_id,
    r.quantity, 0, '', r.due_at, r.wave_id, %s, %s, ''
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[]) WITH ORDINALITY
    AS r (warehouse_id, cause, face_id, sku_id, owner_id, stock_id, from_id, to_id, lot_id, quantity, due_at,
        wave_id, place)
ORDER BY r.place RETURNING id
"""


@dataclass(frozen=True, slots=True)
class FaceDemand:
    """Units of one SKU and owner that somebody is going to pick."""

    sku_id: int
    owner_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class ClaimIn:
    """Units to claim for a walk from one stock row to one place."""

    warehouse_id: int
    cause: str
    face_id: int | None
    sku_id: int
    owner_id: int
    stock_id: int
    from_location_id: int
    to_location_id: int
    lot_id: int | None
    quantity: int
    due_at: datetime | None = None
    wave_id: int | None = None

    @classmethod
    def of(cls, carry: Carry, due_at: datetime | None, wave_id: int | None) -> ClaimIn:
        face, source = carry.face, carry.source
        return cls(
            face.warehouse_id, carry.cause, face.id, face.sku_id, face.owner_id, source.stock_id,
            source.location_id, face.location_id, source.lot_id, carry.units, due_at, wave_id,
        )  # fmt: skip


def replenishments_preview(*, warehouse_id: int, top_up: bool = False, policy: str = "fefo") -> list[Carry]:
    """What :func:`replenishments_plan` would do now, for owners of the actor. Changes and locks nothing; four statements."""
    scope = current_actor().scope
    scope.require(warehouse=warehouse_id)
    faces = faces_by_key(
        [
            face
            for face in faces_of_warehouse(warehouse_id)
            if scope.owners is None or face.owner_id in scope.owners
        ]
    )
    demand = demand_of_warehouse(warehouse_id)
    needy = {
        key
        for key, mine in faces.items()
        if any(face.have < face.min_quantity or (top_up and face.room) for face in mine)
        or demand.get((key.sku_id, key.owner_id), 0) > sum(face.have for face in mine)
    }
    sources = sources_of(needy, policy)
    return [
        carry
        for key in sorted(needy)
        for carry in carries_of(
            faces[key], sources.get(key, ()), demand=demand.get((key.sku_id, key.owner_id), 0), top_up=top_up
        )
    ]


def replenishments_plan(
    *, warehouse_id: int, due_at: datetime | None = None, top_up: bool = False, policy: str = "fefo"
) -> list[int]:
    """Claim reserve stock for every face below its minimum, and for what orders have reserved beyond the faces.

    Locks availability, some hundred SKUs in one transaction. The number of statements does not grow with faces within
    a chunk.

    :param top_up: fill every face that has room, by whole multiples (at quiet times).
    :return: ids of the new replenishments.
    """
    carries = replenishments_preview(warehouse_id=warehouse_id, top_up=top_up, policy=policy)
    keys = sorted({AvailabilityKey(warehouse_id, one.face.sku_id, one.face.owner_id) for one in carries})
    made: list[int] = []
    for start in range(0, len(keys), CHUNK):
        made += _plan(keys[start : start + CHUNK], None, due_at=due_at, top_up=top_up, policy=policy)
    return made


def replenishments_for_demand(
    *,
    warehouse_id: int,
    demand: Sequence[FaceDemand],
    due_at: datetime | None = None,
    wave_id: int | None = None,
    policy: str = "fefo",
) -> list[int]:
    """Claim what the faces lack of the units that a wave is going to pick, to be there when it starts.

    SKUs without faces are left out: they are picked where they lie. Faces that run below their minimum are filled,
    too. Locks availability.

    :param demand: what will be picked; rows of one SKU add up.
    :param due_at: when it starts.
    :return: ids of the new replenishments.
    """
    wanted: dict[AvailabilityKey, int] = defaultdict(int)
    for one in demand:
        wanted[AvailabilityKey(warehouse_id, one.sku_id, one.owner_id)] += one.quantity
    faces = faces_by_key(faces_of_keys(wanted))
    # What the wave takes from a face may leave it below its minimum; that counts as demand as well.
    lacking = {
        key: wanted[key]
        for key, mine in faces.items()
        if sum(face.have for face in mine) < wanted[key]
        or any(face.have < face.min_quantity for face in mine)
    }
    keys = sorted(lacking)
    made: list[int] = []
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        made += _plan(part, lacking, due_at=due_at, wave_id=wave_id, policy=policy)
    return made


def replenishments_top_up(
    *, warehouse_id: int, near_location_id: int | None = None, limit: int = 3
) -> list[int]:
    """Fill faces that have room for whole cases while somebody is near, or nothing else is to be done.

    :param near_location_id: only faces of the same aisle.
    :param limit: SKUs at most, those with the least in their faces first.
    """
    if near_location_id is None:
        faces = faces_of_warehouse(warehouse_id)
    else:  # somebody waits for the answer: only what is near is read
        faces = faces_at(_same_aisle(near_location_id))
    chosen = sorted(
        (face for face in faces if face.room >= face.multiple), key=lambda one: one.have / one.max_quantity
    )
    keys = list(dict.fromkeys(AvailabilityKey(warehouse_id, face.sku_id, face.owner_id) for face in chosen))
    return _plan(sorted(keys[:limit]), None, top_up=True) if keys else []


@transactional
def replenishment_ask(
    *, face_id: int, quantity: int | None = None, due_at: datetime | None = None
) -> list[int]:
    """Somebody wants units at a face now: what fits, at most ``quantity``. Ids; none where nothing is left or fits.

    How much fits is decided under the lock of the availability, so that two who ask at once never claim the same room.
    """
    from hecang.stockkeeping.services.faces import face_get

    face = face_get(face_id)
    key = AvailabilityKey(face.warehouse_id, face.sku_id, face.owner_id)
    units = face.max_quantity if quantity is None else quantity
    return _plan([key], None, due_at=due_at or now(), wanted={face_id: units})


@transactional
def replenishments_again(*, keys: Sequence[AvailabilityKey]) -> list[int]:
    """Plan these SKUs once more, after goods were not found or gone. Locks availability. Ids of what is new."""
    return _plan(sorted(keys), None)


@transactional
def _plan(
    keys: Sequence[AvailabilityKey],
    demand: Mapping[AvailabilityKey, int] | None,
    *,
    due_at: datetime | None = None,
    wave_id: int | None = None,
    top_up: bool = False,
    policy: str = "fefo",
    wanted: Mapping[int, int] | None = None,
) -> list[int]:
    """The rule once more under the lock, and its claims written. Eight statements for any number of keys."""
    if not keys:
        return []
    availability_lock(keys)
    faces = faces_by_key(faces_of_keys(keys))
    sources = sources_of(keys, policy)
    if demand is None:
        reserved = demand_of_warehouse(keys[0].warehouse_id, {key.sku_id for key in keys})
        demand = {key: reserved.get((key.sku_id, key.owner_id), 0) for key in keys}
    claims = [
        ClaimIn.of(carry, due_at or _due(carry.cause), wave_id)
        for key in keys
        for carry in carries_of(
            faces.get(key, ()), sources.get(key, ()), demand=demand.get(key, 0), top_up=top_up, wanted=wanted
        )
    ]
    return claims_write(claims)


def claims_write(claims: Sequence[ClaimIn]) -> list[int]:
    """Write claims that were decided under the lock of their availability, with their tasks. Four statements."""
    if not claims:
        return []
    rows = (
        (
            one.warehouse_id, one.cause, one.face_id, one.sku_id, one.owner_id, one.stock_id, one.from_location_id,
            one.to_location_id, one.lot_id, one.quantity, one.due_at, one.wave_id,
        )
        for one in claims
    )  # fmt: skip
    ids = [row[0] for row in fetch(_INSERT, [current_actor().name[:100], now(), *columns(rows, 12)])]
    tasks_create(
        tasks=[
            TaskIn(
                kind="replenish",
                warehouse_id=one.warehouse_id,
                subject_kind=SUBJECT,
                subject_id=key,
                priority=PRIORITIES[one.cause],
                due_at=one.due_at,
                from_location_id=one.from_location_id,
                to_location_id=one.to_location_id,
                sku_id=one.sku_id,
                quantity=one.quantity,
                est_seconds=_HANDLING_SECONDS,
            )
            for key, one in zip(ids, claims, strict=True)
        ]
    )
    audit_record_many(
        action="stockkeeping.replenishment.planned",
        entity_kind=SUBJECT,
        entries=[
            (key, None, {"cause": one.cause, "sku_id": one.sku_id, "quantity": one.quantity})
            for key, one in zip(ids, claims, strict=True)
        ],
    )
    return ids


def _due(cause: str) -> datetime | None:
    if cause in {"demand", "manual"}:
        return now()
    return now() + _SOON if cause == "below_min" else None


def _same_aisle(location_id: int) -> set[int]:
    rows: Iterable[tuple[int]] = fetch(
        "SELECT l.id FROM location l JOIN location n ON n.id = %s WHERE l.id = n.id OR l.aisle_id = n.aisle_id",
        [location_id],
    )
    return {row[0] for row in rows}


def keys_of_faces(face_ids: Collection[int]) -> list[AvailabilityKey]:
    """Whose availability guards what is claimed for these faces."""
    rows = fetch(
        "SELECT DISTINCT warehouse_id, sku_id, owner_id FROM pick_face WHERE id = ANY(%s::bigint[])",
        [list(face_ids)],
    )
    return sorted(AvailabilityKey(*row) for row in rows)
