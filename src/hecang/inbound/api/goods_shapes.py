"""Shapes that quality, putaway and returns share."""

from __future__ import annotations

from typing import Any

from hecang.kernel.api import Moment, Schema


class NumberRef(Schema):
    id: int
    number: str


class CodeRef(Schema):
    id: int
    code: str


class GoodsEvent(Schema):
    """What happened, from the audit log."""

    at: Moment
    actor: str
    action: str
    data: dict[str, Any]


class GoodsCreated(Schema):
    id: int
