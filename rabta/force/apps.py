"""Django's name for this folder."""

from django.apps import AppConfig


class ForceConfig(AppConfig):
    name = "rabta.force"
