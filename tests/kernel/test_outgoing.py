"""Posting to addresses that users typed in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import override_settings

from hecang.kernel import outgoing
from hecang.kernel.errors import InvalidInput


class Receiver(BaseHTTPRequestHandler):
    """Answers what the path says; a real server on loopback."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers["Host"], body))  # type: ignore[attr-defined]
        status = int(self.path.strip("/") or "200")
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(b"heard")

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@override_settings(ALLOW_PRIVATE_URLS=True)
def test_posts_to_the_resolved_address_with_the_name_as_host(receiver: Any) -> None:
    url = f"http://localhost:{receiver.server_port}/200"
    answer = outgoing.post(url, content=b"{}", headers={"Content-Type": "application/json"})
    assert (answer.status, answer.text) == (200, "heard")
    assert receiver.got == [("/200", f"localhost:{receiver.server_port}", b"{}")]


@override_settings(ALLOW_PRIVATE_URLS=True)
def test_a_redirect_is_an_answer_and_not_followed(receiver: Any) -> None:
    answer = outgoing.post(f"http://127.0.0.1:{receiver.server_port}/302", content=b"", headers={})
    assert answer.status == 302
    assert [path for path, *_ in receiver.got] == ["/302"]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://10.0.0.8/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[fe80::1]/", "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/", "https://100.64.0.1/", "https://224.0.0.1/", "https://[2002:7f00:1::]/",
        "https://2130706433/",
    ],
)  # fmt: skip
def test_private_networks_are_refused_when_sending(url: str) -> None:
    with pytest.raises(outgoing.AddressRefused):
        outgoing.post(url, content=b"", headers={})


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "https:///",
        "https://u:p@x.example/",
        "http://x.example/",
        "https://10.1.1.1/",
        "x",
    ],
)
def test_addresses_that_cannot_be_saved(url: str) -> None:
    with pytest.raises(InvalidInput):
        outgoing.url_check(url)


def test_a_public_name_can_be_saved() -> None:
    assert outgoing.url_check("https://hooks.shop.example/in?a=1") == "https://hooks.shop.example/in?a=1"


@override_settings(ALLOW_PRIVATE_URLS=True)
def test_nobody_listens() -> None:
    with pytest.raises(outgoing.NotReached):
        outgoing.post("http://127.0.0.1:9/", content=b"", headers={})


@pytest.mark.parametrize("url", [f"https://{'a' * 64}.example/", "https://a..example/"])
def test_names_that_no_name_server_can_know_are_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        outgoing.url_check(url)
    with pytest.raises(outgoing.AddressRefused):
        outgoing.post(url, content=b"", headers={})


@override_settings(ALLOW_PRIVATE_URLS=True)
def test_a_name_in_other_letters_is_sent_as_servers_know_it(
    receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.server_port))]
    asked: list[str] = []
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda host, *_a, **_k: asked.append(host) or found)

    answer = outgoing.post(f"http://例子.测试:{receiver.server_port}/200", content=b"", headers={})

    assert answer.status == 200
    assert asked[0] == "xn--fsqu00a.xn--0zwm56d"
    assert receiver.got[0][1] == f"xn--fsqu00a.xn--0zwm56d:{receiver.server_port}"
