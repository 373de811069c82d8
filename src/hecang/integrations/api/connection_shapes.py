"""What goes in and out of the API of connections."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from hecang.kernel.api import Id, InputSchema, Moment, Ref, Schema

Kind = Literal["channel", "carrier", "erp"]


class ConnectorFieldOut(Schema):
    name: str
    kind: str = Field(description="text, secret, integer, decimal, boolean, choice or map")
    title: str
    help: str
    required: bool
    default: Any = None
    choices: list[str]
    maximum: int | None


class ConnectorOut(Schema):
    kind: str
    code: str
    title: str
    features: list[str]
    form: list[ConnectorFieldOut]
    needs_token: bool = Field(description="a person has to bring the first token from the platform")


class ConnectionFilters(Schema):
    q: str = Field("", max_length=64)
    kind: Kind | None = None
    connector: str = Field("", max_length=32)
    is_active: bool | None = None
    shop: Id | None = None


class ConnectionRow(Schema):
    id: int
    kind: str
    connector: str
    name: str
    shop: Ref | None
    is_active: bool
    status: str
    failures: int
    last_ok_at: Moment | None
    last_error: str
    last_error_code: str
    last_error_at: Moment | None
    token_expires_at: Moment | None
    created_at: Moment


class ChannelRulesOut(Schema):
    on_cancel: str
    pull_seconds: int
    payload_days: int
    is_stock_on: bool
    stock_percent: int
    stock_buffer: int
    stock_quota: int | None


class ConnectionOut(ConnectionRow):
    settings: dict[str, Any] = Field(description="secrets are null")
    secrets_set: list[str] = Field(description="names of the secrets that have a value")
    has_token: bool
    token_refresh_expires_at: Moment | None
    push_path: str | None = Field(description="path that the platform pushes to; null where it cannot push")
    rules: ChannelRulesOut | None
    features: list[str]


class ConnectionTokenIn(InputSchema):
    access: str = Field("", max_length=2000)
    refresh: str = Field("", max_length=2000)
    expires_at: Moment | None = None
    refresh_expires_at: Moment | None = None


class ConnectionBody(InputSchema):
    name: str = Field(min_length=1, max_length=100)
    settings: dict[str, Any] = Field(default_factory=dict, description="as the form of the connector wants")
    token: ConnectionTokenIn | None = Field(None, description="null keeps the present one")


class ConnectionNewBody(ConnectionBody):
    kind: Kind
    connector: str = Field(min_length=1, max_length=32)
    shop_id: Id | None = Field(None, description="of channels: whose orders it brings")


class ConnectionSwitchBody(InputSchema):
    is_active: bool


class ConnectionCheckOut(Schema):
    is_ok: bool
    code: str
    message: str


class ConnectionInboxOut(Schema):
    push_path: str


class ChannelRulesBody(InputSchema):
    """Only what is given is changed."""

    on_cancel: Literal["hold", "cancel"] | None = None
    pull_seconds: int | None = Field(None, ge=1, le=86_400)
    payload_days: int | None = Field(None, ge=0, le=3650)
    is_stock_on: bool | None = None
    stock_percent: int | None = Field(None, ge=0, le=100)
    stock_buffer: int | None = Field(None, ge=0, le=1_000_000)
    stock_quota: int | None = Field(None, ge=0, le=1_000_000_000, description="null for no limit")


class ConnectionPullBody(InputSchema):
    since: Moment


class ChannelCountOut(Schema):
    count: int


class ConnectionHealthOut(Schema):
    id: int
    kind: str
    connector: str
    title: str
    name: str
    shop: Ref | None
    status: Literal["ok", "warning", "failing", "off"]
    is_active: bool
    failures: int
    retry_at: Moment | None
    last_ok_at: Moment | None
    last_error: str
    last_error_code: str
    last_error_at: Moment | None
    token_expires_at: Moment | None
    token_refresh_expires_at: Moment | None
    pulled_until: Moment | None = Field(description="everything modified until then is here")
    pulled_at: Moment | None
    lag_seconds: int | None
    last_order_at: Moment | None
    orders_unmapped: int
    orders_failed: int
    products_unmapped: int
    confirms_pending: int
    confirms_oldest_at: Moment | None
    confirms_refused: int
    stock_pending: int
    stock_oldest_at: Moment | None
    stock_failed: int
    messages_new: int
    messages_failed: int
    requests_open: int


class ConnectionHealthListOut(Schema):
    items: list[ConnectionHealthOut]
