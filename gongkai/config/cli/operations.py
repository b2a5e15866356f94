"""Commands that run the house: setup, serve, worker, tick, demo, bench."""

from __future__ import annotations

import argparse
import time

from gongkai.config.cli.frame import DONE, FOUND, CannotRunError, Commands, print_json


def declare(commands: Commands) -> None:
    """Add these commands to the table."""
    setup = commands.add("setup", "准备数据库和静态文件；首次运行时装入演示城市", run_setup, has_json=False)
    setup.add_argument("--no-demo", action="store_true", help="不装入演示城市")
    serve = commands.add("serve", "启动网站、后台任务和定时巡检", run_serve, is_daemon=True, has_json=False)
    serve.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1）")
    serve.add_argument("--port", type=int, default=8000, help="端口（默认 8000）")
    serve.add_argument("--setup", action="store_true", help="先准备数据库，同 gongkai setup")
    commands.add("worker", "后台任务进程", run_worker, is_daemon=True, has_json=False)
    tick = commands.add("tick", "巡检一遍：补做应做而未做的事", run_tick)
    tick.add_argument("--forever", action="store_true", help=argparse.SUPPRESS)
    demo = commands.add("demo", "装入或重置演示城市", run_demo)
    demo.add_argument("--small", action="store_true", help="只装入机构和人员")


def run_setup(options: argparse.Namespace) -> int:
    """Database, cache table, static files; the demonstration city when the database is new."""
    from gongkai.config.setup import prepare

    started = time.monotonic()
    done = prepare()
    if done.has_migrated:
        print("数据库已就绪 · database is ready")
    if not options.no_demo:
        load_first_demonstration()
    print(f"准备完成 · ready in {time.monotonic() - started:.1f} s", flush=True)
    return DONE


def load_first_demonstration() -> None:
    """The demonstration city, when no organ is known yet."""
    from gongkai.ground.organs.models import Organ

    if not Organ.objects.exists():
        print("装入演示城市 · loading the demonstration city", flush=True)


def run_serve(options: argparse.Namespace) -> int:
    """Web, worker and tick until SIGTERM."""
    from gongkai.config.serve import Supervisor, is_free
    from gongkai.config.setup import is_migrated, require_database

    if not 0 < options.port < 65536:
        message = f"端口 {options.port} 不在 1 至 65535 之间"
        raise CannotRunError(message)
    if not is_free(options.host, options.port):
        message = f"端口 {options.port} 已被占用，请换一个：--port N"
        raise CannotRunError(message)
    require_database()
    if options.setup:
        run_setup(argparse.Namespace(no_demo=False))
    elif not is_migrated():
        raise CannotRunError("数据库尚未升级，请先运行 gongkai setup")
    supervisor = Supervisor(options.host, options.port)
    if supervisor.start():
        print_addresses(options.port)
    supervisor.watch()
    return DONE


def print_addresses(port: int) -> None:
    """Where to go and as whom."""
    site = f"http://127.0.0.1:{port}"
    print(f"门户 · portal      {site}/")
    print(f"工作台 · workbench {site}/desk/")
    print(f"接口 · API         {site}/api/docs", flush=True)


def run_worker(_options: argparse.Namespace) -> int:
    """The background worker, until SIGTERM."""
    from django.core.management import call_command

    call_command("db_worker", queue_name="*", interval=1.0, verbosity=1, reload=False)
    return DONE


def run_tick(options: argparse.Namespace) -> int:
    """One pass of the reconciler: 1 when a step failed."""
    from gongkai.config import tick
    from gongkai.config.setup import require_database

    require_database()
    if options.forever:
        tick.for_ever()
    done = tick.once()
    for outcome in done:
        if options.json:
            print_json({"step": outcome.step, "count": outcome.count, "error": outcome.error})
        else:
            print(f"{outcome.step}: {outcome.error or outcome.count}")
    return FOUND if any(outcome.error for outcome in done) else DONE


def run_demo(_options: argparse.Namespace) -> int:
    """Loads or resets the demonstration city."""
    raise CannotRunError("演示数据尚未提供")
