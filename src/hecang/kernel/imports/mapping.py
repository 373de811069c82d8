"""Which column of a file is which column of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel.errors import InvalidInput, Problem
from hecang.kernel.imports.base import ImportColumn, Importer
from hecang.kernel.imports.rows import RawRow

#: Options that every kind has: how the file is to be read.
FILE_OPTIONS = frozenset({"encoding", "delimiter", "sheet", "date_order"})
#: Columns of a row that a preview shows.
MAX_SHOWN = 100
_NOISE = re.compile(r"[\s_\-*：:（）()【】\[\]./]+")


def normal(heading: str) -> str:
    """A heading as it is compared: without case, spaces and punctuation."""
    return _NOISE.sub("", heading).casefold()


def suggest(columns: Sequence[ImportColumn], headings: Sequence[str]) -> dict[str, str]:
    """Our column → heading, by names and aliases; the first heading that fits wins."""
    by_normal: dict[str, str] = {}
    for heading in headings:
        if heading:
            by_normal.setdefault(normal(heading), heading)
    result: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        for name in (column.name, *column.aliases):
            fitting = by_normal.get(normal(name), "")
            if fitting and fitting not in taken:
                result[column.name] = fitting
                taken.add(fitting)
                break
    return result


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How rows of one file become :class:`RawRow`.

    :param positions: our column → index of the cell.
    :param constants: our column → the same text for every row where the cell is empty or missing.
    """

    positions: dict[str, int]
    constants: dict[str, str] = field(default_factory=dict)
    width: int = 0
    date_order: str = ""

    def row(self, number: int, cells: list[str]) -> RawRow:
        """One row by our names. Notes cells beyond the headings and NUL characters as errors."""
        count = len(cells)
        values = {name: cells[index] for name, index in self.positions.items() if index < count}
        for name, constant in self.constants.items():
            if not values.get(name):
                values[name] = constant
        row = RawRow(number, values, date_order=self.date_order)
        if count > self.width and any(cells[self.width :]):
            row.error(
                "",
                "too_many_cells",
                _("The row has more cells than the heading. A delimiter may stand inside a cell."),
            )
        for name, value in values.items():
            if "\x00" in value:
                values[name] = value.replace("\x00", "")
                row.error(name, "nul_character", _("NUL characters cannot be stored. Remove them."))
        return row


def resolve(kind: type[Importer], headings: Sequence[str], wanted: Mapping[str, Any]) -> FileMapping:
    """The mapping of a file: as the person wanted it, else as headings suggest.

    :param wanted: ``{"columns": {ours: heading}, "constants": {ours: text}, "options": {…}}``, all optional.
    Raises InvalidInput that names required columns without a heading, and headings that are not there.
    """
    known = {column.name for column in kind.columns}
    columns: dict[str, str] = wanted.get("columns") or {}
    constants: dict[str, str] = {
        key: str(value) for key, value in (wanted.get("constants") or {}).items() if value
    }
    problems = [
        Problem(
            message=_("This import has no column “%(name)s”.") % {"name": name[:64]},
            code="unknown_column",
            field=name[:64],
        )
        for name in [*columns, *constants]
        if name not in known
    ]
    chosen = (
        {name: heading for name, heading in columns.items() if heading}
        if columns
        else suggest(kind.columns, headings)
    )
    positions: dict[str, int] = {}
    for name, heading in chosen.items():
        if heading in headings:
            positions[name] = list(headings).index(heading)
        else:
            message = _("The file has no column “%(heading)s”.") % {"heading": heading[:64]}
            problems.append(Problem(message=message, code="missing_column", field=name[:64]))
    for column in kind.columns:
        if column.required and column.name not in positions and column.name not in constants:
            message = _("The file has no column for “%(name)s”. Headings that would fit: %(headings)s.") % {
                "name": column.name,
                "headings": ", ".join((column.name, *column.aliases[:6])),
            }
            problems.append(Problem(message=message, code="missing_column", field=column.name))
    if problems:
        raise InvalidInput(
            _("The columns of the file do not fit. Its headings are: %(headings)s.")
            % {"headings": ", ".join(headings)[:500]},
            code="columns_do_not_fit",
            problems=problems,
        )
    order = str((wanted.get("options") or {}).get("date_order", ""))
    return FileMapping(positions, constants, len(headings), order if order in {"dmy", "mdy"} else "")


def check_options(kind: type[Importer], options: Mapping[str, str]) -> None:
    """Raise InvalidInput where an option is unknown, missing or has no such choice."""
    known = {option.name: option for option in kind.options}
    problems = [
        Problem(message=_("This option is unknown here."), code="unknown_option", field=name[:64])
        for name in options
        if name not in known and name not in FILE_OPTIONS
    ]
    for name, option in known.items():
        value = options.get(name) or option.default
        if option.required and not value:
            problems.append(Problem(message=_("This option is required."), code="required", field=name))
        elif value and option.kind == "choice" and value not in {choice for choice, _title in option.choices}:
            problems.append(Problem(message=_("There is no such choice."), code="unknown_value", field=name))
    if problems:
        raise InvalidInput(_("The options of the import are not right."), problems=problems)
