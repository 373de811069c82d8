"""The floor protocol over HTTP, and looking things up with it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.accounts import ApiClient, api_client, key_make, user_make
from tests.factories.floor import Handheld
from tests.factories.inventory import Place, place

from hecang.catalog.models import Barcode
from hecang.inventory.models import Container
from hecang.work.models import FloorEntry
from hecang.work.services import TaskIn, tasks_create

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def goods() -> Place:
    made = place(quantity=24, code="MUG-01", name="Mug")
    Barcode.objects.create(sku=made.sku, code="6901234567892")
    return made


@pytest.fixture
def client(goods: Place) -> ApiClient:
    return api_client(roles=["operator"], warehouse_ids=[goods.warehouse.pk])


def _begin(client: ApiClient, goods: Place, **fields: Any) -> Any:
    body = {"id": str(uuid.uuid4()), "scenario": "lookup", "warehouse_id": goods.warehouse.pk, **fields}
    return client.post("/floor/sessions", body)


def _entry(name: str = "code", value: str = "A01-01-1", **fields: Any) -> dict[str, Any]:
    return {"scan_id": str(uuid.uuid4()), "name": name, "value": value, **({"version": 0} | fields)}


def test_from_the_menu_to_the_end(client: ApiClient, goods: Place) -> None:
    menu = client.get("/floor/scenarios", {"warehouse_id": goods.warehouse.pk}).json()["items"]
    assert "lookup" in [one["code"] for one in menu]
    begun = _begin(client, goods)
    assert begun.status_code == 201, begun.content
    session = begun.json()["session"]
    at = f"/floor/sessions/{session['id']}"

    answer = client.post(f"{at}/entries", _entry()).json()
    assert (answer["ok"], answer["session"]["version"], answer["step"]["state"]) == (
        True,
        1,
        "shown_location",
    )
    assert client.get("/floor/sessions").json()["items"][0]["step"] == answer["step"]

    detail = client.get(at).json()
    assert [(one["value"], one["outcome"]) for one in detail["entries"]] == [("A01-01-1", "accepted")]
    left = client.post(f"{at}/entries", _entry("leave", "", version=1)).json()
    assert left["step"]["is_over"]
    assert client.get("/floor/sessions").json()["items"] == []


def test_a_refusal_is_an_answer_and_a_repeat_too(client: ApiClient, goods: Place) -> None:
    at = f"/floor/sessions/{_begin(client, goods).json()['session']['id']}"
    entry = _entry(value="NO-SUCH")
    first, again = (client.post(f"{at}/entries", entry).json() for _time in range(2))
    assert (first["ok"], first["code"], first["repeated"]) == (False, "code_unknown", False)
    assert again == {**first, "repeated": True}
    assert FloorEntry.objects.count() == 1


def test_a_list_of_entries(client: ApiClient, goods: Place) -> None:
    at = f"/floor/sessions/{_begin(client, goods).json()['session']['id']}"
    first = _entry()
    second = {**_entry(value="MUG-01", after=first["scan_id"])}
    del second["version"]
    third = {**_entry(value="A01-02-1", version=9)}
    told = client.post(f"{at}/entries/batch", {"entries": [first, second, third, _entry()]}).json()
    assert [one["code"] for one in told["answers"]] == ["", "", "conflict"]
    assert len(told["held_back"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"version": None},
        {"scan_id": "x"},
        {"name": "No such"},
        {"value": "x" * 1001},
        {"after": str(uuid.uuid4())},
    ],
)
def test_entries_out_of_shape_are_refused(client: ApiClient, goods: Place, change: dict[str, Any]) -> None:
    at = f"/floor/sessions/{_begin(client, goods).json()['session']['id']}"
    answer = client.post(f"{at}/entries", {**_entry(), **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_only_ones_own_and_only_by_right(client: ApiClient, goods: Place) -> None:
    assert _begin(client, goods, scenario="no_such").json()["code"] == "scenario_unknown"
    assert _begin(client, goods, warehouse_id=10**6).status_code == 404
    assert _begin(api_client(roles=["finance"]), goods).status_code == 403
    session = _begin(client, goods).json()["session"]
    other = api_client(roles=["operator"])
    assert other.get(f"/floor/sessions/{session['id']}").status_code == 404
    assert other.post(f"/floor/sessions/{session['id']}/entries", _entry()).json()["code"] == (
        "floor_session_unknown"
    )


def test_the_menu_counts_what_waits_and_what_is_mine(goods: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from hecang.work.scenarios.lookup import Lookup

    monkeypatch.setattr(Lookup, "task_kinds", ("move",))
    tasks_create(
        tasks=[
            TaskIn(kind="move", warehouse_id=goods.warehouse.pk, subject_kind="test", subject_id=number, skill=skill)
            for number, skill in enumerate(("", "", "forklift"), 1)
        ]
    )  # fmt: skip
    client = ApiClient(key_make(user_make(roles=["operator"])))
    menu = client.get("/floor/scenarios", {"warehouse_id": goods.warehouse.pk}).json()["items"]
    found = next(one for one in menu if one["code"] == "lookup")
    assert (found["has_tasks"], found["open"], found["mine"]) == (True, 2, 0)


def test_photos(client: ApiClient, goods: Place) -> None:
    path = f"/floor/photos?warehouse_id={goods.warehouse.pk}"
    sent = [client.upload(path, {"file": SimpleUploadedFile("a.png", PNG)}) for _time in range(2)]
    assert [one.status_code for one in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    found = client.get(f"/floor/photos/{sent[0].json()['id']}")
    assert (found.content, found["Content-Type"]) == (PNG, "image/png")
    refused = client.upload(path, {"file": SimpleUploadedFile("a.png", b"<script>")})
    assert refused.json()["code"] == "photo_refused"
    other = api_client(roles=["operator"], warehouse_ids=[goods.warehouse.pk + 1])
    assert other.get(f"/floor/photos/{sent[0].json()['id']}").status_code == 404
    assert other.upload(path, {"file": SimpleUploadedFile("a.png", PNG)}).status_code == 404


# ---------------------------------------------------------------- looking up


def test_look_up_products_places_containers_and_lots() -> None:
    goods = place(code="MILK-1", name="Milk", is_lot_tracked=True)
    lot = goods.lot("L1", expires_in=-1)
    box = Container.objects.create(code="BOX-1", location=goods.at("A01-02-1"))
    goods.put(5, lot=goods.lot("L2"))
    goods.put(7, "A01-02-1", lot=lot, to_container_id=box.pk)
    pda = Handheld(goods.warehouse).begin("lookup").expect("scan")

    pda.scan("MILK-1").expect("shown_sku", On_hand="12 pcs")
    assert "5 pcs" in pda.facts["A01-01-1"]
    pda.scan("A01-03-1").expect("shown_location", Contents="Empty")
    pda.scan("BOX-1").expect("shown_container", Stands_at=f"A01-02-1 ({goods.warehouse.code})")
    assert "7 pcs" in pda.facts["MILK-1 Milk"]
    pda.scan("L1").expect("shown_lot", Expires=lot.expires_on.isoformat())
    pda.refused("code", "NOTHING", code="code_unknown")
    pda.leave()


def test_other_meanings_can_be_chosen() -> None:
    goods = place(code="A01-01-1", quantity=3)
    pda = Handheld(goods.warehouse).begin("lookup").scan("A01-01-1").expect("shown_location")
    pda.give("meaning", pda.options("meaning")[0]).expect("shown_sku", On_hand="3 pcs")
