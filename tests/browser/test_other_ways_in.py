"""By keyboard alone, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from gongkai.engine.records.actions import draft, publish, submit
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.models import Opinion
from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.organs.models import Person
from gongkai.ground.register.log import seal
from gongkai.surfaces.demo.founding import PASSWORD
from tests.browser.town import Town, tab_to
from tests.builders import agree_to_all, content

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

TITLE = "关于做好校园食品安全工作的通知"


def actor(username: str) -> Actor:
    return actor_for(Person.objects.get(username=username))


def drafted(town: Town, **fields: object) -> Record:
    """A draft of the bureau's officer."""
    officer = Person.objects.get(username="jyj.chengban")
    with town.hands.frozen():
        return draft(actor=actor_for(officer), organ=officer.organ, kind="other_document", content=content(**fields))


class Bureau:
    """Who takes which step, as the builders ask for it."""

    PEOPLE = {"section": "jyj.kezhang", "secrecy": "jyj.baomi", "sign_off": "jyj.shenqian"}

    def actor(self, key: str) -> Actor:
        return actor(self.PEOPLE[key])


def published(town: Town) -> Record:
    record = drafted(town)
    with town.hands.frozen():
        submit(record, actor=actor("jyj.chengban"))
        agree_to_all(Bureau(), record)  # type: ignore[arg-type]
        publish(record, actor=actor("jyj.bianji"))
        seal()
    return record


def test_keyboard_alone_logs_in_reads_and_agrees(town: Town) -> None:
    record = drafted(town)
    with town.hands.frozen():
        submit(record, actor=actor("jyj.chengban"))
    page = town.window()
    page.goto("/desk/")
    expect(page.get_by_label("用户名")).to_be_focused()
    page.keyboard.type("jyj.kezhang")
    tab_to(page, "it.name === 'password'")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="待办").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    tab_to(page, f"it.textContent === '{TITLE}'")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=TITLE).wait_for()
    tab_to(page, "it.textContent === '科室负责人审核'")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="科室负责人审核").wait_for()
    tab_to(page, "it.name === 'text'")
    page.keyboard.type("内容准确，同意。")
    tab_to(page, "it.type === 'submit' && it.textContent === '同意'")
    page.keyboard.press("Enter")
    expect(page.get_by_text("意见已记录。")).to_be_visible()
    assert Opinion.objects.get().text == "内容准确，同意。"


def test_without_javascript_the_public_reads_filters_and_searches(town: Town) -> None:
    record = published(town)
    page = town.window(java_script_enabled=False)
    for address, words in (
        ("/", TITLE),
        ("/policy/", TITLE),
        (f"/r/{record.index_number}", "更新记录"),
        ("/register/", "最近的检查点"),
        ("/search?q=食品安全", TITLE),
    ):
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        expect(page.locator("main")).to_contain_text(words)
    page.goto("/policy/")
    chooses(page, "年份", "2026")
    expect(page.locator("main")).to_contain_text(TITLE)
    page.goto("/")
    page.get_by_role("searchbox").fill(str(record.document_number))
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("main").get_by_role("link", name=TITLE)).to_be_visible()
    page.goto("/register/")
    page.get_by_label("索引号", exact=True).fill(str(record.index_number))
    page.get_by_role("button", name="查登记").click()
    expect(page.get_by_role("link", name="下载存证证明")).to_be_visible()


def chooses(page: Page, facet: str, value: str) -> None:
    """Open a filter of the list and take one of its values."""
    group = page.get_by_role("group", name="筛选").locator("details", has_text=facet)
    group.locator("summary").click()
    group.get_by_role("link", name=value).click()
    expect(page.get_by_role("group", name="已选条件")).to_contain_text(f"{facet}：{value}")


def test_without_javascript_the_editor_saves(town: Town) -> None:
    record = drafted(town)
    page = town.at_desk("jyj.chengban", java_script_enabled=False)
    page.locator("main").get_by_role("link", name=TITLE, exact=True).click()
    page.get_by_role("link", name="编辑", exact=True).click()
    page.locator("#id_title").fill(f"{TITLE}（修改）")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存为新版本。")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name=f"{TITLE}（修改）")).to_be_visible()
    record.refresh_from_db()
    assert record.working is not None
    assert (record.working.number, record.working.content["title"]) == (2, f"{TITLE}（修改）")
