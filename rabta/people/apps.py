"""Django's name for this folder."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "rabta.people"
