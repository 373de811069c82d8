"""Counts, their places and lines as the desk lists them; each within the data scope of the actor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from hecang.kernel.actor import Actor
from hecang.kernel.api.counts import capped_counts
from hecang.kernel.db import fetch
from hecang.stockkeeping.models import Count, CountLine, CountPlace, CountProgramme, CountState, LocationRisk

Rows = QuerySet[Any, Any]

#: Who may see what the books say while a blind count goes on.
SEES_BOOKS = "stockkeeping.count.manage"

_SUMS = """
SELECT c.id, count(l.id), count(*) FILTER (WHERE l.difference <> 0 AND l.state <> 'recount'),
    count(*) FILTER (WHERE l.state = 'recount'), count(*) FILTER (WHERE l.state = 'approve'),
    count(*) FILTER (WHERE l.state IN ('accepted', 'blocked')),
    coalesce(sum(l.value_difference) FILTER (WHERE l.state NOT IN ('recount', 'dismissed', 'superseded')), 0)
FROM unnest(%s::bigint[]) AS c (id) LEFT JOIN count_line l ON l.count_id = c.id
GROUP BY c.id
"""


def counts_visible(actor: Actor) -> QuerySet[Count]:
    """Counts of the actor's warehouses."""
    rows = Count.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    return rows


def lines_visible(actor: Actor) -> QuerySet[CountLine]:
    """Lines of the actor's warehouses and owners."""
    rows = CountLine.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(count__warehouse_id__in=actor.scope.warehouses)
    if actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    return rows


def count_tabs(actor: Actor) -> dict[str, Rows]:
    """The tabs of the list."""
    rows = counts_visible(actor)
    return {
        "all": rows.exclude(state__in=[CountState.CLOSED, CountState.CANCELLED]),
        **{state: rows.filter(state=state) for state in CountState.values},
    }


def count_tab_counts(actor: Actor) -> dict[str, Any]:
    """Numbers on the tabs, and of lines that wait for a word."""
    lines = lines_visible(actor)
    return capped_counts(
        {
            **count_tabs(actor),
            "lines:approve": lines.filter(state="approve"),
            "lines:recount": lines.filter(state="recount"),
            "lines:accepted": lines.filter(state="accepted"),
            "lines:blocked": lines.filter(state="blocked"),
        }
    )


def count_rows(
    actor: Actor,
    *,
    tab: str | None = None,
    state: Sequence[str] = (),
    kind: Sequence[str] = (),
    warehouse: Sequence[int] | None = None,
    q: str = "",
) -> Rows:
    """Counts, newest first."""
    rows: Rows = count_tabs(actor)[tab] if tab else counts_visible(actor)
    if state:
        rows = rows.filter(state__in=state)
    if kind:
        rows = rows.filter(kind__in=kind)
    if warehouse:
        rows = rows.filter(warehouse_id__in=warehouse)
    if q.strip():
        rows = rows.filter(Q(number__istartswith=q.strip()) | Q(note__icontains=q.strip()))
    return rows.values(
        "id", "number", "kind", "state", "reason", "note", "day", "is_blind", "place_count", "place_done", "created_by",
        "created_at", "released_at", "counted_at", "closed_at", "post_state", "post_total", "post_done",
        "warehouse__id", "warehouse__code", "warehouse__name",
    )  # fmt: skip


