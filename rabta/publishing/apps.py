"""Django's name for this folder."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "rabta.publishing"
