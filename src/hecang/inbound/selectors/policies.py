"""What is taken in at the door, by SKU, supplier and owner."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from hecang.inbound.door import DEFAULTS, DoorPolicy
from hecang.kernel.db import fetch

_FIELDS = (
    "is_blind", "over_percent", "over_action", "unannounced_action", "min_life_percent", "short_life_action",
    "expired_action", "held_action",
)  # fmt: skip
# The row that names most comes last and so says the last word; a SKU weighs more than a supplier, that than an owner.
_ROWS = f"""
SELECT sku_id, {", ".join(_FIELDS)} FROM receiving_policy
WHERE (sku_id IS NULL OR sku_id = ANY(%s::bigint[])) AND (supplier_id IS NULL OR supplier_id = %s)
    AND (owner_id IS NULL OR owner_id = %s)
ORDER BY (sku_id IS NOT NULL)::int * 4 + (supplier_id IS NOT NULL)::int * 2 + (owner_id IS NOT NULL)::int
"""  # noqa: S608 - own names


def door_policies(
    *, sku_ids: Collection[int], supplier_id: int | None, owner_id: int
) -> tuple[DoorPolicy, dict[int, DoorPolicy]]:
    """(what holds for goods without a rule of their own, SKU → what holds for those that have one). One statement."""
    general = DEFAULTS
    own: dict[int, DoorPolicy] = {}
    for sku_id, *values in fetch(_ROWS, [sorted(set(sku_ids)), supplier_id, owner_id]):
        said = {name: value for name, value in zip(_FIELDS, values, strict=True) if value not in (None, "")}
        if sku_id is None:
            general = replace(general, **said)
        else:
            own[sku_id] = replace(own.get(sku_id, general), **said)
    return general, own


def door_policy(*, sku_id: int, supplier_id: int | None, owner_id: int) -> DoorPolicy:
    """What holds for one SKU."""
    general, own = door_policies(sku_ids=[sku_id], supplier_id=supplier_id, owner_id=owner_id)
    return own.get(sku_id, general)


def policy_rows() -> Any:
    """All rules, for the desk."""
    from hecang.inbound.models import ReceivingPolicy

    return ReceivingPolicy.objects.values(
        "id", "sku__id", "sku__code", "sku__name", "supplier__id", "supplier__code", "supplier__name", "owner__id",
        "owner__code", "owner__name", *_FIELDS, "updated_by", "updated_at",
    )  # fmt: skip
