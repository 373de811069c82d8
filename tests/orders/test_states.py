"""The table of states, and the state that quantities mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import orders

from hecang.kernel.db import fetch
from hecang.orders import services, states
from hecang.orders.models import OrderState

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "orders.md"


def test_every_state_is_in_the_table_and_can_end() -> None:
    steps = states.ORDER_TRANSITIONS
    assert {step.source for step in steps} | {step.target for step in steps} == set(OrderState.values)
    reached = set(states.FINAL)
    for _ in OrderState.values:
        reached |= {step.source for step in steps if step.target in reached}
    assert reached == set(OrderState.values)
    assert not [step for step in steps if step.source in states.FINAL]
    assert set(OrderState.values) == states.OPEN | states.CLOSED
    assert {states.MERGED} == states.CLOSED - states.FINAL


def test_every_step_is_taken_by_a_service_that_exists() -> None:
    assert not [step.by for step in states.ORDER_TRANSITIONS if not hasattr(services, step.by)]


def test_docs_draw_the_table() -> None:
    assert f"```mermaid\n{states.mermaid()}\n```" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "target", "answer"),
    [("pending", "approved", True), ("shipped", "cancelled", False), ("approved", "approved", True)],
)
def test_allowed(source: str, target: str, answer: bool) -> None:
    assert states.allowed(source, target) is answer


small = st.integers(0, 3)


@pytest.mark.django_db
@given(st.sampled_from(sorted(states.OPEN)), small, small, small, small)
def test_sql_and_python_derive_the_same(
    state: str, reserved: int, backordered: int, allocated: int, shipped: int
) -> None:
    [(derived,)] = fetch(
        f"SELECT {states.DERIVED_STATE} FROM (SELECT %s::text AS state) o, (SELECT %s::int AS reserved,"
        " %s::int AS backordered, %s::int AS allocated, %s::int AS shipped) t",
        [state, reserved, backordered, allocated, shipped],
    )
    waiting = reserved + backordered
    assert derived == states.derived_state(state, waiting=waiting, allocated=allocated, shipped=shipped)


@given(st.sampled_from(sorted(states.OPEN)), small, small)
def test_an_open_order_with_open_units_never_ends(state: str, waiting: int, allocated: int) -> None:
    if waiting + allocated:
        assert states.derived_state(state, waiting=waiting, allocated=allocated, shipped=1) in states.OPEN


def test_factory_world_is_lawful_without_orders(db: None) -> None:
    orders.world()
    orders.assert_lawful()
