"""The public site."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Views, feeds and pages of the public site; owns no table."""

    name = "gongkai.surfaces.portal"
    label = "portal"
