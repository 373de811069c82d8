"""Finding places for putaways, and claiming them so that nobody else does.

The choice is made before anything is locked. Then the places are locked in order, looked at once more, and claimed;
what another took meanwhile is chosen anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hecang.inbound.putting.base import KINDS_OF_CONDITION, Choice, Load, Rules, Spot
from hecang.inbound.putting.engine import plan as plan_loads
from hecang.inbound.putting.fitting import room_for, unfit
from hecang.inbound.putting.world import Policy, World, loads_of, policy_of, rules_of, spots_of
from hecang.inbound.services.following import SUBJECT
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.work.services import TaskIn, tasks_create

#: How often what was lost to others is chosen anew.
ROUNDS = 6
#: Putaways planned in one go.
PORTION = 2000
WAITING = ("waiting", "stuck")

_LOCK = """
SELECT id FROM putaway WHERE id = ANY(%s::bigint[]) AND state = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_PLACES = "SELECT id FROM location WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_PLACE = """
UPDATE putaway p SET state = 'planned', to_location_id = n.location_id, quantity = p.done + n.quantity,
    strategy = n.strategy, why = n.why, planned_at = %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::jsonb[])
    AS n (id, location_id, quantity, strategy, why) WHERE p.id = n.id
"""
#: Further pieces of a putaway that did not fit into one place.
_PIECES = """
INSERT INTO putaway (kind, state, warehouse_id, sku_id, lot_id, owner_id, condition, container_id, is_whole,
    from_location_id, to_location_id, quantity, done, strategy, why, source_kind, source_id, receipt_id, demand, priority,
    planned_at, done_by, created_by, created_at)
SELECT p.kind, n.state, p.warehouse_id, p.sku_id, p.lot_id, p.owner_id, p.condition, p.container_id, p.is_whole,
    p.from_location_id, n.location_id, n.quantity, 0, n.strategy, n.why, p.source_kind, p.source_id, p.receipt_id,
    '[]', p.priority, %s, '', p.created_by, p.created_at
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::jsonb[])
    WITH ORDINALITY AS n (id, state, location_id, quantity, strategy, why, position)
JOIN putaway p ON p.id = n.id ORDER BY n.position
RETURNING id
"""
_CLAIM = """
INSERT INTO space_claim (putaway_id, location_id, sku_id, lot_id, owner_id, quantity, volume_mm3, weight_g, created_at)
SELECT *, %s FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[])
"""
_STUCK = """
UPDATE putaway p SET state = 'stuck', why = n.why FROM unnest(%s::bigint[], %s::jsonb[]) AS n (id, why) WHERE p.id = n.id
"""


@dataclass(slots=True)
class PlanReport:
    """What a run of planning did.

    :param planned: putaways (pieces counted) that have a place now.
    :param stuck: putaways that have none, with the reasons.
    :param rounds: how often something had to be chosen anew because others had been quicker.
    """

    planned: list[int] = field(default_factory=list)
    stuck: dict[int, dict[str, Any]] = field(default_factory=dict)
    rounds: int = 0


def putaways_plan(
    *,
    warehouse_id: int,
    putaway_ids: Sequence[int] | None = None,
    retry_stuck: bool = False,
    learn: bool = False,
) -> PlanReport:
    """Find places for putaways that wait, all of a warehouse or some, and put tasks into the pool.

    The number of statements does not depend on how many there are. Choosing happens outside of the transaction that
    claims; that one locks the putaways, then the places, each in order.

    :param retry_stuck: also those that found no place before.
    :param learn: take the time to learn from past walks what a good place is.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    if learn:
        from hecang.inbound.putting.scoring import walks_learn

        walks_learn(warehouse_id)
    report = PlanReport()
    states = WAITING if retry_stuck else WAITING[:1]
    ids = _wanted(warehouse_id, putaway_ids, states)
    for start in range(0, len(ids), PORTION):
        _plan_portion(warehouse_id, ids[start : start + PORTION], states, report)
    return report


def _wanted(warehouse_id: int, putaway_ids: Sequence[int] | None, states: Collection[str]) -> list[int]:
    asked = None if putaway_ids is None else sorted(set(putaway_ids))
    rows = fetch(
        "SELECT id FROM putaway WHERE warehouse_id = %s AND state = ANY(%s) AND (%s::bigint[] IS NULL OR id = ANY(%s))"
        " ORDER BY priority, id",
        [warehouse_id, list(states), asked, asked],
    )
    return [row[0] for row in rows]


