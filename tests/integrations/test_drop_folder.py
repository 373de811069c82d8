"""The drop folder: files are taken once, whole and only where they can be read; what is told lies there once."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from openpyxl import Workbook
from tests.factories.accounts import api_client
from tests.factories.orders import assert_lawful, life, shop
from tests.integrations.droppers import START, GenericShop, generic_shop

from hecang.integrations.channels.base import Shipment, ShippedLine, StockLevel
from hecang.integrations.channels.files import DropFolderChannel, DropFolderSettings
from hecang.integrations.channels.folders import MOST_BYTES
from hecang.integrations.models import PlatformOrder, ShipmentConfirm
from hecang.integrations.services.channels.stock import stock_push
from hecang.integrations.services.connections import connection_check
from hecang.integrations.simulators.base import Misbehaviour, SimLine, SimOrder
from hecang.integrations.simulators.files import FilesSimulator
from hecang.kernel.connectors import AlreadyDone, Link, Unreachable
from hecang.kernel.errors import InvalidInput
from hecang.kernel.imports.base import importer_of
from hecang.kernel.imports.memory import mapping_remember
from hecang.orders.models import SalesOrder
from hecang.orders.selectors import order_recipients

pytestmark = pytest.mark.django_db
HEAD = "订单号,下单时间,商品编码,数量,单价,收件人,手机,省,市,区,地址\n"


def row(number: str, sku: str = "SKU-1", quantity: str = "2", price: str = "10.00") -> str:
    return f"{number},2026-03-01 09:00,{sku},{quantity},{price},王小明,13900000001,上海市,上海市,浦东新区,世纪大道 1 号\n"


class Drop:
    """What the other side does with its folder."""

    def __init__(self, base: Path, shop: GenericShop) -> None:
        self.base = base
        self.shop = shop

    def put(self, name: str, content: str | bytes, at: datetime | None = None) -> Path:
        """A file that was written a minute ago."""
        path = self.base / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        moment = (at or self.shop.now - timedelta(minutes=1)).timestamp()
        os.utime(path, (moment, moment))
        return path

    def names(self, folder: str) -> list[str]:
        return sorted(one.name for one in (self.base / folder).iterdir() if one.is_file())

    def rows(self, folder: str, name: str) -> list[list[str]]:
        text = (self.base / folder / name).read_bytes().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))


@pytest.fixture(autouse=True)
def _root(tmp_path: Path) -> Iterator[None]:
    with override_settings(DROP_ROOT=tmp_path):
        yield


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    with generic_shop("files", {"folder": "shop-1"}) as shop:
        yield Drop(tmp_path / "shop-1", shop)


def test_a_file_becomes_orders_and_goes_to_the_archive(drop: Drop) -> None:
    drop.put("a.csv", HEAD + row("N-1") + row("N-1", "SKU-2", "1", "5.50") + row("N-2"))

    done = drop.shop.pull()

    order = drop.shop.order("N-1")
    assert (done.imported, done.failed) == (2, 0)
    assert (order.state, str(order.total_amount)) == ("approved", "25.50")
    assert life(order) == [(2, 0, 0, 0, 0), (1, 0, 0, 0, 0)]
    assert order_recipients([order.pk])[order.pk].address.endswith("浦东新区世纪大道 1 号")
    assert drop.names("in") == drop.names("in/.processing") == drop.names("failed") == []
    assert drop.names("archive") == ["20260302T010100-a.csv"]
    assert drop.shop.files() == [("a.csv", "taken", 2)]
    assert_lawful()


def test_a_workbook_and_gb18030_are_read_too(drop: Drop) -> None:
    book = Workbook()
    for cells in (HEAD + row("N-1")).strip().split("\n"):
        book.active.append(cells.split(","))  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    drop.put("a.XLSX", stream.getvalue())
    drop.put("b.csv", (HEAD + row("N-2")).encode("gb18030"))

    assert drop.shop.pull().imported == 2
    order = drop.shop.order("N-2")
    assert order_recipients([order.pk])[order.pk].name == "王小明"


def test_the_same_file_again_changes_nothing(drop: Drop) -> None:
    drop.put("a.csv", HEAD + row("N-1"))
    drop.shop.pull()

    drop.put("b.csv", HEAD + row("N-1"))
    done = drop.shop.pull()

    assert done.seen == 0
    assert SalesOrder.objects.count() == 1
    assert len(drop.names("archive")) == 2
    assert drop.shop.files() == [("a.csv", "taken", 1)]


def test_a_later_file_with_the_same_order_corrects_it(drop: Drop) -> None:
    drop.put("a.csv", HEAD + row("N-1"))
    drop.shop.pull()

    drop.put("b.csv", HEAD + row("N-1").replace("王小明", "李雷") + row("N-2"))
    done = drop.shop.pull()

    order = drop.shop.order("N-1")
    assert (done.imported, done.updated) == (1, 1)
    assert order_recipients([order.pk])[order.pk].name == "李雷"
    assert life(order) == [(2, 0, 0, 0, 0)]


def test_a_file_that_is_still_written_to_is_left_alone(drop: Drop) -> None:
    drop.shop.pass_time(minutes=1)
    path = drop.put("a.csv", HEAD + row("N-1"), at=drop.shop.now)
    drop.put("b.csv.part", HEAD + row("N-2"))
    drop.put(".hidden.csv", HEAD + row("N-3"))

    assert drop.shop.pull(seconds=9).seen == 0
    assert path.exists()
    assert drop.shop.pull(seconds=1).imported == 1
    assert drop.names("in") == [".hidden.csv", "b.csv.part"]


def test_a_bad_file_is_put_aside_whole_with_a_report(drop: Drop) -> None:
    drop.put("bad.csv", HEAD + row("N-1") + row("N-2", quantity="two") + row("N-3", price="-1"))
    drop.put("good.csv", HEAD + row("N-4"))

    done = drop.shop.pull()

    assert done.imported == 1
    assert list(SalesOrder.objects.values_list("external_number", flat=True)) == ["N-4"]
    assert drop.names("failed") == [
        "20260302T010100-bad.csv",
        "20260302T010100-bad.csv.report.csv",
    ]
    told = drop.rows("failed", "20260302T010100-bad.csv.report.csv")
    assert [cells[:3] for cells in told] == [
        ["row", "field", "code"],
        ["3", "quantity", "wrong_type"],
        ["4", "unit_price", "negative_price"],
    ]
    assert drop.shop.files() == [("bad.csv", "failed", 0), ("good.csv", "taken", 1)]
    assert drop.shop.connection.failures == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04 no workbook", "unreadable_file"),
        (b"\xd0\xcf\x11\xe0 old workbook", "unreadable_file"),
        (b"\xff\xfe\xff\xff\x00", "unknown_encoding"),
        (HEAD.encode(), "empty_file"),
        ("甲,乙\n1,2\n".encode(), "missing_column"),
        ((HEAD + 'N-1,"never closed').encode(), "required"),
    ],
)
def test_what_cannot_be_read_is_said(drop: Drop, content: bytes, code: str) -> None:
    drop.put("x.csv", content)

    drop.shop.pull()

    [report] = [name for name in drop.names("failed") if name.endswith(".report.csv")]
    assert code in {cells[2] for cells in drop.rows("failed", report)}
    assert drop.names("in/.processing") == []
    assert drop.shop.connection.failures == 0


def test_a_file_beyond_all_measure_is_not_even_read(drop: Drop) -> None:
    path = drop.put("big.csv", b"")
    with path.open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    moment = (drop.shop.now - timedelta(minutes=1)).timestamp()
    os.utime(path, (moment, moment))

    drop.shop.pull()

    assert drop.rows("failed", "20260302T010100-big.csv.report.csv")[1][2] == "too_large"


def test_columns_are_matched_as_people_matched_them_before(drop: Drop) -> None:
    content = "Bestellung,Wann,Artikel,Stück\nN-1,2026-03-01,SKU-1,2\n"
    drop.put("a.csv", content)
    drop.shop.pull()
    assert drop.names("failed") == ["20260302T010100-a.csv", "20260302T010100-a.csv.report.csv"]
    columns = {"external_number": "Bestellung", "placed_at": "Wann", "sku": "Artikel", "quantity": "Stück"}

    mapping_remember(
        kind=importer_of("sales_order"),
        headings=content.split("\n")[0].split(","),
        mapping={"columns": columns},
    )
    drop.put("b.csv", content)
    drop.shop.pull()

    assert life(drop.shop.order("N-1")) == [(2, 0, 0, 0, 0)]
    assert drop.shop.files() == [("b.csv", "taken", 1)]


def test_names_and_links_lead_nowhere_else(drop: Drop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(HEAD + row("N-9"))
    drop.shop.pull()
    (drop.base / "in" / "link.csv").symlink_to(secret)
    drop.put("back\\..\\slash.csv", HEAD + row("N-1"))
    drop.put("line\nbreak.csv", HEAD + row("N-2"))

    done = drop.shop.pull()

    assert done.seen == 0
    assert secret.exists()
    assert SalesOrder.objects.count() == 0


def test_a_folder_that_is_a_link_is_not_used(drop: Drop, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    drop.base.mkdir()
    (drop.base / "archive").symlink_to(elsewhere)

    outcome = connection_check(connection_id=drop.shop.connection_id)

    assert (outcome.is_ok, outcome.code) == (False, "folder")


@pytest.mark.parametrize("folder", ["../x", "/etc", "a/../../b", ".hidden", "a/./b", "", "a//b"])
def test_folders_lie_below_their_root(folder: str) -> None:
    with pytest.raises(InvalidInput), generic_shop("files", {"folder": folder}):
        raise AssertionError("it was saved")


def test_a_base_that_is_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "shop-1").symlink_to(tmp_path)

    with override_settings(DROP_ROOT=tmp_path / "root"), pytest.raises(Unreachable):
        connector().check()


@pytest.mark.parametrize("killed", ["before_note", "before_settle"])
def test_whoever_is_killed_on_the_way_doubles_nothing(
    drop: Drop, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    drop.put("a.csv", HEAD + row("N-1") + row("N-2"))

    def die(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if killed == "before_note":
            patch.setattr("hecang.integrations.services.channels.files._note", die)
        else:
            patch.setattr(DropFolderChannel, "settle_file", die)
        with pytest.raises(KeyboardInterrupt):
            drop.shop.pull()
    assert SalesOrder.objects.count() == 2
    assert drop.names("in/.processing") == ["a.csv"]

    done = drop.shop.pull()

    assert done.imported == 0
    assert SalesOrder.objects.count() == PlatformOrder.objects.count() == 2
    assert drop.shop.world.reserved("SKU-1") == {"SH": 4}
    assert drop.names("in/.processing") == []
    assert drop.names("archive") == ["20260302T010200-a.csv"]
    assert_lawful()


def test_files_are_listed_with_what_is_wrong_in_them(drop: Drop) -> None:
    drop.put("bad.csv", HEAD + row("N-1", quantity="two"))
    drop.put("good.csv", HEAD + row("N-2"))
    drop.shop.pull()

    shown = api_client().get("/channel-files?state=failed").json()["items"]
    stranger = (
        api_client(roles=["order_desk"], shop_ids=[shop("OTHER").pk]).get("/channel-files").json()["items"]
    )

    assert [(one["name"], one["orders"], one["connection"]["connector"]) for one in shown] == [
        ("bad.csv", 0, "files")
    ]
    assert [(one["row"], one["field"], one["code"]) for one in shown[0]["problems"]] == [
        (2, "quantity", "wrong_type")
    ]
    assert stranger == []


# ------------------------------------------------------------------ what is written back


def connector(now: datetime = START, **settings: Any) -> DropFolderChannel:
    import httpx

    plain = {"folder": "shop-1", **settings}
    return DropFolderChannel(
        DropFolderSettings.model_validate(plain), Link(http=httpx.Client(), now=lambda: now)
    )


def shipment(**fields: Any) -> Shipment:
    given: dict[str, Any] = {
        "key": "hecang-7",
        "order_number": "N-1",
        "carrier": "SF",
        "waybill": "SF100",
        "lines": [ShippedLine("SKU-1", "SKU-1", "", 2)],
        "completes_order": True,
        "shipped_at": START,
    }
    return Shipment(**{**given, **fields})


def test_file_to_order_to_parcel_to_confirmation(tmp_path: Path) -> None:
    with generic_shop("files", {"folder": "shop-1"}, with_floor=True) as shop:
        drop = Drop(tmp_path / "shop-1", shop)
        drop.put("a.csv", HEAD + row("N-1") + row("N-1", "SKU-2", "1"))
        shop.pull()
        [parcel] = shop.ship("N-1")

        sent = [shop.confirm() for _again in range(3)]

        assert parcel.waybill is not None
        assert [one.done for one in sent] == [1, 0, 0]
        [name] = drop.names("out")
        confirm = ShipmentConfirm.objects.get()
        assert name == f"shipment-N-1-hecang-{confirm.pk}.csv"
        rows = drop.rows("out", name)
        assert rows[0] == [
            "order_number", "carrier", "waybill", "shipped_at", "completes_order", "external_line", "sku", "quantity",
        ]  # fmt: skip
        assert [(r[0], r[2], r[4], r[6], r[7]) for r in rows[1:]] == [
            ("N-1", parcel.waybill.number, "1", "SKU-1", "2"),
            ("N-1", parcel.waybill.number, "1", "SKU-2", "1"),
        ]
        assert drop.names("out/.tmp") == []


def test_a_confirmation_that_was_taken_is_not_written_again(tmp_path: Path) -> None:
    connector().confirm_shipment(shipment())
    [path] = [one for one in (tmp_path / "shop-1" / "out").iterdir() if one.is_file()]
    path.unlink()

    with pytest.raises(AlreadyDone):
        connector().confirm_shipment(shipment())

    assert not path.exists()


def test_whoever_is_killed_before_the_move_has_it_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("hecang.integrations.channels.folders.LocalFolder.move", die)
        with pytest.raises(KeyboardInterrupt):
            connector().confirm_shipment(shipment())
    out = tmp_path / "shop-1" / "out"
    assert [one for one in out.iterdir() if one.is_file()] == []

    connector().confirm_shipment(shipment())
    with pytest.raises(AlreadyDone):
        connector().confirm_shipment(shipment())

    assert [one.name for one in out.iterdir() if one.is_file()] == ["shipment-N-1-hecang-7.csv"]


def test_written_files_run_no_formulas_and_lie_where_they_should(tmp_path: Path) -> None:
    number = "../../=HYPERLINK(1)"

    connector(carrier_codes={"SF": "shunfeng"}).confirm_shipment(
        shipment(order_number=number, lines=[ShippedLine("@SUM(A1)", "+1+1", "", 1)])
    )

    [path] = [one for one in (tmp_path / "shop-1" / "out").iterdir() if one.is_file()]
    assert path.name == "shipment-_.._=HYPERLINK_1_-hecang-7.csv".replace("=", "_")
    cells = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))[1]
    assert (cells[1], cells[5], cells[6]) == ("shunfeng", "'@SUM(A1)", "'+1+1")


def test_stock_is_written_in_one_file(drop: Drop) -> None:
    drop.put("a.csv", HEAD + row("N-1") + row("N-1", "SKU-2", "1"))
    drop.shop.pull()

    told = stock_push(connection_id=drop.shop.connection_id)

    [name] = drop.names("out")
    assert told == 2
    assert sorted(cells[:2] for cells in drop.rows("out", name)) == [
        ["SKU-1", "98"], ["SKU-2", "99"], ["sku", "quantity"],
    ]  # fmt: skip


def test_stock_told_again_is_another_file(tmp_path: Path) -> None:
    level = StockLevel("k", "SKU-1", "", "SKU-1", 5)

    first = connector().push_stock([level])
    connector(START + timedelta(seconds=1)).push_stock([level])

    assert [one.error for one in first] == [None]
    assert len([one for one in (tmp_path / "shop-1" / "out").iterdir() if one.is_file()]) == 2


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop-1").write_text("a file where the folder should be")

    with pytest.raises(Unreachable):
        connector().check()


# ------------------------------------------------------------------ the simulated partner


def test_the_simulated_partner_drops_orders_and_takes_what_is_told(tmp_path: Path) -> None:
    sim = FilesSimulator(misbehaviour=Misbehaviour(duplicates=1.0, errors=1.0))
    with generic_shop("files", sim.credentials(), with_floor=True) as shop:
        lines = [SimLine("L-1", "", "", "SKU-1", 2), SimLine("L-2", "", "", "SKU-2", 1)]
        sim.place(SimOrder("N-1", lines, created_at=START))
        for path in (sim.base / "in").iterdir():
            os.utime(path, (START.timestamp(), START.timestamp()))

        done = shop.pull()
        shop.ship("N-1")
        shop.confirm()
        stock_push(connection_id=shop.connection_id)
        sim.tick()

        assert (done.imported, SalesOrder.objects.count()) == (1, 1)
        assert sorted(state for _name, state, _orders in shop.files()) == ["failed", "taken"]
        assert sim.orders["N-1"].status == "shipped"
        assert sim.stock == {("SKU-1", ""): 98, ("SKU-2", ""): 99}
        assert list((sim.base / "out").glob("*.csv")) == []
