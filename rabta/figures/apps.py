"""Django's name for this folder."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "rabta.figures"
