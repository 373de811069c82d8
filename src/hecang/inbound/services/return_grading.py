"""What returned goods are worth, and what becomes of them: each way is an entry of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import virtual_location
from hecang.inbound.errors_quality import GoodsGone, ReturnInvalid, ReturnNotFound, ReturnStateConflict
from hecang.inbound.events import ReturnClosed, ReturnDisposed
from hecang.inbound.models import Disposition, Grade, ReturnLine
from hecang.inbound.services.arrival_types import Arrival
from hecang.inbound.services.following import goods_follow
from hecang.inbound.services.putaways import putaway_cancel
from hecang.inbound.services.returns import LockedReturn, return_lock, return_require_open
from hecang.inbound.states_quality import OUTCOMES
from hecang.inventory.models import Condition
from hecang.inventory.services import PostingIn, stock_post
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.outbox import emit

SOURCE = "return_line"
#: The condition that a disposition brings goods into; scrapped ones leave.
CONDITION_OF: Final[Mapping[str, Condition]] = {
    Disposition.RESTOCK: Condition.GOOD,
    Disposition.REFURBISH: Condition.DAMAGED,
    Disposition.VENDOR: Condition.QUARANTINE,
    Disposition.QUARANTINE: Condition.QUARANTINE,
}


@dataclass(frozen=True, slots=True)
class LockedLine:
    """A line of a return; its return is locked."""

    id: int
    goods_return_id: int
    number: int
    order_line_id: int | None
    sku_id: int
    lot_id: int | None
    owner_id: int
    received: int
    location_id: int | None
    condition: str
    grade: str
    disposition: str
    disposed: int
    finished: int
    serials: Sequence[str]
    is_unreadable: bool


_LINE = """
SELECT l.id, l.goods_return_id, l.number, l.order_line_id, l.sku_id, l.lot_id, l.owner_id, l.received, l.location_id,
    l.condition, l.grade, l.disposition, l.disposed, l.finished, l.serials,
    coalesce(t.is_expired AND t.expires_on IS NULL, false)
FROM return_line l LEFT JOIN lot t ON t.id = l.lot_id WHERE l.id = %s
"""


def _locked(line_id: int) -> tuple[LockedReturn, LockedLine]:
    """Lock a line's return and read the line under that lock."""
    row = fetch_one("SELECT goods_return_id FROM return_line WHERE id = %s", [line_id])
    if row is None:
        raise ReturnNotFound(_("There is no such line of a return. Load the return again."))
    found = return_lock(row[0])
    line = fetch_one(_LINE, [line_id])
    if line is None:
        raise ReturnNotFound(_("There is no such line of a return. Load the return again."))
    return found, LockedLine(*line)


@dataclass(frozen=True, slots=True)
class GradeIn:
    """A judgement.

    :param quantity: units that it is about; by default all of the line. Of fewer, the others stay ungraded.
    """

    grade: str
    quantity: int | None = None
    note: str = ""
    photos: tuple[str, ...] = ()


@transactional
def return_line_grade(*, line_id: int, graded: GradeIn) -> int:
    """Grade units of a line; the id of the line that has them now (a new one, where only a part is graded).

    May be done again until something was decided. Locks the return. Raises :class:`ReturnStateConflict`,
    :class:`ReturnInvalid`.
    """
    found, line = _locked(line_id)
    return_require_open(found)
    if graded.grade not in Grade.values:
        raise ReturnInvalid(_("A grade is A, B, C or D."))
    if line.disposed:
        raise ReturnStateConflict(_("It has been decided already what becomes of these units."))
    units = line.received if graded.quantity is None else graded.quantity
    if not 1 <= units <= line.received:
        raise ReturnInvalid(
            _("The line has %(units)s units; grade between 1 and that.") % {"units": line.received},
            data={"units": line.received},
        )
    target = line_id if units == line.received else _split(line, units)
    execute(
        "UPDATE return_line SET grade = %s, note = CASE WHEN %s = '' THEN note ELSE %s END,"
        " photos = photos || %s::varchar[], graded_by = %s, graded_at = %s WHERE id = %s",
        [
            graded.grade, graded.note, graded.note[:500], list(graded.photos), current_actor().name[:100], clock.now(),
            target,
        ],
    )  # fmt: skip
    execute(
        "UPDATE goods_return SET state = 'grading' WHERE id = %s AND state IN ('receiving', 'expected')",
        [found.id],
    )
    audit_record(
        action="inbound.return_line.graded",
        entity_kind="goods_return",
        entity_id=found.id,
        before={"grade": line.grade},
        after={"line_id": target, "grade": graded.grade, "units": units, "note": graded.note[:200]},
    )
    return target


