"""The command line ``gongkai``: 0 done, 1 found something wrong, 2 cannot run; errors are one line, no traceback."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import secrets
import sys
from collections.abc import Sequence

from gongkai.config.cli.frame import CANNOT, CannotRunError, Commands, Parser

MODULES = ("operations", "people", "law", "documents", "register", "keys", "backup")


def build_parser() -> Parser:
    """The parser with every command of interfaces.md that exists."""
    parser = Parser(prog="gongkai", description="政务公开平台的命令行")
    commands = Commands(parser)
    for name in MODULES:
        importlib.import_module(f"gongkai.config.cli.{name}").declare(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    options = build_parser().parse_args(argv)
    try:
        start_django(options)
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (`| head`): nothing is wrong, and nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return fail("已中断")
    except CannotRunError as error:
        return fail(str(error))
    except Exception as error:  # noqa: BLE001 - the one place where a person's terminal ends: a line, not a traceback
        return fail(explain(error))
    return status


def start_django(options: argparse.Namespace) -> None:
    """Settings and models; a one-shot command writes its log to a file, so that standard error stays one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.config.settings")
    if getattr(options, "port", None):
        os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{options.port}")
    import django
    from django.apps import apps
    from django.conf import settings

    from gongkai.config import env, logs

    if apps.ready:
        return
    if not options.is_daemon:
        folder = env.VAR_DIR / "log"
        folder.mkdir(parents=True, exist_ok=True)
        settings.LOGGING = logs.configuration(env.LOG_LEVEL, folder / "command.log")
    django.setup()


def explain(error: Exception) -> str:
    """One line for an error: a refusal in its own words, a known trouble plainly, anything else with a number."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import SystemCheckError
    from django.db import OperationalError, ProgrammingError

    from gongkai.ground.refusal import Refused

    if isinstance(error, Refused | ImproperlyConfigured | SystemCheckError):
        return str(error)
    if isinstance(error, OperationalError | ProgrammingError):
        detail = str(error).splitlines()[0]
        return f"数据库不可用或尚未升级（{detail}）。请检查 DATABASE_URL，或先运行 gongkai setup。"
    if isinstance(error, OSError):
        return f"{error.strerror or error}：{error.filename or ''}".rstrip("：")
    number = secrets.token_hex(4)
    logging.getLogger("gongkai").error("unexpected error", exc_info=error, extra={"number": number})
    return f"程序内部错误（编号 {number}，{type(error).__name__}）。详情见日志 log/command.log，请联系系统管理员。"


def fail(line: str) -> int:
    """The one line on standard error, and the status for it."""
    print(f"gongkai: {' '.join(line.split())}", file=sys.stderr)
    return CANNOT
