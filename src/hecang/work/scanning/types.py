"""What a scanned code can mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

CodeKind = Literal["sku", "location", "container", "lot", "serial", "document", "unknown"]


@dataclass(frozen=True, slots=True)
class Elements:
    """What stands in the code itself (GS1 application identifiers, EPC), whether known to us or not.

    :param gtin: fourteen digits.
    :param sscc: eighteen digits.
    :param count: base units or packages, AI 30 or 37.
    :param weight_g: net weight, AI 310n, in grams.
    """

    gtin: str = ""
    sscc: str = ""
    lot: str = ""
    serial: str = ""
    produced_on: date | None = None
    expires_on: date | None = None
    count: int | None = None
    weight_g: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """One thing of ours that the code names.

    :param id: primary key in its table.
    :param code: as people write it.
    :param quantity: base units that one scan stands for; of a SKU.
    :param document: of a document: ``asn``, ``purchase_order``, ``transfer`` …
    """

    kind: CodeKind
    id: int
    code: str
    quantity: int = 1
    sku_id: int | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan, read.

    :param text: as it came, cleaned of symbology identifiers and control characters around.
    :param matches: what it may mean, the likeliest first; empty where nobody knows it.
    :param elements: what stands in it.
    """

    text: str
    matches: tuple[Match, ...] = ()
    elements: Elements = field(default_factory=Elements)

    @property
    def kind(self) -> CodeKind:
        return self.matches[0].kind if self.matches else "unknown"

    def first(self, *kinds: CodeKind) -> Match | None:
        """The likeliest match of one of ``kinds``."""
        return next((match for match in self.matches if match.kind in kinds), None)
