"""Users, keys, roles and the audit log over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from tests.factories.accounts import ApiClient, actor_make, api_client, key_make, user_make

from hecang.accounts.models import ApiKey, AuditEntry, Role, User
from hecang.accounts.roles import PATTERNS, permissions_of
from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.accounts.services.users import user_change, user_create
from hecang.kernel.actor import acting
from hecang.kernel.clock import now
from hecang.kernel.errors import Conflict
from hecang.kernel.models import IdempotencyRecord

pytestmark = pytest.mark.django_db


def patch(client: ApiClient, path: str, data: dict[str, Any]) -> Any:
    return client.patch(path, data, content_type="application/json")


def test_a_new_user_gets_a_one_time_password_that_works() -> None:
    made = api_client().post(
        "/users", {"username": "wang", "roles": ["operator"], "warehouse_ids": [2, 1, 2]}
    )

    body = made.json()
    assert made.status_code == 201
    assert body["warehouse_ids"] == [1, 2]
    assert body["must_change_password"] is True
    me = ApiClient().post("/auth/login", {"username": "wang", "password": body["one_time_password"]}).json()
    assert me["user"]["must_change_password"] is True
    entry = AuditEntry.objects.get(action="accounts.user.created")
    assert (entry.entity_id, entry.after["roles"]) == (body["id"], ["operator"])
    assert "password" not in str(entry.after)


def test_a_one_time_password_opens_nothing_but_the_change_of_itself() -> None:
    user, password = user_create(username="wang", roles=["admin"], password=None)
    session = ApiClient()
    session.post("/auth/login", {"username": "wang", "password": password})

    refused = session.get("/users")
    key = session.post("/api-keys", {"name": "shortcut"})

    assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
    assert key.status_code == 403
    assert not ApiKey.objects.filter(user=user).exists()
    change = {"password": {"current": password, "new": "correct horse battery"}}
    assert patch(session, "/auth/me", change).status_code == 200
    assert session.get("/users").status_code == 200


def test_names_are_taken_whatever_their_case() -> None:
    client = api_client()
    client.post("/users", {"username": "Wang", "roles": ["operator"]})

    again = client.post("/users", {"username": "wANG", "roles": ["operator"]})

    assert (again.status_code, again.json()["code"]) == (409, "username_taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        user_make("WANG")


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"username": "a b", "roles": ["operator"]}, "username"),
        ({"username": "ab", "roles": []}, "roles"),
        ({"username": "ab", "roles": ["boss"]}, "roles"),
        ({"username": "ab", "roles": ["operator"], "email": "no"}, "email"),
        ({"username": "ab", "roles": ["operator"], "password": "short"}, "password"),
        ({"username": "ab", "roles": ["operator"], "warehouse_ids": [0]}, "warehouse_ids"),
        ({"username": "ab", "roles": ["operator"], "is_admin": True}, "is_admin"),
    ],
)
def test_bad_users_are_refused_with_the_field(payload: dict[str, Any], field: str) -> None:
    answer = api_client().post("/users", payload)

    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_changes_are_audited_with_before_and_after_but_not_personal_data() -> None:
    user = user_make("wang", roles=["operator"], display_name="Old Name")

    answer = patch(
        api_client(),
        f"/users/{user.pk}",
        {"roles": ["finance", "auditor"], "display_name": "New Name", "owner_ids": [7]},
    )

    assert answer.json()["roles"] == ["auditor", "finance"]
    entry = AuditEntry.objects.get(entity_kind="user", entity_id=user.pk)
    assert entry.before == {"roles": ["operator"], "owner_ids": None}
    assert entry.after == {"roles": ["auditor", "finance"], "owner_ids": [7], "personal": ["display_name"]}
    assert "Name" not in str(entry.after)


def test_a_change_of_nothing_leaves_no_entry() -> None:
    user = user_make("wang", roles=["operator"])

    patch(api_client(), f"/users/{user.pk}", {"roles": ["operator"]})

    assert not AuditEntry.objects.exists()


def test_closing_a_user_ends_sessions_and_keys() -> None:
    user_create(username="wang", roles=["operator"], password="correct horse battery")
    session = ApiClient()
    session.post("/auth/login", {"username": "wang", "password": "correct horse battery"})
    user = User.objects.get(username="wang")

    patch(api_client(), f"/users/{user.pk}", {"is_active": False})

    assert session.get("/auth/me").status_code == 401


def test_nobody_can_lock_everybody_out() -> None:
    admin = user_make("root", roles=["admin"])
    client = ApiClient(key_make(admin))
    own = patch(client, f"/users/{admin.pk}", {"roles": ["operator"]})
    assert (own.status_code, own.json()["code"]) == (409, "conflict")
    with acting(actor_make()), pytest.raises(Conflict) as caught:
        user_change(user_id=admin.pk, changes={"is_active": False})
    assert caught.value.code == "last_administrator"


def test_resetting_a_password_ends_sessions_and_clears_the_lock() -> None:
    user_create(username="wang", roles=["operator"], password="correct horse battery")
    session = ApiClient()
    session.post("/auth/login", {"username": "wang", "password": "correct horse battery"})
    user = User.objects.get(username="wang")

    answer = api_client().post(f"/users/{user.pk}/reset-password")

    password = answer.json()["one_time_password"]
    assert session.get("/auth/me").status_code == 401
    assert ApiClient().post("/auth/login", {"username": "wang", "password": password}).status_code == 200


def test_what_is_not_there_is_404() -> None:
    client = api_client()

    assert client.get("/users/999999").status_code == 404
    assert patch(client, "/users/999999", {}).status_code == 404
    assert client.post("/users/999999/reset-password").status_code == 404
    assert client.post("/api-keys/999999/revoke").status_code == 404


# ---------------------------------------------------------------- keys


def test_a_key_is_shown_once_and_works_until_it_is_revoked() -> None:
    user = user_make(roles=["integrator"])
    made = (
        api_client()
        .post("/api-keys", {"name": "shop sync", "user_id": user.pk}, HTTP_IDEMPOTENCY_KEY="k-1")
        .json()
    )
    program = ApiClient(made["key"])

    assert program.get("/auth/me").json()["user"]["id"] == user.pk
    assert made["key"].startswith(made["prefix"])
    assert made["key"] not in str(ApiKey.objects.values())
    assert made["key"].encode() not in bytes(IdempotencyRecord.objects.get().body)
    listed = api_client().get(f"/api-keys?user_id={user.pk}").json()["items"]
    assert [(key["name"], "key" in key) for key in listed] == [("shop sync", False)]
    assert api_client().post(f"/api-keys/{made['id']}/revoke").json()["revoked_at"]
    assert program.get("/auth/me").status_code == 401


def test_only_administrators_make_keys_for_others_and_end_those_of_others() -> None:
    program = api_client(roles=["integrator"])
    other = user_make()

    assert program.post("/api-keys", {"name": "mine"}).status_code == 201
    assert program.post("/api-keys", {"name": "x", "user_id": other.pk}).status_code == 403
    foreign = api_client().post("/api-keys", {"name": "admin's"}).json()["id"]
    assert program.post(f"/api-keys/{foreign}/revoke").status_code == 404
    assert api_client(roles=["operator"]).post("/api-keys", {"name": "x"}).status_code == 403


def test_keys_cannot_end_in_the_past() -> None:
    answer = api_client().post("/api-keys", {"name": "x", "expires_at": "2020-01-01T00:00:00Z"})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "in_the_past")


# ---------------------------------------------------------------- roles


def test_every_role_has_permissions_and_only_administrators_have_all() -> None:
    assert set(PATTERNS) == set(Role.values)
    for role in Role:
        codes = permissions_of([role])
        assert codes, role
        assert ("*" in codes) == (role == Role.ADMIN)


def test_nobody_but_administrators_reaches_into_accounts() -> None:
    for role in set(Role) - {Role.ADMIN}:
        writes = {
            c
            for c in permissions_of([role])
            if c.startswith("accounts.") and not c.endswith((".view", ".export"))
        }
        assert writes <= {"accounts.api_key.create"}, role


def test_auditors_see_everything_but_personal_data_and_change_nothing() -> None:
    codes = permissions_of(["auditor"])

    assert "accounts.audit.view" in codes
    assert "orders.recipient.view" not in codes
    assert {code.rsplit(".", 1)[1] for code in codes} <= {"view", "export"}


def test_roles_are_listed_with_their_permissions() -> None:
    items = api_client().get("/roles").json()["items"]

    assert [item["code"] for item in items] == Role.values
    assert items[0]["permissions"] == ["*"]


# ---------------------------------------------------------------- audit log


def test_the_audit_log_can_be_filtered_and_pages_backwards() -> None:
    actor = actor_make()
    with acting(actor, request_id="r-1"):
        audit_record_many(
            action="orders.order.approved",
            entity_kind="order",
            entries=[(i, None, {"n": i}) for i in range(1, 6)],
        )
        audit_record(
            action="orders.shop.changed", entity_kind="shop", entity_id=1, before={"a": 1}, after={"a": 2}
        )
    client = api_client()

    first = client.get("/audit?limit=4").json()
    second = client.get(f"/audit?limit=4&cursor={first['next_cursor']}").json()
    assert [row["entity_id"] for row in first["items"] + second["items"]] == [1, 5, 4, 3, 2, 1]
    assert second["next_cursor"] is None
    assert first["items"][0]["before"] == {"a": 1}
    assert (first["items"][0]["actor"], first["items"][0]["request_id"]) == ("tester", "r-1")
    assert len(client.get("/audit?entity_kind=order&entity_id=3").json()["items"]) == 1
    assert len(client.get("/audit?action=orders.shop").json()["items"]) == 1
    assert client.get("/audit?from=2999-01-01T00:00:00Z").json()["items"] == []
    day = now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert len(client.get(f"/audit?from={day}&to={day}").json()["items"]) == 6
    assert client.get(f"/audit?to={day - timedelta(days=1)}").json()["items"] == []
    assert b"orders.shop.changed" in b"".join(client.get("/audit/export").streaming_content)


def test_audit_entries_can_be_neither_changed_nor_deleted() -> None:
    audit_record(action="a.b.c", entity_kind="x", entity_id=1)

    for statement in ("UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"):
        with (
            pytest.raises((InternalError, IntegrityError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_thousand_entries_are_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        audit_record_many(action="a.b.c", entity_kind="x", entries=[(i, None, None) for i in range(1000)])
    assert AuditEntry.objects.count() == 1000
