"""Lists as CSV or XLSX files, streamed."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from hecang.kernel.api.router import XLSX
from hecang.kernel.clock import today

#: What a worksheet can hold, less the heading.
XLSX_ROWS = 1_048_575

Columns = Sequence[tuple[str, Any]]
Chunks = Iterable[Sequence[dict[str, Any]]]


def export_response(name: str, columns: Columns, chunks: Chunks, kind: str) -> HttpResponseBase:
    """A file download of all rows.

    :param columns: pairs of (path in a row, heading).
    :param kind: ``csv`` or ``xlsx``.
    """
    file_name = f"{name}-{today():%Y%m%d}.{kind}"
    if kind == "xlsx":
        response: HttpResponseBase = FileResponse(_xlsx(name, columns, chunks), content_type=XLSX)
    else:
        response = StreamingHttpResponse(_csv(columns, chunks), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def export_write(target: BinaryIO, name: str, columns: Columns, chunks: Chunks, kind: str) -> None:
    """Write the same file to an open binary file."""
    if kind == "xlsx":
        shutil.copyfileobj(_xlsx(name, columns, chunks), target)
        return
    target.writelines(text.encode() for text in _csv(columns, chunks))


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(columns: Columns, chunks: Chunks) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"  # without it Excel takes UTF-8 for something else
    yield writer.writerow([str(title) for _key, title in columns])
    for rows in chunks:
        yield "".join(
            writer.writerow([guarded(_text(value_at(row, key))) for key, _title in columns]) for row in rows
        )


def _xlsx(name: str, columns: Columns, chunks: Chunks) -> Any:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=name[:31])
    sheet.freeze_panes = "A2"
    sheet.append([str(title) for _key, title in columns])
    written = 0
    for rows in chunks:
        for row in rows[: XLSX_ROWS - written]:
            sheet.append([_cell(value_at(row, key)) for key, _title in columns])
        written += len(rows)
        if written >= XLSX_ROWS:
            break
    file = tempfile.TemporaryFile(prefix="hecang-export-")  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file


def value_at(row: Any, path: str) -> Any:
    """The value at ``shop.code``; ``None`` where the path ends early."""
    for part in path.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


def guarded(text: str) -> str:
    """Text that a spreadsheet program would run as a formula, made harmless."""
    if text and text[0] in "=+-@\t\r" and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(one) for one in value)
    return str(value)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)  # worksheets know no time zones
    if isinstance(value, (int, float, Decimal)) or value is None:
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", guarded(_text(value)))
