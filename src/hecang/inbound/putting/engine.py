"""Giving loads their places: strategies propose, fitting judges, the first that fits is taken. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from hecang.inbound.putting.base import Choice, Content, Load, Spot, Strategy, strategies
from hecang.inbound.putting.fitting import room_for, unfit
from hecang.inbound.putting.world import World

#: Refused places that an explanation names.
NAMED = 5
#: A load is not divided into more pieces than this; the rest is stuck.
MOST_PIECES = 60


class Planned(NamedTuple):
    """What became of a run: places, and the loads (with what is left of them) that found none, and why."""

    choices: list[Choice]
    stuck: dict[int, dict[str, Any]]


class _Look(NamedTuple):
    """What was seen while looking for a place."""

    seen: Counter[str]
    refused: list[dict[str, Any]]

    def note(self, spot: Spot, reason: str) -> None:
        self.seen[reason] += 1
        if len(self.refused) < NAMED:
            self.refused.append({"location": spot.code, "reason": reason})


def order_of_choice(loads: Iterable[Load]) -> list[Load]:
    """Who chooses first: the urgent, then (Heskett) what takes least room for each time that it is picked."""
    from hecang_optim.slotting.classes import cube_per_order_index

    rows = list(loads)
    if not rows:
        return []
    index = cube_per_order_index([row.volume_mm3 / 1e6 for row in rows], [float(row.picks) for row in rows])
    return [
        row
        for _key, row in sorted(
            zip(index, rows, strict=True),
            key=lambda one: (one[1].priority, float(one[0]), one[1].abc_class, one[1].putaway_id),
        )
    ]


def plan(loads: Sequence[Load], world: World) -> Planned:
    """Give every load a place (or several), as the policy's strategies have it. Fills the world's spots."""
    planned = Planned([], {})
    for load in order_of_choice(loads):
        _plan_one(load, world, planned)
    return planned


def _plan_one(load: Load, world: World, planned: Planned) -> None:
    look = _Look(Counter(), [])
    left = load
    chosen = _strategies_for(load, world)
    for divide in (False, True):
        # What is seen a second time, for pieces, is not told twice.
        seen = _Look(Counter(look.seen), list(look.refused)) if divide else look
        if divide and (load.whole or len(load.parts) != 1):
            break
        for strategy in chosen:
            for spot in strategy.spots(left, world):
                left_units = _take(left, spot, strategy, world, seen, planned, divide or strategy.takes_part)
                if left_units == 0:
                    return
                if left_units != left.quantity:
                    left = left.taken(left_units)
                if (
                    sum(1 for one in planned.choices[-MOST_PIECES:] if one.putaway_id == load.putaway_id)
                    >= MOST_PIECES
                ):
                    break
    planned.stuck[load.putaway_id] = {
        "left": left.quantity,
        "looked_at": sum(look.seen.values()),
        "refused": dict(look.seen),
        "examples": look.refused,
        "strategies": [one.code for one in chosen],
    }


def _strategies_for(load: Load, world: World) -> list[Strategy]:
    known = strategies()
    if load.condition != "good":
        return [known["any_room"]]
    if load.kind == "crossdock":
        return [known["crossdock"], known["same_sku"], known["nearest_empty"]]
    return [known[code] for code in world.policy.strategies if code in known]


def _take(
    load: Load, spot: Spot, strategy: Strategy, world: World, look: _Look, planned: Planned, divide: bool
) -> int:
    """Put the load, or what fits of it, to the spot; how many units are left."""
    if spot.id == load.from_location_id:
        return load.quantity
    fault = unfit(load, spot, world.rules_at(spot, load), world.hazards)
    units, limit = room_for(load, spot)
    if not fault:
        most = world.fixed_room(load, spot)
        if most is not None and most < units:
            units, limit = most, "volume"
        if units == 0 or (units < load.quantity and not divide):
            fault = limit or "volume"
    if fault:
        look.note(spot, fault)
        return load.quantity
    piece = load if units == load.quantity else load.taken(units)
    planned.choices.append(_choice(piece, spot, strategy, world, look))
    world.put(piece, spot)
    return load.quantity - units


def _choice(load: Load, spot: Spot, strategy: Strategy, world: World, look: _Look) -> Choice:
    single = load.parts[0] if len(load.parts) == 1 else None
    return Choice(
        putaway_id=load.putaway_id,
        location_id=spot.id,
        quantity=load.quantity,
        volume_mm3=load.volume_mm3,
        weight_g=load.weight_g,
        content=single.content if single else Content(None, None, None),
        strategy=strategy.code,
        why=explain(load, spot, world) | {"refused": dict(look.seen), "examples": list(look.refused)},
    )


def explain(load: Load, spot: Spot, world: World) -> dict[str, Any]:
    """The facts for “why this place”: what people are told, and what a map shows."""
    rules = world.rules[spot.zone_id]
    after_mm3, after_g = spot.used_mm3 + load.volume_mm3, spot.used_g + load.weight_g
    return {
        "zone": rules.zone,
        "walk_mm": spot.walk_mm,
        "scorer": world.scorer,
        "level": spot.level,
        "was_empty": spot.is_empty,
        "same_sku_units": sum(
            units for content, units in spot.units.items() if content.sku_id == load.parts[0].sku_id
        ),
        "abc_class": load.abc_class,
        "picks": load.picks,
        "is_bulk": world.is_bulk(load),
        "temperature": rules.temperature,
        "fill_percent": 100 * after_mm3 // spot.volume_mm3 if spot.volume_mm3 else None,
        "weight_percent": 100 * after_g // spot.max_weight_g if spot.max_weight_g else None,
        "unmeasured": any(not part.unit_volume_mm3 for part in load.parts),
    }
