"""Which places a count looks at: by class, by risk, by lot, on event, by programme; and what the model learns."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.factories.counting import floor

from hecang.kernel import clock
from hecang.stockkeeping.errors_counts import CountEmpty
from hecang.stockkeeping.models import Count, CountModel, CountPlace, LocationRisk
from hecang.stockkeeping.services.counts import (
    ProgrammeIn,
    Suspicion,
    Tolerance,
    count_programme_save,
    counts_on_event,
    programmes_run,
)
from hecang.stockkeeping.services.counts.risk import warehouse_score, warehouse_train
from hecang.work.models import Task

pytestmark = pytest.mark.django_db

FACES = {"location_kinds": ("pick_face",)}


def codes(count: Count) -> list[str]:
    return list(
        CountPlace.objects.filter(count=count).order_by("sequence").values_list("location__code", flat=True)
    )


def test_places_are_walked_up_one_aisle_and_down_the_next_in_tasks_of_one_aisle() -> None:
    shop = floor(aisles=2, bays=2, stretch_size=3)
    count = shop.count(**FACES)

    walked = codes(count)
    assert [code[:3] for code in walked] == ["A01"] * 4 + ["A02"] * 4
    assert walked[0] < walked[3]
    assert walked[4] > walked[7]
    assert [task.quantity for task in Task.objects.filter(subject_kind="count_stretch").order_by("id")] == [
        3,
        1,
        3,
        1,
    ]


def test_the_cycle_takes_what_its_class_has_due_most_overdue_first() -> None:
    rules = {"A": Tolerance(cycle_days=10), "C": Tolerance(cycle_days=100)}
    shop = floor(bays=2, max_rounds=1, tolerances=rules)
    shop.sku("fast", abc_class="A")
    shop.put("fast", 5, "A01-01-1")
    shop.put("slow", 5, "A01-02-1")
    first = shop.count(include_empty=False, **FACES)
    shop.read(first, "A01-01-1", {"fast": 5})
    shop.read(first, "A01-02-1", {"slow": 5})

    with clock.shifted(timedelta(days=20)):
        cycle = shop.count("cycle", include_empty=False, **FACES)
        assert codes(cycle) == ["A01-01-1"]
        with pytest.raises(CountEmpty):
            shop.count("cycle", include_empty=False, **FACES)


def test_a_place_is_in_one_standing_count_only() -> None:
    shop = floor(bays=1)
    assert len(codes(shop.count(**FACES))) == 2
    with pytest.raises(CountEmpty):
        shop.count(**FACES)


def test_a_sample_is_as_large_as_confidence_and_precision_ask_for() -> None:
    shop = floor(aisles=4, bays=25)
    count = shop.count("sample", confidence=0.9, precision=0.1, **FACES)

    # 68 of an endless number; of 200 places 51.
    assert count.place_count == 51
    assert set(CountPlace.objects.filter(count=count).values_list("chosen", flat=True)) == {"draw"}


def test_events_of_a_day_share_a_count_and_are_not_counted_twice() -> None:
    shop = floor(bays=3)
    at = [Suspicion(shop.warehouse.pk, shop.at(code).pk, "short_pick") for code in ("A01-01-1", "A01-02-1")]

    assert counts_on_event(suspicions=at[:1]) == counts_on_event(suspicions=at[1:])
    assert counts_on_event(suspicions=at) == []

    count = Count.objects.get()
    assert (count.place_count, count.reason) == (2, "short_pick")
    assert Task.objects.filter(subject_kind="count_stretch", priority=60).count() == 2


def test_the_same_place_doubted_again_later_gets_a_new_count() -> None:
    shop = floor({"milk": 5}, bays=1)
    doubt = [Suspicion(shop.warehouse.pk, shop.at("A01-01-1").pk, "suspicion")]
    [first] = counts_on_event(suspicions=doubt)
    shop.read(Count.objects.get(pk=first), "A01-01-1", {"milk": 5})

    [second] = counts_on_event(suspicions=doubt)
    assert second != first


def test_a_programme_makes_one_count_a_day_when_its_hour_has_come() -> None:
    shop = floor(bays=3)
    given = ProgrammeIn(
        shop.warehouse.pk, "Daily", "cycle", places_per_day=4, weekdays=(1, 2, 3, 4, 5), at_hour=6
    )
    count_programme_save(programme=given)
    local = ZoneInfo("Asia/Shanghai")

    with clock.at(datetime(2026, 3, 2, 5, 59, tzinfo=local)):
        assert programmes_run() == 0
    with clock.at(datetime(2026, 3, 2, 6, 15, tzinfo=local)):
        assert (programmes_run(), programmes_run()) == (1, 0)
    with clock.at(datetime(2026, 3, 7, 9, 0, tzinfo=local)):
        assert programmes_run() == 0  # a Saturday
    count = Count.objects.get()
    assert (count.place_count, count.day.isoformat(), count.state) == (4, "2026-03-02", "open")


def test_without_history_a_rule_orders_places_and_touched_ones_come_first() -> None:
    shop = floor(bays=3)
    shop.put("milk", 50, "A01-01-1")
    for _time in range(6):
        shop.move("milk", 1, "A01-01-1", "A01-02-1")

    warehouse_train(warehouse_id=shop.warehouse.pk)
    assert warehouse_score(warehouse_id=shop.warehouse.pk) >= 6

    assert CountModel.objects.get().kind == "prior"
    first = list(LocationRisk.objects.order_by("-risk").values_list("location__code", flat=True)[:2])
    assert set(first) == {"A01-01-1", "A01-02-1"}
    count = shop.count("risk", limit=2, explore_percent=50, **FACES)
    assert sorted(CountPlace.objects.filter(count=count).values_list("chosen", flat=True)) == [
        "explore",
        "risk",
    ]


def test_a_model_of_its_own_is_learned_from_what_was_counted_and_measured_on_the_newest() -> None:
    # Given four hundred counted places, where those with many movements were wrong more often
    shop = floor(aisles=4, bays=50)
    count = shop.count(**FACES)
    places = list(CountPlace.objects.filter(count=count).order_by("id"))
    now = clock.now()
    for number, place in enumerate(places):
        touched = number % 4 == 0
        place.features = [1.0, 3.0 if touched else 0.5, *[0.0] * 11]
        place.state, place.is_wrong = "done", touched and number % 3 != 0
        place.done_at, place.abc_class = now - timedelta(hours=len(places) - number), "C"
    CountPlace.objects.bulk_update(places, ["features", "state", "is_wrong", "done_at", "abc_class"])

    assert warehouse_train(warehouse_id=shop.warehouse.pk)

    model = CountModel.objects.get()
    assert (model.kind, model.places) == ("logistic", len(places))
    assert model.figures["risk"]["auc"] > 0.85
    assert model.figures["random"]["auc"] == pytest.approx(0.5)
    assert model.figures["weights"]["moves_since_count"] > 0.5
