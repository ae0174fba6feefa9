"""Templates without their indentation: it is for whoever reads them and need not go over the line with every page."""

import re

from django.template import Origin
from django_cotton.cotton_loader import Loader as CottonLoader

_INDENTATION = re.compile(r"\n[ \t]+")


class Loader(CottonLoader):
    """Cotton's loader; every line of a template begins with its first letter."""

    def get_contents(self, origin: Origin) -> str:
        """The text of a template, ready for the engine. Raises TemplateDoesNotExist."""
        return _INDENTATION.sub("\n", super().get_contents(origin))
