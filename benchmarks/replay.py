"""The baseline of writes: the very rows that Hecang wrote, written again by psycopg alone.

A bench lets Hecang do its work, captures what it left in the tables, empties them, and times psycopg
writing the same rows. So the baseline does the same inserts into the same tables with the same
constraints and indexes, and nothing besides.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

#: Type number of jsonb in PostgreSQL.
JSONB = 3802

#: Tables of an intake with the query that says to which order each row belongs.
INTAKE_TABLES: dict[str, LiteralString] = {
    "sales_order": "select id from sales_order r where r.id = t.id",
    "sales_order_line": "select t.order_id",
    "order_hold": "select t.order_id",
    "reservation": "select order_id from sales_order_line l where l.id = t.source_id",
    "audit_entry": "select t.entity_id",
}


@dataclass(frozen=True, slots=True)
class Capture:
    """Rows by table and order, as psycopg gives and takes them."""

    columns: dict[str, tuple[str, ...]]
    rows: dict[str, dict[int, list[tuple[Any, ...]]]]
    order_ids: tuple[int, ...]
    #: order id → {availability id: units} that its reservations take.
    demands: dict[int, dict[int, int]]

    @property
    def line_count(self) -> int:
        return sum(len(rows) for rows in self.rows["sales_order_line"].values())


def table_rows(
    connection: psycopg.Connection[Any], table: str
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Columns and rows of a whole table, JSON ready to be written again."""
    cursor = connection.execute(sql.SQL("select * from {} order by id").format(sql.Identifier(table)))
    assert cursor.description is not None
    json_columns = _json_columns(cursor)
    return tuple(column.name for column in cursor.description), [
        _writable(row, json_columns) for row in cursor
    ]


def copy_rows(
    connection: psycopg.Connection[Any], table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY rows into a table."""
    statement = sql.SQL("copy {table} ({columns}) from stdin").format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _json_columns(cursor: psycopg.Cursor[Any]) -> frozenset[int]:
    return frozenset(n for n, column in enumerate(cursor.description or ()) if column.type_code == JSONB)


def _writable(row: Sequence[Any], json_columns: frozenset[int]) -> tuple[Any, ...]:
    return tuple(Jsonb(v) if n in json_columns and v is not None else v for n, v in enumerate(row))


def capture(connection: psycopg.Connection[Any]) -> Capture:
    """Read everything that the intake wrote."""
    columns: dict[str, tuple[str, ...]] = {}
    rows: dict[str, dict[int, list[tuple[Any, ...]]]] = {}
    for table, owner in INTAKE_TABLES.items():
        condition = sql.SQL(" where entity_kind = 'sales_order'" if table == "audit_entry" else "")
        cursor = connection.execute(
            sql.SQL("select ({owner}) as of_order, t.* from {table} t{condition} order by t.id").format(
                owner=sql.SQL(owner), table=sql.Identifier(table), condition=condition
            )
        )
        assert cursor.description is not None
        columns[table] = tuple(column.name for column in cursor.description[1:])
        by_order: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        json_columns = _json_columns(cursor)
        for row in cursor:
            by_order[row[0]].append(_writable(row, json_columns)[1:])
        rows[table] = by_order
    demands = connection.execute(
        """select l.order_id, a.id, sum(r.quantity)::bigint
             from reservation r
             join sales_order_line l on l.id = r.source_id and r.source_kind = 'sales_order_line'
             join availability a on (a.warehouse_id, a.sku_id, a.owner_id) = (r.warehouse_id, r.sku_id, r.owner_id)
            group by l.order_id, a.id"""
    ).fetchall()
    connection.commit()
    by_order_and_row: dict[int, dict[int, int]] = defaultdict(dict)
    for order, row_id, units in demands:
        by_order_and_row[order][row_id] = units
    return Capture(
        columns=columns,
        rows=rows,
        order_ids=tuple(sorted(rows["sales_order"])),
        demands=by_order_and_row,
    )


def empty(connection: psycopg.Connection[Any]) -> None:
    """Take away every order and what was promised to it."""
    connection.execute("update availability set reserved = 0")
    connection.execute("alter table audit_entry disable trigger user")
    connection.execute(
        "truncate sales_order, sales_order_line, order_hold, reservation, audit_entry, outbox_event,"
        " outbox_cursor, idempotency_record restart identity cascade"
    )
    connection.execute("alter table audit_entry enable trigger user")
    connection.commit()
    connection.autocommit = True
    connection.execute("vacuum (analyze)")
    connection.autocommit = False


def write_chunk(connection: psycopg.Connection[Any], captured: Capture, order_ids: Sequence[int]) -> None:
    """Write one transaction's worth of orders set-based: lock and reserve, then COPY."""
    units: dict[int, int] = defaultdict(int)
    for order in order_ids:
        for row, quantity in captured.demands.get(order, {}).items():
            units[row] += quantity
    reserve(connection, units)
    for table in INTAKE_TABLES:
        of_order = captured.rows[table]
        rows = [row for order in order_ids for row in of_order.get(order, ())]
        if not rows:
            continue
        copy_rows(connection, table, captured.columns[table], rows)
    announce(connection, order_ids)
    connection.commit()


def write_order(connection: psycopg.Connection[Any], captured: Capture, order_id: int) -> None:
    """Write one order in one transaction: reserve, insert each table's rows by one statement, announce."""
    reserve(connection, captured.demands.get(order_id, {}))
    for table in INTAKE_TABLES:
        rows = captured.rows[table].get(order_id)
        if rows:
            connection.execute(
                _insert(table, captured.columns[table], len(rows)), [v for row in rows for v in row]
            )
    announce(connection, [order_id])
    connection.commit()


@functools.cache
def _insert(table: str, columns: tuple[str, ...], count: int) -> sql.Composed:
    row = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
    return sql.SQL("insert into {table} ({columns}) values {rows}").format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        rows=sql.SQL(", ").join([row] * count),
    )


def reserve(connection: psycopg.Connection[Any], units: dict[int, int]) -> None:
    """Win the availability rows, in key order, by one conditional statement."""
    if not units:
        return
    ids = sorted(units)
    taken = connection.execute(
        """update availability a set reserved = reserved + d.units
             from (select a.id, d.units from availability a
                     join unnest(%s::bigint[], %s::bigint[]) as d(id, units) on a.id = d.id
                    order by a.id for no key update of a) d
            where a.id = d.id and a.reserved + d.units <= a.sellable""",
        (ids, [units[row] for row in ids]),
    )
    if taken.rowcount != len(ids):
        raise RuntimeError("the baseline ran out of stock")


def announce(connection: psycopg.Connection[Any], order_ids: Sequence[int]) -> None:
    """The outbox event of one transaction."""
    connection.execute(
        "insert into outbox_event (name, payload, at, request_id) values ('orders.orders_approved', %s, now(), '')",
        (Jsonb({"order_ids": list(order_ids)}),),
    )
