"""Commands of the law: due (a date and its explanation) and calendar (the years an office enters)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.config.cli.frame import DONE, CannotRunError, Commands, Parser, print_json

if TYPE_CHECKING:
    from gongkai.ground.access.actors import Actor
    from gongkai.ground.calendars.notice import ParsedNotice


def declare(commands: Commands) -> None:
    """Add these commands to the table."""
    due = commands.add("due", "期限是哪一天，为什么", run_due)
    due.add_argument("rule", help="规则，如 foi.reply（见 docs/reference/rules.md）")
    due.add_argument("--from", dest="start", required=True, help="起算日；小时规则写带时区的时刻")
    due.add_argument(
        "--pause", action="append", default=[], metavar="FROM..TO", help="不计入的期间：FROM 次日至 TO 当日"
    )
    due.add_argument("--extend", type=int, default=0, metavar="N", help="延长 N（按规则的单位）")
    due.add_argument("--calendar", default="CN", metavar="ID", help="工作日历，默认 CN（全国）")
    calendar = commands.add("calendar", "工作日历：录入年度放假安排", run_enter, has_json=False)
    parts = calendar.add_subparsers(metavar="动作", dest="part", required=True)
    enter: Parser = parts.add_parser("enter", help="从放假通知的文本录入一个年度")
    enter.add_argument("file", type=Path, help="通知文本（txt，UTF-8）")
    enter.add_argument("--year", type=int, help="年度；文本带标题时可省略")
    enter.add_argument("--region", default="CN", help="日历编号，默认 CN（全国）")
    enter.add_argument("--region-name", default="", help="新日历的名称")
    enter.add_argument("--status", choices=["official", "provisional"], default="official", help="正式或暂定")
    enter.add_argument("--reason", default="", help="更改已录入年度时必填的理由")
    enter.add_argument("--as", dest="username", default="", help="以哪位工作人员的身份录入（用户名）")
    enter.add_argument("--dry-run", action="store_true", help="只显示读出的日期，不录入")
    enter.add_argument("--json", action="store_true", help="输出 JSON")
    enter.set_defaults(run=run_enter)


def run_due(options: argparse.Namespace) -> int:
    """The date and its explanation."""
    from gongkai.engine.deadlines.due import due

    found = due(options.rule, options.start, options.pause, options.extend, options.calendar)
    if options.json:
        print_json(found)
        return DONE
    print(f"{found['due']}{'（暂定：有的年度放假安排尚未公布）' if found['provisional'] else ''}")
    print(f"规则 {found['rule']}，依据 {found['citation']}，自 {found['from']} 起算")
    for step in found["trace"]:
        print(f"  {step['on']} {'计' if step['counted'] else '不计'} {step['why']}")
    return DONE


def run_enter(options: argparse.Namespace) -> int:
    """Reads a notice and enters its days through the gate."""
    from gongkai.ground.calendars.notice import parse_notice

    notice = parse_notice(read_text(options.file), options.year)
    off, work = notice.in_year(notice.year)
    if not options.dry_run:
        enter(notice, options)
    if options.json:
        told = {"year": notice.year, "region": options.region, "off": off, "work": work}
        print_json(told | {"entered": not options.dry_run})
        return DONE
    print(f"{notice.year} 年 放假：{'、'.join(f'{one:%m-%d}' for one in off)}")
    print(f"{notice.year} 年 调休上班：{'、'.join(f'{one:%m-%d}' for one in work) or '无'}")
    print("未录入（试运行）" if options.dry_run else "已录入")
    return DONE


def enter(notice: ParsedNotice, options: argparse.Namespace) -> None:
    """The national notice with the days of the year before that it moves; a regional one only in its own year."""
    from gongkai.ground.calendars.actions import enter_notice, enter_year

    actor = actor_named(options.username)
    if options.region == "CN":
        enter_notice(notice, actor=actor, status=options.status, reason=options.reason)
        return
    off, work = notice.in_year(notice.year)
    enter_year(
        actor=actor,
        year=notice.year,
        off=off,
        work=work,
        source=[notice.source],
        region=options.region,
        region_name=options.region_name,
        status=options.status,
        reason=options.reason,
    )


def read_text(path: Path) -> str:
    """A text file in UTF-8; one line when it is something else."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        message = f"{path} 不是 UTF-8 文本"
        raise CannotRunError(message) from None


def actor_named(username: str) -> Actor:
    """The person of that user name as an actor; without one the system acts."""
    from gongkai.ground.access.actors import SYSTEM, actor_for
    from gongkai.ground.organs.models import Person

    if not username:
        return SYSTEM
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        message = f"没有用户名为 {username} 的在用人员"
        raise CannotRunError(message)
    return actor_for(person)
