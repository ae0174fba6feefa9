"""Templates are read with indentation and sent without it."""

import re

from django.template.loader import get_template

from rabta.web import template_loader


def test_no_line_of_a_page_begins_with_a_space() -> None:
    for name in ("desk/message.html", "cotton/pill.html", "officer/worker.js"):
        template = get_template(name).template
        assert isinstance(template.origin.loader, template_loader.Loader)
        assert "\n" in template.source
        assert not re.search(r"\n[ \t]", template.source)
