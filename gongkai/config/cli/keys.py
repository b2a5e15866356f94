"""``gongkai keys``: list, rotate, rewrap, back up, restore and destroy the keys of this machine."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.config.cli.frame import DONE, FOUND, CannotRunError, Commands, Parser, print_json, progress

if TYPE_CHECKING:
    from gongkai.ground.files.rewrapping import Rewrapped


def declare(commands: Commands) -> None:
    """Add ``keys`` with its own commands."""
    keys = commands.add("keys", "密钥：列出、轮换、换封、备份、恢复、销毁", run_list, has_json=False)
    parts = keys.add_subparsers(metavar="动作", dest="part", required=True)
    shown: Parser = parts.add_parser("list", help="列出密钥：用途、编号、算法、封存的数量、指纹")
    shown.add_argument("--json", action="store_true", help="输出 JSON")
    shown.set_defaults(run=run_list)
    rotate: Parser = parts.add_parser("rotate", help="启用新密钥并换封；中断后再次运行即从中断处继续")
    about = "files 文件、columns 加密字段（不写即这两种）、register 存证签名"
    rotate.add_argument("purpose", nargs="*", metavar="PURPOSE", help=about)
    rotate.set_defaults(run=run_rotate)
    rewrap: Parser = parts.add_parser("rewrap", help="把旧密钥封存的内容换用最新的密钥封存")
    rewrap.set_defaults(run=run_rewrap)
    backup: Parser = parts.add_parser("backup", help="把密钥备份到另一目录（与数据备份分开存放）")
    backup.add_argument("folder", type=Path, metavar="DIR", help="目录")
    backup.set_defaults(run=run_backup)
    restore: Parser = parts.add_parser("restore", help="从密钥备份恢复密钥")
    restore.add_argument("folder", type=Path, metavar="DIR", help="密钥备份的目录")
    restore.set_defaults(run=run_restore)
    destroy: Parser = parts.add_parser("destroy", help="销毁已不再使用的旧密钥：当时的数据备份从此无法打开")
    destroy.add_argument("key", metavar="PURPOSE/ID", help="如 columns/k0001")
    destroy.set_defaults(run=run_destroy)


def run_list(options: argparse.Namespace) -> int:
    """Every key, and nothing secret."""
    from gongkai.config.keys import held_keys
    from gongkai.ground.register.proofs import public_keys

    held = held_keys()
    vkeys = [line for _log, line in public_keys()]
    if options.json:
        print_json({"keys": [vars(one) for one in held], "register": vkeys})
        return DONE
    for one in held:
        mark = "当前" if one.is_current else "旧"
        print(f"{one.purpose}/{one.id} {one.cipher} {mark} 封存 {one.sealed} 项 指纹 {one.fingerprint}")
    for line in vkeys:
        print(f"register {line}")
    return DONE


def run_rotate(options: argparse.Namespace) -> int:
    """New keys, and everything sealed with them."""
    from gongkai.config import keys

    chosen = options.purpose or list(keys.ROTATING)
    if unknown := set(chosen) - {*keys.ROTATING, "register"}:
        message = f"没有“{min(unknown)}”这种可轮换的密钥，可选 files、columns、register"
        raise CannotRunError(message)
    for purpose in dict.fromkeys(one for one in chosen if one in keys.ROTATING):
        key_id, is_new = keys.rotate(purpose)
        print(f"{purpose}：" + (f"新密钥 {key_id}" if is_new else f"上次轮换未完成，继续换用 {key_id}"))
    status = _rewrap(keys.rewrap()) if set(chosen) & set(keys.ROTATING) else DONE
    if "register" in chosen:
        print(f"存证签名的新公钥（旧公钥继续公布在 /register/key）：{keys.rotate_register()}")
    print("请立即运行 gongkai keys backup，把新密钥备份到与数据分开的地方。")
    return status


def run_rewrap(_options: argparse.Namespace) -> int:
    """Everything sealed with the newest keys; 1 when something could not be opened."""
    from gongkai.config.keys import rewrap

    return _rewrap(rewrap())


def _rewrap(found: Iterable[Rewrapped]) -> int:
    done, lost = 0, 0
    for one in progress(found, label="换封"):
        done += one.is_done
        lost += not one.is_done
        if not one.is_done:
            print(f"{one.where}：无法打开，没有换封")
    print(f"已换封 {done} 项" + (f"，无法打开 {lost} 项" if lost else ""))
    return FOUND if lost else DONE


def run_backup(options: argparse.Namespace) -> int:
    """Keys to a folder of their own."""
    from gongkai.config.keys import KeysError, back_up

    try:
        names = back_up(options.folder)
    except KeysError as error:
        raise CannotRunError(str(error)) from None
    print(f"已备份密钥：新增 {len(names)} 个文件。请与数据备份分开保管；有了这些密钥就能打开全部密存内容。")
    return DONE


def run_restore(options: argparse.Namespace) -> int:
    """Keys from a folder of their own."""
    from gongkai.config.keys import KeysError, restore

    try:
        names = restore(options.folder)
    except KeysError as error:
        raise CannotRunError(str(error)) from None
    print(f"已恢复密钥：{len(names)} 个文件")
    return DONE


def run_destroy(options: argparse.Namespace) -> int:
    """A key that nothing needs any more."""
    from gongkai.config.keys import KeysError, destroy

    purpose, _, key_id = options.key.partition("/")
    try:
        destroy(purpose, key_id)
    except KeysError as error:
        raise CannotRunError(str(error)) from None
    print(f"已销毁 {options.key}：用它封存内容的旧备份从此无法打开。其他地方保存的副本也须销毁。")
    return DONE
