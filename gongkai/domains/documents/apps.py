from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "gongkai.domains.documents"
    label = "documents"
