"""Alerts 库存预警: kept in line with the facts, and what people do about them.

The facts are compared with what is written down and the difference is written, so that it does not matter which event
or job asks for it, nor how often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput, NotFound, StateConflict
from hecang.notifications.services import NewMessage, Topic, notify_many, topic_register
from hecang.stockkeeping.models import StockAlert
from hecang.stockkeeping.selectors.alert_facts import (
    EXPIRY_KINDS,
    QUANTITY_KINDS,
    SLOW_KINDS,
    AlertFact,
    alert_facts,
)
from hecang.stockkeeping.services.thresholds import DEAD_TIMES, EXPIRY_DAYS, SLOW_DAYS

LOW, EXPIRY, SLOW = "stockkeeping.low", "stockkeeping.expiry", "stockkeeping.slow"
_TOPIC_OF = {
    **dict.fromkeys(("below_safety", "below_reorder"), LOW),
    **dict.fromkeys(EXPIRY_KINDS, EXPIRY),
    **dict.fromkeys((*SLOW_KINDS, "overstock"), SLOW),
}
_TITLES = {
    LOW: gettext_noop("%(count)s products run low in %(warehouse)s"),
    EXPIRY: gettext_noop("%(count)s lots expire or have expired in %(warehouse)s"),
    SLOW: gettext_noop("%(count)s products move slowly or are too many in %(warehouse)s"),
}

_KNOWN = """
SELECT id, kind, warehouse_id, sku_id, owner_id, coalesce(lot_id, 0), state, quantity, threshold, days, expected, value,
    advised_discount, snoozed_until
FROM stock_alert WHERE gone_at IS NULL AND kind = ANY(%s::text[]) AND (%s::bigint[] IS NULL OR sku_id = ANY(%s::bigint[]))
ORDER BY id FOR NO KEY UPDATE
"""
_OPEN = """
INSERT INTO stock_alert (kind, state, warehouse_id, sku_id, owner_id, lot_id, quantity, threshold, days, expected, value,
    advised_discount, note, action, document_kind, document_number, first_seen_at, last_seen_at, done_by)
SELECT f.kind, 'open', f.warehouse_id, f.sku_id, f.owner_id, f.lot_id, f.quantity, f.threshold, f.days, f.expected,
    f.value, f.discount, '', '', '', '', %s, %s, ''
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
        %s::integer[], %s::bigint[], %s::numeric[], %s::smallint[])
    AS f (kind, warehouse_id, sku_id, owner_id, lot_id, quantity, threshold, days, expected, value, discount)
RETURNING id, kind, warehouse_id
"""
_UPDATE = """
UPDATE stock_alert a SET quantity = f.quantity, threshold = f.threshold, days = f.days, expected = f.expected,
    value = f.value, advised_discount = f.discount, last_seen_at = %s,
    state = CASE WHEN a.state = 'snoozed' AND a.snoozed_until <= %s THEN 'open' ELSE a.state END,
    snoozed_until = CASE WHEN a.state = 'snoozed' AND a.snoozed_until <= %s THEN NULL ELSE a.snoozed_until END
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::integer[], %s::bigint[], %s::numeric[], %s::smallint[])
    AS f (id, quantity, threshold, days, expected, value, discount) WHERE a.id = f.id
"""
_GONE = """
UPDATE stock_alert SET gone_at = %s, snoozed_until = NULL,
    done_at = coalesce(done_at, %s), done_by = CASE WHEN state = 'done' THEN done_by ELSE 'system' END,
    action = CASE WHEN state = 'done' THEN action ELSE 'gone' END, state = 'done'
