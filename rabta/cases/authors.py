"""Showing who wrote a case."""

from collections.abc import Iterable
from datetime import datetime

from rabta.cases.models import Case
from rabta.force.access import Scope
from rabta.people.reveal import Shown, behind, reveal


def authors(cases: Iterable[Case], *, by: Scope, purpose: str, now: datetime) -> dict[int, Shown]:
    """Name and number of who wrote each case, by its id; an alias where they are hidden. One record for all.

    Where they are hidden with one case only, its alias is of that case: the name on another one would tell who it is.
    """
    cases = list(cases)
    handles = {
        case.conversation.handle_id: case.conversation.handle for case in cases if not case.author_alias
    }
    named = reveal(handles.values(), by=by, purpose=purpose, now=now)
    return {
        case.pk: behind(case.author_alias) if case.author_alias else named[case.conversation.handle_id]
        for case in cases
    }
