"""What an app says about one kind of file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

from hecang.kernel.errors import InvalidInput
from hecang.kernel.imports.rows import RawRow
from hecang.kernel.permissions import declare

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One column that files of a kind may have.

    :param name: our name, such as ``quantity``; also accepted as a heading.
    :param required: whether a heading (or a constant) must be there; cells may still be empty.
    :param aliases: headings, Chinese and English, that mean this column. Case, spaces, ``_``, ``-``
        and a trailing ``*`` do not matter.
    :param help: what goes in, shown in the import centre (lazy translation).
    :param example: a cell for the template file.
    """

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    help: Any = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class ImportOption:
    """A choice made once for the whole file, such as the shop that the orders belong to.

    :param kind: ``text``, ``flag`` or ``choice``.
    :param choices: pairs of (value, title) for ``choice``.
    """

    name: str
    title: Any
    kind: Literal["text", "flag", "choice"] = "text"
    required: bool = False
    default: str = ""
    choices: tuple[tuple[str, Any], ...] = ()
    help: Any = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (``error``: the row cannot be imported) or odd (``warning``) with its place.

    :param row: as the person's program numbers it; ``None`` if it concerns the whole file (shown at row 1).
    :param field: our column name.
    :param value: what stood there.
    """

    code: str
    message: str
    row: int | None = None
    field: str = ""
    value: str = ""
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One row as :meth:`Importer.parse` returned it, after its stay in the database (JSON types)."""

    number: int
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are written in one piece, in the order of the file."""

    key: str
    rows: tuple[StagedRow, ...]


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What became of the groups of one chunk; the four counts add up to their number."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What an importer knows about its job. The actor is ``current_actor()``.

    :param options: answers to :attr:`Importer.options`; flags are ``"1"`` or ``""``.
    """

    job_id: int
    file_name: str
    options: Mapping[str, str] = field(default_factory=dict)


class Importer(ABC):
    """One kind of file. An instance lives for one phase of one job.

    ::

        @importer
        class SkuImporter(Importer):
            kind = "sku"
            title = _("Products")
            permission = "catalog.sku.import"
            columns = (
                ImportColumn("code", required=True, aliases=("SKU", "商品编码"), example="A-100"),
                ImportColumn("weight_g", aliases=("weight", "重量(g)")),
            )

            def group_by(self, row: RawRow) -> str:
                return row.get("code")

            def parse(self, row: RawRow) -> dict[str, Any] | None:
                return {"code": row.text("code", required=True, max_length=64), "weight_g": row.integer("weight_g", low=0)}

            def apply(self, groups: Sequence[Group]) -> ApplyResult: ...

    Importing the same file twice must change nothing the second time: ``apply`` finds what is there
    by its natural key and counts it as ``unchanged``.
    """

    kind: ClassVar[str]
    title: ClassVar[Any]
    permission: ClassVar[str]
    columns: ClassVar[tuple[ImportColumn, ...]]
    options: ClassVar[tuple[ImportOption, ...]] = ()

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    def option(self, name: str) -> str:
        """The answer to an option, or its default."""
        default = next((option.default for option in self.options if option.name == name), "")
        return self.context.options.get(name) or default

    def group_by(self, row: RawRow) -> str:
        """Key of the group that a row belongs to (≤ 200 characters); by default each row stands alone."""
        return str(row.number)

    @abstractmethod
    def parse(self, row: RawRow) -> dict[str, Any] | None:
        """One row as JSON-able values.

        Problems are told by ``row.error(…)`` and ``row.warn(…)`` (the readers of :class:`RawRow` do so
        themselves), or by raising InvalidInput; a row with an error is not staged. ``None`` without an
        error leaves the row out on purpose. Asks nothing of the database.
        """

    def check(self, groups: Sequence[Group]) -> Iterable[Finding]:  # noqa: ARG002
        """Mistakes that need the database or several rows to be seen. Set-based; writes nothing."""
        return ()

    @abstractmethod
    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        """Write at most 1000 groups in the transaction at hand, in the order given, set-based.

        A group that cannot be written is counted as skipped with a finding. Raising a HecangError
        undoes the chunk; it is then tried again in smaller pieces to find the group that is at fault.
        """


_importers: dict[str, type[Importer]] = {}
I = TypeVar("I", bound=type[Importer])  # noqa: E741


def importer(kind: I) -> I:
    """Make an :class:`Importer` known to the import centre."""
    declare(kind.permission)
    _importers[kind.kind] = kind
    return kind


def importers() -> dict[str, type[Importer]]:
    """All kinds of files by name."""
    return dict(_importers)


def importer_of(kind: str) -> type[Importer]:
    """The importer of ``kind``. Raises InvalidInput if there is none."""
    found = _importers.get(kind)
    if found is None:
        from django.utils.translation import gettext as _

        raise InvalidInput(
            _("There is no kind of import named “%(kind)s”. Known are: %(known)s.")
            % {"kind": kind[:32], "known": ", ".join(sorted(_importers))}
        )
    return found
