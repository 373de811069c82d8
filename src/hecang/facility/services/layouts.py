"""Writing a generated layout."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.errors import LayoutExists, LayoutInUse
from hecang.facility.layouts import LayoutPlan, LayoutSpec, layout_plan
from hecang.facility.models import Location
from hecang.facility.services.writing import (
    aisles_insert,
    crosses_insert,
    layout_touched,
    locations_insert,
    zones_insert,
)
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class LayoutResult:
    """:param version: the warehouse's layout version afterwards; that of now for a dry run."""

    plan: LayoutPlan
    version: int


@transactional
def layout_generate(
    *, warehouse_id: int, spec: LayoutSpec, replace: bool = False, dry_run: bool = False
) -> LayoutResult:
    """Make zones, aisles, cross-aisles and locations from parameters, beside what is there.

    Six statements, whatever the size: 10,000 locations in about half a second. Docks, staging, stations and
    special places are made with the first layout only. Locks the warehouse.

    :param replace: remove what is there first.
    :param dry_run: only answer what would be made.
    :raises NotFound: no such warehouse.
    :raises InvalidInput: the parameters make no sense.
    :raises LayoutExists: a zone or location code is taken.
    :raises LayoutInUse: ``replace``, but stock, the ledger or work names a location.
    """
    row = fetch_one("SELECT layout_version FROM warehouse WHERE id = %s FOR NO KEY UPDATE", [warehouse_id])
    if row is None:
        raise NotFound(_("There is no such warehouse, or it lies outside your data scope."))
    if replace:
        _refuse_if_used(warehouse_id)
    right, sequence, has_floor = (0, 0, False) if replace else _occupied(warehouse_id)
    plan = layout_plan(spec, x_from_mm=right, sequence_from=sequence, with_floor=not has_floor)
    if not replace:
        _refuse_taken(warehouse_id, plan)
    if dry_run:
        return LayoutResult(plan, int(row[0]))
    if replace:
        _remove(warehouse_id)
    zones = zones_insert(warehouse_id, plan.zones)
    aisles = aisles_insert(zones, plan.aisles)
    crosses_insert(zones, plan.crosses)
    locations_insert(warehouse_id, zones, aisles, plan.locations)
    execute(
        "UPDATE warehouse SET width_mm = greatest(%s::integer, width_mm * %s::integer),"
        " depth_mm = greatest(%s::integer, depth_mm * %s::integer) WHERE id = %s",
        [plan.width_mm, int(not replace), plan.depth_mm, int(not replace), warehouse_id],
    )
    audit_record(
        action="warehouse.generate_layout",
        entity_kind="warehouse",
        entity_id=warehouse_id,
        after={"replace": replace, "locations": plan.counts(), "parameters": _parameters(spec)},
    )
    return LayoutResult(plan, layout_touched(warehouse_id))


def _parameters(spec: LayoutSpec) -> dict[str, Any]:
    return asdict(spec)


def _occupied(warehouse_id: int) -> tuple[int, int, bool]:
    """Right edge of the storage zones, highest pick sequence, and whether there is a floor already."""
    row = fetch_one(
        "SELECT coalesce(max(x_mm + width_mm) FILTER (WHERE kind = 'storage'), 0),"
        " (SELECT coalesce(max(pick_sequence), 0) FROM location WHERE warehouse_id = %s),"
        " coalesce(bool_or(kind NOT IN ('storage', 'virtual')), false) FROM zone WHERE warehouse_id = %s",
        [warehouse_id, warehouse_id],
    )
    assert row is not None
    return int(row[0]), int(row[1]), bool(row[2])


def _refuse_taken(warehouse_id: int, plan: LayoutPlan) -> None:
    taken = [
        row[0]
        for row in fetch(
            "SELECT code FROM zone WHERE warehouse_id = %s AND code = ANY(%s) UNION ALL"
            " (SELECT code FROM location WHERE warehouse_id = %s AND code = ANY(%s) LIMIT 10)",
            [
                warehouse_id, [zone.code for zone in plan.zones],
                warehouse_id, [location.code for location in plan.locations],
            ],
        )
    ]  # fmt: skip
    if taken:
        raise LayoutExists(
            _("The warehouse has %(codes)s already. Choose other zone codes, or replace the layout.")
            % {"codes": ", ".join(taken[:5])},
            data={"codes": taken[:20]},
        )


def _refuse_if_used(warehouse_id: int) -> None:
    """Whatever has a foreign key to a physical location counts: stock, ledger, tasks."""
    for relation in Location._meta.related_objects:
        model, field = relation.related_model, relation.field.name
        assert not isinstance(model, str)
        used = model._base_manager.filter(
            **{f"{field}__warehouse_id": warehouse_id, f"{field}__is_virtual": False}
        ).exists()
        if used:
            raise LayoutInUse(
                _("Locations of this warehouse are named by stock, the ledger or work, so they cannot be removed."
                  " Add zones beside them instead.")
            )  # fmt: skip


def _remove(warehouse_id: int) -> None:
    execute("DELETE FROM location WHERE warehouse_id = %s AND NOT is_virtual", [warehouse_id])
    storeys = "(SELECT id FROM zone WHERE warehouse_id = %s AND kind <> 'virtual')"
    execute(f"DELETE FROM cross_aisle WHERE zone_id IN {storeys}", [warehouse_id])  # noqa: S608 - own text
    execute(f"DELETE FROM aisle WHERE zone_id IN {storeys}", [warehouse_id])  # noqa: S608
    execute("DELETE FROM zone WHERE warehouse_id = %s AND kind <> 'virtual'", [warehouse_id])
