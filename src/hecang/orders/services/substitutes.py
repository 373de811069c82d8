"""The table of substitutes: what may be sent in place of what."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.catalog.selectors import skus_by_code
from hecang.kernel.actor import current_actor
from hecang.kernel.db import transactional
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.orders.models import SkuSubstitute


@transactional
def substitute_set(
    *,
    sku: str,
    substitute: str,
    shop_id: int | None = None,
    ratio: int = 1,
    priority: int = 100,
    needs_consent: bool = True,
    is_active: bool = True,
) -> int:
    """Allow a SKU in place of another one, or change how; the id of the row. Locks the row.

    :param shop_id: only in orders of this shop.
    :raises InvalidInput: there is no such SKU, both are the same, or the ratio is none.
    """
    if shop_id is not None:
        current_actor().scope.require(shop=shop_id)
    found = skus_by_code([sku, substitute])
    if sku not in found or substitute not in found or sku == substitute or ratio < 1:
        raise InvalidInput(
            _("Name two different SKUs that exist, and at least one unit of the one for one of the other."),
            data={"sku": sku, "substitute": substitute},
        )
    pair = {"sku_id": found[sku].id, "substitute_id": found[substitute].id}
    SkuSubstitute.objects.bulk_create([SkuSubstitute(**pair, shop_id=shop_id)], ignore_conflicts=True)
    rows = SkuSubstitute.objects.select_for_update(no_key=True).filter(**pair)
    row = rows.get(shop_id=shop_id) if shop_id is not None else rows.get(shop__isnull=True)
    before = _facts(row)
    row.ratio, row.priority, row.needs_consent, row.is_active = ratio, priority, needs_consent, is_active
    after = _facts(row)
    row.save()
    if after != before:
        audit_record(
            action="orders.substitute.set",
            entity_kind="sku_substitute",
            entity_id=row.pk,
            before=before,
            after={"sku": sku, "substitute": substitute} | after,
        )
    return row.pk


@transactional
def substitute_remove(*, substitute_id: int) -> None:
    """Take a row out of the table. Raises NotFound where there is none in the actor's scope."""
    row = SkuSubstitute.objects.filter(pk=substitute_id).select_related("sku", "substitute").first()
    if row is None:
        raise NotFound(_("There is no such substitute."))
    if row.shop_id is not None:
        current_actor().scope.require(shop=row.shop_id)
    audit_record(
        action="orders.substitute.removed",
        entity_kind="sku_substitute",
        entity_id=row.pk,
        before={"sku": row.sku.code, "substitute": row.substitute.code} | _facts(row),
    )
    row.delete()


def _facts(row: SkuSubstitute) -> dict[str, Any]:
    return {
        "shop_id": row.shop_id,
        "ratio": row.ratio,
        "priority": row.priority,
        "needs_consent": row.needs_consent,
        "is_active": row.is_active,
    }
