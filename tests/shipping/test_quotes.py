"""What a parcel costs, and who takes it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import facility, shipping

from hecang.kernel.errors import InvalidInput
from hecang.shipping.services import ParcelSpec, rates_quote, service_choose_many
from hecang.shipping.services.quoting import RateTable, RateTerms, ServiceTerms

SHANGHAI, HARBIN, LHASA = "310115", "230102", "540102"


@pytest.mark.django_db
class TestRules:
    def test_first_weight_then_every_step_begun(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        shipping.service("STD", rate=("12.00", "2.50"))

        prices = [
            rates_quote(parcels=[ParcelSpec(warehouse.pk, SHANGHAI, grams)])[0][0].price
            for grams in (0, 1, 1000, 1001, 2000, 2001)
        ]

        assert prices == [Decimal(price) for price in ("12.00", "12.00", "12.00", "14.50", "14.50", "17.00")]

    def test_longest_prefix_wins_and_then_the_warehouse_s_own_rule(self) -> None:
        here, elsewhere = facility.warehouse(aisles=0), facility.warehouse(aisles=0)
        service = shipping.service("STD", rate=("20.00", "5.00"))
        shipping.rate_rule(service, "31", first="8.00")
        shipping.rate_rule(service, "31", warehouse=here, first="6.00")
        shipping.rate_rule(service, "", warehouse=elsewhere, first="18.00")

        quotes = rates_quote(
            parcels=[
                ParcelSpec(here.pk, SHANGHAI, 500),
                ParcelSpec(elsewhere.pk, SHANGHAI, 500),
                ParcelSpec(here.pk, LHASA, 500),
                ParcelSpec(elsewhere.pk, LHASA, 500),
                ParcelSpec(here.pk, "", 500),
            ]
        )

        assert [one[0].price for one in quotes] == [
            Decimal(price) for price in ("6.00", "8.00", "20.00", "18.00", "20.00")
        ]

    def test_bulky_parcels_are_charged_by_volume(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        shipping.service("BY-SIZE", volumetric_divisor=6000)
        shipping.service("BY-WEIGHT", volumetric_divisor=0)

        # 60 × 40 × 40 cm = 96,000 cm³ = 16 kg at 6000 cm³ per kg
        quotes = rates_quote(parcels=[ParcelSpec(warehouse.pk, SHANGHAI, 2000, 600 * 400 * 400)])[0]

        assert {quote.service_code: (quote.charged_weight_g, quote.price) for quote in quotes} == {
            "BY-WEIGHT": (2000, Decimal("12.00")),
            "BY-SIZE": (16_000, Decimal("40.00")),
        }

    def test_no_quote_where_a_service_does_not_reach_or_may_not_carry(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        local = shipping.service("LOCAL", rate=None)
        shipping.rate_rule(local, "31")
        shipping.service("LIGHT", max_weight_g=3000)
        shipping.service("OFF", is_active=False)

        quotes = rates_quote(
            parcels=[ParcelSpec(warehouse.pk, HARBIN, 3000), ParcelSpec(warehouse.pk, HARBIN, 3001)]
        )

        assert [[quote.service_code for quote in one] for one in quotes] == [["LIGHT"], []]

    def test_impossible_parcels_are_named(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            rates_quote(parcels=[ParcelSpec(1, "", 1), ParcelSpec(1, "", -1)])

        assert [problem.loc for problem in caught.value.problems] == ["parcels.1"]

    def test_queries_do_not_grow_with_parcels(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        shipping.service("STD")
        counts = []
        for size in (10, 100):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                rates_quote(parcels=[ParcelSpec(warehouse.pk, SHANGHAI, 100 * n) for n in range(size)])
            counts.append(len(queries))

        assert counts == [3, 3]


@pytest.mark.django_db
class TestChoice:
    def test_cheapest_then_priority_then_speed(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        shipping.service("DEAR", rate=("20.00", "1.00"), lead_days=1)
        shipping.service("SLOW", rate=("9.00", "3.00"), priority=50, lead_days=5)
        shipping.service("FAST", rate=("9.00", "3.00"), priority=50, lead_days=2)
        shipping.service("LATER", rate=("9.00", "3.00"), priority=90, lead_days=1)

        light, heavy = service_choose_many(
            parcels=[ParcelSpec(warehouse.pk, SHANGHAI, 1000), ParcelSpec(warehouse.pk, SHANGHAI, 20_000)]
        )

        assert light is not None
        assert heavy is not None
        assert (light.service_code, heavy.service_code) == ("FAST", "DEAR")

    def test_nobody_reaches(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        shipping.service("NONE", rate=None)

        assert service_choose_many(parcels=[ParcelSpec(warehouse.pk, SHANGHAI, 1000)]) == [None]

    def test_a_heavy_order_is_priced_as_several_parcels(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        shipping.service("STD", max_weight_g=10_000)
        parcel = ParcelSpec(warehouse.pk, SHANGHAI, 25_000)

        whole = service_choose_many(parcels=[parcel])
        split = service_choose_many(parcels=[parcel], allow_split=True)[0]

        assert whole == [None]
        assert split is not None
        # three parcels of 8,334 g: 10.00 + 8 × 2.00 each
        assert (split.parcel_count, split.price, split.charged_weight_g) == (3, Decimal("78.00"), 25_002)


MONEY = st.decimals(min_value=0, max_value=1000, places=2)
WEIGHTS = st.integers(min_value=0, max_value=100_000)


@given(
    weights=st.tuples(WEIGHTS, WEIGHTS),
    volume=st.integers(0, 10**9),
    divisor=st.sampled_from([0, 5000, 6000, 8000]),
    first=st.tuples(st.integers(1, 5000), MONEY),
    step=st.tuples(st.integers(1, 5000), MONEY),
)
def test_more_weight_never_costs_less(
    weights: tuple[int, int],
    volume: int,
    divisor: int,
    first: tuple[int, Decimal],
    step: tuple[int, Decimal],
) -> None:
    service = ServiceTerms(1, "S", 1, divisor, 100_000, 3, 100)
    table = RateTable([service], [RateTerms(1, 1, None, "", first[0], first[1], step[0], step[1], "CNY")])

    light, heavy = (table.quote(service, ParcelSpec(1, "310115", grams, volume)) for grams in sorted(weights))

    assert light is not None
    assert heavy is not None
    assert first[1] <= light.price <= heavy.price
    assert max(weights) <= heavy.charged_weight_g
    # One step more weight is exactly one step price more, once the first weight is used up.
    beyond = ParcelSpec(1, "310115", max(light.charged_weight_g, first[0]))
    plain = ServiceTerms(1, "S", 1, 0, 10**9, 3, 100)
    one = table.quote(plain, beyond)
    more = table.quote(plain, ParcelSpec(1, "310115", beyond.weight_g + step[0]))
    assert one is not None
    assert more is not None
    assert more.price - one.price == step[1]


@given(
    prefixes=st.sets(st.sampled_from(["", "3", "31", "3101", "310115", "44", "4401"]), min_size=1),
    region=st.sampled_from(["310115", "310101", "440106", "110101", ""]),
)
def test_the_rule_in_force_is_the_longest_prefix(prefixes: set[str], region: str) -> None:
    rates = [
        RateTerms(index, 1, None, prefix, 1, Decimal(0), 1, Decimal(0), "CNY")
        for index, prefix in enumerate(sorted(prefixes))
    ]
    table = RateTable([], rates)

    found = table.rate(1, 7, region)

    matching = [prefix for prefix in prefixes if region.startswith(prefix)]
    assert (found.region_prefix if found else None) == max(matching, key=len, default=None)
