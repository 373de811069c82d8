"""Work that waits in tables of an app's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hecang.kernel import pumps


@pytest.fixture
def basket() -> Iterator[list[int]]:
    """A pump that empties a basket, declared for this test only."""
    things: list[int] = []
    before = pumps.declared()
    pumps.pump("toy.empty", waiting=lambda: bool(things))(things.clear)
    yield things
    pumps._declared.clear()
    pumps._declared.update(before)


@pytest.mark.django_db
def test_runs_while_something_waits(basket: list[int]) -> None:
    assert "toy.empty" not in pumps.pumps_waiting()
    basket.append(1)
    assert "toy.empty" in pumps.pumps_waiting()
    pumps.pump_run("toy.empty")
    assert basket == []
    assert "toy.empty" not in pumps.pumps_waiting()


def test_one_that_is_gone_does_nothing() -> None:
    pumps.pump_run("toy.never_declared")


def test_a_pump_whose_question_fails_keeps_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise KeyError("connector")

    monkeypatch.setattr(pumps, "_declared", {})
    pumps.pump("a.broken", waiting=broken)(lambda: None)
    pumps.pump("b.works", waiting=lambda: True)(lambda: None)

    assert pumps.pumps_waiting() == ["b.works"]
