from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "gongkai.engine.deadlines"
    label = "deadlines"
