"""Links for suppliers and carriers: pages that nobody can guess, without a login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inbound.errors_receiving import InboundLinkBusy, InboundLinkUnknown
from hecang.inbound.link_tokens import link_address, token_of
from hecang.inbound.models import InboundLink
from hecang.inbound.services.announcing import asn_lock
from hecang.kernel import clock
from hecang.kernel.actor import Actor, Scope, current_actor
from hecang.kernel.crypto import keyed_hash
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound

#: A supplier's page lives for a year of deliveries, a carrier's as long as a delivery may be on its way.
SUPPLIER_LIFE: Final = timedelta(days=365)
CARRIER_LIFE: Final = timedelta(days=60)
#: Changes through one link in a day.
MOST_CHANGES: Final = 200
#: Openings within this time are noted once.
_SEEN_AGAIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LinkHeld:
    """A valid link and what it leads to.

    :param asn_id: only this announcement; then nothing can be announced.
    """

    id: int
    warehouse_id: int
    owner_id: int
    supplier_id: int | None
    asn_id: int | None
    name: str

    @property
    def actor(self) -> Actor:
        """The holder, as services and the audit log see them."""
        return Actor(
            kind="supplier",
            name=f"supplier {self.name}"[:100],
            scope=Scope(warehouses=frozenset({self.warehouse_id}), owners=frozenset({self.owner_id})),
        )


@dataclass(frozen=True, slots=True)
class LinkMade:
    address: str
    expires_at: datetime


@transactional
def link_make(*, warehouse_id: int, owner_id: int, supplier_id: int) -> LinkMade:
    """The page of a supplier for one warehouse and owner; asking again gives the same one, for longer.

    :raises NotFound: no such supplier, or outside the actor's scope.
    """
    current_actor().scope.require(warehouse=warehouse_id, owner=owner_id)
    if fetch_one("SELECT 1 FROM supplier WHERE id = %s AND is_active", [supplier_id]) is None:
        raise NotFound(_("There is no such active supplier."), data={"supplier_id": supplier_id})
    return _make(warehouse_id, owner_id, supplier_id, None, SUPPLIER_LIFE)


def supplier_page(supplier_id: int, warehouse_id: int, owner_id: int) -> str:
    """The page for a letter to its supplier, whole: made, or lengthened, where need be.

    Empty where nothing may or can be told: the supplier is switched off, staff revoked its page and made no new one,
    or ``HECANG_PUBLIC_URL`` is not set.
    """
    if not settings.PUBLIC_URL:
        return ""
    row = fetch_one(
        "SELECT id, version, token_hash, expires_at, revoked_at FROM inbound_link"
        " WHERE warehouse_id = %s AND owner_id = %s AND supplier_id = %s AND asn_id IS NULL",
        [warehouse_id, owner_id, supplier_id],
    )
    if row is not None and row[4] is not None:
        return ""
    if row is not None and row[3] > clock.now() + SUPPLIER_LIFE / 2:
        token = token_of(row[0], row[1])
        if row[2] == keyed_hash(token):
            return link_address(token)
    try:
        return link_make(warehouse_id=warehouse_id, owner_id=owner_id, supplier_id=supplier_id).address
    except NotFound:
        return ""


@transactional
def asn_link_make(*, asn_id: int) -> LinkMade:
    """A page for one announcement, on which its carrier books the dock."""
    asn = asn_lock(asn_id)
    return _make(asn.warehouse_id, asn.owner_id, asn.supplier_id, asn_id, CARRIER_LIFE)


@transactional
def link_revoke(*, warehouse_id: int, owner_id: int, supplier_id: int) -> None:
    """Make the present page of a supplier worthless; the next one has another address. Locks the link."""
    current_actor().scope.require(warehouse=warehouse_id, owner=owner_id)
    link = (
        InboundLink.objects.select_for_update(no_key=True)
        .filter(warehouse_id=warehouse_id, owner_id=owner_id, supplier_id=supplier_id, asn__isnull=True)
        .first()
    )
    if link is not None:
        _end(link)


@transactional
def link_end(*, link_id: int) -> None:
    """Make the present address of a link worthless. Locks it. Raises NotFound outside of the actor's scope."""
    _end(_lock(link_id))


@transactional
def link_replace(*, link_id: int) -> LinkMade:
    """Another address for a link, for as long as a new one; the one before opens nothing any more.

    Locks it. Raises NotFound outside of the actor's scope, or where its supplier is switched off.
    """
    link = _lock(link_id)
    _end(link)
    if link.asn_id is not None:
        return asn_link_make(asn_id=link.asn_id)
    assert link.supplier_id is not None
    return link_make(warehouse_id=link.warehouse_id, owner_id=link.owner_id, supplier_id=link.supplier_id)


