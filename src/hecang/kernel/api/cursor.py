"""Where a page ended, as an opaque text, and the condition that finds the rows after it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Q
from django.utils.translation import gettext as _

from hecang.kernel.errors import InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by one column, then by primary key, both in one direction.

    :param key: public name of the sort, with ``-`` for descending.
    :param field: the model's field behind it; may cross relations.
    """

    key: str
    field: str
    descending: bool

    def order_by(self) -> list[str]:
        names = [self.field] if self.field in {"id", "pk"} else [self.field, "pk"]
        return [f"-{name}" if self.descending else name for name in names]


def encode(order: Order, value: Any, pk: int) -> str:
    """A cursor that names the last row of a page."""
    if isinstance(value, (datetime, date)):
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = str(value)
    raw = json.dumps([order.key, value, pk], ensure_ascii=False, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode(text: str, order: Order, field: Field[Any, Any]) -> tuple[Any, int]:
    """The sort value and key that :func:`encode` was given. Raises InvalidInput if it does not fit."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        key, value, pk = json.loads(raw)
        if key != order.key or type(pk) is not int or not 0 <= pk < 2**63:
            raise ValueError
        if value is not None:
            value = field.to_python(value)
            if isinstance(value, str) and "\x00" in value:
                raise ValueError
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError):
        message = _("This page marker does not belong to this list and order. Start from the first page.")
        raise InvalidInput(
            message, problems=[Problem(message=message, code="bad_cursor", loc="query.cursor")]
        ) from None
    return value, pk


def after(order: Order, value: Any, pk: int, *, nullable: bool) -> Q:
    """Rows that come after ``(value, pk)``, in the form that lets PostgreSQL start inside the index.

    PostgreSQL sorts nulls last when ascending and first when descending.
    """
    compare = "lt" if order.descending else "gt"
    beyond = Q(**{f"pk__{compare}": pk})
    if order.field in {"id", "pk"}:
        return beyond
    if value is None:
        same = Q(**{f"{order.field}__isnull": True}) & beyond
        return same | Q(**{f"{order.field}__isnull": False}) if order.descending else same
    bound = Q(**{f"{order.field}__{compare}e": value})
    rest = bound & (Q(**{f"{order.field}__{compare}": value}) | beyond)
    if nullable and not order.descending:
        return rest | Q(**{f"{order.field}__isnull": True})
    return rest
