"""How much of what there should be: written by people, files and (later) forecasts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.stockkeeping.models import Threshold

#: What holds where neither the SKU nor its warehouse says anything.
EXPIRY_DAYS = 30
SLOW_DAYS = 90
#: Slow stock is dead after so many times its days.
DEAD_TIMES = 3

FIGURES = ("safety_stock", "reorder_point", "max_stock", "expiry_warning_days", "slow_days")

_SAVE = """
INSERT INTO threshold (warehouse_id, sku_id, owner_id, safety_stock, reorder_point, max_stock, expiry_warning_days,
    slow_days, source, updated_by, updated_at)
SELECT t.warehouse_id, t.sku_id, t.owner_id, t.safety, t.reorder, t.most, t.expiry, t.slow, %s, %s, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::integer[],
    %s::integer[]) AS t (warehouse_id, sku_id, owner_id, safety, reorder, most, expiry, slow)
ORDER BY 1, 2, 3
ON CONFLICT (warehouse_id, sku_id, owner_id) DO UPDATE SET safety_stock = excluded.safety_stock,
    reorder_point = excluded.reorder_point, max_stock = excluded.max_stock,
    expiry_warning_days = excluded.expiry_warning_days, slow_days = excluded.slow_days, source = excluded.source,
    updated_by = excluded.updated_by, updated_at = excluded.updated_at
