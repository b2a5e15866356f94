from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class RulebookConfig(AppConfig):
    name = "gongkai.ground.rulebook"
    label = "rulebook"

    def ready(self) -> None:
        register(rulebook_check)


def rulebook_check(**_: object) -> list[CheckMessage]:
    """The rulebook and the delivered calendars must hold together before anything runs."""
    from gongkai.ground.rulebook.book import RulebookError, load

    try:
        load()
    except RulebookError as error:
        return [Error(fault, id="rulebook.E001") for fault in error.faults]
    return []
