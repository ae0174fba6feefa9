"""Django's name for this folder."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "rabta.web"

    def ready(self) -> None:
        from django.core.validators import MaxLengthValidator
        from django.utils.translation import gettext_lazy as _

        from rabta.web.record import sign_ins

        sign_ins.connect()
        # Django's own words stay English in Hindi and Urdu.
        MaxLengthValidator.message = _(
            "This is too long: at most %(limit_value)d characters, it has %(show_value)d."
        )
