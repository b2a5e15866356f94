"""What each address expects: the table of the walk. A route of the site that stands in no row fails the walk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PUBLIC = "public"  # everybody, the same for all
SELF = "self"  # any person who logged in
OWN = "own"  # only who may know of the draft; anybody else gets 404
RIGHT = "right"  # only who holds a right; anybody else gets 403 or 404
TOKEN = "token"  # machines; a browser session is nothing here
OUTSIDE = "outside"  # a library's own pages: walked for errors only


@dataclass(frozen=True)
class Row:
    """Who may come, what the address takes, what is posted there, and the rights (any of them) that RIGHT asks for."""

    rule: str
    arguments: dict[str, Any] = field(default_factory=dict)
    post: dict[str, Any] | None = None
    right: str = ""
    query: dict[str, Any] = field(default_factory=dict)


# {draft}, {public}, {index}, {link}, {organ} are filled in by the test.
DRAFT = {"pk": "{draft}"}
INDEX = {"index_number": "{index}"}
EDITED = {"title": "由外人改写的标题", "body": "由外人改写的正文", "kind": "notice"}

TABLE: dict[str, Row] = {
    "portal:home": Row(PUBLIC),
    "portal:disclosure": Row(PUBLIC),
    "portal:category": Row(PUBLIC, {"code": "20.13"}),
    "portal:section": Row(PUBLIC, {"name": "guide"}),
    "portal:policy": Row(PUBLIC),
    "portal:ledger": Row(PUBLIC),
    "portal:column": Row(PUBLIC, {"slug": "{column}"}),
    "portal:search": Row(PUBLIC, query={"q": "秘密草稿"}),
    "portal:foi": Row(PUBLIC),
    "portal:rules": Row(PUBLIC),
    "portal:organ": Row(PUBLIC, {"code": "{organ}"}),
    "portal:record": Row(PUBLIC, INDEX),
    "portal:compare": Row(OUTSIDE, INDEX),
    "portal:record_json": Row(PUBLIC, INDEX),
    "portal:record_text": Row(PUBLIC, INDEX),
    "portal:record_pdf": Row(PUBLIC, INDEX),
    "portal:record_docx": Row(PUBLIC, INDEX),
    "portal:edition": Row(PUBLIC, INDEX),
    "portal:qr": Row(PUBLIC, INDEX),
    "portal:attachment": Row(OUTSIDE, {"index_number": "{index}", "place": 1}),
    "portal:register": Row(PUBLIC),
    "portal:checkpoint": Row(PUBLIC),
    "portal:consistency": Row(PUBLIC, query={"old": "{old}", "new": "{new}"}),
    "portal:key": Row(PUBLIC),
    "portal:verifier": Row(PUBLIC),
    "portal:proof": Row(PUBLIC, INDEX),
    "portal:feeds": Row(PUBLIC),
    "portal:feed": Row(PUBLIC, {"listing": "policy", "form": "atom"}),
    "portal:embed": Row(PUBLIC, {"listing": "policy", "form": "json"}),
    "portal:embed_fragment": Row(PUBLIC, {"listing": "policy", "form": "html"}),
    "portal:sitemap": Row(PUBLIC),
    "portal:sitemap_part": Row(PUBLIC, {"part": 1}),
    "portal:robots": Row(PUBLIC),
    "alive": Row(PUBLIC),
    "ready": Row(OUTSIDE),
    "openid_connect_login": Row(OUTSIDE, {"provider_id": "single"}),
    "cas_login": Row(OUTSIDE),
    "cas_back": Row(OUTSIDE),
    "openid_connect_callback": Row(OUTSIDE, {"provider_id": "single"}),
    "socialaccount_login_cancelled": Row(OUTSIDE),
    "metrics": Row(OUTSIDE),
    "look:display": Row(OUTSIDE),
    "api-docs": Row(PUBLIC),
    "api:openapi-json": Row(PUBLIC),
    "api:records": Row(PUBLIC),
    "api:record": Row(PUBLIC, INDEX),
    "api:kinds": Row(PUBLIC),
    "api:organs": Row(PUBLIC),
    "api:rules": Row(PUBLIC),
    "api:make_draft": Row(TOKEN, post={}),
    "api:make_received": Row(TOKEN, post={}),
    "api:upload": Row(TOKEN, post={}),
    "api:work": Row(TOKEN, DRAFT),
    "api:make_edition": Row(TOKEN, DRAFT, post={}),
    "api:act": Row(TOKEN, DRAFT | {"name": "record.submit"}, post={}),
    "api-nowhere": Row(OUTSIDE, {"rest": "work/-33"}),
    "api:deliver": Row(TOKEN, post={}),
    "api:delivery": Row(TOKEN, {"pk": "00000000-0000-4000-8000-000000000000"}),
    "api:api-root": Row(OUTSIDE),
    "workbench:desk": Row(SELF),
    "workbench:queue": Row(SELF, {"code": "drafts"}),
    "workbench:preview": Row(RIGHT, right="record.read", post={"body": "正文"}),
    "workbench:stay": Row(SELF),
    "workbench:new": Row(RIGHT, right="record.draft"),
    "workbench:records": Row(SELF),
    "workbench:many": Row(RIGHT, right="record.read", post={"act": "submit", "step": "run", "pk": "{draft}"}),
    "workbench:keep_filter": Row(RIGHT, right="record.read", post={"name": "我的", "query": "q=x"}),
    "workbench:forget_filter": Row(OWN, {"pk": 1}, post={}),
    "workbench:record": Row(OWN, DRAFT),
    "workbench:difference": Row(OWN, DRAFT),
    "workbench:act": Row(
        OWN, DRAFT | {"name": "record.submit"}, post={"text": "同意", "reason": "other", "note": "说明"}
    ),
    "workbench:review_both": Row(OWN, DRAFT, post={"text": "同意"}),
    "workbench:unlink": Row(OWN, DRAFT | {"link_id": 1}, post={}),
    "workbench:edit": Row(OWN, DRAFT, post=EDITED),
    "workbench:keep": Row(OWN, DRAFT, post=EDITED),
    "workbench:drop": Row(OWN, DRAFT, post={}),
    "workbench:imports": Row(RIGHT, right="record.read"),
    "workbench:import_batch": Row(OUTSIDE, {"pk": 1}),
    "workbench:file_paper": Row(OWN, DRAFT),
    "workbench:paper": Row(OWN, DRAFT | {"paper_id": "00000000-0000-4000-8000-000000000000"}),
    "workbench:approval": Row(OWN, DRAFT),
    "workbench:secrecy": Row(RIGHT, right="review.secrecy", post={"pk": "{draft}"}),
    "workbench:secrecy_sheet": Row(OUTSIDE, {"pk": 1}),
    "workbench:secrecy_print": Row(OUTSIDE, {"pk": 1}),
    "workbench:urging": Row(OWN, DRAFT),
    "workbench:prints": Row(RIGHT, right="record.read"),
    "workbench:publication_register": Row(OUTSIDE),
    "workbench:transfer_list": Row(OUTSIDE),
    "workbench:file": Row(OWN, DRAFT | {"file_id": "00000000-0000-4000-8000-000000000000"}),
    "workbench:mask": Row(OWN, DRAFT, post={"finding": "1"}),
    "workbench:decide": Row(OWN, DRAFT | {"finding_id": 1}, post={"decision": "accepted", "reason": "理由"}),
    "workbench:notices": Row(SELF),
    "workbench:notices_read": Row(OUTSIDE),
    "workbench:notice_settings": Row(SELF),
    "workbench:ledger": Row(RIGHT, right="record.read"),
    "workbench:clean_ups": Row(RIGHT, right="record.read"),
    "workbench:clean_up": Row(RIGHT, right="record.repeal", post={"lines": "云政发〔2001〕1号 | 废止"}),
    "workbench:clean_up_done": Row(OUTSIDE, {"pk": 1}),
    "workbench:export_ledger": Row(RIGHT, right="record.read", post={"reason": "核对"}),
    "workbench:export_work": Row(RIGHT, right="record.read", post={"reason": "核对"}),
    "workbench:work": Row(RIGHT, right="record.read", post={"matter": "由外人登记"}),
    "workbench:work_import": Row(RIGHT, right="work.enter", post={"lines": "2026-03-01 | 会议部署 | 由外人登记"}),
    "workbench:work_one": Row(OUTSIDE, {"pk": 1}),
    "workbench:work_file": Row(OUTSIDE, {"pk": 1}),
    "workbench:channels": Row(OWN, DRAFT, post={"channels": "column:1"}),
    "workbench:renew": Row(OWN, DRAFT, post={}),
    "workbench:reposts": Row(RIGHT, right="column.maintain record.draft"),
    "workbench:repost": Row(OUTSIDE, {"pk": 1}),
    "workbench:repost_aside": Row(OUTSIDE, {"pk": 1}),
    "workbench:columns": Row(RIGHT, right="column.maintain"),
    "workbench:organs": Row(RIGHT, right="person.maintain"),
    "workbench:organ": Row(RIGHT, {"pk": "{organ_pk}"}, right="person.maintain"),
    "workbench:reform": Row(RIGHT, {"pk": "{organ_pk}"}, right="organ.maintain", post={"basis": "x"}),
    "workbench:hand_over": Row(RIGHT, {"pk": "{person}"}, right="person.maintain", post={"to-all": "1"}),
    "workbench:hand_over_sheet": Row(OUTSIDE, {"pk": "{person}", "key": 1}),
    "workbench:person": Row(RIGHT, {"pk": "{person}"}, right="person.maintain grant.maintain"),
    "workbench:grants": Row(RIGHT, right="grant.maintain"),
    "workbench:people": Row(RIGHT, right="person.maintain grant.maintain"),
    "workbench:security": Row(RIGHT, right="security.read"),
    "workbench:security_log": Row(RIGHT, right="security.read"),
    "workbench:export_log": Row(RIGHT, right="security.read", post={"reason": "核对"}),
    "workbench:end_session": Row(RIGHT, {"pk": 1}, right="security.read", post={}),
    "workbench:export_events": Row(RIGHT, right="audit.read", post={"reason": "核对"}),
    "workbench:operations": Row(RIGHT, right="operations.read"),
    "workbench:calendars": Row(RIGHT, right="calendar.maintain"),
    "workbench:notice": Row(RIGHT, right="calendar.maintain", post={"text": "一、元旦：1月1日放假。"}),
    "workbench:rules": Row(RIGHT, right="organ.maintain rule.preset"),
    "workbench:register": Row(RIGHT, right="register.verify", post={}),
    "workbench:events": Row(RIGHT, right="audit.read"),
    "workbench:admin_new": Row(RIGHT, {"name": "organ.establish"}, right="organ.maintain", post={"name": "新机构"}),
    "workbench:admin_do": Row(
        RIGHT, {"name": "organ.rename", "pk": "{organ_pk}"}, right="organ.maintain", post={"name": "改名"}
    ),
}
OUTSIDE_PREFIXES = ("account_", "mfa_")
