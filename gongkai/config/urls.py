"""Every address of the site: each surface brings its own table."""

from __future__ import annotations

urlpatterns: list[object] = []
