from django.apps import AppConfig


class OrgansConfig(AppConfig):
    name = "gongkai.ground.organs"
    label = "organs"