def count_sums(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Of each count: lines, how many differ, wait, and the value of the differences. One statement."""
    names = (
        "line_count",
        "difference_count",
        "recount_count",
        "approve_count",
        "to_post_count",
        "value_difference",
    )
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in fetch(_SUMS, [list(ids)])}


def line_rows(
    actor: Actor,
    *,
    count: int | None = None,
    place: int | None = None,
    state: Sequence[str] = (),
    kind: Sequence[str] = (),
    cause: Sequence[str] = (),
    warehouse: Sequence[int] | None = None,
    zone: int | None = None,
    location: int | None = None,
    sku: int | None = None,
    abc_class: Sequence[str] = (),
    counted_by: str = "",
    differs: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    q: str = "",
) -> Rows:
    """Lines of counts, newest first."""
    rows: Rows = lines_visible(actor)
    for name, value in (("count_id", count), ("place_id", place), ("location_id", location), ("sku_id", sku)):
        if value is not None:
            rows = rows.filter(**{name: value})
    for name, values in (
        ("state", state), ("cause", cause), ("count__kind", kind), ("count__warehouse_id", warehouse),
        ("abc_class", abc_class),
    ):  # fmt: skip
        if values:
            rows = rows.filter(**{f"{name}__in": values})
    if zone is not None:
        rows = rows.filter(place__zone_id=zone)
    if counted_by:
        rows = rows.filter(counted_by=counted_by)
    if differs is not None:
        rows = rows.exclude(difference=0) if differs else rows.filter(difference=0)
    if since is not None:
        rows = rows.filter(counted_at__gte=since)
    if until is not None:
        rows = rows.filter(counted_at__lt=until)
    if q.strip():
        rows = rows.filter(Q(sku__code__istartswith=q.strip()) | Q(location__code__istartswith=q.strip()))
    return rows.values(
        "id", "state", "cause", "round", "counted", "book", "difference", "counted_at", "counted_by", "is_found",
        "in_motion", "serials_missing", "serials_found", "abc_class", "unit_value", "value_difference", "decided_by",
        "decided_at", "decision_note", "posted", "posted_at", "movement_id", "condition", "place_id",
        "count__id", "count__number", "count__kind", "count__is_blind", "count__state",
        "location__id", "location__code", "sku__id", "sku__code", "sku__name", "sku__base_unit",
        "lot__id", "lot__code", "owner__id", "owner__code", "owner__name", "container__id", "container__code",
    )  # fmt: skip


def lines_shown(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines as the actor may see them: whoever only counts learns nothing of the books of a blind count."""
    if actor.may(SEES_BOOKS):
        return rows
    for row in rows:
        count = row["count"]
        if count["is_blind"] and count["state"] not in (CountState.CLOSED, CountState.CANCELLED):
            for name in ("book", "difference", "value_difference", "posted"):
                row[name] = None
            row["serials_missing"], row["serials_found"], row["is_found"] = [], [], False
            row["state"] = "recount" if row["state"] == "recount" else "counted"
            row["cause"] = ""
    return rows


def place_rows(
    actor: Actor,
    *,
    count: int | None = None,
    state: Sequence[str] = (),
    zone: int | None = None,
    chosen: Sequence[str] = (),
    is_wrong: bool | None = None,
    abc_class: Sequence[str] = (),
    warehouse: Sequence[int] | None = None,
    done_by: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Rows:
    """Places of counts, in walking order."""
    rows: Rows = CountPlace.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(count__warehouse_id__in=actor.scope.warehouses)
    if count is not None:
        rows = rows.filter(count_id=count)
    for name, values in (
        ("state", state), ("chosen", chosen), ("abc_class", abc_class), ("count__warehouse_id", warehouse),
    ):  # fmt: skip
        if values:
            rows = rows.filter(**{f"{name}__in": values})
    if zone is not None:
        rows = rows.filter(zone_id=zone)
    if is_wrong is not None:
        rows = rows.filter(is_wrong=is_wrong)
    if done_by:
        rows = rows.filter(done_by=done_by)
    if since is not None:
        rows = rows.filter(done_at__gte=since)
    if until is not None:
        rows = rows.filter(done_at__lt=until)
    return rows.values(
        "id", "sequence", "state", "round", "chosen", "abc_class", "risk", "is_wrong", "book_units", "skip_reason",
        "done_at", "done_by", "location__id", "location__code", "zone__id", "zone__code", "zone__name", "count__id",
        "count__number", "count__is_blind", "count__state",
    )  # fmt: skip


def programme_rows(actor: Actor, warehouse: Sequence[int] | None = None) -> Rows:
    """Standing programmes."""
    rows: Rows = CountProgramme.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if warehouse:
        rows = rows.filter(warehouse_id__in=warehouse)
    return rows.values(
        "id", "name", "kind", "scope", "weekdays", "at_hour", "places_per_day", "explore_percent", "is_blind",
        "is_active", "last_day", "created_by", "created_at", "warehouse__id", "warehouse__code", "warehouse__name",
    )  # fmt: skip


def risk_rows(
    actor: Actor, *, warehouse: Sequence[int] | None = None, zone: int | None = None, q: str = ""
) -> Rows:
    """Places by how likely their books are wrong."""
    rows: Rows = LocationRisk.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if warehouse:
        rows = rows.filter(warehouse_id__in=warehouse)
    if zone is not None:
        rows = rows.filter(location__zone_id=zone)
    if q.strip():
        rows = rows.filter(location__code__istartswith=q.strip())
    told: Rows = rows.annotate(id=F("location_id")).values(
        "id", "risk", "features", "scored_at", "location__id", "location__code", "location__zone__code",
        "warehouse__id", "warehouse__code", "warehouse__name",
    )  # fmt: skip
    return told
