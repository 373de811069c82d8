"""Serial numbers that announcements name: as many as units, each once, none that is in the house or announced. Set-based."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from hecang.kernel.db import columns, fetch
from hecang.kernel.errors import Problem

if TYPE_CHECKING:
    from hecang.inbound.services.announcing import AsnIn, AsnLineIn

#: Numbers of one line that are named as wrong; whoever mixed up two lists has enough of these.
MOST_NAMED = 20

# What has an answer already is answered with it, whatever became of its numbers since.
_REPEATED = """
SELECT d.place FROM unnest(%s::integer[], %s::bigint[], %s::bigint[], %s::text[]) AS d (place, owner_id, supplier_id, number)
JOIN asn a ON a.owner_id = d.owner_id AND a.supplier_id IS NOT DISTINCT FROM d.supplier_id
    AND a.external_number = d.number AND a.state <> 'cancelled'
"""
_TAKEN = """
WITH d AS MATERIALIZED (SELECT * FROM unnest(%s::bigint[], %s::text[]) AS n (sku_id, number)),
announced AS MATERIALIZED (
    SELECT l.sku_id, unnest(l.serials) AS number FROM asn a JOIN asn_line l ON l.asn_id = a.id
    WHERE a.state IN ('announced', 'receiving') AND l.sku_id = ANY(%s::bigint[]) AND l.serials <> '{}')
SELECT d.sku_id, d.number, 'announced' FROM d JOIN announced USING (sku_id, number)
UNION ALL
SELECT d.sku_id, d.number, 'house' FROM d JOIN serial s USING (sku_id, number) WHERE s.stock_id IS NOT NULL
"""


class Named(NamedTuple):
    """A number, and where it is named: announcement, line and place in its list, each from 0."""

    asn: int
    line: int
    place: int
    sku_id: int
    number: str


def serials_clean(serials: Sequence[str]) -> tuple[str, ...]:
    """Numbers as they are stored: without blanks around, and without empty ones."""
    return tuple(number for number in (one.strip() for one in serials) if number)


def serial_skus(asns: Sequence[AsnIn]) -> dict[int, str]:
    """Id → code of SKUs that are kept by serial, among those whose lines name any."""
    ids = sorted({line.sku_id for asn in asns for line in asn.lines if line.serials})
    if not ids:
        return {}
    return dict(fetch("SELECT id, code FROM sku WHERE id = ANY(%s::bigint[]) AND is_serial_tracked", [ids]))


def serial_problems(asns: Sequence[AsnIn], by_serial: Mapping[int, str]) -> list[Problem]:
    """What is wrong with the serials of SKUs that are kept by them; ``row`` is the announcement's index.

    A line may name none: then any number comes in. Two statements, none where no line names any.

    :param by_serial: of :func:`serial_skus`.
    """
    given = [
        (index, position, line)
        for index, asn in enumerate(asns)
        for position, line in enumerate(asn.lines)
        if line.sku_id in by_serial and serials_clean(line.serials)
    ]
    named = [
        Named(index, position, place, line.sku_id, number)
        for index, position, line in given
        for place, number in enumerate(serials_clean(line.serials))
    ]
    return [*_count_problems(given, by_serial), *_number_problems(asns, named)] if named else []


def _count_problems(
    given: Sequence[tuple[int, int, AsnLineIn]], codes: Mapping[int, str]
) -> Iterator[Problem]:
    for index, position, line in given:
        count = len(serials_clean(line.serials))
        if count != line.quantity:
            text = _("%(sku)s: %(quantity)s units need as many serial numbers, %(count)s are named.")
            yield Problem(
                text % {"sku": codes[line.sku_id], "quantity": line.quantity, "count": count},
                code="serials_count", loc=f"lines.{position}.serials", field="serials", row=index,
            )  # fmt: skip


def _number_problems(asns: Sequence[AsnIn], named: Sequence[Named]) -> Iterator[Problem]:
    texts = {
        "serial_twice": _(
            "No. %(row)s in the list: serial %(number)s is named twice. Each unit has its own."
        ),
        "serial_known": _(
            "No. %(row)s in the list: serial %(number)s is in the house already. Check the number."
        ),
        "serial_announced": _(
            "No. %(row)s in the list: serial %(number)s is announced already. Check the number."
        ),
    }
    repeated = _repeated(asns)
    taken = _taken([one for one in named if one.asn not in repeated])
    seen: set[tuple[int, int, str]] = set()
    told: dict[tuple[int, int], int] = {}
    for one in named:
        key = (one.asn, one.sku_id, one.number)
        code = (
            "serial_twice"
            if key in seen
            else ""
            if one.asn in repeated
            else taken.get((one.sku_id, one.number), "")
        )
        seen.add(key)
        if not code or told.get(one[:2], 0) >= MOST_NAMED:
            continue
        told[one[:2]] = told.get(one[:2], 0) + 1
        yield Problem(
            texts[code] % {"row": one.place + 1, "number": one.number},
            code=code, loc=f"lines.{one.line}.serials.{one.place}", field="serials", row=one.asn,
        )  # fmt: skip


def _repeated(asns: Sequence[AsnIn]) -> set[int]:
    keys = [
        (index, asn.owner_id, asn.supplier_id, asn.external_number)
        for index, asn in enumerate(asns)
        if asn.external_number
    ]
    return {row[0] for row in fetch(_REPEATED, columns(keys, 4))} if keys else set()


def _taken(named: Sequence[Named]) -> dict[tuple[int, str], str]:
    """(SKU, number) → why it cannot be announced; that it is in the house says more than that it was announced."""
    wanted = sorted({(one.sku_id, one.number) for one in named})
    if not wanted:
        return {}
    rows = fetch(_TAKEN, [*columns(wanted, 2), sorted({one.sku_id for one in named})])
    found = {(row[0], row[1]): "serial_announced" for row in rows}
    found.update({(row[0], row[1]): "serial_known" for row in rows if row[2] == "house"})
    return found
