from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "gongkai.engine.letters"
    label = "letters"
