"""Customers: who buys, with names, phones and addresses encrypted.

What the audit log keeps of personal data is the mask, never the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.kernel.clock import now
from hecang.kernel.crypto import decrypt_json, encrypt_json, mask_name, mask_phone
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound
from hecang.partners.phones import phone_hash
from hecang.partners.selectors.regions import region_resolve
from hecang.partners.services.results import UpsertResult


@dataclass(frozen=True, slots=True)
class AddressIn:
    """Where parcels go.

    :param region_code: six digits; found from province, city and district where it is empty.
    """

    recipient: str
    phone: str
    address: str
    province: str = ""
    city: str = ""
    district: str = ""
    region_code: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer to write; ``None`` leaves what is there."""

    code: str
    name: str | None = None
    phone: str | None = None
    is_blocked: bool | None = None
    blocked_reason: str | None = None
    addresses: tuple[AddressIn, ...] = ()


@dataclass(slots=True)
class _State:
    """A customer as stored, with the contact in clear text for as long as a service runs."""

    id: int
    code: str
    name: str = ""
    phone: str = ""
    is_blocked: bool = False
    blocked_reason: str = ""

    def facts(self) -> dict[str, Any]:
        """What the audit log may keep."""
        return {
            "code": self.code,
            "name": mask_name(self.name),
            "phone": mask_phone(self.phone),
            "is_blocked": self.is_blocked,
            "blocked_reason": self.blocked_reason,
        }


@transactional
def customers_upsert(*, rows: Sequence[CustomerRow]) -> UpsertResult:
    """Make or change customers by code; ids in the order of the rows. A handful of statements for any number.

    Later rows of the same code win. Addresses that a customer does not have yet are added; none is removed.
    Locks the customers in order of id.
    """
    wanted = {row.code: row for row in rows}
    stored = _lock(list(wanted))
    made = _insert([row for code, row in wanted.items() if code not in stored])
    if len(made) + len(stored) < len(wanted):
        # Somebody else made one of them a moment ago: it is an update now.
        stored |= _lock([code for code in wanted if code not in stored and code not in made])
    changed = _update(stored, wanted)
    ids = {code: state.id for code, state in stored.items()} | made
    touched = _addresses_add({ids[code]: row.addresses for code, row in wanted.items() if row.addresses})
    updated = {stored[code].id for code in changed} | (touched - set(made.values()))
    return UpsertResult(
        ids=[ids[row.code] for row in rows],
        created=len(made),
        updated=len(updated),
        unchanged=len(wanted) - len(made) - len(updated),
    )


def _lock(codes: list[str]) -> dict[str, _State]:
    rows = fetch(
        "SELECT id, code, contact_cipher, is_blocked, blocked_reason FROM customer WHERE code = ANY(%s)"
        " ORDER BY id FOR NO KEY UPDATE",
        [codes],
    )
    return {row[1]: _state(row) for row in rows}


def _state(row: tuple[Any, ...]) -> _State:
    contact = decrypt_json(row[2]) if row[2] is not None else {}
    return _State(row[0], row[1], contact.get("name", ""), contact.get("phone", ""), row[3], row[4])


def _cipher(name: str, phone: str) -> bytes | None:
    return encrypt_json({"name": name, "phone": phone}) if name or phone else None


def _insert(rows: Sequence[CustomerRow]) -> dict[str, int]:
    if not rows:
        return {}
    made = fetch(
        "INSERT INTO customer"
        " (code, display_name, contact_cipher, phone_hash, is_blocked, blocked_reason, created_at)"
        " SELECT code, display_name, cipher, hash, blocked, reason, %s"
        " FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::text[], %s::boolean[], %s::text[])"
        " AS row (code, display_name, cipher, hash, blocked, reason)"
        " ON CONFLICT (code) DO NOTHING RETURNING code, id",
        [
            now(),
            *columns(
                (
                    (
                        row.code, mask_name(row.name or ""), _cipher(row.name or "", row.phone or ""),
                        phone_hash(row.phone or ""), bool(row.is_blocked), row.blocked_reason or "",
                    )
                    for row in rows
                ),
                6,
            ),
        ],
    )  # fmt: skip
    ids: dict[str, int] = dict(made)
    audit_record_many(
        action="customer.create",
        entity_kind="customer",
        entries=[
            (ids[row.code], None, _applied(_State(0, row.code), row).facts())
            for row in rows
            if row.code in ids
        ],
    )
    return ids


def _applied(state: _State, row: CustomerRow) -> _State:
    """The state after the row's values; what the row leaves open stays."""
    return _State(
        state.id,
        state.code,
        state.name if row.name is None else row.name,
        state.phone if row.phone is None else row.phone,
        state.is_blocked if row.is_blocked is None else row.is_blocked,
        state.blocked_reason if row.blocked_reason is None else row.blocked_reason,
    )


