"""The statements of the intake: rows in, as few round trips as possible.

Text columns go as array literals made here and bound as one text each: making a literal costs a fraction of
what a list of parameters does, and it is bound by the server like any other value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch
from hecang.kernel.sequences import PREFIXES
from hecang.orders.audit import AuditHold
from hecang.orders.services.intake.drafts import Draft

#: From so many lines on COPY is quicker than INSERT.
COPY_FROM = 100

#: A line as it is written: id, order, line number, SKU, kit, ordered, price, amount, kind, the channel's number,
#: reserved, backordered.
LineRow = tuple[Any, ...]

_ORDERS = """
INSERT INTO sales_order (
    id, number, shop_id, owner_id, external_number, state, is_held, is_short, is_cancelling, customer_id, buyer,
    recipient_cipher, recipient_masked, phone_hash, phone_tail, name_hash, region_code, currency, goods_amount,
    discount_amount, freight_amount, total_amount, line_count, unit_count, content_hash, priority, buyer_remark,
    seller_remark, kind, tags, is_sealed, placed_at, ship_after, ship_by, promised_at, service_id, warehouses_only,
    warehouses_never, recipient_digest, deposit_amount, balance_due, awaits_release, expected_at, created_at,
    updated_at
)
SELECT id, %s || lpad(id::text, greatest(6, length(id::text)), '0'), shop_id, owner_id, external_number, state,
    is_held, is_short, false, customer_id, buyer, recipient_cipher, recipient_masked, phone_hash, phone_tail,
    name_hash, region_code, currency, goods_amount, discount_amount, freight_amount, total_amount, line_count,
    unit_count, content_hash, priority, buyer_remark, seller_remark, kind, coalesce(string_to_array(nullif(tags, ''), ','), '{}'),
    is_sealed, placed_at, ship_after, ship_by, promised_at, service_id,
    coalesce(string_to_array(nullif(warehouses_only, ''), ',')::bigint[], '{}'),
    coalesce(string_to_array(nullif(warehouses_never, ''), ',')::bigint[], '{}'), recipient_digest, deposit_amount,
    balance_due, awaits_release, expected_at, %s::timestamptz, %s::timestamptz
