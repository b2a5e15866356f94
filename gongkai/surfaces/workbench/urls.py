"""Addresses of the workbench, below ``/desk/``."""

from __future__ import annotations

from django.urls import path

from gongkai.surfaces.workbench.views import acts, desk, editor, findings, new, record

app_name = "workbench"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("new/", new.new, name="new"),
    path("records/", desk.listing, name="records"),
    path("records/<int:pk>/", record.dossier, name="record"),
    path("records/<int:pk>/difference/", record.difference, name="difference"),
    path("records/<int:pk>/files/<uuid:file_id>/", record.attachment, name="file"),
    path("records/<int:pk>/do/<str:name>/", acts.act, name="act"),
    path("records/<int:pk>/review/", acts.review_both, name="review_both"),
    path("records/<int:pk>/links/<int:link_id>/remove/", acts.unlink, name="unlink"),
    path("records/<int:pk>/mask/", findings.mask, name="mask"),
    path("records/<int:pk>/findings/<int:finding_id>/", findings.decide, name="decide"),
    path("records/<int:pk>/edit/", editor.edit, name="edit"),
    path("records/<int:pk>/edit/keep/", editor.keep, name="keep"),
    path("records/<int:pk>/edit/drop/", editor.drop, name="drop"),
]
