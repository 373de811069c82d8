"""One SKU at a time, as people make and change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.catalog.errors import CodeTaken, SkuHasStock
from hecang.catalog.guards import skus_in_use
from hecang.catalog.services.categories import categories_ensure, category_code
from hecang.catalog.services.findings import findings_refresh
from hecang.catalog.services.rows import COLUMNS, TRACKING, SkuRow, difference
from hecang.catalog.services.upsert import sku_update, skus_upsert
from hecang.kernel.db import fetch_one, transactional
from hecang.kernel.errors import NotFound, Problem
from hecang.quality.coding import is_strict, off_standard, off_standard_message
from hecang.quality.errors import CodeOffStandard


@transactional
def sku_create(*, row: SkuRow) -> int:
    """Make a SKU with its barcodes and packagings; its id.

    Raises :class:`CodeTaken`, :class:`BarcodeTaken`, and ``CodeOffStandard`` where the company refuses such codes.
    """
    if (masks := off_standard("sku", [row.code]).get(row.code)) and is_strict("sku"):
        message = off_standard_message(row.code, masks)
        raise CodeOffStandard(
            message, problems=[Problem(message, code="code_off_standard", loc="code", field="code")]
        )
    if fetch_one("SELECT id FROM sku WHERE code = %s", [row.code]) is not None:
        raise _taken(row.code)
    result = skus_upsert(rows=[replace(row)])
    if not result.created:
        raise _taken(row.code)
    return result.ids[0]


def _taken(code: str) -> CodeTaken:
    return CodeTaken(
        _("There is a SKU with the code “%(code)s” already. Choose another code or change that one.")
        % {"code": code}
    )


@transactional
def sku_change(*, sku_id: int, changes: Mapping[str, Any]) -> None:
    """Change columns of a SKU; ``None`` empties one that may be empty. ``category`` is a path or ``None``.

    Locks the SKU. Raises :class:`NotFound`, :class:`SkuHasStock`.
    """
    row = fetch_one(f"SELECT {', '.join(COLUMNS)} FROM sku WHERE id = %s FOR NO KEY UPDATE", [sku_id])  # noqa: S608
    if row is None:
        raise NotFound(_("There is no such SKU."))
    before = dict(zip(COLUMNS, row, strict=True))
    given = dict(changes)
    if "category" in given:
        path = given.pop("category")
        given["category_id"] = categories_ensure(paths=[path])[category_code(path)] if path else None
    unknown = given.keys() - COLUMNS.keys()
    assert not unknown, f"no columns of a SKU: {sorted(unknown)}"
    after = before | given
    if after["is_expiry_tracked"]:
        after["is_lot_tracked"] = True
    if after == before:
        return
    if any(before[column] != after[column] for column in TRACKING) and skus_in_use([sku_id]):
        raise SkuHasStock(
            _("There is stock of it, so its kind and the tracking of lots, serials and expiry cannot change."
              " Ship or adjust the stock to zero first.")
        )  # fmt: skip
    sku_update(rows=[(sku_id, after)])
    old, new = difference(before, after)
    audit_record(action="sku.change", entity_kind="sku", entity_id=sku_id, before=old, after=new)
    findings_refresh(sku_ids=[sku_id])
