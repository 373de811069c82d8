"""Which orders a wave releases now: through the service, the API and the command line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.accounts import api_client
from tests.factories.outbound import World, world
from typer.testing import CliRunner

from hecang.cli import wave as cli
from hecang.cli.main import build
from hecang.kernel.clock import now
from hecang.outbound.errors import WaveEmpty
from hecang.outbound.models import Fulfilment, Wave
from hecang.outbound.planning.choosing import RELEASING, Verdict
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.services.wave import WaveDraft, wave_create, wave_plan
from hecang_optim.batching import selection

pytestmark = pytest.mark.django_db

#: Nobody has time for anything that can wait.
BUSY = {"choose": True, "pickers": 1, "next_wave_minutes": 1}


@pytest.fixture
def shop() -> World:
    return world(goods={"milk": 500, "bread": 500, "soap": 500})


def due(shop: World, hours: list[float | None], **fields: object) -> list[Fulfilment]:
    """Ready fulfilments of one piece of milk each, due in so many hours."""
    made = [shop.fulfilment(order) for order in shop.orders([{"milk": 1}] * len(hours))]
    for one, after in zip(made, hours, strict=True):
        ship_by = None if after is None else now() + timedelta(hours=after)
        Fulfilment.objects.filter(pk=one.pk).update(ship_by=ship_by, **fields)
    return made


def plan(shop: World, **criteria: object) -> WaveDraft:
    return wave_plan(warehouse_id=shop.warehouse.pk, criteria=WaveCriteria(**criteria))  # type: ignore[arg-type]


def reasons(draft: WaveDraft, made: list[Fulfilment]) -> list[Verdict]:
    assert draft.choice is not None
    return [draft.choice.verdicts[one.pk].reason for one in made]


def test_the_reasons_are_those_of_the_algorithm() -> None:
    assert [reason.value for reason in Verdict] == [reason.value for reason in selection.Reason]
    assert {reason.value for reason in RELEASING} == {reason.value for reason in selection.RELEASED}


def test_what_is_due_goes_first_and_the_rest_waits_for_hands(shop: World) -> None:
    # Given one order that must leave within the hour, and more than one picker can do in ten minutes
    made = due(shop, [20.0] * 40 + [0.6])

    draft = plan(shop, choose=True, pickers=1, next_wave_minutes=10)

    assert draft.choice is not None
    found = reasons(draft, made)
    assert found[-1] is Verdict.DUE_NOW
    assert found.count(Verdict.NO_CAPACITY) > 10
    assert set(draft.orders) == {key for key, verdict in draft.choice.verdicts.items() if verdict.released}
    assert made[-1].pk in draft.orders
    assert sum(len(batch.order_ids) for batch in draft.plan.batches) == len(draft.orders)
    assert draft.choice.released_s <= draft.choice.capacity_s + 60


def test_work_on_the_floor_is_counted(shop: World) -> None:
    due(shop, [20.0] * 20)
    free = plan(shop, choose=True, pickers=1).choice
    shop.released(max_orders=10)

    loaded = plan(shop, choose=True, pickers=1).choice

    assert free is not None
    assert loaded is not None
    assert (free.floor.load_s, free.capacity_s) == (0, 3600)
    assert loaded.floor.load_s >= 10 * 15
    assert loaded.capacity_s == 3600 - loaded.floor.load_s
    assert plan(shop, choose=True).choice.floor.pickers == 1  # type: ignore[union-attr]


def test_urgent_orders_and_limits(shop: World) -> None:
    made = due(shop, [None, None, None])
    Fulfilment.objects.filter(pk=made[2].pk).update(priority=5)

    draft = plan(shop, choose=True, max_orders=1)

    assert list(draft.orders) == [made[2].pk]
    assert reasons(draft, made)[2] is Verdict.PRIORITY
    assert not RELEASING & set(reasons(draft, made)[:2])


def test_a_choice_of_nothing_explains_itself_and_is_no_wave(shop: World) -> None:
    due(shop, [20.0] * 5)
    shop.released(max_orders=4)

    draft = plan(shop, **BUSY)

    assert draft.choice is not None
    assert (draft.plan.batches, sum(draft.choice.counts().values())) == ((), 1)
    assert not RELEASING & draft.choice.counts().keys()
    with pytest.raises(WaveEmpty):
        wave_create(draft=draft)


def test_the_chosen_ones_become_a_wave_that_remembers_how(shop: World) -> None:
    due(shop, [0.6, 0.6])

    wave_id = wave_create(draft=plan(shop, choose=True, pickers=2, next_wave_minutes=30))

    criteria = Wave.objects.get(id=wave_id).criteria
    assert criteria == {"choose": True, "pickers": 2, "next_wave_minutes": 30}
    assert WaveCriteria.from_json(criteria).choose


def test_the_api_tells_the_choice_and_the_reason_of_each_order(shop: World) -> None:
    made = due(shop, [20.0, 0.6])
    client = api_client(roles=["warehouse_manager"], warehouse_ids=[shop.warehouse.pk])

    answer = client.post("/waves/plan", {"warehouse_id": shop.warehouse.pk, "criteria": {**BUSY}}).json()

    choice = answer["choice"]
    assert (choice["pickers"], choice["next_wave_s"], choice["load_s"]) == (1, 60, 0)
    assert choice["released_count"] + choice["kept_count"] == 2
    assert sum(one["count"] for one in choice["reasons"]) == 2
    assert [order["number"] for order in choice["orders"]] == [made[1].number, made[0].number]
    assert all(
        {"reason", "slack_s", "walk_now_s", "walk_later_s"} <= order.keys() for order in choice["orders"]
    )
    assert answer["fulfilment_count"] == choice["released_count"]
    assert client.post("/waves/plan", {"warehouse_id": shop.warehouse.pk}).json()["choice"] is None


def test_the_command_line_prints_the_reasons(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "django_ready", lambda: None)
    due(shop, [20.0, 0.6])

    done = CliRunner().invoke(
        build(), ["wave", "plan", "-w", shop.warehouse.code, "--choose", "--pickers", "2"]
    )

    assert done.exit_code == 0, done.output
    assert "2 pickers, 60 minutes until the next wave" in done.output
    assert "released" in done.output
    assert Wave.objects.count() == 0


def test_the_number_of_statements_does_not_depend_on_the_number_of_orders(shop: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        due(shop, [20.0] * 15)
        plan(shop, choose=True)  # what is kept for later is kept
        with CaptureQueriesContext(connection) as queries:
            plan(shop, choose=True)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12
