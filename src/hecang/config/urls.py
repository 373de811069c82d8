"""Where requests go: the API, health and metrics, and the web desk for all the rest."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from hecang.config import views
from hecang.config.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("metrics", views.metrics),
    re_path(r"^t/[\w-]{16,64}$", views.track_page),  # the token is for the page's script
    re_path(r"^s/[\w-]{16,64}$", views.partner_page),
    re_path(r"^pda/?$", views.handheld_page),
    re_path(r"^api(?:/.*)?$", views.no_such_operation),
    re_path(r"^(?!static/).*$", views.web_desk),
]

handler400 = views.bad_request
handler404 = views.page_missing
handler500 = views.crashed
