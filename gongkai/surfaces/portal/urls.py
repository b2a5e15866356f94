"""Addresses of the public site; they are promises (interfaces.md)."""

from __future__ import annotations

from django.urls import path, re_path

from gongkai.surfaces.portal import (
    compare_views,
    embed_views,
    feed_views,
    record_prints,
    record_views,
    register_views,
    views,
)

app_name = "portal"

# An index number (索引号) may hold a slash, and organs choose its letters; what is no number is simply not found.
# The forms of a record stand before its page, so that "….json" is never taken for a number.
NUMBER = r"(?P<index_number>[^\s?#]+?)"
LISTING = r"(?P<listing>[^\s?#]+)"

urlpatterns = [
    path("", views.home, name="home"),
    path("xxgk/", views.disclosure, name="disclosure"),
    path("xxgk/content/<str:code>/", views.category, name="category"),
    path("xxgk/<slug:name>/", views.section, name="section"),
    path("policy/", views.policy, name="policy"),
    path("policy/ledger/", views.ledger, name="ledger"),
    path("c/<slug:slug>/", views.column, name="column"),
    path("search", views.search, name="search"),
    path("foi/", views.foi, name="foi"),
    path("rules/", views.rules, name="rules"),
    path("o/<path:code>/", views.organ, name="organ"),
    re_path(rf"^r/{NUMBER}\.txt$", record_views.record_as_text, name="record_text"),
    re_path(rf"^r/{NUMBER}\.pdf$", record_prints.record_as_pdf, name="record_pdf"),
    re_path(rf"^r/{NUMBER}\.docx$", record_prints.record_as_docx, name="record_docx"),
    re_path(rf"^r/{NUMBER}\.edition\.json$", record_views.edition_bytes, name="edition"),
    re_path(rf"^r/{NUMBER}\.json$", record_views.record_as_json, name="record_json"),
    re_path(rf"^r/{NUMBER}\.file/(?P<place>[0-9]{{1,3}})$", record_views.attachment, name="attachment"),
    re_path(rf"^r/{NUMBER}\.qr\.svg$", record_views.qr_code, name="qr"),
    re_path(rf"^r/{NUMBER}\.compare$", compare_views.compare, name="compare"),
    re_path(rf"^r/{NUMBER}$", record_views.record, name="record"),
    path("register/", register_views.register, name="register"),
    path("register/checkpoint", register_views.checkpoint, name="checkpoint"),
    path("register/consistency", register_views.consistency, name="consistency"),
    path("register/key", register_views.key, name="key"),
    path("register/verify_register.py", register_views.verifier, name="verifier"),
    re_path(rf"^register/proof/{NUMBER}$", register_views.proof, name="proof"),
    path("feed/", views.feeds, name="feeds"),
    re_path(rf"^feed/{LISTING}\.(?P<form>atom|csv|json|xlsx)$", feed_views.feed, name="feed"),
    re_path(rf"^embed/{LISTING}\.(?P<form>frame\.html|json)$", embed_views.embed, name="embed"),
    re_path(rf"^embed/{LISTING}\.(?P<form>html)$", embed_views.embed, name="embed_fragment"),
    path("sitemap.xml", feed_views.sitemap, name="sitemap"),
    path("sitemap/<int:part>.xml", feed_views.sitemap_part, name="sitemap_part"),
    path("robots.txt", feed_views.robots, name="robots"),
]
