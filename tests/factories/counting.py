"""A warehouse that is counted: shelves with goods by name, people, and counts of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.factories import accounts, catalog, facility, partners

from hecang.accounts.models import User
from hecang.accounts.roles import permissions_of
from hecang.catalog.models import Sku
from hecang.facility.models import Location, Warehouse
from hecang.inventory.models import Stock
from hecang.inventory.services import PostingIn, stock_post
from hecang.inventory.verify import inventory_verify
from hecang.kernel.actor import Actor, acting
from hecang.partners.models import Owner
from hecang.stockkeeping.models import Count, CountLine, CountPlace
from hecang.stockkeeping.services.counts import (
    CountIn,
    PlaceOutcome,
    PlaceRead,
    Policy,
    Scope,
    Tally,
    count_create,
    count_policy_save,
    count_post,
    count_post_now,
    count_release,
    places_count,
)


@dataclass
class Floor:
    """One warehouse, one owner, goods by name and people by name."""

    warehouse: Warehouse
    owner: Owner
    skus: dict[str, Sku] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def sku(self, name: str, **fields: Any) -> Sku:
        """The SKU of this name, made where it is missing."""
        if name not in self.skus:
            found = Sku.objects.filter(code=name).first()
            self.skus[name] = found or catalog.sku(name, **fields)
        return self.skus[name]

    def at(self, code: str) -> Location:
        return Location.objects.get(warehouse=self.warehouse, code=code)

    def put(self, name: str, units: int, code: str = "A01-01-1", **fields: Any) -> None:
        self.move(name, units, "V-SUPPLIER", code, reason="receipt", **fields)

    def move(
        self, name: str, units: int, source: str, target: str, *, reason: str = "move", **fields: Any
    ) -> None:
        """Goods go from one place to another through the ledger."""
        stock_post(
            entries=[
                PostingIn(
                    sku_id=self.sku(name).pk,
                    owner_id=self.owner.pk,
                    quantity=units,
                    from_location_id=self.at(source).pk,
                    to_location_id=self.at(target).pk,
                    reason=reason,
                    **fields,
                )
            ]
        )

    def book(self, name: str, code: str = "A01-01-1", **where: Any) -> int:
        """Units that the books have of something at a place."""
        rows = Stock.objects.filter(location=self.at(code), sku=self.sku(name), **where)
        return sum(row.quantity for row in rows)

    def rules(self, **values: Any) -> None:
        """How the warehouse counts; in tests nothing has to come to rest first, unless they say so."""
        count_policy_save(policy=Policy(self.warehouse.pk, **{"motion_seconds": 0, **values}))

    @contextmanager
    def by(self, name: str, *roles: str) -> Iterator[User]:
        """Act as somebody, made where they are missing."""
        user = self.people.get(name) or accounts.user_make(roles=roles or ("warehouse_manager",))
        self.people[name] = user
        actor = Actor(kind="user", name=name, user_id=user.pk, permissions=permissions_of(user.roles))
        with acting(actor):
            yield user

    def count(self, kind: str = "full", *, is_blind: bool = True, reason: str = "", **scope: Any) -> Count:
        """A count that is out on the floor."""
        made = count_create(
            count=CountIn(self.warehouse.pk, kind, Scope(**scope), is_blind=is_blind, reason=reason)
        )
        count_release(count_id=made)
        return Count.objects.get(pk=made)

    def place(self, count: Count, code: str) -> CountPlace:
        return CountPlace.objects.get(count=count, location__code=code)

    def read(
        self,
        count: Count,
        code: str,
        found: Mapping[str, int] | None = None,
        *,
        by: str = "anna",
        **fields: Any,
    ) -> PlaceOutcome:
        """Somebody has counted a place and found these goods by name."""
        tallies = tuple(Tally(self.sku(name).pk, units) for name, units in (found or {}).items())
        with self.by(by):
            return places_count(
                count_id=count.pk,
                reads=[PlaceRead(self.place(count, code).pk, **{"tallies": tallies, **fields})],
            )[0]

    def line(self, count: Count, name: str, code: str = "A01-01-1", **where: Any) -> CountLine:
        return CountLine.objects.get(count=count, location__code=code, sku=self.sku(name), **where)

    def post(self, count: Count) -> None:
        """Post what is accepted, here and now."""
        count_post(count_id=count.pk)
        count_post_now(count_id=count.pk)

    def verify(self) -> None:
        report = inventory_verify()
        assert report.differences == 0, report.as_dict()


def floor(goods: Mapping[str, int] | None = None, *, aisles: int = 1, bays: int = 3, **rules: Any) -> Floor:
    """A small warehouse with these goods at ``A01-01-1``."""
    made = Floor(facility.warehouse(aisles=aisles, bays=bays), partners.owner())
    made.rules(**rules)
    for name, units in (goods or {}).items():
        made.put(name, units)
    return made
