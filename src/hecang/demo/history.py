"""The rest of the year as history: orders that were shipped before this house kept the books.

A shop that moves to Hecang brings its closed orders along, but not the stock movements behind them: the
ledger begins with the opening stock, which is what was left after all of that. So they are here: complete
orders with their lines, amounts and encrypted recipients, in state shipped, without fulfilments, parcels
or ledger entries. ``inventory verify`` proves them like any other (every unit of a line is shipped, the
state follows from the lines).

They take the way of the intake up to the point where goods would be reserved, and are then written in
bulk. An order that is there already, under its shop and number, is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import psycopg
from django.db import connection

from hecang.accounts.services.audit import audit_record
from hecang.demo import people, source
from hecang.demo.calendar import Calendar
from hecang.demo.desk import order_of
from hecang.demo.people import Person
from hecang.demo.progress import Board
from hecang.demo.source import Basket
from hecang.kernel import clock
from hecang.kernel.db import run_in_transaction
from hecang.orders.selectors.shops import shops_and_known_orders
from hecang.orders.services.intake.drafts import Draft, drafts_make
from hecang.orders.services.intake.inputs import OrderIn, Problems, form_check
from hecang.orders.services.intake.writing import orders_insert
from hecang.orders.states import SHIPPED

#: Orders in one transaction, and days that are read from the source at a time.
CHUNK, SPAN_DAYS = 1000, 14
#: What lies behind the busiest day is moved back by whole weeks into the year before: nothing is in the future.
_WRAP = timedelta(weeks=52)

_LINES = """COPY sales_order_line (id, order_id, line_no, sku_id, kit_sku_id, quantity, unit_price, amount, reserved,
    backordered, allocated, shipped, cancelled) FROM STDIN"""


def load(
    board: Board, calendar: Calendar, persons: Mapping[int, Person], *, fuel: frozenset[int], live_from: date
) -> int:
    """Load every order of the year outside the days from ``live_from`` to the busiest one; how many are new."""
    with board.stage("The year as history") as ticker:
        spans = list(_spans(live_from))
        ticker.total(sum((last - first).days + 1 for first, last in spans))
        created = orders = 0
        for first, last in spans:
            baskets = list(source.baskets(first=first, last=last, fuel=fuel))
            for start in range(0, len(baskets), CHUNK):
                created += _load_chunk(baskets[start : start + CHUNK], calendar, persons)
            orders += len(baskets)
            ticker.advance((last - first).days + 1)
        if created:
            run_in_transaction(
                lambda: audit_record(
                    action="demo.history_loaded", entity_kind="demo", entity_id=0, after={"orders": created}
                )
            )
        ticker.note(f"{orders:,} orders, {created:,} new")
        return created


def _spans(live_from: date) -> Iterator[tuple[date, date]]:
    """Spans of days before the live ones and after them, both ends included."""
    for first, last in (
        (source.FIRST_DAY, live_from - timedelta(days=1)),
        (source.BUSIEST_DAY + timedelta(days=1), source.LAST_DAY),
    ):
        for start in range(0, (last - first).days + 1, SPAN_DAYS):
            begin = first + timedelta(days=start)
            yield begin, min(begin + timedelta(days=SPAN_DAYS - 1), last)


def placed_before(basket: Basket) -> Basket:
    """The basket, wrapped into the year before if it lies behind the busiest day."""
    if basket.at.date() <= source.BUSIEST_DAY:
        return basket
    return Basket(
        basket.id, basket.household_id, basket.store_id, basket.at - _WRAP, basket.lines, basket.discount
    )


def _load_chunk(baskets: Sequence[Basket], calendar: Calendar, persons: Mapping[int, Person]) -> int:
    pairs = [
        (
            people.shop_of(basket.store_id),
            order_of(placed_before(basket), persons[basket.household_id], calendar),
        )
        for basket in baskets
    ]
    return run_in_transaction(lambda: _write(pairs))


def _write(pairs: Sequence[tuple[str, OrderIn]]) -> int:
    """Write those orders that are not there yet; one check, one insert, one copy."""
    shops, known = shops_and_known_orders(
        sorted({shop for shop, _order in pairs}), [order.external_number for _shop, order in pairs]
    )
    missing = [(shop, order) for shop, order in pairs if (shops[shop].id, order.external_number) not in known]
    if not missing:
        return 0
    problems = Problems()
    form_check([order for _shop, order in missing], problems)
    drafts = drafts_make(missing, shops, problems)
    if problems.found:
        raise AssertionError(problems.found[:3])
    for draft in drafts:
        draft.state = SHIPPED
    newest = max(order.placed_at for _shop, order in missing)
    with clock.at(newest):
        written = orders_insert(drafts, newest)
    _copy_lines(written)
    return len(written)


def _copy_lines(drafts: Sequence[Draft]) -> None:
    cursor: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
    with cursor.copy(_LINES) as copy:
        for draft in drafts:
            for line_id, line in zip(draft.line_ids, draft.lines, strict=True):
                copy.write_row(
                    (
                        line_id, draft.id, line.line_no, line.sku_id, line.kit_sku_id, line.quantity, line.unit_price,
                        line.amount, 0, 0, 0, line.quantity, 0,
                    )
                )  # fmt: skip
