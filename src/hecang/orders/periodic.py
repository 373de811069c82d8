"""What orders do from time to time."""

from __future__ import annotations

from contextlib import suppress

from hecang.kernel.errors import Conflict
from hecang.kernel.periodic import periodic
from hecang.kernel.pumps import pump
from hecang.orders.services.address_tickets import address_tickets_sync
from hecang.orders.services.backorders import backorders_fill
from hecang.orders.services.book import book_resource, resource_due
from hecang.orders.services.dry_runs import dry_runs_waiting, dry_runs_work
from hecang.orders.services.merging_auto import orders_merge_everywhere
from hecang.orders.services.presales import presales_release_due
from hecang.orders.services.substituting import substitutes_apply
from hecang.orders.services.wishes import wishes_fulfil


@periodic("orders.backorders_fill", "*/15 * * * *")
def fill() -> None:
    """Give what is free to whoever waits for it: a net under the events that do so at once."""
    backorders_fill()


@periodic("orders.book_resource", "* * * * *")
def resource() -> None:
    """Source the open book again, as often as the installation wants it."""
    if resource_due():
        with suppress(Conflict):  # somebody has just begun it by hand
            book_resource()


@periodic("orders.presales_release", "*/5 * * * *")
def presales() -> None:
    """Let pre-sales whose day has come take stock."""
    presales_release_due()


@periodic("orders.wishes", "*/5 * * * *")
def wishes() -> None:
    """Split and merge as rules wish it: a net under what happens at approval, and for companions that come later."""
    wishes_fulfil()


@periodic("orders.merge", "*/5 * * * *")
def merge() -> None:
    """Bring together what shops want to travel as one: a net under what happens at approval."""
    orders_merge_everywhere()


@periodic("orders.substitute", "*/10 * * * *")
def substitute() -> None:
    """Replace what is short where shops want that by itself."""
    substitutes_apply()


@periodic("orders.address_tickets", "* * * * *")
def address_tickets() -> None:
    """Open and settle tickets about incomplete addresses, in shops that want them."""
    address_tickets_sync()


@pump("orders.dry_runs", waiting=dry_runs_waiting)
def dry_runs() -> None:
    """Try draft rules on many orders."""
    dry_runs_work()
