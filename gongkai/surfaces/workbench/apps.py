from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "gongkai.surfaces.workbench"
    label = "workbench"
