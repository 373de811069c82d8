"""What a handheld shows of a thing that was scanned: one step of facts for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hecang.catalog.selectors import skus_by_id
from hecang.facility.selectors import warehouses_by_id
from hecang.inventory.models import Condition, Movement
from hecang.inventory.selectors.desk import availability_rows, stock_rows
from hecang.inventory.selectors.goods import serial_history
from hecang.kernel.actor import Actor
from hecang.kernel.clock import today
from hecang.kernel.db import fetch_one
from hecang.work.floor.protocol import Fact, Step, Tone
from hecang.work.scanning import Elements, Match
from hecang.work.scanning.documents import DocumentMatch, document_name, document_state

#: Rows of stock on one screen; more are summed up in a last line.
MAX_ROWS = 12
#: Moves of a serial that are told.
MAX_MOVES = 6


def shown(actor: Actor, warehouse_id: int, match: Match, elements: Elements) -> Step:
    """A step without inputs that tells about ``match``, as far as the actor may see it. A few statements."""
    facts = _SHOWN[match.kind](actor, warehouse_id, match)
    return Step(
        state=f"shown_{match.kind}",
        prompt=title(match),
        facts=(*facts, *_inside(elements)),
        said=f"{kind_name(match)}: {match.code}",
        tone="good",
    )


def title(match: Match) -> str:
    """A name for people: the code, with the product's name where it is one."""
    sku = skus_by_id([match.sku_id]).get(match.sku_id) if match.sku_id is not None else None
    return f"{match.code} {sku.name}" if sku else match.code


def kind_name(match: Match) -> str:
    """What kind of thing it is, in the language in force."""
    if match.kind == "document":
        return document_name(match.document)
    names: dict[str, str] = {
        "sku": _("Product"),
        "location": _("Place"),
        "container": _("Container"),
        "lot": _("Lot"),
        "serial": _("Serial number"),
    }
    return names[match.kind]


# ---------------------------------------------------------------- each kind


def _sku(actor: Actor, warehouse_id: int, match: Match) -> list[Fact]:
    rows = stock_rows(actor, warehouse=[warehouse_id], sku=match.id)
    promised = availability_rows(actor, warehouse=[warehouse_id], sku=match.id).aggregate(
        sellable=Sum("sellable"), reserved=Sum("reserved")
    )
    free = (promised["sellable"] or 0) - (promised["reserved"] or 0)
    facts = [
        Fact(_("Available"), _units(free), "good" if free > 0 else "bad"),
        Fact(_("On hand"), _units(rows.aggregate(all=Sum("quantity"))["all"] or 0)),
    ]
    if match.quantity > 1:
        facts.append(Fact(_("One scan stands for"), _units(match.quantity)))
    return facts + _listed(rows, lambda row: row["location__code"])


def _location(actor: Actor, warehouse_id: int, match: Match) -> list[Fact]:
    place = fetch_one(
        "SELECT z.code, z.name, l.is_active FROM location l JOIN zone z ON z.id = l.zone_id WHERE l.id = %s",
        [match.id],
    )
    assert place is not None
    facts = [Fact(_("Zone"), f"{place[0]} {place[1]}".strip() if place[0] != place[1] else place[0])]
    if not place[2]:
        facts.append(Fact(_("State"), _("Closed"), "warn"))
    rows = stock_rows(actor, warehouse=[warehouse_id], location=match.id)
    return (facts + _listed(rows, _goods)) if rows.exists() else [*facts, Fact(_("Contents"), _("Empty"))]


def _container(actor: Actor, _warehouse_id: int, match: Match) -> list[Fact]:
    row = fetch_one(
        "SELECT l.code, w.code, p.code, c.kind,"
        " (SELECT string_agg(i.code, ', ' ORDER BY i.id) FROM (SELECT id, code FROM container WHERE parent_id = c.id"
        " ORDER BY id LIMIT %s) i)"
        " FROM container c LEFT JOIN location l ON l.id = c.location_id LEFT JOIN warehouse w ON w.id = l.warehouse_id"
        " LEFT JOIN container p ON p.id = c.parent_id WHERE c.id = %s",
        [MAX_ROWS, match.id],
    )
    assert row is not None
    place, warehouse, parent, _kind, inside = row
    facts = [
        Fact(_("Stands at"), f"{place} ({warehouse})")
        if place
        else Fact(_("Stands at"), _("Nowhere yet"), "warn")
    ]
    if parent:
        facts.append(Fact(_("Inside of"), parent))
    if inside:
        facts.append(Fact(_("Holds containers"), inside))
    rows = stock_rows(actor).filter(container__id=match.id)
    return (facts + _listed(rows, _goods)) if rows.exists() else [*facts, Fact(_("Contents"), _("No goods"))]


