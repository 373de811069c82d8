"""The one tree of errors.

::

    HecangError                     500  anything we raise on purpose
    ├── InvalidInput                422  the caller sent something wrong; carries row/field problems
    ├── NotFound                    404  no such thing, or outside the caller's scope
    ├── NotAuthenticated            401  nobody is known to be asking
    ├── PermissionMissing           403  somebody asks who may not
    ├── Conflict                    409  the thing is in a state that forbids it
    │   ├── StateConflict                a transition the state table does not have
    │   └── StockShort                   not enough stock; carries what is short
    ├── IdempotencyMismatch         422  the same key came with another body
    ├── TooManyRequests             429  slow down; carries when to come back
    ├── LimitExceeded               413  larger than an input may be
    └── Unavailable                 503  a dependency is away; try again

Every class has a stable ``code`` that programs can rely on; the message is for people and is
translated when it is shown. Apps subclass these in their own ``errors.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one place of the input.

    :param message: what is wrong and what to do, translated.
    :param code: stable code of the problem, such as ``required`` or ``unknown_sku``.
    :param loc: path in a JSON body, such as ``lines.0.sku``.
    :param row: row of a file or index of a bulk item, counted as people do (first data row of a file is 2).
    :param field: column or field name.
    """

    message: str
    code: str = "invalid"
    loc: str | None = None
    row: int | None = None
    field: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}


class HecangError(Exception):
    """Root of everything that Hecang raises on purpose.

    :param message: three parts in one or two sentences: what happened, why, what to do. Lazy
        translations are welcome; they are resolved when the error is shown.
    :param data: facts for programs, JSON-serialisable.
    :param problems: the places that are wrong, if there are several or one can be named.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(
        self,
        message: Any,
        *,
        data: Mapping[str, Any] | None = None,
        problems: Sequence[Problem] = (),
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.data = dict(data or {})
        self.problems = tuple(problems)
        self.instance_code = code or self.code

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(HecangError):
    code = "invalid_input"
    status = 422


class NotFound(HecangError):
    code = "not_found"
    status = 404


class NotAuthenticated(HecangError):
    code = "not_authenticated"
    status = 401


class PermissionMissing(HecangError):
    code = "permission_missing"
    status = 403


class Conflict(HecangError):
    code = "conflict"
    status = 409


class StateConflict(Conflict):
    code = "state_conflict"


class StockShort(Conflict):
    code = "stock_short"


class IdempotencyMismatch(HecangError):
    code = "idempotency_mismatch"
    status = 422


class TooManyRequests(HecangError):
    code = "too_many_requests"
    status = 429


class LimitExceeded(HecangError):
    code = "limit_exceeded"
    status = 413


class Unavailable(HecangError):
    code = "unavailable"
    status = 503
