"""Links of suppliers and carriers, for those who may pass them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hecang.inbound.link_tokens import link_address, token_of
from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.crypto import keyed_hash
from hecang.kernel.db import fetch

#: Links that are listed, those that open first, then the newest.
MOST: Final = 200
_LINKS = """
SELECT l.id, l.version, l.token_hash, w.id, w.code, w.name, o.id, o.code, o.name, s.id, s.code, s.name, a.id, a.number,
    a.carrier_name, l.created_by, l.created_at, l.last_used_at, l.expires_at, l.revoked_at
FROM inbound_link l JOIN warehouse w ON w.id = l.warehouse_id JOIN owner o ON o.id = l.owner_id
LEFT JOIN supplier s ON s.id = l.supplier_id LEFT JOIN asn a ON a.id = l.asn_id
WHERE (%(supplier)s::bigint IS NULL OR (l.supplier_id = %(supplier)s AND l.asn_id IS NULL))
    AND (%(asn)s::bigint IS NULL OR l.asn_id = %(asn)s)
    AND (NOT %(carriers)s OR (l.asn_id IS NOT NULL AND a.state IN ('announced', 'receiving')))
    AND (%(warehouse)s::bigint IS NULL OR l.warehouse_id = %(warehouse)s)
    AND (%(warehouses)s::bigint[] IS NULL OR l.warehouse_id = ANY(%(warehouses)s))
    AND (%(owners)s::bigint[] IS NULL OR l.owner_id = ANY(%(owners)s))
ORDER BY l.revoked_at IS NULL AND l.expires_at > %(now)s DESC, l.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class LinkParty:
    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkListed:
    """A link as staff see it.

    :param state: ``active``, ``expired`` or ``revoked``.
    :param address: empty unless it is active.
    :param last_used_at: when it was opened last, to the hour.
    """

    id: int
    state: str
    address: str
    warehouse: LinkParty
    owner: LinkParty
    supplier: LinkParty | None
    asn_id: int | None
    asn_number: str
    carrier: str
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


def links_listed(
    actor: Actor,
    *,
    supplier_id: int | None = None,
    asn_id: int | None = None,
    warehouse_id: int | None = None,
    carriers: bool = False,
) -> list[LinkListed]:
    """Links within the actor's scope. One statement.

    :param carriers: only those of carriers, of announcements that are still to come.
    """
    scope = actor.scope
    params: dict[str, Any] = {
        "supplier": supplier_id,
        "asn": asn_id,
        "warehouse": warehouse_id,
        "carriers": carriers,
        "warehouses": None if scope.warehouses is None else sorted(scope.warehouses),
        "owners": None if scope.owners is None else sorted(scope.owners),
        "now": clock.now(),
        "most": MOST,
    }
    return [_listed(row) for row in fetch(_LINKS, params)]


def _listed(row: tuple[Any, ...]) -> LinkListed:
    token = token_of(row[0], row[1])
    # Another secret of the installation makes all addresses others: the old ones do not open any more.
    is_void = row[19] is not None or row[2] != keyed_hash(token)
    state = "revoked" if is_void else "expired" if row[18] <= clock.now() else "active"
    return LinkListed(
        id=row[0],
        state=state,
        address=link_address(token) if state == "active" else "",
        warehouse=LinkParty(*row[3:6]),
        owner=LinkParty(*row[6:9]),
        supplier=None if row[9] is None else LinkParty(*row[9:12]),
        asn_id=row[12],
        asn_number=row[13] or "",
        carrier=row[14] or "",
        created_by=row[15],
        created_at=row[16],
        last_used_at=row[17],
        expires_at=row[18],
    )
