from django.apps import AppConfig


class RepostsConfig(AppConfig):
    name = "gongkai.domains.reposts"
    label = "reposts"
