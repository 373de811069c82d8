"""What kits are made of. A kit has no stock of its own; components are never kits themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.catalog.errors import KitInvalid, SkuHasStock
from hecang.catalog.guards import skus_in_use
from hecang.catalog.services.findings import findings_refresh
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import NotFound, Problem


@transactional
def kit_components_set(*, sku_id: int, components: Mapping[int, int]) -> None:
    """Make a SKU a kit of these components (SKU id → units), replacing what it was made of.

    Locks the SKU and its components in order of id. Raises :class:`NotFound`, :class:`KitInvalid`,
    :class:`SkuHasStock` where the SKU was no kit before and there is stock of it.
    """
    rows = fetch(
        "SELECT id, code, kind FROM sku WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [[sku_id, *components]],
    )
    skus = {pk: (code, kind) for pk, code, kind in rows}
    if sku_id not in skus:
        raise NotFound(_("There is no such SKU."))
    _check(sku_id, components, skus)
    code, kind = skus[sku_id]
    if kind != "kit" and skus_in_use([sku_id]):
        raise SkuHasStock(_("%(code)s: there is stock of it, so it cannot become a kit.") % {"code": code})
    before = dict(fetch("SELECT component_id, quantity FROM kit_component WHERE kit_id = %s", [sku_id]))
    if kind == "kit" and before == dict(components):
        return
    execute("UPDATE sku SET kind = 'kit', updated_at = %s WHERE id = %s", [now(), sku_id])
    execute("DELETE FROM kit_component WHERE kit_id = %s", [sku_id])
    execute(
        "INSERT INTO kit_component (kit_id, component_id, quantity)"
        " SELECT %s, component, quantity FROM unnest(%s::bigint[], %s::integer[]) AS row (component, quantity)",
        [sku_id, *columns(sorted(components.items()), 2)],
    )
    audit_record(
        action="sku.set_components",
        entity_kind="sku",
        entity_id=sku_id,
        before={"kind": kind, "components": {str(pk): quantity for pk, quantity in sorted(before.items())}},
        after={
            "kind": "kit",
            "components": {str(pk): quantity for pk, quantity in sorted(components.items())},
        },
    )
    findings_refresh(sku_ids=[sku_id])


def _check(sku_id: int, components: Mapping[int, int], skus: Mapping[int, tuple[Any, Any]]) -> None:
    if not components:
        message = _("A kit needs at least one component.")
        raise KitInvalid(message, problems=[Problem(message, code="required", loc="components")])
    problems = []
    for index, component in enumerate(components):
        loc = f"components.{index}.sku_id"
        if component == sku_id:
            problems.append(Problem(_("A kit cannot contain itself."), code="kit_itself", loc=loc))
        elif component not in skus:
            problems.append(Problem(_("There is no such SKU."), code="unknown_sku", loc=loc))
        elif skus[component][1] == "kit":
            message = _("%(code)s is a kit itself; name its components.") % {"code": skus[component][0]}
            problems.append(Problem(message, code="kit_of_kits", loc=loc))
    if not problems and fetch("SELECT 1 FROM kit_component WHERE component_id = %s LIMIT 1", [sku_id]):
        message = _("It is a component of another kit, so it cannot be one itself.")
        problems.append(Problem(message, code="kit_of_kits", loc="sku_id"))
    if problems:
        raise KitInvalid(_("The kit cannot be made of these."), problems=problems)
