"""EDI: purchase orders in, ship notices and acknowledgements out, each once, in the partner's own signs."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from pyx12.x12file import X12Reader  # type: ignore[import-untyped]
from tests.factories.orders import life
from tests.integrations.droppers import START, GenericShop, generic_shop
from tests.integrations.sftp_server import PASSWORD, USER, sftp_server

from hecang.integrations.channels.base import Shipment, ShippedLine
from hecang.integrations.channels.edi import EdiChannel, EdiSettings
from hecang.integrations.channels.edi_documents import is_sscc, ship_notice
from hecang.integrations.channels.edi_envelope import interchange_read
from hecang.integrations.models import PlatformOrder, ShipmentConfirm
from hecang.kernel.connectors import settings_parse
from hecang.kernel.errors import InvalidInput
from hecang.orders.models import SalesOrder
from hecang.orders.selectors import order_recipients

pytestmark = pytest.mark.django_db
PARTIES = {"our_id": "HECANG", "partner_id": "BIGSTORE"}


def purchase_order(
    number: str, lines: Sequence[tuple[str, str]] = (("SKU-1", "2"),), **more: str
) -> list[str]:
    """The segments between ST and SE."""
    return [
        f"BEG*{more.get('purpose', '00')}*SA*{number}**20260301",
        "CUR*BY*CNY",
        "DTM*038*20260310",
        "N1*BY*Big Store*92*STORE-7",
        "N1*ST*王小明",
        "N3*浦东新区世纪大道 1 号",
        "N4*上海市*上海市*200120*CN",
        "PER*DC**TE*13900000001",
        *(
            f"PO1*{n}*{quantity}*EA*19.90**UP*0{n}*VN*{sku}"
            for n, (sku, quantity) in enumerate(lines, start=1)
        ),
        f"CTT*{more.get('count', len(lines))}",
    ]


def interchange(
    *sets: Sequence[str], number: int = 1, sender: str = "BIGSTORE", receiver: str = "HECANG",
    kind: str = "850", element: str = "*", end: str = "~\n",
) -> str:  # fmt: skip
    """An interchange as the partner's program writes it."""
    group = {"850": "PO", "997": "FA"}[kind]
    control = f"{number:09}"
    texts = [
        f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*260301*0900*U*00401*{control}*0*P*>",
        f"GS*{group}*{sender}*{receiver}*20260301*0900*{number}*X*004010",
    ]
    for n, body in enumerate(sets, start=1):
        texts += [f"ST*{kind}*{n:04}", *body, f"SE*{len(body) + 2}*{n:04}"]
    texts += [f"GE*{len(sets)}*{number}", f"IEA*1*{control}"]
    return "".join(text.replace("*", element) + end for text in texts)


class Partner:
    """What the partner does with the shared folder."""

    def __init__(self, base: Path, shop: GenericShop) -> None:
        self.base = base
        self.shop = shop

    def put(self, name: str, text: str) -> None:
        path = self.base / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        moment = (self.shop.now - timedelta(minutes=1)).timestamp()
        os.utime(path, (moment, moment))

    def names(self, folder: str) -> list[str]:
        return sorted(one.name for one in (self.base / folder).iterdir() if one.is_file())

    def read(self, name: str) -> list[list[str]]:
        return parsed((self.base / "out" / name).read_text())


def parsed(text: str) -> list[list[str]]:
    """Segments of a file of ours, whose envelope the library finds in order."""
    reader = X12Reader(io.StringIO(text))
    segments = []
    errors: list[Any] = []
    for one in reader:
        segments.append([one.get_seg_id(), *(one.get_value(f"{n:02}") or "" for n in range(1, len(one) + 1))])
        errors += reader.pop_errors()
    reader.cleanup()
    assert errors + reader.pop_errors() == []
    return segments


@pytest.fixture(autouse=True)
def _root(tmp_path: Path) -> Iterator[None]:
    with override_settings(DROP_ROOT=tmp_path):
        yield


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[Partner]:
    with generic_shop("edi", {"folder": "edi", **PARTIES}) as shop:
        yield Partner(tmp_path / "edi", shop)


def test_a_purchase_order_becomes_an_order_and_is_acknowledged(partner: Partner) -> None:
    partner.put("po.edi", interchange(purchase_order("PO-1", [("SKU-1", "2"), ("SKU-2", "1")]), number=42))

    done = partner.shop.pull()

    order = partner.shop.order("PO-1")
    recipient = order_recipients([order.pk])[order.pk]
    assert done.imported == 1
    assert (order.buyer, order.currency, order.total_amount) == ("STORE-7", "CNY", Decimal("59.70"))
    assert order.ship_by == datetime.fromisoformat("2026-03-10T00:00:00+00:00")
    assert life(order) == [(2, 0, 0, 0, 0), (1, 0, 0, 0, 0)]
    assert (recipient.name, recipient.phone) == ("王小明", "13900000001")
    [name] = partner.names("out")
    assert name == "997-000000042-1.edi"
    told = partner.read(name)
    assert told[0][5:9] == ["ZZ", "HECANG         ", "ZZ", "BIGSTORE       "]
    assert told[1][1:4] == ["FA", "HECANG", "BIGSTORE"]
    assert told[3:-3] == [
        ["AK1", "PO", "42"], ["AK2", "850", "0001"], ["AK5", "A"], ["AK9", "A", "1", "1", "1"],
    ]  # fmt: skip
    assert partner.names("archive") == ["20260302T010100-po.edi"]


