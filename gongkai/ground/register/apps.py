from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "gongkai.ground.register"
    label = "register"
