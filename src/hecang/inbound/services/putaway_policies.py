"""How a warehouse puts away: its policy, what zones take, fixed places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.catalog.models import Sku
from hecang.facility.selectors import locations_by_id
from hecang.inbound.errors_quality import PolicyInvalid
from hecang.inbound.models import FixedPlace, PutawayPolicy, ZoneRule
from hecang.inbound.putting.base import SHELVES, strategies
from hecang.inbound.putting.world import Policy
from hecang.inbound.services.references import references_require
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.errors import NotFound, Problem

#: What holds for a warehouse, as it is written.
PolicyIn = Policy


@transactional
def policy_save(*, warehouse_id: int, policy: PolicyIn) -> None:
    """Write a warehouse's policy; what is planned already stays. Raises :class:`PolicyInvalid` naming the fields,
    :class:`NotFound` without such a warehouse.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    if fetch_one("SELECT 1 FROM warehouse WHERE id = %s", [warehouse_id]) is None:
        raise NotFound(_("There is no such warehouse, or it lies outside your data scope."))
    problems = []
    known = strategies()
    if not policy.strategies or any(code not in known or code == "crossdock" for code in policy.strategies):
        problems.append(
            Problem(
                _("Choose at least one strategy of the list, each once."),
                code="unknown_value",
                field="strategies",
            )
        )
    if len(set(policy.strategies)) < len(policy.strategies):
        problems.append(Problem(_("Each strategy is asked once."), code="duplicate", field="strategies"))
    for name, low, high in (("fill_percent", 1, 100), ("bulk_cases", 1, 1000), ("turnover_days", 1, 730)):
        if not low <= getattr(policy, name) <= high:
            problems.append(
                Problem(
                    _("Choose a number between %(low)s and %(high)s.") % {"low": low, "high": high},
                    code="out_of_range",
                    field=name,
                )
            )
    place = policy.crossdock_location_id
    if place is not None:
        found = locations_by_id([place]).get(place)
        if found is None or found.warehouse_id != warehouse_id or found.kind not in SHELVES:
            problems.append(
                Problem(
                    _(
                        "Goods that orders wait for go to a pick face or reserve place of this warehouse: what lies"
                        " elsewhere cannot be promised."
                    ),
                    code="wrong_target",
                    field="crossdock_location_id",
                )
            )
    if problems:
        raise PolicyInvalid(problems[0].message, problems=problems)
    values = asdict(policy) | {"strategies": list(policy.strategies), "updated_at": clock.now()}
    before = PutawayPolicy.objects.filter(warehouse_id=warehouse_id).values(*values).first()
    PutawayPolicy.objects.update_or_create(warehouse_id=warehouse_id, defaults=values)
    audit_record(
        action="inbound.putaway_policy.saved",
        entity_kind="putaway_policy",
        entity_id=warehouse_id,
        before=before,
        after=values,
    )


@dataclass(frozen=True, slots=True)
class ZoneRuleIn:
    """See :class:`ZoneRule`; ``None`` leaves it to the warehouse's policy."""

    abc_classes: Sequence[str] = ()
    hazards: Sequence[str] = ()
    owner_id: int | None = None
    mix_skus: bool | None = None
    mix_lots: bool | None = None
    mix_owners: bool | None = None
    is_closed: bool = False


@transactional
def zone_rule_save(*, zone_id: int, rule: ZoneRuleIn) -> None:
    """Write what a zone takes. Raises :class:`PolicyInvalid`."""
    row = fetch_one("SELECT warehouse_id FROM zone WHERE id = %s", [zone_id])
    if row is None:
        raise PolicyInvalid(_("There is no such zone."))
    current_actor().scope.require(warehouse=row[0])
    if set(rule.abc_classes) - set(Sku.AbcClass.values) or set(rule.hazards) - set(Sku.Hazard.values):
        raise PolicyInvalid(_("Classes are A, B and C; hazards are those of the SKU form."))
    references_require(PolicyInvalid, [("owner_id", "owner", rule.owner_id)])
    values: dict[str, Any] = asdict(rule) | {
        "abc_classes": sorted(set(rule.abc_classes)),
        "hazards": sorted(set(rule.hazards) - {"none"}),
    }
    before = ZoneRule.objects.filter(zone_id=zone_id).values(*values).first()
    ZoneRule.objects.update_or_create(zone_id=zone_id, defaults=values)
    audit_record(
        action="inbound.zone_rule.saved", entity_kind="zone", entity_id=zone_id, before=before, after=values
    )


@transactional
def fixed_place_save(
    *, sku_id: int, location_id: int, owner_id: int | None = None, max_quantity: int | None = None
) -> int:
    """Give an SKU a place that it always goes to first; its id. Raises :class:`PolicyInvalid`."""
    place = locations_by_id([location_id]).get(location_id)
    if place is None or place.kind not in SHELVES or not place.is_active:
        raise PolicyInvalid(_("A fixed place is an active pick face or reserve place."))
    current_actor().scope.require(warehouse=place.warehouse_id, owner=owner_id)
    if max_quantity is not None and max_quantity < 1:
        raise PolicyInvalid(_("At least one unit has to fit; leave it empty for no limit."))
    references_require(PolicyInvalid, [("sku_id", "sku", sku_id), ("owner_id", "owner", owner_id)])
    which: dict[str, Any] = {"sku_id": sku_id, "location_id": location_id, "owner_id": owner_id}
    made, is_new = FixedPlace.objects.update_or_create(**which, defaults={"max_quantity": max_quantity})
    audit_record(
        action="inbound.fixed_place.saved",
        entity_kind="sku",
        entity_id=sku_id,
        after={"location": place.code, "max_quantity": max_quantity, "is_new": is_new},
    )
    return int(made.pk)


@transactional
def fixed_place_delete(*, place_id: int) -> None:
    """Take it away; what lies there stays. Repeating it changes nothing."""
    row = fetch_one(
        "SELECT f.sku_id, l.warehouse_id, l.code FROM putaway_fixed_place f JOIN location l ON l.id = f.location_id"
        " WHERE f.id = %s",
        [place_id],
    )
    if row is None:
        return
    current_actor().scope.require(warehouse=row[1])
    execute("DELETE FROM putaway_fixed_place WHERE id = %s", [place_id])
    gone: Mapping[str, Any] = {"location": row[2]}
    audit_record(action="inbound.fixed_place.deleted", entity_kind="sku", entity_id=row[0], before=gone)
