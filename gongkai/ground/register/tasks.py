"""What workers do for the register."""

from __future__ import annotations

from django_tasks import task

from gongkai.ground.register.actions import run


@task()
def verify_now(key: int) -> bool:
    """Carry out a verification that was asked for."""
    return run(key)
