"""Suppliers: whom goods are bought from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.partners.errors import CodeTaken
from hecang.partners.guards import supplier_leaves
from hecang.partners.selectors.regions import regions_by_code
from hecang.partners.services.results import UpsertResult


@dataclass(frozen=True, slots=True)
class SupplierFields:
    """What is known of a supplier; ``None`` leaves what is there, or takes the default for a new one."""

    name: str | None = None
    name_en: str | None = None
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    region_code: str | None = None
    address: str | None = None
    currency: str | None = None
    lead_time_days: int | None = None
    payment_days: int | None = None
    min_order_amount: Decimal | None = None
    send_by: str | None = None
    account_number: str | None = None
    note: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """One supplier to write."""

    code: str
    fields: SupplierFields


_NAMES: Final = tuple(field.name for field in fields(SupplierFields))
_COLUMNS: Final = tuple("region_id" if name == "region_code" else name for name in _NAMES)
_DEFAULTS: Final[dict[str, Any]] = {
    **dict.fromkeys(_NAMES, ""), "region_code": None, "currency": "CNY", "lead_time_days": 7, "payment_days": 30,
    "min_order_amount": None, "send_by": "none", "is_active": True,
}  # fmt: skip
#: Personal data: the audit log says that they changed, not to what.
_PERSONAL: Final = frozenset({"contact", "phone", "email"})
_TYPES: Final = (
    "text", "text", "text", "text", "text", "text", "text", "text", "integer", "integer", "numeric", "text", "text",
    "text", "boolean",
)  # fmt: skip
_LOCK = (
    f"SELECT id, code, {', '.join(_COLUMNS)} FROM supplier WHERE code = ANY(%s) ORDER BY id FOR NO KEY UPDATE"  # noqa: S608
)
_ARRAYS = ", ".join(f"%s::{kind}[]" for kind in _TYPES)
_INSERT = f"""
INSERT INTO supplier (code, {", ".join(_COLUMNS)}, created_at, updated_at)
SELECT s.*, %s, %s FROM unnest(%s::text[], {_ARRAYS}) AS s ON CONFLICT (code) DO NOTHING RETURNING code, id
"""  # noqa: S608 - own names
_UPDATE = f"""
UPDATE supplier SET {", ".join(f"{name} = s.{name}" for name in _COLUMNS)}, updated_at = %s
FROM unnest(%s::bigint[], {_ARRAYS}) AS s (id, {", ".join(_COLUMNS)}) WHERE supplier.id = s.id
"""  # noqa: S608 - own names


@transactional
def supplier_create(*, code: str, fields: SupplierFields) -> int:
    """Make a supplier; its id. Raises :class:`CodeTaken`, :class:`InvalidInput` for an unknown region."""
    if fetch_one("SELECT 1 FROM supplier WHERE code = %s", [code]):
        raise CodeTaken(
            _("There is a supplier with the code “%(code)s” already. Choose another code.") % {"code": code}
        )
    return suppliers_upsert(rows=[SupplierRow(code, fields)]).ids[0]


@transactional
def suppliers_upsert(*, rows: Sequence[SupplierRow]) -> UpsertResult:
    """Make or change suppliers by code; ids in the order of the rows. A handful of statements for any number.

    Later rows of the same code win. Locks the suppliers in order of id. Raises :class:`InvalidInput` for unknown
    regions; whoever is switched off has to be free of open business (``partners.guards``).
    """
    wanted = {row.code: {k: v for k, v in asdict(row.fields).items() if v is not None} for row in rows}
    _require_regions(wanted)
    stored = _lock(list(wanted))
    fresh = {code: _DEFAULTS | given for code, given in wanted.items() if code not in stored}
    made = _insert(fresh)
    if len(made) < len(fresh):
        stored |= _lock([code for code in fresh if code not in made])
    changed = _update({code: (stored[code], stored[code][1] | wanted[code]) for code in stored})
    ids = {code: pk for code, (pk, _facts) in stored.items()} | made
    return UpsertResult(
        ids=[ids[row.code] for row in rows],
        created=len(made),
        updated=changed,
        unchanged=len(wanted) - len(made) - changed,
    )


@transactional
def supplier_change(*, supplier_id: int, changes: Mapping[str, Any]) -> None:
    """Change what is given. Locks the supplier.

    Raises :class:`NotFound`, :class:`InvalidInput`, and what apps say that still do business with one who is
    switched off.
    """
    row = fetch_one("SELECT code FROM supplier WHERE id = %s", [supplier_id])
    if row is None:
        raise NotFound(_("There is no such supplier."))
    stored = _lock([row[0]])[row[0]]
    given = {
        name: value
        for name, value in changes.items()
        if value is not None or name in {"min_order_amount", "region_code"}
    }
    _require_regions({row[0]: given})
    _update({row[0]: (stored, stored[1] | given)})


_Stored = tuple[int, dict[str, Any]]


def _lock(codes: list[str]) -> dict[str, _Stored]:
    return {row[1]: (row[0], dict(zip(_NAMES, row[2:], strict=True))) for row in fetch(_LOCK, [codes])}


def _insert(fresh: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    if not fresh:
        return {}
    now = clock.now()
    rows = [(code, *(facts[name] for name in _NAMES)) for code, facts in fresh.items()]
    made: dict[str, int] = dict(fetch(_INSERT, [now, now, *columns(rows, len(_NAMES) + 1)]))
    audit_record_many(
        action="supplier.create",
        entity_kind="supplier",
        entries=[(pk, None, {"code": code, **_public(fresh[code])}) for code, pk in made.items()],
    )
    return made


def _update(wanted: Mapping[str, tuple[_Stored, dict[str, Any]]]) -> int:
    changed = [(pk, before, after) for (pk, before), after in wanted.values() if before != after]
    if not changed:
        return 0
    for pk, before, after in changed:
        if before["is_active"] and not after["is_active"]:
            supplier_leaves(pk)
    rows = [(pk, *(after[name] for name in _NAMES)) for pk, _before, after in changed]
    execute(_UPDATE, [clock.now(), *columns(rows, len(_NAMES) + 1)])
    audit_record_many(
        action="supplier.change",
        entity_kind="supplier",
        entries=[
            (
                pk,
                _public({k: v for k, v in before.items() if v != after[k]}),
                _public({k: v for k, v in after.items() if v != before[k]}),
            )
            for pk, before, after in changed
        ],
    )
    return len(changed)


def _public(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: "***" if value and name in _PERSONAL else value for name, value in facts.items()}


def _require_regions(wanted: Mapping[str, Mapping[str, Any]]) -> None:
    codes = {given["region_code"] for given in wanted.values() if given.get("region_code")}
    known = regions_by_code(codes)
    message = _("There is no such region.")
    problems = [
        Problem(message, code="unknown_region", field="region_code", loc="region_code")
        for code in sorted(codes)
        if code not in known
    ]
    if problems:
        raise InvalidInput(message, problems=problems)
