"""What a shop lets its buyers do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.actor import current_actor
from hecang.kernel.db import transactional
from hecang.orders.errors import ShopNotFound
from hecang.orders.selectors.shops import shops_by_id
from hecang.portal.models import PortalShop


@dataclass(frozen=True, slots=True)
class ShopPolicy:
    """See :class:`~hecang.portal.models.PortalShop`."""

    is_on: bool = True
    may_cancel: bool = False
    may_change_address: bool = False
    may_wish: bool = True
    contact: str = ""


_FIELDS = ("is_on", "may_cancel", "may_change_address", "may_wish", "contact")


def policy_of(shop_id: int) -> ShopPolicy:
    """The policy of a shop, or the default one."""
    row = PortalShop.objects.filter(shop_id=shop_id).values_list(*_FIELDS).first()
    return ShopPolicy(*row) if row else ShopPolicy()


@transactional
def policy_save(*, shop_id: int, policy: ShopPolicy) -> None:
    """Write a shop's policy. Locks its row.

    :raises ShopNotFound: there is none, or it lies outside the caller's scope.
    """
    current_actor().scope.require(shop=shop_id)
    if shop_id not in shops_by_id([shop_id]):
        raise ShopNotFound(_("There is no such shop, or it lies outside your data scope."))
    PortalShop.objects.select_for_update(no_key=True).filter(shop_id=shop_id).first()
    before = policy_of(shop_id)
    if before == policy and PortalShop.objects.filter(shop_id=shop_id).exists():
        return
    values = {name: getattr(policy, name) for name in _FIELDS}
    PortalShop.objects.update_or_create(shop_id=shop_id, defaults=values)
    audit_record(
        action="portal.policy.changed",
        entity_kind="shop",
        entity_id=shop_id,
        before={name: getattr(before, name) for name in _FIELDS},
        after=values,
    )
