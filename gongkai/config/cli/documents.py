"""Commands that take files: import and inspect."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gongkai.config.cli.frame import DONE, FOUND, CannotRunError, Commands, print_json, progress


def declare(commands: Commands) -> None:
    """Add these commands to the table."""
    taking = commands.add("import", "把文件读成草稿，或迁移已在别处公开的信息", run_import)
    taking.add_argument("paths", nargs="+", metavar="PATH", help="文件或文件夹（txt html docx doc pdf ofd xlsx jsonl）")
    taking.add_argument("--organ", default="", metavar="CODE", help="发布机构代码；试运行时可省略")
    taking.add_argument("--dry-run", action="store_true", help="只读取并显示结果，不写入")
    taking.add_argument("--already-public", default="", metavar="URL-or-note", help="已在别处公开：经审签门成批发布")
    taking.add_argument("--as", dest="username", default="", help="以哪位工作人员的身份导入（用户名）")
    taking.add_argument("--batch", default="", metavar="NAME", help="批次名称：中断后以同名再次运行，接着做完，不重复")
    taking.add_argument("--report", type=Path, metavar="FILE", help="疑点报告：按扩展名写 html、csv 或 json")
    looking = commands.add("inspect", "公开前检查文件：个人信息、密级标志、隐藏内容、文号日期等", run_inspect)
    looking.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="文件或文件夹")


def run_import(options: argparse.Namespace) -> int:
    """Reads files into drafts, one line each; 1 when a file could not be taken."""
    from gongkai.surfaces.exchange.importing import import_paths, is_failed
    from gongkai.surfaces.exchange.reporting import FORMS, Report

    if options.report and options.report.suffix.lower() not in FORMS:
        raise CannotRunError("--report 的扩展名应为 .html、.csv 或 .json")
    if options.batch and options.dry_run:
        raise CannotRunError("试运行（--dry-run）不写入，不能有 --batch")
    if not options.organ and not options.dry_run:
        raise CannotRunError("请用 --organ 写明发布机构代码（试运行 --dry-run 时可省略）")
    lines = import_paths(
        options.paths,
        options.organ,
        dry_run=options.dry_run,
        already_public=options.already_public,
        username=options.username,
        batch=options.batch,
    )
    report = Report(options.report) if options.report else None
    has_failed = False
    for line in progress(lines, label="导入"):
        has_failed |= is_failed(line)
        if report is not None:
            report.add(line)
        if options.json:
            print_json(line)
        else:
            print_line(line)
    if report is not None:
        report.write(options.batch)
    return FOUND if has_failed else DONE


def run_inspect(options: argparse.Namespace) -> int:
    """The check before publication, one line a file; 1 when something is found."""
    from gongkai.engine.checks.inspection import inspect_paths

    for path in options.paths:
        if not path.exists():
            message = f"没有这个文件或文件夹：{path}"
            raise CannotRunError(message)
    has_found = False
    for line in progress(inspect_paths(options.paths), label="检查"):
        has_found |= bool(line["findings"])
        if options.json:
            print_json(line)
        else:
            print_findings(line)
    return FOUND if has_found else DONE


def print_findings(line: Mapping[str, Any]) -> None:
    """One file for a person, each finding below it."""
    print(f"{'✗' if line['findings'] else '✓'} {line['path']}{'' if line['readable'] else '（没有可检查的文字）'}")
    for finding in line["findings"]:
        place = "，".join(str(value) for value in finding["place"].values()) if finding["place"] else ""
        told = f"：{finding['suggestion']}" if finding["suggestion"] else ""
        print(f"  ! [{finding['type']}] {finding['text']}{f'（{place}）' if place else ''}{told}")


def print_line(line: Mapping[str, Any]) -> None:
    """One file for a person: what it is, and each warning below it."""
    if line.get("error") is not None:
        print(f"✗ {line['path']}：{line['error']['message']}")
        return
    parts = [line["document_number"], line["index_number"], line["written_on"]]
    print(
        f"✓ {line['path']}：{line['title'] or '（无标题）'} {' · '.join(str(part) for part in parts if part)}".rstrip()
    )
    for warning in line["warnings"]:
        print(f"  ! {warning['message'] or warning['code']}（{warning['place']}）")
