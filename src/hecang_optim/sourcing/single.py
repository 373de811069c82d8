"""The fast path on the arrays of a problem: single orders at the prices of the last batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hecang_optim.arrays import Floats, Ints
from hecang_optim.errors import require
from hecang_optim.sourcing.myopic import Decision, Need, Source, decide
from hecang_optim.sourcing.problem import Network
from hecang_optim.sourcing.solution import Prices


class FastPath:
    """Decides orders that come between two batches; see :mod:`hecang_optim.sourcing.myopic`.

    A warehouse whose capacity is 0 on all days ships nothing. Holds network and prices as plain lists, so that one order costs some ten microseconds. It keeps no stock: hand over
    what is free, and take off what was decided.

    :param unit_g: (S,) grams of a unit.
    :param prices: of the last batch, ``Solution.prices``.
    """

    def __init__(self, network: Network, unit_g: Ints, prices: Prices) -> None:
        self._network = network
        self._unit_g = unit_g.tolist()
        self._price = prices.unit.T.tolist()
        self._days = [
            [(price, departure) for price, departure, room in zip(*rows, strict=True) if room > 0]
            for rows in zip(
                prices.capacity.tolist(),
                network.departure_hours.tolist(),
                network.capacity.tolist(),
                strict=True,
            )
        ]
        self._lead = network.lead_hours.T.tolist()
        self._offers = [
            list(zip(*(table[:, zone].tolist() for table in _tariff(network)), strict=True))
            for zone in range(network.zones)
        ]
        self._handling = list(
            zip(
                network.handling_shipment.tolist(),
                network.handling_line.tolist(),
                network.handling_unit.tolist(),
                network.parcel_g.tolist(),
                strict=True,
            )
        )

    def decide(
        self,
        zone: int,
        lines: Sequence[tuple[int, int]],
        free: Sequence[Mapping[int, int]],
        *,
        short_price: float,
        due_hours: float = float("inf"),
        allowed: Sequence[int] | None = None,
    ) -> Decision:
        """Where one order comes from.

        :param lines: (SKU, units).
        :param free: for each line, warehouse → units that can be promised.
        :param short_price: money for each unit that is not shipped now.
        :param allowed: warehouses that may ship; ``None``: all.
        :raises InvalidProblem: there is no such zone, or lines and free differ in number.
        """
        require(0 <= zone < self._network.zones, "zone", f"must be below {self._network.zones}")
        require(len(lines) == len(free), "free", "must have an entry for each line")
        warehouses = range(self._network.warehouses) if allowed is None else allowed
        sources = [self._source(w, zone, due_hours) for w in warehouses if self._days[w]]
        needs = [
            Need(sku, units, self._unit_g[sku], short_price, there, dict(enumerate(self._price[sku])))
            for (sku, units), there in zip(lines, free, strict=True)
        ]
        return decide(
            needs,
            sources,
            split_price=self._network.split_price,
            most_warehouses=self._network.most_warehouses,
        )

    def _source(self, w: int, zone: int, due: float) -> Source:
        shipment, line, unit, parcel_g = self._handling[w]
        lead, late_price = self._lead[zone][w], self._network.late_price
        place = min(
            price + late_price * max(0.0, departure + lead - due) for price, departure in self._days[w]
        )
        first_price, step_price, first_g, step_g = self._offers[zone][w]
        return Source(
            w, shipment + place, line, unit, first_price, step_price, int(first_g), int(step_g), parcel_g
        )


def _tariff(network: Network) -> tuple[Floats, Floats, Ints, Ints]:
    return network.first_price, network.step_price, network.first_g, network.step_g
