"""Price lists of suppliers: what they sell, from which quantity, for how much and until when."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound
from hecang.purchasing.errors import PriceOverlaps

_ITEMS = """
INSERT INTO supplier_item (supplier_id, sku_id, supplier_sku, supplier_name, min_order_quantity, order_multiple,
    lead_time_days, is_active, updated_at)
SELECT s.supplier_id, s.sku_id, coalesce(s.code, ''), coalesce(s.name, ''), coalesce(s.least, 1),
    coalesce(s.multiple, 1), s.lead, coalesce(s.active, true), %s
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::integer[],
    %s::boolean[]) AS s (supplier_id, sku_id, code, name, least, multiple, lead, active)
ORDER BY s.supplier_id, s.sku_id
ON CONFLICT (supplier_id, sku_id) DO NOTHING RETURNING supplier_id, sku_id, id
"""
_LOCK_ITEMS = """
SELECT i.id, i.supplier_id, i.sku_id, i.supplier_sku, i.supplier_name, i.min_order_quantity, i.order_multiple,
    i.lead_time_days, i.is_active
FROM supplier_item i JOIN unnest(%s::bigint[], %s::bigint[]) AS w (supplier_id, sku_id)
    ON w.supplier_id = i.supplier_id AND w.sku_id = i.sku_id
ORDER BY i.id FOR NO KEY UPDATE OF i
"""
_UPDATE_ITEMS = """
UPDATE supplier_item i SET supplier_sku = s.code, supplier_name = s.name, min_order_quantity = s.least,
    order_multiple = s.multiple, lead_time_days = s.lead, is_active = s.active, updated_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::integer[], %s::boolean[])
    AS s (id, code, name, least, multiple, lead, active) WHERE i.id = s.id
"""
_END_EARLIER = """
UPDATE supplier_price p SET valid_to = s.valid_from - 1
FROM (SELECT item_id, currency, min_quantity, min(valid_from) AS valid_from
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::date[]) AS n (item_id, currency, min_quantity, valid_from)
    GROUP BY 1, 2, 3) s
WHERE p.item_id = s.item_id AND p.currency = s.currency AND p.min_quantity = s.min_quantity
    AND p.valid_to IS NULL AND p.valid_from < s.valid_from
"""
# A price that is open ends before the next one that is there already.
_PRICES = """
SELECT s.item_id, s.currency, s.min_quantity, s.valid_from, s.price,
    coalesce(s.valid_to, (SELECT min(q.valid_from) - 1 FROM supplier_price q WHERE q.item_id = s.item_id
        AND q.currency = s.currency AND q.min_quantity = s.min_quantity AND q.valid_from > s.valid_from)) AS valid_to
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::date[], %s::numeric[], %s::date[])
    AS s (item_id, currency, min_quantity, valid_from, price, valid_to)
"""
_CHANGE = f"""
UPDATE supplier_price p SET price = s.price, valid_to = s.valid_to FROM ({_PRICES}) s
WHERE p.item_id = s.item_id AND p.currency = s.currency AND p.min_quantity = s.min_quantity
    AND p.valid_from = s.valid_from AND (p.price <> s.price OR p.valid_to IS DISTINCT FROM s.valid_to)
RETURNING p.item_id
"""  # noqa: S608 - own text
_ADD = f"""
INSERT INTO supplier_price (item_id, currency, min_quantity, valid_from, price, valid_to, created_at)
SELECT s.*, %s FROM ({_PRICES}) s
WHERE NOT EXISTS (SELECT FROM supplier_price p WHERE p.item_id = s.item_id AND p.currency = s.currency
    AND p.min_quantity = s.min_quantity AND p.valid_from = s.valid_from)
