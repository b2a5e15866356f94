from django.apps import AppConfig


class WorkRecordsConfig(AppConfig):
    name = "gongkai.domains.workrecords"
    label = "workrecords"
