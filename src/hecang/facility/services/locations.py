"""Changing locations by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.facility.errors import CodeTaken
from hecang.facility.hooks import locations_changed
from hecang.facility.models import Location
from hecang.facility.services.writing import layout_touched
from hecang.kernel.db import transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem

FIELDS = (
    "code", "kind", "is_active", "pick_sequence", "max_weight_g", "x_mm", "y_mm", "width_mm", "depth_mm", "height_mm",
)  # fmt: skip
#: A change of these decides whether goods there may be sold.
_SELLABILITY = frozenset({"kind", "is_active"})


@transactional
def location_change(*, location_id: int, changes: Mapping[str, Any]) -> None:
    """Change columns of one physical location; see :func:`locations_change`. Raises :class:`CodeTaken`, too."""
    location = Location.objects.filter(pk=location_id).values_list("warehouse_id", "code").first()
    if location is None:
        raise NotFound(_("There is no such location, or it lies outside your data scope."))
    code = changes.get("code", location[1])
    if code != location[1] and Location.objects.filter(warehouse_id=location[0], code=code).exists():
        raise CodeTaken(_("The warehouse has a location “%(code)s” already.") % {"code": code})
    locations_change(location_ids=[location_id], changes=changes)


@transactional
def locations_change(*, location_ids: Sequence[int], changes: Mapping[str, Any]) -> int:
    """Change the same columns of several physical locations of one warehouse; the number that changed.

    Locks them in order of id. Where kind or activity change, whoever registered with
    :func:`hecang.facility.hooks.on_locations_changed` is told inside the transaction: sellable stock follows.

    Raises :class:`NotFound`, :class:`InvalidInput` for virtual locations and kinds.
    """
    rows = list(_locked(location_ids).values("id", "warehouse_id", "is_virtual", *FIELDS))
    if len(rows) < len(set(location_ids)):
        raise NotFound(_("There is no such location, or it lies outside your data scope."))
    if any(row["is_virtual"] for row in rows) or changes.get("kind") in Location.VIRTUAL_KINDS:
        message = _("The locations outside the warehouse are Hecang's own; they cannot be changed or made.")
        raise InvalidInput(message, problems=[Problem(message, code="virtual_location", loc="kind")])
    if len({row["warehouse_id"] for row in rows}) > 1:
        raise InvalidInput(_("Change the locations of one warehouse at a time."))
    changed = [row for row in rows if any(row[key] != value for key, value in changes.items())]
    if not changed:
        return 0
    ids = [row["id"] for row in changed]
    Location.objects.filter(pk__in=ids).update(**changes)
    audit_record_many(
        action="location.change",
        entity_kind="location",
        entries=[(row["id"], {key: row[key] for key in changes}, dict(changes)) for row in changed],
    )
    layout_touched(changed[0]["warehouse_id"])
    if changes.keys() & _SELLABILITY:
        locations_changed(ids)
    return len(changed)


def _locked(location_ids: Sequence[int]) -> QuerySet[Location]:
    return Location.objects.select_for_update(no_key=True).filter(pk__in=location_ids).order_by("pk")
