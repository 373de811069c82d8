"""``hecang wave`` on a small warehouse."""

from __future__ import annotations

import pytest
from tests.factories.outbound import world
from typer.testing import CliRunner

from hecang.cli import wave
from hecang.cli.main import build
from hecang.outbound.models import Wave

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wave, "django_ready", lambda: None)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(), ["wave", *arguments])
    return done.exit_code, done.output


def test_a_wave_is_planned_saved_released_and_cancelled() -> None:
    shop = world(goods={"milk": 10})
    shop.orders([{"milk": 2}, {"milk": 1}])

    code, _ = run("plan", "--warehouse", shop.warehouse.code)
    assert (code, Wave.objects.count()) == (0, 0)

    assert run("plan", "-w", shop.warehouse.code, "--save")[0] == 0
    number = Wave.objects.get().number
    assert run("release", number)[0] == 0
    assert Wave.objects.get().state == "released"
    assert run("cancel", number)[0] == 0
    assert Wave.objects.get().state == "cancelled"
    assert run("plan", "-w", shop.warehouse.code, "--release")[0] == 0
    assert len(shop.tasks()) == 2


def test_what_cannot_be_done_exits_with_one() -> None:
    shop = world()

    assert run("plan", "--warehouse", "NOWHERE")[0] == 1
    assert run("plan", "--warehouse", shop.warehouse.code)[0] == 1
    assert run("release", "WV0")[0] == 1
