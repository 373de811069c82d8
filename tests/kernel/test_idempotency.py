"""The same Idempotency-Key gets the first answer again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories.accounts import ApiClient, api_client, key_make, user_make
from tests.factories.threads import race
from tests.kernel import toy

from hecang.accounts.models import User
from hecang.kernel.clock import now
from hecang.kernel.idempotency import records_purge
from hecang.kernel.models import IdempotencyRecord

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.toy")]


@pytest.fixture(autouse=True)
def _nothing_made() -> None:
    toy.made.clear()


@pytest.fixture
def client() -> ApiClient:
    return api_client()


def make(client: ApiClient, name: str, key: str = "k-1", **more: Any) -> Any:
    return client.post("/people", {"username": name, **more}, HTTP_IDEMPOTENCY_KEY=key)


def test_a_repeat_gets_the_first_answer_and_changes_nothing(client: ApiClient) -> None:
    first = make(client, "ann")
    again = make(client, "ann")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert again["Content-Type"] == "application/json"
    assert toy.made == ["ann"]


def test_an_answer_without_a_body_is_repeated_too(client: ApiClient) -> None:
    user = user_make("bob")
    for _try in range(2):
        answer = client.delete(f"/people/{user.pk}", HTTP_IDEMPOTENCY_KEY="d-1")
        assert (answer.status_code, answer.content) == (204, b"")


def test_another_body_method_or_address_under_the_key_is_refused(client: ApiClient) -> None:
    made = make(client, "ann").json()

    for answer in (
        make(client, "bob"),
        client.delete(f"/people/{made['id']}", HTTP_IDEMPOTENCY_KEY="k-1"),
        client.post("/people?x=1", {"username": "ann"}, HTTP_IDEMPOTENCY_KEY="k-1"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert User.objects.filter(username__in=["ann", "bob"]).count() == 1


def test_keys_of_two_users_do_not_meet() -> None:
    one, two = api_client(), api_client()

    assert make(one, "ann").status_code == 201
    assert make(two, "bob").status_code == 201


def test_a_key_means_the_same_from_all_keys_of_a_user() -> None:
    user = user_make()
    make(ApiClient(key_make(user)), "ann")

    assert make(ApiClient(key_make(user)), "ann")["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("fail", ["conflict", "crash"])
def test_a_failure_is_undone_and_not_remembered(client: ApiClient, fail: str) -> None:
    failed = make(client, "ann", fail=fail)
    assert failed.status_code in {409, 500}
    assert not User.objects.filter(username="ann").exists()
    assert not IdempotencyRecord.objects.exists()

    assert make(client, "ann").status_code == 201


def test_a_deadlock_is_tried_again_and_nobody_notices(client: ApiClient) -> None:
    answer = make(client, "ann", fail="twice")

    assert answer.status_code == 201
    assert toy.made == ["ann", "ann", "ann"]
    assert User.objects.filter(username="ann").count() == 1


@pytest.mark.parametrize("key", ["", "x" * 129, "tab\there", "ümlaut"])
def test_strange_keys_are_refused(client: ApiClient, key: str) -> None:
    assert make(client, "ann", key).status_code == 422
    assert toy.made == []


def test_reading_and_strangers_leave_no_record(client: ApiClient) -> None:
    client.get("/people", HTTP_IDEMPOTENCY_KEY="k-1")
    make(ApiClient(), "ann")

    assert not IdempotencyRecord.objects.exists()


def test_answers_are_stored_encrypted_and_forgotten_after_a_week(client: ApiClient) -> None:
    make(client, "ann")
    assert b"ann" not in bytes(IdempotencyRecord.objects.get().body)
    assert records_purge() == 0

    IdempotencyRecord.objects.update(created_at=now() - timedelta(days=7, seconds=1))
    assert records_purge() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_one_key_do_it_once() -> None:
    key = key_make(user_make())
    answers: list[Any] = []

    errors = race(lambda _number: answers.append(make(ApiClient(key), "ann")), threads=8)

    assert errors == []
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 7
    assert toy.made == ["ann"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_waiting_for_one_that_fails_the_next_one_does_it() -> None:
    key = key_make(user_make())
    answers: list[Any] = []

    def work(number: int) -> None:
        answers.append(make(ApiClient(key), "ann", fail="conflict" if number % 2 else ""))

    errors = race(work, threads=6)

    assert errors == []
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    assert User.objects.filter(username="ann").count() == 1
