"""Answers from outside, read with care."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest

from hecang.kernel import clock
from hecang.kernel.connectors import Link, Unreachable, link


def asked(pieces: Iterable[bytes], **headers: str) -> httpx.Response:
    """What a connector gets of an answer that comes in these pieces."""

    def app(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain; charset=gbk"), *headers.items()])
        return pieces

    with httpx.Client(transport=httpx.WSGITransport(app=app)) as http:
        return Link(http=http, now=clock.now).send("GET", "https://x.example/")


def test_an_answer_comes_whole_and_unpacked() -> None:
    packed = gzip.compress("合仓".encode("gbk"))

    answer = asked([packed[:5], packed[5:]], **{"Content-Encoding": "gzip", "X-Id": "7"})

    assert (answer.text, answer.headers["x-id"], answer.url.host) == ("合仓", "7", "x.example")


def test_an_answer_beyond_all_measure_is_not_read_to_its_end() -> None:
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield bytes(1024 * 1024)

    with pytest.raises(Unreachable, match="too large"):
        asked(endless())

    assert len(read) <= link.MAX_ANSWER_BYTES // (1024 * 1024) + 2


def test_an_answer_that_drips_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "MAX_ANSWER_SECONDS", -1.0)

    with pytest.raises(Unreachable, match="in time"):
        asked([b"a", b"b"])
