"""One action on many things, each of which may fail by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from hecang.kernel.api.schema import Ids, InputSchema, Schema
from hecang.kernel.errors import HecangError


class BulkIn(InputSchema):
    ids: Ids


class BulkItem(Schema):
    id: int
    ok: bool
    code: str = ""
    message: str = ""


class BulkOut(Schema):
    results: list[BulkItem]


def bulk(ids: Sequence[int], function: Callable[[int], Any]) -> BulkOut:
    """Call ``function`` for each id, each in a transaction (or savepoint) of its own.

    A :class:`HecangError` undoes that one and is told in its place; the others stand. Where a service
    works on many rows at once, call that instead and build :class:`BulkOut` from its answer.
    """
    results = []
    for one in dict.fromkeys(ids):
        try:
            with transaction.atomic():
                function(one)
        except HecangError as error:
            results.append(BulkItem(id=one, ok=False, code=error.instance_code, message=str(error)))
        else:
            results.append(BulkItem(id=one, ok=True))
    return BulkOut(results=results)
