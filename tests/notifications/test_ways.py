"""The ways out: robots that check our signatures, a mail server, a signed webhook. All real, on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.test import override_settings
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook as Verifier

from hecang.kernel.signing import signed_headers
from hecang.notifications.ways.base import Letter, SendFailed
from hecang.notifications.ways.email import send_mail
from hecang.notifications.ways.robots import (
    DingTalk,
    DingTalkSettings,
    Feishu,
    FeishuSettings,
    WeCom,
    WeComSettings,
    dingtalk_sign,
    feishu_sign,
)
from hecang.notifications.ways.webhook import Webhook, WebhookWaySettings

SECRET = "SEC-of-the-robot"
LETTER = Letter("notification-1", "工单逾期", "缺货", "https://wms.example/tickets?open=1", "tickets.escalated", {"number": "TK1"}, datetime(2026, 1, 5, tzinfo=UTC))  # fmt: skip


class Robots(BaseHTTPRequestHandler):
    """The three platforms as they document themselves, and a receiver of webhooks."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        address = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(address.query).items()}
        answer = self.answer(address.path, query, body)
        self.server.got.append((address.path, json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def answer(self, path: str, query: dict[str, str], body: bytes) -> dict[str, Any]:
        if path == "/robot/send":
            text = f"{query['timestamp']}\n{SECRET}".encode()
            wanted = base64.b64encode(hmac.digest(SECRET.encode(), text, hashlib.sha256)).decode()
            fresh = abs(time.time() * 1000 - int(query["timestamp"])) < 3_600_000
            good = query["sign"] == wanted and query["access_token"] == "tok" and fresh
            return {"errcode": 0, "errmsg": "ok"} if good else {"errcode": 310000, "errmsg": "sign not match"}
        if path == "/open-apis/bot/v2/hook/tok":
            value = json.loads(body)
            wanted = base64.b64encode(
                hmac.digest(f"{value['timestamp']}\n{SECRET}".encode(), b"", "sha256")
            ).decode()
            return {"code": 0} if value["sign"] == wanted else {"code": 19021, "msg": "sign match fail"}
        if path == "/cgi-bin/webhook/send":
            codes = {"tok": 0, "fast": 45009}
            return {"errcode": codes.get(query["key"], 93000), "errmsg": "invalid webhook url"}
        Verifier(self.server.secret).verify(body, dict(self.headers))  # type: ignore[attr-defined]
        return {}

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def robots() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Robots)
    server.got = []  # type: ignore[attr-defined]
    server.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with override_settings(ALLOW_PRIVATE_URLS=True):
        yield server
    server.shutdown()
    server.server_close()


def test_signs_that_we_derived_from_the_documents() -> None:
    # derived with openssl: the platforms publish the procedure, no vector
    assert dingtalk_sign("this is secret", 1577262236757) == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
    assert feishu_sign("demo", 1599360473) == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


def test_dingtalk_takes_what_we_sign(robots: Any) -> None:
    settings = DingTalkSettings(access_token=SecretStr("tok"), secret=SecretStr(SECRET), base_url=robots.url)
    DingTalk().send(settings, LETTER)
    path, body = robots.got[0]
    assert (path, body["msgtype"], body["markdown"]["title"]) == ("/robot/send", "markdown", "工单逾期")
    assert "缺货" in body["markdown"]["text"]
    wrong = DingTalkSettings(access_token=SecretStr("tok"), secret=SecretStr("other"), base_url=robots.url)
    with pytest.raises(SendFailed, match="310000") as refused:
        DingTalk().send(wrong, LETTER)
    assert refused.value.may_retry is False


def test_feishu_takes_what_we_sign(robots: Any) -> None:
    Feishu().send(
        FeishuSettings(token=SecretStr("tok"), secret=SecretStr(SECRET), base_url=robots.url), LETTER
    )
    body = robots.got[0][1]
    assert body["msg_type"] == "post"
    assert body["content"]["post"]["zh_cn"]["title"] == "工单逾期"
    with pytest.raises(SendFailed, match="19021"):
        Feishu().send(
            FeishuSettings(token=SecretStr("tok"), secret=SecretStr("x"), base_url=robots.url), LETTER
        )


def test_wecom_says_too_fast_with_a_code(robots: Any) -> None:
    WeCom().send(WeComSettings(key=SecretStr("tok"), base_url=robots.url), LETTER)
    assert robots.got[0][1]["markdown"]["content"].startswith("### 工单逾期")
    with pytest.raises(SendFailed) as slow:
        WeCom().send(WeComSettings(key=SecretStr("fast"), base_url=robots.url), LETTER)
    assert slow.value.may_retry
    assert slow.value.retry_after is not None


def test_a_webhook_is_signed(robots: Any) -> None:
    robots.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    Webhook().send(WebhookWaySettings(url=f"{robots.url}/hook", secret=SecretStr(robots.secret)), LETTER)
    assert robots.got[0][1]["type"] == "tickets.escalated"
    assert robots.got[0][1]["data"]["number"] == "TK1"


def test_the_published_vector_of_standard_webhooks() -> None:
    headers = signed_headers(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


class Smtp(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand over mails; refuses ``nobody@``."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT") and "nobody@" in line:
                self.wfile.write(b"550 unknown\r\n")
            elif verb.startswith("DATA"):
                self.wfile.write(b"354 go on\r\n")
                lines: list[bytes] = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                self.server.mails.append(b"".join(lines))  # type: ignore[attr-defined]
                self.wfile.write(b"250 taken\r\n")
            elif verb.startswith("QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def smtp() -> Iterator[Any]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)
    server.mails = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=server.server_address[1],
    ):
        yield server
    server.shutdown()
    server.server_close()


def test_a_mail_reaches_a_mail_server(smtp: Any) -> None:
    import email
    from email import policy

    send_mail(to="li@shop.example", letters=[LETTER])
    got = email.message_from_bytes(smtp.mails[0], policy=policy.default)
    assert (got["To"], got["Subject"], got["Message-ID"]) == (
        "li@shop.example",
        "工单逾期",
        "<notification-1@hecang>",
    )
    assert got.get_content().replace("\r\n", "\n").strip() == "缺货\nhttps://wms.example/tickets?open=1"


def test_a_refused_reader_is_not_tried_again(smtp: Any) -> None:
    with pytest.raises(SendFailed) as refused:
        send_mail(to="nobody@shop.example", letters=[LETTER])
    assert refused.value.may_retry is False
    assert smtp.mails == []


@override_settings(EMAIL_HOST="mail.example")
def test_a_digest_is_one_mail() -> None:
    send_mail(to="li@shop.example", letters=[LETTER, LETTER])
    assert [(one.subject, one.body.count("工单逾期")) for one in mail.outbox] == [
        ("2 messages from Hecang", 2)
    ]


@override_settings(EMAIL_HOST="")
def test_without_a_mail_server_the_failure_is_said() -> None:
    with pytest.raises(SendFailed, match="no mail server"):
        send_mail(to="li@shop.example", letters=[LETTER])
