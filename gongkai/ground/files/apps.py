from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gongkai.ground.files"
    label = "files"