def _lot(actor: Actor, _warehouse_id: int, match: Match) -> list[Fact]:
    row = fetch_one("SELECT produced_on, expires_on, is_expired FROM lot WHERE id = %s", [match.id])
    assert row is not None
    facts = []
    if row[1] is not None:
        facts.append(Fact(_("Expires"), row[1].isoformat(), _freshness(row[1])))
    if row[0] is not None:
        facts.append(Fact(_("Produced"), row[0].isoformat()))
    rows = stock_rows(actor, lot=match.id)
    if not rows.exists():
        return [*facts, Fact(_("On hand"), _units(0))]
    return facts + _listed(rows, lambda row: f"{row['warehouse__code']} {row['location__code']}")


def _serial(actor: Actor, _warehouse_id: int, match: Match) -> list[Fact]:
    row = stock_rows(actor).filter(serials__id=match.id).first()
    if row is None:
        facts = [Fact(_("Lies at"), _("Outside: shipped, on the way or written off"), "warn")]
    else:
        facts = [Fact(_("Lies at"), f"{row['location__code']} ({row['warehouse__code']})")]
        if row["lot__code"]:
            facts.append(Fact(_("Lot"), row["lot__code"]))
        facts.append(Fact(_("Owner"), row["owner__name"]))
        facts.append(Fact(_("Condition"), str(Condition(row["condition"]).label), _condition_tone(row)))
    return facts + _serial_past(actor, match.id)


def _serial_past(actor: Actor, serial_id: int) -> list[Fact]:
    """Its last moves in the actor's warehouses, newest first."""
    rows = serial_history(serial_id)
    if actor.scope.warehouses is not None:
        codes = {one.code for one in warehouses_by_id(actor.scope.warehouses).values()}
        rows = [row for row in rows if row["warehouse"] in codes]
    return [
        Fact(
            date_format(localtime(row["at"]), "Y-m-d H:i"),
            f"{Movement.Reason(row['reason']).label}: {row['from_location']} → {row['to_location']}",
        )
        for row in rows[:MAX_MOVES]
    ]


def _document(_actor: Actor, _warehouse_id: int, match: Match) -> list[Fact]:
    state = document_state(DocumentMatch(match.document, match.id, match.code))
    return [Fact(_("Document"), document_name(match.document)), *([Fact(_("State"), state)] if state else [])]


_SHOWN: dict[str, Callable[[Actor, int, Match], list[Fact]]] = {
    "sku": _sku,
    "location": _location,
    "container": _container,
    "lot": _lot,
    "serial": _serial,
    "document": _document,
}


# ---------------------------------------------------------------- rows of stock


def _listed(rows: QuerySet[Any, Any], label: Callable[[Mapping[str, Any]], str]) -> list[Fact]:
    """A line for each row of stock, the fullest first; what does not fit is counted in the last one."""
    found = list(rows.order_by("-quantity", "id")[: MAX_ROWS + 1])
    facts = [Fact(label(row), _stock(row), _condition_tone(row)) for row in found[:MAX_ROWS]]
    if len(found) > MAX_ROWS:
        facts.append(Fact(_("And more"), _("%(count)s places in all") % {"count": rows.count()}))
    return facts


def _goods(row: Mapping[str, Any]) -> str:
    return f"{row['sku__code']} {row['sku__name']}"


def _stock(row: Mapping[str, Any]) -> str:
    parts = [_units(row["quantity"])]
    if row["allocated"]:
        parts.append(_("%(count)s allocated") % {"count": row["allocated"]})
    if row["lot__code"]:
        expires = row["lot__expires_on"]
        parts.append(f"{_('Lot')} {row['lot__code']}" + (f" → {expires:%Y-%m-%d}" if expires else ""))
    if row["container__code"]:
        parts.append(str(row["container__code"]))
    if row["condition"] != Condition.GOOD:
        parts.append(str(Condition(row["condition"]).label))
    return " · ".join(parts)


def _condition_tone(row: Mapping[str, Any]) -> Tone:
    if row["condition"] != Condition.GOOD:
        return "bad"
    expires = row["lot__expires_on"]
    return _freshness(expires) if expires else "plain"


def _freshness(expires: date) -> Tone:
    left = (expires - today()).days
    return "bad" if left < 0 else "warn" if left < 30 else "plain"


def _units(count: int) -> str:
    return _("%(count)s pcs") % {"count": f"{count:,}"}


def _inside(elements: Elements) -> list[Fact]:
    """What stood in the code itself."""
    facts = []
    if elements.lot:
        facts.append(Fact(_("Lot on the label"), elements.lot))
    if elements.expires_on:
        facts.append(
            Fact(_("Expiry on the label"), elements.expires_on.isoformat(), _freshness(elements.expires_on))
        )
    if elements.serial:
        facts.append(Fact(_("Serial on the label"), elements.serial))
    if elements.count:
        facts.append(Fact(_("Count on the label"), str(elements.count)))
    return facts
