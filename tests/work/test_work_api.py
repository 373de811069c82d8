"""What the desk and handhelds call: the list, one task, bulk actions, workers, the plan, the floor at a glance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import ApiClient, api_client, user_make
from tests.factories.facility import warehouse
from tests.factories.work import by, place, state, task, worker

from hecang.facility.models import Warehouse
from hecang.inventory.verify import inventory_verify
from hecang.kernel.clock import now
from hecang.work.services import task_start, tasks_done

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Warehouse:
    return warehouse()


@pytest.fixture
def client(site: Warehouse) -> ApiClient:
    return api_client(roles=["warehouse_manager"], warehouse_ids=[site.pk])


def operator(site: Warehouse) -> ApiClient:
    return api_client(roles=["operator"], warehouse_ids=[site.pk])


def test_tasks_are_listed_counted_found_and_exported(site: Warehouse, client: ApiClient) -> None:
    late = task(
        site, "putaway", at="DOCK-1", to="A01-01-1", due_at=now() - timedelta(minutes=1), note="RC26-7"
    )
    started, done = task(site, at="A01-03-1"), task(site)
    user = worker(site)
    with by(user):
        task_start(task_id=started.pk)
    tasks_done(task_ids=[done.pk])
    task(warehouse())

    counts = client.get("/tasks/counts").json()["counts"]
    assert {tab: one["count"] for tab, one in counts.items()} == {
        "standing": 2, "open": 1, "held": 1, "late": 1, "mine": 0, "done": 1, "cancelled": 0,
    }  # fmt: skip
    [row] = client.get("/tasks?tab=late").json()["items"]
    assert (row["id"], row["is_late"], row["zone"]["code"]) == (late.pk, True, "DCK")
    assert (row["from_location"]["code"], row["to_location"]["code"]) == ("DOCK-1", "A01-01-1")
    for query, found in (
        ("q=RC26", late), (f"q={late.pk}", late), ("q=a01-03-1", started), ("kind=putaway", late),
        (f"assignee_id={user.pk}", started), ("state=done", done), (f"subject_kind=thing&subject_id={done.subject_id}", done),
    ):  # fmt: skip
        assert [one["id"] for one in client.get(f"/tasks?{query}").json()["items"]] == [found.pk], query
    assert client.get("/tasks/export").status_code == 200


def test_one_task_tells_its_history_and_what_can_be_done(site: Warehouse, client: ApiClient) -> None:
    one, user = task(site), worker(site)
    with by(user):
        task_start(task_id=one.pk)
    found = client.get(f"/tasks/{one.pk}").json()
    assert [event["event"] for event in found["events"]] == ["created", "assigned", "started"]
    assert found["events"][1]["user"]["id"] == user.pk
    assert set(found["actions"]) == {"pause", "release", "hand_over", "finish", "cancel"}
    assert client.get(f"/tasks/{task(warehouse()).pk}").status_code == 404


def test_a_worker_asks_works_and_gives_back(site: Warehouse) -> None:
    client, one, other = operator(site), task(site, at="A01-01-1"), task(site, at="A01-03-1")
    assert client.post("/shift/begin", {"warehouse_id": site.pk}).status_code == 204
    first = client.post("/tasks/next", {"warehouse_id": site.pk}).json()["task"]
    assert (first["id"], first["state"]) == (one.pk, "assigned")
    for step, reached in (
        ("start", "started"),
        ("pause", "paused"),
        ("resume", "started"),
        ("release", "open"),
    ):
        told = client.post(f"/tasks/{step}", {"ids": [one.pk]}).json()["results"]
        assert told == [{"id": one.pk, "ok": True, "code": "", "message": ""}]
        assert state(one)[0] == reached
    client.post("/tasks/claim", {"ids": [one.pk, other.pk]})
    assert client.post("/shift/end").json() == {"released": 2}
    assert client.post("/tasks/next", {"warehouse_id": site.pk, "kinds": ["count"]}).json() == {"task": None}
    assert inventory_verify().differences == 0


def test_a_worker_manages_nothing(site: Warehouse) -> None:
    client, one = operator(site), task(site)
    for path, body in (
        ("/tasks/reprioritise", {"ids": [one.pk], "priority": 1}),
        ("/tasks/cancel", {"ids": [one.pk]}),
        ("/work-plan", {"warehouse_id": site.pk}),
        (f"/workers/{user_make().pk}/shift/begin", {"warehouse_id": site.pk}),
    ):
        assert client.post(path, body).status_code == 403, path
    assert api_client(roles=["auditor"]).post("/tasks/claim", {"ids": [one.pk]}).status_code == 403


def test_a_manager_orders_the_queue(site: Warehouse, client: ApiClient) -> None:
    one, done, user = task(site), task(site), worker(site)
    tasks_done(task_ids=[done.pk])
    told = client.post("/tasks/reprioritise", {"ids": [one.pk, done.pk], "priority": 5}).json()["results"]
    assert [(row["ok"], row["code"]) for row in told] == [(True, ""), (False, "task_state_conflict")]
    assert client.post("/tasks/reprioritise", {"ids": [one.pk]}).status_code == 422
    told = client.post("/tasks/hand-over", {"ids": [one.pk], "user_id": user.pk}).json()["results"]
    assert (told[0]["ok"], state(one)) == (True, ("assigned", user.pk))
    assert client.post("/tasks/cancel", {"ids": [one.pk], "note": "no longer needed"}).json()["results"][0][
        "ok"
    ]
    assert state(one)[0] == "cancelled"
    assert inventory_verify().differences == 0


def test_workers_are_kept(site: Warehouse, client: ApiClient) -> None:
    user = user_make("wang", roles=["operator"], warehouse_ids=[site.pk], display_name="王五")
    zone = site.zones.get(code="A")
    body = {"warehouse_id": site.pk, "skills": ["forklift"], "kinds": ["putaway"], "home_zone_id": zone.pk}
    assert client.put(f"/workers/{user.pk}", body).status_code == 204
    assert client.post(f"/workers/{user.pk}/shift/begin", {"warehouse_id": site.pk}).status_code == 204
    [row] = client.get(f"/workers?warehouse_id={site.pk}&is_on_shift=true&skill=forklift&q=王").json()[
        "items"
    ]
    assert (row["user"]["username"], row["home_zone"]["code"], row["is_on_shift"], row["held"]) == (
        "wang",
        "A",
        True,
        0,
    )
    assert client.get("/workers/skills").json()["skills"] == ["forklift"]
    assert user.pk in {one["id"] for one in client.get("/workers/candidates").json()["items"]}
    wrong = client.put(f"/workers/{user.pk}", {**body, "skills": ["Fork Lift"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["loc"]) == (422, "skills.0")
    assert client.post(f"/workers/{user.pk}/shift/end").json() == {"released": 0}


def test_a_plan_is_shown_and_applied(site: Warehouse, client: ApiClient) -> None:
    user = worker(site, "A01-01-1")
    one, nobody = task(site, at="A01-03-1", note="B-1"), task(site, skill="hazard")
    plan = client.post("/work-plan", {"warehouse_id": site.pk}).json()
    [queue] = plan["queues"]
    assert (queue["user"]["id"], [step["task"]["id"] for step in queue["steps"]]) == (user.pk, [one.pk])
    assert (queue["steps"][0]["task"]["note"], queue["steps"][0]["is_now"]) == ("B-1", True)
    assert [(row["task"]["id"], row["why"]) for row in plan["unassigned"]] == [(nobody.pk, "no_skill")]
    body = {"warehouse_id": site.pk, "assignments": [{"task_id": one.pk, "user_id": user.pk}]}
    assert client.post("/work-plan/apply", body).json()["results"][0]["ok"]
    assert state(one) == ("assigned", user.pk)


def test_the_floor_at_a_glance(site: Warehouse, client: ApiClient) -> None:
    user, idle = worker(site, "A01-01-1"), worker(site)
    one = task(site, "pick", at="A01-03-1", to="STAGE-1", quantity=7, est_seconds=100)
    task(site, "putaway", at="DOCK-1", quantity=3, due_at=now() - timedelta(minutes=3))
    done = task(site, "pick", at="A01-05-1", quantity=5)
    with by(user):
        task_start(task_id=done.pk)
        tasks_done(task_ids=[done.pk])
        task_start(task_id=one.pk)

    seen = client.get(f"/floor-view/{site.pk}").json()

    busy, free = seen["workers"]
    assert (busy["user"]["id"], busy["task"]["id"], busy["task"]["state"], busy["done"]) == (
        user.pk,
        one.pk,
        "started",
        1,
    )
    assert (busy["place"]["code"], busy["task"]["from_code"], busy["task"]["to_code"]) == (
        "A01-01-1", "A01-03-1", "STAGE-1",
    )  # fmt: skip
    assert (free["user"]["id"], free["task"], free["is_on_shift"]) == (idle.pk, None, True)
    [waiting] = seen["waiting"]
    assert (waiting["zone"]["code"], waiting["kind"], waiting["tasks"], waiting["late"], waiting["units"]) == (
        "DCK", "putaway", 1, 1, 3,
    )  # fmt: skip
    assert (seen["late_count"], seen["late"][0]["location_code"]) == (1, "DOCK-1")
    assert [(row["kind"], row["tasks"], row["units"]) for row in seen["done_lately"]] == [("pick", 1, 5)]
    assert {row["location_id"] for row in seen["places"]} == {place(site, "A01-03-1"), place(site, "DOCK-1")}
    assert client.get(f"/floor-view/{warehouse().pk}").status_code == 404


def test_statements_do_not_grow_with_rows(site: Warehouse, client: ApiClient) -> None:
    counts = []
    client.get("/tasks")
    for size in (10, 90):
        for _ in range(size):
            one = task(site, at="A01-01-1")
            with by(worker(site, "A01-01-1")):
                task_start(task_id=one.pk)
        with CaptureQueriesContext(connection) as queries:
            for path in (
                "/tasks?tab=standing&limit=100",
                f"/floor-view/{site.pk}",
                "/workers?limit=100",
                "/tasks/counts",
            ):
                assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
