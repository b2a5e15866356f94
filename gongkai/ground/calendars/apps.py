from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "gongkai.ground.calendars"
    label = "calendars"
