"""Django's name for this folder."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "rabta.cases"

    def import_models(self) -> None:
        """The register, the lists that are kept of it, and what ties cases together."""
        super().import_models()
        import_module("rabta.cases.seen")
        import_module("rabta.cases.related")
        import_module("rabta.cases.approvals")
        import_module("rabta.cases.transfers")
