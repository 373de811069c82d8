"""Folders that two parties share, here or on a server, and the rules by which nothing in them is lost or doubled.

A shared folder has ``in`` (the other side writes, we take) and ``out`` (we write, the other side takes). What we
work on lies in ``in/.processing``, what is done in ``archive``, what cannot be read in ``failed`` beside a report.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from hecang.integrations.channels.base import FileOutcome, FileProblem
from hecang.kernel.api.export import guarded
from hecang.kernel.connectors import AlreadyDone, Unreachable

#: Larger files are put to the failed ones unread.
MOST_BYTES = 50 * 1024 * 1024
INBOX, WORK, OUTBOX, STAGING = "in", "in/.processing", "out", "out/.tmp"
ARCHIVE, FAILED, SENT = "archive", "failed", ".sent"
#: Longest name of a file that is looked at, in bytes.
LONGEST_NAME = 180
#: Files of one name in one second that are told apart.
MOST_ALIKE = 1000


class Entry(NamedTuple):
    name: str
    size: int
    modified_at: datetime


class Folder(ABC):
    """Files below one place. Paths are relative, with ``/``. Raises :class:`Unreachable` where it cannot be used."""

    @abstractmethod
    def entries(self, folder: str) -> list[Entry]:
        """Plain files of a folder: no folders, no links."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """What a file holds, at most ``MOST_BYTES`` and one byte more."""

    @abstractmethod
    def write(self, path: str, content: bytes) -> None:
        """Write a file, over one that is there; on the disk when it returns."""

    @abstractmethod
    def move(self, old: str, new: str) -> None:
        """Rename in one piece, over one that is there. Raises :class:`FileNotFoundError`."""

    @abstractmethod
    def exists(self, path: str) -> bool: ...

    @abstractmethod
    def ensure(self, folder: str) -> None:
        """Make a folder where there is none. Raises :class:`Unreachable` where something else has its name."""

    def close(self) -> None:  # noqa: B027 - most have nothing to close
        """End the connection."""


class LocalFolder(Folder):
    """A folder of this machine (or one that it has mounted), which must lie below ``root``."""

    def __init__(self, root: Path, folder: str) -> None:
        self._base = root / folder
        with _reachable():
            root.mkdir(parents=True, exist_ok=True)
            self._base.mkdir(parents=True, exist_ok=True)
            if not self._base.resolve().is_relative_to(root.resolve()):
                raise Unreachable("the folder leads out of the place for such folders", code="folder")

    def entries(self, folder: str) -> list[Entry]:
        found = []
        with _reachable(), os.scandir(self._base / folder) as listing:
            for one in listing:
                if one.is_file(follow_symlinks=False):
                    facts = one.stat(follow_symlinks=False)
                    found.append(
                        Entry(one.name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, tz=UTC))
                    )
        return found

    def read(self, path: str) -> bytes:
        with _reachable():
            handle = os.open(self._base / path, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "rb") as file:
                return file.read(MOST_BYTES + 1)

    def write(self, path: str, content: bytes) -> None:
        with _reachable():
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            with os.fdopen(os.open(self._base / path, flags, 0o664), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())

    def move(self, old: str, new: str) -> None:
        with _reachable():
            (self._base / old).replace(self._base / new)

    def exists(self, path: str) -> bool:
        return os.path.lexists(self._base / path)

    def ensure(self, folder: str) -> None:
        with _reachable():
            (self._base / folder).mkdir(exist_ok=True)
            if not stat.S_ISDIR(os.lstat(self._base / folder).st_mode):
                raise Unreachable(f"“{folder}” is a link", code="folder")


@contextmanager
def _reachable() -> Iterator[None]:
    """Trouble with the disk, as connectors tell trouble. A file that is not there stays what it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreachable(f"{type(error).__name__}: {error.strerror}", code="folder") from error


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that nobody else will take."""

    name: str
    size: int
    modified_at: datetime


class DropBox:
    """A shared folder at work.

    :param suffixes: of files that are taken, lower case; empty for all.
    :param settle: for how long a file must not have been written to: younger ones may be half there.
    """

    def __init__(
        self, folder: Folder, now: Callable[[], datetime], *, suffixes: Sequence[str], settle: timedelta
    ) -> None:
        self.folder = folder
        self._now = now
        self._suffixes = tuple(suffixes)
        self._settle = settle
        for name in (INBOX, WORK, OUTBOX, STAGING, ARCHIVE, FAILED, SENT):
            folder.ensure(name)

    # ---------------------------------------------------------------- taking

    def claim(self) -> Claimed | None:
        """The next file: one that was claimed by somebody who died, else the oldest that has settled."""
        left = self._takeable(WORK)
        if left:
            return Claimed(*left[0])
        oldest = self._now() - self._settle
        for entry in self._takeable(INBOX):
            if entry.modified_at > oldest or self.folder.exists(f"{WORK}/{entry.name}"):
                continue
            try:
                self.folder.move(f"{INBOX}/{entry.name}", f"{WORK}/{entry.name}")
            except FileNotFoundError:  # its sender took it back
                continue
            return Claimed(*entry)
        return None

    def content(self, claimed: Claimed) -> bytes | None:
        """What a claimed file holds; ``None`` where it is too large."""
        if claimed.size > MOST_BYTES:
            return None
        content = self.folder.read(f"{WORK}/{claimed.name}")
        return content if len(content) <= MOST_BYTES else None

    def put_away(self, name: str, outcome: FileOutcome, problems: Sequence[FileProblem]) -> None:
        """Move a claimed file to where its outcome belongs, beside a report where there were problems."""
        if not self.folder.exists(f"{WORK}/{name}"):
            return
        place = FAILED if outcome is FileOutcome.FAILED else ARCHIVE
        stored = self._free(place, f"{self._now():%Y%m%dT%H%M%S}-{name}")
        if problems:
            self.folder.write(f"{FAILED}/{stored}.report.csv", report(problems))
        self.folder.move(f"{WORK}/{name}", f"{place}/{stored}")

    def _takeable(self, folder: str) -> list[Entry]:
        found = [one for one in self.folder.entries(folder) if is_plain(one.name)]
        if self._suffixes:
            found = [one for one in found if one.name.lower().endswith(self._suffixes)]
        return sorted(found, key=lambda one: (one.modified_at, one.name))

    def _free(self, place: str, name: str) -> str:
        for n in range(1, MOST_ALIKE):
            free = name if n == 1 else f"{n}-{name}"
            if not self.folder.exists(f"{place}/{free}"):
                return free
        raise Unreachable(f"too many files called “{name}”", code="folder")

    # ---------------------------------------------------------------- giving

    def write_once(self, name: str, content: bytes) -> None:
        """Lay a file out for the other side: whole at once, and never a second time, even if it was taken.

        It is written where nobody looks, then marked as sent, then moved out. Whoever is killed in between
        leaves behind by which the next one knows how far it went.

        :raises AlreadyDone: a file of this name has been laid out before.
        """
        staged, mark = f"{STAGING}/{name}", f"{SENT}/{name}"
        if not self.folder.exists(mark):
            self.folder.write(staged, content)
            self.folder.write(mark, b"")
        elif not self.folder.exists(staged):
            raise AlreadyDone("written before", code="written")
        self.folder.move(staged, f"{OUTBOX}/{name}")

    def write(self, name: str, content: bytes) -> None:
        """Lay a file out, whole at once; one of the same name that was not taken yet is replaced."""
        self.folder.write(f"{STAGING}/{name}", content)
        self.folder.move(f"{STAGING}/{name}", f"{OUTBOX}/{name}")


def is_plain(name: str) -> bool:
    """Whether a name is one that files of orders have: no path, nothing hidden, nothing that does not print."""
    return (
        bool(name)
        and not name.startswith(".")
        and not any(letter in name for letter in "/\\:")
        and name.isprintable()
        and len(name.encode("utf-8", "replace")) <= LONGEST_NAME
        and not name.lower().endswith((".tmp", ".part", ".filepart"))
    )


def safe_name(text: str) -> str:
    """A part of a file's name made of something that others may have chosen."""
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in text)
    return kept.strip(".")[:80] or "_"


def report(problems: Sequence[FileProblem]) -> bytes:
    """A report of what is wrong in a file, as CSV."""
    rows = [[one.row or "", one.field, one.code, one.message] for one in problems]
    return csv_bytes([["row", "field", "code", "message"], *rows])


def csv_bytes(rows: Sequence[Sequence[object]]) -> bytes:
    """Rows as CSV for spreadsheet programs: UTF-8 with its mark, nothing that would run as a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([[guarded(str(cell)) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
