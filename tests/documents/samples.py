"""A complete content of each kind's own fields, written for the tests."""

from __future__ import annotations

from typing import Any

OWN: dict[str, dict[str, Any]] = {
    "government_rule": {
        "document_number": "云洲市人民政府令第12号",
        "based_on": ["《中华人民共和国道路交通安全法》"],
        "register_number": "YZG2026-01",
        "adopted_by": "云洲市人民政府第12次常务会议",
        "adopted_on": "2026-02-20",
        "signed_by": "市长 林建国",
    },
    "normative_document": {"based_on": ["《中华人民共和国食品安全法》"], "register_number": "YZGJ2026-003"},
    "other_document": {"based_on": ["《中华人民共和国食品安全法》"]},
    "system_document": {"level": "本机关", "based_on": ["《中华人民共和国政府信息公开条例》"]},
    "notice": {},
    "repost": {
        "source_name": "云岭省人民政府",
        "source_url": "https://www.example.org/a.html",
        "original_on": "2026-02-27",
    },
    "news": {"happened_on": "2026-02-27", "place": "市民中心", "author": "办公室"},
    "topic": {
        "lead": "集中公布校园食品安全的制度、检查和结果。",
        "ends_on": "2026-12-31",
        "entries": [
            {"heading": "制度", "title": "校园食品安全管理办法", "address": "11330000001/2026-00001"},
            {"heading": "制度", "title": "国家规定", "address": "https://example.org/a"},
            {"heading": "检查", "title": "春季检查情况", "address": ""},
        ],
    },
    "rectification": {
        "period": "2026年第一季度",
        "scope": "全市政府网站，抽查 24 个",
        "problems": [
            {
                "organ": "市水务局",
                "problem": "通知公告栏目超过 6 个月未更新",
                "requirement": "补充更新并建立值班制度",
                "due_on": "2026-04-15",
                "outcome": "",
            }
        ],
    },
    "guide": {"work_body": "办公室", "work_body_phone": "0571-88880000", "classification": "按法定公开内容分类。"},
    "organ_profile": {
        "head_name": "林建国",
        "office_address": "云洲市安和路1号",
        "office_phone": "0571-88880000",
        "functions": ["拟订教育发展规划", "管理学校"],
        "departments": [
            {"name": "办公室", "duties": "文电、会务、政务公开", "head": "高远", "phone": "0571-88880001"},
            {"name": "基础教育科", "duties": "义务教育管理", "head": "", "phone": "0571-88880002"},
        ],
    },
    "leader_profile": {
        "name": "林建国",
        "post": "党组书记、局长",
        "portfolio": "主持局全面工作。",
        "resume": ["2015年起任云洲市教育局副局长", "2021年起任现职"],
        "office_phone": "0571-88880003",
        "rank": 1,
    },
    "personnel": {
        "subject": "任免",
        "decided_by": "云洲市人民政府",
        "decided_on": "2026-02-28",
        "appointments": [{"name": "陈思远", "change": "任", "post": "市教育局副局长"}],
    },
    "plan": {
        "plan_type": "专项规划",
        "from_year": 2026,
        "to_year": 2030,
        "approved_by": "云洲市人民政府",
        "approved_on": "2026-02-10",
        "indicators": [
            {"name": "公办园在园幼儿占比", "unit": "%", "baseline": "58", "target": "65", "nature": "约束性"}
        ],
    },
    "statistics": {
        "period": "2025年",
        "figures_source": "云洲市教育局",
        "indicators": [{"name": "普通小学在校学生", "unit": "万人", "value": "21.4", "change": "1.2%"}],
        "method_note": "按学年初报表数统计。",
    },
}
