"""What is done to columns, and what records owe to targets."""

from gongkai.engine.channels.actions.columns import arrange, close, open_column
from gongkai.engine.channels.actions.owing import drop_or_take_back, owe
from gongkai.engine.channels.actions.pushing import push_owed, read_back_due

__all__ = ["arrange", "close", "drop_or_take_back", "open_column", "owe", "push_owed", "read_back_due"]
