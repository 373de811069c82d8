"""Owners of goods 货主."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.kernel.db import columns, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound
from hecang.partners.errors import CodeTaken
from hecang.partners.models import Owner

_FIELDS = ("code", "name", "is_active")


@transactional
def owner_create(*, code: str, name: str) -> int:
    """Make an owner; its id. Raises :class:`CodeTaken`."""
    row = fetch_one(
        "INSERT INTO owner (code, name, is_active) VALUES (%s, %s, true)"
        " ON CONFLICT (code) DO NOTHING RETURNING id",
        [code, name],
    )
    if row is None:
        raise CodeTaken(
            _("There is an owner with the code “%(code)s” already. Choose another code.") % {"code": code}
        )
    owner_id = int(row[0])
    audit_record(
        action="owner.create", entity_kind="owner", entity_id=owner_id, after={"code": code, "name": name}
    )
    return owner_id


@transactional
def owner_change(*, owner_id: int, name: str | None = None, is_active: bool | None = None) -> None:
    """Change what is given. Locks the owner. Raises :class:`NotFound`."""
    owner = Owner.objects.select_for_update(no_key=True).filter(pk=owner_id).first()
    if owner is None:
        raise NotFound(_("There is no such owner."))
    before = {field: getattr(owner, field) for field in _FIELDS}
    changes: dict[str, Any] = {
        key: value
        for key, value in (("name", name), ("is_active", is_active))
        if value is not None and value != before[key]
    }
    if not changes:
        return
    Owner.objects.filter(pk=owner_id).update(**changes)
    audit_record(
        action="owner.change",
        entity_kind="owner",
        entity_id=owner_id,
        before={key: before[key] for key in changes},
        after=changes,
    )


@transactional
def owners_ensure(*, owners: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Make those owners (code, name) that are missing; code → id of all. Two statements."""
    wanted = dict(owners)
    made = fetch(
        "INSERT INTO owner (code, name, is_active)"
        " SELECT code, name, true FROM unnest(%s::text[], %s::text[]) AS row (code, name)"
        " ON CONFLICT (code) DO NOTHING RETURNING id, code, name",
        columns(wanted.items(), 2),
    )
    audit_record_many(
        action="owner.create",
        entity_kind="owner",
        entries=[(pk, None, {"code": code, "name": name}) for pk, code, name in made],
    )
    return {code: pk for pk, code in fetch("SELECT id, code FROM owner WHERE code = ANY(%s)", [list(wanted)])}
