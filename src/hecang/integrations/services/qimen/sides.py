"""A connection by Qimen with what its settings mean here: shop, owner, warehouses, services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from hecang.facility.selectors import WarehouseRef, warehouses_by_code
from hecang.integrations.models import Connection
from hecang.integrations.qimen.client import QimenSettings
from hecang.integrations.qimen.signing import moment
from hecang.integrations.qimen.xml import Node
from hecang.integrations.services.links import settings_of
from hecang.kernel.actor import Actor, Scope, acting
from hecang.kernel.connectors import BadSignature
from hecang.kernel.errors import InvalidInput
from hecang.orders.selectors.shops import ShopRef, shops_by_code
from hecang.shipping.models import CarrierService

ERP = "qimen_erp"
WMS = "qimen_wms"
#: The other side leaves the choice to us.
OTHER = "OTHER"
#: Good goods; all other types are defects of some kind.
GOOD = "ZP"
DEFECTS = frozenset({"CC", "JS", "XS"})


@dataclass(frozen=True, slots=True)
class Side:
    """Who speaks, and what its codes mean.

    :param warehouses: their ``warehouseCode`` → our warehouse.
    """

    connection: Connection
    settings: QimenSettings
    shop: ShopRef
    warehouses: Mapping[str, WarehouseRef]

    def warehouse(self, code: str) -> WarehouseRef:
        """The warehouse of that code. Raises :class:`InvalidInput`."""
        try:
            return self.warehouses[code]
        except KeyError:
            raise InvalidInput(
                _("There is no warehouse “%(code)s” for you here.") % {"code": code}, code="unknown_warehouse"
            ) from None

    def warehouse_code(self, warehouse_id: int | None) -> str:
        """What the other side calls a warehouse of ours; empty where it knows none."""
        return next((code for code, one in self.warehouses.items() if one.id == warehouse_id), "")

    def owner_check(self, *codes: str) -> None:
        """Raise :class:`InvalidInput` where somebody else's goods are named."""
        for code in codes:
            if code and code != self.settings.owner_code:
                raise InvalidInput(
                    _("There is no owner “%(code)s” for you here.") % {"code": code}, code="unknown_owner"
                )

    def service_id(self, logistics_code: str) -> int | None:
        """The carrier service that they ask for; ``None`` where they leave it to us, or it is not mapped."""
        code = self.settings.services.get(logistics_code)
        if not code:
            return None
        found = CarrierService.objects.filter(code=code, is_active=True).values_list("pk", flat=True).first()
        if found is None:
            raise InvalidInput(
                _("The carrier service “%(code)s” is not in use here.") % {"code": code},
                code="unknown_service",
            )
        return found

    def logistics_code(self, service: str, carrier: str) -> str:
        """What they call a carrier service."""
        return next((theirs for theirs, ours in self.settings.services.items() if ours == service), carrier)


def side_open(connection: Connection) -> Side:
    """The side of a connection. Raises :class:`InvalidInput` where its settings name what is not there."""
    settings: QimenSettings = settings_of(connection)
    shop = shops_by_code([settings.shop]).get(settings.shop)
    found = warehouses_by_code(settings.warehouses.values())
    missing = sorted(set(settings.warehouses.values()) - found.keys())
    if shop is None or missing:
        raise InvalidInput(
            _("The settings of the connection name a shop or warehouse that is not there: %(codes)s.")
            % {"codes": ", ".join([*([settings.shop] if shop is None else []), *missing])},
            code="bad_settings",
        )
    return Side(
        connection, settings, shop, {theirs: found[ours] for theirs, ours in settings.warehouses.items()}
    )


@contextmanager
def acting_as(side: Side) -> Iterator[None]:
    """Act as the other side: in its shop, for its owner, in its warehouses."""
    scope = Scope(
        warehouses=frozenset(one.id for one in side.warehouses.values()),
        owners=frozenset({side.shop.owner_id}),
        shops=frozenset({side.shop.id}),
    )
    actor = Actor(
        kind="system", name=f"qimen:{side.connection.name}", permissions=frozenset({"*"}), scope=scope
    )
    with acting(actor):
        yield


# ------------------------------------------------------------------ values as Qimen writes them


def whole(text: str, what: str) -> int:
    """A whole number; some systems write ``2.0``. Raises :class:`InvalidInput`."""
    try:
        number = Decimal(text)
        if number == int(number):
            return int(number)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise InvalidInput(
        _("%(what)s must be a whole number, not “%(text)s”.") % {"what": what, "text": text[:40]},
        code="bad_number",
    )


def money(text: str) -> Decimal:
    """An amount; nothing where it is none."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() and amount >= 0 else Decimal(0)


def time_of(*texts: str) -> datetime | None:
    """The first of these that is a time."""
    for text in texts:
        if text:
            try:
                return moment(text)
            except BadSignature:
                continue
    return None


def day_of(text: str) -> date | None:
    """A day; ``None`` where it is none."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def echo_of(node: Node) -> dict[str, object]:
    """What has to be found again in whatever we tell about it: ``extendProps`` and ``remark``."""
    kept: dict[str, object] = {}
    if props := node.props():
        kept["extendProps"] = props
    if remark := node.text("remark"):
        kept["remark"] = remark[:500]
    return kept