def test_one_bad_order_of_several_is_refused_alone(partner: Partner) -> None:
    partner.put(
        "po.edi",
        interchange(
            purchase_order("PO-1"),
            purchase_order("PO-2", [("SKU-1", "many")]),
            purchase_order("PO-3", count="5"),
        ),
    )

    done = partner.shop.pull()

    assert done.imported == 1
    assert list(SalesOrder.objects.values_list("external_number", flat=True)) == ["PO-1"]
    told = partner.read("997-000000001-1.edi")
    assert [cells for cells in told if cells[0] in {"AK5", "AK9", "AK3"}] == [
        ["AK5", "A"], ["AK3", "PO1", "10", "", "8"], ["AK5", "R", "5"], ["AK3", "CTT", "11", "", "8"],
        ["AK5", "R", "5"], ["AK9", "P", "3", "3", "1"],
    ]  # fmt: skip
    [report] = partner.names("failed")
    text = (partner.base / "failed" / report).read_text()
    assert "ST 0002,quantity" in text
    assert "ST 0003,line_count" in text


def test_the_same_interchange_again_changes_nothing(partner: Partner) -> None:
    text = interchange(purchase_order("PO-1"))
    partner.put("po.edi", text)
    partner.shop.pull()
    (partner.base / "out" / "997-000000001-1.edi").unlink()

    partner.put("again.edi", text)
    done = partner.shop.pull()

    assert done.seen == 0
    assert PlatformOrder.objects.count() == 1
    assert partner.names("out") == []
    assert len(partner.names("archive")) == 2


def test_a_control_number_with_other_content_is_put_aside(partner: Partner) -> None:
    partner.put("po.edi", interchange(purchase_order("PO-1")))
    partner.shop.pull()

    partner.put("other.edi", interchange(purchase_order("PO-2")))
    partner.shop.pull()

    assert SalesOrder.objects.count() == 1
    assert partner.names("failed")[0] == "20260302T010200-other.edi"
    assert "number_used" in (partner.base / "failed" / partner.names("failed")[1]).read_text()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no EDI at all", "not_x12"),
        ("", "not_x12"),
        (interchange(purchase_order("PO-1"), sender="SOMEBODY"), "sender"),
        (interchange(purchase_order("PO-1"), receiver="SOMEBODY"), "receiver"),
        (interchange(purchase_order("PO-1")).replace("IEA*1*000000001", "IEA*1*000000002"), "x12_isa_001"),
        (interchange(purchase_order("PO-1")).partition("GE*")[0], "x12_gs_3"),
        (
            interchange(purchase_order("PO-1")) + interchange(purchase_order("PO-2"), number=2),
            "two_interchanges",
        ),
        (interchange(purchase_order("PO-1")).replace("00401", "00200"), "not_x12"),
    ],
)
def test_what_is_no_interchange_of_theirs_is_put_aside(partner: Partner, text: str, code: str) -> None:
    partner.put("x.edi", text)

    partner.shop.pull()

    assert SalesOrder.objects.count() == 0
    [report] = [name for name in partner.names("failed") if name.endswith(".report.csv")]
    assert code in (partner.base / "failed" / report).read_text()
    assert partner.names("out") == []
    assert partner.shop.connection.failures == 0


def test_a_wrong_count_of_segments_refuses_the_set(partner: Partner) -> None:
    partner.put("po.edi", interchange(purchase_order("PO-1")).replace("SE*12*", "SE*99*"))

    partner.shop.pull()

    assert SalesOrder.objects.count() == 0
    assert ["AK9", "R", "1", "1", "0"] in partner.read("997-000000001-1.edi")


def test_the_partner_chooses_its_separators(tmp_path: Path) -> None:
    facts = {"folder": "edi", **PARTIES, "element_separator": "|", "segment_terminator": "'"}
    with generic_shop("edi", facts) as shop:
        partner = Partner(tmp_path / "edi", shop)
        partner.put("po.edi", interchange(purchase_order("PO-1"), element="|", end="'"))

        assert shop.pull().imported == 1
        assert (tmp_path / "edi" / "out" / "997-000000001-1.edi").read_text().startswith("ISA|00|")


