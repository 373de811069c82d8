"""What buyers do on their page: wish, change the address, cancel. Each only as far as it is still possible."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import acting
from hecang.kernel.db import fetch_one, transactional
from hecang.orders.services import order_cancel, order_change
from hecang.portal.errors import LinkLocked, TooLate
from hecang.portal.models import DeliveryWish
from hecang.portal.selectors.page import order_page
from hecang.portal.services.links import Held, phone_prove
from hecang.tickets.services import ticket_open
from hecang.tickets.services.talking import ticket_comment

#: So often a buyer may ask for help before the shop has settled it.
MOST_CALLS: Final = 20
#: Fields of a recipient that a buyer may change.
CHANGEABLE: Final = frozenset({"name", "region_code", "address"})


def address_change(*, held: Held, tail: str, recipient: dict[str, str]) -> None:
    """Send the order elsewhere, where no parcel of it is packed yet. Locks as ``order_change`` does.

    :param recipient: any of :data:`CHANGEABLE`; the phone stays, since it is what proves the buyer.
    :raises NotYou, LinkLocked: see :func:`phone_prove`.
    :raises TooLate: not possible any more, or not on this page.
    :raises OrderRejected: naming what is wrong with the new address.
    """
    phone_prove(held=held, tail=tail)
    _require(order_page(held.order_id).address)
    given = {name: text for name, text in recipient.items() if name in CHANGEABLE and text}
    with acting(held.actor):
        order_change(order_id=held.order_id, recipient=given)


def cancel(*, held: Held, tail: str, reason: str) -> str:
    """Cancel the order where the warehouse has not begun; ``cancelled``, or ``requested`` where it has to answer.

    :raises NotYou, LinkLocked: see :func:`phone_prove`.
    :raises TooLate: the parcel is being packed or on its way, or it is done elsewhere.
    """
    phone_prove(held=held, tail=tail)
    _require(order_page(held.order_id).cancel)
    with acting(held.actor):
        return order_cancel(order_id=held.order_id, reason=reason).code or "cancelled"


def help_ask(*, held: Held, tail: str, text: str) -> int:
    """Ask the shop for help: a ticket for customer service. Asking again adds to the open one; its id.

    :raises NotYou, LinkLocked: see :func:`phone_prove`.
    :raises LinkLocked: asked :data:`MOST_CALLS` times already.
    """
    phone_prove(held=held, tail=tail)
    with acting(held.actor):
        return _ticket(held, text)


@transactional
def _ticket(held: Held, text: str) -> int:
    page = order_page(held.order_id)
    ticket_id = ticket_open(
        kind="buyer_request",
        subject=page.number,
        links=[("sales_order", held.order_id, page.number)],
        key=f"portal:{held.order_id}",
        shop_id=held.shop_id,
    )
    times = fetch_one("SELECT occurrences FROM ticket WHERE id = %s", [ticket_id])
    if times is not None and times[0] > MOST_CALLS:
        raise LinkLocked(_("You have asked often already. The shop will see to it."))
    # What a buyer writes calls nobody by name.
    ticket_comment(ticket_id=ticket_id, body=text.strip().replace("@", "＠") or page.number)
    return ticket_id


@transactional
def wish_save(*, held: Held, code: str, note: str) -> None:
    """Note how the buyer would like to get the parcel; the last word counts.

    :raises TooLate: the parcels are gone, or the shop takes no wishes.
    """
    if not order_page(held.order_id).wishes:
        raise TooLate(_("The parcel is on its way already; tell the carrier what you would like."))
    now = clock.now()
    DeliveryWish.objects.update_or_create(
        order_id=held.order_id,
        defaults={"code": DeliveryWish.Code(code).value, "note": note.strip(), "at": now},
    )
    with acting(held.actor):
        audit_record(
            action="portal.wish.saved",
            entity_kind="sales_order",
            entity_id=held.order_id,
            after={"code": code},
        )


def _require(obstacle: str) -> None:
    if obstacle == "elsewhere":
        raise TooLate(
            _("This cannot be done on this page. Ask the shop or use the platform where you bought it.")
        )
    if obstacle == "merged":
        raise TooLate(_("This order travels together with another one. Ask the shop to change it."))
    if obstacle == "ended":
        raise TooLate(_("The order has ended already."))
    if obstacle:
        raise TooLate(
            _("The parcel is packed or on its way: it is too late to change that. Ask the shop for help.")
        )
