"""The Qimen protocol by itself: signatures, liberal reading, and XML that nobody has to read."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from hecang.integrations.qimen.signing import method_of, moment, sign, verify
from hecang.integrations.qimen.xml import Node, Rows, XmlRefused, dump, parse, write
from hecang.integrations.simulators.qimen import SECRET, QimenSimulator, delivery_order
from hecang.kernel import clock
from hecang.kernel.connectors import BadSignature, Incoming


def test_derived_signature_vector() -> None:
    """Derived from the algorithm of the official kit, not published by the platform."""
    query = {
        "method": "taobao.qimen.inventory.query",
        "timestamp": "2026-01-02 03:04:05",
        "format": "xml",
        "app_key": "12345678",
        "v": "2.0",
        "sign_method": "md5",
        "customerId": "C0001",
    }
    body = (
        b'<?xml version="1.0" encoding="utf-8"?><request><criteriaList><criteria><itemCode>SKU1</itemCode>'
        b"</criteria></criteriaList></request>"
    )
    assert sign("helloworld", query, body) == "45ED2F6D13F24FA0BE9C3326ECE1F6D7"
    assert sign("helloworld", {**query, "sign": "X"}, body) == "45ED2F6D13F24FA0BE9C3326ECE1F6D7"


def _incoming(body: bytes, *, headers: dict[str, str] | None = None, **change: str) -> Incoming:
    query = QimenSimulator(now=clock.now).address("inventory.query", body, headers=headers, **change)
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    listed = {"top-sign-list": ",".join(headers)} if headers else {}
    return Incoming("POST", "/", query, {**lower, **listed}, body)


def _verify(message: Incoming) -> None:
    verify(SECRET, message, now=clock.now(), window=timedelta(minutes=10))


def test_verify_reads_the_body_to_the_byte_and_listed_headers() -> None:
    body = "<request> <a>中</a></request>".encode()
    _verify(_incoming(body))
    _verify(_incoming(body, headers={"X-Trace": "7"}))
    good = _incoming(body)
    for spoilt in (
        Incoming("POST", "/", good.query, {}, body + b" "),
        Incoming("POST", "/", {**good.query, "customerId": "X"}, {}, body),
        Incoming("POST", "/", {**good.query, "sign": ""}, {}, body),
    ):
        with pytest.raises(BadSignature) as caught:
            _verify(spoilt)
        assert caught.value.code == "sign-check-failure"


@pytest.mark.parametrize("timestamp", ["2020-01-01 00:00:00", "", "yesterday"])
def test_verify_refuses_what_is_old_or_undated(timestamp: str) -> None:
    with pytest.raises(BadSignature) as caught:
        _verify(_incoming(b"<request/>", timestamp=timestamp))
    assert caught.value.code == "timestamp-out-of-range"


def test_times_are_of_beijing() -> None:
    assert moment("2026-01-02 08:00:00").isoformat() == "2026-01-02T00:00:00+00:00"


def test_methods_with_and_without_prefix() -> None:
    assert method_of("taobao.qimen.order.cancel") == method_of("order.cancel") == "order.cancel"


@pytest.mark.parametrize("child", ["orderLine", "order_line", "whatever"])
def test_lists_are_read_by_their_children(child: str) -> None:
    root = parse(delivery_order("CK1", [("A", 2), ("B", 1)], child=child).encode())
    lines = root.list("orderLines")
    assert [(one.text("itemCode"), one.text("planQty")) for one in lines] == [("A", "2"), ("B", "1")]
    assert root.node("deliveryOrder").props() == {"shelf": "A&1"}


def test_other_charsets_and_declared_encodings_are_read() -> None:
    assert parse("<request><a>合仓</a></request>".encode("gbk"), charset="GBK").text("a") == "合仓"
    assert parse("\ufeff<request><a>合仓</a></request>".encode()).text("a") == "合仓"


def test_writing_leaves_out_what_is_empty_and_escapes() -> None:
    body = write(
        "request",
        {
            "a": "1 < 2 & \x00\x0b",
            "none": None,
            "empty": "",
            "bad name!": 1,
            "rows": Rows("row", [{"n": 0}, {"n": None}]),
        },
    )
    assert body == (
        b'<?xml version="1.0" encoding="utf-8"?><request><a>1 &lt; 2 &amp; </a>'
        b"<rows><row><n>0</n></row><row></row></rows></request>"
    )
    assert dump(parse(body)) == body


BOMB = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://localhost/">]><a>&x;</a>',
        b"<!DOCTYPE a><a/>",
        b"<a>&undefined;</a>",
        b"<a>" * 30 + b"</a>" * 30,
        b"<a>" + b"<b/>" * 200_001 + b"</a>",
        b"x" * (4 * 1024 * 1024 + 1),
        b"",
        b"{}",
        b"<a><b></a>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
    ],
)
def test_hostile_xml_is_refused(body: bytes) -> None:
    with pytest.raises(XmlRefused):
        parse(body)


def test_unknown_charset_is_refused() -> None:
    with pytest.raises(XmlRefused):
        parse(b"<a/>", charset="no-such-charset")


def test_fuzzed_messages_are_read_or_refused() -> None:
    """Whatever bytes arrive: a tree, or a refusal, and nothing else."""
    chance = random.Random(7)
    whole = delivery_order("CK1", [("A", 2)]).encode()
    for _n in range(600):
        bytes_ = bytearray(whole)
        for _m in range(chance.randint(1, 12)):
            at = chance.randrange(len(bytes_))
            kind = chance.randrange(3)
            if kind == 0:
                bytes_[at] = chance.randrange(256)
            elif kind == 1:
                del bytes_[at : at + chance.randint(1, 40)]
            else:
                bytes_[at:at] = chance.choice(
                    [b"<", b"&", b"]]>", b"<!DOCTYPE x>", b"<!--", b"\x00", b"&#0;"]
                )
            if not bytes_:
                break
        try:
            assert isinstance(parse(bytes(bytes_)), Node)
        except XmlRefused:
            continue
