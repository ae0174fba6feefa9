"""Django's name for this folder."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "rabta.intake"
