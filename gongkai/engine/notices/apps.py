from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gongkai.engine.notices"
    label = "notices"
