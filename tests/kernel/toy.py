"""A small API of its own, to test the plumbing without the business."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import DataError, OperationalError
from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, path, re_path
from pydantic import Field
from tests.factories.accounts import user_make

from hecang.accounts.models import User
from hecang.config import views
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    PUBLIC,
    SIGNED_IN,
    ApiRequest,
    ApiRouter,
    BulkIn,
    BulkOut,
    Code,
    Column,
    InputSchema,
    Int32,
    ListDefinition,
    Moment,
    Name,
    Schema,
    bulk,
)
from hecang.kernel.api.application import Api
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch_one
from hecang.kernel.errors import Conflict, StockShort, Unavailable

router = ApiRouter(tag="toy")


class PersonFilters(Schema):
    role: list[str] | None = Field(None, max_length=5)
    q: str | None = Field(None, max_length=10)
    since: date | None = None
    from_: Moment | None = Field(None, alias="from")


class PersonRow(Schema):
    id: int
    username: str
    display_name: str
    created_at: Moment
    last_login: Moment | None
    roles: list[str]
    greeting: str


def _people(_actor: Actor, filters: PersonFilters) -> QuerySet[Any, Any]:
    found = User.objects.filter(username__startswith="p")
    if filters.q:
        found = found.filter(username__contains=filters.q)
    return found.values("id", "username", "display_name", "created_at", "last_login", "roles")


def _greet(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    fetch_one("SELECT 1")  # stands for a set-based look-up
    for row in rows:
        row["greeting"] = f"Hello {row['username']}"
    return rows


PEOPLE = ListDefinition(
    name="people",
    filters=PersonFilters,
    row=PersonRow,
    columns=(
        Column("username", "User"),
        Column("display_name", "Name"),
        Column("last_login", "Seen"),
        Column("roles", "Roles"),
        Column("greeting", "Greeting"),
    ),
    sorts={
        "username": "username",
        "created_at": "created_at",
        "seen": "last_login",
        "name": "display_name",
        "id": "id",
    },
    default_sort="-created_at",
    query=_people,
    enrich=_greet,
)
router.list("/people", PEOPLE, permission=SIGNED_IN)


class Line(InputSchema):
    sku: Code
    quantity: Int32
    price: Decimal | None = Field(None, max_digits=10, decimal_places=2)


class OrderIn(InputSchema):
    name: Name
    at: Moment | None = None
    lines: list[Line] = Field(max_length=3)
    extra: dict[str, Any] = Field(default_factory=dict)


@router.post("/echo", permission=SIGNED_IN, response=OrderIn, summary="Say it again")
def echo(request: ApiRequest, payload: OrderIn) -> OrderIn:
    return payload


@router.post("/store", permission=SIGNED_IN, summary="Store it as it is")
def store(request: ApiRequest, payload: OrderIn) -> None:
    User.objects.filter(pk=request.actor.user_id).update(
        display_name=payload.name[:64], roles=[payload.extra]
    )


class PersonIn(InputSchema):
    username: Name
    fail: str = Field("", max_length=20)


class PersonOut(Schema):
    id: int
    username: str


#: How often each name has been made in truth.
made: list[str] = []


@router.post("/people", permission=SIGNED_IN, response=PersonOut, status=201, summary="Make a person")
def person_create(request: ApiRequest, payload: PersonIn) -> User:
    made.append(payload.username)
    user = user_make(payload.username)
    if payload.fail == "conflict":
        raise Conflict("Not this one.")
    if payload.fail == "crash":
        raise ZeroDivisionError("secret detail")
    if payload.fail == "twice" and made.count(payload.username) < 3:
        execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'deadlock_detected'; END $$")
    return user


@router.delete("/people/{person_id}", permission=SIGNED_IN, summary="Take a person away")
def person_delete(request: ApiRequest, person_id: int) -> None:
    User.objects.filter(pk=person_id).delete()


@router.get("/people/{person_id}", permission=PUBLIC, response=PersonOut, summary="One person")
def person_get(request: ApiRequest, person_id: int) -> User:
    user = User.objects.filter(pk=person_id).first()
    if user is None:
        from hecang.kernel.errors import NotFound

        raise NotFound("There is no such person.")
    return user


@router.post("/people/bulk-greet", permission=SIGNED_IN, response=BulkOut, summary="Greet many")
def people_greet(request: ApiRequest, payload: BulkIn) -> BulkOut:
    def greet(user_id: int) -> None:
        User.objects.filter(pk=user_id).update(display_name="greeted")
        if user_id % 2:
            raise StockShort("None left.", data={"sku": "A"})

    return bulk(payload.ids, greet)


@router.get("/fail/{kind}", permission=PUBLIC, response=dict[str, Any], summary="Fail in one way")
def fail(request: ApiRequest, kind: str, number: int = 1) -> dict[str, Any]:
    if kind == "crash":
        raise ZeroDivisionError("secret detail")
    if kind == "short":
        raise StockShort("Only 3 left.", data={"free": 3})
    if kind == "away":
        raise Unavailable("The carrier does not answer.")
    if kind == "database":
        raise OperationalError("connection refused")
    if kind == "range":
        fetch_one("SELECT %s::int", [2**40])
    if kind == "data":
        raise DataError("value too long")
    if kind == "unique":
        User.objects.create(username="same", created_at=now())
        User.objects.create(username="same", created_at=now())
    return {"kind": kind, "number": number}


@router.get("/secret", permission="toy.secret.view", response=dict[str, Any], summary="For some only")
def secret(request: ApiRequest) -> dict[str, Any]:
    return {"ok": True}


api = Api(title="Toy", version="1", description="")
api.include([router])

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    re_path(r"^api(?:/.*)?$", views.no_such_operation),
    re_path(r"^.*$", views.web_desk),
]
handler400 = views.bad_request
handler404 = views.page_missing
handler500 = views.crashed