def _plan_portion(warehouse_id: int, ids: Sequence[int], states: Collection[str], report: PlanReport) -> None:
    policy = policy_of(warehouse_id)
    left = list(ids)
    while left and report.rounds < ROUNDS:
        loads = loads_of(left, states, picks_since_days=policy.turnover_days)
        if not loads:
            break
        skus = {part.sku_id for load in loads.values() for part in load.parts}
        kinds = {kind for load in loads.values() for kind in KINDS_OF_CONDITION.get(load.condition, ())}
        world = World.read(warehouse_id, policy, skus, kinds)
        chosen = plan_loads(list(loads.values()), world)
        lost = _claim(warehouse_id, policy, loads, chosen.choices, chosen.stuck, states, report)
        left = lost
        report.rounds += bool(lost)
    if left:
        _leave(left, states, report)


@transactional
def _claim(
    warehouse_id: int,
    policy: Policy,
    loads: Mapping[int, Load],
    choices: Sequence[Choice],
    stuck: Mapping[int, dict[str, Any]],
    states: Collection[str],
    report: PlanReport,
) -> list[int]:
    """Write what was chosen, as far as it still holds; the putaways that have to be chosen for anew."""
    locked = {row[0] for row in fetch(_LOCK, [sorted(loads), list(states)])}
    fresh = loads_of(sorted(locked), states)
    of: dict[int, list[Choice]] = defaultdict(list)
    for choice in choices:
        of[choice.putaway_id].append(choice)
    places = sorted({choice.location_id for choice in choices})
    spots, hazards, rules = _look_again(warehouse_id, policy, places)
    kept: dict[int, list[Choice]] = {}
    lost: list[int] = []
    for key in sorted(locked & fresh.keys(), key=lambda one: (fresh[one].priority, one)):
        load = fresh[key]
        if load.quantity != loads[key].quantity or not _still_fits(
            load, of[key], spots, rules, hazards, policy
        ):
            lost.append(key)
        elif of[key] or key in stuck:
            kept[key] = of[key]
    left = {key: why for key, why in stuck.items() if key in kept}
    report.planned += _write(kept, left)
    report.stuck.update(left)
    return lost


def _look_again(
    warehouse_id: int, policy: Policy, places: Sequence[int]
) -> tuple[dict[int, Spot], dict[int, str], dict[int, Rules]]:
    """Lock places, so that nobody else claims them until this is written, and read what is in them now."""
    if not places:
        return {}, {}, {}
    fetch(_LOCK_PLACES, [list(places)])
    kinds = sorted({kind for options in KINDS_OF_CONDITION.values() for kind in options})
    spots, hazards = spots_of(warehouse_id, kinds, policy, places)
    return spots, hazards, rules_of(warehouse_id, policy)


def _still_fits(
    load: Load,
    choices: Sequence[Choice],
    spots: Mapping[int, Spot],
    rules: Mapping[int, Rules],
    hazards: dict[int, str],
    policy: Policy,
) -> bool:
    """Whether all pieces still fit, and if so they are put there."""
    pieces = []
    for choice in choices:
        spot = spots.get(choice.location_id)
        piece = load if choice.quantity == load.quantity else load.taken(choice.quantity)
        if spot is None or fault_at(piece, spot, rules[spot.zone_id], hazards, policy):
            return False
        pieces.append((piece, spot))
    for piece, spot in pieces:
        spot.put(piece)
        hazards.update({part.sku_id: part.hazard for part in piece.parts})
    return True


def fault_at(load: Load, spot: Spot, rules: Rules, hazards: Mapping[int, str], policy: Policy) -> str:
    """Why the load may not lie in the spot as a whole; empty where it may."""
    if spot.id == policy.crossdock_location_id and load.kind == "crossdock":
        rules = replace(rules, mix_skus=True, mix_lots=True, mix_owners=True)
    fault = unfit(load, spot, rules, hazards)
    if fault:
        return fault
    units, limit = room_for(load, spot)
    return (limit or "volume") if units < load.quantity else ""


