"""Pick faces: set by people, found where goods lie, and fitted to what is picked from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.stockkeeping.models import PickFace
from hecang.stockkeeping.replenishing import levels_of

#: Outflow is looked at over so many days.
OUTFLOW_DAYS = 28
#: Share of a place that goods can fill.
FILL = 0.8

_SAVE = """
INSERT INTO pick_face (warehouse_id, location_id, sku_id, owner_id, min_quantity, max_quantity, multiple, is_fixed,
    is_active, daily_outflow, created_at, updated_at)
SELECT l.warehouse_id, f.location_id, f.sku_id, f.owner_id, f.low, f.high, f.multiple, f.is_fixed, f.is_active, 0,
    %s, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::integer[], %s::boolean[],
    %s::boolean[]) AS f (location_id, sku_id, owner_id, low, high, multiple, is_fixed, is_active)
JOIN location l ON l.id = f.location_id
ORDER BY f.location_id, f.sku_id, f.owner_id
ON CONFLICT (location_id, sku_id, owner_id) DO UPDATE SET min_quantity = excluded.min_quantity,
    max_quantity = excluded.max_quantity, multiple = excluded.multiple, is_fixed = excluded.is_fixed,
    is_active = excluded.is_active, updated_at = excluded.updated_at
RETURNING location_id, sku_id, owner_id, id
"""

# Goods that lie in pick faces that nobody has described, with what a case holds and how many fit.
_FOUND = """
SELECT s.location_id, s.sku_id, s.owner_id, s.units, coalesce(c.quantity, 1),
    CASE WHEN l.width_mm > 0 AND k.length_mm > 0 AND k.width_mm > 0 AND k.height_mm > 0
        AND l.depth_mm > 0 AND l.height_mm > 0
        THEN floor(%s * l.width_mm::float8 * l.depth_mm * l.height_mm
            / (k.length_mm::float8 * k.width_mm * k.height_mm))::bigint END
FROM (
    SELECT s.location_id, s.sku_id, s.owner_id, sum(s.quantity)::bigint AS units FROM stock s
    WHERE s.warehouse_id = %s AND s.quantity > 0 AND s.condition = 'good'
    GROUP BY 1, 2, 3
) s
JOIN location l ON l.id = s.location_id AND l.kind = 'pick_face' AND l.is_active
JOIN sku k ON k.id = s.sku_id
LEFT JOIN packaging c ON c.sku_id = s.sku_id AND c.level = 'case'
WHERE NOT EXISTS (SELECT 1 FROM pick_face f WHERE f.location_id = s.location_id AND f.sku_id = s.sku_id
    AND f.owner_id = s.owner_id)
ORDER BY s.location_id, s.sku_id, s.owner_id
"""

_FACES = """
SELECT f.id, f.location_id, f.sku_id, f.owner_id, f.multiple, f.max_quantity, f.is_fixed,
    CASE WHEN l.width_mm > 0 AND k.length_mm > 0 AND k.width_mm > 0 AND k.height_mm > 0
        AND l.depth_mm > 0 AND l.height_mm > 0
        THEN floor(%s * l.width_mm::float8 * l.depth_mm * l.height_mm
            / (k.length_mm::float8 * k.width_mm * k.height_mm))::bigint END
FROM pick_face f JOIN location l ON l.id = f.location_id JOIN sku k ON k.id = f.sku_id
WHERE f.warehouse_id = %s AND f.is_active AND (%s::bigint[] IS NULL OR f.id = ANY(%s::bigint[])) ORDER BY f.id
"""

_OUTFLOW = """
SELECT m.sku_id, m.owner_id, sum(m.quantity)::bigint
FROM movement m JOIN location f ON f.id = m.from_location_id
WHERE m.reason = 'pick' AND m.at >= %s AND f.warehouse_id = %s AND m.sku_id = ANY(%s::bigint[])
GROUP BY 1, 2
"""

_SUGGEST = """
UPDATE pick_face f SET suggested_min = d.low, suggested_max = d.high, daily_outflow = d.daily, suggested_at = %s,
    min_quantity = CASE WHEN d.takes THEN d.low ELSE f.min_quantity END,
    max_quantity = CASE WHEN d.takes THEN d.high ELSE f.max_quantity END
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::boolean[]) AS d (id, low, high, daily, takes)
WHERE f.id = d.id
"""


@dataclass(frozen=True, slots=True)
class FaceIn:
    """How full a place is to be of one SKU of one owner. Base units."""

    location_id: int
    sku_id: int
    owner_id: int
    min_quantity: int
    max_quantity: int
    multiple: int = 1
    is_fixed: bool = True
    is_active: bool = True


def face_get(face_id: int) -> PickFace:
    """A face within the actor's scope. Raises NotFound."""
    face = PickFace.objects.filter(id=face_id).first()
    if face is None:
        raise NotFound(_("There is no such pick face."))
    current_actor().scope.require(warehouse=face.warehouse_id, owner=face.owner_id)
    return face


@transactional
def pick_faces_save(*, faces: Sequence[FaceIn]) -> list[int]:
    """Write faces, new ones or those of the same place, SKU and owner; ids in order. Four statements.

    :raises InvalidInput: a place that is no pick face, a kit, an unknown SKU or owner, or a maximum below the minimum.
    """
    if not faces:
        return []
    _require_sound(faces)
    at = now()
    rows = sorted(
        {(one.location_id, one.sku_id, one.owner_id): one for one in faces}.items(), key=lambda item: item[0]
    )
    saved = fetch(
        _SAVE,
        [
            at, at,
            *columns(
                (
                    (*key, one.min_quantity, one.max_quantity, one.multiple, one.is_fixed, one.is_active)
                    for key, one in rows
                ),
                8,
            ),
        ],
    )  # fmt: skip
    ids = {(row[0], row[1], row[2]): row[3] for row in saved}
    audit_record_many(
        action="stockkeeping.pick_face.saved",
        entity_kind="pick_face",
        entries=[
            (
                ids[key],
                None,
                {
                    "min": one.min_quantity,
                    "max": one.max_quantity,
                    "multiple": one.multiple,
                    "active": one.is_active,
                },
            )
            for key, one in rows
        ],
    )
    return [ids[one.location_id, one.sku_id, one.owner_id] for one in faces]


