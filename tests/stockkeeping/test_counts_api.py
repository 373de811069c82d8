"""The operations of counting as the desk and programs call them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import accounts
from tests.factories.counting import Floor, floor

from hecang.kernel import clock
from hecang.stockkeeping.models import Count, CountLine
from hecang.stockkeeping.services.counts import (
    CountIn,
    PlaceRead,
    Scope,
    Tally,
    count_create,
    count_post,
    count_post_now,
    count_release,
    counts_post_run,
    counts_post_waiting,
    places_count,
)

pytestmark = pytest.mark.django_db


def client_of(*roles: str) -> accounts.ApiClient:
    return accounts.ApiClient(accounts.key_make(accounts.user_make(roles=roles)))


@pytest.fixture
def manager() -> accounts.ApiClient:
    return client_of("warehouse_manager")


def released(shop: Floor, manager: accounts.ApiClient, **more: Any) -> Count:
    made = manager.post("/stock-counts", {"warehouse_id": shop.warehouse.pk, "kind": "full", **more})
    assert made.status_code == 201, made.content
    assert manager.post(f"/stock-counts/{made.json()['id']}/release").status_code == 200
    return Count.objects.get(pk=made.json()["id"])


def test_a_count_goes_from_draft_to_closed_by_the_api_alone(manager: accounts.ApiClient) -> None:
    shop = floor({"milk": 10}, bays=1, max_rounds=1, auto_post=False)
    scope = {"location_kinds": ["pick_face"]}
    preview = manager.post(
        "/stock-counts/preview", {"warehouse_id": shop.warehouse.pk, "kind": "full", "scope": scope}
    )
    assert preview.json() == {"places": 2, "by_zone": {"A": 2}, "stretches": 1}
    count = released(shop, manager, scope=scope)
    places = manager.get(f"/stock-count-places?count={count.pk}").json()["items"]

    answer = manager.post(
        f"/stock-counts/{count.pk}/readings",
        {
            "reads": [
                {"place_id": places[0]["id"], "tallies": [{"sku_id": shop.sku("milk").pk, "quantity": 8}]},
                {"place_id": places[1]["id"]},
            ]
        },
    )
    assert [one["state"] for one in answer.json()["results"]] == ["done", "done"]
    assert manager.get(f"/stock-counts/{count.pk}").json()["state"] == "counted"
    assert manager.post(f"/stock-counts/{count.pk}/post").json() == {"places": 1}
    assert counts_post_waiting()
    counts_post_run()

    detail = manager.get(f"/stock-counts/{count.pk}").json()
    assert (detail["state"], detail["post_state"], detail["post_done"]) == ("closed", "", 1)
    assert [event["action"].rsplit(".", 1)[1] for event in detail["events"]][:2] == ["created", "released"]
    assert shop.book("milk") == 8
    [line] = manager.get(f"/stock-count-lines?count={count.pk}&differs=true").json()["items"]
    story = manager.get(f"/stock-count-lines/{line['id']}").json()
    assert [(one["counted"], one["book"]) for one in story["readings"]] == [(8, 10)]
    assert [one["reason"] for one in story["since"]] == ["count"]
    shop.verify()


def test_whoever_counts_learns_nothing_of_the_books_of_a_blind_count(manager: accounts.ApiClient) -> None:
    shop = floor({"milk": 10})
    count = released(shop, manager)
    shop.read(count, "A01-01-1", {"milk": 7})
    operator = client_of("operator")

    [line] = operator.get(f"/stock-count-lines?count={count.pk}").json()["items"]
    assert (line["counted"], line["book"], line["difference"], line["value_difference"]) == (
        7,
        None,
        None,
        None,
    )
    story = operator.get(f"/stock-count-lines/{line['id']}").json()
    assert (story["readings"][0]["book"], story["since"]) == (None, [])
    shown = operator.get(f"/stock-counts/{count.pk}").json()
    assert (shown["value_difference"], shown["line_states"]) == (None, [])
    assert manager.get(f"/stock-count-lines?count={count.pk}").json()["items"][0]["book"] == 10


def test_an_operator_may_count_but_neither_approve_nor_post(manager: accounts.ApiClient) -> None:
    shop = floor({"milk": 10})
    count = released(shop, manager)
    operator = client_of("operator")

    for path in ("post", "cancel", "release"):
        assert operator.post(f"/stock-counts/{count.pk}/{path}", {}).status_code == 403
    assert operator.post("/stock-count-lines/approve", {"ids": [1]}).status_code == 403
    assert (
        operator.post("/stock-counts", {"warehouse_id": shop.warehouse.pk, "kind": "full"}).status_code == 403
    )


def test_lines_are_decided_one_by_one_with_a_report(manager: accounts.ApiClient) -> None:
    shop = floor({"milk": 100}, approve_units=20)
    count = released(shop, manager)
    shop.read(count, "A01-01-1", {"milk": 60})
    shop.read(count, "A01-01-1", {"milk": 60}, by="ben")
    line = shop.line(count, "milk")

    answer = manager.post("/stock-count-lines/approve", {"ids": [line.pk, 10**9]}).json()["results"]
    assert [(one["id"], one["ok"]) for one in answer] == [(line.pk, True), (10**9, False)]
    again = manager.post("/stock-count-lines/approve", {"ids": [line.pk]}).json()["results"]
    assert (again[0]["ok"], again[0]["code"]) == (False, "state_conflict")


def test_a_recount_that_is_asked_for_opens_the_place_again(manager: accounts.ApiClient) -> None:
    shop = floor({"milk": 100}, approve_units=20)
    count = released(shop, manager)
    shop.read(count, "A01-01-1", {"milk": 60})
    shop.read(count, "A01-01-1", {"milk": 60}, by="ben")
    line = shop.line(count, "milk")

    assert manager.post("/stock-count-lines/recount", {"ids": [line.pk]}).json()["results"][0]["ok"]

    place = shop.place(count, "A01-01-1")
    assert (place.state, place.round) == ("open", 3)
    shop.read(count, "A01-01-1", {"milk": 100}, by="carl")
    assert shop.line(count, "milk").state == "matched"
    shop.verify()


def test_dismissing_needs_a_reason_and_leaves_the_books(manager: accounts.ApiClient) -> None:
    shop = floor({"milk": 100}, approve_units=20)
    count = released(shop, manager, scope={"location_ids": [shop.at("A01-01-1").pk]})
    shop.read(count, "A01-01-1", {"milk": 60})
    shop.read(count, "A01-01-1", {"milk": 60}, by="ben")
    line = shop.line(count, "milk")

    assert manager.post("/stock-count-lines/dismiss", {"ids": [line.pk]}).status_code == 422
    assert manager.post("/stock-count-lines/dismiss", {"ids": [line.pk], "note": "box found"}).json()[
        "results"
    ][0]["ok"]

    count.refresh_from_db()
    assert (count.state, shop.book("milk")) == ("closed", 100)


def test_calling_a_count_off_ends_its_tasks_and_lines(manager: accounts.ApiClient) -> None:
    shop = floor({"milk": 10})
    count = released(shop, manager)
    shop.read(count, "A01-01-1", {"milk": 7})

    assert manager.post(f"/stock-counts/{count.pk}/cancel", {"note": "fire drill"}).status_code == 204

    count.refresh_from_db()
    assert count.state == "cancelled"
    assert set(CountLine.objects.values_list("state", flat=True)) == {"dismissed"}
    # The places can be counted anew.
    assert released(shop, manager).place_count == count.place_count


def test_rules_and_programmes_are_set_and_read(manager: accounts.ApiClient) -> None:
    shop = floor()
    path = f"/count-policies/{shop.warehouse.pk}"
    rules = manager.get(path).json()
    rules["tolerances"][0] |= {"percent": "2.50", "units": 1, "value": "50.00", "cycle_days": 14}
    assert manager.put(path, rules).json()["tolerances"][0]["cycle_days"] == 14
    given = {
        "warehouse_id": shop.warehouse.pk, "name": "Daily", "kind": "risk", "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "places_per_day": 5,
    }  # fmt: skip
    made = manager.post("/count-programmes", given).json()["id"]
    assert manager.put(f"/count-programmes/{made}", {**given, "is_active": False}).status_code == 200
    [row] = manager.get(f"/count-programmes?warehouse={shop.warehouse.pk}").json()["items"]
    assert (row["name"], row["is_active"]) == ("Daily", False)
    assert manager.delete(f"/count-programmes/{made}").status_code == 204


def test_accuracy_by_places_units_and_value_with_an_estimate_from_fair_places(
    manager: accounts.ApiClient,
) -> None:
    shop = floor({"milk": 10}, max_rounds=1)
    shop.put("bread", 30, "A01-02-1")
    count = released(shop, manager, scope={"location_ids": [shop.at(c).pk for c in ("A01-01-1", "A01-02-1")]})
    shop.read(count, "A01-01-1", {"milk": 6})
    shop.read(count, "A01-02-1", {"bread": 30})
    today = clock.today()

    report = manager.get(
        f"/count-accuracy?since={today - timedelta(days=1)}&until={today + timedelta(days=1)}&by=zone"
    ).json()

    assert (report["total"]["by_places"], report["total"]["by_units"]) == (0.5, 0.9)
    assert (report["total"]["fair"], report["total"]["estimate"]) == (2, 0.5)
    [zone] = report["items"]
    assert (zone["label"], zone["places"], zone["right"]) == ("A", 2, 1)


def test_somebody_elses_warehouse_is_unknown(manager: accounts.ApiClient) -> None:
    shop, other = floor({"milk": 10}), floor({"milk": 10})
    count = released(shop, manager)
    user = accounts.user_make(roles=["warehouse_manager"], warehouse_ids=[other.warehouse.pk])
    outsider = accounts.ApiClient(accounts.key_make(user))

    assert outsider.get(f"/stock-counts/{count.pk}").status_code == 404
    assert outsider.post(f"/stock-counts/{count.pk}/cancel", {}).status_code == 404
    assert outsider.get("/stock-counts").json()["items"] == []


@pytest.mark.parametrize("what", ["read", "post", "release"])
def test_the_number_of_statements_does_not_grow_with_the_number_of_places(what: str) -> None:
    def statements(places: int) -> int:
        shop = floor(aisles=2, bays=places // 2, max_rounds=1, auto_post=False)
        codes = [f"A{aisle:02}-{bay:02}-1" for aisle in (1, 2) for bay in range(1, places // 2 + 1)]
        for code in codes:
            shop.put("milk", 10, code)
        scope = Scope(location_kinds=("pick_face",))
        made = count_create(count=CountIn(shop.warehouse.pk, "full", scope))
        if what != "release":
            count_release(count_id=made)
        count = Count.objects.get(pk=made)
        reads = [
            PlaceRead(place.pk, (Tally(shop.sku("milk").pk, 9),))
            for place in count.places.order_by("sequence")
        ]
        if what == "release":
            with CaptureQueriesContext(connection) as seen:
                count_release(count_id=count.pk)
        elif what == "read":
            with CaptureQueriesContext(connection) as seen:
                places_count(count_id=count.pk, reads=reads)
        else:
            places_count(count_id=count.pk, reads=reads)
            count_post(count_id=count.pk)
            with CaptureQueriesContext(connection) as seen:
                count_post_now(count_id=count.pk)
        return len(seen)

    assert statements(10) == statements(100)
