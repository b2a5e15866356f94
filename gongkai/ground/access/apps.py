from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "gongkai.ground.access"
    label = "access"
