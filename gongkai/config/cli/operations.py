"""Commands that run the house: setup, serve, worker, tick, demo, bench."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gongkai.config.cli.frame import CANNOT, DONE, FOUND, CannotRunError, Commands, print_json

if TYPE_CHECKING:
    from gongkai.surfaces.demo.loading import Loaded


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
    bench = commands.add("bench", "测速：与同一次运行中的参照轮流比较（在临时数据库中）", run_bench)
    bench.add_argument("name", metavar="NAME", help="项目：import、seal、verify、due、http、growth")
    bench.add_argument("--size", "--records", type=int, metavar="N", help="数量")
    bench.add_argument("--in-scratch", action="store_true", help=argparse.SUPPRESS)


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
    """The demonstration city, when the database holds nothing yet."""
    from gongkai.ground.organs.models import Organ

    if not Organ.objects.exists():
        print("装入演示城市 · loading the demonstration city", flush=True)
        load_demonstration(is_small=False)


def load_demonstration(*, is_small: bool) -> Loaded:
    """Loads the city, with a progress bar on a terminal."""
    from tqdm import tqdm

    from gongkai.surfaces.demo.loading import load

    with tqdm(desc="演示城市", disable=not sys.stderr.isatty(), leave=False) as bar:

        def show(done: int, all_: int) -> None:
            bar.total = all_
            bar.update(done - bar.n)

        return load(is_small, show)


def run_serve(options: argparse.Namespace) -> int:
    """Web, worker and tick until SIGTERM."""
    from gongkai.config import env
    from gongkai.config.serve import Supervisor, is_free
    from gongkai.config.setup import is_migrated, require_database

    if not 0 < options.port < 65536:
        message = f"端口 {options.port} 不在 1 至 65535 之间"
        raise CannotRunError(message)
    if not is_free(options.host, options.port):
        message = f"端口 {options.port} 已被占用，请换一个：--port N"
        raise CannotRunError(message)
    require_database()
    if (env.VAR_DIR / "restoring.json").exists():
        raise CannotRunError("恢复尚未完成，请先再次运行 gongkai restore")
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
    """Where to go and, in the demonstration city, as whom."""
    from gongkai.surfaces.demo.founding import accounts
    from gongkai.surfaces.look.demonstration import PASSWORD, is_demonstration

    site = f"http://127.0.0.1:{port}"
    print(f"门户 · portal      {site}/")
    print(f"工作台 · workbench {site}/desk/")
    print(f"接口 · API         {site}/api/docs")
    if is_demonstration():
        print_accounts(PASSWORD, accounts())
    sys.stdout.flush()


def print_accounts(password: str, rows: Sequence[Sequence[str]]) -> None:
    """Everybody who can log in to the demonstration."""
    print(f"演示账号，密码都是 {password} · demonstration accounts, one password:")
    for username, name, organ, tasks in rows:
        print(f"  {username:<16} {name} {organ} {tasks}")


def run_worker(_options: argparse.Namespace) -> int:
    """The background worker, until SIGTERM."""
    from django.core.management import call_command

    call_command("db_worker", queue_name="*", interval=1.0, verbosity=1, reload=False)
    return DONE


def run_tick(options: argparse.Namespace) -> int:
    """One pass of the reconciler: 1 when a step failed."""
    from gongkai.config import sharing, tick
    from gongkai.config.setup import require_database

    require_database()
    if options.forever:
        sharing.share_counts()
        tick.for_ever()
    done = tick.once()
    for outcome in done:
        if options.json:
            print_json({"step": outcome.step, "count": outcome.count, "error": outcome.error})
        else:
            print(f"{outcome.step}: {outcome.error or outcome.count}")
    return FOUND if any(outcome.error for outcome in done) else DONE


def run_demo(options: argparse.Namespace) -> int:
    """Loads or resets the demonstration city."""
    from gongkai.config.setup import require_database

    require_database()
    loaded = load_demonstration(is_small=options.small)
    if options.json:
        names = ("username", "name", "organ", "tasks")
        told = {"records": loaded.records, "password": loaded.password, "token": loaded.token, "folder": loaded.folder}
        print_json(told | {"accounts": [dict(zip(names, row, strict=True)) for row in loaded.accounts]})
        return DONE
    print(f"演示城市已装入：{loaded.records} 条信息；试用文件和接口令牌在 {loaded.folder}")
    print_accounts(loaded.password, loaded.accounts)
    return DONE


def run_bench(options: argparse.Namespace) -> int:
    """Runs a benchmark on a scratch database and prints the ratio to its peer; 1 when it is less than promised."""
    from gongkai.config.bench import BENCHES
    from gongkai.config.bench.scratch import in_scratch, scratch_database

    if options.name not in BENCHES:
        message = f"没有名为 {options.name} 的测速项目，现有：{'、'.join(BENCHES)}"
        raise CannotRunError(message)
    size = BENCHES[options.name].size if options.size is None else options.size
    if size < 1:
        raise CannotRunError("--size 应为正整数")
    if not options.in_scratch:
        json = ["--json"] if options.json else []
        done = in_scratch(["bench", options.name, "--size", str(size), *json])
        print(done.stdout, end="")
        if done.returncode == CANNOT:
            raise CannotRunError(done.stderr.strip().removeprefix("gongkai: ") or "测速进程没有完成")
        return done.returncode
    with scratch_database():
        found = BENCHES[options.name].load()(size)
    if options.json:
        print_json(found.as_json())
    else:
        print(f"{found.bench}: {found.size} {found.unit}, {found.rate:.0f}/s")
        print(f"{found.peer}: {found.peer_rate:.0f}/s")
        for line in found.lines():
            print(line)
        print(f"ratio {found.ratio:.3f}" + (f" (at least {found.least})" if found.least else ""))
    return DONE if found.ratio >= found.least else FOUND
