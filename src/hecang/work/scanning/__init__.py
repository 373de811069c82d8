"""One reader for any code: EAN, GS1, SSCC, EPC, our own codes of places, containers and documents."""

from hecang.work.scanning.types import CodeKind, Elements, Match, Scanned

__all__ = ["CodeKind", "Elements", "Match", "Scanned"]
