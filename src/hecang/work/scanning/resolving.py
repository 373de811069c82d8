"""From codes to things of ours: SKUs, places, containers, documents, serials, lots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.catalog.selectors import barcode_resolve, skus_by_id
from hecang.catalog.selectors.scan import BarcodeMatch
from hecang.facility.selectors import locations_resolve
from hecang.kernel.actor import Scope, current_actor
from hecang.kernel.db import fetch
from hecang.kernel.errors import LimitExceeded
from hecang.work.scanning.documents import documents_find
from hecang.work.scanning.reading import Read, code_read
from hecang.work.scanning.types import Match, Scanned

#: Codes in one call.
MAX_CODES = 10_000
#: Serials or lots of different SKUs under the same number that are told.
MAX_NAMESAKES = 5

_CONTAINERS = """
    SELECT c.id, c.code FROM container c LEFT JOIN location l ON l.id = c.location_id
    WHERE c.code = ANY(%s::text[])
      AND (l.id IS NULL OR %s::bigint[] IS NULL OR l.warehouse_id = ANY(%s::bigint[]))
"""
# Of the goods that the actor may see, or (serials) of goods that are nowhere now.
_SERIALS = """
    SELECT w.place, s.id, s.number, s.sku_id
    FROM unnest(%(codes)s::text[], %(skus)s::bigint[]) WITH ORDINALITY AS w (code, sku_id, place)
    CROSS JOIN LATERAL (
        SELECT s.id, s.number, s.sku_id FROM serial s LEFT JOIN stock x ON x.id = s.stock_id
        WHERE s.number = w.code AND (w.sku_id IS NULL OR s.sku_id = w.sku_id)
          AND (%(warehouses)s::bigint[] IS NULL OR x.id IS NULL OR x.warehouse_id = ANY(%(warehouses)s::bigint[]))
          AND (%(owners)s::bigint[] IS NULL OR x.owner_id = ANY(%(owners)s::bigint[]))
        ORDER BY s.id DESC LIMIT %(limit)s
    ) s
"""
_LOTS = """
    SELECT w.place, l.id, l.code, l.sku_id
    FROM unnest(%(codes)s::text[], %(skus)s::bigint[]) WITH ORDINALITY AS w (code, sku_id, place)
    CROSS JOIN LATERAL (
        SELECT l.id, l.code, l.sku_id FROM lot l
        WHERE l.code = w.code AND (w.sku_id IS NULL OR l.sku_id = w.sku_id)
          AND ((%(warehouses)s::bigint[] IS NULL AND %(owners)s::bigint[] IS NULL) OR EXISTS (
            SELECT 1 FROM stock x WHERE x.lot_id = l.id
              AND (%(warehouses)s::bigint[] IS NULL OR x.warehouse_id = ANY(%(warehouses)s::bigint[]))
              AND (%(owners)s::bigint[] IS NULL OR x.owner_id = ANY(%(owners)s::bigint[]))))
        ORDER BY l.id DESC LIMIT %(limit)s
    ) l
