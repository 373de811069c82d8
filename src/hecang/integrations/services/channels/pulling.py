"""Asking platforms what has changed: by modified time, in windows, page by page, from where it was left."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from hecang.integrations.channels.base import Page, Window
from hecang.integrations.models import Connection, PullCursor
from hecang.integrations.services.channels.cursors import cursors_ensure
from hecang.integrations.services.channels.files import file_take
from hecang.integrations.services.channels.intake import Applied, orders_apply
from hecang.integrations.services.channels.requests import wishes_apply
from hecang.integrations.services.channels.rules import rules_of
from hecang.integrations.services.channels.sending import (
    CALLABLE,
    RUN_SECONDS,
    active_connection,
    each_connection,
)
from hecang.integrations.services.leases import Lease, LeaseLost, leased
from hecang.integrations.services.links import Calls, calls_open, failure_note, ok_note
from hecang.kernel import clock
from hecang.kernel.connectors import OutsideError
from hecang.kernel.db import fetch
from hecang.kernel.stopping import stopping

Stream = PullCursor.Stream
#: Pages of one run; then others get their turn.
MOST_PAGES = 200

_DUE = f"""
SELECT DISTINCT c.id FROM connection c
WHERE {CALLABLE} AND EXISTS (SELECT FROM pull_cursor p WHERE p.connection_id = c.id AND p.next_at <= %s)
"""  # noqa: S608 - constants


def pulls_wait() -> bool:
    now = clock.now()
    return bool(fetch(f"{_DUE} LIMIT 1", [now, now]))


def pull_all() -> int:
    """Pull every connection that is due, several at a time; how many."""
    now = clock.now()
    return each_connection(_DUE, [now, now], lambda key: connection_pull(connection_id=key))


def connection_pull(*, connection_id: int) -> Applied:
    """Pull all streams of one connection up to now; what became of its orders.

    Another worker at the same connection comes back at once with nothing. Progress is kept page by page:
    whoever is killed leaves the window and the page behind from which the next one goes on.
    """
    connection = active_connection(connection_id)
    total = Applied()
    if connection is None:
        return total
    cursors_ensure(connection)
    with leased(connection_id, "pull") as lease:
        if lease is None:
            return total
        try:
            until = time.monotonic() + RUN_SECONDS
            with calls_open(connection) as calls:
                for cursor in PullCursor.objects.filter(connection=connection).order_by("stream"):
                    total += _Stream(connection, calls, cursor, lease, until).run()
        except LeaseLost:  # somebody else goes on from the same page
            return total
        except OutsideError as error:
            failure_note(connection, error)
        except Exception as error:
            failure_note(connection, error)
            raise
        else:
            ok_note(connection)
    return total


class _Stream:
    """One stream of one connection at work."""

    def __init__(
        self, connection: Connection, calls: Calls, cursor: PullCursor, lease: Lease, until: float
    ) -> None:
        self.connection = connection
        self.calls = calls
        self.cursor = cursor
        self.lease = lease
        self.until = until
        self.limits = calls.connector.limits
        #: As far as this run goes. Time does not stand still meanwhile: without an end of its own a run would ask
        #: for the moments that its last question took, over and over.
        self.end = clock.now() - self.limits.delay

    def run(self) -> Applied:
        total = Applied()
        for number in range(MOST_PAGES):
            if stopping.is_set() or (number and time.monotonic() > self.until):
                return total
            window = self._window()
            if window is None:
                self._rest()
                return total
            self.lease.keep()
            page = self.calls.make(lambda connector, at=window: self._ask(connector, at))  # type: ignore[misc]
            total += self._take(page)
            self._advance(window, page.cursor)
        return total

    def _ask(self, connector: Any, window: Window) -> Page[Any]:
        at = self.cursor.page_cursor or None
        if self.cursor.stream == Stream.ORDERS:
            page: Page[Any] = connector.pull_orders(window, at)
        else:
            page = connector.pull_refunds(window, at)
        return page

    def _take(self, page: Page[Any]) -> Applied:
        if page.file is not None:
            return file_take(calls=self.calls, lease=self.lease, file=page.file, orders=page.items)
        if self.cursor.stream == Stream.ORDERS:
            return orders_apply(connection=self.connection, orders=page.items)
        wishes_apply(connection=self.connection, wishes=page.items)
        return Applied()

    def _window(self) -> Window | None:
        """The window that is being worked on, or the next one; ``None`` where nothing is left for now."""
        cursor = self.cursor
        if cursor.window_since is not None and cursor.window_until is not None:
            return Window(cursor.window_since, cursor.window_until)
        since = cursor.high_water - self.limits.overlap
        until = min(self.end, since + self.limits.window)
        if until <= cursor.high_water:
            return None
        if not self._move(window_since=since, window_until=until, page_cursor=""):
            return self._window()
        return Window(since, until)

    def _advance(self, window: Window, page_cursor: str | None) -> None:
        cursor = self.cursor
        if page_cursor is not None:
            self._move(page_cursor=page_cursor)
        else:
            high_water = max(window.until, cursor.high_water)
            self._move(high_water=high_water, window_since=None, window_until=None, page_cursor="")

    def _move(self, **values: Any) -> bool:
        """Write how far it is, unless a person has sent the cursor elsewhere meanwhile: then go on from there."""
        cursor = self.cursor
        known = ("high_water", "window_since", "window_until", "page_cursor")
        there = PullCursor.objects.filter(pk=cursor.pk)
        for name in known:
            value = getattr(cursor, name)
            there = there.filter(**({f"{name}__isnull": True} if value is None else {name: value}))
        if not there.update(**values):
            cursor.refresh_from_db()
            return False
        for name, value in values.items():
            setattr(cursor, name, value)
        return True

    def _rest(self) -> None:
        """Everything is here: come again after the interval of the shop."""
        now = clock.now()
        self._move(ok_at=now, next_at=now + timedelta(seconds=rules_of(self.connection).pull_seconds))


def lag_of(cursor: PullCursor, now: datetime) -> float:
    """Seconds between now and what has been pulled."""
    return max((now - cursor.high_water).total_seconds(), 0.0)
