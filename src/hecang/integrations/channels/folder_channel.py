"""What channels over a shared folder have in common, wherever the folder lies and whatever is in the files."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import Field

from hecang.integrations.channels.base import (
    ChannelConnector,
    ChannelOrder,
    Feature,
    FileOutcome,
    FileProblem,
    Limits,
    OrderFile,
    Page,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.folders import Claimed, DropBox, Folder, csv_bytes, safe_name
from hecang.integrations.channels.order_files import OrdersRead, orders_read
from hecang.kernel.connectors import ConnectorSettings

logger = structlog.get_logger("hecang.channels")
#: Says that there may be another file.
NEXT = "next"
#: One window holds everything: folders know no windows.
ALL_TIME = timedelta(days=36_500)
#: Written confirmations and levels name the columns like this.
CONFIRM_COLUMNS = (
    "order_number", "carrier", "waybill", "shipped_at", "completes_order", "external_line", "sku", "quantity",
)  # fmt: skip
STOCK_COLUMNS = ("sku", "quantity", "at")


class FileSettings(ConnectorSettings):
    """What every channel with files of orders can be told."""

    columns: dict[str, str] = Field(
        default_factory=dict,
        title=_("Columns"),
        description=_(
            "Your column to the heading in the files, where it is not found by itself: "
            "external_number, sku, quantity …"
        ),
    )
    date_order: str = Field(
        "",
        title=_("Order of dates"),
        description=_("dmy or mdy where files write 03/04/2026"),
        pattern="^(dmy|mdy|)$",
    )
    carrier_codes: dict[str, str] = Field(
        default_factory=dict,
        title=_("Carrier codes"),
        description=_("Your carrier code to the one that is told"),
    )


class FolderSettings(FileSettings):
    settle_seconds: int = Field(
        10,
        title=_("Seconds at rest"),
        description=_("Files that were written to more recently are left alone: they may be half there"),
        ge=0,
        le=3600,
    )


class FolderChannel(ChannelConnector):
    """Orders in files of a shared folder; confirmations and stock written back as files."""

    features = frozenset(
        {Feature.PULL_ORDERS, Feature.CONFIRM_SHIPMENT, Feature.CONFIRM_PARTS, Feature.PUSH_STOCK}
    )
    limits = Limits(page_size=1, window=ALL_TIME, overlap=timedelta(0), calls_per_second=0, stock_batch=5000)
    suffixes: ClassVar[Sequence[str]] = (".csv", ".xlsx", ".txt")

    def __init__(self, settings: Any, link: Any) -> None:
        super().__init__(settings, link)
        self._box: DropBox | None = None

    @abstractmethod
    def folder_open(self) -> Folder:
        """Reach the folder."""

    @property
    def box(self) -> DropBox:
        """The folder, opened at its first use."""
        if self._box is None:
            settle = timedelta(seconds=self.settings.settle_seconds)
            self._box = DropBox(self.folder_open(), self.link.now, suffixes=self.suffixes, settle=settle)
        return self._box

    def close(self) -> None:
        if self._box is not None:
            self._box.folder.close()
            self._box = None

    def check(self) -> None:
        self.box.folder.write(".sent/.check", b"")
        self.box.folder.entries("in")

    def carrier_code(self, carrier: str) -> str:
        """The code that is told; our own where the settings know no other."""
        codes: Mapping[str, str] = self.settings.carrier_codes
        return codes.get(carrier, carrier)

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:  # noqa: ARG002
        """One file, whenever it was written."""
        claimed = self.box.claim()
        if claimed is None:
            return Page([])
        content = self.box.content(claimed)
        if content is None:
            return Page([], NEXT, _too_large(claimed))
        digest = hashlib.sha256(content).hexdigest()
        try:
            read = self.orders_of(content, claimed.modified_at)
        except DatabaseError:
            raise
        except Exception as error:  # whatever a stranger's file does to a reader: it must not stop the others
            logger.exception("order_file_unreadable", connector=self.code)
            read = OrdersRead([], [unreadable(error)])
        file = OrderFile(self.key_of(content, digest), digest, claimed.name, read.problems, claimed.name)
        return Page(read.orders, NEXT, file)

    def orders_of(self, content: bytes, at: datetime) -> OrdersRead:
        """What a file holds."""
        return orders_read(content, at=at, columns=self.settings.columns, date_order=self.settings.date_order)

    def key_of(self, content: bytes, digest: str) -> str:  # noqa: ARG002 - files with numbers of their own differ
        """What names a file for ever."""
        return f"sha256:{digest}"

    def settle_file(self, file: OrderFile, outcome: FileOutcome, problems: Sequence[FileProblem]) -> None:
        self.box.put_away(file.place, outcome, problems)

    # ---------------------------------------------------------------- confirmations and stock

    def confirm_shipment(self, shipment: Shipment) -> None:
        """One file for each parcel of an order, one row for each line."""
        head = [
            shipment.order_number,
            self.carrier_code(shipment.carrier),
            shipment.waybill,
            shipment.shipped_at.isoformat(timespec="seconds"),
            "1" if shipment.completes_order else "0",
        ]
        rows = [[*head, line.external_line, line.product_id, line.quantity] for line in shipment.lines]
        name = f"shipment-{safe_name(shipment.order_number)}-{safe_name(shipment.key)}.csv"
        self.box.write_once(name, csv_bytes([CONFIRM_COLUMNS, *rows]))

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        """One file for each batch; the newest row of a SKU counts."""
        now = self.link.now()
        at = now.isoformat(timespec="milliseconds")
        rows = [[level.outer_sku or level.product_id, level.quantity, at] for level in levels]
        content = csv_bytes([STOCK_COLUMNS, *rows])
        name = f"stock-{now:%Y%m%dT%H%M%S%f}-{hashlib.sha256(content).hexdigest()[:8]}.csv"
        self.box.write(name, content)
        return [StockOutcome(level) for level in levels]


def _too_large(claimed: Claimed) -> OrderFile:
    digest = hashlib.sha256(f"{claimed.name}\n{claimed.size}\n{claimed.modified_at}".encode()).hexdigest()
    problem = FileProblem("too_large", gettext("The file is larger than 50 MB. Split it."))
    return OrderFile(f"large:{digest}", digest, claimed.name, [problem], claimed.name)


def unreadable(error: Exception) -> FileProblem:
    """What is told of a file that broke its reader: the kind alone, whatever stood in it."""
    text = gettext("The file cannot be read (%(kind)s). Save it again as CSV or XLSX.")
    return FileProblem("unreadable", text % {"kind": type(error).__name__})
