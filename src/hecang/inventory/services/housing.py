"""Where containers stand, for the services that put goods into them or carry them: locks, trees, stops.

A container and all in it lie at one place. Containers are locked after documents and before allocations, facts
and balances (ADR 0003, ADR 0010), whole trees in primary-key order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.inventory.errors import ContainerMisplaced
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.errors import NotFound

_LOCK = """
SELECT c.id, c.code, c.kind, c.location_id, c.parent_id, c.is_held, c.closed_at IS NOT NULL
FROM container c WHERE c.id = ANY(%s::bigint[]) ORDER BY c.id FOR NO KEY UPDATE
"""

_TREE = """
WITH RECURSIVE tree AS (
    SELECT c.id, c.id AS root FROM container c WHERE c.id = ANY(%s::bigint[])
    UNION SELECT c.id, t.root FROM tree t JOIN container c ON c.parent_id = t.id
)
SELECT root, id FROM tree
"""

_ROOTS = """
WITH RECURSIVE up AS (
    SELECT c.id, c.parent_id FROM container c WHERE c.id = ANY(%s::bigint[])
    UNION SELECT p.id, p.parent_id FROM up u JOIN container p ON p.id = u.parent_id
)
SELECT id FROM up WHERE parent_id IS NULL
"""

_FULL = """
SELECT c.id FROM unnest(%s::bigint[]) AS c (id)
WHERE EXISTS (SELECT 1 FROM stock s WHERE s.container_id = c.id AND s.quantity > 0)
    OR EXISTS (SELECT 1 FROM container k WHERE k.parent_id = c.id)
"""

_STAND = """
UPDATE container c SET location_id = d.location_id
FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, location_id) WHERE c.id = d.id
"""

_HELD = """
WITH RECURSIVE up AS (
    SELECT c.id AS start, c.id, c.parent_id FROM container c WHERE c.id = ANY(%s::bigint[])
    UNION SELECT u.start, p.id, p.parent_id FROM up u JOIN container p ON p.id = u.parent_id
), fact AS (
    SELECT u.start, bool_or(h.id IS NOT NULL) AS is_held
    FROM up u LEFT JOIN stock_hold h
        ON h.kind = 'container' AND h.container_id = u.id AND h.released_at IS NULL
    GROUP BY u.start
)
UPDATE container c SET is_held = f.is_held FROM fact f
WHERE c.id = f.start AND c.is_held <> f.is_held RETURNING c.id
"""


@dataclass(frozen=True, slots=True)
class ContainerRow:
    """One container as it was when it was locked."""

    id: int
    code: str
    kind: str
    location_id: int | None
    parent_id: int | None
    is_held: bool
    is_closed: bool


def containers_lock(ids: Iterable[int]) -> dict[int, ContainerRow]:
    """Lock containers in primary-key order; those that do not exist are missing."""
    wanted = list(set(ids))
    return {row[0]: ContainerRow(*row) for row in fetch(_LOCK, [wanted])} if wanted else {}


def trees_lock(root_ids: Iterable[int]) -> tuple[dict[int, ContainerRow], dict[int, set[int]]]:
    """Lock containers with all that stands in them.

    What came in while we waited is locked as well; what is in a locked container cannot leave it.

    :return: the rows by id, and root id → ids of its tree, itself included.
    :raises NotFound: one does not exist.
    """
    roots = list(set(root_ids))
    rows: dict[int, ContainerRow] = {}
    while True:
        trees: dict[int, set[int]] = {root: set() for root in roots}
        for root, key in fetch(_TREE, [roots]):
            trees[root].add(key)
        members = set().union(*trees.values())
        if missing := [root for root in roots if root not in members]:
            raise NotFound(_("There is no such container."), data={"container_ids": sorted(missing)})
        if members <= set(rows):
            return {key: rows[key] for key in members}, trees
        rows |= containers_lock(members - set(rows))


def containers_roots(ids: Iterable[int]) -> set[int]:
    """The outermost containers that these stand in, or are. One statement, no lock."""
    return {row[0] for row in fetch(_ROOTS, [list(ids)])}


def containers_full(ids: Sequence[int]) -> set[int]:
    """Those that hold goods or other containers. One statement."""
    return {row[0] for row in fetch(_FULL, [list(ids)])} if ids else set()


def containers_stand(places: Sequence[tuple[int, int | None]]) -> None:
    """Write (container id, location id) of locked containers."""
    if places:
        execute(_STAND, columns(places, 2))


def containers_held_renew(ids: Iterable[int]) -> list[int]:
    """Let the flags of these (locked) containers follow from the holds; the caller has written the fact.

    :return: ids of those that changed; the flags of stock in them are the caller's to renew.
    """
    return [row[0] for row in fetch(_HELD, [list(ids)])]


def containers_receive(arrivals: Iterable[tuple[int | None, int]]) -> None:
    """Goods are about to come into containers at places: lock them, and let empty ones go there.

    Two or three statements where there are containers, none otherwise. Called before facts and balances are locked.

    :param arrivals: (container id, location id).
    :raises ContainerMisplaced: one stands elsewhere with goods in it, is to be at two places, or is out of use.
    """
    wanted = sorted({pair for pair in arrivals if pair[0] is not None})
    if not wanted:
        return
    rows = containers_lock(key for key, _location in wanted if key is not None)
    moving: dict[int, int] = {}
    for key, location_id in wanted:
        row = rows.get(key or 0)
        if row is None:
            continue  # named by the check of the entries
        if row.is_closed:
            raise ContainerMisplaced(
                _("Container %(code)s is out of use. Take another one.") % {"code": row.code},
                data={"container_id": row.id},
                code="container_closed",
            )
        if row.location_id != location_id:
            if row.id in moving or row.parent_id is not None:
                raise _misplaced(row)
            moving[row.id] = location_id
    full = containers_full([key for key in moving if rows[key].location_id is not None])
    for key in sorted(full):
        raise _misplaced(rows[key])
    containers_stand(list(moving.items()))


def _misplaced(row: ContainerRow) -> ContainerMisplaced:
    code = fetch("SELECT code FROM location WHERE id = %s", [row.location_id])
    return ContainerMisplaced(
        _("Container %(code)s stands at %(place)s. Move it first, or take the right container.")
        % {"code": row.code, "place": code[0][0] if code else "–"},
        data={"container_id": row.id, "location_id": row.location_id},
    )
