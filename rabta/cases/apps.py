"""Django's name for this folder."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "rabta.cases"
