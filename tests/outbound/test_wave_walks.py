"""The walks of a release: laid ahead, and laid again only where allocation came out otherwise."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.factories.outbound import World, world

from hecang.outbound.models import Batch, Wave
from hecang.outbound.planning.geometry import Geometry, Walk
from hecang.outbound.planning.registry import wave_planner
from hecang.outbound.planning.seed import SeedWavePlanner
from hecang.outbound.services import wave_release, wave_walks
from hecang.outbound.services.wave_walks import walks_ahead


class Counting:
    """A planner that counts the walks it lays."""

    def __init__(self) -> None:
        self.laid: list[list[int]] = []

    def walk(self, geometry: Geometry, positions: list[int]) -> Walk:
        self.laid.append(list(positions))
        return wave_planner().walk(geometry, positions)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    planner = Counting()
    monkeypatch.setattr(wave_walks, "wave_planner", lambda: planner)
    return planner


@pytest.fixture
def shop() -> World:
    return world(goods={"milk": 20, "bread": 20})


@pytest.mark.django_db
def test_walks_are_laid_before_anything_is_locked(shop: World, counting: Counting) -> None:
    shop.orders([{"milk": 1, "bread": 1}] * 3)
    wave_id = shop.planned()

    ahead = walks_ahead(wave_id)
    assert len(counting.laid) == 1
    wave_release._released(wave_id, ahead)

    assert len(counting.laid) == 1  # inside the transaction nothing was left to do
    batch = Batch.objects.get()
    assert 0 < batch.walk_mm <= batch.s_shape_mm <= batch.single_walk_mm
    wave = Wave.objects.get()
    assert (wave.walk_mm, wave.s_shape_mm) == (batch.walk_mm, batch.s_shape_mm)


@pytest.mark.django_db
def test_a_batch_whose_goods_went_elsewhere_meanwhile_is_laid_again(shop: World, counting: Counting) -> None:
    # Given milk in a second place, and a wave that takes what the other wave was planned on
    shop.put("milk", 30, "A02-05-1")
    shop.orders([{"milk": 20}])
    first = shop.planned()
    ahead = walks_ahead(first)
    shop.orders([{"milk": 20}])
    shop.released()
    counting.laid.clear()

    wave_release._released(first, ahead)

    assert len(counting.laid) == 1
    assert [task.from_location.code for task in shop.tasks(batch=Batch.objects.get(wave_id=first))] == [
        "A02-05-1"
    ]
    shop.verify()


@pytest.mark.django_db
def test_a_wave_that_is_released_or_unknown_has_no_walks_ahead(shop: World) -> None:
    shop.order({"milk": 1})
    wave_id = shop.planned()
    wave_release.wave_release(wave_id=wave_id)

    assert walks_ahead(wave_id) is None
    assert walks_ahead(0) is None


def test_the_planner_in_force_is_the_optimised_one_unless_another_is_named(settings) -> None:  # type: ignore[no-untyped-def]
    assert type(wave_planner()).__name__ == "OptimisedWavePlanner"
    settings.STRATEGIES = {"outbound.wave_planner": "seed_s_shape"}
    assert type(wave_planner()) is SeedWavePlanner
    settings.STRATEGIES = {"outbound.wave_planner": "hecang.outbound.planning.seed.SeedWavePlanner"}
    assert type(wave_planner()) is SeedWavePlanner


def test_starting_up_loads_no_compiler() -> None:
    code = (
        "import django, sys; django.setup()\n"
        "from hecang.config import urls\n"
        "from hecang.outbound.planning.registry import wave_planner\n"
        "wave_planner()\n"
        "print(sorted({'numba', 'hecang_optim', 'scipy'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "[]", done.stderr
