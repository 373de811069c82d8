"""Lines moving from one order to another: what splitting and merging are made of (ADR on split and merge).

A line keeps its key when it moves, and so its reservations, which name it. Everything here happens under the
lock of all orders concerned; who calls has checked that no wave has taken any unit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from hecang.inventory.services import ReservationMove, reservations_divide
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, fetch_one
from hecang.kernel.sequences import PREFIXES
from hecang.orders.services.intake.drafts import CENT
from hecang.orders.services.locking import LineLocked

# ``source_order``: the order that the customer bought the line with, where it is not the one it lies in.
_MOVE = """
WITH moved AS (
    SELECT l.id, d.target_id, coalesce(m.last, 0)
        + row_number() OVER (PARTITION BY d.target_id ORDER BY l.order_id, l.line_no) AS line_no
    FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, target_id) JOIN sales_order_line l ON l.id = d.id
    LEFT JOIN (
        SELECT order_id, max(line_no) AS last FROM sales_order_line WHERE order_id = ANY(%s::bigint[]) GROUP BY 1
    ) m ON m.order_id = d.target_id
)
UPDATE sales_order_line l SET order_id = m.target_id, line_no = m.line_no,
    source_order_id = nullif(coalesce(l.source_order_id, l.order_id), m.target_id)
FROM moved m WHERE l.id = m.id
"""
_CUT = """
UPDATE sales_order_line l SET quantity = l.quantity - d.reserved - d.backordered, reserved = l.reserved - d.reserved,
    backordered = l.backordered - d.backordered, amount = l.amount - d.amount
FROM (
    SELECT id, sum(reserved)::bigint AS reserved, sum(backordered)::bigint AS backordered, sum(amount) AS amount
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[]) AS d (id, reserved, backordered, amount)
    GROUP BY id
) d
WHERE l.id = d.id
"""
_COPY = """
INSERT INTO sales_order_line (id, order_id, line_no, sku_id, kit_sku_id, kind, external_line, source_order_id,
    reason, quantity, unit_price, amount, reserved, backordered, allocated, shipped, cancelled)
SELECT d.id, d.target_id, d.line_no, l.sku_id, l.kit_sku_id, l.kind, l.external_line,
    nullif(coalesce(l.source_order_id, l.order_id), d.target_id), l.reason, d.reserved + d.backordered, l.unit_price,
    d.amount, d.reserved, d.backordered, 0, 0, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::numeric[])
    AS d (source_id, id, target_id, line_no, reserved, backordered, amount)
JOIN sales_order_line l ON l.id = d.source_id
"""
_CLAIMS = """
INSERT INTO presale_claim (campaign_id, line_id, claimed_at)
SELECT p.campaign_id, d.id, p.claimed_at FROM unnest(%s::bigint[], %s::bigint[]) AS d (source_id, id)
JOIN presale_claim p ON p.line_id = d.source_id
"""
# A line made of another one goes back with it where orders are parted again.
_REMEMBER = """
WITH RECURSIVE d AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS d (source_id, id)), merge AS (
    SELECT m.id, m.source_id, m.target_id FROM order_merge m WHERE m.undone_at IS NULL AND (
        m.target_id IN (SELECT l.order_id FROM d JOIN sales_order_line l ON l.id = d.source_id)
        OR m.source_id IN (SELECT l.source_order_id FROM d JOIN sales_order_line l ON l.id = d.source_id))
    UNION
    SELECT m.id, m.source_id, m.target_id FROM order_merge m
    JOIN merge ON m.source_id = merge.target_id OR m.target_id = merge.source_id
    WHERE m.undone_at IS NULL
)
UPDATE order_merge m SET line_ids = m.line_ids || ARRAY(SELECT d.id FROM d WHERE d.source_id = ANY(m.line_ids))
FROM merge WHERE m.id = merge.id AND m.line_ids && ARRAY(SELECT d.source_id FROM d)
"""
_LINE_IDS = "SELECT array_agg(nextval('sales_order_line_id_seq')) FROM generate_series(1, %s)"
_CLONE = """
INSERT INTO sales_order (
    id, number, shop_id, owner_id, external_number, state, is_held, is_short, is_cancelling, customer_id, buyer,
    recipient_cipher, recipient_masked, phone_hash, phone_tail, name_hash, region_code, recipient_digest, currency,
    goods_amount, discount_amount, freight_amount, total_amount, deposit_amount, balance_due, balance_paid_at,
    awaits_release, line_count, unit_count, content_hash, priority, buyer_remark, seller_remark, kind, tags,
    service_id, warehouses_only, warehouses_never, origin_id, is_sealed, placed_at, ship_after, ship_by,
    promised_at, created_at, updated_at
)
SELECT f.id, %s || lpad(f.id::text, greatest(6, length(f.id::text)), '0'), o.shop_id, o.owner_id, f.external_number,
    f.state, false, false, false, o.customer_id, o.buyer, o.recipient_cipher, o.recipient_masked, o.phone_hash,
    o.phone_tail, o.name_hash, o.region_code, o.recipient_digest, o.currency, 0, 0, 0, 0, 0, 0, o.balance_paid_at,
    f.awaits_release, 0, 0, '', o.priority, o.buyer_remark, o.seller_remark, f.kind, o.tags, o.service_id,
    o.warehouses_only, o.warehouses_never, o.id, o.is_sealed, %s::timestamptz, f.ship_after, o.ship_by,
    o.promised_at, %s::timestamptz, %s::timestamptz
