"""Django's name for this folder."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "rabta.web"
