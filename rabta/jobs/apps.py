"""Django's name for this folder."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "rabta.jobs"