"""


class _Wanted(NamedTuple):
    """A number to look for, of one SKU where that is known."""

    text: str
    code: str
    sku_id: int | None


def scan_read(text: str, *, warehouse_id: int) -> Scanned:
    """What one code means in a warehouse; see :func:`scans_read`."""
    return scans_read([text], warehouse_id=warehouse_id)[text]


def scans_read(texts: Iterable[str], *, warehouse_id: int) -> dict[str, Scanned]:
    """What each code means, keyed as given, to the actor in force.

    Places are those of ``warehouse_id``; containers, documents, serials and lots those in the actor's scope. A code
    that somebody else has made (GTIN, SSCC, EPC) is never taken for one of ours by its looks. A constant number of
    statements. Raises :class:`LimitExceeded` beyond :data:`MAX_CODES`, NotFound outside the actor's warehouses.
    """
    actor = current_actor()
    actor.scope.require(warehouse=warehouse_id)
    reads = {text: code_read(text) for text in texts}
    if len(reads) > MAX_CODES:
        raise LimitExceeded(
            _("%(count)s codes at once are too many; send at most %(max)s.")
            % {"count": len(reads), "max": MAX_CODES}
        )
    own = sorted({code for read in reads.values() for code in read.own})
    skus = _skus(reads)
    places = locations_resolve(warehouse_id, own) if own else {}
    containers = _containers(reads, actor.scope)
    documents = documents_find(
        actor, {code for read in reads.values() for code in (*read.own, *read.references)}
    )
    serials = _numbered(_SERIALS, "serial", reads, skus, actor.scope)
    lots = _numbered(_LOTS, "lot", reads, skus, actor.scope)
    codes = skus_by_id({match.sku_id for match in skus.values()})

    result = {}
    for text, read in reads.items():
        matches = [
            Match("document", found.id, found.number, document=found.kind)
            for code in (*read.own, *read.references)
            if (found := documents.get(code))
        ]
        matches += containers.get(text, [])
        matches += [
            Match("location", place.id, place.code)
            for code in read.own
            if (place := places.get(code)) and not place.is_virtual
        ]
        if (sku := skus.get(text)) and sku.sku_id in codes:
            matches.append(Match("sku", sku.sku_id, codes[sku.sku_id].code, sku.quantity, sku.sku_id))
        matches += serials.get(text, [])
        matches += lots.get(text, [])
        result[text] = Scanned(read.text, tuple(matches), read.elements)
    return result


def _skus(reads: Mapping[str, Read]) -> dict[str, BarcodeMatch]:
    """By the text as it is, else by the GTIN in it."""
    asked = {
        text: [code for code in dict.fromkeys((read.text, read.elements.gtin)) if code]
        for text, read in reads.items()
        if not read.elements.sscc or read.elements.gtin
    }
    found = barcode_resolve({code for codes in asked.values() for code in codes})
    return {
        text: match
        for text, codes in asked.items()
        if (match := next((found[code] for code in codes if code in found), None))
    }


def _containers(reads: Mapping[str, Read], scope: Scope) -> dict[str, list[Match]]:
    asked = {
        text: [*read.carriers, *(form for code in read.own for form in (code, code.upper()))]
        for text, read in reads.items()
    }
    codes = sorted({code for candidates in asked.values() for code in candidates})
    if not codes:
        return {}
    allowed = None if scope.warehouses is None else list(scope.warehouses)
    found = {code: Match("container", pk, code) for pk, code in fetch(_CONTAINERS, [codes, allowed, allowed])}
    return {
        text: [found[code] for code in dict.fromkeys(candidates) if code in found]
        for text, candidates in asked.items()
    }


def _numbered(
    sql: str, kind: Any, reads: Mapping[str, Read], skus: Mapping[str, BarcodeMatch], scope: Scope
) -> dict[str, list[Match]]:
    """Serials or lots: the number in the code, of the SKU that the code names; else a number of our own looks."""
    wanted = []
    for text, read in reads.items():
        inside = read.elements.serial if kind == "serial" else read.elements.lot
        if inside:
            sku = skus.get(text)
            if sku or not read.elements.gtin:
                wanted.append(_Wanted(text, inside, sku.sku_id if sku else None))
        elif read.own:
            wanted += [_Wanted(text, code, None) for code in read.own]
    if not wanted:
        return {}
    rows = fetch(
        sql,
        {
            "codes": [one.code for one in wanted],
            "skus": [one.sku_id for one in wanted],
            "warehouses": None if scope.warehouses is None else list(scope.warehouses),
            "owners": None if scope.owners is None else list(scope.owners),
            "limit": MAX_NAMESAKES,
        },
    )
    result: dict[str, list[Match]] = {}
    for place, pk, code, sku_id in rows:
        result.setdefault(wanted[place - 1].text, []).append(Match(kind, pk, code, 1, sku_id))
    return result
