"""Where requests go: the API, health and metrics, and the web desk for all the rest."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
