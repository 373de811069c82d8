"""What a wave could take: ready fulfilments, and where their goods would probably be picked. No locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F, Q

from hecang.inventory.selectors import stock_allocatable
from hecang.kernel.db import fetch_one
from hecang.outbound.models import Fulfilment, FulfilmentLine, FulfilmentState
from hecang.outbound.planning.base import WaveProblem
from hecang.outbound.planning.choosing import LINE_S, MM_A_SECOND, FloorState, Urgency
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.planning.geometry import Geometry

#: Fulfilments among which the optimiser chooses at most, most urgent first.
MOST_CHOSEN_FROM = 20_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ready fulfilment."""

    id: int
    line_count: int
    unit_count: int
    weight_g: int
    volume_mm3: int
    number: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Preview:
    """One likely pick: units of a fulfilment's line from a location (``None``: no stock found)."""

    fulfilment_id: int
    line_id: int
    sku_id: int
    location_id: int | None
    quantity: int


def candidates(warehouse_id: int, criteria: WaveCriteria) -> list[Candidate]:
    """Ready fulfilments that fit the criteria and are in no wave, most urgent first. One query."""
    condition = Q(warehouse_id=warehouse_id, state=FulfilmentState.READY, is_stopped=False, wave__isnull=True)
    condition &= Q(line_count__gt=0)
    for key, value in (
        ("ship_by__lt", criteria.ship_before),
        ("service_id__in", criteria.service_ids),
        ("service__carrier_id__in", criteria.carrier_ids),
        ("owner_id__in", criteria.owner_ids),
        ("shop_id__in", criteria.shop_ids),
        ("id__in", criteria.fulfilment_ids),
        ("temperature", criteria.temperature),
        ("priority__lte", criteria.max_priority),
        ("region_code__startswith", criteria.region_prefix),
    ):
        if value not in (None, "", ()):
            condition &= Q(**{key: value})
    if criteria.size == "single":
        condition &= Q(unit_count=1)
    elif criteria.size == "multi":
        condition &= Q(unit_count__gt=1)
    rows = (
        Fulfilment.objects.filter(condition)
        .order_by("priority", F("ship_by").asc(nulls_last=True), "id")
        .values_list(
            "id", "line_count", "unit_count", "weight_g", "volume_mm3", "number", "ship_by", "priority", "created_at"
        )
    )  # fmt: skip
    # By zone is decided after the preview, so more are looked at than will be taken.
    most = criteria.max_orders * (5 if criteria.zone_ids else 1)
    most = max(most, MOST_CHOSEN_FROM) if criteria.choose else most
    return [Candidate(*row[:6], Urgency(*row[6:])) for row in rows[:most]]


def floor_state(warehouse_id: int, criteria: WaveCriteria) -> FloorState:
    """What is released and not done, and who picks: asked for, or counted. One statement."""
    row = fetch_one(
        "SELECT coalesce(sum(t.open), 0), coalesce(sum(b.walk_mm * t.open / greatest(t.tasks, 1)), 0),"
        "   count(DISTINCT b.picker_id) FILTER (WHERE b.state = 'picking')"
        " FROM batch b JOIN wave w ON w.id = b.wave_id CROSS JOIN LATERAL ("
        "   SELECT count(*) AS tasks, count(*) FILTER (WHERE p.state = 'open') AS open"
        "   FROM pick_task p WHERE p.batch_id = b.id AND p.kind = 'pick') t"
        " WHERE w.warehouse_id = %s AND b.state IN ('released', 'picking')",
        [warehouse_id],
    )
    assert row is not None
    tasks, walk_mm, picking = (int(value) for value in row)
    return FloorState(
        pickers=criteria.pickers or max(1, picking),
        next_wave_s=criteria.next_wave_minutes * 60,
        load_s=round(tasks * LINE_S + walk_mm / MM_A_SECOND),
    )


def previews(warehouse_id: int, fulfilment_ids: Sequence[int], policy: str) -> list[Preview]:
    """Where allocation would take the goods from if it ran now, in the order of ``fulfilment_ids``.

    A walk planned on it is right as long as nobody else allocates the same stock before the release.
    Two queries.
    """
    lines: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    pending = F("quantity") - F("allocated") - F("shipped") - F("cut")
    for fulfilment_id, line_id, sku_id, owner_id, units in (
        FulfilmentLine.objects.filter(fulfilment_id__in=list(fulfilment_ids))
        .annotate(pending=pending)
        .filter(pending__gt=0)
        .order_by("id")
        .values_list("fulfilment_id", "id", "sku_id", "fulfilment__owner_id", "pending")
    ):
        lines[fulfilment_id].append((line_id, sku_id, owner_id, units))
    skus = sorted({line[1] for entries in lines.values() for line in entries})
    free: dict[tuple[int, int], list[list[int]]] = defaultdict(list)
    for row in stock_allocatable(warehouse_id=warehouse_id, sku_ids=skus, policy=policy):
        free[row.sku_id, row.owner_id].append([row.location_id, row.free])
    result: list[Preview] = []
    for fulfilment_id in fulfilment_ids:
        for line_id, sku_id, owner_id, units in lines.get(fulfilment_id, ()):
            left = units
            rows = free[sku_id, owner_id]
            while left and rows:
                taken = min(left, rows[0][1])
                result.append(Preview(fulfilment_id, line_id, sku_id, rows[0][0], taken))
                left -= taken
                rows[0][1] -= taken
                if not rows[0][1]:
                    rows.pop(0)
            if left:
                result.append(Preview(fulfilment_id, line_id, sku_id, None, left))
    return result


def in_zones(picks: Sequence[Preview], zone_ids: Sequence[int]) -> set[int]:
    """Fulfilments all of whose likely picks lie in these zones."""
    from hecang.facility.selectors import locations_by_id

    wanted = set(zone_ids)
    places = locations_by_id(sorted({pick.location_id for pick in picks if pick.location_id is not None}))
    inside: dict[int, bool] = {}
    for pick in picks:
        place = places.get(pick.location_id) if pick.location_id is not None else None
        good = place is not None and place.zone_id in wanted
        inside[pick.fulfilment_id] = inside.get(pick.fulfilment_id, True) and good
    return {key for key, good in inside.items() if good}


def problem_of(
    geometry: Geometry, criteria: WaveCriteria, orders: Sequence[Candidate], picks: Sequence[Preview]
) -> WaveProblem:
    """The planning problem as arrays."""
    index = {order.id: at for at, order in enumerate(orders)}
    mine = [pick for pick in picks if pick.fulfilment_id in index]
    place = geometry.index_of([pick.location_id or 0 for pick in mine])

    def ints(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.asarray(values, dtype=np.int64)

    return WaveProblem(
        geometry=geometry,
        cart=criteria.cart,
        order_id=ints([order.id for order in orders]),
        order_weight_g=ints([order.weight_g for order in orders]),
        order_volume_mm3=ints([order.volume_mm3 for order in orders]),
        order_units=ints([order.unit_count for order in orders]),
        order_lines=ints([order.line_count for order in orders]),
        pick_order=ints([index[pick.fulfilment_id] for pick in mine]),
        pick_sku=ints([pick.sku_id for pick in mine]),
        pick_location=place,
    )
