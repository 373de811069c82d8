"""Owners, customers and the black list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.kernel.crypto import decrypt_json
from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.errors import NotFound


class OwnerRef(NamedTuple):
    id: int
    code: str
    name: str
    is_active: bool


class CustomerRef(NamedTuple):
    id: int
    code: str
    is_blocked: bool
    blocked_reason: str
    phone_hash: str


def owners_by_code(codes: Iterable[str]) -> dict[str, OwnerRef]:
    """Those owners that exist, by code as given."""
    rows = fetch("SELECT id, code, name, is_active FROM owner WHERE code = ANY(%s)", [list(set(codes))])
    return {row[1]: OwnerRef(*row) for row in rows}


def owners_by_id(ids: Iterable[int]) -> dict[int, OwnerRef]:
    """Those owners that exist, by id."""
    rows = fetch("SELECT id, code, name, is_active FROM owner WHERE id = ANY(%s)", [list(set(ids))])
    return {row[0]: OwnerRef(*row) for row in rows}


def customers_by_code(codes: Iterable[str]) -> dict[str, CustomerRef]:
    """Those customers that exist, by code as given."""
    rows = fetch(
        "SELECT id, code, is_blocked, blocked_reason, phone_hash FROM customer WHERE code = ANY(%s)",
        [list(set(codes))],
    )
    return {row[1]: CustomerRef(*row) for row in rows}


class CustomerOfPhone(NamedTuple):
    code: str
    display_name: str
    is_blocked: bool
    blocked_reason: str


def customers_by_phone(phone_hash: str) -> list[CustomerOfPhone]:
    """Customers with this phone (:func:`hecang.partners.phones.phone_hash`), the newest first; at most 20."""
    rows = fetch(
        "SELECT code, display_name, is_blocked, blocked_reason FROM customer"
        " WHERE phone_hash = %s AND NOT phone_hash = '' ORDER BY id DESC LIMIT 20",
        [phone_hash],
    )
    return [CustomerOfPhone(*row) for row in rows]


def contacts_blocked(phone_hashes: Iterable[str]) -> dict[str, str]:
    """Those of the hashes (:func:`hecang.partners.phones.phone_hash`) on the black list → the reason."""
    hashes = [value for value in set(phone_hashes) if value]
    if not hashes:
        return {}
    return dict(fetch("SELECT phone_hash, reason FROM blocked_contact WHERE phone_hash = ANY(%s)", [hashes]))


def customer_contact(customer_id: int) -> dict[str, Any]:
    """Name, phone and addresses of a customer in clear text; the caller checks the permission and audits.

    Raises :class:`NotFound`.
    """
    row = fetch_one("SELECT contact_cipher FROM customer WHERE id = %s", [customer_id])
    if row is None:
        raise NotFound(_("There is no such customer."))
    addresses = fetch(
        "SELECT id, region_id, recipient_cipher, is_default FROM customer_address"
        " WHERE customer_id = %s ORDER BY id",
        [customer_id],
    )
    contact: dict[str, Any] = decrypt_json(row[0]) if row[0] is not None else {}
    return {
        "name": contact.get("name", ""),
        "phone": contact.get("phone", ""),
        "addresses": [
            {"id": pk, "region_code": region, "is_default": is_default, **decrypt_json(cipher)}
            for pk, region, cipher, is_default in addresses
        ],
    }
