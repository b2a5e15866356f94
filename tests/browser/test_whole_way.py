"""The main job in real browsers: a signed document comes in, and different people take it the whole way."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gongkai.engine.records.models import Record
from gongkai.ground import clock
from gongkai.ground.register.models import Event, Leaf
from tests.browser.town import Town, press, queue, saved, word_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

OFFICER, SECTION, SECRECY, DEPUTY = "jyj.chengban", "jyj.kezhang", "jyj.baomi", "jyj.fazhi"
SIGNER, EDITOR = "jyj.shenqian", "jyj.bianji"
TITLE = "云洲市教育局关于做好2026年春季学校食堂食品安全工作的通知"
NUMBER = "云教办〔2026〕21号"
# Made up, with a right check digit.
IDENTITY = "339900198503071012"
PAPER = (
    TITLE,
    NUMBER,
    "各乡镇中心学校，市直各学校、幼儿园：",
    "为保障春季开学后师生饮食安全，现就有关事项通知如下：",
    "一、落实食品安全校长负责制，开学前完成一次全面自查，发现问题立即整改。",
    "二、学校相关负责人应当陪餐，每餐不少于1人，并做好陪餐记录。",
    f"三、自查结果于3月31日前报送，联系人宋知味（身份证号码{IDENTITY}）。",
    "云洲市教育局",
    "2026年3月2日",
)
REPEALING = "云洲市教育局关于废止2026年春季学校食堂食品安全工作通知的通知"
NOTE = "更正自查结果报送时间：由3月31日前改为4月10日前。"
BASIS = "20.13"


def open_task(page: Page, title: str, name: str) -> None:
    """From the desk to the dossier of a document, out of the queue that holds it."""
    queue(page, title).get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", level=1, name=name).wait_for()


def agree(town: Town, who: str, step: str, name: str, *, shot: str = "") -> None:
    """A reviewer opens the document from the desk, reads and agrees."""
    page = town.at_desk(who)
    open_task(page, "待我审", name)
    press(page, step)
    if shot:
        town.look(page, shot)
    press(page, "同意")
    told = "意见已记录；设定了公开时间的，到时自动公开。" if step == "审签" else "意见已记录。"
    expect(page.get_by_text(told)).to_be_visible()


def review(town: Town, name: str) -> None:
    """The whole review of the usual preset."""
    agree(town, SECTION, "科室负责人审核", name)
    agree(town, SECRECY, "保密审查", name)
    agree(town, SIGNER, "审签", name)


def publish(town: Town, name: str) -> None:
    page = town.at_desk(EDITOR)
    open_task(page, "待发布", name)
    press(page, "公开")
    press(page, "公开")
    expect(page.get_by_text("已公开。")).to_be_visible()


def test_a_signed_document_goes_the_whole_way(town: Town, tmp_path: Path) -> None:
    town.deputise(SIGNER, DEPUTY)
    comes_in(town)
    is_returned_for_its_ground(town)
    gets_its_ground(town)
    agree(town, SECTION, "科室负责人审核", TITLE, shot="section-agrees")
    number_is_masked(town)
    is_reaffirmed(town)
    agree(town, SECRECY, "保密审查", TITLE, shot="secrecy")
    deputy_signs_for_tomorrow(town)
    is_published_at_its_moment(town)
    record = Record.objects.get(title=TITLE)
    stands_before_the_public(town, record)
    is_verified(town, record, tmp_path, editions=1)
    is_corrected(town, record)
    is_repealed(town, record)
    is_verified(town, record, tmp_path, editions=2)
    is_told_and_sealed(town, record)


def comes_in(town: Town) -> None:
    """1: the officer takes in the signed document and confirms what the reader found."""
    page = town.at_desk(OFFICER)
    town.look(page, "desk-empty")
    page.get_by_role("navigation", name="工作台").get_by_role("link", name="新建").click()
    page.get_by_label("接收已签发文件").check()
    page.locator("#id_kind").select_option(label="其他政策文件")
    name = "春季食堂食品安全通知.docx"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    page.locator("#id_source").set_input_files({"name": name, "mimeType": kind, "buffer": word_file(PAPER)})
    page.get_by_label("把原件作为附件保存").check()
    town.look(page, "new")
    press(page, "下一步")
    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator("#id_document_number")).to_have_value(NUMBER)
    expect(page.locator("#id_written_on")).to_have_value("2026-03-02")
    page.get_by_label("主动公开", exact=True).check()
    page.locator("#id_subject_class").select_option("科技、教育/教育")
    town.look(page, "confirm")
    press(page, "确认无误，送审")
    expect(page.get_by_text("已接收并送审。")).to_be_visible()
    town.look(page, "received")


def is_returned_for_its_ground(town: Town) -> None:
    """2: the section head cannot agree without a ground and sends it back with the coded reason."""
    page = town.at_desk(SECTION)
    town.look(page, "desk-review")
    open_task(page, "待我审", TITLE)
    press(page, "科室负责人审核")
    press(page, "同意")
    expect(page.get_by_role("alert")).to_contain_text("公开属性“主动公开”没有填写依据。")
    town.look(page, "no-ground")
    press(page, "退回修改")
    page.locator("#id_reason").select_option("ground_missing")
    page.locator("#id_text").fill("请补充主动公开的依据。")
    town.look(page, "return")
    press(page, "退回修改")
    expect(page.get_by_text("已退回修改，并通知起草人。")).to_be_visible()


def gets_its_ground(town: Town) -> None:
    """3: the officer finds it returned, adds the ground, proposes again."""
    page = town.at_desk(OFFICER)
    town.look(page, "desk-returned")
    open_task(page, "退回给我", TITLE)
    expect(page.get_by_text("请补充主动公开的依据。")).to_be_visible()
    press(page, "编辑")
    page.locator("#id_disclosure_basis").select_option(BASIS)
    town.look(page, "edit")
    press(page, "保存并送审")
    expect(page.get_by_text("已保存并送审。")).to_be_visible()


def number_is_masked(town: Town) -> None:
    """5: the checks found the identity number; one click masks it in a new edition, and the original goes, too."""
    page = town.at_desk(OFFICER)
    press(page, "文件列表")
    page.locator("main").get_by_role("link", name=TITLE).click()
    panel = page.get_by_role("region", name="校核")
    expect(panel).to_contain_text("身份证号码")
    expect(panel).to_contain_text("须处理后才能审签")
    town.look(page, "finding")
    panel.get_by_role("button", name=re.compile("一键遮盖")).click()
    expect(page.get_by_text("已遮盖 1 处，并保存为新版本。")).to_be_visible()
    expect(panel).to_contain_text("附件")
    town.look(page, "masked")
    press(page, "修改（须重新审核）")
    page.get_by_label("保留 春季食堂食品安全通知.docx").uncheck()
    press(page, "保存")
    expect(page.get_by_role("region", name="校核")).to_contain_text("当前版没有发现问题。")


def is_reaffirmed(town: Town) -> None:
    """5: the section head looks at the difference and agrees again."""
    page = town.at_desk(SECTION)
    open_task(page, "待我审", TITLE)
    expect(page.get_by_role("region", name="审核")).to_contain_text("须重新确认")
    press(page, "科室负责人审核")
    expect(page.locator("del")).to_contain_text("19850307")
    expect(page.locator("ins")).to_contain_text("*")
    town.look(page, "difference")
    press(page, "重新确认：同意")
    expect(page.get_by_text("意见已记录。")).to_be_visible()
    town.look(page, "reaffirmed")


def deputy_signs_for_tomorrow(town: Town) -> None:
    """7: the deputy signs for the absent leader and sets the moment of publication."""
    page = town.at_desk(DEPUTY)
    expect(queue(page, "待我审")).to_contain_text("代 白景行")
    town.look(page, "desk-deputy")
    open_task(page, "待我审", TITLE)
    press(page, "审签")
    expect(page.get_by_text("您代 白景行 办理")).to_be_visible()
    page.locator("#id_publish_at").fill("2026-03-03T08:30")
    town.look(page, "sign-off")
    press(page, "同意")
    expect(page.get_by_text("意见已记录；设定了公开时间的，到时自动公开。")).to_be_visible()
    expect(page.get_by_role("region", name="审核")).to_contain_text("唐律之代白景行")
    town.look(page, "scheduled")


def is_published_at_its_moment(town: Town) -> None:
    """8: the tick publishes and seals when the clock has come there, and not before."""
    visitor = town.windows["visitor"] = town.window()
    town.tick()
    visitor.goto("/policy/")
    expect(visitor.locator("main")).not_to_contain_text(TITLE)
    town.hands.moment = dt.datetime(2026, 3, 3, 8, 30, tzinfo=clock.SHANGHAI)
    done = town.tick()
    assert [step.error for step in done if step.error] == []
    assert {step.step: step.count for step in done}["publish"] == 1


def stands_before_the_public(town: Town, record: Record) -> None:
    """9: home, list, page, feed and register show it to anybody."""
    page = town.windows["visitor"]
    page.goto("/")
    town.look(page, "home")
    page.goto("/policy/")
    town.look(page, "list")
    page.locator("main").get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    assert page.url == f"{town.address}/r/{record.index_number}"
    expect(page.locator("main")).to_contain_text(NUMBER)
    text = page.content()
    assert IDENTITY not in text
    assert "19850307" not in text
    town.look(page, "public")
    page.goto(f"/register/?index_number={record.index_number}")
    expect(page.locator("main")).to_contain_text("公开")
    town.look(page, "register")
    feed = page.context.request.get("/feed/all.atom")
    assert feed.status == 200
    assert TITLE in feed.text()


def is_verified(town: Town, record: Record, folder: Path, *, editions: int) -> None:
    """9: proof and content, downloaded, are checked by the one file and Python alone."""
    context = town.windows["visitor"].context
    town.tick()
    proof = saved(context, f"/register/proof/{record.index_number}", folder / "proof.json")
    content = saved(context, f"/r/{record.index_number}.edition.json", folder / "edition.json")
    key = saved(context, "/register/key", folder / "key.txt")
    program = saved(context, "/register/verify_register.py", folder / "verify_register.py")
    command = [sys.executable, "-I", "-S", str(program), str(proof), str(content), "--key", str(key)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert len(json.loads(proof.read_text("utf-8"))) >= editions
    content.write_bytes(content.read_bytes().replace("陪餐".encode(), "陪同".encode(), 1))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def is_corrected(town: Town, record: Record) -> None:
    """10: a correction with its public note goes through the whole review again."""
    page = town.at_desk(EDITOR)
    page.goto(f"/desk/records/{record.pk}/")
    press(page, "更正")
    expect(page.get_by_text("已开始更正")).to_be_visible()
    page = town.at_desk(OFFICER)
    open_task(page, "我的草稿", TITLE)
    press(page, "编辑")
    body = page.locator("#id_body")
    body.fill(body.input_value().replace("3月31日前", "4月10日前"))
    page.locator("#id_change_note").fill(NOTE)
    press(page, "保存并送审")
    expect(page.get_by_text("已保存并送审。")).to_be_visible()
    town.look(page, "correcting")
    review(town, TITLE)
    publish(town, TITLE)
    visitor = town.windows["visitor"]
    visitor.goto(f"/r/{record.index_number}")
    expect(visitor.get_by_role("region", name="更新记录")).to_contain_text(NOTE)
    expect(visitor.locator("main")).to_contain_text("4月10日前报送")
    town.look(visitor, "corrected")


def is_repealed(town: Town, record: Record) -> None:
    """11: another document repeals it; the old page stays and says by what."""
    page = town.at_desk(OFFICER)
    page.get_by_role("navigation", name="工作台").get_by_role("link", name="新建").click()
    page.get_by_label("起草：").check()
    page.locator("#id_kind").select_option(label="其他政策文件")
    press(page, "下一步")
    page.locator("#id_title").fill(REPEALING)
    page.locator("#id_body").fill(
        f"各乡镇中心学校，市直各学校、幼儿园：\n《{TITLE}》（{NUMBER}）自本通知印发之日起废止。\n云洲市教育局\n2026年3月3日"
    )
    page.get_by_label("主动公开", exact=True).check()
    page.locator("#id_disclosure_basis").select_option(BASIS)
    page.locator("#id_document_number").fill("云教办〔2026〕22号")
    page.locator("#id_written_on").fill("2026-03-03")
    page.locator("#id_subject_class").select_option("科技、教育/教育")
    press(page, "保存草稿")
    expect(page.get_by_text("已保存草稿。")).to_be_visible()
    press(page, "建立关联")
    page.locator("#id_kind").select_option(label="废止")
    page.locator("#id_target").fill(NUMBER)
    town.look(page, "link")
    press(page, "建立关联")
    expect(page.get_by_role("region", name="关联")).to_contain_text(TITLE)
    town.look(page, "linked")
    press(page, "送审")
    expect(page.get_by_text("已送审。")).to_be_visible()
    review(town, REPEALING)
    publish(town, REPEALING)
    visitor = town.windows["visitor"]
    visitor.goto(f"/r/{record.index_number}")
    banner = visitor.get_by_role("region", name="本文件已于 2026-03-03 废止")
    expect(banner).to_contain_text(REPEALING)
    town.look(visitor, "repealed")
    banner.get_by_role("link").click()
    expect(visitor.get_by_role("heading", level=1, name=REPEALING)).to_be_visible()
    town.look(visitor, "repealing")


WORDS = [
    "接收已签发文件",
    "退回修改",
    "修改并保存",
    "送审",
    "审核同意",
    "审核中修改，此前意见须重新确认",
    "审核中修改，此前意见须重新确认",
    "对新版本重新确认",
    "审核同意",
    "审签同意公开",
    "公开",
    "开始更正",
    "修改并保存",
    "送审",
    "审核同意",
    "审核同意",
    "审签同意公开",
    "公开更正后的版本",
    "有效性变更",
]


def is_told_and_sealed(town: Town, record: Record) -> None:
    """12: the dossier tells every step in words, and each is an event sealed in the register."""
    page = town.at_desk(OFFICER)
    page.goto(f"/desk/records/{record.pk}/")
    town.look(page, "timeline")
    told = page.get_by_role("region", name="经过").locator(".what").all_inner_texts()
    assert told[::-1] == WORDS
    timeline = page.get_by_role("region", name="经过")
    expect(timeline).to_contain_text("唐律之代白景行")
    events = Event.objects.filter(subject_type="record", subject_id=str(record.pk))
    assert events.count() == len(WORDS)
    town.tick()
    assert Leaf.objects.filter(event__in=events).count() == len(WORDS)
