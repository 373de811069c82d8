"""Shops: the accounts on sales channels, and the rules that their orders are audited by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.actor import current_actor
from hecang.kernel.db import transactional
from hecang.kernel.errors import Conflict, InvalidInput, Problem
from hecang.orders.errors import ShopNotFound
from hecang.orders.models import Channel, Shop
from hecang.partners.selectors import owners_by_code

#: What may change after a shop exists. Its code and owner may not: orders and stock hang on them.
CHANGEABLE = frozenset(
    {
        "name", "currency", "allow_partial", "amount_limit", "duplicate_hours", "hold_remarks", "auto_approve",
        "merge_policy", "merge_hours", "split_by", "split_weight_g", "split_volume_mm3", "gifts_wait",
        "substitute_policy", "ticket_address", "ticket_requests", "is_active",
    }
)  # fmt: skip


@transactional
def channel_ensure(*, code: str, name: str) -> int:
    """The id of a channel, made if there is none of that code. Locks nothing."""
    channel, created = Channel.objects.get_or_create(code=code, defaults={"name": name or code})
    if created:
        audit_record(
            action="orders.channel.created", entity_kind="channel", entity_id=channel.pk, after={"code": code}
        )
    return channel.pk


@transactional
def shop_create(
    *, code: str, name: str, channel: str, owner: str, channel_name: str = "", **rules: Any
) -> int:
    """Make a shop and return its id.

    :param channel: code of its channel, made if it is new.
    :param owner: code of the owner whose goods it sells.
    :param rules: any of :data:`CHANGEABLE`.
    :raises InvalidInput: there is no such owner.
    :raises Conflict: the code is taken.
    """
    owners = owners_by_code([owner])
    if owner not in owners:
        text = _("There is no owner “%(owner)s”. Make it under Settings, Owners.") % {"owner": owner}
        raise InvalidInput(text, problems=[Problem(text, code="unknown_owner", loc="owner", field="owner")])
    owner_id = owners[owner].id
    current_actor().scope.require(owner=owner_id)
    if Shop.objects.filter(code=code).exists():
        raise _taken(code)
    try:
        shop = Shop.objects.create(
            code=code,
            name=name,
            channel_id=channel_ensure(code=channel, name=channel_name),
            owner_id=owner_id,
            **_known(rules),
        )
    except IntegrityError as error:  # somebody made it in this moment
        raise _taken(code) from error
    audit_record(action="orders.shop.created", entity_kind="shop", entity_id=shop.pk, after=_facts(shop))
    return shop.pk


@transactional
def shop_change(*, shop_id: int, changes: Mapping[str, Any]) -> None:
    """Change rules or the name of a shop. Locks the shop.

    :param changes: any of :data:`CHANGEABLE`.
    :raises ShopNotFound: there is none, or it lies outside the caller's scope.
    """
    current_actor().scope.require(shop=shop_id)
    shop = Shop.objects.select_for_update(no_key=True).filter(pk=shop_id).first()
    if shop is None:
        raise ShopNotFound(_("There is no such shop, or it lies outside your data scope."))
    before = _facts(shop)
    for field, value in _known(changes).items():
        setattr(shop, field, value)
    after = _facts(shop)
    if after != before:
        shop.save()
        audit_record(
            action="orders.shop.changed", entity_kind="shop", entity_id=shop_id, before=before, after=after
        )


def _known(rules: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := rules.keys() - CHANGEABLE:
        raise ValueError(f"a shop has no rule {min(unknown)}")
    return dict(rules)


def _facts(shop: Shop) -> dict[str, Any]:
    facts = {field: getattr(shop, field) for field in sorted(CHANGEABLE)}
    facts["amount_limit"] = None if shop.amount_limit is None else str(shop.amount_limit)
    return facts


def _taken(code: str) -> Conflict:
    text = _("The code “%(code)s” is taken by another shop. Choose another one.") % {"code": code}
    return Conflict(
        text, code="code_taken", problems=[Problem(text, code="code_taken", loc="code", field="code")]
    )
