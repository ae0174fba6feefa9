"""Django's name for this folder."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "rabta.outbox"