def _lock(link_id: int) -> InboundLink:
    link = InboundLink.objects.select_for_update(no_key=True).filter(pk=link_id).first()
    if link is None:
        raise NotFound(_("There is no such link."), data={"link_id": link_id})
    current_actor().scope.require(warehouse=link.warehouse_id, owner=link.owner_id)
    return link


def _end(link: InboundLink) -> None:
    if link.revoked_at is not None:
        return
    link.version += 1
    link.token_hash = keyed_hash(token_of(link.pk, link.version))
    link.revoked_at = clock.now()
    link.save()
    audit_record(action="inbound.link.revoked", entity_kind="inbound_link", entity_id=link.pk)


def _make(
    warehouse_id: int, owner_id: int, supplier_id: int | None, asn_id: int | None, life: timedelta
) -> LinkMade:
    now = clock.now()
    rows = fetch(
        "INSERT INTO inbound_link (token_hash, version, warehouse_id, owner_id, supplier_id, asn_id, expires_at, uses,"
        " created_by, created_at) VALUES (gen_random_uuid()::text, 1, %s, %s, %s, %s, %s, 0, %s, %s)"
        " ON CONFLICT (warehouse_id, owner_id, supplier_id, asn_id)"
        " DO UPDATE SET expires_at = excluded.expires_at, revoked_at = NULL,"
        # After a revocation the address is another: when and by whom it was made, and whether it was opened, too.
        " created_by = CASE WHEN inbound_link.revoked_at IS NULL THEN inbound_link.created_by ELSE excluded.created_by END,"
        " created_at = CASE WHEN inbound_link.revoked_at IS NULL THEN inbound_link.created_at ELSE excluded.created_at END,"
        " last_used_at = CASE WHEN inbound_link.revoked_at IS NULL THEN inbound_link.last_used_at END"
        " RETURNING id, version",
        [warehouse_id, owner_id, supplier_id, asn_id, now + life, current_actor().name[:100], now],
    )
    link_id, version = rows[0]
    token = token_of(link_id, version)
    execute("UPDATE inbound_link SET token_hash = %s WHERE id = %s", [keyed_hash(token), link_id])
    audit_record(
        action="inbound.link.made",
        entity_kind="inbound_link",
        entity_id=link_id,
        after={"supplier_id": supplier_id, "asn_id": asn_id},
    )
    return LinkMade(link_address(token), now + life)


_HELD = """
SELECT l.id, l.warehouse_id, l.owner_id, l.supplier_id, l.asn_id, coalesce(s.name, a.carrier_name, '')
FROM inbound_link l JOIN warehouse w ON w.id = l.warehouse_id AND w.is_active
LEFT JOIN supplier s ON s.id = l.supplier_id LEFT JOIN asn a ON a.id = l.asn_id
WHERE l.token_hash = %s AND l.expires_at > %s AND l.revoked_at IS NULL AND coalesce(s.is_active, true)
"""


def link_open(token: str) -> LinkHeld:
    """What a link leads to. One statement. Raises :class:`InboundLinkUnknown`."""
    row = fetch_one(_HELD, [keyed_hash(token.lower()), clock.now()])
    if row is None:
        raise InboundLinkUnknown(_("This link leads nowhere any more. Ask the warehouse for a new one."))
    return LinkHeld(*row)


def link_seen(*, held: LinkHeld) -> None:
    """Note that a page was opened, once an hour."""
    now = clock.now()
    execute(
        "UPDATE inbound_link SET last_used_at = %s WHERE id = %s AND (last_used_at IS NULL OR last_used_at < %s)",
        [now, held.id, now - _SEEN_AGAIN],
    )


@transactional
def link_use(*, held: LinkHeld) -> None:
    """Count a change through a link. Locks it. Raises :class:`InboundLinkBusy` beyond :data:`MOST_CHANGES` a day."""
    today = clock.today()
    row = fetch_one(
        "UPDATE inbound_link SET uses = CASE WHEN used_on = %s::date THEN uses + 1 ELSE 1 END, used_on = %s::date,"
        " last_used_at = %s WHERE id = %s RETURNING uses",
        [today, today, clock.now(), held.id],
    )
    if row is not None and row[0] > MOST_CHANGES:
        raise InboundLinkBusy(
            _("Too many changes through this page today. Go on tomorrow, or call the warehouse."),
            data={"most": MOST_CHANGES},
        )
