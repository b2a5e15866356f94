from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "gongkai.engine.checks"
    label = "checks"
