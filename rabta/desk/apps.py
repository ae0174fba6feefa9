"""Django's name for this folder."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "rabta.desk"
    label = "desk"
