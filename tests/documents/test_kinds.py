"""Each kind of document goes the whole way; its editor form and its page follow from its declaration."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gongkai.engine.records.details import details_of, shown_value
from gongkai.engine.records.editions import parse_content
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Edition
from gongkai.engine.reviews.presets import PRESETS
from gongkai.ground.refusal import Refused
from gongkai.ground.rulebook.queries import genres, statutory_categories
from gongkai.surfaces.workbench.edit_forms import edit_form, initial_of
from tests.builders import Office, content, draft_record, public_record
from tests.documents.samples import OWN

CODES = sorted(OWN)


def whole(kind: str) -> dict[str, Any]:
    """A complete content of a kind."""
    declared = KINDS[kind]
    basis = {"disclosure_basis": declared.statutory_category, "genre": declared.default_genre}
    return content(title=f"{declared.name}示例", **(basis | OWN[kind]))


def test_every_kind_of_documents_is_declared() -> None:
    assert set(OWN) == set(KINDS)


@pytest.mark.parametrize("kind", CODES)
def test_a_declaration_holds_together(kind: str) -> None:
    declared = KINDS[kind]
    assert declared.statutory_category in {term.code for term in statutory_categories()}
    assert declared.default_genre in {term.name for term in genres()}
    assert set(declared.presets) == set(PRESETS) == set(PRESETS) | set(declared.presets.values())
    assert all(info.title for info in declared.schema.model_fields.values())


@pytest.mark.parametrize("kind", CODES)
def test_the_form_gives_back_what_it_was_given(kind: str) -> None:
    given = parse_content(KINDS[kind], whole(kind)).model_dump(mode="json")
    shown = {name: "" if value is None else value for name, value in initial_of(given).items()}
    form = edit_form(KINDS[kind], data=shown)
    assert form.is_valid(), form.errors
    assert parse_content(KINDS[kind], form.content()).model_dump(mode="json") == given


@pytest.mark.django_db
@pytest.mark.parametrize("kind", CODES)
def test_the_page_shows_every_field_of_the_kind(kind: str, frozen_clock: None, client: Client) -> None:
    record = public_record(Office(), kind=kind, **whole(kind))
    page = client.get(f"/r/{record.index_number}")
    assert page.status_code == 200
    text = page.content.decode()
    for value in texts_of(OWN[kind]):
        assert value in text, value
    plain = client.get(f"/r/{record.index_number}.txt").content.decode()
    assert all(value in plain for value in texts_of(OWN[kind]))
    answer = client.get(f"/r/{record.index_number}.json").json()
    assert set(answer["details"]) == {name for name in OWN[kind] if name in KINDS[kind].own_fields}


def texts_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() if key != "address" for text in texts_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item)]
    return [str(value)] if value not in (None, "") else []


@pytest.mark.parametrize("kind", ["organ_profile", "leader_profile"])
@pytest.mark.parametrize("number", ["13800138000", "138 0013 8000", "110101199003071233"])
def test_a_profile_holds_no_private_number(kind: str, number: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_content(KINDS[kind], whole(kind) | {"office_phone": f"办公室 {number}"})
    assert refused.value.code == "records.invalid"
    assert "不能填写身份证号、手机号" in refused.value.explain().what


@pytest.mark.django_db
def test_a_private_number_leaves_no_record() -> None:
    office = Office()
    with pytest.raises(Refused):
        draft_record(office, kind="leader_profile", name="林建国", office_phone="13800138000")
    assert not Edition.objects.exists()


def test_a_row_with_too_many_cells_is_named() -> None:
    form = edit_form(KINDS["personnel"], data={"title": "任免", "appointments": "陈思远 | 任 | 副局长 | 多一格"})
    assert form.errors["appointments"] == ["第 1 行有 4 格，应为：姓名 | 任免 | 职务或岗位。"]


def test_rows_are_taken_as_a_spreadsheet_pastes_them() -> None:
    pasted = "陈思远\t任\t市教育局副局长\n何佳\t免\t"
    form = edit_form(KINDS["personnel"], data={"title": "任免", "appointments": pasted})
    assert form.is_valid()
    assert form.content()["appointments"] == [
        {"name": "陈思远", "change": "任", "post": "市教育局副局长"},
        {"name": "何佳", "change": "免"},
    ]


def test_a_row_that_lacks_something_says_which_row() -> None:
    form = edit_form(KINDS["statistics"], data={"title": "统计", "indicators": "学校 | 所 | 12\n学生 | 人 |"})
    assert form.is_valid()
    with pytest.raises(Refused) as refused:
        parse_content(KINDS["statistics"], form.content())
    form.take_refusal(refused.value)
    assert form.errors["indicators"] == ["第 2 行：必须填写"]


def test_a_plan_ends_after_it_begins() -> None:
    with pytest.raises(Refused) as refused:
        parse_content(KINDS["plan"], whole("plan") | {"to_year": 2020})
    assert refused.value.explain().what == "填写的内容有误：内容：规划的截止年份早于起始年份"


def test_a_topic_links_to_nothing_a_browser_would_run() -> None:
    entries = [{"heading": "", "title": "看这里", "address": "javascript:alert(1)"}]
    with pytest.raises(Refused):
        parse_content(KINDS["topic"], whole("topic") | {"entries": entries})


def test_empty_fields_and_columns_are_not_shown() -> None:
    given = parse_content(KINDS["rectification"], whole("rectification")).model_dump(mode="json")
    shown = {detail.name: detail for detail in details_of("rectification", given)}
    assert shown["problems"].columns == ["单位", "问题", "整改要求", "整改期限"]
    assert details_of("no-such-kind", given) == []
    assert (
        shown_value(given["problems"]) == "市水务局，通知公告栏目超过 6 个月未更新，补充更新并建立值班制度，2026-04-15"
    )


@pytest.mark.django_db
def test_a_number_in_a_table_of_the_kind_is_found_by_the_checks() -> None:
    from gongkai.engine.checks.models import Finding

    lines = [{"name": "陈思远（身份证号 11010119900307109X）", "change": "任", "post": ""}]
    draft_record(Office(), kind="personnel", **(whole("personnel") | {"appointments": lines}))
    found = Finding.objects.get(type="identity-number")
    assert found.place["field"] == "appointments"
