"""The benchmarks of ``gongkai bench``: each names its peer, runs both by turns in one run, and prints the ratio.

They run in a process of their own on a scratch database (see ``scratch``), never on the one in use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gongkai.config.bench.comparison import Comparison


@dataclass(frozen=True)
class Bench:
    """A benchmark: where it is, its usual size, and what it measures."""

    name: str
    size: int
    meaning: str

    def load(self) -> Callable[[int], Comparison]:
        """The function, imported now: it needs Django."""
        from gongkai.config.bench import dates, importing, registering, serving

        runs = {
            "import": importing.import_records,
            "seal": registering.seal_events,
            "verify": registering.verify_everything,
            "due": dates.due_days,
            "http": serving.serve_pages,
            "growth": serving.grow_pages,
        }
        return runs[self.name]


BENCHES: dict[str, Bench] = {
    bench.name: bench
    for bench in (
        Bench("import", 10_000, "经门迁移成批记录，对照同样各行的直接插入"),
        Bench("seal", 10_000, "把事件编入存证树并签检查点，对照同样各行的直接插入"),
        Bench("verify", 2_000, "register verify 核对全部内容，对照只读出同样各行"),
        Bench("due", 100_000, "工作日推算，对照逐日计数"),
        Bench("http", 10_000, "文件页、列表、首页，冷热各测，对照经过同样中间件的空页面和 nginx"),
        Bench("growth", 100_000, "同样的页面在信息很多时的成本，对照一千件时"),
    )
}
