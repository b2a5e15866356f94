"""Addresses of the workbench, below ``/desk/``."""

from __future__ import annotations

from django.urls import path

from gongkai.surfaces.workbench.views import (
    acts,
    admin,
    bulk,
    desk,
    editor,
    findings,
    granting,
    law,
    new,
    organs,
    oversight,
    papers,
    record,
)

app_name = "workbench"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("queue/<str:code>/", desk.queue, name="queue"),
    path("stay/", desk.stay, name="stay"),
    path("new/", new.new, name="new"),
    path("records/", desk.listing, name="records"),
    path("records/many/", bulk.many, name="many"),
    path("records/filters/", bulk.keep_filter, name="keep_filter"),
    path("records/filters/<int:pk>/drop/", bulk.forget_filter, name="forget_filter"),
    path("records/<int:pk>/", record.dossier, name="record"),
    path("records/<int:pk>/difference/", record.difference, name="difference"),
    path("records/<int:pk>/files/<uuid:file_id>/", record.attachment, name="file"),
    path("records/<int:pk>/papers/", papers.file, name="file_paper"),
    path("records/<int:pk>/papers/<uuid:paper_id>/", papers.paper, name="paper"),
    path("records/<int:pk>/do/<str:name>/", acts.act, name="act"),
    path("records/<int:pk>/review/", acts.review_both, name="review_both"),
    path("records/<int:pk>/links/<int:link_id>/remove/", acts.unlink, name="unlink"),
    path("records/<int:pk>/mask/", findings.mask, name="mask"),
    path("records/<int:pk>/findings/<int:finding_id>/", findings.decide, name="decide"),
    path("records/<int:pk>/edit/", editor.edit, name="edit"),
    path("records/<int:pk>/edit/keep/", editor.keep, name="keep"),
    path("records/<int:pk>/edit/drop/", editor.drop, name="drop"),
    path("admin/organs/", organs.organs, name="organs"),
    path("admin/organs/<int:pk>/", organs.organ, name="organ"),
    path("admin/people/<int:pk>/", organs.person, name="person"),
    path("admin/people/", granting.people, name="people"),
    path("admin/grants/", granting.grants, name="grants"),
    path("admin/security/", oversight.security, name="security"),
    path("admin/security/log/", oversight.security_log, name="security_log"),
    path("admin/security/log/export/", oversight.export_log, name="export_log"),
    path("admin/security/sessions/<int:pk>/end/", oversight.end, name="end_session"),
    path("admin/calendars/", law.calendars, name="calendars"),
    path("admin/calendars/notice/", law.notice, name="notice"),
    path("admin/rules/", law.rules, name="rules"),
    path("admin/operations/", oversight.operations, name="operations"),
    path("admin/register/", oversight.register, name="register"),
    path("admin/events/", oversight.events, name="events"),
    path("admin/events/export/", oversight.export_events, name="export_events"),
    path("admin/do/<str:name>/", admin.ask, name="admin_new"),
    path("admin/do/<str:name>/<int:pk>/", admin.ask, name="admin_do"),
]
