"""Which service a parcel takes, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import accounts, facility, shipping

from hecang.facility.models import Warehouse
from hecang.kernel.errors import InvalidInput
from hecang.shipping.models import CarrierService, LaneMeasure
from hecang.shipping.services import Choice, ChoiceAsk, ParcelSpec, choice_words, services_choose_many
from hecang.shipping.services.policies import service_policy_delete, service_policy_save

pytestmark = pytest.mark.django_db

LEAVES = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture
def warehouse() -> Warehouse:
    return facility.warehouse(aisles=0)


@pytest.fixture
def services() -> dict[str, CarrierService]:
    """Slow and cheap, middling, fast and dear."""
    return {
        "SLOW": shipping.service("SLOW", rate=("5.00", "1.00"), lead_days=5),
        "MID": shipping.service("MID", rate=("8.00", "1.00"), lead_days=3),
        "FAST": shipping.service("FAST", rate=("20.00", "5.00"), lead_days=1),
    }


def choose(warehouse: Warehouse, *, days: int | None = None, **fields: object) -> Choice:
    ask = ChoiceAsk(
        parcel=ParcelSpec(warehouse.pk, "310115", 1000),
        leaves_at=LEAVES,
        promised_at=None if days is None else LEAVES + timedelta(days=days),
        **fields,  # type: ignore[arg-type]
    )
    return services_choose_many(asks=[ask])[0]


def code(choice: Choice) -> str:
    return choice.chosen.quote.service_code if choice.chosen else ""


def test_the_cheapest_that_keeps_the_promise(
    warehouse: Warehouse, services: dict[str, CarrierService]
) -> None:
    assert code(choose(warehouse)) == "SLOW"
    in_time = choose(warehouse, days=3)
    assert (code(in_time), choice_words(in_time)) == (
        "MID", "The cheapest that keeps the promise; 1 cheaper would be late.",
    )  # fmt: skip
    assert [offer.quote.service_code for offer in in_time.ranked] == ["MID", "FAST", "SLOW"]


def test_where_none_keeps_it_the_fastest(warehouse: Warehouse, services: dict[str, CarrierService]) -> None:
    late = choose(warehouse, days=0)

    assert (code(late), choice_words(late)) == ("FAST", "None keeps the promise: the fastest, with 24 hours.")


def test_a_wish_is_taken_where_it_can_be(warehouse: Warehouse, services: dict[str, CarrierService]) -> None:
    wished = choose(warehouse, days=3, wish_id=services["SLOW"].pk)
    assert (code(wished), wished.why, wished.detail) == ("SLOW", "wish", {"keeps": False})

    services["SLOW"].max_weight_g = 500
    services["SLOW"].save()
    assert code(choose(warehouse, days=3, wish_id=services["SLOW"].pk)) == "MID"


def test_policies_of_shop_owner_and_all_others(
    warehouse: Warehouse, services: dict[str, CarrierService]
) -> None:
    from tests.factories import partners

    owner = partners.owner()
    service_policy_save(rule="fastest_under", max_price=Decimal("10.00"))
    service_policy_save(rule="preferred", shop_id=7, preferred=["FAST", "MID"])
    service_policy_save(rule="weighted", owner_id=owner.pk, weight_price=10, weight_speed=90)

    assert code(choose(warehouse)) == "MID"
    assert choose(warehouse, shop_id=7).why == "preferred"
    assert code(choose(warehouse, shop_id=7, owner_id=owner.pk)) == "FAST"
    weighed = choose(warehouse, shop_id=8, owner_id=owner.pk)
    assert (code(weighed), weighed.why) == ("FAST", "weighted")
    assert list(weighed.scores) == sorted(weighed.scores)


def test_reliability_weighs(warehouse: Warehouse, services: dict[str, CarrierService]) -> None:
    service_policy_save(rule="weighted", weight_price=50, weight_speed=0, weight_reliability=50)
    assert code(choose(warehouse)) == "SLOW"
    LaneMeasure.objects.create(
        kind="lead", service=services["SLOW"], warehouse=warehouse, region_prefix="31", samples=90, p50_min=1, p80_min=1,
        p95_min=1, p99_min=1, shipped=100, promised=100, on_time=40, lost=5, measured_at=LEAVES,
    )  # fmt: skip

    choice = choose(warehouse)

    assert code(choice) == "MID"
    slow = next(offer for offer in choice.ranked if offer.quote.service_code == "SLOW")
    assert (slow.on_time, slow.trouble) == (0.4, 0.05)


def test_a_policy_goes_and_the_wider_one_holds(
    warehouse: Warehouse, services: dict[str, CarrierService]
) -> None:
    policy = service_policy_save(rule="preferred", preferred=["FAST"])
    assert code(choose(warehouse)) == "FAST"
    service_policy_delete(policy_id=policy)
    assert code(choose(warehouse)) == "SLOW"


def test_impossible_policies_are_refused() -> None:
    for fields in (
        {"rule": "fastest_under"},
        {"rule": "preferred", "preferred": ["NONE"]},
        {"rule": "weighted", "weight_price": 0, "weight_speed": 0, "weight_reliability": 0},
        {"rule": "preferred", "shop_id": 1, "owner_id": 1},
        {"rule": "preferred", "owner_id": 4711},
    ):
        with pytest.raises(InvalidInput):
            service_policy_save(**fields)  # type: ignore[arg-type]


def test_where_nothing_reaches_nothing_is_chosen(warehouse: Warehouse) -> None:
    nothing = choose(warehouse)

    assert (nothing.chosen, choice_words(nothing)) == (
        None, "No carrier service reaches this address with this weight.",
    )  # fmt: skip


def test_the_number_of_statements_does_not_grow(
    warehouse: Warehouse, services: dict[str, CarrierService]
) -> None:
    choose(warehouse)  # rates are read once and kept
    counts = []
    for size in (2, 50):
        asks = [ChoiceAsk(ParcelSpec(warehouse.pk, "310115", at + 1), LEAVES) for at in range(size)]
        with CaptureQueriesContext(connection) as queries:
            services_choose_many(asks=asks)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_policies_by_the_api(services: dict[str, CarrierService]) -> None:
    api = accounts.api_client(roles=["warehouse_manager"])

    refused = api.put("/service-policies", {"rule": "fastest_under"})
    saved = api.put("/service-policies", {"rule": "fastest_under", "max_price": "9.50"})
    api.put(
        "/track-policies",
        {"service_id": services["FAST"].pk, "stall_least_hours": 12, "stall_most_hours": 24},
    )
    wrong = api.put("/track-policies", {"stall_least_hours": 48, "stall_most_hours": 24})

    assert (refused.status_code, saved.status_code, wrong.status_code) == (422, 200, 422)
    [policy] = api.get("/service-policies").json()["policies"]
    assert (policy["rule"], policy["max_price"], policy["preferred"]) == ("fastest_under", "9.50", [])
    [bounds] = api.get("/track-policies").json()["policies"]
    assert (bounds["service_id"], bounds["stall_most_hours"]) == (services["FAST"].pk, 24)
