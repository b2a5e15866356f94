from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class CalendarsConfig(AppConfig):
    name = "gongkai.ground.calendars"
    label = "calendars"

    def ready(self) -> None:
        register(year_files_check)


def year_files_check(**_: object) -> list[CheckMessage]:
    """The delivered year files must hold together before anything runs."""
    from gongkai.ground.calendars.plans import shipped_plans
    from gongkai.ground.refusal import Refused

    try:
        shipped_plans()
    except Refused as refusal:
        return [Error(str(refusal), id="calendars.E001")]
    return []