WHERE id = ANY(%s::bigint[])
"""


def topics_register() -> None:
    """Make the topics of alerts known; called when the app starts."""
    topic_register(Topic(LOW, gettext_noop("Products run low")))
    topic_register(Topic(EXPIRY, gettext_noop("Lots expire"), email="daily"))
    topic_register(Topic(SLOW, gettext_noop("Products move slowly"), in_app="off"))


@transactional
def alerts_refresh(*, sku_ids: Collection[int] | None = None, kinds: Collection[str] = ()) -> tuple[int, int]:
    """Bring alerts in line with the facts; (opened, closed by themselves).

    :param sku_ids: only of these SKUs; all if ``None``.
    :param kinds: only these; all if empty.

    Tells people of new ones, one message for each warehouse and topic. Locks the alerts concerned. The number of
    statements does not depend on how many there are.
    """
    if sku_ids is not None and not sku_ids:
        return 0, 0
    chosen = list(kinds) or [*QUANTITY_KINDS, *EXPIRY_KINDS, *SLOW_KINDS]
    execute("SELECT pg_advisory_xact_lock(hashtext('stockkeeping.alerts'))")
    skus = None if sku_ids is None else sorted(set(sku_ids))
    known = {tuple(row[1:6]): row for row in fetch(_KNOWN, [chosen, skus, skus])}
    facts = {
        fact.key: fact
        for fact in alert_facts(
            chosen, skus, expiry_days=EXPIRY_DAYS, slow_days=SLOW_DAYS, dead_times=DEAD_TIMES
        )
    }
    at = now()
    fresh = [fact for key, fact in facts.items() if key not in known]
    gone = [row[0] for key, row in known.items() if key not in facts]
    changed = [
        (row[0], *facts[key].figures)
        for key, row in known.items()
        if key in facts
        and (
            facts[key].figures != tuple(row[7:13])
            or (row[6] == "snoozed" and row[13] is not None and row[13] <= at)
        )
    ]
    if changed:
        execute(_UPDATE, [at, at, at, *columns(changed, 7)])
    if gone:
        execute(_GONE, [at, at, gone])
    if fresh:
        _open(fresh, at)
    return len(fresh), len(gone)


def alerts_refresh_all() -> int:
    """Everything, for the nightly run; how many were opened or closed."""
    return sum(alerts_refresh())


def alerts_refresh_quantities() -> int:
    """What changes during the day: too little, too much; how many were opened or closed."""
    return sum(alerts_refresh(kinds=QUANTITY_KINDS))


def _open(facts: Sequence[AlertFact], at: datetime) -> None:
    rows = (
        (
            fact.kind, fact.warehouse_id, fact.sku_id, fact.owner_id, fact.lot_id, fact.quantity, fact.threshold,
            fact.days, fact.expected, fact.value, fact.discount,
        )
        for fact in facts
    )  # fmt: skip
    made = fetch(_OPEN, [at, at, *columns(rows, 11)])
    counts: Counter[tuple[str, int]] = Counter((_TOPIC_OF[row[1]], row[2]) for row in made)
    first: dict[tuple[str, int], int] = {}
    for key, kind, warehouse_id in made:
        place = (_TOPIC_OF[kind], warehouse_id)
        first[place] = min(first.get(place, key), key)
    names = dict(
        fetch(
            "SELECT id, name FROM warehouse WHERE id = ANY(%s::bigint[])",
            [sorted({one[1] for one in counts})],
        )
    )
    notify_many(
        messages=[
            NewMessage(
                topic=topic,
                key=f"{first[topic, warehouse_id]}",
                title=_TITLES[topic],
                data={"count": count, "warehouse": names.get(warehouse_id, "")},
                permission="stockkeeping.alert.change",
                url_path="/stock-alerts",
            )
            for (topic, warehouse_id), count in counts.items()
        ]
    )


# ---------------------------------------------------------------- what people do


@transactional
def alerts_snooze(*, alert_ids: Collection[int], until: datetime, note: str = "") -> int:
    """Do not show these until then; they come back if the fact is still so. How many were open."""
    if until <= now():
        raise InvalidInput(_("The moment has passed already; choose a later one."), code="wrong_moment")
    return _set(alert_ids, ("open", "snoozed"), "snoozed", note=note, until=until)


@transactional
def alerts_done(*, alert_ids: Collection[int], note: str = "") -> int:
    """Somebody has looked at these; they stay quiet until the fact is gone. How many stood."""
    return _set(alert_ids, ("open", "snoozed"), "done", note=note, action=StockAlert.Action.DONE.value)


@transactional
def alerts_reopen(*, alert_ids: Collection[int]) -> int:
    """Show these again; those whose fact is gone stay as they are. How many were quiet."""
    return _set(alert_ids, ("snoozed", "done"), "open")


def alert_lock(alert_id: int) -> StockAlert:
    """Lock an alert whose fact still stands. :raises NotFound: none, or out of scope. :raises StateConflict: gone."""
    alert = StockAlert.objects.select_for_update(no_key=True, of=("self",)).filter(id=alert_id).first()
    if alert is None:
        raise NotFound(_("There is no such alert."))
    current_actor().scope.require(warehouse=alert.warehouse_id, owner=alert.owner_id)
    if alert.gone_at is not None:
        raise StateConflict(
            _("The fact behind this alert is gone; nothing has to be done."), data={"id": alert_id}
        )
    return alert


def alert_answered(
    alert: StockAlert, action: str, kind: str = "", key: int | None = None, number: str = "", note: str = ""
) -> None:
    """Write what was done about a locked alert."""
    before = {"state": alert.state}
    alert.state, alert.action = StockAlert.State.DONE, StockAlert.Action(action)
    alert.document_kind, alert.document_id, alert.document_number = kind, key, number
    alert.note = note[:500] or alert.note
    alert.snoozed_until = None
    alert.done_by, alert.done_at = current_actor().name[:100], now()
    alert.save()
    audit_record_many(
        action="stockkeeping.alert.answered",
        entity_kind="stock_alert",
        entries=[(alert.pk, before, {"action": action, "document": number or kind, "note": note})],
    )


def _set(
    alert_ids: Collection[int],
    sources: Sequence[str],
    state: str,
    *,
    note: str = "",
    until: datetime | None = None,
    action: str = "",
) -> int:
    rows: list[tuple[Any, ...]] = fetch(
        "SELECT id, state, warehouse_id, owner_id FROM stock_alert WHERE id = ANY(%s::bigint[]) AND gone_at IS NULL"
        " ORDER BY id FOR NO KEY UPDATE",
        [sorted(set(alert_ids))],
    )
    for _id, _state, warehouse_id, owner_id in rows:
        current_actor().scope.require(warehouse=warehouse_id, owner=owner_id)
    mine = [row for row in rows if row[1] in sources]
    done = state == "done"
    execute(
        "UPDATE stock_alert SET state = %s, snoozed_until = %s::timestamptz, action = %s,"
        " note = CASE WHEN %s = '' THEN note ELSE %s END, done_by = %s, done_at = %s::timestamptz"
        " WHERE id = ANY(%s::bigint[])",
        [
            state, until, action, note[:500], note[:500], current_actor().name[:100] if done else "",
            now() if done else None, [row[0] for row in mine],
        ],
    )  # fmt: skip
    audit_record_many(
        action=f"stockkeeping.alert.{state}",
        entity_kind="stock_alert",
        entries=[(row[0], {"state": row[1]}, {"state": state, "note": note}) for row in mine],
    )
    return len(mine)