FROM (
    SELECT nextval('sales_order_id_seq') AS id, %s::bigint AS origin_id, %s::text AS external_number, %s::text AS state,
        %s::text AS kind, %s::bool AS awaits_release, %s::timestamptz AS ship_after
) f JOIN sales_order o ON o.id = f.origin_id
RETURNING id, number
"""
_COUNTS = """
UPDATE sales_order o SET line_count = coalesce(t.lines, 0), unit_count = coalesce(t.units, 0), updated_at = %s
FROM unnest(%s::bigint[]) AS d (id) LEFT JOIN (
    SELECT order_id, count(*) AS lines, sum(quantity)::bigint AS units FROM sales_order_line
    WHERE order_id = ANY(%s::bigint[]) GROUP BY order_id
) t ON t.order_id = d.id
WHERE o.id = d.id
"""
_SUFFIX = "SELECT count(*) FROM sales_order WHERE origin_id = %s"
_TAKEN = "SELECT 1 FROM sales_order WHERE shop_id = %s AND external_number = %s"
#: Most characters of a channel's number.
_NUMBER = 64


class LinePart(NamedTuple):
    """Open units of one line that go to another order.

    :param reserved: of them so many are reserved, the rest is backordered.
    :param warehouse_id: the reserved ones only from there; ``None`` from wherever they are.
    """

    line: LineLocked
    target_id: int
    reserved: int
    backordered: int
    warehouse_id: int | None = None

    @property
    def units(self) -> int:
        return self.reserved + self.backordered


def lines_move(targets: Mapping[int, int]) -> None:
    """Put whole lines (line id → order id) behind the lines of their new orders. One statement."""
    if targets:
        ids, orders = columns(sorted(targets.items()), 2)
        execute(_MOVE, [ids, orders, sorted(set(orders))])


def lines_divide(parts: Sequence[LinePart]) -> list[int]:
    """Take units out of locked lines and make lines of new orders of them; the ids of the new lines.

    A line's amount is divided by its units that are wanted, to the cent: the new lines get their rounded share
    and the old one keeps the rest. Reservations and claims of a pre-sale follow. Locks availability. Ten statements.
    """
    if not parts:
        return []
    row = fetch_one(_LINE_IDS, [len(parts)])
    assert row is not None
    ids: list[int] = row[0]
    amounts = _shares(parts)
    numbers: dict[int, int] = {}  # the targets are new orders
    rows = []
    for key, part, amount in zip(ids, parts, amounts, strict=True):
        numbers[part.target_id] = numbers.get(part.target_id, 0) + 1
        rows.append(
            (
                part.line.id,
                key,
                part.target_id,
                numbers[part.target_id],
                part.reserved,
                part.backordered,
                amount,
            )
        )
    execute(_COPY, columns(rows, 7))
    lines_remember([(row[0], row[1]) for row in rows])
    execute(_CLAIMS, [[row[0] for row in rows], ids])
    cuts = [(row[0], row[4], row[5], row[6]) for row in rows]
    execute(_CUT, columns(cuts, 4))
    moves = [
        ReservationMove(part.line.id, key, part.reserved, part.warehouse_id)
        for key, part in zip(ids, parts, strict=True)
        if part.reserved
    ]
    reservations_divide(moves=moves)
    return ids


def lines_remember(made: Sequence[tuple[int, int]]) -> None:
    """Note of lines that were made of others (old, new) that they go where those go when merged orders are parted."""
    execute(_REMEMBER, columns(made, 2))


def _shares(parts: Sequence[LinePart]) -> list[Decimal]:
    """What each part costs; what all parts of a line take is never more than the line has."""
    left: dict[int, tuple[Decimal, int]] = {}
    shares = []
    for part in parts:
        line = part.line
        amount, units = left.get(line.id, (Decimal(str(line.amount)), line.quantity - line.cancelled))
        share = amount if part.units == units else share_of(amount, part.units, units)
        shares.append(share)
        left[line.id] = (amount - share, units - part.units)
    return shares


def share_of(amount: Decimal, part: Decimal | int, whole: Decimal | int) -> Decimal:
    """``amount × part / whole`` to the cent; nothing where there is no whole."""
    return (amount * part / whole).quantize(CENT, ROUND_HALF_UP) if whole else Decimal(0)


# ------------------------------------------------------------------ orders


def order_clone(
    *,
    origin_id: int,
    external_number: str,
    state: str,
    kind: str,
    placed_at: Any,
    awaits_release: bool = False,
    ship_after: Any = None,
) -> tuple[int, str]:
    """An order for the same recipient, shop and customer as ``origin_id``, without lines and amounts; (id, number)."""
    now = clock.now()
    head = f"{PREFIXES['sales_order']}{clock.today():%y%m%d}-"
    row = fetch_one(
        _CLONE,
        [head, placed_at, now, now, origin_id, external_number, state, kind, awaits_release, ship_after],
    )
    assert row is not None
    return row[0], row[1]


def child_number(*, shop_id: int, origin_id: int, external_number: str, sign: str) -> str:
    """The channel's number for an order that hangs on another one: ``parent#2``. The parent is locked."""
    row = fetch_one(_SUFFIX, [origin_id])
    assert row is not None
    place = int(row[0]) + (2 if sign == "#" else 1)
    while True:
        suffix = f"{sign}{place}"
        number = external_number[: _NUMBER - len(suffix)] + suffix
        if not fetch(_TAKEN, [shop_id, number]):
            return number
        place += 1


def orders_count(order_ids: Collection[int]) -> None:
    """Write line and unit counts as the lines have them, also where there are none any more."""
    ids = sorted(set(order_ids))
    execute(_COUNTS, [clock.now(), ids, ids])
