"""Lists: one definition gives the page by cursor, filters, sort and the export.

::

    class OrderFilters(Schema):
        state: list[str] | None = None
        q: str | None = Field(None, max_length=64)

    ORDERS = ListDefinition(
        name="orders",
        filters=OrderFilters,
        row=OrderRow,
        columns=(Column("number", "Order"), Column("shop.code", "Shop"), Column("placed_at", "Placed")),
        sorts={"placed_at": "placed_at", "total": "total"},
        default_sort="-placed_at",
        query=order_query,       # (actor, filters) -> SalesOrder.objects.filter(…).values("id", "shop__code", …)
    )
    router.list("/orders", ORDERS, permission="orders.order.view")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.db.models import F, Field, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja.params.models import Query
from pydantic import BaseModel, TypeAdapter, create_model
from pydantic import Field as SchemaField

from hecang.kernel.actor import Actor
from hecang.kernel.api.cursor import Order, after, decode, encode
from hecang.kernel.api.export import export_response
from hecang.kernel.api.router import ApiRequest
from hecang.kernel.api.schema import Schema
from hecang.kernel.errors import InvalidInput, Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
#: Rows that an export reads, enriches and writes at a time.
EXPORT_CHUNK = 2000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export.

    :param key: path in a row, such as ``number`` or ``shop.code``.
    :param title: heading, translated when the file is written (pass a lazy translation).
    """

    key: str
    title: Any


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """Everything a list needs.

    :param name: plural noun, unique over the API; names the export file and the operations.
    :param filters: query parameters; each must be answered by an index or be rare. ``sort``,
        ``cursor``, ``limit`` and ``format`` are added.
    :param row: schema of one row.
    :param columns: what the export writes.
    :param sorts: public sort key → field of the model (may cross relations) or annotation. The first
        page and every later one walk an index of (that field, id) if there is one.
    :param default_sort: one of ``sorts``, with ``-`` for descending.
    :param query: makes the rows from actor (its data scope!) and filters: a queryset of ``.values()``
        with an ``id``; keys such as ``shop__code`` become ``{"shop": {"code": …}}``.
    :param enrich: adds to the rows of a page what other queries know; set-based, gets nested rows.
    """

    name: str
    filters: type[BaseModel]
    row: type[BaseModel]
    columns: tuple[Column, ...]
    sorts: Mapping[str, str]
    default_sort: str
    query: Callable[[Actor, Any], QuerySet[Any, Any]]
    enrich: Callable[[Actor, list[Row]], Sequence[Any]] | None = None
    title: str = ""

    def order(self, sort: str | None) -> Order:
        """What ``sort`` means. Raises InvalidInput for an unknown one."""
        key = sort or self.default_sort
        field = self.sorts.get(key.removeprefix("-"))
        if field is None:
            raise _refused("sort", "unknown_sort", _("Unknown sort order. Known are: %(known)s.") % {
                "known": ", ".join(sorted(self.sorts))
            })  # fmt: skip
        return Order(key=key, field=field, descending=key.startswith("-"))

    def finish(self, actor: Actor, rows: list[Row]) -> Sequence[Any]:
        """Raw ``.values()`` rows as nested and enriched ones."""
        nested = nest(rows)
        return self.enrich(actor, nested) if self.enrich else nested


class PageIn(Schema):
    sort: str | None = SchemaField(None, max_length=64, description="sort key, with “-” for descending")
    cursor: str | None = SchemaField(None, max_length=1000, description="next_cursor of the page before")
    limit: int = SchemaField(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)


class ExportIn(Schema):
    sort: str | None = SchemaField(None, max_length=64)
    format: Literal["csv", "xlsx"] = "csv"


def page_schema(definition: ListDefinition) -> type[BaseModel]:
    """Schema of one page: ``{items, next_cursor}``."""
    return create_model(
        f"{definition.row.__name__}Page",
        __base__=Schema,
        items=(list[definition.row], ...),  # type: ignore[name-defined]
        next_cursor=(str | None, None),
    )


#: Every list of the API by name, for the export from the command line.
LISTS: dict[str, ListDefinition] = {}


def export_chunks(definition: ListDefinition, actor: Actor, values: Mapping[str, Any], sort: str = "") -> Any:
    """All rows of a list for ``actor``, in chunks of JSON-able dicts.

    :param values: filters as in the address of the list. Raises pydantic's ValidationError where they are wrong.
    """
    filters = definition.filters.model_validate(dict(values))
    order = definition.order(sort or None)
    return _chunks(definition, actor, definition.query(actor, filters).order_by(*order.order_by()))


def list_view(definition: ListDefinition) -> Callable[..., Any]:
    """The view of ``GET path``."""
    known = _parameter_names(definition, PageIn)

    def view(request: ApiRequest, filters: Any, page: PageIn) -> dict[str, Any]:
        _refuse_unknown(request, known)
        items, cursor = read_page(definition, request.actor, filters, page)
        return {"items": items, "next_cursor": cursor}

    view.__name__ = f"{definition.name}_list"
    view.__annotations__ = {
        "request": ApiRequest,
        "filters": Annotated[definition.filters, Query(...)],
        "page": Annotated[PageIn, Query(...)],
    }
    return view


