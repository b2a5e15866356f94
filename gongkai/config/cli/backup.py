"""``gongkai backup`` and ``gongkai restore``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.config.cli.frame import DONE, FOUND, CannotRunError, Commands, print_json


def declare(commands: Commands) -> None:
    """Add these commands to the table."""
    backup = commands.add("backup", "备份数据库、文件和检查点（不含密钥，密钥另用 gongkai keys backup）", run_backup)
    backup.add_argument("folder", type=Path, metavar="DIR", help="空目录；上次中断的备份从中断处继续")
    restore = commands.add("restore", "把备份恢复到空的数据库和目录，续接存证日志并核验", run_restore)
    restore.add_argument("folder", type=Path, metavar="DIR", help="备份的目录")
    restore.add_argument("--keys", type=Path, metavar="DIR", help="先从这一密钥备份恢复密钥")
    restore.add_argument("--reason", default="", help="为何恢复，公开写入续接的存证日志")
    restore.add_argument("--checkpoint", type=Path, metavar="FILE", help="另处保存的最新检查点，新日志从它续接")


@contextmanager
def bar(label: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal."""
    from tqdm import tqdm

    with tqdm(desc=label, disable=not sys.stderr.isatty(), leave=False) as shown:
        yield lambda done: shown.update(done - shown.n)


def run_backup(options: argparse.Namespace) -> int:
    """Makes a backup; 1 when the storage lacks files that the database counts on."""
    from gongkai.config.backup.contents import BackupError
    from gongkai.config.backup.making import make
    from gongkai.config.setup import require_database

    require_database()
    try:
        with bar("备份") as progress:
            made = make(options.folder, progress)
    except BackupError as error:
        raise CannotRunError(str(error)) from None
    if options.json:
        told = {"backup": made.id, "files": made.files, "register": made.register, "keys": sorted(made.keys)}
        print_json(told | {"missing": made.missing})
        return FOUND if made.missing else DONE
    sizes = "，".join(f"{one['origin']} {one['size']} 条" for one in made.register) or "尚无存证"
    print(f"备份完成：{made.files} 个文件，存证 {sizes}")
    print(f"恢复时需要密钥：{'、'.join(sorted(made.keys)) or '无'}。密钥不在其中，请另用 gongkai keys backup 备份。")
    for name in made.missing:
        print(f"存储中缺少 {name}")
    return FOUND if made.missing else DONE


def run_restore(options: argparse.Namespace) -> int:
    """Restores and verifies; 1 when the register finds something wrong."""
    from gongkai.config import keys
    from gongkai.config.backup.contents import BackupError
    from gongkai.config.backup.restoring import restore
    from gongkai.config.setup import require_database

    require_database()
    note = options.checkpoint.read_text("utf-8") if options.checkpoint else ""
    try:
        if options.keys:
            keys.restore(options.keys)
        with bar("恢复") as progress:
            done = restore(options.folder, reason=options.reason, predecessor=note, progress=progress)
    except (BackupError, keys.KeysError) as error:
        raise CannotRunError(str(error)) from None
    needed = sorted(done.backup.keys)
    if options.json:
        told = {"backup": done.backup.id, "log": done.log, "expunged_again": done.expunged, "keys": needed}
        print_json(told | {"verify": done.report.as_json()})
        return DONE if done.report.is_sound else FOUND
    print(f"已恢复 {done.backup.made_at} 的备份，用到密钥：{'、'.join(needed) or '无'}")
    print(
        f"存证已续接为新日志 {done.log or '（尚无存证）'}"
        + (f"；按清除清单再次清除 {done.expunged} 条" * bool(done.expunged))
    )
    for difference in done.report.differences:
        print(f"{difference.what}: {difference.message}（{difference.problem}）")
    print("核验一致" if done.report.is_sound else f"核验不一致 {done.report.total} 处")
    print("请运行 gongkai setup --no-demo，然后启动；所有人须重新登录。")
    return DONE if done.report.is_sound else FOUND
