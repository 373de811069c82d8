"""A partner with a shared folder: drops its orders there as CSV files, and takes what is written back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings as installation
from werkzeug import Request, Response

from hecang.integrations.simulators.base import SimOrder, SimShipment, Simulator

FOLDER = "simulated"
HEADINGS = (
    "订单号", "下单时间", "商品编码", "商品名称", "数量", "单价", "买家", "收件人", "手机", "省", "市", "区", "地址",
    "运费", "优惠", "买家留言", "卖家备注",
)  # fmt: skip


class FilesSimulator(Simulator):
    """One file for each order. Misbehaves by dropping files twice, or with a row that cannot be read."""

    code = "files"
    has_address: ClassVar[bool] = False

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.base: Path = installation.DROP_ROOT / FOLDER

    def credentials(self) -> dict[str, Any]:
        return {"folder": FOLDER, "settle_seconds": 0}

    def place(self, *orders: SimOrder) -> None:
        super().place(*orders)
        for order in orders:
            self._drop(f"{order.number}.csv", order)
            if self.chance.random() < self.misbehaviour.duplicates:
                self._drop(f"{order.number}-again.csv", order)
            if self.chance.random() < self.misbehaviour.errors:
                self._drop(f"{order.number}-bad.csv", order, quantity="?")

    def tick(self) -> None:
        """Take the files that were written for us."""
        out = self.base / "out"
        for path in sorted(out.glob("*.csv")) if out.is_dir() else ():
            with io.StringIO(path.read_text("utf-8-sig")) as text:
                rows = list(csv.DictReader(text))
            path.unlink()
            if path.name.startswith("shipment-"):
                self._take_parcel(rows)
            else:
                self.stock.update({(row["sku"], ""): int(row["quantity"]) for row in rows})

    def answer(self, request: Request) -> Response:
        del request
        return Response("there is nothing here but a folder", status=404)

    def throttle(self) -> Response:
        return Response(status=429)

    def _take_parcel(self, rows: list[dict[str, str]]) -> None:
        head = rows[0]
        lines = tuple((row["external_line"], int(row["quantity"])) for row in rows)
        # A folder counts lines by their SKU; the neutral world's lines have numbers of their own.
        order = self.orders[head["order_number"]]
        names = {line.outer_sku: line.external_line for line in order.lines}
        told = tuple((names.get(line, line), units) for line, units in lines)
        self.ship(SimShipment(head["order_number"], head["carrier"], head["waybill"], told))

    def _drop(self, name: str, order: SimOrder, *, quantity: str = "") -> None:
        """Write a file under a hidden name, and rename it when it is whole."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(HEADINGS)
        for line in order.lines:
            writer.writerow(
                [
                    order.number, order.created_at.isoformat(), line.outer_sku, line.title,
                    quantity or line.quantity, line.unit_price, order.buyer, order.name, order.phone,
                    order.province, order.city, order.district, order.address, order.freight, order.discount,
                    order.buyer_remark, order.seller_remark,
                ]
            )  # fmt: skip
        inbox = self.base / "in"
        inbox.mkdir(parents=True, exist_ok=True)
        hidden = inbox / f".{name}"
        hidden.write_text(text.getvalue(), "utf-8-sig")
        hidden.rename(inbox / name)