def test_a_cancellation_stops_the_order(partner: Partner) -> None:
    partner.put("po.edi", interchange(purchase_order("PO-1")))
    partner.shop.pull()
    partner.put("cancel.edi", interchange(purchase_order("PO-1", purpose="01"), number=2))
    moment = partner.shop.now.timestamp()
    os.utime(partner.base / "in" / "cancel.edi", (moment, moment))

    partner.shop.pull()

    assert partner.shop.order("PO-1").state == "cancelled"


def test_order_to_parcel_to_ship_notice(tmp_path: Path) -> None:
    facts = {"folder": "edi", **PARTIES, "carrier_codes": {}}
    with generic_shop("edi", facts, with_floor=True) as shop:
        partner = Partner(tmp_path / "edi", shop)
        partner.put("po.edi", interchange(purchase_order("PO-1", [("SKU-1", "2"), ("SKU-2", "1")])))
        shop.pull()
        [parcel] = shop.ship("PO-1")

        sent = [shop.confirm() for _again in range(3)]

        assert [one.done for one in sent] == [1, 0, 0]
        confirm = ShipmentConfirm.objects.get()
        assert partner.names("out") == [f"856-PO-1-hecang-{confirm.pk}.edi", "997-000000001-1.edi"]
        told = partner.read(partner.names("out")[0])
        assert parcel.waybill is not None
        assert told[0][13] == f"{confirm.pk:09}"
        assert [cells[3] for cells in told if cells[0] == "HL"] == ["S", "O", "P", "I", "I"]
        assert ["PRF", "PO-1"] in told
        assert ["REF", "CN", parcel.waybill.number] in told
        assert [cells for cells in told if cells[0] in {"LIN", "SN1"}] == [
            ["LIN", "1", "VN", "SKU-1"], ["SN1", "", "2", "EA"], ["LIN", "2", "VN", "SKU-2"], ["SN1", "", "1", "EA"],
        ]  # fmt: skip
        assert ["CTT", "5"] in told


def test_whoever_is_killed_on_the_way_doubles_nothing(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner.put("po.edi", interchange(purchase_order("PO-1")))

    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(EdiChannel, "settle_file", die)
        with pytest.raises(KeyboardInterrupt):
            partner.shop.pull()
    assert partner.names("out") == []

    partner.shop.pull()

    assert SalesOrder.objects.count() == 1
    assert partner.names("out") == ["997-000000001-1.edi"]
    assert partner.names("in/.processing") == []


def test_a_refusal_of_ours_is_reported(partner: Partner) -> None:
    partner.put("fa.edi", interchange(["AK1*SH*7", "AK9*R*1*1*0"], kind="997", number=9))

    partner.shop.pull()

    [report] = partner.names("failed")
    assert "partner refused group 7" in (partner.base / "failed" / report).read_text()
    assert partner.names("out") == []


def test_edi_travels_over_sftp_too(tmp_path: Path) -> None:
    with sftp_server(tmp_path) as server, override_settings(ALLOW_PRIVATE_URLS=True):
        facts = {
            **PARTIES, "transport": "sftp", "host": "127.0.0.1", "port": server.port, "user": USER,
            "password": PASSWORD, "host_key": server.host_key,
        }  # fmt: skip
        with generic_shop("edi", facts) as shop:
            partner = Partner(tmp_path, shop)
            partner.put("po.edi", interchange(purchase_order("PO-1")))

            assert shop.pull().imported == 1
            assert partner.names("out") == ["997-000000001-1.edi"]


def test_ship_notices_carry_an_sscc_where_there_is_one() -> None:
    shipment = Shipment("hecang-7", "PO-1", "SF", "340123450000000000", [ShippedLine("1", "A*B~C", "VN", 1)], True, START)  # fmt: skip

    body = ship_notice(shipment, "SFEX")

    assert is_sscc("340123450000000000") is (["MAN", "GM", "340123450000000000"] in body)
    assert is_sscc("106141411234567897")
    assert is_sscc("00106141411234567897")
    assert not is_sscc("106141411234567890")
    assert not is_sscc("SF100")


def test_signs_of_the_envelope_cannot_be_smuggled_in(tmp_path: Path) -> None:
    import httpx

    from hecang.kernel.connectors import Link

    settings = EdiSettings(folder="edi", **PARTIES)  # type: ignore[arg-type]
    channel = EdiChannel(settings, Link(http=httpx.Client(), now=lambda: START))
    evil = "PO*1~SE*2*0001~ST*856*0002"

    channel.confirm_shipment(
        Shipment("hecang-7", evil, "SF", "SF1", [ShippedLine("1", "A", "VN", 1)], True, START)
    )

    [path] = [one for one in (tmp_path / "edi" / "out").iterdir() if one.is_file()]
    read = interchange_read(path.read_text())
    assert (read.problems, len(read.groups[0].transactions)) == ([], 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"element_separator": "~"},
        {"segment_terminator": "A"},
        {"folder": "../x"},
        {"transport": "sftp"},
        {"our_qualifier": "z"},
        {"our_id": "X" * 16},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        settings_parse(EdiSettings, {"folder": "edi", **PARTIES, **wrong})
