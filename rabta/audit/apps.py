"""Django's name for this folder."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "rabta.audit"
