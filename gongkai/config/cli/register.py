"""Commands of register."""

from gongkai.config.cli.frame import Commands


def declare(_commands: Commands) -> None:
    """Add these commands to the table."""
