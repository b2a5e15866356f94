from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "gongkai.surfaces.demo"
    label = "demo"
