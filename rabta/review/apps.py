"""Django's name for this folder."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "rabta.review"
