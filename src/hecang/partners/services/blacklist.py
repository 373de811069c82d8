"""Phone numbers that orders are held for 黑名单."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.clock import now
from hecang.kernel.crypto import mask_phone
from hecang.kernel.db import fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.partners.phones import phone_hash, phone_normalise


@transactional
def contact_block(*, phone: str, reason: str) -> int:
    """Put a phone number on the black list; the entry's id. Blocked again, it takes the new reason.

    Raises :class:`InvalidInput` for what is no phone number.
    """
    number = phone_normalise(phone)
    if len(number) < 5:
        message = _("This is not a phone number. Enter one with at least five digits.")
        raise InvalidInput(message, problems=[Problem(message, code="bad_phone", loc="phone", field="phone")])
    row = fetch_one(
        "INSERT INTO blocked_contact (phone_hash, display, reason, created_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (phone_hash) DO UPDATE SET reason = excluded.reason RETURNING id",
        [phone_hash(number), mask_phone(number)[:32], reason, now()],
    )
    assert row is not None
    entry_id = int(row[0])
    audit_record(
        action="blocked_contact.create",
        entity_kind="blocked_contact",
        entity_id=entry_id,
        after={"display": mask_phone(number), "reason": reason},
    )
    return entry_id


@transactional
def contact_unblock(*, entry_id: int) -> None:
    """Take an entry off the black list. Raises :class:`NotFound`."""
    row = fetch_one("DELETE FROM blocked_contact WHERE id = %s RETURNING display, reason", [entry_id])
    if row is None:
        raise NotFound(_("There is no such entry on the black list."))
    audit_record(
        action="blocked_contact.delete",
        entity_kind="blocked_contact",
        entity_id=entry_id,
        before={"display": row[0], "reason": row[1]},
    )
