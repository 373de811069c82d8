"""Inner, case, pallet: how base units are packed."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.catalog.services.rows import PackagingIn
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem

_FIELDS = "level, quantity, weight_g, length_mm, width_mm, height_mm"
_ORDER = ("each", "inner", "case", "pallet")


@transactional
def packagings_merge(
    *, packagings: Mapping[int, Sequence[PackagingIn]], told: Collection[int] = ()
) -> set[int]:
    """Set the named levels of SKUs (id → packagings); the ids of SKUs where that changed something.

    Two statements.

    :param told: SKUs whose own audit entry names the packagings already.
    """
    if not packagings:
        return set()
    there: dict[tuple[int, str], PackagingIn] = {
        (row[0], row[1]): PackagingIn(*row[1:])
        for row in fetch(
            f"SELECT sku_id, {_FIELDS} FROM packaging WHERE sku_id = ANY(%s)",  # noqa: S608
            [list(packagings)],
        )
    }
    changed = [
        (sku_id, packaging)
        for sku_id, given in packagings.items()
        for packaging in {one.level: one for one in given}.values()
        if there.get((sku_id, packaging.level)) != packaging
    ]
    if not changed:
        return set()
    _write(changed)
    touched = {sku_id for sku_id, _packaging in changed}
    audit_record_many(
        action="sku.set_packagings",
        entity_kind="sku",
        entries=[
            (pk, None, {"packagings": [asdict(one) for one in packagings[pk]]})
            for pk in sorted(touched.difference(told))
        ],
    )
    return touched


def _write(rows: Sequence[tuple[int, PackagingIn]]) -> None:
    execute(
        f"INSERT INTO packaging (sku_id, {_FIELDS})"  # noqa: S608 - own column names
        " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::integer[], %s::integer[], %s::integer[],"
        " %s::integer[], %s::integer[])"
        " ON CONFLICT (sku_id, level) DO UPDATE SET quantity = excluded.quantity, weight_g = excluded.weight_g,"
        " length_mm = excluded.length_mm, width_mm = excluded.width_mm, height_mm = excluded.height_mm",
        columns(((pk, *asdict(packaging).values()) for pk, packaging in rows), 7),
    )


@transactional
def packagings_set(*, sku_id: int, packagings: Sequence[PackagingIn]) -> None:
    """Replace all packagings of a SKU; a larger level must hold more than a smaller one.

    Locks the SKU. Raises :class:`NotFound`, :class:`InvalidInput`.
    """
    if fetch_one("SELECT id FROM sku WHERE id = %s FOR NO KEY UPDATE", [sku_id]) is None:
        raise NotFound(_("There is no such SKU."))
    _check(packagings)
    before = [PackagingIn(*row) for row in fetch(
        f"SELECT {_FIELDS} FROM packaging WHERE sku_id = %s ORDER BY quantity", [sku_id])]  # noqa: S608  # fmt: skip
    after = sorted(packagings, key=lambda one: one.quantity)
    if before == after:
        return
    execute(
        "DELETE FROM packaging WHERE sku_id = %s AND level <> ALL(%s)",
        [sku_id, [one.level for one in packagings]],
    )
    if packagings:
        _write([(sku_id, packaging) for packaging in packagings])
    audit_record(
        action="sku.set_packagings",
        entity_kind="sku",
        entity_id=sku_id,
        before={"packagings": [asdict(one) for one in before]},
        after={"packagings": [asdict(one) for one in after]},
    )


def _check(packagings: Sequence[PackagingIn]) -> None:
    problems = []
    by_level: dict[str, PackagingIn] = {}
    for index, packaging in enumerate(packagings):
        if packaging.level in by_level:
            problems.append(
                Problem(_("This level is named twice."), code="duplicate", loc=f"packagings.{index}.level")
            )
        by_level[packaging.level] = packaging
    ordered = [by_level[level] for level in _ORDER if level in by_level]
    for smaller, larger in itertools.pairwise(ordered):
        if larger.quantity <= smaller.quantity or larger.quantity % smaller.quantity:
            message = _("A %(larger)s must hold a whole number of %(smaller)s, and more than one.") % {
                "larger": larger.level, "smaller": smaller.level
            }  # fmt: skip
            problems.append(
                Problem(
                    message, code="packaging_order", loc=f"packagings.{packagings.index(larger)}.quantity"
                )
            )
    if problems:
        raise InvalidInput(_("The packagings do not fit together."), problems=problems)