def _split(line: LockedLine, units: int) -> int:
    """Take units of a line onto a new one beside it."""
    row = fetch_one(
        "SELECT coalesce(max(number), 0) FROM return_line WHERE goods_return_id = %s", [line.goods_return_id]
    )
    assert row is not None
    execute(
        "UPDATE return_line SET received = received - %s, expected = greatest(expected - %s, 0),"
        " serials = serials[%s:] WHERE id = %s",
        [units, units, units + 1, line.id],
    )
    made = ReturnLine.objects.create(
        goods_return_id=line.goods_return_id,
        number=row[0] + 1,
        order_line_id=line.order_line_id,
        sku_id=line.sku_id,
        lot_id=line.lot_id,
        owner_id=line.owner_id,
        expected=0,
        received=units,
        serials=list(line.serials[:units]),
        location_id=line.location_id,
        condition=line.condition,
    )
    return int(made.pk)


@transactional
def return_line_dispose(*, line_id: int, disposition: str) -> None:
    """Decide what becomes of a graded line's units, once: the ledger has it at once.

    ``restock``: good again, and off to a shelf. ``refurbish``: damaged until it is mended. ``vendor`` and
    ``quarantine``: kept apart. ``scrap``: out of the books. Closes the return with its last line.

    Locks the return, then stock. Emits ``ReturnDisposed`` and, with the last line, ``ReturnClosed``. Raises
    :class:`ReturnStateConflict` (decided already, not graded), :class:`ReturnInvalid`, :class:`GoodsGone`.
    """
    found, line = _locked(line_id)
    if disposition not in Disposition.values:
        raise ReturnInvalid(_("Choose what becomes of the goods."))
    if line.disposed:
        raise ReturnStateConflict(
            _("It was decided already: %(disposition)s.")
            % {"disposition": Disposition(line.disposition).label},
            data={"disposition": line.disposition},
        )
    return_require_open(found)
    if not line.grade or line.received == 0:
        raise ReturnStateConflict(_("Grade the units first."))
    if disposition == Disposition.RESTOCK and line.grade == Grade.D:
        raise ReturnInvalid(
            _("Broken goods (grade D) do not go back to stock. Grade them anew if they are not.")
        )
    if disposition == Disposition.RESTOCK:
        _require_date(line)
    target = CONDITION_OF.get(Disposition(disposition))
    places = _units(found, line, line.condition, line.received)
    _post(found, line, places, target, "scrap" if target is None else "condition")
    execute(
        "UPDATE return_line SET disposition = %s, disposed = received, condition = %s, disposed_by = %s, disposed_at = %s,"
        " finished = CASE WHEN %s THEN received ELSE 0 END WHERE id = %s",
        [
            disposition, target.value if target else line.condition, current_actor().name[:100], clock.now(),
            disposition in (Disposition.RESTOCK, Disposition.SCRAP), line_id,
        ],
    )  # fmt: skip
    _told(found, line, disposition)
    _close(found)


_STANDING = """
SELECT id FROM putaway WHERE source_kind = %s AND source_id = %s AND state IN ('waiting', 'planned', 'stuck') ORDER BY id
"""


@transactional
def return_line_finish(*, line_id: int, outcome: str) -> None:
    """What was begun ends: mended goods go back to stock or are thrown away, others go to the supplier.

    :param outcome: ``restock``, ``scrap`` or ``sent``; see :data:`OUTCOMES`.

    Whatever was still to be put away of it as it was is not any more.

    Locks the return, its putaways, then stock. Raises :class:`ReturnStateConflict` (nothing begun, or ended already),
    :class:`ReturnInvalid`, :class:`GoodsGone`.
    """
    found, line = _locked(line_id)
    possible = OUTCOMES.get(line.disposition, ())
    if not line.disposed or line.finished >= line.disposed or not possible:
        raise ReturnStateConflict(_("Nothing of this line is open any more."))
    if outcome not in possible:
        raise ReturnInvalid(
            _("That is no end of what was decided. Choose another."), data={"outcomes": list(possible)}
        )
    if outcome == "restock":
        _require_date(line)
    for (putaway_id,) in fetch(_STANDING, [SOURCE, line.id]):
        putaway_cancel(putaway_id=putaway_id, reason=outcome)
    places = _units(found, line, line.condition, line.disposed)
    good = Condition.GOOD if outcome == "restock" else None
    _post(found, line, places, good, {"scrap": "scrap", "sent": "return"}.get(outcome, "condition"))
    execute(
        "UPDATE return_line SET finished = disposed, condition = %s WHERE id = %s",
        [Condition.GOOD.value if good else line.condition, line_id],
    )
    audit_record(
        action="inbound.return_line.finished",
        entity_kind="goods_return",
        entity_id=found.id,
        before={"disposition": line.disposition},
        after={"line_id": line_id, "outcome": outcome, "units": line.disposed},
    )


