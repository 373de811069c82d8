"""Containers 容器: made, nested, carried with all that is in them, and put out of use.

Locks: containers (whole trees, in primary-key order) → allocations → facts → availability → stock → serials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.errors import ContainerMisplaced, PostingInvalid
from hecang.inventory.holders import allocations_moved
from hecang.inventory.keys import StockRow
from hecang.inventory.leaving import GoodsLeft
from hecang.inventory.models import Container, Movement
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.availability import availability_lock
from hecang.inventory.services.flags import flags_renew
from hecang.inventory.services.housing import (
    ContainerRow,
    containers_full,
    containers_held_renew,
    containers_lock,
    trees_lock,
)
from hecang.inventory.services.posting import LocationFacts, location_facts, post_balances
from hecang.inventory.services.shorting import Shorting, shorting_service
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import NotFound, Problem
from hecang.kernel.sequences import numbers

_INSERT = """
INSERT INTO container (code, kind, location_id, parent_id, is_held, created_at)
SELECT code, kind, location_id, parent_id, false, %s
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
    AS d (code, kind, location_id, parent_id, place)
ORDER BY place ON CONFLICT DO NOTHING RETURNING code, id
"""

_STOCK_IN = "SELECT id, container_id FROM stock WHERE container_id = ANY(%s::bigint[]) AND quantity > 0"

_ALLOCATIONS_AT = """
SELECT id FROM allocation WHERE stock_id = ANY(%s::bigint[]) AND state IN ('open', 'picked')
ORDER BY id FOR NO KEY UPDATE
"""

_ALLOCATIONS_FOLLOW = """
UPDATE allocation a SET stock_id = d.new_id
FROM unnest(%s::bigint[], %s::bigint[]) AS d (old_id, new_id)
WHERE a.stock_id = d.old_id AND a.state IN ('open', 'picked') RETURNING a.id
"""

# All units of a row go, so its numbered ones are certain: nothing is presumed.
_SERIALS_FOLLOW = """
WITH moved AS (
    UPDATE serial s SET stock_id = d.new_id
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS d (old_id, new_id, movement_id)
    WHERE s.stock_id = d.old_id RETURNING s.id, d.movement_id
)
INSERT INTO movement_serial (movement_id, serial_id, is_presumed) SELECT movement_id, id, false FROM moved
"""

_GO = """
UPDATE container c SET location_id = d.location_id,
    parent_id = CASE WHEN d.leaves THEN NULL ELSE c.parent_id END
FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS d (id, location_id, leaves) WHERE c.id = d.id
"""

#: How much a kind may hold: nothing stands in something smaller.
_SIZE = {Container.Kind.TOTE.value: 1, Container.Kind.CARTON.value: 1, Container.Kind.PALLET.value: 2}


@dataclass(frozen=True, slots=True)
class ContainerIn:
    """A container to make.

    :param code: as printed on it; a number is drawn (``LP…``) if blank. Eighteen digits, or twenty that begin with
        ``00``, are an SSCC and must be a valid one.
    :param location_id: where it stands; ``None`` while it is only a label.
    :param parent_id: container that it stands in, or ``parent_index``: the position of one in the same call.
    """

    kind: str = Container.Kind.CARTON.value
    code: str = ""
    location_id: int | None = None
    parent_id: int | None = None
    parent_index: int | None = None


@dataclass(frozen=True, slots=True)
class ContainerMade:
    """A container that was made, in the order of the specifications."""

    id: int
    code: str


@dataclass(frozen=True, slots=True)
class ContainerMove:
    """A container that is carried to another place of its warehouse, with all that is in it."""

    container_id: int
    to_location_id: int


def sscc_digit(body: str) -> str:
    """The check digit of the first seventeen digits of an SSCC (GS1, modulo 10)."""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(body))
    return str(-total % 10)


def container_code(text: str) -> str:
    """The code as it is stored: an SSCC without its identifier, anything else in capitals.

    :raises PostingInvalid: an SSCC whose check digit is wrong.
    """
    code = text.strip().upper()
    digits = code.removeprefix("(00)") if code.startswith("(00)") else code
    if (
        digits.isascii()
        and digits.isdigit()
        and (len(digits) == 18 or (len(digits) == 20 and digits[:2] == "00"))
    ):
        digits = digits[-18:]
        if sscc_digit(digits[:17]) != digits[17]:
            raise PostingInvalid(
                _("%(code)s is not a valid SSCC: its check digit should be %(digit)s. Read it again.")
                % {"code": code, "digit": sscc_digit(digits[:17])},
                code="sscc_invalid",
            )
        return digits
    return code


@transactional
def containers_make(*, specs: Sequence[ContainerIn]) -> list[ContainerMade]:
    """Make containers, empty. Six statements for any number, one more for each level of nesting in the call.

    Locks the parents. Writes the audit log.

    :return: ids and codes, in the order of ``specs``.
    :raises PostingInvalid: unknown kind, a code that exists or occurs twice, a wrong SSCC, a place that does not fit.
    """
    if not specs:
        return []
    drawn = iter(numbers("container", sum(1 for spec in specs if not spec.code.strip())))
    codes = [container_code(spec.code) if spec.code.strip() else next(drawn) for spec in specs]
    parents = containers_lock(spec.parent_id for spec in specs if spec.parent_id is not None)
    places = _places_of(specs, codes, parents)
    ids: dict[str, int] = {}
    for level in _levels(specs):
        rows = [
            (codes[i], specs[i].kind, places[i], ids[codes[p]] if (p := specs[i].parent_index) is not None else specs[i].parent_id)
            for i in level
        ]  # fmt: skip
        ids |= dict(fetch(_INSERT, [clock.now(), *columns(rows, 4)]))
        _refuse_taken([(i, codes[i]) for i in level if codes[i] not in ids])
    held = [
        ids[codes[i]] for i, spec in enumerate(specs) if spec.parent_id and parents[spec.parent_id].is_held
    ]
    if held:
        facts_lock()
        _rows, trees = trees_lock(held)
        containers_held_renew(set().union(*trees.values()))
    audit_record_many(
        action="inventory.container.made",
        entity_kind="container",
        entries=[
            (ids[code], None, {"code": code, "kind": spec.kind, "location_id": place})
            for code, spec, place in zip(codes, specs, places, strict=True)
        ],
    )
    return [ContainerMade(ids[code], code) for code in codes]


@shorting_service
def containers_move(
    shorting: Shorting,
    *,
    moves: Sequence[ContainerMove],
    reason: str = Movement.Reason.MOVE.value,
    source_kind: str = "",
    source_id: int | None = None,
    note: str = "",
) -> list[int]:
    """Carry containers with everything in them: nested containers, goods, serials and allocations, in one pass.

    One that stood in another leaves it. One that is there already stays as it is, so a repetition changes nothing.
    About twenty statements for any number of containers and units. Emits ``StockRaised`` where more can be sold;
    reservations are shorted where less can. Writes the audit log.

    :param reason: for the ledger, such as ``move`` or ``putaway``.
    :return: ids of the ledger entries, one for each kind of goods in each container.
    :raises ContainerMisplaced: out of use. PostingInvalid: into another warehouse, or to a virtual place.
    """
    rows, trees = trees_lock(move.container_id for move in moves)
    target = {move.container_id: move.to_location_id for move in moves}
    facts = location_facts({*target.values(), *(r.location_id for r in rows.values() if r.location_id)})
    roots = _roots(rows, trees, target)
    _require_movable(rows, roots, target, facts)
    goes = {key: target[root] for root in roots for key in trees[root]}
    stock = fetch(_STOCK_IN, [list(goes)]) if goes else []
    container_of = dict(stock)
    if stock:
        fetch(_ALLOCATIONS_AT, [list(container_of)])
    leaves_held = [r for r in roots if rows[r].parent_id is not None and rows[r].is_held]
    facts_lock(exclusive=bool(leaves_held))
    if goes:
        execute(_GO, columns(((key, place, key in roots) for key, place in goes.items()), 3))
    if leaves_held:
        renewed = containers_held_renew(set().union(*(trees[r] for r in leaves_held)))
        flags_renew(shorting, where="s.container_id = ANY(%s::bigint[])", params=[renewed])
    kinds = {key: one.kind for key, one in facts.items()}
    around = {key: rows[root].parent_id for root in roots for key in trees[root]}
    document = (source_kind, source_id, note)
    ids = _carry(shorting, container_of, goes, reason, document, kinds, around) if stock else []
    audit_record_many(
        action="inventory.container.moved",
        entity_kind="container",
        entries=[
            (r, {"location": _code(facts, rows[r].location_id)}, {"location": facts[target[r]].code, "note": note})
            for r in roots
        ],
    )  # fmt: skip
    return ids


def container_move(
    *,
    container_id: int,
    to_location_id: int,
    reason: str = Movement.Reason.MOVE.value,
    source_kind: str = "",
    source_id: int | None = None,
    note: str = "",
) -> list[int]:
    """Carry one container; see :func:`containers_move`."""
    return containers_move(
        moves=[ContainerMove(container_id, to_location_id)],
        reason=reason,
        source_kind=source_kind,
        source_id=source_id,
        note=note,
    )


def _carry(
    shorting: Shorting,
    container_of: Mapping[int, int],
    goes: Mapping[int, int],
    reason: str,
    document: tuple[str, int | None, str],
    kinds: Mapping[int, str],
    around: Mapping[int, int | None],
) -> list[int]:
    """Write the books of whole stock rows that go elsewhere. The containers are locked and moved.

    :param kinds: of the locations. :param around: container → what it, or the one around it that goes, stood in.
    """
    before = books.stock_read(container_of)
    available = availability_lock((row.key for row in before.values()), create=True)
    targets = {row.id: row.place._replace(location_id=goes[container_of[row.id]]) for row in before.values()}
    books.stock_ensure({targets[row.id]: row.received_at for row in before.values()})
    locked = books.stock_lock([*(row.place for row in before.values()), *targets.values()])
    pairs: list[tuple[StockRow, StockRow]] = [
        (locked[row.place], locked[targets[row.id]])
        for row in before.values()
        if locked[row.place].quantity > 0
    ]
    changes: dict[int, tuple[int, int]] = {}
    for old, new in pairs:
        changes[old.id] = (-old.quantity, -old.allocated)
        changes[new.id] = (old.quantity, old.allocated)
    post_balances(
        shorting,
        available=available,
        changes=changes,
        rows={row.id: row for row in locked.values()},
        received={new.id: old.received_at for old, new in pairs},
    )
    ids = books.movements_write(
        [
            books.MovementRow.between(old.place, new.place, old.quantity, reason, *document)
            for old, new in pairs
        ]
    )
    old_ids, new_ids = [old.id for old, _new in pairs], [new.id for _old, new in pairs]
    execute(_SERIALS_FOLLOW, [old_ids, new_ids, ids])
    # What was put away has arrived; at another dock the goods still wait to be carried.
    waiting = {key for key, kind in kinds.items() if kind == "dock" and reason != Movement.Reason.PUTAWAY}
    shorting.goods_left(
        [
            GoodsLeft(
                old.place,
                kinds.get(old.place.location_id, ""),
                0,
                [(new.place, old.quantity)] if new.place.location_id in waiting else [],
                document[0],
                around[container_of[old.id]],
            )
            for old, new in pairs
        ]
    )
    if followed := [row[0] for row in fetch(_ALLOCATIONS_FOLLOW, [old_ids, new_ids])]:
        allocations_moved(followed)
    return ids


@shorting_service
def containers_nest(shorting: Shorting, *, container_ids: Sequence[int], parent_id: int) -> None:
    """Put containers into another one that stands at the same place; what is in them stays in them.

    Empty ones without a place come along. A repetition changes nothing. Locks: containers, facts (exclusive where a
    hold stands over one of them), availability, stock. Writes the audit log.

    :raises ContainerMisplaced: elsewhere, out of use, into itself or into something smaller.
    """
    rows, trees = trees_lock({*container_ids, parent_id})
    parent = rows[parent_id]
    moving = [rows[key] for key in dict.fromkeys(container_ids) if rows[key].parent_id != parent_id]
    for row in moving:
        _require_nestable(row, parent, trees)
    full = containers_full([row.id for row in moving if row.location_id != parent.location_id])
    if strangers := [row for row in moving if row.id in full]:
        raise ContainerMisplaced(
            _("Container %(code)s does not stand where %(parent)s stands. Carry it there first.")
            % {"code": strangers[0].code, "parent": parent.code},
            data={"container_id": strangers[0].id, "location_id": strangers[0].location_id},
        )
    _rehang(shorting, moving, trees, parent_id=parent_id, location_id=parent.location_id)
    audit_record_many(
        action="inventory.container.nested",
        entity_kind="container",
        entries=[(row.id, None, {"into": parent.code}) for row in moving],
    )


@shorting_service
def containers_unnest(shorting: Shorting, *, container_ids: Sequence[int]) -> None:
    """Take containers out of those that they stand in; they stay where they are. Locks as nesting does."""
    rows, trees = trees_lock(container_ids)
    moving = [rows[key] for key in dict.fromkeys(container_ids) if rows[key].parent_id is not None]
    _rehang(shorting, moving, trees, parent_id=None)
    audit_record_many(
        action="inventory.container.unnested",
        entity_kind="container",
        entries=[(row.id, {"in": row.parent_id}, None) for row in moving],
    )


@transactional
def containers_empty_close(*, container_ids: Sequence[int]) -> None:
    """Put empty containers out of use: nothing goes into them any more. A repetition changes nothing.

    :raises ContainerMisplaced: one holds goods or containers.
    """
    rows = containers_lock(container_ids)
    if missing := sorted(set(container_ids) - set(rows)):
        raise NotFound(_("There is no such container."), data={"container_ids": missing})
    if full := sorted(containers_full(list(rows))):
        raise ContainerMisplaced(
            _("Container %(code)s is not empty. Take out what is in it first.")
            % {"code": rows[full[0]].code},
            data={"container_ids": full},
            code="container_not_empty",
        )
    closing = [row for row in rows.values() if not row.is_closed]
    execute(
        "UPDATE container SET closed_at = %s, parent_id = NULL WHERE id = ANY(%s::bigint[])",
        [clock.now(), [row.id for row in closing]],
    )
    audit_record_many(
        action="inventory.container.closed",
        entity_kind="container",
        entries=[(row.id, None, {"closed": True}) for row in closing],
    )


def _rehang(
    shorting: Shorting,
    moving: Sequence[ContainerRow],
    trees: Mapping[int, set[int]],
    *,
    parent_id: int | None,
    location_id: int | None = None,
) -> None:
    if not moving:
        return
    ids = [row.id for row in moving]
    members = set().union(*(trees[key] for key in ids))
    over = fetch(
        "SELECT 1 FROM stock_hold WHERE kind = 'container' AND released_at IS NULL LIMIT 1",
    )
    facts_lock(exclusive=bool(over))
    execute("UPDATE container SET parent_id = %s WHERE id = ANY(%s::bigint[])", [parent_id, ids])
    if parent_id is not None:
        execute(
            "UPDATE container SET location_id = %s WHERE id = ANY(%s::bigint[])", [location_id, list(members)]
        )
    if over and (renewed := containers_held_renew(members)):
        flags_renew(shorting, where="s.container_id = ANY(%s::bigint[])", params=[renewed])


def _places_of(
    specs: Sequence[ContainerIn], codes: Sequence[str], parents: Mapping[int, ContainerRow]
) -> list[int | None]:
    """Where each is to stand; nested ones stand where their parent does."""
    locations = location_facts({spec.location_id for spec in specs if spec.location_id is not None})
    places: list[int | None] = []
    problems = []
    for index, (spec, code) in enumerate(zip(specs, codes, strict=True)):
        place = spec.location_id
        if spec.kind not in _SIZE:
            fault = ("unknown_kind", _("A container is a tote, a carton or a pallet."))
        elif len(code) > 40:
            fault = ("code_too_long", _("The code has more than 40 characters."))
        elif code in codes[:index]:
            fault = ("code_taken", _("The code occurs twice."))
        elif place is not None and (place not in locations or locations[place].is_virtual):
            fault = ("unknown_location", _("There is no such location."))
        elif spec.parent_id is not None and (
            spec.parent_id not in parents or parents[spec.parent_id].is_closed
        ):
            fault = ("unknown_container", _("There is no such container to put it into."))
        elif spec.parent_index is not None and not 0 <= spec.parent_index < index:
            fault = ("unknown_container", _("It can only stand in one that comes before it."))
        else:
            if spec.parent_id is not None:
                place = parents[spec.parent_id].location_id
            elif spec.parent_index is not None:
                place = places[spec.parent_index]
            places.append(place)
            continue
        places.append(None)
        problems.append(Problem(fault[1], code=fault[0], loc=str(index), row=index))
    if problems:
        raise PostingInvalid(
            _("No container was made. %(first)s") % {"first": problems[0].message}, problems=problems
        )
    return places


def _refuse_taken(taken: Sequence[tuple[int, str]]) -> None:
    if taken:
        raise PostingInvalid(
            _("There is a container %(code)s already. Take another code.") % {"code": taken[0][1]},
            problems=[
                Problem(_("This code exists."), code="code_taken", loc=str(index), row=index)
                for index, _code in taken
            ],
        )


def _levels(specs: Sequence[ContainerIn]) -> list[list[int]]:
    """Positions by how deep they stand in others of the same call."""
    depth: list[int] = []
    for spec in specs:
        depth.append(0 if spec.parent_index is None else depth[spec.parent_index] + 1)
    return [[i for i, d in enumerate(depth) if d == level] for level in range(max(depth) + 1)]


def _roots(
    rows: Mapping[int, ContainerRow], trees: Mapping[int, set[int]], target: Mapping[int, int]
) -> list[int]:
    """Those that have to go somewhere, without those that go along in another."""
    inner = {
        key
        for root, members in trees.items()
        for key in members
        if key != root and key in target and target[key] == target[root]
    }
    for root, members in trees.items():
        for key in (members & set(target)) - {root} - inner:
            raise ContainerMisplaced(
                _("Container %(code)s stands in %(parent)s, which goes elsewhere. Take it out first.")
                % {"code": rows[key].code, "parent": rows[root].code},
                data={"container_id": key},
            )
    return [r for r in target if r not in inner and rows[r].location_id != target[r]]


def _require_movable(
    rows: Mapping[int, ContainerRow],
    roots: Sequence[int],
    target: Mapping[int, int],
    facts: Mapping[int, LocationFacts],
) -> None:
    for root in roots:
        row, place = rows[root], facts.get(target[root])
        if place is None or place.is_virtual:
            raise PostingInvalid(
                _("A container goes to a place inside of its warehouse, and this is none."),
                code="wrong_target",
            )
        here = facts.get(row.location_id or 0)
        if here is not None and here.warehouse_id != place.warehouse_id:
            raise PostingInvalid(
                _("Container %(code)s stands in another warehouse. Send it there by a transfer.")
                % {"code": row.code},
                code="wrong_target",
            )
        if row.is_closed:
            raise ContainerMisplaced(
                _("Container %(code)s is out of use. Take another one.") % {"code": row.code},
                code="container_closed",
            )


def _require_nestable(row: ContainerRow, parent: ContainerRow, trees: Mapping[int, set[int]]) -> None:
    if parent.id in trees[row.id]:
        fault = ("container_in_itself", _("Container %(code)s cannot stand in itself."))
    elif row.is_closed or parent.is_closed:
        fault = ("container_closed", _("Container %(code)s, or the one it goes into, is out of use."))
    elif _SIZE.get(row.kind, 1) > _SIZE.get(parent.kind, 1):
        fault = ("container_too_large", _("Container %(code)s does not go into something smaller."))
    else:
        return
    raise ContainerMisplaced(fault[1] % {"code": row.code}, data={"container_id": row.id}, code=fault[0])


def _code(facts: Mapping[int, LocationFacts], location_id: int | None) -> str | None:
    return facts[location_id].code if location_id is not None and location_id in facts else None
