"""Two customers that are one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.crypto import decrypt_json
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.partners.errors import CustomerHasCredit
from hecang.partners.guards import customers_followed


@transactional
def customers_merge(*, kept_id: int, gone_id: int) -> None:
    """Let one customer take over another: orders and addresses follow, the other is gone, its block stays.

    Locks both customers in order of id.

    :raises NotFound: one of them does not exist.
    :raises InvalidInput: they are the same.
    :raises CustomerHasCredit: the one to go has credit terms; a person has to settle these first.
    """
    if kept_id == gone_id:
        raise InvalidInput(_("A customer cannot be merged with itself."))
    rows = {
        row[0]: row
        for row in fetch(
            "SELECT id, code, is_blocked, blocked_reason FROM customer WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [[kept_id, gone_id]],
        )
    }
    if len(rows) < 2:
        raise NotFound(_("There is no such customer."))
    if fetch_one("SELECT 1 FROM customer_credit WHERE customer_id = %s", [gone_id]) is not None:
        raise CustomerHasCredit(
            _("Customer %(code)s has credit terms. Settle and remove them, then merge.")
            % {"code": rows[gone_id][1]}
        )
    customers_followed(gone_id, kept_id)
    _addresses_follow(gone_id, kept_id)
    if rows[gone_id][2] and not rows[kept_id][2]:
        execute(
            "UPDATE customer SET is_blocked = true, blocked_reason = %s WHERE id = %s",
            [rows[gone_id][3], kept_id],
        )
    execute("DELETE FROM customer WHERE id = %s", [gone_id])
    audit_record_many(
        action="customer.merge",
        entity_kind="customer",
        entries=[
            (kept_id, None, {"took_over": rows[gone_id][1]}),
            (gone_id, {"code": rows[gone_id][1]}, {"merged_into": rows[kept_id][1]}),
        ],
    )


def _addresses_follow(gone: int, kept: int) -> None:
    """Addresses that the other has not, without a second default."""
    there = [
        decrypt_json(row[0])
        for row in fetch("SELECT recipient_cipher FROM customer_address WHERE customer_id = %s", [kept])
    ]
    fresh = [
        key
        for key, cipher in fetch(
            "SELECT id, recipient_cipher FROM customer_address WHERE customer_id = %s ORDER BY id", [gone]
        )
        if decrypt_json(cipher) not in there
    ]
    execute(
        "UPDATE customer_address SET customer_id = %s, is_default = is_default AND NOT %s WHERE id = ANY(%s)",
        [kept, bool(there), fresh],
    )
    execute("DELETE FROM customer_address WHERE customer_id = %s", [gone])
