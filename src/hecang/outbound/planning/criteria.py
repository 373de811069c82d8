"""What a wave shall be made of, as people ask for it and as the wave remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from hecang.outbound.planning.base import Cart

Size = Literal["any", "single", "multi"]


@dataclass(frozen=True, slots=True)
class WaveCriteria:
    """Which ready fulfilments to take, how to cut them, and how to allocate. Empty means no restriction.

    :param ship_before: only what must leave before this (its cut-off).
    :param temperature: only this class: ``ambient``, ``chilled`` or ``frozen``.
    :param zone_ids: only what can be picked in these zones alone, as far as the preview of stock knows.
    :param size: ``single`` (one unit), ``multi`` (more), or ``any``.
    :param max_priority: only this priority and more urgent ones (smaller numbers).
    :param region_prefix: only addresses whose region code starts so.
    :param max_orders: at most so many fulfilments, most urgent first.
    :param max_lines: at most so many lines.
    :param policy: allocation policy of inventory.
    :param choose: let the optimiser choose among them what goes now and what waits for the next wave.
    :param pickers: who pick until then; 0: as many as pick now.
    :param next_wave_minutes: until then.
    """

    ship_before: datetime | None = None
    service_ids: tuple[int, ...] = ()
    carrier_ids: tuple[int, ...] = ()
    owner_ids: tuple[int, ...] = ()
    shop_ids: tuple[int, ...] = ()
    zone_ids: tuple[int, ...] = ()
    fulfilment_ids: tuple[int, ...] = ()
    temperature: str = ""
    size: Size = "any"
    max_priority: int | None = None
    region_prefix: str = ""
    max_orders: int = 500
    max_lines: int = 10_000
    policy: str = "fefo"
    choose: bool = False
    pickers: int = 0
    next_wave_minutes: int = 60
    cart: Cart = field(default_factory=Cart)

    def as_json(self) -> dict[str, Any]:
        """Only what differs from the defaults, JSON-able."""
        plain = asdict(self)
        usual = asdict(WaveCriteria())
        changed = {key: value for key, value in plain.items() if value != usual[key]}
        if self.ship_before is not None:
            changed["ship_before"] = self.ship_before.isoformat()
        return changed

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WaveCriteria:
        """The criteria that :meth:`as_json` wrote; unknown keys of older versions are dropped."""
        known = {entry.name for entry in fields(cls)}
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in data.items()
            if key in known
        }
        if values.get("ship_before"):
            values["ship_before"] = datetime.fromisoformat(values["ship_before"])
        if "cart" in values:
            values["cart"] = Cart(**values["cart"])
        return cls(**values)
