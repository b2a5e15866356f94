"""Every address of the site: each surface brings its own table."""

from __future__ import annotations

from django.urls import include, path

handler404 = "gongkai.surfaces.portal.not_found.page"

urlpatterns = [
    path("", include("gongkai.surfaces.portal.urls")),
    path("desk/", include("gongkai.surfaces.workbench.urls")),
    path("accounts/", include("gongkai.surfaces.workbench.accounts.urls")),
    path("", include("gongkai.surfaces.look.display")),
    path("", include("gongkai.surfaces.api.urls")),
    path("", include("gongkai.config.health")),
    path("", include("gongkai.config.metrics")),
]
