"""What every command shares: one-line errors, JSON, progress on a terminal."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, TypeVar

DONE, FOUND, CANNOT = 0, 1, 2

T = TypeVar("T")
Run = Callable[[argparse.Namespace], int]


class CannotRunError(Exception):
    """The command cannot do what was asked; its text is the one line that the person reads."""


class Parser(argparse.ArgumentParser):
    """argparse whose errors are one line on standard error."""

    def error(self, message: str) -> NoReturn:
        self.exit(CANNOT, f"{self.prog}: {message} （{self.prog} --help）\n")


class Commands:
    """The table of commands; each module of this package adds its own."""

    def __init__(self, parser: Parser) -> None:
        self._subparsers = parser.add_subparsers(metavar="命令", dest="command", required=True)

    def add(self, name: str, help_text: str, run: Run, *, is_daemon: bool = False, has_json: bool = True) -> Parser:
        """Declare a command; a daemon logs to standard error, the others to a file."""
        parser: Parser = self._subparsers.add_parser(name, help=help_text, description=help_text)
        parser.set_defaults(run=run, is_daemon=is_daemon, json=False)
        if has_json:
            parser.add_argument("--json", action="store_true", help="输出 JSON")
        return parser


def day(text: str) -> dt.date:
    """A day as an argument: 2026-03-02."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = f"“{text}”不是日期，应为 2026-03-02 这样的写法"
        raise argparse.ArgumentTypeError(message) from None


def plain(value: Any) -> Any:
    """Values JSON does not know: days and moments in ISO form, the rest as text."""
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else str(value)


def print_json(value: Any) -> None:
    """One JSON object on one line, Chinese as it is, keys in the order given."""
    print(json.dumps(value, ensure_ascii=False, default=plain), flush=True)


def progress(items: Iterable[T], *, total: int | None = None, label: str = "") -> Iterator[T]:
    """The items, with a progress bar on standard error when that is a terminal."""
    from tqdm import tqdm

    yield from tqdm(items, total=total, desc=label, disable=not sys.stderr.isatty(), leave=False)
