"""Django's name for this folder."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "rabta.cases"

    def import_models(self) -> None:
        """The register, and the lists that are kept of it."""
        super().import_models()
        import_module("rabta.cases.seen")
