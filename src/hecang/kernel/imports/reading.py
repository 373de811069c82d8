"""CSV and XLSX files as rows of texts, whatever their encoding and delimiter, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hecang.kernel.errors import InvalidInput, Problem

#: A text cell longer than this is a mistake (usually a quotation mark that is never closed).
MAX_CELL = 131_072
MAX_COLUMNS = 500
#: An XLSX file is a ZIP archive: refuse one that would fill the disk or memory.
MAX_UNPACKED = 4 * 1024**3
_DELIMITERS = ",;\t|"
_ENCODINGS = {"utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "big5", "cp1252", "latin-1", "shift_jis"}
_INVISIBLE = "\ufeff\u200b\u200e\u200f"


@dataclass
class Table:
    """A file that can be read once, row by row.

    :param headings: of the first row that is not empty.
    :param rows: pairs of (row number as a spreadsheet counts, cells).
    :param total: rows of data, estimated; ``None`` if the file does not say.
    """

    headings: list[str]
    rows: Iterator[tuple[int, list[str]]]
    total: int | None
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)


def unreadable(message: str, code: str = "unreadable_file") -> InvalidInput:
    return InvalidInput(message, code=code, problems=[Problem(message=message, code=code)])


@contextmanager
def open_table(path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Iterator[Table]:
    """Open a CSV or XLSX file; encoding and delimiter are found out where not given.

    Raises InvalidInput with the reason if it is neither, damaged, empty or has no headings.
    """
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(b"PK"):
        with _open_xlsx(path, sheet) as table:
            yield table
    elif magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise unreadable(
            _("This is a workbook of the old form (.xls). Save it as .xlsx or CSV and try again.")
        )
    elif magic.startswith(b"PAR1"):
        raise unreadable(_("Parquet files cannot be read here. Save it as CSV or XLSX and try again."))
    else:
        with _open_csv(path, encoding, delimiter) as table:
            yield table


# ---------------------------------------------------------------- CSV


@contextmanager
def _open_csv(path: Path, encoding: str, delimiter: str) -> Iterator[Table]:
    encoding, lines = _inspect(path, encoding)
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(65_536)
        file.seek(0)
        delimiter = delimiter if delimiter in set(_DELIMITERS) and delimiter else _sniff(head)
        rows = _csv_rows(csv.reader(file, delimiter=delimiter))
        headings = _headings(rows)
        yield Table(headings, rows, max(lines - 1, 0), encoding, delimiter)


def _csv_rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeError) as error:
            raise unreadable(
                _("Row %(row)s cannot be read: %(reason)s. A quotation mark may not be closed.")
                % {"row": number, "reason": error}
            ) from None
        yield number, [clean(cell) for cell in cells]


def _inspect(path: Path, wanted: str) -> tuple[str, int]:
    """The encoding that the whole file obeys, and its number of lines."""
    wanted = wanted.lower()
    if wanted and wanted not in _ENCODINGS:
        raise unreadable(
            _("Unknown encoding. Known are: %(known)s.") % {"known": ", ".join(sorted(_ENCODINGS))}
        )
    with path.open("rb") as file:
        start = file.read(4)
        if not start:
            raise unreadable(_("The file is empty."), "empty_file")
        if not wanted and start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            wanted = "utf-16"
        for encoding in [wanted] if wanted else ["utf-8-sig", "gb18030"]:
            file.seek(0)
            lines = _lines_if_decodable(file, encoding)
            if lines is not None:
                return encoding, lines
    raise unreadable(
        _("The file is neither UTF-8 nor GB18030. Save it as “CSV UTF-8”, or say which encoding it has."),
        "unknown_encoding",
    )


def _lines_if_decodable(file: BinaryIO, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    last = "\n"
    while True:
        block = file.read(1 << 20)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeError:
            return None
        lines += text.count("\n")
        last = text[-1:] or last
        if not block:
            return lines + (last != "\n")


def _sniff(head: str) -> str:
    """The delimiter that stands most often in the first line, outside of quotation marks."""
    line = next((line for line in head.splitlines() if line.strip()), "")
    outside = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=lambda mark: (outside.count(mark), -_DELIMITERS.index(mark)))


# ---------------------------------------------------------------- XLSX


@contextmanager
def _open_xlsx(path: Path, wanted: str) -> Iterator[Table]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise unreadable(_("The workbook is too large when unpacked. Split it, or save it as CSV."))
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, ParseError) as error:
        raise unreadable(
            _("The workbook cannot be read: %(reason)s. Save it again as .xlsx or CSV.")
            % {"reason": str(error)[:200]}
        ) from None
    with closing(book):
        names = [sheet.title for sheet in book.worksheets]
        if not names or (wanted and wanted not in names):
            raise unreadable(
                _("The workbook has no such sheet. It has: %(sheets)s.") % {"sheets": ", ".join(names)[:500]}
            )
        sheet = book[wanted or names[0]]
        total = sheet.max_row
        sheet.reset_dimensions()  # some programs write wrong ones, which would hide rows
        rows = _xlsx_rows(sheet)
        headings = _headings(rows)
        yield Table(headings, rows, total - 1 if total else None, sheet=sheet.title, sheets=names)


def _xlsx_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    number = 0
    rows = sheet.iter_rows(values_only=True)
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except (KeyError, ValueError, TypeError, ParseError, zipfile.BadZipFile) as error:
            raise unreadable(
                _("Row %(row)s of the workbook cannot be read: %(reason)s. Save it again as .xlsx or CSV.")
                % {"row": number, "reason": str(error)[:200]}
            ) from None
        yield number, [_cell(cell) for cell in cells]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


# ---------------------------------------------------------------- both


def clean(text: str) -> str:
    """A cell without what nobody sees, and without the tricks that keep Excel from reading it as a number."""
    text = text.strip().strip(_INVISIBLE).strip()
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        return text[1:]
    if len(text) > 2 and text.startswith('="') and text.endswith('"'):
        return text[2:-1]
    return text


def _headings(rows: Iterator[tuple[int, list[str]]]) -> list[str]:
    for _number, cells in rows:
        if any(cells):
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MAX_COLUMNS:
                raise unreadable(
                    _("The file has %(count)s columns; at most %(limit)s can be read.")
                    % {"count": len(cells), "limit": MAX_COLUMNS}
                )
            return [cell[:200] for cell in cells]
    raise unreadable(_("The file has no rows."), "empty_file")


def is_blank(cells: list[str]) -> bool:
    """Whether a row has nothing in it; such rows are passed over."""
    return not any(cells)
