"""The shared look of portal and workbench."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    """Base templates, style sheets, icons and template tags; knows no subject and no address."""

    name = "gongkai.surfaces.look"
    label = "look"
    default_auto_field = "django.db.models.BigAutoField"
