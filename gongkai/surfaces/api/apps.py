from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "gongkai.surfaces.api"
    label = "api"
