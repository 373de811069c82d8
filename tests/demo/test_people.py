"""Households as customers, stores as shops, the year moved to ours."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hecang.demo import people, sites
from hecang.demo.calendar import ZONE, Calendar
from hecang.demo.chance import draw, one_in, share, weighted
from hecang.demo.source import BUSIEST_DAY, FIRST_DAY

#: A wall-clock time, without a zone.
wall = datetime.fromisoformat

DISTRICTS = ["310115", "310117", "440106", "510107", "330106", "540102"]


def test_the_same_household_is_always_the_same_person() -> None:
    first = people.people(range(1, 500), DISTRICTS)
    again = people.people([77], list(reversed(DISTRICTS)))

    assert first[77] == again[77]


def test_people_are_plausible_and_do_not_exist() -> None:
    found = list(people.people(range(1, 2501), DISTRICTS).values())

    assert len({one.code for one in found}) == 2500
    assert len({one.phone for one in found}) == 2500
    assert all(one.phone.startswith("1990000") and len(one.phone) == 11 for one in found)
    assert all(2 <= len(one.name) <= 3 for one in found)
    assert all(one.region_code in DISTRICTS for one in found)
    assert 20 <= sum(not one.address for one in found) <= 70
    assert 15 <= sum(one.is_blocked for one in found) <= 55
    assert all("路 " in one.address or "大道 " in one.address for one in found if one.address)


def test_provinces_by_their_weight() -> None:
    where = Counter(one.region_code[:2] for one in people.people(range(1, 2501), DISTRICTS).values())

    assert where["44"] > where["31"] > where["51"] > where["54"] > 0


def test_every_store_belongs_to_a_known_shop() -> None:
    codes = {shop.code for shop in people.shops()}
    found = Counter(people.shop_of(store) for store in range(1, 34_000, 75))

    assert set(found) == codes
    assert found["TM-FLAG"] > found["WEB-GIFT"]
    assert {shop.channel for shop in people.shops()} == set(people.CHANNELS)
    assert any(not shop.allow_partial for shop in people.shops())


def test_the_busiest_day_is_today_and_nothing_lies_in_the_future() -> None:
    calendar = Calendar(datetime(2026, 3, 5, 6, 0, tzinfo=UTC))  # 14:00 in Shanghai

    assert calendar.today == date(2026, 3, 5)
    assert calendar.day(BUSIEST_DAY) == date(2026, 3, 5)
    assert calendar.moment(wall("2017-12-23")) == datetime(2026, 3, 5, tzinfo=ZONE)
    assert calendar.moment(wall("2017-12-23 12:00")) == datetime(2026, 3, 5, 7, tzinfo=ZONE)
    assert calendar.moment(wall("2017-12-22 12:00")) == datetime(2026, 3, 4, 12, tzinfo=ZONE)
    assert calendar.evening(date(2017, 12, 22)) == datetime(2026, 3, 4, 20, tzinfo=ZONE)
    assert calendar.evening(BUSIEST_DAY) == calendar.started


@given(
    started=st.datetimes(wall("2020-01-01"), wall("2035-01-01"), timezones=st.just(UTC)),
    seconds=st.lists(st.integers(0, 357 * 86_400 - 1), min_size=2, max_size=2),
)
def test_moved_moments_keep_their_order_and_their_past(started: datetime, seconds: list[int]) -> None:
    calendar = Calendar(started)
    midnight = datetime.combine(FIRST_DAY, datetime.min.time())

    first, second = (calendar.moment(midnight + timedelta(seconds=one)) for one in sorted(seconds))

    assert first <= second <= started


@given(st.text(), st.integers())
def test_chance_depends_on_nothing_but_its_key(what: str, key: int) -> None:
    assert draw(what, key) == draw(what, key)
    assert 0 <= share(what, key) < 1
    assert weighted(what, key, [("a", 1), ("b", 3)]) in {"a", "b"}


def test_one_in_a_hundred_is_about_that() -> None:
    assert 70 <= sum(one_in(100, "test", key) for key in range(10_000)) <= 130


def test_every_province_can_be_reached_from_every_warehouse() -> None:
    km = dict.fromkeys(("110000", "310000", "440000", "510000", "540000", "650000"), 800.0)

    for site in sites.SITES:
        reached = {prefix for plan in sites.SERVICES for prefix, _first, _step in sites.rates(site, plan, km)}
        assert reached == {"11", "31", "44", "51", "54", "65"}


def test_bands_grow_with_distance() -> None:
    assert sites.band("310117", "310000", 30) == 0
    assert sites.band("310117", "330000", 180) == 1
    assert sites.band("310117", "110000", 1060) == 2
    assert sites.band("310117", "440000", 1200) == 3
    assert sites.band("310117", "540000", 2900) == 4
