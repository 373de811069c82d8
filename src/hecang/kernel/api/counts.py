"""Numbers on tabs: exact while small, "more than" when large, one statement for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from hecang.kernel.api.schema import Schema


class Count(Schema):
    count: int
    #: There are more; counting stopped here.
    capped: bool


class CountsOut(Schema):
    counts: dict[str, Count]


def capped_counts(
    querysets: Mapping[str, QuerySet[Any, Any]], cap: int = 10_000
) -> dict[str, dict[str, Any]]:
    """Count the rows of several querysets in one statement, each up to ``cap``.

    Returns key → ``{"count": …, "capped": …}``. Each queryset should be answered by an index.
    """
    parts: list[str] = []
    params: list[Any] = []
    result = {key: {"count": 0, "capped": False} for key in querysets}
    for key, queryset in querysets.items():
        limited = queryset.order_by().values("pk")[: cap + 1]
        compiler = limited.query.get_compiler(connection=connection)
        try:
            sql, sql_params = compiler.as_sql()
        except Exception as error:
            if type(error).__name__ == "EmptyResultSet":  # .none(), or an impossible filter
                continue
            raise
        parts.append(f"SELECT %s::text, count(*) FROM ({sql}) AS part")  # noqa: S608 - made by the ORM
        params.extend([key, *sql_params])
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for key, count in cursor.fetchall():
                result[key] = {"count": min(count, cap), "capped": count > cap}
    return result


def state_counts(rows: QuerySet[Any, Any], states: Iterable[str]) -> dict[str, Any]:
    """The answer (:class:`CountsOut`) of a list whose tabs are the states of its rows."""
    return {"counts": capped_counts({state: rows.filter(state=state) for state in states})}
