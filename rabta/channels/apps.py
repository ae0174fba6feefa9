"""Django's name for this folder."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "rabta.channels"
