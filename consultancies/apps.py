from django.apps import AppConfig


class ConsultanciesConfig(AppConfig):
    name = "consultancies"
