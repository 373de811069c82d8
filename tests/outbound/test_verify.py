"""What verify finds where states do not follow from what they are made of."""

from __future__ import annotations

import pytest
from tests.factories.outbound import World, world

from hecang.inventory.verify import inventory_verify
from hecang.outbound.models import Batch, Wave

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> World:
    return world(goods={"milk": 10})


def found() -> list[tuple[str, int, str]]:
    """(entity, id, state) that the check of states finds."""
    (check,) = [one for one in inventory_verify().checks if one.name == "outbound.states"]
    return [(row["entity"], row["id"], row["state"]) for row in check.samples]


def test_a_wave_that_is_still_released_when_all_its_batches_have_ended_is_found(shop: World) -> None:
    shop.orders([{"milk": 2}])
    shop.released()
    wave = Wave.objects.get()
    assert (wave.state, found()) == ("released", [])
    shop.pick_all()
    assert (Wave.objects.get().state, found()) == ("done", [])

    Wave.objects.update(state="released")

    assert set(Batch.objects.values_list("state", flat=True)) == {"picked"}
    assert found() == [("wave", wave.pk, "released")]


def test_a_wave_that_is_done_while_a_batch_is_walked_is_found(shop: World) -> None:
    shop.orders([{"milk": 2}])
    shop.released()

    Wave.objects.update(state="done")

    assert [one[0] for one in found()] == ["wave"]
