"""What the pages of confidential inquiries read: one's own, complaints that wait, and one case with its story."""

from django.db.models import Prefetch, QuerySet

from rabta.cases.models import Attachment, Case, Event, Message, State, Withheld
from rabta.force.access import Permission, Scope
from rabta.kit import ids
from rabta.rules.visibility import person
from rabta.web.events import QUIET

MOST = 50


def mine(scope: Scope) -> list[Case]:
    """The newest open inquiries in which the officer is named. One query."""
    rows = Case.objects.filter(scope.visible(), visible_to__contains=[person(scope.officer.pk)])
    return list(rows.exclude(state=State.CLOSED).order_by("-last_in_at", "-id")[:MOST])


def complaints(scope: Scope) -> list[Case]:
    """The newest open complaints against police that the officer sees and that are in no inquiry yet. One query."""
    rows = Case.objects.filter(scope.visible(), withheld=Withheld.ACCUSATION, named_officers=[])
    return list(rows.exclude(state=State.CLOSED).order_by("-last_in_at", "-id")[:MOST])


def by_reference(scope: Scope, text: str) -> Case | None:
    """The case of a reference number. What does not exist and what is kept from the officer are both None."""
    reference = ids.parse_reference(text=text)
    if not reference:
        return None
    found = Case.objects.filter(scope.visible(), reference=reference).first()
    return found if found and may_open(found, scope) else None


def may_open(case: Case, scope: Scope) -> bool:
    """Whoever is named, and of other cases whoever could begin an inquiry."""
    return scope.officer.pk in case.named_officers or scope.may(Permission.CONFIDE, case)


def found(*, scope: Scope, public_id: str) -> Case | None:
    """The case with messages, notes, orders and events; None where the officer has no business with it here."""
    case = _with_story(scope).filter(public_id=public_id).first()
    return case if case and may_open(case, scope) else None


def _with_story(scope: Scope) -> QuerySet[Case]:
    said = Message.objects.filter(scope.visible(), revoked_at=None).select_related("author").order_by("id")
    files = Prefetch("attachments", queryset=Attachment.objects.select_related("file").order_by("id"))
    events = Event.objects.exclude(what__in=QUIET).select_related("officer", "post").order_by("-id")
    return (
        Case.objects.filter(scope.visible())
        .select_related("lead_unit", "accused_unit", "conversation")
        .defer("lead_unit__area", "accused_unit__area")
        .prefetch_related(
            Prefetch("messages", queryset=said.prefetch_related(files), to_attr="said"),
            Prefetch("events", queryset=events),
        )
    )
