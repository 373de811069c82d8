"""Where the supply side of the demo keeps its place: steps that were done, the clock they were done at, the goods."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from hecang.accounts.models import AuditEntry, User
from hecang.accounts.selectors import actor_of_user
from hecang.accounts.services.audit import audit_record
from hecang.demo.calendar import ZONE, Calendar
from hecang.demo.sites import OWNER_CODE
from hecang.kernel import clock
from hecang.kernel.actor import acting
from hecang.kernel.db import fetch, run_in_transaction
from hecang.partners.selectors import owners_by_code

#: What a step leaves in the audit log, in its own transaction.
STEP = "demo.step"
_SCANS = uuid.UUID("0b8a5b0e-7a43-5d5c-8f2e-5d3c9d1f7a20")

# Goods that lie in the first warehouse in numbers, that no customer waits for (what comes in of them is nobody's yet),
# the most of each temperature first; with what customers paid for them.
_GOODS = """
SELECT * FROM (
    SELECT k.id, k.code, k.name, k.temperature, k.is_lot_tracked, coalesce(k.shelf_life_days, 0),
        coalesce(c.quantity, 1), (a.sellable - a.reserved)::bigint,
        coalesce((SELECT round(avg(l.unit_price), 2) FROM sales_order_line l WHERE l.sku_id = k.id AND l.unit_price > 0), 9.90),
        row_number() OVER (PARTITION BY k.temperature ORDER BY a.sellable - a.reserved DESC, k.code) AS place
    FROM availability a JOIN sku k ON k.id = a.sku_id
    LEFT JOIN packaging c ON c.sku_id = k.id AND c.level = 'case'
    WHERE a.warehouse_id = %s AND a.owner_id = %s AND a.sellable - a.reserved >= 2 AND k.weight_g < 5000
        AND NOT EXISTS (SELECT 1 FROM sales_order_line l WHERE l.sku_id = k.id AND l.backordered > 0)
) g WHERE g.place <= CASE g.temperature WHEN 'ambient' THEN 90 ELSE 20 END
ORDER BY g.temperature, g.place
"""


@dataclass(frozen=True, slots=True)
class Goods:
    """A product that the supply side works with.

    :param case: units in a case; 1 where there is none.
    :param free: units in the first warehouse that nobody has been promised, when the goods were chosen.
    :param sold_at: what customers paid on average, a unit.
    """

    id: int
    code: str
    name: str
    temperature: str
    is_lot: bool
    shelf_days: int
    case: int
    free: int
    sold_at: Decimal

    @property
    def cost(self) -> Decimal:
        """What its supplier asks for a unit."""
        return max(Decimal("0.20"), (self.sold_at * Decimal("0.62")).quantize(Decimal("0.01")))


@dataclass
class House:
    """The company as its people find it.

    :param sites: ids of the warehouses by code; the first one is where most of it happens.
    """

    calendar: Calendar
    sites: dict[str, int]
    _done: dict[str, Any] = field(default_factory=dict)
    _users: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        marks = AuditEntry.objects.filter(action=STEP).order_by("id").values_list("after", flat=True)
        self._done = {mark["step"]: mark["answer"] for mark in marks if mark}

    # ---------------------------------------------------------------- steps

    def once(self, key: str, work: Callable[..., Any], /, **given: Any) -> Any:
        """Do ``work(**given)`` if it has not been done yet, in one transaction with its mark; what it answered then.

        Of the answer is kept what JSON can carry; of a row or record its id.
        """
        if key not in self._done:

            def step() -> Any:
                answer = _plain(work(**given))
                audit_record(
                    action=STEP, entity_kind="demo", entity_id=0, after={"step": key, "answer": answer}
                )
                return answer

            self._done[key] = run_in_transaction(step)
        return self._done[key]

    def known(self, key: str) -> Any:
        """What a step answered that was done before."""
        return self._done[key]

    def scan(self, *parts: object) -> uuid.UUID:
        """The id of a scan, made of what it is about."""
        return uuid.uuid5(_SCANS, ":".join(str(part) for part in parts))

    # ---------------------------------------------------------------- who and when

    @contextmanager
    def by(self, username: str, at: datetime | None = None) -> Iterator[None]:
        """Act as a user of the demo, at a moment; by default now."""
        user = self.user(username)
        with acting(actor_of_user(user), request_id="demo-supply"):
            if at is None:
                yield
            else:
                with clock.at(at):
                    yield

    def user(self, username: str) -> User:
        if username not in self._users:
            self._users[username] = User.objects.get(username=username)
        return self._users[username]

    def ago(self, minutes: float) -> datetime:
        """So long before the demo was first run; negative: after that."""
        return self.calendar.started - timedelta(minutes=minutes)

    def on(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A wall-clock time so many days from day zero (negative: before)."""
        return datetime.combine(self.day(days), time(hour, minute), ZONE)

    def day(self, days: int = 0) -> date:
        return self.calendar.today + timedelta(days=days)

    # ---------------------------------------------------------------- what there is

    @property
    def main(self) -> int:
        """Id of the first warehouse."""
        return next(iter(self.sites.values()))

    @cached_property
    def owner(self) -> int:
        return owners_by_code([OWNER_CODE])[OWNER_CODE].id

    @cached_property
    def goods(self) -> list[Goods]:
        """The goods that it is all about; chosen once, since stock changes with every step."""
        rows = self.once(
            "goods",
            lambda: [[*row[:8], str(row[8])] for row in fetch(_GOODS, [self.main, self.owner])],
        )
        return [Goods(*[*row[:8], Decimal(row[8])]) for row in rows]

    def some(self, temperature: str, count: int, start: int = 0) -> list[Goods]:
        """``count`` goods of a temperature from the ``start``-th on, going round; of any where there are none of it."""
        pool = [one for one in self.goods if one.temperature == temperature] or self.goods
        return [pool[index % len(pool)] for index in range(start, start + min(count, len(pool)))]

    @cached_property
    def docks(self) -> dict[int, list[int]]:
        """Warehouse id → its dock places, by code."""
        rows = fetch(
            "SELECT warehouse_id, id FROM location WHERE kind = 'dock' AND warehouse_id = ANY(%s::bigint[]) AND is_active"
            " ORDER BY warehouse_id, code",
            [list(self.sites.values())],
        )
        found: dict[int, list[int]] = {}
        for warehouse_id, location_id in rows:
            found.setdefault(warehouse_id, []).append(location_id)
        return found


def _plain(answer: Any) -> Any:
    if answer is None or isinstance(answer, (bool, int, str)):
        return answer
    if isinstance(answer, list):
        return [one if isinstance(one, list) else _plain(one) for one in answer]
    for name in ("id", "task_id", "job_id"):
        if isinstance(key := getattr(answer, name, None), int):
            return key
    return None


def shares(total: int, parts: Sequence[Goods]) -> list[tuple[Goods, int]]:
    """Units of each, whole cases, worth about ``total`` yuan together."""
    each = Decimal(total) / max(1, len(parts))
    return [(one, max(1, round(each / one.cost / one.case)) * one.case) for one in parts]