def _require_date(line: LockedLine) -> None:
    """Dated goods that nobody can read the date of are not sold again."""
    if line.is_unreadable:
        raise ReturnInvalid(
            _(
                "Nobody could read the date of these goods, so they do not go back to stock. Scrap them, send them to the"
                " supplier, or keep them apart."
            ),
            code="date_unreadable",
        )


_Places = list[tuple[int, int | None, int]]


def _units(found: LockedReturn, line: LockedLine, condition: str, units: int) -> _Places:
    """Where so many units lie: first where the line says, then wherever they were carried."""
    rows = fetch(
        "SELECT s.location_id, s.container_id, s.quantity - s.allocated FROM stock s WHERE s.warehouse_id = %s"
        " AND s.sku_id = %s AND s.owner_id = %s AND s.lot_id IS NOT DISTINCT FROM %s::bigint AND s.condition = %s"
        " AND s.quantity > s.allocated ORDER BY s.location_id IS DISTINCT FROM %s::bigint, s.id",
        [found.warehouse_id, line.sku_id, line.owner_id, line.lot_id, condition, line.location_id],
    )
    places: _Places = []
    left = units
    for location_id, container_id, free in rows:
        part = min(free, left)
        left -= part
        if part:
            places.append((location_id, container_id, part))
    if left:
        raise GoodsGone(
            _(
                "%(units)s units of line %(line)s do not lie in the warehouse as they should. See the SKU's movements."
            )
            % {"units": left, "line": line.number}
        )
    return places


def _post(
    found: LockedReturn, line: LockedLine, places: _Places, target: Condition | None, reason: str
) -> None:
    """Bring the units into their new condition where they lie, or out of the books; and on their way."""
    outside = None
    if target is None:
        outside = virtual_location(found.warehouse_id, "scrap" if reason == "scrap" else "supplier")
    serials = tuple(line.serials) if len(line.serials) == sum(part for *_where, part in places) else ()
    at = 0
    entries = []
    for location_id, container_id, part in places:
        entries.append(
            PostingIn(
                sku_id=line.sku_id,
                owner_id=line.owner_id,
                lot_id=line.lot_id,
                quantity=part,
                from_location_id=location_id,
                to_location_id=location_id if outside is None else outside,
                from_condition=line.condition,
                to_condition=line.condition if target is None else target.value,
                from_container_id=container_id,
                to_container_id=container_id if outside is None else None,
                reason=reason,
                source_kind=SOURCE,
                source_id=line.id,
                serials=serials[at : at + part],
            )
        )
        at += part
    stock_post(entries=entries)
    if target is None:
        return
    goods_follow(
        arrivals=[
            Arrival(
                warehouse_id=found.warehouse_id,
                location_id=location_id,
                sku_id=line.sku_id,
                owner_id=line.owner_id,
                quantity=part,
                lot_id=line.lot_id,
                container_id=container_id,
                condition=target.value,
            )
            for location_id, container_id, part in places
        ],
        source=(SOURCE, line.id),
    )


def _told(found: LockedReturn, line: LockedLine, disposition: str) -> None:
    audit_record(
        action="inbound.return_line.disposed",
        entity_kind="goods_return",
        entity_id=found.id,
        after={"line_id": line.id, "grade": line.grade, "disposition": disposition, "units": line.received},
    )
    emit(
        ReturnDisposed(
            return_id=found.id,
            line_id=line.id,
            order_id=found.order_id or 0,
            order_line_id=line.order_line_id or 0,
            sku_id=line.sku_id,
            grade=line.grade,
            disposition=disposition,
            quantity=line.received,
        )
    )


def _close(found: LockedReturn) -> None:
    """The last decision closes a return."""
    row = fetch_one(
        "UPDATE goods_return SET state = 'closed', closed_at = %s WHERE id = %s AND NOT EXISTS ("
        " SELECT 1 FROM return_line WHERE goods_return_id = %s AND disposed < received) RETURNING id",
        [clock.now(), found.id, found.id],
    )
    if row is not None:
        emit(ReturnClosed(return_id=found.id, order_id=found.order_id or 0, rma=found.rma))
