"""Where the replacement for missing goods goes in the walk."""

from __future__ import annotations

import pytest
from tests.factories.outbound import World, world

pytestmark = pytest.mark.django_db


def shelves(shop: World) -> list[str]:
    """Locations of the open tasks, in walking order."""
    return [task.from_location.code for task in shop.tasks()]


def test_a_replacement_ahead_of_the_picker_is_put_where_the_walk_passes_it() -> None:
    # Given milk in front, bread in the back, and more milk between them
    shop = world()
    shop.put("milk", 2, "A01-01-1")
    shop.put("bread", 5, "A01-09-1")
    shop.put("milk", 5, "A01-05-1")
    shop.order({"milk": 2, "bread": 1})
    shop.released()
    assert shelves(shop) == ["A01-01-1", "A01-09-1"]

    shop.pick(shop.tasks()[0], 2, "short")

    assert shelves(shop) == ["A01-05-1", "A01-09-1"]
    assert [task.sequence for task in shop.tasks()] == [2, 3]
    shop.verify()


def test_a_replacement_behind_the_picker_is_fetched_on_the_way_back() -> None:
    # Given bread in front, milk in the middle, soap in the back, and more milk in front
    shop = world()
    shop.put("bread", 5, "A01-01-1")
    shop.put("milk", 2, "A01-05-1")
    shop.put("soap", 5, "A01-09-1")
    shop.put("milk", 5, "A01-03-1")
    shop.order({"milk": 2, "bread": 1, "soap": 1})
    shop.released()
    assert shelves(shop) == ["A01-01-1", "A01-05-1", "A01-09-1"]
    shop.pick(shop.tasks()[0])

    shop.pick(shop.tasks()[0], 2, "short")

    assert shelves(shop) == ["A01-09-1", "A01-03-1"]
    shop.verify()


def test_everything_missing_cancels_the_fulfilment_and_ends_the_batch() -> None:
    shop = world(goods={"milk": 2})
    order = shop.order({"milk": 2})
    shop.released()
    [task] = shop.tasks()

    done = shop.pick(task, 0, "short")

    assert done.batch_state == "cancelled"
    assert shop.fulfilment(order).state == "cancelled"
    assert shop.line(order, "milk") == {"backordered": 2}
    assert shop.stock("milk", "A01-01-1", condition="quarantine") == (2, 0)
    shop.verify()
