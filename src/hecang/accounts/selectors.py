"""Reading users: as actors, and for the pages about them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.models import AuditEntry, User
from hecang.accounts.roles import permissions_of
from hecang.kernel.actor import Actor, Scope
from hecang.kernel.errors import PermissionMissing


def actor_of_user(user: User, address: str | None = None) -> Actor:
    """The actor that a signed-in person is."""
    return Actor(
        kind="user",
        name=user.username,
        user_id=user.pk,
        permissions=permissions_of(user.roles),
        scope=scope_of(user.warehouse_ids, user.owner_ids, user.shop_ids),
        address=address,
    )


def scope_of(warehouses: Any, owners: Any, shops: Any) -> Scope:
    """A data scope from what users have stored: lists of ids, or null for all."""
    return Scope(
        warehouses=None if warehouses is None else frozenset(warehouses),
        owners=None if owners is None else frozenset(owners),
        shops=None if shops is None else frozenset(shops),
    )


def actor_load(user_id: int) -> tuple[Actor, str]:
    """The actor and language of a user, for work done later in that user's name. Raises PermissionMissing."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise PermissionMissing(_("The user who asked for this may no longer sign in."))
    return actor_of_user(user), user.language


def audit_of(*, entity_kind: str, entity_id: int, limit: int = 500) -> list[dict[str, Any]]:
    """What happened to one thing, oldest first: the newest ``limit`` entries of the audit log about it.

    Rows have ``id, at, actor, actor_kind, action, before, after``.
    """
    entries = AuditEntry.objects.filter(entity_kind=entity_kind, entity_id=entity_id).order_by("-id")
    rows = entries.values("id", "at", "actor", "actor_kind", "action", "before", "after")[:limit]
    return [dict(row) for row in rows][::-1]
