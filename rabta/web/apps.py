"""Django's name for this folder."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "rabta.web"

    def ready(self) -> None:
        from rabta.web.record import sign_ins

        sign_ins.connect()
