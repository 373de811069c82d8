"""Warehouses and their zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.errors import CodeTaken
from hecang.facility.layouts import virtual_plan
from hecang.facility.models import Warehouse, Zone
from hecang.facility.services.writing import layout_touched, locations_insert, zones_insert
from hecang.kernel.db import transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.partners.selectors import regions_by_code

_FIELDS = (
    "code", "name", "region_id", "address", "contact", "phone", "latitude", "longitude", "timezone", "cutoff_time", "is_active",
    "kind", "weekdays", "keeps_holidays", "handling_minutes", "daily_orders", "daily_units", "parcel_cost",
    "line_cost", "unit_cost",
)  # fmt: skip
_ZONE_FIELDS = ("name", "temperature")


@transactional
def warehouse_create(*, code: str, name: str, **more: Any) -> int:
    """Make a warehouse with its five virtual locations, without a layout; its id.

    :param more: ``region_id``, ``address``, ``latitude``, ``longitude``, ``timezone``, ``cutoff_time``, and the
        columns that say when and for how much it ships.
    :raises CodeTaken: another warehouse has the code.
    :raises InvalidInput: no such region or time zone.
    """
    _check(more)
    warehouse, is_new = Warehouse.objects.get_or_create(code=code, defaults={"name": name, **more})
    if not is_new:
        raise CodeTaken(
            _("There is a warehouse with the code “%(code)s” already. Choose another code.") % {"code": code}
        )
    zone, locations = virtual_plan()
    locations_insert(warehouse.pk, zones_insert(warehouse.pk, [zone]), {}, locations)
    audit_record(
        action="warehouse.create",
        entity_kind="warehouse",
        entity_id=warehouse.pk,
        after={"code": code, "name": name, **more},
    )
    return warehouse.pk


@transactional
def warehouse_change(*, warehouse_id: int, changes: Mapping[str, Any]) -> None:
    """Change columns of a warehouse (not its code). Locks it. Raises :class:`NotFound`, :class:`InvalidInput`."""
    warehouse = Warehouse.objects.select_for_update(no_key=True).filter(pk=warehouse_id).first()
    if warehouse is None:
        raise NotFound(_("There is no such warehouse, or it lies outside your data scope."))
    _check(changes)
    before = {field: getattr(warehouse, field) for field in _FIELDS}
    changed = {key: value for key, value in changes.items() if value != before[key]}
    if not changed:
        return
    Warehouse.objects.filter(pk=warehouse_id).update(**changed)
    audit_record(
        action="warehouse.change",
        entity_kind="warehouse",
        entity_id=warehouse_id,
        before={key: before[key] for key in changed},
        after=changed,
    )


def _check(values: Mapping[str, Any]) -> None:
    problems = []
    region = values.get("region_id")
    if region and not regions_by_code([region]):
        problems.append(Problem(_("There is no such region."), code="unknown_region", loc="region_code"))
    timezone = values.get("timezone")
    if timezone and timezone not in available_timezones():
        problems.append(Problem(_("There is no such time zone."), code="unknown_timezone", loc="timezone"))
    if (values.get("latitude") is None) != (values.get("longitude") is None):
        message = _("Give both coordinates or neither.")
        problems.append(Problem(message, code="incomplete", loc="latitude"))
    if problems:
        raise InvalidInput(_("The warehouse cannot be saved like this."), problems=problems)


@transactional
def zone_change(*, zone_id: int, changes: Mapping[str, Any]) -> None:
    """Change the name or temperature of a zone. Locks it. Raises :class:`NotFound`."""
    zone = Zone.objects.select_for_update(no_key=True).filter(pk=zone_id).first()
    if zone is None:
        raise NotFound(_("There is no such zone, or it lies outside your data scope."))
    before = {field: getattr(zone, field) for field in _ZONE_FIELDS}
    changed = {key: value for key, value in changes.items() if value != before[key]}
    if not changed:
        return
    Zone.objects.filter(pk=zone_id).update(**changed)
    layout_touched(zone.warehouse_id)
    audit_record(
        action="zone.change",
        entity_kind="zone",
        entity_id=zone_id,
        before={key: before[key] for key in changed},
        after=changed,
    )
