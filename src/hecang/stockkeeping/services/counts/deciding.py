"""What somebody else decides about differences: approve, have them counted again, or let the books stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.errors import HecangError, InvalidInput, NotFound, StateConflict
from hecang.stockkeeping import states_counts as states
from hecang.stockkeeping.errors_counts import CountBySame
from hecang.stockkeeping.models import CountLineState
from hecang.stockkeeping.services.counts.planning import count_lock
from hecang.stockkeeping.services.counts.policies import policy_of
from hecang.stockkeeping.services.counts.reading import count_settle
from hecang.stockkeeping.services.counts.stretches import Stop, stretches_make

_LINES = """
SELECT l.id, l.count_id, l.place_id, l.location_id, l.sku_id, l.lot_id, l.owner_id, l.container_id, l.state, l.cause,
    k.code, o.code
FROM count_line l JOIN sku k ON k.id = l.sku_id JOIN location o ON o.id = l.location_id
WHERE l.place_id = ANY(%s::bigint[]) ORDER BY l.id FOR NO KEY UPDATE OF l
"""

_COUNTERS = """
SELECT l.id, array_agg(DISTINCT r.user_id) FROM count_line l JOIN count_reading r ON r.line_id = l.id
WHERE l.id = ANY(%s::bigint[]) AND r.user_id IS NOT NULL GROUP BY l.id
"""

_PLACES = """
SELECT p.id, p.location_id, p.zone_id, l.aisle_id, p.state, p.round,
    (SELECT array_agg(DISTINCT r.user_id) FROM count_line n JOIN count_reading r ON r.line_id = n.id
     WHERE n.place_id = p.id AND r.user_id IS NOT NULL)
FROM count_place p JOIN location l ON l.id = p.location_id WHERE p.id = ANY(%s::bigint[]) ORDER BY p.sequence, p.id
"""

_TO_POST = """
UPDATE count_place p SET has_to_post = p.state = 'done'
    AND EXISTS (SELECT 1 FROM count_line l WHERE l.place_id = p.id AND l.state = 'accepted')
WHERE p.id = ANY(%s::bigint[])
"""


_BAR = """
UPDATE count_place p SET counters = coalesce((
    SELECT array_agg(DISTINCT r.user_id) FROM count_line n JOIN count_reading r ON r.line_id = n.id
    WHERE n.place_id = p.id AND r.user_id IS NOT NULL), '{}')
WHERE p.id = ANY(%s::bigint[])
"""


# Readings, too, take lines from one state to another; what a person may decide is less.
_MAY_APPROVE = frozenset({CountLineState.APPROVE.value})
_MAY_DISMISS = frozenset(
    {CountLineState.APPROVE.value, CountLineState.ACCEPTED.value, CountLineState.BLOCKED.value}
)
_MAY_RECOUNT = frozenset(
    {CountLineState.APPROVE.value, CountLineState.ACCEPTED.value, CountLineState.MATCHED.value}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one line; ``error`` says why nothing did."""

    line_id: int
    error: HecangError | None = None


@dataclass(frozen=True, slots=True)
class LineLocked:
    """A line under lock."""

    id: int
    count_id: int
    place_id: int
    location_id: int
    sku_id: int
    lot_id: int | None
    owner_id: int
    container_id: int | None
    state: str
    cause: str
    sku: str
    location: str

    @property
    def kind(self) -> tuple[int, int, int | None, int, int | None]:
        """Lines of one kind of goods are decided together, whatever their condition."""
        return (self.place_id, self.sku_id, self.lot_id, self.owner_id, self.container_id)

    @property
    def what(self) -> str:
        return f"{self.sku} @ {self.location}"


@transactional
def count_lines_approve(*, line_ids: Sequence[int], note: str = "") -> list[Decision]:
    """Agree with differences, so that they are posted; each line with those of the same goods at the place.

    Whoever has counted a line cannot approve it. Locks counts → places → lines. A report for each.
    """
    return _decide(line_ids, _MAY_APPROVE, CountLineState.ACCEPTED.value, "approved", note, _require_other)


@transactional
def count_lines_dismiss(*, line_ids: Sequence[int], note: str) -> list[Decision]:
    """Let the books stand as they are, for a reason that is written down. Locks as :func:`count_lines_approve`.

    :raises InvalidInput: without a reason.
    """
    if not note.strip():
        raise InvalidInput(_("Say why the books are to stand as they are."))
    return _decide(line_ids, _MAY_DISMISS, CountLineState.DISMISSED.value, "dismissed", note, None)


@transactional
def count_lines_recount(*, line_ids: Sequence[int], note: str = "") -> list[Decision]:
    """Have the places of these lines counted again, by people who have not counted there (if there is such a rule).

    Not once something of the place is posted: then make a new count. Locks as :func:`count_lines_approve`.
    """
    locked, found, errors = _locked(line_ids)
    by_place: dict[int, list[LineLocked]] = defaultdict(list)
    for line in locked.values():
        by_place[line.place_id].append(line)
    good: dict[int, LineLocked] = {}
    for key, line in found.items():
        mine = by_place[line.place_id]
        if any(one.state in (CountLineState.POSTED, CountLineState.BLOCKED) for one in mine):
            errors[key] = StateConflict(
                _("%(what)s: part of this place is posted already. Make a new count for it.")
                % {"what": line.what}
            )
        elif error := _wrong_step(line, _MAY_RECOUNT, CountLineState.RECOUNT.value):
            errors[key] = error
        else:
            good[key] = line
    by_count: dict[int, set[int]] = defaultdict(set)
    for line in good.values():
        by_count[line.count_id].add(line.place_id)
    for count_id, places in sorted(by_count.items()):
        places_reopen(count_id, places, [line.id for line in good.values()], cause="asked", note=note)
    _audit("recount", list(good.values()), note)
    return [Decision(key, errors.get(key)) for key in dict.fromkeys(line_ids)]


