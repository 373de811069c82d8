"""How long a parcel of a lane may be silent: learned from where its like were scanned next.

A lane is service, warehouse and province. Where it has too few scans to learn from, the wider one speaks:
the warehouse's service everywhere, the service from everywhere, all services, and last a plain table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from hecang.shipping.carriers.base import TrackStatus

#: A lane with fewer samples says nothing.
FEWEST: Final = 20
#: Hours until the next scan where nothing was learned yet.
PLAIN_HOURS: Final[Mapping[str, int]] = {
    TrackStatus.CREATED: 24,
    TrackStatus.PICKED_UP: 24,
    TrackStatus.IN_TRANSIT: 48,
    TrackStatus.CUSTOMS: 72,
    TrackStatus.OUT_FOR_DELIVERY: 24,
    TrackStatus.AT_PICKUP_POINT: 72,
    TrackStatus.ATTEMPT_FAILED: 48,
    TrackStatus.EXCEPTION: 48,
    TrackStatus.RETURNING: 72,
    TrackStatus.UNKNOWN: 24,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """Quantiles of one lane, in minutes."""

    samples: int
    p50_min: int
    p80_min: int
    p95_min: int
    p99_min: int


@dataclass(frozen=True, slots=True)
class Lane:
    service_id: int
    warehouse_id: int
    region_code: str

    def widening(self) -> Iterator[tuple[int | None, int | None, str]]:
        """Keys from the narrowest to the widest."""
        yield (self.service_id, self.warehouse_id, self.region_code[:2])
        yield (self.service_id, self.warehouse_id, "")
        yield (self.service_id, None, "")
        yield (None, None, "")


@dataclass(frozen=True, slots=True)
class Bounds:
    """As :class:`hecang.shipping.models.TrackPolicy`."""

    stall_percent: int = 150
    stall_least_hours: int = 24
    stall_most_hours: int = 120
    lost_days: int = 10


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the next scan, and from what it was learned (``width`` 0 is the narrowest lane,
    4 the plain table)."""

    stall: timedelta
    lost: timedelta
    p95_min: int
    samples: int
    width: int

    def why(self) -> dict[str, Any]:
        """To be kept with a verdict, and put into words when shown."""
        return {
            "limit_hours": round(self.stall.total_seconds() / 3600),
            "p95_hours": round(self.p95_min / 60, 1),
            "samples": self.samples,
            "width": self.width,
        }


class LaneTable:
    """Measures by kind and lane, to be asked for any parcel."""

    def __init__(
        self,
        rows: Iterable[tuple[str, int | None, int | None, str, Measure]],
        bounds: Mapping[int | None, Bounds],
    ) -> None:
        self._measures = {
            (kind, service, warehouse, prefix): measure for kind, service, warehouse, prefix, measure in rows
        }
        self._bounds = bounds

    def measure(self, kind: str, lane: Lane) -> tuple[Measure | None, int]:
        """The narrowest measure with samples enough, and how wide it is."""
        for width, key in enumerate(lane.widening()):
            found = self._measures.get((kind, *key))
            if found is not None and found.samples >= FEWEST:
                return found, width
        return None, 4

    def patience(self, status: str, lane: Lane) -> Patience:
        bounds = self._bounds.get(lane.service_id) or self._bounds.get(None) or Bounds()
        found, width = self.measure(f"gap:{status}", lane)
        if found is None:
            p95, samples = PLAIN_HOURS.get(status, 48) * 60, 0
            wanted = p95
        else:
            p95, samples = found.p95_min, found.samples
            wanted = p95 * bounds.stall_percent // 100
        minutes = min(max(wanted, bounds.stall_least_hours * 60), bounds.stall_most_hours * 60)
        return Patience(
            stall=timedelta(minutes=minutes),
            lost=timedelta(minutes=max(bounds.lost_days * 24 * 60, minutes + 60)),
            p95_min=p95,
            samples=samples,
            width=width,
        )
