"""Files on their way in: read, validate every row, then write group by group.

An app describes one kind of file in ``<app>/imports.py``; see :class:`Importer`. What happens to a
file is told in ``docs/explanation/imports.md``.
"""

from hecang.kernel.imports.base import (
    ApplyResult,
    Finding,
    Group,
    ImportColumn,
    ImportContext,
    Importer,
    ImportOption,
    Severity,
    StagedRow,
    importer,
    importers,
)
from hecang.kernel.imports.rows import RawRow

__all__ = [
    "ApplyResult",
    "Finding",
    "Group",
    "ImportColumn",
    "ImportContext",
    "ImportOption",
    "Importer",
    "RawRow",
    "Severity",
    "StagedRow",
    "importer",
    "importers",
]