def _write(kept: Mapping[int, Sequence[Choice]], stuck: Mapping[int, dict[str, Any]]) -> list[int]:
    """Putaways with their places, further pieces, claims and tasks; the ids that are planned."""
    now = clock.now()
    first = [(key, choices[0]) for key, choices in kept.items() if choices]
    if first:
        execute(
            _PLACE,
            [
                now,
                *columns(
                    (
                        (key, one.location_id, one.quantity, one.strategy, _json(one.why))
                        for key, one in first
                    ),
                    5,
                ),
            ],
        )
    more = [(key, choice) for key, choices in kept.items() for choice in choices[1:]]
    rests = [(key, why) for key, why in stuck.items() if kept[key]]
    rows: list[tuple[Any, ...]] = [
        (key, "planned", one.location_id, one.quantity, one.strategy, _json(one.why)) for key, one in more
    ]
    rows += [(key, "stuck", None, why["left"], "", _json(why)) for key, why in rests]
    ids = [row[0] for row in fetch(_PIECES, [now, *columns(rows, 6)])] if rows else []
    none = [(key, _json(why)) for key, why in stuck.items() if not kept[key]]
    if none:
        execute(_STUCK, columns(none, 2))
    claims = [*first, *((key, one) for key, (_head, one) in zip(ids, more, strict=False))]
    if claims:
        execute(
            _CLAIM,
            [
                now,
                *columns(
                    (
                        (key, one.location_id, *one.content, one.quantity, one.volume_mm3, one.weight_g)
                        for key, one in claims
                    ),
                    8,
                ),
            ],
        )
    planned = [key for key, _choice in claims]
    tasks_offer(planned)
    return planned


_TASKS = """
SELECT id, warehouse_id, kind, priority, from_location_id, to_location_id, sku_id, container_id, quantity - done, is_whole
FROM putaway WHERE id = ANY(%s::bigint[]) AND state = 'planned' ORDER BY id
"""
#: What carrying takes: to take up and put down, and for each unit put away by hand.
SECONDS, SECONDS_A_UNIT, MOST_SECONDS = 60, 2, 1800


def tasks_offer(putaway_ids: Sequence[int]) -> None:
    """Put tasks of the kind ``putaway`` into the pool for what is planned. Two statements for any number."""
    if not putaway_ids:
        return
    tasks_create(
        tasks=[
            TaskIn(
                kind="putaway",
                warehouse_id=warehouse_id,
                subject_kind=SUBJECT,
                subject_id=key,
                priority=priority,
                from_location_id=source,
                to_location_id=target,
                sku_id=sku_id,
                container_id=container_id,
                quantity=units,
                est_seconds=min(SECONDS + (0 if whole else SECONDS_A_UNIT * units), MOST_SECONDS),
            )
            for key, warehouse_id, _kind, priority, source, target, sku_id, container_id, units, whole in fetch(
                _TASKS, [list(putaway_ids)]
            )
        ]
    )


@transactional
def _leave(ids: Sequence[int], states: Collection[str], report: PlanReport) -> None:
    """Others were quicker each time, or nothing is left to carry: they wait for the next run."""
    locked = [row[0] for row in fetch(_LOCK, [sorted(ids), list(states)])]
    gone = sorted(set(locked) - loads_of(locked, states).keys())
    if gone:
        execute("UPDATE putaway SET state = 'cancelled' WHERE id = ANY(%s::bigint[])", [gone])
    report.stuck.update({key: {"left": 0, "refused": {"raced": 1}} for key in locked if key not in gone})


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)


def place_check(load: Load, *, warehouse_id: int, location_id: int) -> tuple[str, Spot | None]:
    """Lock a place that a person has chosen and judge it: (reason why not or empty, the place)."""
    policy = policy_of(warehouse_id)
    spots, hazards, rules = _look_again(warehouse_id, policy, [location_id])
    spot = spots.get(location_id)
    if spot is None:
        return "kind", None
    return fault_at(load, spot, rules[spot.zone_id], hazards, policy), spot


def putaways_retry() -> int:
    """Look again for places for what waits or is stuck, in every warehouse; how many were found."""
    rows = fetch("SELECT DISTINCT warehouse_id FROM putaway WHERE state IN ('waiting', 'stuck') ORDER BY 1")
    return sum(len(putaways_plan(warehouse_id=row[0], retry_stuck=True, learn=True).planned) for row in rows)
