"""Routers on which no operation exists without a permission."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field, TypeAdapter
from pydantic.fields import FieldInfo

from hecang.kernel import permissions
from hecang.kernel.actor import Actor
from hecang.kernel.api.schema import BIGINT_MAX
from hecang.kernel.errors import NotAuthenticated

if TYPE_CHECKING:
    from hecang.kernel.api.lists import ListDefinition

#: Media type of worksheets.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Permission of operations that anybody may call, signed in or not.
PUBLIC = "public"
#: Permission of operations for everybody who is signed in.
SIGNED_IN = "signed_in"

View = TypeVar("View", bound=Callable[..., Any])


class ApiRequest(HttpRequest):
    """A request whose sender is known. ``actor`` is set by ``accounts.middleware``."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API, as tests and docs see it."""

    method: str
    path: str
    permission: str
    summary: str
    view: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a view answers with status 202: it was not done, it waits for something, such as another person's word."""

    value: Any


class PermissionGate:
    """What ninja asks before it reads the request any further."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Actor | bool:
        if self.permission == PUBLIC:
            return True
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            raise NotAuthenticated(_("You are not signed in, or your session has ended. Sign in again."))
        if self.permission != SIGNED_IN:
            actor.require(self.permission)
        return actor


class ApiRouter:
    """Collects the operations of one app.

    :param tag: heading in the API docs, usually the app's name.
    """

    def __init__(self, *, tag: str) -> None:
        self.tag = tag
        self.ninja = Router(tags=[tag])
        self.operations: list[Operation] = []

    def get(
        self, path: str, *, permission: str, response: Any = None, summary: str, **more: Any
    ) -> Callable[[View], View]:
        return self.operation("GET", path, permission=permission, response=response, summary=summary, **more)

    def post(
        self, path: str, *, permission: str, response: Any = None, summary: str, **more: Any
    ) -> Callable[[View], View]:
        return self.operation("POST", path, permission=permission, response=response, summary=summary, **more)

    def put(
        self, path: str, *, permission: str, response: Any = None, summary: str, **more: Any
    ) -> Callable[[View], View]:
        return self.operation("PUT", path, permission=permission, response=response, summary=summary, **more)

    def patch(
        self, path: str, *, permission: str, response: Any = None, summary: str, **more: Any
    ) -> Callable[[View], View]:
        return self.operation(
            "PATCH", path, permission=permission, response=response, summary=summary, **more
        )

    def delete(
        self, path: str, *, permission: str, response: Any = None, summary: str, **more: Any
    ) -> Callable[[View], View]:
        return self.operation(
            "DELETE", path, permission=permission, response=response, summary=summary, **more
        )

    def list(
        self, path: str, definition: ListDefinition, *, permission: str, export_permission: str | None = None
    ) -> None:
        """Register ``GET path`` (one page, ``{items, next_cursor}``) and ``GET path/export``.

        :param export_permission: asked for the export; the list's own where it is ``None``.
        """
        from hecang.kernel.api.lists import LISTS, export_view, list_view, page_schema

        LISTS[definition.name] = definition

        self.get(
            f"{path}/export",
            permission=export_permission or permission,
            summary=f"Export: {definition.title or definition.name}",
            operation_id=f"{definition.name}_export",
            produces=("text/csv", XLSX),
        )(export_view(definition))
        self.get(
            path,
            permission=permission,
            response=page_schema(definition),
            summary=f"List: {definition.title or definition.name}",
            operation_id=f"{definition.name}_list",
        )(list_view(definition))

    def operation(
        self,
        method: str,
        path: str,
        *,
        permission: str,
        response: Any = None,
        summary: str,
        status: int | None = None,
        accepted: Any = None,
        produces: str | tuple[str, ...] = (),
        operation_id: str | None = None,
        description: str | None = None,
    ) -> Callable[[View], View]:
        """Register a view.

        :param permission: ``<app>.<entity>.<verb>``, :data:`SIGNED_IN` or :data:`PUBLIC`.
        :param response: schema (or any type pydantic knows) of the answer; ``None``: 204 without a body.
        :param status: of a success, where it is not 200 (or 204).
        :param accepted: schema of what the view answers as :class:`Accepted`, with status 202.
        :param produces: media types of an answer that the view makes itself as an ``HttpResponse``.
        """
        if permission not in {PUBLIC, SIGNED_IN}:
            permissions.declare(permission)

        def register(view: View) -> View:
            success = status or (200 if response is not None or produces else 204)
            wrapped = _answering(view, response, success, accepted)
            signature = _bounded_signature(view, path)
            wrapped.__signature__ = signature  # type: ignore[attr-defined]
            extra: dict[str, Any] = {"x-permission": permission}
            if produces:
                kinds = (produces,) if isinstance(produces, str) else produces
                binary = {"schema": {"type": "string", "format": "binary"}}
                extra["responses"] = {success: {"description": "OK", "content": dict.fromkeys(kinds, binary)}}
            self.ninja.add_api_operation(
                _with_converters(path, signature),
                [method],
                wrapped,
                auth=[PermissionGate(permission)],
                response={success: response, **({202: accepted} if accepted is not None else {})},
                operation_id=operation_id or view.__name__,
                summary=summary,
                description=description,
                openapi_extra=extra,
            )
            self.operations.append(Operation(method, path, permission, summary, view))
            return view

        return register


def _answering(
    view: Callable[..., Any], response: Any, status: int, accepted: Any
) -> Callable[..., HttpResponseBase]:
    """The view with its answer made into JSON by pydantic in one step, without ninja's detours."""
    adapter: TypeAdapter[Any] | None = TypeAdapter(response) if response is not None else None
    waiting: TypeAdapter[Any] | None = TypeAdapter(accepted) if accepted is not None else None

    @functools.wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        result = view(request, **arguments)
        if isinstance(result, HttpResponseBase):
            return result
        if isinstance(result, Accepted) and waiting is not None:
            value = waiting.validate_python(result.value, from_attributes=True)
            return HttpResponse(waiting.dump_json(value), status=202, content_type="application/json")
        if adapter is None:
            return HttpResponse(status=status)
        value = adapter.validate_python(result, from_attributes=True)
        return HttpResponse(adapter.dump_json(value), status=status, content_type="application/json")

    del answer.__wrapped__
    return answer


