"""One reader for any code: EAN, GS1, SSCC, EPC, our own codes of places, containers and documents."""

from hecang.work.scanning.documents import DocumentKind, documents_register
from hecang.work.scanning.resolving import scan_read, scans_read
from hecang.work.scanning.types import CodeKind, Elements, Match, Scanned

__all__ = [
    "CodeKind",
    "DocumentKind",
    "Elements",
    "Match",
    "Scanned",
    "documents_register",
    "scan_read",
    "scans_read",
]
