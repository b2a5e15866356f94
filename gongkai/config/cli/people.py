"""Commands about people: what only the operator at the machine may do."""

from __future__ import annotations

import argparse

from gongkai.config.cli.frame import DONE, CannotRunError, Commands, Parser, print_json


def declare(commands: Commands) -> None:
    """Add these commands to the table."""
    person = commands.add("person", "人员：由运维人员在服务器上重置密码", run_reset, has_json=False)
    parts = person.add_subparsers(metavar="动作", dest="part", required=True)
    reset: Parser = parts.add_parser(
        "reset-password", help="重置密码（含三类管理员）：新密码只显示一次，首次登录须修改，已登录的会话全部结束"
    )
    reset.add_argument("username", metavar="USERNAME", help="用户名")
    reset.add_argument("--json", action="store_true", help="输出 JSON")
    reset.set_defaults(run=run_reset)


def run_reset(options: argparse.Namespace) -> int:
    """Gives a person a new password through the gate, as the system, and prints it this once."""
    from gongkai.config.setup import require_database
    from gongkai.ground.access.actors import SYSTEM
    from gongkai.ground.organs.actions import reset_password
    from gongkai.ground.organs.models import Person

    require_database()
    person = Person.objects.select_related("organ").filter(username=options.username).first()
    if person is None:
        message = f"没有用户名为 {options.username} 的人员"
        raise CannotRunError(message)
    password = reset_password(person, actor=SYSTEM)
    if options.json:
        print_json({"username": person.username, "password": password})
        return DONE
    print(f"{person.name}（{person.username}，{person.organ.name}）的新密码：{password}")
    print("只显示这一次。请当面交给本人，首次登录须修改；此人已登录的会话已全部结束。")
    if not person.is_active:
        print("此账号已停用，启用后才能登录。")
    return DONE
