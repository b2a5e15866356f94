from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "gongkai.engine.channels"
    label = "channels"
