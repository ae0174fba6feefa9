"""Django's name for this folder."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "rabta.files"
