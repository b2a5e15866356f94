from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "gongkai.surfaces.exchange"
    label = "exchange"
