"""Classification marks are found in every usual shape, and never in text that only talks about secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gongkai.ground.files.marks import scan

LEVELS = ("绝密", "机密", "秘密", "絕密", "機密")
TERMS = ("", "1年", "10年", "30年", "6个月", "长期", "启用前", "十年")
SHAPES = (
    "{level}★{term}",
    "{level} ★ {term}",
    "{spaced}★{term}",
    "{level}☆{term}",
    "（{level}★{term}）",
    "特急 {level}★{term}",
)
OTHERS = (
    "绝密",
    "机　密",
    "秘\u200b密",
    "秘密 10年",
    "秘密（10年）",
    "【机密】",
    "绝密级",
    "密级：秘密",
    "密    级：机密★15年",
    "密级（秘密）",
    "密级：工作秘密",
    "机密 特急",
    "000023  秘密★6个月",
    "份号：000012",
    "内部资料 注意保存",
    "内部资料，注意保存。",
    "（内部文件 不得外传）",
    "内部参考，严禁外传！",
    "注意保存",
    "工作秘密",
    "工作秘密★3年",
    "内部★5年",
    "秘密*10年",
    "绝密★解密时间：2030年1月",
    "机密·启用前",
    "本文件为秘密★10年文件，请注意。",
)
TALK = (
    "保守国家秘密",
    "商业秘密",
    "涉及国家秘密、商业秘密、个人隐私的",
    "属于国家秘密",
    "国家秘密的密级分为绝密、机密、秘密三级。",
    "密级：绝密□ 机密□ 秘密□",
    "密级：非密",
    "密级：",
    "份号：",
    "*国家秘密*",
    "**国家秘密**",
    "商业秘密★",
    "内部资料性出版物",
    "工作秘密管理办法",
    "标准启用前属绝密材料。",
    "机密级、秘密级国家秘密的确定",
)


@pytest.mark.parametrize("level", LEVELS)
def test_every_usual_mark_is_found(level: str) -> None:
    for shape in SHAPES:
        for term in TERMS:
            line = shape.format(level=level, term=term, spaced=" ".join(level))
            assert scan(f"云洲市人民政府文件\n{line}\n关于公开工作的通知"), line


@pytest.mark.parametrize("line", OTHERS)
def test_other_marks_are_found(line: str) -> None:
    assert scan(f"云洲市人民政府文件\n{line}\n关于公开工作的通知")


@pytest.mark.parametrize("line", TALK)
def test_talk_about_secrets_is_no_mark(line: str) -> None:
    assert scan(f"云洲市人民政府文件\n{line}\n关于公开工作的通知") == []


def test_internal_material_far_below_the_head_is_no_mark() -> None:
    assert scan("正文\n" * 20 + "内部资料\n") == []


@pytest.mark.parametrize(
    "name",
    ["秘密★方案.docx", "（机密）纪要.pdf", "绝密-计划.txt", "通知(秘密).docx", "[内部资料]简报.pdf", "1秘密10年.doc"],
)
def test_marks_in_file_names(name: str) -> None:
    assert [hit.rule for hit in scan("正文", name)] == ["file-name"]


@pytest.mark.parametrize(
    "name", ["保守国家秘密法.docx", "商业秘密保护规定.pdf", "工作秘密管理办法.docx", "机密级设备管理.txt"]
)
def test_titles_about_secrets_are_no_mark(name: str) -> None:
    assert scan("正文", name) == []


def test_hits_name_the_place_and_nothing_else() -> None:
    hit = scan("某项内容\n机密★20年 某事\n")[0]
    assert (hit.rule, hit.place, hit.mark) == ("star", "第2行", "机密★")


def test_no_false_alarm_in_laws_and_policies(shared: Path) -> None:
    """838 laws and rules, the law on secrets among them, and the policies of a city: no hit at all."""
    hits = []
    count = 0
    for name, field in (("laws_lawrefbook/laws", "body"), ("policies_guangzhou/documents", "original_text")):
        for line in (shared / "data" / f"{name}.jsonl").open(encoding="utf-8"):
            law = json.loads(line)
            count += 1
            hits += [(law["title"], hit) for hit in scan(f"{law['title']}\n{law[field]}", f"{law['title']}.docx")]
    assert count > 850
    assert hits == []
