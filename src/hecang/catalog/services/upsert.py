"""Writing many SKUs at once: a constant number of statements, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.catalog.errors import SkuHasStock
from hecang.catalog.guards import skus_in_use
from hecang.catalog.initials import initials
from hecang.catalog.services.barcodes import barcodes_add
from hecang.catalog.services.categories import categories_ensure, category_code
from hecang.catalog.services.findings import findings_refresh
from hecang.catalog.services.packagings import packagings_merge
from hecang.catalog.services.rows import (
    COLUMNS,
    TRACKING,
    SkuRow,
    UpsertResult,
    Values,
    applied,
    defaults,
    difference,
)
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import Problem


@transactional
def skus_upsert(*, rows: Sequence[SkuRow]) -> UpsertResult:
    """Make or change SKUs by code; ids in the order of the rows. About fifteen statements for any number.

    Locks the existing SKUs in order of id. Of rows with the same code the last one wins. What the rows
    say about data quality is noted (:func:`findings_refresh`), not refused.

    Raises :class:`BarcodeTaken` where a barcode names another SKU, :class:`SkuHasStock` where the way of
    tracking would change under stock; nothing is written then.
    """
    # In one order everywhere, so that two who write the same new SKUs wait for each other and do not deadlock.
    wanted = {row.code: row for row in sorted(rows, key=lambda row: row.code)}
    categories = categories_ensure(paths=[row.category for row in wanted.values() if row.category])
    stored = _lock(list(wanted))
    fresh = {code: row for code, row in wanted.items() if code not in stored}
    made = _insert(fresh, categories)
    if len(made) < len(fresh):
        # Somebody else made one of them a moment ago: it is a change now.
        stored |= _lock([code for code in fresh if code not in made])
    changed = _update(stored, wanted, categories)
    ids = {code: pk for code, (pk, _values) in stored.items()} | made
    touched = barcodes_add(
        barcodes={ids[code]: row.barcodes for code, row in wanted.items() if row.barcodes}, told=made.values()
    )
    touched |= packagings_merge(
        packagings={ids[code]: row.packagings for code, row in wanted.items() if row.packagings},
        told=made.values(),
    )
    updated = (changed | touched) - set(made.values())
    if made or updated:
        findings_refresh(sku_ids=[*made.values(), *updated])
    return UpsertResult(
        ids=[ids[row.code] for row in rows],
        created=len(made),
        updated=len(updated),
        unchanged=len(wanted) - len(made) - len(updated),
    )


def _lock(codes: list[str]) -> dict[str, tuple[int, Values]]:
    rows = fetch(
        f"SELECT id, code, {', '.join(COLUMNS)} FROM sku WHERE code = ANY(%s) ORDER BY id FOR NO KEY UPDATE",  # noqa: S608
        [codes],
    )
    return {row[1]: (row[0], dict(zip(COLUMNS, row[2:], strict=True))) for row in rows}


def _category(row: SkuRow, categories: Mapping[str, int]) -> int | None:
    return categories.get(category_code(row.category)) if row.category else None


def _insert(rows: Mapping[str, SkuRow], categories: Mapping[str, int]) -> dict[str, int]:
    if not rows:
        return {}
    values = {code: applied(defaults(code), row, _category(row, categories)) for code, row in rows.items()}
    names = ", ".join(COLUMNS)
    made: dict[str, int] = dict(
        fetch(
            f"INSERT INTO sku (code, initials, {names}, created_at, updated_at)"  # noqa: S608 - own column names
            f" SELECT code, initials, {names}, %s, %s"
            f" FROM unnest(%s::text[], %s::text[], {_types()}) AS row (code, initials, {names})"
            " ON CONFLICT (code) DO NOTHING RETURNING code, id",
            [
                now(),
                now(),
                *columns(
                    ((code, initials(row["name"]), *row.values()) for code, row in values.items()),
                    2 + len(COLUMNS),
                ),
            ],
        )
    )
    audit_record_many(
        action="sku.create",
        entity_kind="sku",
        entries=[(pk, None, _entered(rows[code], values[code])) for code, pk in made.items()],
    )
    return made


def _entered(row: SkuRow, values: Values) -> Values:
    """What the audit log keeps of a new SKU: all that is not the default."""
    usual = defaults("")
    facts: Values = {"code": row.code} | {key: value for key, value in values.items() if value != usual[key]}
    if row.barcodes:
        facts["barcodes"] = row.barcodes
    if row.packagings:
        facts["packagings"] = [asdict(one) for one in row.packagings]
    return facts


def _types() -> str:
    return ", ".join(f"%s::{kind}[]" for kind, _default in COLUMNS.values())


def _update(
    stored: Mapping[str, tuple[int, Values]], wanted: Mapping[str, SkuRow], categories: Mapping[str, int]
) -> set[int]:
    """Write the SKUs that differ; their ids."""
    after = {
        code: applied(values, wanted[code], _category(wanted[code], categories))
        for code, (_pk, values) in stored.items()
    }
    changed = [code for code, values in after.items() if values != stored[code][1]]
    if not changed:
        return set()
    _refuse_under_stock({code: stored[code] for code in changed}, after)
    sku_update(rows=[(stored[code][0], after[code]) for code in changed])
    audit_record_many(
        action="sku.change",
        entity_kind="sku",
        entries=[(stored[code][0], *difference(stored[code][1], after[code])) for code in changed],
    )
    return {stored[code][0] for code in changed}


def sku_update(*, rows: Sequence[tuple[int, Values]]) -> None:
    """Write all columns of locked SKUs (id, values) in one statement."""
    execute(
        f"UPDATE sku SET {', '.join(f'{name} = row.{name}' for name in COLUMNS)}, initials = row.initials,"  # noqa: S608
        f" updated_at = %s FROM unnest(%s::bigint[], %s::text[], {_types()})"
        f" AS row (id, initials, {', '.join(COLUMNS)}) WHERE sku.id = row.id",
        [
            now(),
            *columns(
                ((pk, initials(values["name"]), *values.values()) for pk, values in rows), 2 + len(COLUMNS)
            ),
        ],
    )


def _refuse_under_stock(stored: Mapping[str, tuple[int, Values]], after: Mapping[str, Values]) -> None:
    retracked = {
        pk: code
        for code, (pk, before) in stored.items()
        if any(before[column] != after[code][column] for column in TRACKING)
    }
    used = skus_in_use(list(retracked))
    if not used:
        return
    message = _(
        "There is stock of it, so its kind and the tracking of lots, serials and expiry cannot change."
    )
    raise SkuHasStock(
        _("%(code)s: there is stock of it, so its kind and the tracking of lots, serials and expiry cannot change."
          " Ship or adjust the stock to zero first.") % {"code": ", ".join(retracked[pk] for pk in sorted(used))},
        data={"skus": [retracked[pk] for pk in sorted(used)]},
        problems=[Problem(message, code="sku_has_stock", field="code", loc=retracked[pk]) for pk in sorted(used)],
    )  # fmt: skip
