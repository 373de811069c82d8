"""Writing the small tables by their natural keys: find, insert what is new, update what changed.

One shape for carriers, services, rates, cartons and number pools, so that an import, the desk and the
demo write them the same way, set-based, and a repeat changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.kernel import db
from hecang.kernel.actor import current_actor
from hecang.kernel.errors import Conflict, InvalidInput, Problem
from hecang.shipping.errors import ShippingRecordMissing

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table and what identifies its rows.

    :param entity: name in the audit log.
    :param columns: column → PostgreSQL type, without ``id``.
    :param key: columns of the natural key; ``nullable`` are those of them that may be null.
    """

    name: str
    entity: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    nullable: frozenset[str] = frozenset()

    def key_of(self, row: Values) -> tuple[Any, ...]:
        return tuple(row[column] for column in self.key)

    @property
    def names(self) -> str:
        return ", ".join(self.columns)

    def arrays(self, columns: Sequence[str]) -> str:
        return ", ".join(f"%s::{self.columns[column]}[]" for column in columns)

    def match(self, left: str, right: str) -> str:
        return " AND ".join(
            f"{left}.{column} {'IS NOT DISTINCT FROM' if column in self.nullable else '='} {right}.{column}"
            for column in self.key
        )


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of the rows; ``ids`` in their order."""

    ids: tuple[int, ...]
    created: int
    updated: int
    unchanged: int


def save_many(table: Table, rows: Sequence[Values]) -> SaveResult:
    """Insert or update ``rows`` (every column given) by natural key; at most five statements.

    Locks the rows that exist, by id.

    :raises InvalidInput: two rows have the same key.
    """
    _require_distinct(table, rows)
    found = _existing_lock(table, rows)
    created = _insert(table, [row for row in rows if table.key_of(row) not in found])
    if len(found) + len(created) < len(rows):  # somebody wrote the same keys in this moment
        found = {key: one for key, one in _existing_lock(table, rows).items() if key not in created}
    changed = [
        (one[0], one[1], dict(row))
        for row in rows
        if (one := found.get(table.key_of(row))) is not None and one[1] != dict(row)
    ]
    _update(table, changed)
    audit_record_many(
        action="create",
        entity_kind=table.entity,
        entries=[(created[table.key_of(row)], None, row) for row in rows if table.key_of(row) in created],
    )
    audit_record_many(action="change", entity_kind=table.entity, entries=changed)
    ids = {**{key: one[0] for key, one in found.items()}, **created}
    return SaveResult(
        ids=tuple(ids[table.key_of(row)] for row in rows),
        created=len(created),
        updated=len(changed),
        unchanged=len(rows) - len(created) - len(changed),
    )


def create_one(table: Table, row: Values) -> int:
    """Insert one row and return its id.

    :raises Conflict: its natural key is taken.
    """
    created = _insert(table, [row])
    if not created:
        raise Conflict(
            _("There is one like this already: %(key)s. Change that one instead.")
            % {"key": " / ".join(str(value) for value in table.key_of(row))},
            code="already_exists",
        )
    new_id = created[table.key_of(row)]
    audit_record(action="create", entity_kind=table.entity, entity_id=new_id, after=row)
    return new_id


def change_one(table: Table, row_id: int, changes: Values) -> None:
    """Set some columns of one row; what is the same already leaves no trace.

    :raises ShippingRecordMissing: no such row.
    """
    before = _lock_one(table, row_id)
    changes = {column: value for column, value in changes.items() if before[column] != value}
    if not changes:
        return
    sets = ", ".join(f"{column} = %s" for column in changes)
    db.execute(f"UPDATE {table.name} SET {sets} WHERE id = %s", (*changes.values(), row_id))  # noqa: S608
    audit_record(
        action="change",
        entity_kind=table.entity,
        entity_id=row_id,
        before={column: before[column] for column in changes},
        after=changes,
    )


def delete_one(table: Table, row_id: int) -> None:
    """Remove one row.

    :raises ShippingRecordMissing: no such row.
    """
    before = _lock_one(table, row_id)
    db.execute(f"DELETE FROM {table.name} WHERE id = %s", (row_id,))  # noqa: S608 - own table names
    audit_record(action="delete", entity_kind=table.entity, entity_id=row_id, before=before)


def scope_require(table: Table, row_id: int) -> None:
    """Raise NotFound where a row is of a warehouse that the actor may not see."""
    row = db.fetch_one(f"SELECT warehouse_id FROM {table.name} WHERE id = %s", (row_id,))  # noqa: S608
    if row is not None:
        current_actor().scope.require(warehouse=row[0])


def _lock_one(table: Table, row_id: int) -> dict[str, Any]:
    row = db.fetch_one(
        f"SELECT {table.names} FROM {table.name} WHERE id = %s FOR NO KEY UPDATE",  # noqa: S608
        (row_id,),
    )
    if row is None:
        raise ShippingRecordMissing(
            _("There is no such record: %(id)s.") % {"id": row_id},
            data={"entity": table.entity, "id": row_id},
        )
    return dict(zip(table.columns, row, strict=True))


def _require_distinct(table: Table, rows: Sequence[Values]) -> None:
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for index, row in enumerate(rows):
        key = table.key_of(row)
        if key in seen:
            problems.append(Problem(_("The same key occurs twice."), code="duplicate_key", loc=f"{index}"))
        seen.add(key)
    if problems:
        raise InvalidInput(_("Some rows mean the same thing."), problems=problems)


def _existing_lock(table: Table, rows: Sequence[Values]) -> dict[tuple[Any, ...], tuple[int, dict[str, Any]]]:
    listed = ", ".join(f"t.{column}" for column in table.columns)
    found = db.fetch(
        f"SELECT t.id, {listed} FROM {table.name} t"  # noqa: S608 - own table and column names
        f" JOIN unnest({table.arrays(table.key)}) AS wanted ({', '.join(table.key)})"
        f" ON {table.match('t', 'wanted')} ORDER BY t.id FOR NO KEY UPDATE OF t",
        db.columns((table.key_of(row) for row in rows), len(table.key)),
    )
    existing = {}
    for row_id, *values in found:
        row = dict(zip(table.columns, values, strict=True))
        existing[table.key_of(row)] = (row_id, row)
    return existing


def _insert(table: Table, rows: Sequence[Values]) -> dict[tuple[Any, ...], int]:
    if not rows:
        return {}
    inserted = db.fetch(
        f"INSERT INTO {table.name} ({table.names})"  # noqa: S608 - own table and column names
        f" SELECT * FROM unnest({table.arrays(list(table.columns))})"
        f" ON CONFLICT ({', '.join(table.key)}) DO NOTHING RETURNING id, {', '.join(table.key)}",
        db.columns(([row[column] for column in table.columns] for row in rows), len(table.columns)),
    )
    return {tuple(key): row_id for row_id, *key in inserted}


def _update(table: Table, changed: Sequence[tuple[int, Values, Values]]) -> None:
    if not changed:
        return
    values = [column for column in table.columns if column not in table.key]
    sets = ", ".join(f"{column} = new.{column}" for column in values)
    db.execute(
        f"UPDATE {table.name} SET {sets}"  # noqa: S608 - own table and column names
        f" FROM unnest(%s::bigint[], {table.arrays(values)}) AS new (id, {', '.join(values)})"
        f" WHERE {table.name}.id = new.id",
        db.columns(
            ([row_id, *(row[column] for column in values)] for row_id, _old, row in changed), len(values) + 1
        ),
    )