def places_reopen(
    count_id: int,
    place_ids: set[int],
    line_ids: Sequence[int],
    *,
    cause: str,
    note: str = "",
    bars: bool = True,
) -> None:
    """Send counted places of a locked count back to the floor; the caller holds places and lines."""
    row = count_lock(count_id)
    policy = policy_of(row.warehouse_id)
    places = fetch(_PLACES, [sorted(place_ids)])
    done = [place for place in places if place[4] in ("done", "skipped")]
    execute(
        "UPDATE count_place SET state = 'open', round = round + 1, has_to_post = false, is_wrong = NULL, done_at = NULL,"
        " done_by = '' WHERE id = ANY(%s::bigint[]) AND state IN ('done', 'skipped')",
        [[place[0] for place in done]],
    )
    execute(
        "UPDATE count_line SET state = 'recount', cause = %s, decided_by = %s, decided_at = %s, decision_note = %s"
        " WHERE id = ANY(%s::bigint[])",
        [cause, current_actor().name[:100], clock.now(), note[:200], list(line_ids)],
    )
    execute("UPDATE stock_count SET place_done = place_done - %s WHERE id = %s", [len(done), count_id])
    bar = policy.recount_by_other and bars
    stretches_make(
        count_id=count_id, warehouse_id=row.warehouse_id, kind=row.kind, number=row.number, size=policy.stretch_size,
        stops=[
            Stop(place[0], place[1], place[2], place[3], place[5] + 1, tuple(sorted(place[6] or ())) if bar else ())
            for place in done
        ],
    )  # fmt: skip
    if bar:
        execute(_BAR, [[place[0] for place in done]])
    count_settle(count_id)


def _decide(
    line_ids: Sequence[int],
    sources: frozenset[str],
    target: str,
    action: str,
    note: str,
    check: Callable[[Mapping[int, LineLocked]], dict[int, HecangError]] | None,
) -> list[Decision]:
    locked, found, errors = _locked(line_ids)
    for key, line in found.items():
        if error := _wrong_step(line, sources, target):
            errors[key] = error
    open_ = {key: line for key, line in found.items() if key not in errors}
    if check is not None:
        errors |= check(open_)
    good = {key: line for key, line in open_.items() if key not in errors}
    kinds = {line.kind for line in good.values()}
    together = [line for line in locked.values() if line.kind in kinds and line.state in sources]
    execute(
        "UPDATE count_line SET state = %s, decided_by = %s, decided_at = %s, decision_note = %s"
        " WHERE id = ANY(%s::bigint[])",
        [target, current_actor().name[:100], clock.now(), note[:200], [line.id for line in together]],
    )
    execute(_TO_POST, [sorted({line.place_id for line in together})])
    for count_id in sorted({line.count_id for line in together}):
        count_settle(count_id)
    _audit(action, together, note)
    return [Decision(key, errors.get(key)) for key in dict.fromkeys(line_ids)]


def _locked(
    line_ids: Sequence[int],
) -> tuple[dict[int, LineLocked], dict[int, LineLocked], dict[int, HecangError]]:
    """Lock counts, places, and all lines of these places: (all, those named, errors of those that are not there)."""
    named = fetch(
        "SELECT id, count_id, place_id FROM count_line WHERE id = ANY(%s::bigint[])", [list(line_ids)]
    )
    errors: dict[int, HecangError] = {
        key: NotFound(_("There is no such line.")) for key in set(line_ids) - {row[0] for row in named}
    }
    hidden: set[int] = set()
    for count_id in sorted({row[1] for row in named}):
        try:
            count_lock(count_id)
        except NotFound as error:
            hidden.add(count_id)
            errors |= {row[0]: error for row in named if row[1] == count_id}
    places = sorted({row[2] for row in named if row[1] not in hidden})
    execute("SELECT 1 FROM count_place WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", [places])
    locked = {row[0]: LineLocked(*row) for row in fetch(_LINES, [places])}
    return locked, {key: locked[key] for key in dict.fromkeys(line_ids) if key in locked}, errors


def _wrong_step(line: LineLocked, sources: frozenset[str], target: str) -> HecangError | None:
    if line.state in sources:
        states.require("line", line.state, target, what=line.what)
        return None
    return StateConflict(
        _("%(what)s is %(source)s and cannot become %(target)s. Reload to see what can be done with it.")
        % {"what": line.what, "source": line.state, "target": target},
        data={"line_id": line.id, "state": line.state, "wanted": target},
    )


def _require_other(lines: Mapping[int, LineLocked]) -> dict[int, HecangError]:
    me = current_actor().user_id
    if me is None or not lines:
        return {}
    counters = dict(fetch(_COUNTERS, [list(lines)]))
    return {
        key: CountBySame(
            _("You have counted %(what)s; somebody else has to approve the difference.") % {"what": line.what}
        )
        for key, line in lines.items()
        if me in counters.get(key, ())
    }


def _audit(action: str, lines: Sequence[LineLocked], note: str) -> None:
    audit_record_many(
        action=f"stockkeeping.count_line.{action}",
        entity_kind="count_line",
        entries=[(line.id, {"state": line.state}, {"note": note}) for line in lines],
    )
