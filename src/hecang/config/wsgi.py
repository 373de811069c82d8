"""WSGI entry point for Granian or any other server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hecang.config.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Load every operation now, so that the first request does not wait for it."""
    from django.urls import get_resolver

    assert get_resolver().url_patterns


_warm()
