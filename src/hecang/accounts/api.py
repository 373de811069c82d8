"""Signing in, users, roles, API keys, and the audit log."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.contrib.auth import update_session_auth_hash
from django.db.models import Q, QuerySet
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from hecang.accounts.models import ApiKey, AuditEntry, Role, User
from hecang.accounts.roles import permissions_of
from hecang.accounts.services import keys, sessions, users
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    BIGINT_MAX,
    PUBLIC,
    SIGNED_IN,
    ApiRequest,
    ApiRouter,
    Column,
    DayOrMoment,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Name,
    Schema,
    span_end,
    span_start,
)
from hecang.kernel.errors import Conflict, InvalidInput, NotFound, PermissionMissing

router = ApiRouter(tag="accounts")

Password = Annotated[str, Field(min_length=1, max_length=256)]
Username = Annotated[str, Field(min_length=1, max_length=64)]
Scope = Annotated[list[Id], Field(max_length=10_000)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=20)]
Language = Literal["zh-hans", "en"]
Theme = Literal["light", "dark"]


# ---------------------------------------------------------------- signing in


class SignIn(InputSchema):
    username: Username
    password: Password


class MeUser(Schema):
    id: int
    username: str
    display_name: str
    language: str
    theme: str
    must_change_password: bool


class MeScopes(Schema):
    """Ids that may be touched; null: all."""

    warehouses: list[int] | None
    owners: list[int] | None
    shops: list[int] | None


class MeOut(Schema):
    user: MeUser
    roles: list[str]
    #: codes; ``*`` alone means all
    permissions: list[str]
    scopes: MeScopes
    #: to be sent as ``X-CSRFToken`` with every write of this session
    csrf_token: str


class NewPassword(InputSchema):
    current: Password
    new: Password


class MeChange(InputSchema):
    language: Language | None = None
    theme: Theme | None = None
    display_name: Annotated[str, Field(max_length=64)] | None = None
    password: NewPassword | None = None


@router.post("/auth/login", permission=PUBLIC, response=MeOut, summary="Sign in")
def auth_login(request: ApiRequest, payload: SignIn) -> dict[str, Any]:
    user = sessions.sign_in(request=request, username=payload.username, password=payload.password)
    return _me(request, user)


@router.post("/auth/logout", permission=SIGNED_IN, summary="Sign out")
def auth_logout(request: ApiRequest) -> None:
    sessions.sign_out(request=request)


@router.get("/auth/me", permission=SIGNED_IN, response=MeOut, summary="Who am I, and what may I do")
def auth_me(request: ApiRequest) -> dict[str, Any]:
    return _me(request, _self(request))


@router.patch(
    "/auth/me", permission=SIGNED_IN, response=MeOut, summary="Change my language, theme or password"
)
def auth_me_change(request: ApiRequest, payload: MeChange) -> dict[str, Any]:
    user = _self(request)
    if payload.password is not None:
        if request.actor.kind != "user":
            raise PermissionMissing(_("A program cannot change its user's password."))
        user = sessions.own_password_change(
            user=user, current=payload.password.current, new=payload.password.new
        )
        update_session_auth_hash(request, user)  # this session goes on, under a new id; all others end
    changes = payload.model_dump(exclude={"password"}, exclude_none=True)
    if changes:
        user = users.user_change(user_id=user.pk, changes=changes)
    return _me(request, user)


def _self(request: ApiRequest) -> User:
    user = User.objects.filter(pk=request.actor.user_id or 0).first()
    if user is None:
        raise NotFound(_("There is no such user."))
    return user


def _me(request: ApiRequest, user: User) -> dict[str, Any]:
    return {
        "user": user,
        "roles": user.roles,
        "permissions": sorted(permissions_of(user.roles)),
        "scopes": {"warehouses": user.warehouse_ids, "owners": user.owner_ids, "shops": user.shop_ids},
        "csrf_token": "" if "HTTP_AUTHORIZATION" in request.META else get_token(request),
    }


# ---------------------------------------------------------------- users


class UserOut(Schema):
    id: int
    username: str
    display_name: str
    email: str
    language: str
    roles: list[str]
    is_active: bool
    must_change_password: bool
    warehouse_ids: list[int] | None
    owner_ids: list[int] | None
    shop_ids: list[int] | None
    created_at: Moment
    last_login: Moment | None


class UserIn(InputSchema):
    username: Username
    roles: Roles
    display_name: Annotated[str, Field(max_length=64)] = ""
    email: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""
    language: Language = "zh-hans"
    #: left out: one is made up and shown once
    password: Password | None = None
    warehouse_ids: Scope | None = None
    owner_ids: Scope | None = None
    shop_ids: Scope | None = None


class UserChange(InputSchema):
    roles: Roles | None = None
    display_name: Annotated[str, Field(max_length=64)] | None = None
    email: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] | None = None
    language: Language | None = None
    is_active: bool | None = None
    #: null: all
    warehouse_ids: Scope | None = None
    owner_ids: Scope | None = None
    shop_ids: Scope | None = None


class UserCreated(UserOut):
    one_time_password: str | None


class OneTimePassword(Schema):
    one_time_password: str


class UserFilters(Schema):
    q: str | None = Field(None, max_length=64)
    role: Role | None = None
    is_active: bool | None = None


def _users(_actor: Actor, filters: UserFilters) -> QuerySet[Any, Any]:
    found = User.objects.all()
    if filters.q:
        found = found.filter(Q(username__icontains=filters.q) | Q(display_name__icontains=filters.q))
    if filters.role:
        found = found.filter(roles__contains=[filters.role])
    if filters.is_active is not None:
        found = found.filter(is_active=filters.is_active)
    rows: QuerySet[Any, Any] = found.values(*UserOut.model_fields)
    return rows


USERS = ListDefinition(
    name="users",
    title="Users",
    filters=UserFilters,
    row=UserOut,
    columns=(
        Column("username", gettext_lazy("User name")),
        Column("display_name", gettext_lazy("Name")),
        Column("roles", gettext_lazy("Roles")),
        Column("is_active", gettext_lazy("Active")),
        Column("last_login", gettext_lazy("Last sign-in")),
    ),
    sorts={"username": "username", "created_at": "created_at", "last_login": "last_login"},
    default_sort="username",
    query=_users,
)
router.list("/users", USERS, permission="accounts.user.view")


@router.post(
    "/users", permission="accounts.user.create", response=UserCreated, status=201, summary="Make a user"
)
def user_create(request: ApiRequest, payload: UserIn) -> dict[str, Any]:
    user, one_time = users.user_create(**payload.model_dump())
    return {**_shown(user), "one_time_password": one_time}


@router.get("/users/{user_id}", permission="accounts.user.view", response=UserOut, summary="One user")
def user_get(request: ApiRequest, user_id: int) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such user."))
    return user


@router.patch(
    "/users/{user_id}", permission="accounts.user.change", response=UserOut, summary="Change a user"
)
def user_change(request: ApiRequest, user_id: int, payload: UserChange) -> User:
    changes = payload.model_dump(exclude_unset=True)
    for name in ("roles", "display_name", "email", "language", "is_active"):
        if name in changes and changes[name] is None:
            raise InvalidInput(_("“%(name)s” cannot be empty.") % {"name": name})
    return users.user_change(user_id=user_id, changes=changes)


@router.post(
    "/users/{user_id}/reset-password",
    permission="accounts.user.change",
    response=OneTimePassword,
    summary="Make up a password, shown once",
)
def user_reset_password(request: ApiRequest, user_id: int) -> dict[str, str]:
    return {"one_time_password": users.password_reset(user_id=user_id)}


def _shown(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in UserOut.model_fields}


# ---------------------------------------------------------------- roles


class RoleOut(Schema):
    code: str
    title: str
    permissions: list[str]


class RolesOut(Schema):
    items: list[RoleOut]


@router.get(
    "/roles", permission="accounts.role.view", response=RolesOut, summary="Roles and what they may do"
)
def roles_list(request: ApiRequest) -> dict[str, Any]:
    return {
        "items": [
            {"code": role.value, "title": str(role.label), "permissions": sorted(permissions_of([role]))}
            for role in Role
        ]
    }


# ---------------------------------------------------------------- API keys


class KeyUser(Schema):
    id: int
    username: str


class KeyOut(Schema):
    id: int
    name: str
    prefix: str
    user: KeyUser
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None
    last_used_on: Any = Field(None, description="day (UTC) of the last use")


class KeyIn(InputSchema):
    name: Annotated[Name, Field(max_length=64)]
    #: whose rights the key has; left out: one's own
    user_id: Id | None = None
    expires_at: Moment | None = None


class KeyCreated(KeyOut):
    #: shown here and never again
    key: str


class KeyFilters(Schema):
    user_id: int | None = Field(None, ge=1, le=BIGINT_MAX)
    active: bool | None = None


def _keys(actor: Actor, filters: KeyFilters) -> QuerySet[Any, Any]:
    found = ApiKey.objects.all()
    if not actor.may("accounts.user.change"):
        found = found.filter(user_id=actor.user_id or 0)
    if filters.user_id:
        found = found.filter(user_id=filters.user_id)
    if filters.active is not None:
        found = found.filter(revoked_at__isnull=filters.active)
    rows: QuerySet[Any, Any] = found.values(*_KEY_FIELDS)
    return rows


_KEY_FIELDS = (
    "id", "name", "prefix", "user__id", "user__username", "created_at", "expires_at", "revoked_at", "last_used_on",
)  # fmt: skip

KEYS = ListDefinition(
    name="api_keys",
    title="API keys",
    filters=KeyFilters,
    row=KeyOut,
    columns=(
        Column("name", gettext_lazy("Name")),
        Column("prefix", gettext_lazy("Begins with")),
        Column("user.username", gettext_lazy("User")),
        Column("created_at", gettext_lazy("Created")),
        Column("expires_at", gettext_lazy("Ends")),
        Column("revoked_at", gettext_lazy("Ended")),
        Column("last_used_on", gettext_lazy("Last used")),
    ),
    sorts={"created_at": "created_at", "name": "name"},
    default_sort="-created_at",
    query=_keys,
)
router.list("/api-keys", KEYS, permission="accounts.api_key.view")


@router.post(
    "/api-keys",
    permission="accounts.api_key.create",
    response=KeyCreated,
    status=201,
    summary="Make an API key",
)
def api_key_create(request: ApiRequest, payload: KeyIn) -> dict[str, Any]:
    user_id = payload.user_id or request.actor.user_id
    if user_id is None:
        raise Conflict(_("Only users can have keys."))
    if user_id != request.actor.user_id:
        request.actor.require("accounts.user.change")
    key, secret = keys.key_create(user_id=user_id, name=payload.name, expires_at=payload.expires_at)
    return {**_key_shown(key), "key": secret}


@router.post(
    "/api-keys/{key_id}/revoke",
    permission="accounts.api_key.create",
    response=KeyOut,
    summary="End an API key",
)
def api_key_revoke(request: ApiRequest, key_id: int) -> dict[str, Any]:
    owner_id = None if request.actor.may("accounts.user.change") else request.actor.user_id
    return _key_shown(keys.key_revoke(key_id=key_id, owner_id=owner_id))


def _key_shown(key: ApiKey) -> dict[str, Any]:
    shown = {name: getattr(key, name) for name in _KEY_FIELDS if "__" not in name}
    return {**shown, "user": {"id": key.user_id, "username": key.user.username}}


# ---------------------------------------------------------------- audit log


class AuditOut(Schema):
    id: int
    at: Moment
    actor_kind: str
    actor: str
    user: KeyUser | None
    address: str | None
    request_id: str
    action: str
    entity_kind: str
    entity_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditFilters(Schema):
    entity_kind: str | None = Field(None, max_length=32)
    entity_id: int | None = Field(None, ge=0, le=BIGINT_MAX)
    user_id: int | None = Field(None, ge=1, le=BIGINT_MAX)
    action: str | None = Field(None, max_length=64, description="a code, or the beginning of one")
    from_: DayOrMoment | None = Field(None, alias="from")
    to: DayOrMoment | None = Field(None, description="a day is meant with all its hours")


def _audit(_actor: Actor, filters: AuditFilters) -> QuerySet[Any, Any]:
    found = AuditEntry.objects.all()
    if filters.entity_kind:
        found = found.filter(entity_kind=filters.entity_kind)
    if filters.entity_id is not None:
        found = found.filter(entity_id=filters.entity_id)
    if filters.user_id is not None:
        found = found.filter(user_id=filters.user_id)
    if filters.action:
        found = found.filter(action__startswith=filters.action)
    if filters.from_:
        found = found.filter(at__gte=span_start(filters.from_))
    if filters.to:
        found = found.filter(at__lt=span_end(filters.to))
    rows: QuerySet[Any, Any] = found.values(
        "id", "at", "actor_kind", "actor", "user__id", "user__username", "address", "request_id", "action",
        "entity_kind", "entity_id", "before", "after",
    )  # fmt: skip
    return rows


AUDIT = ListDefinition(
    name="audit",
    title="Audit log",
    filters=AuditFilters,
    row=AuditOut,
    columns=(
        Column("at", gettext_lazy("When")),
        Column("actor", gettext_lazy("Who")),
        Column("address", gettext_lazy("From")),
        Column("action", gettext_lazy("What")),
        Column("entity_kind", gettext_lazy("Of")),
        Column("entity_id", gettext_lazy("Number")),
        Column("before", gettext_lazy("Before")),
        Column("after", gettext_lazy("After")),
        Column("request_id", gettext_lazy("Request")),
    ),
    sorts={"at": "at"},
    default_sort="-at",
    query=_audit,
)
router.list("/audit", AUDIT, permission="accounts.audit.view", export_permission="accounts.audit.export")