RETURNING item_id
"""  # noqa: S608 - own text


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A SKU as a supplier sells it; ``None`` leaves what is there."""

    supplier_id: int
    sku_id: int
    supplier_sku: str | None = None
    supplier_name: str | None = None
    min_order_quantity: int | None = None
    order_multiple: int | None = None
    lead_time_days: int | None = None
    is_active: bool | None = None

    @property
    def key(self) -> tuple[int, int]:
        return self.supplier_id, self.sku_id


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price to write, with the item that it is of.

    :param min_quantity: it holds from so many base units on.
    :param valid_to: the last day; ``None``: until another one begins.
    """

    item: ItemRow
    price: Decimal
    currency: str
    valid_from: date
    valid_to: date | None = None
    min_quantity: int = 1


@dataclass(frozen=True, slots=True)
class PricesWritten:
    """What became of rows; ``changed`` holds the item keys of which anything was written."""

    item_ids: Mapping[tuple[int, int], int]
    created: frozenset[tuple[int, int]]
    changed: frozenset[tuple[int, int]]


@transactional
def prices_save(*, rows: Sequence[PriceRow]) -> PricesWritten:
    """Write prices and the items that they are of. A handful of statements for any number of rows.

    A price that holds until further notice ends the day before the next one of the same quantity begins. The same
    item, currency, quantity and first day is the same price, and takes the new value. Locks the items. Raises
    :class:`PriceOverlaps` where two would hold on one day; then nothing is written.
    """
    items = items_save(items=[row.item for row in rows])
    prices = [
        (
            items.item_ids[row.item.key],
            row.currency,
            row.min_quantity,
            row.valid_from,
            row.price,
            row.valid_to,
        )
        for row in _ended(rows)
    ]
    key_of = {pk: key for key, pk in items.item_ids.items()}
    execute(_END_EARLIER, columns((price[:4] for price in prices), 4))
    try:
        with transaction.atomic():
            touched = {row[0] for row in fetch(_CHANGE, columns(prices, 6))}
            touched |= {row[0] for row in fetch(_ADD, [clock.now(), *columns(prices, 6)])}
    except IntegrityError as error:
        if "supplier_price_no_overlap" not in str(error):
            raise
        raise PriceOverlaps(
            _(
                "There is another price of the same article and quantity in these days; nothing was written."
                " End it first, or choose other days."
            )
        ) from None
    if touched:
        audit_record_many(
            action="purchasing.price.saved",
            entity_kind="supplier_item",
            entries=[
                (item, None, {"prices": [_fact(one) for one in prices if one[0] == item][:50]})
                for item in sorted(touched)
            ]
            if len(touched) <= 100
            else [(item, None, {"prices": "imported"}) for item in sorted(touched)],
        )
    return PricesWritten(
        items.item_ids, items.created, items.changed | frozenset(key_of[item] for item in touched)
    )


def _fact(price: tuple[Any, ...]) -> dict[str, Any]:
    return {"currency": price[1], "from": price[2], "valid_from": price[3], "price": price[4]}


def _ended(rows: Sequence[PriceRow]) -> list[PriceRow]:
    """Of rows with the same first day the last one, and open ends closed before the next row begins."""
    kept = {(row.item.key, row.currency, row.min_quantity, row.valid_from): row for row in rows}
    result = []
    ordered = sorted(kept.items(), key=lambda pair: pair[0])
    for _key, group in itertools.groupby(ordered, key=lambda pair: pair[0][:3]):
        mine = [row for _whole, row in group]
        for row, following in itertools.zip_longest(mine, mine[1:]):
            ends = row.valid_to is None and following is not None
            result.append(replace(row, valid_to=following.valid_from - timedelta(days=1)) if ends else row)
    return result


def _together(first: ItemRow, later: ItemRow) -> ItemRow:
    """What two rows say of one article: what the later leaves open, the first has said."""
    given = {
        field.name: getattr(later, field.name)
        for field in fields(ItemRow)
        if getattr(later, field.name) is not None
    }
    return replace(first, **given)


@transactional
def items_save(*, items: Sequence[ItemRow]) -> PricesWritten:
    """Write what suppliers sell, without prices. Locks the items. Three statements and the audit."""
    wanted: dict[tuple[int, int], ItemRow] = {}
    for given in items:
        there = wanted.get(given.key)
        wanted[given.key] = given if there is None else _together(there, given)
    made = {
        (row[0], row[1]): int(row[2])
        for row in fetch(
            _ITEMS,
            [
                clock.now(),
                *columns(
                    (
                        (
                            one.supplier_id, one.sku_id, one.supplier_sku, one.supplier_name, one.min_order_quantity,
                            one.order_multiple, one.lead_time_days, one.is_active,
                        )
                        for one in wanted.values()
                    ),
                    8,
                ),
            ],
        )
    }  # fmt: skip
    stored = {(row[1], row[2]): row for row in fetch(_LOCK_ITEMS, columns(wanted, 2))}
    changes = []
    for key, row in stored.items():
        if key in made:
            continue
        one = wanted[key]
        said = (
            one.supplier_sku, one.supplier_name, one.min_order_quantity, one.order_multiple, one.lead_time_days,
            one.is_active,
        )  # fmt: skip
        after = tuple(old if new is None else new for old, new in zip(row[3:], said, strict=True))
        if after != tuple(row[3:]):
            changes.append((key, row, after))
    if changes:
        execute(
            _UPDATE_ITEMS,
            [clock.now(), *columns(((row[0], *after) for _key, row, after in changes), 7)],
        )
        names = (
            "supplier_sku",
            "supplier_name",
            "min_order_quantity",
            "order_multiple",
            "lead_time_days",
            "is_active",
        )
        audit_record_many(
            action="purchasing.item.changed",
            entity_kind="supplier_item",
            entries=[
                (row[0], dict(zip(names, row[3:], strict=True)), dict(zip(names, after, strict=True)))
                for _key, row, after in changes
            ],
        )
    if made:
        audit_record_many(
            action="purchasing.item.created",
            entity_kind="supplier_item",
            entries=[(pk, None, {"supplier_id": key[0], "sku_id": key[1]}) for key, pk in made.items()],
        )
    return PricesWritten(
        {key: int(row[0]) for key, row in stored.items()},
        frozenset(made),
        frozenset(key for key, _row, _after in changes),
    )


@transactional
def price_end(*, price_id: int, valid_to: date | None) -> None:
    """Let a price hold until ``valid_to``; one that would end before it begins is removed. Locks its item.

    Raises NotFound, :class:`PriceOverlaps`.
    """
    row = fetch_one(
        "SELECT p.item_id, p.valid_from, p.valid_to, p.price FROM supplier_price p"
        " JOIN supplier_item i ON i.id = p.item_id WHERE p.id = %s FOR NO KEY UPDATE OF i",
        [price_id],
    )
    if row is None:
        raise NotFound(_("There is no such price."))
    item_id, valid_from, before, price = row
    try:
        with transaction.atomic():
            if valid_to is not None and valid_to < valid_from:
                execute("DELETE FROM supplier_price WHERE id = %s", [price_id])
            else:
                execute("UPDATE supplier_price SET valid_to = %s::date WHERE id = %s", [valid_to, price_id])
    except IntegrityError:
        raise PriceOverlaps(
            _("Another price of the same article and quantity begins before; choose an earlier day.")
        ) from None
    audit_record(
        action="purchasing.price.ended",
        entity_kind="supplier_item",
        entity_id=item_id,
        before={"price": price, "valid_from": valid_from, "valid_to": before},
        after={"valid_to": valid_to},
    )