def _bounded_signature(view: Callable[..., Any], path: str) -> inspect.Signature:
    """The view's signature with annotations resolved, plain ``int`` kept within ``bigint`` and ``str`` short."""
    hints = get_type_hints(view, include_extras=True)
    names = _path_names(path)
    parameters = []
    for name, parameter in inspect.signature(view).parameters.items():
        annotation = hints.get(name, parameter.annotation)
        if isinstance(parameter.default, FieldInfo):  # it says its own bounds: Form("", max_length=…)
            pass
        elif annotation is int:
            low = 1 if name in names else -BIGINT_MAX - 1
            annotation = Annotated[int, Field(ge=low, le=BIGINT_MAX)]
        elif annotation is str:
            annotation = Annotated[str, Field(max_length=200)]
        parameters.append(parameter.replace(annotation=annotation))
    return inspect.Signature(parameters)


def _path_names(path: str) -> set[str]:
    return set(re.findall(r"{(?:\w+:)?(\w+)}", path))


def _with_converters(path: str, signature: inspect.Signature) -> str:
    """``{order_id}`` of an int becomes ``{int:order_id}``, so that ``/orders/export`` is not an order."""

    def converter(match: re.Match[str]) -> str:
        parameter = signature.parameters.get(match[1])
        annotation = parameter.annotation if parameter else str
        base = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
        return f"{{int:{match[1]}}}" if base is int else match[0]

    return re.sub(r"{(\w+)}", converter, path)
