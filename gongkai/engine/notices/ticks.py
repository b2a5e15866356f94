"""What the tick does for notices."""

from gongkai.engine.notices.outbox import deliver

__all__ = ["deliver"]
