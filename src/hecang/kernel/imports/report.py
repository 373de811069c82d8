"""Files that the import centre hands out: the rows that were wrong, and an empty file to fill in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from hecang.kernel.api.export import guarded
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.kernel.imports.base import ImportColumn, Importer
from hecang.kernel.imports.reading import open_table
from hecang.kernel.models import ImportFinding, ImportJob

BOM = "\ufeff"


class _Line:
    def write(self, text: str) -> str:
        return text


def errors_csv(job: ImportJob) -> Iterator[str]:
    """The rows that were not imported as they came, with row number, columns and what is wrong.

    Read from the stored file beside the findings, both in row order: memory does not grow with them.
    The file can be mended and imported again. Raises NotFound if the file is no longer there.
    """
    path = Path(job.file_path)
    if not path.is_file():
        raise NotFound(_("The file of this import is no longer kept."))
    return _error_lines(job, path, translation.get_language() or "en")


def _error_lines(job: ImportJob, path: Path, language: str) -> Iterator[str]:
    writer = csv.writer(_Line())
    options = job.mapping.get("options") or {}
    with translation.override(language):
        extra = [_("Row"), _("Column"), _("Problem")]
    yield BOM
    try:
        with open_table(
            path,
            encoding=options.get("encoding", ""),
            delimiter=options.get("delimiter", ""),
            sheet=options.get("sheet", ""),
        ) as table:
            yield writer.writerow([guarded(heading) for heading in table.headings] + extra)
            width = len(table.headings)
            wanted = _by_row(job)
            number, fields, messages = next(wanted, (None, [], []))
            for row, cells in table.rows:
                if number is None:
                    return
                if row < number:
                    continue
                padded = (cells + [""] * width)[:width]
                yield writer.writerow(
                    [guarded(cell) for cell in padded] + [row, ", ".join(fields), " ".join(messages)]
                )
                number, fields, messages = next(wanted, (None, [], []))
    except InvalidInput as error:
        yield writer.writerow([str(error)])


def _by_row(job: ImportJob) -> Iterator[tuple[int, list[str], list[str]]]:
    """Errors of a job gathered by row, in row order."""
    current: tuple[int, list[str], list[str]] | None = None
    found = (
        ImportFinding.objects.filter(job=job, severity="error", row__isnull=False)
        .order_by("row", "id")
        .values_list("row", "field", "message")
    )
    for row, name, message in found.iterator(chunk_size=2000):
        assert row is not None
        if current is None or current[0] != row:
            if current:
                yield current
            current = (row, [], [])
        if name and name not in current[1]:
            current[1].append(name)
        current[2].append(message)
    if current:
        yield current


def heading_of(column: ImportColumn) -> str:
    """The heading to print for a column: Chinese where the user reads Chinese and there is one."""
    if (translation.get_language() or "").startswith("zh"):
        for alias in column.aliases:
            if any("\u4e00" <= letter <= "\u9fff" for letter in alias):
                return alias
    return column.name


def template_csv(kind: type[Importer]) -> str:
    """A file with the headings of ``kind`` and one example row."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([heading_of(column) for column in kind.columns])
    if any(column.example for column in kind.columns):
        writer.writerow([guarded(column.example) for column in kind.columns])
    return BOM + out.getvalue()
