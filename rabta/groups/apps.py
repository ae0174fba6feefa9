"""Django's name for this folder."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "rabta.groups"