def _update(stored: Mapping[str, _State], wanted: Mapping[str, CustomerRow]) -> set[str]:
    """Write the customers that differ from what is wanted; their codes."""
    after = {code: _applied(state, wanted[code]) for code, state in stored.items()}
    changed = {code for code, state in after.items() if state != stored[code]}
    if not changed:
        return changed
    execute(
        "UPDATE customer SET display_name = row.display_name, contact_cipher = row.cipher,"
        " phone_hash = row.hash, is_blocked = row.blocked, blocked_reason = row.reason"
        " FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::text[], %s::boolean[], %s::text[])"
        " AS row (id, display_name, cipher, hash, blocked, reason) WHERE customer.id = row.id",
        columns(
            (
                (
                    state.id, mask_name(state.name), _cipher(state.name, state.phone),
                    phone_hash(state.phone), state.is_blocked, state.blocked_reason,
                )
                for state in (after[code] for code in sorted(changed))
            ),
            6,
        ),
    )  # fmt: skip
    audit_record_many(
        action="customer.change",
        entity_kind="customer",
        entries=[(stored[code].id, stored[code].facts(), after[code].facts()) for code in sorted(changed)],
    )
    return changed


def _addresses_add(wanted: Mapping[int, Sequence[AddressIn]]) -> set[int]:
    """Add the addresses that are new to their customers; the ids of the customers that got one."""
    if not wanted:
        return set()
    known: dict[int, list[dict[str, Any]]] = {}
    for customer_id, cipher in fetch(
        "SELECT customer_id, recipient_cipher FROM customer_address WHERE customer_id = ANY(%s) ORDER BY id",
        [list(wanted)],
    ):
        known.setdefault(customer_id, []).append(decrypt_json(cipher))
    fresh: list[tuple[int, str | None, bytes, bool]] = []
    for customer_id, addresses in wanted.items():
        there = known.get(customer_id, [])
        for address in addresses:
            text = _recipient(address)
            if text in there:
                continue
            code = address.region_code or region_resolve(address.province, address.city, address.district)
            fresh.append((customer_id, code, encrypt_json(text), address.is_default or not there))
            there = [*there, text]
    if not fresh:
        return set()
    defaults = [customer_id for customer_id, _code, _cipher, is_default in fresh if is_default]
    execute(
        "UPDATE customer_address SET is_default = false WHERE customer_id = ANY(%s) AND is_default",
        [defaults],
    )
    execute(
        "INSERT INTO customer_address (customer_id, region_id, recipient_cipher, is_default)"
        " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::boolean[])",
        columns(fresh, 4),
    )
    touched = {row[0] for row in fresh}
    audit_record_many(
        action="customer.add_address",
        entity_kind="customer",
        entries=[(pk, None, {"addresses": sum(row[0] == pk for row in fresh)}) for pk in sorted(touched)],
    )
    return touched


def _recipient(address: AddressIn) -> dict[str, str]:
    """The part of an address that is encrypted."""
    facts = asdict(address)
    del facts["region_code"], facts["is_default"]
    return facts


@transactional
def customer_change(
    *,
    customer_id: int,
    name: str | None = None,
    phone: str | None = None,
    is_blocked: bool | None = None,
    blocked_reason: str | None = None,
) -> None:
    """Change what is given. Locks the customer. Raises :class:`NotFound`."""
    row = fetch_one(
        "SELECT id, code, contact_cipher, is_blocked, blocked_reason FROM customer"
        " WHERE id = %s FOR NO KEY UPDATE",
        [customer_id],
    )
    if row is None:
        raise NotFound(_("There is no such customer."))
    state = _state(row)
    _update(
        {state.code: state}, {state.code: CustomerRow(state.code, name, phone, is_blocked, blocked_reason)}
    )


@transactional
def contact_seen(*, customer_id: int) -> None:
    """Note that the actor has read a customer's contact in clear text."""
    audit_record(action="customer.reveal", entity_kind="customer", entity_id=customer_id)


@transactional
def customer_erase(*, customer_id: int) -> None:
    """Forget who a customer is: name, phone and addresses go, the code stays for the orders' sake.

    Locks the customer. Raises :class:`NotFound`.
    """
    found = execute(
        "UPDATE customer SET display_name = '', contact_cipher = NULL, phone_hash = '' WHERE id = %s",
        [customer_id],
    )
    if not found:
        raise NotFound(_("There is no such customer."))
    execute("DELETE FROM customer_address WHERE customer_id = %s", [customer_id])
    audit_record(action="customer.erase", entity_kind="customer", entity_id=customer_id)
