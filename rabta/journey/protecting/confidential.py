"""A confidential inquiry: named officers see the case, and nobody else; neither their superiors nor the desk do."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases import holding
from rabta.cases.events import record
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.cases.visibility import show, sight_of
from rabta.force import directory as force_directory
from rabta.force.access import PERMISSIONS, Permission, Scope
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.journey.checks import allowed, is_open, locked, said_something
from rabta.journey.protecting.settled import is_settled
from rabta.journey.protecting.withheld import with_beside

LEAST = 2  # officers: nobody inquires alone
# The head of a desk, the chief and oversight: no case vanishes from the sight of all of these.
ANSWERING = frozenset(role for role, may in PERMISSIONS.items() if Permission.CONFIDE in may)


def name_officers(*, case: Case, officers: Iterable[Officer], by: Scope, now: datetime) -> None:
    """Begin a confidential inquiry, or change who is named in it. From now on only these officers see the case.

    It takes the chief, the head of a desk or oversight, and one of these must be among the named: somebody who
    answers for it and can end it. What waits beside it is seen by the same.
    """
    actor = allowed(by, Permission.CONFIDE, case)
    (case, *beside), directory = with_beside(case), force_directory.current(now=now)
    is_open(case)
    named = sorted({officer.pk for officer in officers})
    _can_be_named(case, named, directory)
    for one in (case, *beside):
        begins, one.named_officers = not one.confidential, named
        one.save(update_fields=["named_officers"])
        record(one, "confidential" if begins else "named", now=now, actor=actor, officers=named)
    for one in (*beside, case):  # at last: they may go out of the officer's own sight
        show(one, directory=directory)


def _can_be_named(case: Case, named: list[int], directory: Directory) -> None:
    if len(named) < LEAST:
        raise Refused(_("Name at least two officers: nobody inquires alone."))
    hidden = set(sight_of(case, tasked=(), directory=directory).hidden_from)
    for officer in named:
        posts = directory.posts_of(officer)
        if not any(Permission.SEE_CASES in PERMISSIONS[post.role] for post in posts):
            raise Refused(_("One of these officers holds no post today in which cases are read."))
        if hidden & directory.shut_out_as(officer):
            raise Refused(_("One of these officers is accused or serves under the accused."))
    roles = {post.role for officer in named for post in directory.posts_of(officer)}
    if not roles & ANSWERING:
        raise Refused(
            _(
                "Somebody must answer for the inquiry: name the head of a desk, the chief or somebody of oversight too."
            )
        )


def end_confidential(*, case: Case, remark: str, by: Scope, now: datetime) -> None:
    """The case is seen by whom it concerns again. What was noted and ordered meanwhile stays with those named."""
    actor = allowed(by, Permission.CONFIDE, case)
    remark = said_something(remark, limit=1000)
    case, directory = locked(case), force_directory.current(now=now)
    if not case.confidential:
        raise Refused(_("There is no confidential inquiry in this case."))
    is_settled(case, now=now)
    holding.hold(case, since=holding.withheld_since(case, by="confidential"), now=now)
    case.named_officers = []
    case.save(update_fields=["named_officers", *holding.FIELDS])
    record(case, "confidential_ended", now=now, actor=actor, remark=remark)
    show(case, directory=directory)