@transactional
def pick_faces_drop(*, face_ids: Collection[int]) -> int:
    """Take faces out of use; open replenishments to them go on. How many were in use."""
    rows = fetch(
        "SELECT id, warehouse_id, owner_id FROM pick_face WHERE id = ANY(%s::bigint[]) AND is_active ORDER BY id"
        " FOR NO KEY UPDATE",
        [sorted(face_ids)],
    )
    for _id, warehouse_id, owner_id in rows:
        current_actor().scope.require(warehouse=warehouse_id, owner=owner_id)
    execute(
        "UPDATE pick_face SET is_active = false, updated_at = %s WHERE id = ANY(%s::bigint[])",
        [now(), [row[0] for row in rows]],
    )
    audit_record_many(
        action="stockkeeping.pick_face.dropped",
        entity_kind="pick_face",
        entries=[(row[0], {"active": True}, {"active": False}) for row in rows],
    )
    return len(rows)


@transactional
def pick_faces_infer(*, warehouse_id: int) -> list[int]:
    """Describe pick-face places in which goods lie and that nobody has described; ids of the new faces.

    The maximum is what fits by volume, else twice what lies there now; the outflow refines both
    (:func:`pick_faces_suggest`). The number of statements does not grow with places.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    found = []
    for location, sku, owner, units, case, capacity in fetch(_FOUND, [FILL, warehouse_id]):
        most = max(1, capacity if capacity is not None else 2 * units)
        multiple = case if case <= most else 1
        found.append(FaceIn(location, sku, owner, most // 4, most, multiple, is_fixed=False))
    ids = pick_faces_save(faces=found)
    pick_faces_suggest(warehouse_id=warehouse_id, face_ids=ids)
    return ids


@transactional
def pick_faces_suggest(
    *, warehouse_id: int, face_ids: Collection[int] | None = None, take: bool = False
) -> int:
    """Work out minimum and maximum of faces from what was picked of their SKUs; how many were looked at.

    A face holds what goes out in two days, within what fits, and is filled when half a day is left; several faces of
    one SKU share. Faces that were found take the suggestion over; of those set by people only with ``take``. Three
    statements.
    """
    ids = None if face_ids is None else sorted(face_ids)
    faces = fetch(_FACES, [FILL, warehouse_id, ids, ids])
    if not faces:
        return 0
    since = now() - timedelta(days=OUTFLOW_DAYS)
    outflow = {
        (sku, owner): Decimal(units) / OUTFLOW_DAYS
        for sku, owner, units in fetch(_OUTFLOW, [since, warehouse_id, sorted({row[2] for row in faces})])
    }
    sharing: dict[tuple[int, int], int] = defaultdict(int)
    for row in faces:
        sharing[row[2], row[3]] += 1
    rows = []
    for face_id, _location, sku, owner, multiple, most, is_fixed, capacity in faces:
        daily = outflow.get((sku, owner), Decimal(0))
        if not daily:
            continue  # nothing speaks for or against what is set
        low, high = levels_of(daily / sharing[sku, owner], multiple, capacity or most)
        rows.append((face_id, low, high, daily.quantize(Decimal("0.001")), take or not is_fixed))
    if rows:
        execute(_SUGGEST, [now(), *columns(rows, 5)])
    return len(faces)


def _require_sound(faces: Sequence[FaceIn]) -> None:
    places = {
        row[0]: row[1:]
        for row in fetch(
            "SELECT id, kind, is_active, warehouse_id FROM location WHERE id = ANY(%s::bigint[])",
            [sorted({one.location_id for one in faces})],
        )
    }
    skus = {
        row[0]: row[1]
        for row in fetch(
            "SELECT id, kind = 'kit' AND kit_mode = 'explode' FROM sku WHERE id = ANY(%s::bigint[])",
            [sorted({one.sku_id for one in faces})],
        )
    }
    owners = {
        row[0]
        for row in fetch(
            "SELECT id FROM owner WHERE id = ANY(%s::bigint[])", [sorted({one.owner_id for one in faces})]
        )
    }
    problems = []
    for index, one in enumerate(faces):
        place = places.get(one.location_id)
        if place is None or place[0] != "pick_face":
            fault = ("wrong_location", "location_id", _("This place is no pick face."))
        elif one.sku_id not in skus or skus[one.sku_id]:
            fault = (
                "wrong_sku",
                "sku_id",
                _("There is no such SKU, or it is a kit without stock of its own."),
            )
        elif one.owner_id not in owners:
            fault = ("unknown_owner", "owner_id", _("There is no such owner."))
        elif one.max_quantity < max(1, one.min_quantity) or one.min_quantity < 0 or one.multiple < 1:
            fault = (
                "wrong_quantity",
                "max_quantity",
                _("The maximum must be at least 1 and at least the minimum."),
            )
        else:
            current_actor().scope.require(warehouse=place[2], owner=one.owner_id)
            continue
        problems.append(
            Problem(fault[2], code=fault[0], loc=f"faces.{index}.{fault[1]}", row=index, field=fault[1])
        )
    if problems:
        raise InvalidInput(
            _("Nothing was saved. %(first)s") % {"first": problems[0].message}, problems=problems
        )
