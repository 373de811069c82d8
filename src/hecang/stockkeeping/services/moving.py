"""Carrying goods and containers from place to place: asked for as tasks, done by people on the floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.inventory.services import PostingIn, containers_make, stock_move
from hecang.inventory.services.containers import ContainerIn
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.stockkeeping.selectors.moving import Lying
from hecang.work.models import TaskKind
from hecang.work.services import TaskIn, tasks_create

#: What tasks of asked-for moves are about.
SUBJECTS = ("stock", "container")

_STOCK = """
SELECT s.id, s.warehouse_id, s.location_id, s.sku_id, s.quantity - s.allocated FROM stock s WHERE s.id = ANY(%s::bigint[])
"""
_CONTAINERS = """
SELECT c.id, l.warehouse_id, c.location_id FROM container c JOIN location l ON l.id = c.location_id
WHERE c.id = ANY(%s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class MoveIn:
    """Goods of a stock row, or a container, that somebody is to carry.

    :param quantity: units of the stock row; everything that is free if 0.
    """

    to_location_id: int
    stock_id: int | None = None
    container_id: int | None = None
    quantity: int = 0
    note: str = ""
    priority: int = 100


@transactional
def moves_ask(*, moves: Sequence[MoveIn]) -> list[int]:
    """Put moves into the task pool; ids of the tasks, in order. What is asked for already keeps its task.

    :raises InvalidInput: neither goods nor container, both, or a place in another warehouse.
    """
    stock = {row[0]: row[1:] for row in fetch(_STOCK, [[m.stock_id for m in moves if m.stock_id]])}
    boxes = {
        row[0]: row[1:] for row in fetch(_CONTAINERS, [[m.container_id for m in moves if m.container_id]])
    }
    places = dict(
        fetch(
            "SELECT id, warehouse_id FROM location WHERE id = ANY(%s::bigint[]) AND NOT is_virtual",
            [[m.to_location_id for m in moves]],
        )
    )
    tasks, problems = [], []
    for index, move in enumerate(moves):
        found = stock.get(move.stock_id or 0) or boxes.get(move.container_id or 0)
        if (move.stock_id is None) == (move.container_id is None) or found is None:
            problems.append(
                Problem(
                    _("Name either a stock row or a container that stands somewhere."),
                    code="goods_missing",
                    row=index,
                )
            )
        elif places.get(move.to_location_id) != found[0]:
            problems.append(Problem(_("A move stays within one warehouse."), code="wrong_target", row=index))
        elif move.to_location_id == found[1]:
            problems.append(
                Problem(_("It is there already. Choose another place."), code="same_place", row=index)
            )
        elif move.stock_id is not None and not 0 < (move.quantity or found[3]) <= found[3]:
            text = _("Only %(free)s units are free there; the rest is promised to orders.") % {
                "free": found[3]
            }
            problems.append(Problem(text, code="too_many", row=index))
        else:
            is_goods = move.stock_id is not None
            tasks.append(
                TaskIn(
                    TaskKind.MOVE.value,
                    found[0],
                    SUBJECTS[0] if is_goods else SUBJECTS[1],
                    move.stock_id or move.container_id or 0,
                    priority=move.priority,
                    from_location_id=found[1],
                    to_location_id=move.to_location_id,
                    sku_id=found[2] if is_goods else None,
                    container_id=move.container_id,
                    quantity=(move.quantity or found[3]) if is_goods else 0,
                    note=move.note,
                )
            )
    if problems:
        raise InvalidInput(
            _("Nothing was asked for. %(first)s") % {"first": problems[0].message}, problems=problems
        )
    return tasks_create(tasks=tasks)


def goods_carry(
    *,
    row: Lying,
    quantity: int,
    to_location_id: int,
    to_container_id: int | None = None,
    serials: tuple[str, ...] = (),
    note: str = "",
) -> list[int]:
    """Carry free units of a row to a place, or into a container there; ids of ledger entries."""
    return stock_move(
        entries=[
            PostingIn(
                row.sku_id,
                row.owner_id,
                quantity,
                row.location_id,
                to_location_id,
                "move",
                lot_id=row.lot_id,
                from_condition=row.condition,
                to_condition=row.condition,
                from_container_id=row.container_id,
                to_container_id=to_container_id,
                serials=serials,
                note=note,
            )
        ]
    )


@transactional
def movement_take_back(*, movement_ids: Sequence[int]) -> None:
    """Carry what these entries carried back to where it came from, the same units.

    :raises InsufficientStock: somebody has taken it meanwhile. NotFound: there is no such entry.
    """
    rows = fetch(
        "SELECT m.sku_id, m.owner_id, m.quantity, m.to_location_id, m.from_location_id, m.lot_id, m.to_condition,"
        " m.from_condition, m.to_container_id, m.from_container_id, array(SELECT n.number FROM movement_serial x"
        " JOIN serial n ON n.id = x.serial_id WHERE x.movement_id = m.id ORDER BY n.id)"
        " FROM movement m WHERE m.id = ANY(%s::bigint[]) AND m.reason = 'move' ORDER BY m.id DESC",
        [list(movement_ids)],
    )
    if len(rows) < len(movement_ids):
        raise NotFound(_("There is no such entry."))
    entries = []
    for sku, owner, units, source, target, lot, before, after, box, to_box, numbers in rows:
        for part, named in ((len(numbers), tuple(numbers)), (units - len(numbers), ())):
            if part:
                entries.append(
                    PostingIn(
                        sku, owner, part, source, target, "move", lot_id=lot, from_condition=before, to_condition=after,
                        from_container_id=box, to_container_id=to_box, serials=named, note="undo",
                    )
                )  # fmt: skip
    stock_move(entries=entries)


def container_new(*, kind: str, location_id: int) -> tuple[int, str]:
    """A container with a number of its own, empty, at a place; (id, code)."""
    made = containers_make(specs=[ContainerIn(kind=kind, location_id=location_id)])[0]
    return made.id, made.code
