from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "gongkai.engine.records"
    label = "records"
