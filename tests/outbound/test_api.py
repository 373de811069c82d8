"""The day again, by the API: what the desk and the scanners call."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.factories.accounts import ApiClient, api_client
from tests.factories.outbound import World, cancel, hold, world

from hecang.outbound.models import Fulfilment, Parcel

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> World:
    return world(goods={"milk": 20, "bread": 20})


@pytest.fixture
def client(shop: World) -> ApiClient:
    return api_client(roles=["warehouse_manager"], warehouse_ids=[shop.warehouse.pk])


def released(shop: World, client: ApiClient, orders: int = 2) -> int:
    """A released wave with one batch; the id of the wave."""
    shop.orders([{"milk": 2, "bread": 1}] * orders)
    made = client.post("/waves/plan", {"warehouse_id": shop.warehouse.pk, "save": True}).json()
    assert client.post(f"/waves/{made['id']}/release").status_code == 200
    wave_id: int = made["id"]
    return wave_id


def scan(task: dict, quantity: int | None = None, **fields: object) -> dict:
    return {
        "scan_id": str(uuid4()),
        "task_id": task["id"],
        "location_code": task["location"]["code"],
        "sku_barcode": task["barcodes"][0]["barcode"],
        "quantity": task["quantity"] if quantity is None else quantity,
        **fields,
    }


def test_a_wave_is_planned_looked_at_released_and_listed(shop: World, client: ApiClient) -> None:
    shop.orders([{"milk": 2, "bread": 1}] * 3)
    body = {"warehouse_id": shop.warehouse.pk, "criteria": {"max_orders": 2, "cart": {"slots": 1}}}

    looked = client.post("/waves/plan", body).json()

    assert (looked["id"], looked["fulfilment_count"], looked["unit_count"]) == (None, 2, 6)
    assert len(looked["batches"]) == 2
    assert [stop["code"] for stop in looked["batches"][0]["stops"]] == ["A01-01-1", "A01-02-1"]
    assert 0 < looked["batches"][0]["walk_mm"] <= looked["batches"][0]["single_walk_mm"]
    assert client.get("/waves").json()["items"] == []

    saved = client.post("/waves/plan", {**body, "save": True}).json()
    planned = client.get(f"/waves/{saved['id']}").json()
    assert planned["state"] == "planned"
    assert planned["criteria"] == {"max_orders": 2, "cart": planned["criteria"]["cart"]}
    assert [action["code"] for action in planned["actions"] if action["allowed"]] == ["release", "cancel"]
    assert planned["batches"][0]["stops"][0]["units"] == 2

    done = client.post(f"/waves/{saved['id']}/release").json()
    assert (done["tasks"], done["units"], done["short_units"], done["repeated"]) == (4, 6, 0, False)
    assert client.post(f"/waves/{saved['id']}/release").json()["repeated"] is True
    after = client.get(f"/waves/{saved['id']}").json()
    assert (after["state"], after["batches"][0]["staging"]["code"]) == ("released", "STAGE-1")
    assert after["batches"][0]["path"][0] == after["batches"][0]["path"][-1]
    assert client.get("/waves/counts").json()["counts"]["released"] == {"count": 1, "capped": False}
    [row] = client.get(f"/waves?state=released&warehouse_id={shop.warehouse.pk}").json()["items"]
    assert (row["number"], row["picked_units"]) == (after["number"], 0)
    assert client.get("/waves/export").status_code == 200

    assert client.post(f"/waves/{saved['id']}/cancel").status_code == 204
    assert Fulfilment.objects.filter(state="ready").count() == 3


def test_a_wave_over_nothing_is_refused_with_words(shop: World, client: ApiClient) -> None:
    answer = client.post("/waves/plan", {"warehouse_id": shop.warehouse.pk})

    assert (answer.status_code, answer.json()["code"]) == (409, "wave_empty")


def test_a_picker_walks_a_batch(shop: World, client: ApiClient) -> None:
    released(shop, client)
    picker = api_client(roles=["operator"], warehouse_ids=[shop.warehouse.pk])

    batch = picker.post("/batches/next", {"warehouse_id": shop.warehouse.pk}).json()
    assert (batch["state"], batch["warehouse"]["code"]) == ("picking", shop.warehouse.code)
    assert [task["sequence"] for task in batch["tasks"]] == [1, 2, 3, 4]
    assert [task["location"]["code"] for task in batch["tasks"]] == ["A01-01-1"] * 2 + ["A01-02-1"] * 2
    first, second, third, fourth = batch["tasks"]

    wrong = [
        scan(first, location_code="A02-05-1"),
        scan(first, sku_barcode=third["barcodes"][0]["barcode"]),
        scan(first, sku_barcode="000"),
        scan(first, 3),
        scan({**first, "id": 999_999}),
    ]
    answer = picker.post(f"/batches/{batch['id']}/scans", {"scans": wrong}).json()
    assert [result["code"] for result in answer["results"]] == [
        "wrong_location",
        "wrong_item",
        "unknown_barcode",
        "over_quantity",
        "unknown_task",
    ]
    assert answer["results"][0]["expected"]["location_code"] == "A01-01-1"
    assert answer["state"] == "picking"

    good = [scan(task) for task in (first, second, third)]
    answer = picker.post(f"/batches/{batch['id']}/scans", {"scans": good}).json()
    assert [result["ok"] for result in answer["results"]] == [True] * 3
    assert {task["id"]: task["state"] for task in answer["tasks"]} == {
        task["id"]: "done" for task in (first, second, third)
    }
    again = picker.post(f"/batches/{batch['id']}/scans", {"scans": good}).json()
    assert [result["repeated"] for result in again["results"]] == [True] * 3
    changed = [{**good[0], "quantity": 1}]
    reused = picker.post(f"/batches/{batch['id']}/scans", {"scans": changed}).json()
    assert reused["results"][0]["code"] == "scan_id_reused"

    last = {"scan_id": str(uuid4()), "location_code": "a01-02-1", "sku_barcode": shop.barcode("bread")}
    answer = picker.post(f"/batches/{batch['id']}/scans", {"scans": [last]}).json()
    assert answer["results"][0]["data"]["tasks"] == [
        {"task_id": fourth["id"], "slot": 2, "quantity": 1, "left": 0}
    ]
    assert answer["state"] == "picked"
    assert picker.post("/batches/next", {"warehouse_id": shop.warehouse.pk}).json()["code"] == "no_batch"
    shop.verify()


def test_a_batch_belongs_to_one_picker_until_it_is_given_back(shop: World, client: ApiClient) -> None:
    released(shop, client)
    one, two = (api_client(roles=["operator"], warehouse_ids=[shop.warehouse.pk]) for _ in range(2))
    batch = one.post("/batches/next", {"warehouse_id": shop.warehouse.pk}).json()

    refused = two.post(f"/batches/{batch['id']}/scans", {"scans": [scan(batch["tasks"][0])]})
    assert (refused.status_code, refused.json()["code"]) == (409, "batch_taken")
    assert two.post(f"/batches/{batch['id']}/start").json()["code"] == "batch_taken"
    assert [row["id"] for row in one.get("/batches?mine=true").json()["items"]] == [batch["id"]]
    assert two.get("/batches?mine=true").json()["items"] == []

    assert two.post(f"/batches/{batch['id']}/give-back").json()["code"] == "batch_taken"
    assert client.post(f"/batches/{batch['id']}/give-back").json()["picker"] is None
    assert two.post(f"/batches/{batch['id']}/start").json()["state"] == "picking"


def test_a_packer_verifies_seals_and_hands_over(shop: World, client: ApiClient) -> None:
    released(shop, client, orders=1)
    shop.pick_all()
    packer = api_client(roles=["operator"], warehouse_ids=[shop.warehouse.pk])
    fulfilment = Fulfilment.objects.get()

    # Every code on the way leads to the same table
    for code in (
        fulfilment.number, fulfilment.order.number, fulfilment.batch.number.lower(), f"{fulfilment.batch.number}#1",
    ):  # fmt: skip
        view = packer.post("/packing/open", {"code": code}).json()["view"]
        assert view["fulfilment"]["id"] == fulfilment.pk
    assert packer.post("/packing/open", {"code": "NOTHING"}).json()["code"] == "code_unknown"
    assert [(line["sku"]["code"], line["picked"], line["scanned"]) for line in view["lines"]] == [
        ("milk", 2, 0),
        ("bread", 1, 0),
    ]
    # They would fill the smallest carton to the edge, and nothing ever fits that well.
    [suggested] = view["cartons_suggested"]
    assert suggested["carton"]["code"] == "M"
    assert len(suggested["places"]) == 3

    base = f"/packing/{fulfilment.pk}"
    shop.sku("soap", weight_g=100)
    from tests.factories.catalog import Barcode

    Barcode.objects.create(sku=shop.skus["soap"], code="4006381333931")
    wrong = [{"scan_id": str(uuid4()), "barcode": "4006381333931"}]
    assert packer.post(f"{base}/scans", {"scans": wrong}).json()["results"][0]["code"] == "wrong_item"
    empty = packer.post(f"{base}/seal", {"scan_id": str(uuid4())}).json()
    assert (empty["ok"], empty["code"]) == (False, "parcel_empty")

    def put(name: str, quantity: int = 1, action: str = "add") -> dict:
        body = {
            "scan_id": str(uuid4()),
            "barcode": shop.barcode(name),
            "quantity": quantity,
            "action": action,
        }
        return packer.post(f"{base}/scans", {"scans": [body]}).json()

    assert put("milk", 2)["results"][0]["ok"]
    surplus = put("milk")
    assert surplus["results"][0]["code"] == "surplus_item"
    assert put("milk", 1, "remove")["view"]["parcel"]["unit_count"] == 1
    assert put("milk")["view"]["parcel"]["expected_weight_g"] == 1_000
    assert put("bread")["results"][0]["ok"]

    weight = {"scan_id": str(uuid4()), "carton_code": "M", "weight_g": 900}
    light = packer.post(f"{base}/seal", weight).json()
    assert (light["code"], light["expected"]["weight_g"]) == ("weight_mismatch", 1_700)
    forced = {**weight, "scan_id": str(uuid4()), "accept_weight": True}
    assert packer.post(f"{base}/seal", forced).status_code == 403
    assert client.get("/auth/me").json()["permissions"].count("outbound.parcel.accept_weight") == 1
    assert packer.post(f"{base}/seal", {**weight, "carton_code": "XXL"}).status_code == 422
    sealed = packer.post(
        f"{base}/seal", {"scan_id": str(uuid4()), "carton_code": "M", "weight_g": 1_720}
    ).json()
    assert sealed["ok"]
    assert sealed["view"]["fulfilment"]["state"] == "packed"
    assert sealed["waybill"]["number"].startswith("EXP")
    label = packer.get(sealed["label_url"].removeprefix("/api/v1"))
    assert (label.status_code, label.content[:4]) == (200, b"%PDF")
    assert packer.get(f"/fulfilments/{fulfilment.pk}/packing-list.pdf").content[:4] == b"%PDF"

    parcel = packer.get(f"/parcels/{sealed['parcel']['id']}").json()
    assert (parcel["state"], parcel["carton"]["code"], len(parcel["lines"])) == ("labelled", "M", 2)
    manifest_id = shop.manifest()
    loads = [
        {"scan_id": str(uuid4()), "code": sealed["waybill"]["number"]},
        {"scan_id": str(uuid4()), "code": "PC0"},
    ]
    answer = packer.post(f"/manifests/{manifest_id}/loads", {"scans": loads}).json()
    assert [result["code"] for result in answer["results"]] == ["", "unknown_parcel"]
    done = packer.post(f"/manifests/{manifest_id}/handover", {"driver": "Lao Li"}).json()
    assert done == {"manifest_id": manifest_id, "shipped": [parcel["id"]], "refused": []}
    [row] = packer.get("/parcels?state=shipped").json()["items"]
    assert row["waybill"]["manifest"]["id"] == manifest_id
    shop.verify()


def test_a_batch_of_single_units_is_sorted_by_scanning_the_goods(shop: World, client: ApiClient) -> None:
    # Given three orders of one unit each
    shop.orders([{"milk": 1}, {"bread": 1}, {"milk": 1}])
    client.post(
        f"/waves/{client.post('/waves/plan', {'warehouse_id': shop.warehouse.pk, 'save': True}).json()['id']}/release"
    )
    shop.pick_all()
    [batch] = client.get("/batches").json()["items"]
    assert batch["kind"] == "single"
    found = client.post("/packing/open", {"code": batch["number"]}).json()
    assert (found["view"], len(found["choices"])) == (None, 3)

    # When the goods are scanned, each leads to the next order that needs them
    opened = []
    for _ in range(2):
        answer = client.post("/packing/open", {"code": shop.barcode("milk"), "batch_id": batch["id"]}).json()
        fulfilment = Fulfilment.objects.get(id=answer["view"]["fulfilment"]["id"])
        shop.box(fulfilment, {"milk": 1})
        opened.append(fulfilment.pk)

    assert len(set(opened)) == 2
    third = client.post("/packing/open", {"code": shop.barcode("milk"), "batch_id": batch["id"]})
    assert third.json()["code"] == "code_unknown"


def test_putbacks_are_listed_and_confirmed(shop: World, client: ApiClient) -> None:
    released(shop, client, orders=1)
    shop.pick_all()
    cancel(Fulfilment.objects.get().order)

    rows = client.get(f"/putbacks?state=open&warehouse_id={shop.warehouse.pk}").json()["items"]
    assert {(row["sku"]["code"], row["quantity"], row["to_location"]["code"]) for row in rows} == {
        ("milk", 2, "A01-01-1"),
        ("bread", 1, "A01-02-1"),
    }
    task = rows[0]["id"]
    wrong = client.post(f"/putbacks/{task}/confirm", {"location_code": "DAMAGED"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_input")
    assert client.post(f"/putbacks/{task}/confirm", {}).status_code == 200
    assert client.get("/putbacks/counts").json()["counts"]["open"]["count"] == 1
    shop.verify()


def test_fulfilments_are_listed_counted_and_shown(shop: World, client: ApiClient) -> None:
    first, second = shop.orders([{"milk": 1}, {"bread": 2}])
    hold(first)

    counts = client.get("/fulfilments/counts").json()["counts"]
    assert (counts["ready"]["count"], counts["stopped"]["count"], counts["late"]["count"]) == (2, 1, 0)
    [row] = client.get(f"/fulfilments?order_id={second.pk}").json()["items"]
    assert (row["order"]["number"], row["unit_count"], row["is_stopped"]) == (second.number, 2, False)
    assert [r["id"] for r in client.get("/fulfilments?is_stopped=true").json()["items"]] == [
        shop.fulfilment(first).pk
    ]
    assert client.get(f"/fulfilments?q={second.number.lower()}").json()["items"] == [row]
    shown = client.get(f"/fulfilments/{row['id']}").json()
    assert [(line["sku"]["code"], line["quantity"]) for line in shown["lines"]] == [("bread", 2)]
    assert client.get("/fulfilments/export?format=csv").status_code == 200
    found = client.get(f"/search?q={row['number']}").json()["items"]
    assert ("fulfilment", row["number"]) in [(hit["kind"], hit["title"]) for hit in found]


def test_the_dashboard_counts_what_moves(shop: World, client: ApiClient) -> None:
    released(shop, client)
    shop.order({"milk": 1})
    shop.ship_all()
    shop.order({"milk": 1})

    numbers = client.get(f"/dashboard?warehouse_id={shop.warehouse.pk}").json()

    assert numbers["shipped_today"] == {"orders": 2, "parcels": 2, "units": 6}
    assert numbers["fulfilments"]["ready"]["count"] == 2
    assert numbers["tasks"]["pick"]["count"] == 0
    assert numbers["orders"]["received_today"]["count"] == 4


def test_nobody_sees_or_does_anything_in_a_warehouse_outside_the_scope(
    shop: World, client: ApiClient
) -> None:
    wave_id = released(shop, client, orders=1)
    shop.pick_all()
    [parcel] = shop.pack_all()
    fulfilment = Fulfilment.objects.get()
    elsewhere = world()
    other = api_client(roles=["warehouse_manager"], warehouse_ids=[elsewhere.warehouse.pk])

    for path in ("/waves", "/batches", "/fulfilments", "/parcels", "/putbacks"):
        assert other.get(path).json()["items"] == []
    batch_id = fulfilment.batch_id
    answers = [
        other.get(f"/waves/{wave_id}"),
        other.get(f"/batches/{batch_id}"),
        other.get(f"/fulfilments/{fulfilment.pk}"),
        other.get(f"/parcels/{parcel.pk}"),
        other.get(f"/parcels/{parcel.pk}/label.pdf"),
        other.get(f"/fulfilments/{fulfilment.pk}/packing-list.pdf"),
        other.post(f"/waves/{wave_id}/release"),
        other.post(f"/waves/{wave_id}/cancel"),
        other.post(f"/batches/{batch_id}/start"),
        other.post(f"/batches/{batch_id}/scans", {"scans": [{"scan_id": str(uuid4()), "outcome": "short"}]}),
        other.post("/packing/open", {"code": fulfilment.number}),
        other.post(f"/packing/{fulfilment.pk}/scans", {"scans": [{"scan_id": str(uuid4()), "barcode": "x"}]}),
        other.post(f"/packing/{fulfilment.pk}/seal", {"scan_id": str(uuid4())}),
        other.post(f"/parcels/{parcel.pk}/cancel"),
        other.post(f"/parcels/{parcel.pk}/label"),
        other.post("/parcels/labels.pdf", {"ids": [parcel.pk]}),
        other.post("/waves/plan", {"warehouse_id": shop.warehouse.pk}),
        other.post("/batches/next", {"warehouse_id": shop.warehouse.pk}),
        other.post(f"/manifests/{shop.manifest()}/handover", {}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert Parcel.objects.get().state == "labelled"


def test_an_auditor_looks_but_does_nothing(shop: World, client: ApiClient) -> None:
    released(shop, client, orders=1)
    auditor = api_client(roles=["auditor"])

    assert auditor.get("/waves").status_code == 200
    assert auditor.post("/waves/plan", {"warehouse_id": shop.warehouse.pk}).status_code == 403
    assert auditor.post("/batches/next", {"warehouse_id": shop.warehouse.pk}).status_code == 403
