from django.apps import AppConfig


class CpauditConfig(AppConfig):
    name = "cpaudit"
    verbose_name = "CP Audit"
