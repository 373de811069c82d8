"""Errors as problem+json (RFC 9457): one shape for everything that can go wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from psycopg_pool import PoolTimeout

from hecang.kernel.actor import current_request_id
from hecang.kernel.api.messages import readable
from hecang.kernel.db import is_retryable
from hecang.kernel.errors import HecangError, Problem

CONTENT_TYPE = "application/problem+json"
logger = structlog.get_logger("hecang.api")

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "always about:blank; look at “code”"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable; programs decide by it"},
        "detail": {"type": "string", "description": "what happened and what to do, for people"},
        "data": {"type": "object", "description": "facts for programs"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "loc": {"type": "string", "description": "path in the body, such as lines.0.sku"},
                    "row": {"type": "integer"},
                    "field": {"type": "string"},
                },
            },
        },
        "request_id": {"type": "string"},
    },
}


def problem_response(
    *,
    status: int,
    code: str,
    detail: str,
    errors: Sequence[Mapping[str, Any]] = (),
    data: Mapping[str, Any] | None = None,
    retry_after: int | None = None,
) -> HttpResponse:
    """One answer that says what went wrong."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "code": code,
        "detail": detail,
    }
    if data:
        body["data"] = data
    if errors:
        body["errors"] = list(errors)
    if request_id := current_request_id():
        body["request_id"] = request_id
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, default=str), status=status, content_type=CONTENT_TYPE
    )
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def error_response(error: HecangError) -> HttpResponse:
    """An error of ours as an answer."""
    retry_after = error.data.get("retry_after")
    if retry_after is None and error.status == 503:
        retry_after = 2
    return problem_response(
        status=error.status,
        code=error.instance_code,
        detail=str(error.message),
        errors=[_resolved(problem) for problem in error.problems],
        data=error.data,
        retry_after=retry_after,
    )


def _resolved(problem: Problem) -> dict[str, Any]:
    return {**problem.as_dict(), "message": str(problem.message)}


def exception_response(request: HttpRequest, error: Exception) -> HttpResponse:
    """Any exception as an answer; what nobody foresaw is logged and answered by 500 without details."""
    if isinstance(error, HecangError):
        if error.status >= 500:
            logger.error("request_failed", code=error.instance_code, exc_info=error)
        return error_response(error)
    if isinstance(error, ValidationError):
        return _invalid(error)
    if isinstance(error, Http404):
        return not_found()
    if isinstance(error, HttpError):
        if isinstance(error.__cause__, HecangError):  # ninja hides what the parser said
            return error_response(error.__cause__)
        return http_error(error.status_code)
    if isinstance(error, (RequestDataTooBig, TooManyFieldsSent)):
        return http_error(413)
    if isinstance(error, (MultiPartParserError, SuspiciousOperation, UnicodeError)):
        return http_error(400)
    return _database_error(request, error) or _unforeseen(error)


def _database_error(request: HttpRequest, error: Exception) -> HttpResponse | None:
    if is_retryable(error):
        request.retryable = True  # type: ignore[attr-defined]  # the idempotency middleware runs it again
        return problem_response(
            status=503, code="busy", retry_after=1,
            detail=_("Others are changing the same records right now. Nothing was changed; try again."),
        )  # fmt: skip
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        logger.error("database_unavailable", exc_info=error)
        return problem_response(
            status=503, code="database_unavailable", retry_after=2,
            detail=_("The database does not answer. Nothing was changed; try again in a moment."),
        )  # fmt: skip
    if isinstance(error, (DataError, OverflowError)):
        logger.warning("value_out_of_range", exc_info=error)
        return problem_response(
            status=422, code="out_of_range",
            detail=_("A value is too large, too long or not storable. Nothing was changed; check the input."),
        )  # fmt: skip
    if isinstance(error, IntegrityError):
        logger.warning("constraint_refused", exc_info=error)
        return problem_response(
            status=409, code="constraint_refused",
            detail=_(
                "This contradicts what is stored: such a record exists already, or is still in use elsewhere."
                " Nothing was changed; reload and check."
            ),
        )  # fmt: skip
    return None


def _unforeseen(error: Exception) -> HttpResponse:
    logger.error("request_crashed", exc_info=error)
    return problem_response(
        status=500, code="internal_error",
        detail=_("Something went wrong on our side. Nothing was changed. Tell an administrator the request id."),
    )  # fmt: skip


def _invalid(error: ValidationError) -> HttpResponse:
    problems = [readable(one) for one in error.errors[:100]]
    if len(problems) == 1:
        detail = _("The input is not right: %(problem)s") % {"problem": _placed(problems[0])}
    else:
        detail = _("The input has %(count)s mistakes. See the list; nothing was changed.") % {
            "count": len(error.errors)
        }
    return problem_response(
        status=422, code="invalid_input", detail=detail, errors=[problem.as_dict() for problem in problems]
    )


def _placed(problem: Problem) -> str:
    return f"{problem.loc}: {problem.message}" if problem.loc else problem.message


def not_found() -> HttpResponse:
    return problem_response(
        status=404,
        code="not_found",
        detail=_("There is nothing at this address. Check it for typing errors."),
    )


def http_error(status: int) -> HttpResponse:
    """A refusal of Django or ninja in our shape."""
    details = {
        400: ("bad_request", _("The request could not be read. Check its encoding and form.")),
        401: ("not_authenticated", _("You are not signed in, or your session has ended. Sign in again.")),
        403: ("forbidden", _("This is not allowed.")),
        404: ("not_found", _("There is nothing at this address. Check it for typing errors.")),
        405: ("method_not_allowed", _("This address does not know that method.")),
        413: ("limit_exceeded", _("The request is larger than allowed. Split it.")),
        415: ("wrong_content_type", _("The body has a content type that is not understood here.")),
        429: ("too_many_requests", _("Too many requests. Wait a moment.")),
    }
    code, detail = details.get(status, ("http_error", _("The request could not be handled.")))
    return problem_response(status=status, code=code, detail=detail)


def _title(status: int) -> str:
    titles = {
        400: _("Bad request"), 401: _("Not signed in"), 403: _("Not allowed"), 404: _("Not found"),
        405: _("Method not allowed"), 409: _("Conflict"), 413: _("Too large"), 415: _("Wrong content type"),
        422: _("Invalid input"), 429: _("Too many requests"), 500: _("Internal error"), 503: _("Unavailable"),
    }  # fmt: skip
    return titles.get(status, _("Error"))


def install_handlers(api: NinjaAPI) -> None:
    """Let ``api`` answer every exception through :func:`exception_response`."""
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, exception_response)  # type: ignore[arg-type]