RETURNING id, warehouse_id, coalesce(sku_id, 0), coalesce(owner_id, 0)
"""


@dataclass(frozen=True, slots=True)
class ThresholdIn:
    """What one warehouse wants of one SKU and owner; of all that have none of their own, without both.

    ``None`` is: nobody has said. Units are base units.
    """

    warehouse_id: int
    sku_id: int | None = None
    owner_id: int | None = None
    safety_stock: int | None = None
    reorder_point: int | None = None
    max_stock: int | None = None
    expiry_warning_days: int | None = None
    slow_days: int | None = None

    @property
    def key(self) -> tuple[int, int, int]:
        return self.warehouse_id, self.sku_id or 0, self.owner_id or 0

    @property
    def figures(self) -> dict[str, int | None]:
        return {name: getattr(self, name) for name in FIGURES}


@transactional
def thresholds_save(
    *, thresholds: Sequence[ThresholdIn], source: str = Threshold.Source.MANUAL.value
) -> list[int]:
    """Write thresholds, new ones or over those that stand; ids in order. Alerts follow at once. Constant statements.

    :param source: ``manual``, ``import`` or ``forecast``.
    :raises InvalidInput: something unknown, half a key, or safety stock > reorder point > maximum.
    """
    if not thresholds:
        return []
    _require_sound(thresholds)
    wanted = dict(sorted({one.key: one for one in thresholds}.items()))
    before = _standing(wanted)
    rows = (
        (one.warehouse_id, one.sku_id, one.owner_id, *(getattr(one, name) for name in FIGURES))
        for one in wanted.values()
    )
    saved = fetch(_SAVE, [source, current_actor().name[:100], now(), *columns(rows, 8)])
    ids = {(row[1], row[2], row[3]): row[0] for row in saved}
    audit_record_many(
        action="stockkeeping.threshold.saved",
        entity_kind="threshold",
        entries=[(ids[key], before.get(key), one.figures) for key, one in wanted.items()],
    )
    _alerts_follow({one.sku_id for one in wanted.values()})
    return [ids[one.key] for one in thresholds]


@transactional
def thresholds_delete(*, threshold_ids: Collection[int]) -> int:
    """Take thresholds back; how many stood."""
    rows = fetch(
        "SELECT id, warehouse_id, owner_id, sku_id FROM threshold WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE",
        [sorted(threshold_ids)],
    )
    for _id, warehouse_id, owner_id, _sku in rows:
        current_actor().scope.require(warehouse=warehouse_id, owner=owner_id)
    execute("DELETE FROM threshold WHERE id = ANY(%s::bigint[])", [[row[0] for row in rows]])
    audit_record_many(
        action="stockkeeping.threshold.deleted",
        entity_kind="threshold",
        entries=[(row[0], {"sku_id": row[3]}, None) for row in rows],
    )
    _alerts_follow({row[3] for row in rows})
    return len(rows)


@transactional
def thresholds_change(*, threshold_ids: Collection[int], changes: dict[str, int | None]) -> int:
    """Set some figures of many thresholds, others stay as they are; how many there are.

    :param changes: figure → its new value; ``None`` takes it back.
    """
    if unknown := sorted(set(changes) - set(FIGURES)):
        raise InvalidInput(
            _("There is no such figure: %(names)s.") % {"names": ", ".join(unknown)}, code="unknown_field"
        )
    rows = list(
        Threshold.objects.filter(id__in=list(threshold_ids)).values(
            *(one.name for one in fields(ThresholdIn))
        )
    )
    return len(thresholds_save(thresholds=[ThresholdIn(**{**row, **changes}) for row in rows]))


def _alerts_follow(sku_ids: set[int | None]) -> None:
    from hecang.stockkeeping.services.alerts import alerts_refresh

    named = {key for key in sku_ids if key is not None}
    alerts_refresh(sku_ids=None if None in sku_ids else named)


def _standing(
    wanted: dict[tuple[int, int, int], ThresholdIn],
) -> dict[tuple[int, int, int], dict[str, int | None]]:
    rows = fetch(
        "SELECT t.warehouse_id, coalesce(t.sku_id, 0), coalesce(t.owner_id, 0), t.safety_stock, t.reorder_point,"
        " t.max_stock, t.expiry_warning_days, t.slow_days FROM threshold t"
        " JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS w (warehouse_id, sku_id, owner_id)"
        " ON w.warehouse_id = t.warehouse_id AND w.sku_id = coalesce(t.sku_id, 0) AND w.owner_id = coalesce(t.owner_id, 0)",
        columns(wanted, 3),
    )
    return {(row[0], row[1], row[2]): dict(zip(FIGURES, row[3:], strict=True)) for row in rows}


def _require_sound(thresholds: Sequence[ThresholdIn]) -> None:
    known = {
        name: {
            row[0]
            for row in fetch(
                f"SELECT id FROM {name} WHERE id = ANY(%s::bigint[])",  # noqa: S608 - own names
                [sorted({getattr(one, f"{name}_id") for one in thresholds} - {None})],
            )
        }
        for name in ("warehouse", "sku", "owner")
    }
    problems = []
    for index, one in enumerate(thresholds):
        units = [value for value in (one.safety_stock, one.reorder_point, one.max_stock) if value is not None]
        if one.warehouse_id not in known["warehouse"]:
            fault = ("unknown_warehouse", "warehouse_id", _("There is no such warehouse."))
        elif one.sku_id is not None and one.sku_id not in known["sku"]:
            fault = ("unknown_sku", "sku_id", _("There is no such SKU."))
        elif (one.sku_id is None) != (one.owner_id is None) or (one.owner_id or 0) not in known["owner"] | {
            0
        }:
            fault = ("unknown_owner", "owner_id", _("Name the SKU and its owner, or neither of them."))
        elif any(value is not None and value < 0 for value in one.figures.values()):
            fault = ("negative", "safety_stock", _("A threshold cannot be negative."))
        elif units != sorted(units):
            fault = (
                "wrong_order",
                "reorder_point",
                _("Safety stock must not be above the reorder point, nor that above the maximum."),
            )
        else:
            current_actor().scope.require(warehouse=one.warehouse_id, owner=one.owner_id)
            continue
        problems.append(
            Problem(fault[2], code=fault[0], loc=f"thresholds.{index}.{fault[1]}", row=index, field=fault[1])
        )
    if problems:
        raise InvalidInput(
            _("Nothing was saved. %(first)s") % {"first": problems[0].message}, problems=problems
        )
