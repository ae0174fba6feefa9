"""Template tags of Rabta's own."""

from django import template

from rabta.kit import scripts

register = template.Library()


@register.filter
def direction(text: str) -> str:
    """`rtl` or `ltr` for a text that somebody wrote."""
    return scripts.direction(text or "")
