"""Logs: one JSON object a line on standard error, with request ids, without personal data and secrets."""

from __future__ import annotations

import logging
import logging.config
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

#: Keys whose values never reach a log, wherever they come from.
SECRET_KEYS = frozenset(
    {
        "password", "current", "new_password", "one_time_password", "secret", "key", "api_key", "token",
        "csrf_token", "authorization", "cookie", "set_cookie", "session", "body", "payload", "params",
        "phone", "mobile", "tel", "recipient", "buyer", "receiver", "contact", "address", "email",
        "display_name", "full_name", "street", "id_number",
    }
)  # fmt: skip
REMOVED = "[removed]"
_KEY_TEXT = re.compile(r"hk_[A-Za-z0-9_-]{8,}")

Event = MutableMapping[str, Any]


def configure() -> None:
    """Set logging up. ``HECANG_LOG_LEVEL`` (WARNING; INFO for serve and worker), ``HECANG_LOG_FORMAT`` (json, text)."""
    level = os.environ.get("HECANG_LOG_LEVEL", "WARNING").upper()
    if level not in logging.getLevelNamesMapping():
        level = "WARNING"
    wanted = os.environ.get("HECANG_LOG_FORMAT", "text" if sys.stderr.isatty() else "json")
    renderer: Any = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if wanted == "text"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[Any] = [
        add_request_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer()
        if wanted != "text"
        else structlog.processors.format_exc_info,
        remove_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "hecang": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": [structlog.stdlib.add_logger_name, *shared],
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "hecang"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # what these say is in our own line about each request
                "django.request": {"level": "CRITICAL"},
                "django.security.csrf": {"level": "ERROR"},
                "procrastinate": {"level": "WARNING"},
                "_granian": {"level": "WARNING"},
                # addresses that platforms are called at carry their tokens
                "httpx": {"level": "WARNING"},
                "httpcore": {"level": "WARNING"},
            },
        }
    )


def add_request_id(_logger: Any, _method: str, event: Event) -> Event:
    """The id of the request or job in force."""
    from hecang.kernel.actor import current_request_id

    if "request_id" not in event and (request_id := current_request_id()):
        event["request_id"] = request_id
    return event


def remove_secrets(_logger: Any, _method: str, event: Event) -> Event:
    """Blank out values of known keys, API keys in texts, and the values that PostgreSQL puts into errors."""
    for key, value in event.items():
        if key.lower() in SECRET_KEYS:
            event[key] = REMOVED
        elif isinstance(value, str):
            event[key] = scrubbed(value)
        elif isinstance(value, dict):
            event[key] = remove_secrets(None, "", dict(value))
    return event


def scrubbed(text: str) -> str:
    """A text without API keys and without the row values of database errors."""
    if "hk_" in text:
        text = _KEY_TEXT.sub("hk_" + REMOVED, text)
    if "DETAIL:" in text or "LINE 1:" in text:
        text = re.sub(r"^(DETAIL|LINE \d+|CONTEXT):.*$", r"\1: " + REMOVED, text, flags=re.MULTILINE)
    return text
