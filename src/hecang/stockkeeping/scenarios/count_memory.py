"""What a handheld remembers while somebody counts, as plain JSON between steps."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from hecang.stockkeeping.services.counts import Tally


@dataclass(slots=True)
class At:
    """The place at hand."""

    place_id: int
    location_id: int
    code: str
    zone: str


@dataclass(slots=True)
class Pending:
    """Goods that were scanned and of which something is still to be said."""

    sku_id: int
    sku: str
    name: str
    unit: str
    quantity: int
    is_serial: bool = False
    needs_lot: bool = False
    needs_expiry: bool = False
    owner_id: int | None = None
    lot_id: int | None = None
    lot_code: str = ""
    expires_on: str = ""
    condition: str = ""
    serials: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Counted:
    """A quantity that was counted here."""

    sku_id: int
    sku: str
    unit: str
    quantity: int
    owner_id: int | None
    lot_id: int | None
    lot: str
    condition: str
    container_id: int | None
    container: str
    serials: list[str] | None
    position: int | None
    at: str

    @classmethod
    def of(
        cls, pending: Pending, units: int, container: dict[str, Any] | None, *, position: int | None, at: str
    ) -> Counted:
        return cls(
            pending.sku_id, pending.sku, pending.unit, units, pending.owner_id, pending.lot_id, pending.lot_code,
            pending.condition, container["id"] if container else None, container["code"] if container else "",
            list(pending.serials) if pending.is_serial else None, position, at,
        )  # fmt: skip

    def tally(self) -> Tally:
        return Tally(
            sku_id=self.sku_id,
            quantity=self.quantity,
            owner_id=self.owner_id,
            lot_id=self.lot_id,
            condition=self.condition,
            container_id=self.container_id,
            serials=None if self.serials is None else tuple(self.serials),
            position=self.position,
            at=datetime.fromisoformat(self.at),
        )


@dataclass(slots=True)
class Memory:
    """The whole of it.

    :param state: code of the step.
    :param asking: a container of which is asked what to do with it.
    :param progress: places done and all of this stretch.
    """

    state: str = "place"
    count_id: int = 0
    number: str = ""
    stretch_id: int = 0
    is_blind: bool = True
    progress: tuple[int, int] = (0, 0)
    at: At | None = None
    pending: Pending | None = None
    asking: dict[str, Any] | None = None
    container: dict[str, Any] | None = None
    sealed: list[dict[str, Any]] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)

    def clear(self) -> None:
        """Forget the place at hand."""
        self.at, self.pending, self.asking, self.container = None, None, None, None
        self.sealed, self.counted = [], []

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Memory:
        """What :meth:`as_dict` wrote down."""
        values = {one.name: kept[one.name] for one in fields(cls) if one.name in kept}
        for name, kind in (("at", At), ("pending", Pending)):
            if values.get(name) is not None:
                values[name] = kind(**values[name])
        values["counted"] = [Counted(**one) for one in values.get("counted", [])]
        values["progress"] = tuple(values.get("progress", (0, 0)))
        return cls(**values)
