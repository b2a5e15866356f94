from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import autodiscover_modules

# What an app declares by being imported: kinds, actions, verifiers, checks, measures.
DECLARING_MODULES = ("kinds", "checks", "actions", "verifiers", "measures", "ticks", "holdings")


class GateConfig(AppConfig):
    name = "gongkai.ground.gate"
    label = "gate"

    def ready(self) -> None:
        autodiscover_modules(*DECLARING_MODULES)
        register(table_check)


def table_check(**_: object) -> list[CheckMessage]:
    """The lifecycle tables must hold together before anything runs."""
    from gongkai.ground.access.roles import ALL_RIGHTS
    from gongkai.ground.gate.table import TableError, check_table

    try:
        check_table(ALL_RIGHTS)
    except TableError as error:
        return [Error(str(error), id="gate.E001")]
    return []
