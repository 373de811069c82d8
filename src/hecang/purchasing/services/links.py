"""Where suppliers take orders by program; settings are stored encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.connectors import ConnectorSettings, form_of, secrets_masked, settings_parse
from hecang.kernel.crypto import Undecryptable, decrypt_json, encrypt_json
from hecang.kernel.db import transactional
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.kernel.outgoing import url_check
from hecang.partners.selectors import suppliers_by_id
from hecang.purchasing.models import SupplierLink
from hecang.purchasing.ways import DispatchWay, way_codes, way_of


def ways_view() -> list[dict[str, Any]]:
    """The ways that are installed, each with its form."""
    found = []
    for code in way_codes():
        way = way_of(code)
        assert way is not None
        fields = [] if way.Settings is None else [asdict(one) for one in form_of(way.Settings)]
        found.append({"code": code, "fields": fields})
    return found


def link_view(supplier_id: int) -> dict[str, Any] | None:
    """What is set for a supplier, without secrets."""
    link = SupplierLink.objects.filter(supplier_id=supplier_id).first()
    if link is None or (way := way_of(link.way)) is None or way.Settings is None:
        return None
    stored = decrypt_json(link.settings_cipher)
    return {
        "way": link.way,
        "settings": secrets_masked(way.Settings, stored),
        "target": way.target(way.Settings.model_validate(stored)),
    }


def link_settings(supplier_id: int, way: str) -> ConnectorSettings | None:
    """The settings of a supplier for a way; ``None`` where it has none of that way, or they cannot be read."""
    link = SupplierLink.objects.filter(supplier_id=supplier_id, way=way).first()
    found = way_of(way)
    if link is None or found is None or found.Settings is None:
        return None
    try:
        return found.Settings.model_validate(decrypt_json(link.settings_cipher))
    except Undecryptable:
        return None


def suppliers_linked(way: str) -> list[int]:
    """Active suppliers that have settings for a way."""
    return list(
        SupplierLink.objects.filter(way=way, supplier__is_active=True)
        .order_by("supplier_id")
        .values_list("supplier_id", flat=True)
    )


@transactional
def link_set(*, supplier_id: int, way: str, settings: Mapping[str, Any]) -> None:
    """Set where a supplier takes orders. Raises NotFound, :class:`InvalidInput` naming every field that is wrong."""
    if supplier_id not in suppliers_by_id([supplier_id]):
        raise NotFound(_("There is no such supplier."))
    found = _way(way)
    assert found.Settings is not None
    link = SupplierLink.objects.select_for_update(no_key=True).filter(supplier_id=supplier_id).first()
    kept = None
    if link is not None and link.way == way:
        try:
            kept = decrypt_json(link.settings_cipher)
        except Undecryptable:
            kept = None
    parsed = settings_parse(found.Settings, settings, kept=kept)
    plain = parsed.plain()
    if plain.get("url"):
        url_check(plain["url"], field="settings.url")
    SupplierLink.objects.update_or_create(
        supplier_id=supplier_id,
        defaults={"way": way, "settings_cipher": encrypt_json(plain), "updated_at": clock.now()},
    )
    audit_record(
        action="purchasing.link.set",
        entity_kind="supplier",
        entity_id=supplier_id,
        after={"way": way, "target": found.target(parsed)},
    )


@transactional
def link_remove(*, supplier_id: int) -> None:
    """Forget where a supplier takes orders."""
    gone, _each = SupplierLink.objects.filter(supplier_id=supplier_id).delete()
    if gone:
        audit_record(action="purchasing.link.removed", entity_kind="supplier", entity_id=supplier_id)


def _way(code: str) -> DispatchWay:
    found = way_of(code)
    if found is None or found.Settings is None:
        raise InvalidInput(_("“%(way)s” is no way that needs settings.") % {"way": code}, code="unknown_way")
    return found