def export_view(definition: ListDefinition) -> Callable[..., Any]:
    """The view of ``GET path/export``."""
    known = _parameter_names(definition, ExportIn) | {"cursor", "limit"}  # a list's own address works, too

    def view(request: ApiRequest, filters: Any, export: ExportIn) -> HttpResponseBase:
        _refuse_unknown(request, known)
        order = definition.order(export.sort)
        queryset = definition.query(request.actor, filters).order_by(*order.order_by())
        chunks = _chunks(definition, request.actor, queryset)
        return export_response(
            definition.name, [(c.key, str(c.title)) for c in definition.columns], chunks, export.format
        )

    view.__name__ = f"{definition.name}_export"
    view.__annotations__ = {
        "request": ApiRequest,
        "filters": Annotated[definition.filters, Query(...)],
        "export": Annotated[ExportIn, Query(...)],
    }
    return view


def read_page(
    definition: ListDefinition, actor: Actor, filters: Any, page: PageIn
) -> tuple[Sequence[Any], str | None]:
    """One page of rows and the cursor of the next, ``None`` on the last. One query, plus enriching."""
    order = definition.order(page.sort)
    queryset = definition.query(actor, filters)
    if page.cursor:
        field, nullable = _sort_field(queryset, order.field)
        value, pk = decode(page.cursor, order, field)
        queryset = queryset.filter(after(order, value, pk, nullable=nullable))
    queryset = queryset.annotate(_sort=F(order.field), _pk=F("pk")).order_by(*order.order_by())
    rows: list[Row] = list(queryset[: page.limit + 1])
    cursor = None
    if len(rows) > page.limit:
        rows.pop()
        cursor = encode(order, rows[-1]["_sort"], rows[-1]["_pk"])
    for row in rows:
        del row["_sort"], row["_pk"]
    return definition.finish(actor, rows), cursor


def nest(rows: list[Row]) -> list[Row]:
    """Keys with ``__`` become objects; one whose ``id`` (or only value) is null becomes null."""
    if not rows or not any("__" in key for key in rows[0]):
        return rows
    plan = [(key, key.split("__")) for key in rows[0]]
    groups = sorted(
        {tuple(path[:depth]) for _key, path in plan for depth in range(1, len(path))}, key=len, reverse=True
    )
    result = []
    for row in rows:
        nested: Row = {}
        for key, path in plan:
            target = nested
            for part in path[:-1]:
                target = target.setdefault(part, {})
            target[path[-1]] = row[key]
        for group in groups:
            _collapse(nested, group)
        result.append(nested)
    return result


def _collapse(row: Row, path: tuple[str, ...]) -> None:
    parent = row
    for part in path[:-1]:
        parent = parent[part]
    group = parent[path[-1]]
    if group.get("id", next(iter(group.values()))) is None:
        parent[path[-1]] = None


def _chunks(definition: ListDefinition, actor: Actor, queryset: QuerySet[Any, Any]) -> Any:
    """Rows of an export as JSON-able dicts, a chunk at a time, from a server-side cursor."""
    adapter: TypeAdapter[Any] = TypeAdapter(list[definition.row])  # type: ignore[name-defined]
    chunk: list[Row] = []
    for row in queryset.iterator(chunk_size=EXPORT_CHUNK):
        chunk.append(row)
        if len(chunk) == EXPORT_CHUNK:
            yield adapter.dump_python(
                adapter.validate_python(definition.finish(actor, chunk), from_attributes=True)
            )
            chunk = []
    if chunk:
        yield adapter.dump_python(
            adapter.validate_python(definition.finish(actor, chunk), from_attributes=True)
        )


def _sort_field(queryset: QuerySet[Any, Any], path: str) -> tuple[Field[Any, Any], bool]:
    """The field that a sort means, and whether it may be null."""
    annotation = queryset.query.annotations.get(path)
    if annotation is not None:
        return annotation.output_field, True
    options = queryset.model._meta
    nullable = False
    field: Any = None
    for part in path.split("__"):
        field = options.pk if part == "pk" else options.get_field(part)
        nullable = nullable or bool(getattr(field, "null", False))
        if field.is_relation:
            options = field.related_model._meta
    return getattr(field, "target_field", field) if field.is_relation else field, nullable


def _parameter_names(definition: ListDefinition, page: type[BaseModel]) -> set[str]:
    names = {field.alias or name for name, field in definition.filters.model_fields.items()}
    clash = names & set(page.model_fields)
    if clash:
        raise ValueError(f"list {definition.name}: filters {sorted(clash)} are taken by paging")
    return names | set(page.model_fields)


def _refuse_unknown(request: ApiRequest, known: set[str]) -> None:
    """A misspelt filter must not quietly mean “all”."""
    for name in request.GET:
        if name not in known:
            raise _refused(
                name,
                "unknown_parameter",
                _("Unknown query parameter “%(name)s”. Known are: %(known)s.")
                % {"name": name[:64], "known": ", ".join(sorted(known))},
            )


def _refused(name: str, code: str, message: str) -> InvalidInput:
    return InvalidInput(
        message, problems=[Problem(message=message, code=code, loc=f"query.{name[:64]}", field=name[:64])]
    )
