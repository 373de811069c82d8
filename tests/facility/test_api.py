"""Warehouses over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import facility
from tests.factories.accounts import api_client

from hecang.accounts.models import AuditEntry
from hecang.facility.models import Location, Warehouse, Zone
from hecang.facility.selectors import warehouse_candidates
from hecang.facility.services import warehouse_create

pytestmark = pytest.mark.django_db
JSON = "application/json"
LAYOUT = {
    "zones": [{"code": "A", "aisles": 2, "blocks": 1, "bays_per_block": 3, "levels": 2, "pick_levels": 1}]
}


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["code"] for row in answer.json()["items"]]


class TestWarehouses:
    def test_enter_lay_out_read_change(self) -> None:
        client = api_client()
        warehouse_id = client.post(
            "/warehouses", {"code": "SH", "name": "上海仓", "region_code": "310115", "cutoff_time": "16:00"}
        ).json()["id"]
        path = f"/warehouses/{warehouse_id}"

        made = client.post(f"{path}/layout", LAYOUT)
        assert made.status_code == 200
        assert made.json()["counts"]["pick_face"] == 12

        shown = client.get(path).json()
        assert shown["region"] == {"code": "310115", "name": "上海市浦东新区"}
        assert shown["location_counts"]["reserve"] == 12
        assert [zone["code"] for zone in shown["zones"]] == ["A", "DCK", "PCK", "SPC", "STG"]
        assert (
            client.patch(
                path, {"cutoff_time": None, "name": None, "latitude": 31.2, "longitude": 121.5}, JSON
            ).status_code
            == 204
        )
        shown = client.get(path).json()
        assert (shown["cutoff_time"], shown["name"], shown["latitude"]) == (None, "上海仓", 31.2)
        assert set(AuditEntry.objects.filter(entity_kind="warehouse").values_list("action", flat=True)) == {
            "warehouse.create", "warehouse.generate_layout", "warehouse.change",
        }  # fmt: skip

    def test_only_warehouses_in_scope(self) -> None:
        mine, other = facility.warehouse("MINE"), facility.warehouse("OTHER")
        client = api_client(warehouse_ids=[mine.pk])
        location = facility.location(other)

        assert codes(client.get("/warehouses")) == ["MINE"]
        assert set(codes(client.get("/zones"))) == {"A", "STG", "PCK", "DCK", "SPC"}
        assert {row["warehouse"]["code"] for row in client.get("/locations").json()["items"]} == {"MINE"}
        for answer in (
            client.get(f"/warehouses/{other.pk}"),
            client.patch(f"/warehouses/{other.pk}", {"name": "x"}, JSON),
            client.get(f"/warehouses/{other.pk}/map"),
            client.get(f"/warehouses/{other.pk}/walk"),
            client.post(f"/warehouses/{other.pk}/layout", LAYOUT),
            client.post(f"/warehouses/{other.pk}/renumber"),
            client.post(f"/warehouses/{other.pk}/locations", {"locations": [{"zone": "A", "code": "X"}]}),
            client.patch(f"/locations/{location.pk}", {"is_active": False}, JSON),
            client.post("/locations/bulk-change", {"ids": [location.pk], "is_active": False}),
            client.patch(f"/zones/{location.zone_id}", {"name": "x"}, JSON),
        ):
            assert answer.status_code == 404, answer.request

    @pytest.mark.parametrize(
        ("method", "path", "body", "status", "code"),
        [
            ("post", "/warehouses", {"code": "TAKEN", "name": "x"}, 409, "code_taken"),
            (
                "post",
                "/warehouses",
                {"code": "N", "name": "x", "region_code": "999999"},
                422,
                "invalid_input",
            ),
            ("post", "/warehouses", {"code": "N", "name": "x", "timezone": "Mars"}, 422, "invalid_input"),
            ("post", "/warehouses", {"code": "a b", "name": "x"}, 422, "invalid_input"),
            ("get", "/warehouses/9999999", None, 404, "not_found"),
            ("get", "/warehouses/9999999/map", None, 404, "not_found"),
            ("patch", "/warehouses/9999999", {"name": "x"}, 404, "not_found"),
            ("post", "/warehouses/9999999/layout", LAYOUT, 404, "not_found"),
            ("post", "/warehouses/9999999/renumber", {}, 404, "not_found"),
            (
                "post",
                "/warehouses/9999999/locations",
                {"locations": [{"zone": "A", "code": "X"}]},
                404,
                "not_found",
            ),
            ("patch", "/locations/9999999", {"is_active": True}, 404, "not_found"),
            ("patch", "/zones/9999999", {"name": "x"}, 404, "not_found"),
            ("get", "/locations?kind=magic", None, 422, "invalid_input"),
        ],
    )
    def test_bad_requests_are_told(self, method: str, path: str, body: Any, status: int, code: str) -> None:
        warehouse_create(code="TAKEN", name="x")

        answer = getattr(api_client(), method)(
            path, body, **({} if method == "get" else {"content_type": JSON})
        )

        assert (answer.status_code, answer.json()["code"]) == (status, code)

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("post", "/warehouses"), ("patch", "/warehouses/1"), ("post", "/warehouses/1/layout"),
            ("post", "/warehouses/1/locations"), ("patch", "/locations/1"), ("post", "/locations/bulk-change"),
            ("post", "/warehouses/1/renumber"), ("patch", "/zones/1"),
        ],
    )  # fmt: skip
    def test_an_operator_may_only_look(self, method: str, path: str) -> None:
        client = api_client(roles=["operator"])

        assert getattr(client, method)(path, {}, JSON).status_code == 403
        assert client.get("/locations").status_code == 200


class TestLayout:
    def test_a_dry_run_shows_the_plan_and_writes_nothing(self) -> None:
        warehouse_id = warehouse_create(code="SH", name="x")

        answer = api_client().post(f"/warehouses/{warehouse_id}/layout", {**LAYOUT, "dry_run": True}).json()

        assert answer["counts"]["pick_face"] == 12
        assert answer["map"]["locations"]["id"] == []
        assert len(answer["map"]["locations"]["code"]) == sum(answer["counts"].values())
        assert Zone.objects.filter(warehouse_id=warehouse_id).count() == 1

    def test_a_taken_zone_is_told(self) -> None:
        warehouse_id = warehouse_create(code="SH", name="x")
        client = api_client()
        client.post(f"/warehouses/{warehouse_id}/layout", LAYOUT)

        answer = client.post(f"/warehouses/{warehouse_id}/layout", LAYOUT)

        assert (answer.status_code, answer.json()["code"]) == (409, "layout_exists")
        assert (
            client.post(f"/warehouses/{warehouse_id}/layout", {**LAYOUT, "replace": True}).status_code == 200
        )

    def test_too_much_is_refused(self) -> None:
        warehouse_id = warehouse_create(code="SH", name="x")
        body = {"zones": [{"code": "A", "aisles": 500, "blocks": 50, "bays_per_block": 500}]}

        answer = api_client().post(f"/warehouses/{warehouse_id}/layout", body)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "too_many_locations"

    def test_the_map_is_columns_and_answers_304_while_it_stays(self) -> None:
        warehouse = facility.warehouse(aisles=2, bays=3)
        client = api_client()

        answer = client.get(f"/warehouses/{warehouse.pk}/map")

        plan = answer.json()
        assert len({len(column) for column in plan["locations"].values()}) == 1
        at = plan["locations"]["code"].index("A02-01-1")
        assert plan["kinds"][plan["locations"]["kind"][at]] == "pick_face"
        assert (plan["locations"]["x_mm"][at], plan["locations"]["y_mm"][at]) == (10_000 - 1750, 10_500)
        assert [(cross["x_from_mm"], cross["x_to_mm"], cross["y_mm"]) for cross in plan["cross_aisles"]] == [
            (5000, 10_000, 10_000),
            (5000, 10_000, 13_000),
        ]
        assert len(plan["aisles"]) == 2
        again = client.get(f"/warehouses/{warehouse.pk}/map", HTTP_IF_NONE_MATCH=answer["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        location = facility.location(warehouse)
        client.patch(f"/locations/{location.pk}", {"is_active": False}, JSON)
        changed = client.get(f"/warehouses/{warehouse.pk}/map", HTTP_IF_NONE_MATCH=answer["ETag"])
        assert changed.status_code == 200
        assert changed.json()["locations"]["is_active"].count(False) == 1

    def test_walks(self) -> None:
        warehouse = facility.warehouse(aisles=2, bays=3)
        client = api_client(roles=["operator"])

        walk = client.get(f"/warehouses/{warehouse.pk}/walk?stops=A01-01-1,a02-01-1").json()

        assert walk == {
            "length_mm": 500 + 5000 + 500,
            "path": [[5000, 10_500], [5000, 10_000], [10_000, 10_000], [10_000, 10_500]],
        }
        round_trip = client.get(
            f"/warehouses/{warehouse.pk}/walk?stops=A01-01-1&from_depot=true&to_depot=true"
        ).json()
        assert round_trip["path"][0] == round_trip["path"][-1] == [0, 4000]
        lost = client.get(f"/warehouses/{warehouse.pk}/walk?stops=A01-01-1,NOWHERE,V-CUSTOMER")
        assert (lost.status_code, [one["code"] for one in lost.json()["errors"]]) == (
            422,
            ["unknown_location"] * 2,
        )


class TestLocations:
    def test_filters(self) -> None:
        warehouse = facility.warehouse("WH", aisles=1, bays=2)
        facility.warehouse("OTHER", aisles=0)
        facility.location(warehouse, "A01-01-1")
        client = api_client()
        query = f"warehouse_id={warehouse.pk}"

        assert codes(client.get(f"/locations?{query}&q=a01")) == [
            "A01-01-1",
            "A01-02-1",
            "A01-03-1",
            "A01-04-1",
        ]
        assert codes(client.get(f"/locations?{query}&kind=dock,staging")) == ["DOCK-1", "STAGE-1"]
        assert codes(client.get(f"/locations?{query}&q=V-")) == []
        assert len(codes(client.get(f"/locations?{query}"))) == 11
        zone = Zone.objects.get(warehouse=warehouse, code="A")
        assert len(codes(client.get(f"/locations?zone_id={zone.pk}&sort=-pick_sequence"))) == 4
        assert codes(client.get(f"/locations?{query}&active=false")) == []
        assert codes(client.get(f"/zones?{query}&q=pck")) == ["PCK"]

    def test_enter_and_change(self) -> None:
        warehouse_id = warehouse_create(code="SH", name="x")
        client = api_client()
        body = {"locations": [
            {"zone": "B", "code": f"B1-{bay}", "aisle": 1, "side": "L", "bay": bay} for bay in (1, 2)
        ], "renumber": True}  # fmt: skip

        made = client.post(f"/warehouses/{warehouse_id}/locations", body).json()

        assert (made["created"], made["updated"], made["unchanged"]) == (2, 0, 0)
        assert client.post(f"/warehouses/{warehouse_id}/locations", body).json() == {
            "ids": made["ids"], "created": 0, "updated": 0, "unchanged": 2,
        }  # fmt: skip
        first, second = made["ids"]
        assert (
            client.patch(f"/locations/{first}", {"code": "B1-X", "max_weight_g": None}, JSON).status_code
            == 204
        )
        assert client.patch(f"/locations/{first}", {"code": "B1-2"}, JSON).json()["code"] == "code_taken"
        assert client.patch(f"/locations/{first}", {"kind": "customer"}, JSON).status_code == 422
        assert client.post("/locations/bulk-change", {"ids": [first, second], "is_active": False}).json() == {
            "changed": 2
        }
        assert list(Location.objects.filter(pk__in=made["ids"]).values_list("is_active", flat=True)) == [
            False,
            False,
        ]
        assert client.post(f"/warehouses/{warehouse_id}/renumber").json() == {"locations": 2}

    def test_zones_are_renamed(self) -> None:
        warehouse = facility.warehouse()
        zone = Zone.objects.get(warehouse=warehouse, code="A")

        assert (
            api_client()
            .patch(f"/zones/{zone.pk}", {"name": "冷库", "temperature": "chilled"}, JSON)
            .status_code
            == 204
        )

        zone.refresh_from_db()
        assert (zone.name, zone.temperature) == ("冷库", "chilled")

    def test_queries_do_not_grow_with_rows(self) -> None:
        client = api_client()
        client.get("/warehouses")
        counts = []
        for aisles in (1, 10):
            warehouse = facility.warehouse(aisles=aisles, region_id="310115")
            for path in (
                "/warehouses", "/zones", f"/locations?limit=200&warehouse_id={warehouse.pk}",
                f"/warehouses/{warehouse.pk}", f"/warehouses/{warehouse.pk}/map",
            ):  # fmt: skip
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(path).status_code == 200
                counts.append(len(queries))

        assert counts[:5] == counts[5:]


def test_candidates_are_nearest_first_and_unplaced_ones_last() -> None:
    far = facility.warehouse("GZ", aisles=0, region_id="440106")
    near = facility.warehouse("SH", aisles=0, region_id="310115")
    lost = facility.warehouse("X", aisles=0)
    Warehouse.objects.create(code="OFF", name="x", is_active=False, region_id="310115")

    found = warehouse_candidates(["310101", "999999"])

    assert [warehouse_id for warehouse_id, _km in found["310101"]] == [near.pk, far.pk, lost.pk]
    assert found["310101"][0][1] == pytest.approx(6, abs=6)
    assert found["310101"][2][1] is None
    assert found["999999"] == [(far.pk, None), (near.pk, None), (lost.pk, None)]
