"""Hiding who wrote a withheld case, without telling the accused that there is one."""

from collections.abc import Iterable

from rabta.cases.models import Case
from rabta.people.handles import protect


def protect_authors(cases: Iterable[Case]) -> None:
    """Hide the authors of withheld cases behind their alias.

    Whoever has an ordinary case that a unit already works on stays as he was: a page on which the name turns into an
    alias overnight would tell that unit that he has complained.
    """
    cases = list(cases)
    if not cases:
        return
    authors = {case.conversation_id: case.conversation.handle for case in cases}
    ordinary = Case.objects.filter(conversation__in=authors, withheld="", lead_unit__isnull=False)
    ordinary = ordinary.exclude(pk__in=[case.pk for case in cases])
    for conversation in set(ordinary.values_list("conversation_id", flat=True)):
        del authors[conversation]
    protect(authors.values())