FROM (
    SELECT nextval('sales_order_id_seq') AS id, d.* FROM unnest(
        %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bool[], %s::bool[], %s::bigint[], %s::text[],
        %s::bytea[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::numeric[],
        %s::numeric[], %s::numeric[], %s::numeric[], %s::int[], %s::bigint[], %s::text[], %s::int[], %s::text[],
        %s::text[], %s::text[], %s::text[], %s::bool[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
        %s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::numeric[], %s::numeric[], %s::bool[],
        %s::timestamptz[]
    ) AS d (
        shop_id, owner_id, external_number, state, is_held, is_short, customer_id, buyer, recipient_cipher,
        recipient_masked, phone_hash, phone_tail, name_hash, region_code, currency, goods_amount, discount_amount,
        freight_amount, total_amount, line_count, unit_count, content_hash, priority, buyer_remark, seller_remark,
        kind, tags, is_sealed, placed_at, ship_after, ship_by, promised_at, service_id, warehouses_only,
        warehouses_never, recipient_digest, deposit_amount, balance_due, awaits_release, expected_at
    )
) AS fresh
ON CONFLICT (shop_id, external_number) DO NOTHING
RETURNING shop_id, external_number, id, number,
    ARRAY(SELECT nextval('sales_order_line_id_seq') FROM generate_series(1, line_count))
"""

_LINE_COLUMNS = """id, order_id, line_no, sku_id, kit_sku_id, quantity, unit_price, amount, kind, external_line,
    reserved, backordered, allocated, shipped, cancelled"""

_LINES = f"""
INSERT INTO sales_order_line ({_LINE_COLUMNS})
SELECT d.*, 0, 0, 0 FROM unnest(
    %s::bigint[], %s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[],
    %s::text[], %s::text[], %s::bigint[], %s::bigint[]
) AS d
"""  # noqa: S608 - constants of this module

_FLAGS = """
UPDATE sales_order o SET state = d.state, is_held = d.is_held, is_short = d.is_short,
    expected_at = d.expected_at, promised_at = d.promised_at, service_id = d.service_id,
    tags = coalesce(string_to_array(nullif(d.tags, ''), ','), '{}')
FROM unnest(%s::bigint[], %s::text[], %s::bool[], %s::bool[], %s::timestamptz[], %s::timestamptz[], %s::bigint[],
    %s::text[]) AS d (id, state, is_held, is_short, expected_at, promised_at, service_id, tags)
WHERE o.id = d.id
"""

_HOLDS = """
INSERT INTO order_hold (order_id, code, detail, placed_by, placed_at, released_by, note)
SELECT d.order_id, d.code, d.detail, %s, %s::timestamptz, '', ''
FROM unnest(%s::bigint[], %s::text[], %s::jsonb[]) AS d (order_id, code, detail)
"""


def orders_insert(drafts: Sequence[Draft], at: datetime) -> list[Draft]:
    """Write the orders and give them their keys and numbers, and the keys of their lines; those that got in.

    An order whose natural key exists, or is just being written by somebody else (then this waits for them),
    is left out. The rows go in by natural key, so that two calls with the same orders never wait for each
    other in a circle. The number is made of the key: unique, rising, and no statement of its own.
    """
    rows = [
        (
            d.shop.id, d.shop.owner_id, d.order.external_number, d.state, bool(d.holds), d.is_short, d.customer_id,
            d.order.buyer, d.recipient.cipher, d.recipient.masked, d.recipient.phone_hash, d.recipient.phone_tail,
            d.recipient.name_hash, d.recipient.region_code, d.order.currency or d.shop.currency, d.goods_amount,
            d.order.discount_amount, d.order.freight_amount, d.total_amount, len(d.lines), d.unit_count,
            d.content_hash, d.priority, d.order.buyer_remark, d.order.seller_remark, d.order.kind,
            ",".join(d.tags), d.recipient.is_sealed, d.order.placed_at, d.order.ship_after, d.order.ship_by,
            d.promised_at or d.order.promised_at, d.service_id, ",".join(map(str, d.warehouses_only)),
            ",".join(map(str, d.warehouses_never)), d.recipient.digest, d.order.deposit_amount, d.order.balance_due, d.awaits_release,
            d.expected_at,
        )
        for d in sorted(drafts, key=lambda draft: (draft.shop.id, draft.order.external_number))
    ]  # fmt: skip
    head = f"{PREFIXES['sales_order']}{clock.today():%y%m%d}-"
    by_key = {(draft.shop.id, draft.order.external_number): draft for draft in drafts}
    for shop, external, key, number, line_ids in fetch(
        _ORDERS, [head, at, at, *map(array, zip(*rows, strict=True))]
    ):
        draft = by_key[shop, external]
        draft.id, draft.number, draft.line_ids = key, number, line_ids
    return [draft for draft in drafts if draft.id]


def lines_insert(rows: Sequence[LineRow]) -> None:
    """Write lines by INSERT, which is quicker where they are few."""
    execute(_LINES, [array(column) for column in zip(*rows, strict=True)])


def lines_copy(rows: Sequence[LineRow]) -> None:
    """Write lines by COPY, which is quicker where they are many. Not within :func:`unanswered`."""
    cursor: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
    with cursor.copy(f"COPY sales_order_line ({_LINE_COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*row, 0, 0, 0))


def flags_update(drafts: Sequence[Draft]) -> None:
    """Write again what hangs on the stock of orders that were written before it was certain: flags, promises, what rules
    said of it.
    """
    if drafts:
        rows = [
            (
                d.id, d.state, bool(d.holds), d.is_short, d.expected_at, d.promised_at or d.order.promised_at,
                d.service_id, ",".join(d.tags),
            )
            for d in drafts
        ]  # fmt: skip
        columns = zip(*rows, strict=True)
        execute(_FLAGS, [array(column) for column in columns])


def holds_insert(holds: Sequence[tuple[int, AuditHold]], at: datetime) -> None:
    """Write holds of new orders, as (order id, hold)."""
    if holds:
        rows = [
            (order_id, hold.code, json.dumps(hold.detail, ensure_ascii=False)) for order_id, hold in holds
        ]
        columns = [array(column) for column in zip(*rows, strict=True)]
        execute(_HOLDS, [current_actor().name[:100], at, *columns])


@contextmanager
def unanswered() -> Iterator[None]:
    """Send the statements inside one after the other without waiting for their answers.

    Their row counts are not known; what goes wrong with one of them is raised at the end.
    """
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def array(values: Iterable[Any]) -> str:
    """Values of one column as a PostgreSQL array literal."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        if "\\" in value or '"' in value:
            value = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{value}"'
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, datetime):
        return f'"{value.isoformat()}"'
    return str(value)
